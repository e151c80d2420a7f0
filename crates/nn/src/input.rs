//! What a network takes.

use std::fmt;

use tract_onnx::prelude::*;

/// An input of a network.
#[derive(Debug, Clone)]
pub struct InputInfo {
    /// Its name.
    pub name: String,
    /// Its sizes; `None` where any size may come.
    pub shape: Vec<Option<usize>>,
    pub(crate) datum_type: DatumType,
}

impl fmt::Display for InputInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.shape.iter().map(|d| d.map_or_else(|| "any".to_owned(), |d| d.to_string())).collect();
        write!(f, "[{}]", sizes.join(", "))
    }
}
