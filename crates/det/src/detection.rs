//! What a detector says of a picture.

use serde::Serialize;

/// One object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Detection {
    /// Number of its class, from 0.
    pub class: usize,
    /// The class's name, where the model has names.
    pub label: Option<String>,
    /// 0 … 1.
    pub score: f32,
    /// x0, y0, x1, y1 in pixels of the picture.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
}

impl Detection {
    /// The label, or the class's number where there is none.
    pub fn name(&self) -> String {
        self.label.clone().unwrap_or_else(|| self.class.to_string())
    }
}
