//! What can go wrong while a case is read or replayed. A result that differs from the expected one is no error: it is an
//! [`Outcome`](crate::Outcome) that is not ok.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Why a case could not be read or replayed. The variants tell whose fault it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GoldenError {
    /// The case is at fault: its `case.json`, or a file that belongs to it, is not what the format asks for, or the case lacks
    /// something that its kind needs.
    #[error("{}: {problem}", path.display())]
    Case {
        /// The file or folder at fault.
        path: PathBuf,
        /// What was found and what was expected.
        problem: String,
    },
    /// A file or folder could not be read.
    #[error("{}: {cause}", path.display())]
    Io {
        /// What was to be read.
        path: PathBuf,
        /// The system's answer.
        cause: std::io::Error,
    },
    /// A file of a Python package is wanted and is not at hand.
    #[error("`{member}` of the Python package {package} is not at hand: {problem}")]
    Package {
        /// `NAME==VERSION`.
        package: String,
        /// The path inside the wheel.
        member: String,
        /// Why not, and the next step.
        problem: String,
    },
    /// The function under test answered with an error where the case expects a result; the text names its causes too.
    #[error("{0}")]
    Product(String),
}

impl GoldenError {
    /// The error of a function under test, for `map_err`.
    pub fn product<E: Into<Box<dyn Error + Send + Sync>>>(error: E) -> Self {
        Self::Product(chain(error.into().as_ref()))
    }

    /// A fault of the case at `path` (a file of it or its folder).
    pub fn case(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self::Case { path: path.into(), problem: problem.into() }
    }

    /// The class of the error in one word: `case`, `io`, `package` or `product`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Case { .. } => "case",
            Self::Io { .. } => "io",
            Self::Package { .. } => "package",
            Self::Product(_) => "product",
        }
    }

    /// For `map_err` on the reading of `path`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        |cause| Self::Io { path: path.to_path_buf(), cause }
    }
}

/// The message of an error and of its causes, those left out that a message above them already quotes.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            // Writing to a String can't fail.
            let _ = write!(text, ": {cause_text}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the network could not be built")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn product_errors_name_their_causes_once() {
        let error = GoldenError::product(Outer(std::io::Error::other("no such key")));
        assert_eq!(error.to_string(), "the network could not be built: no such key");
        let error = GoldenError::product(std::io::Error::other("alone"));
        assert_eq!(error.to_string(), "alone");
        assert_eq!(error.kind(), "product");
    }
}
