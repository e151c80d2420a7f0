//! A picture that could not be answered: what a machine reads about it, and what a person does.

use serde::Serialize;
use vtk_imaging::ImagingError;

/// Why one input failed. The others go on.
#[derive(Clone, Debug, Serialize, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Failure {
    /// A short class that doesn't change: `not-found`, `truncated`, `save` …
    pub(crate) kind: &'static str,
    /// The whole story: which input, what was found, what was expected, what to do.
    pub(crate) message: String,
}

impl Failure {
    /// A failure of this kind.
    pub(crate) fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl From<ImagingError> for Failure {
    fn from(error: ImagingError) -> Self {
        let advice = if matches!(error, ImagingError::TooLarge { .. }) { " (--max-pixels N)" } else { "" };
        Self::new(error.kind(), format!("{error}{advice}"))
    }
}
