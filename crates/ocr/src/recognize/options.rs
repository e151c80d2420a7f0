//! How lines are brought to the network.

use serde::{Deserialize, Serialize};

use super::{DictionaryText, RecognizerConfig};
use crate::OcrError;

/// What a caller may say about a recognizer that goes before what its file and the catalogue say. The default leaves all to them.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The network, for weights that don't say what they are.
    pub arch: Option<RecognizerConfig>,
    /// The characters.
    pub dictionary: Option<DictionaryText>,
    /// The height of the pictures of lines, for a graph that takes several: 32 or 48 as a rule.
    pub height: Option<usize>,
}

/// How lines go through the network. Text and scores depend on it a little: what a line is padded with on its right side is seen by the
/// network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RecognizeOptions {
    /// Lines that go through together, in order of width / height, all padded to the width of the widest: 1 to 64. PaddleOCR and
    /// RapidOCR: 6. Default 1: each line alone, lines side by side on several threads.
    pub batch: usize,
    /// Lines are padded to a multiple of so many pixels, 1 to 1024, so that few widths have to be planned for. 1: not at all, as the
    /// references do.
    pub width_step: usize,
    /// The least width in pixels, 1 to 4096. It is 320 in all references, at any height, and networks lose 2 to 3 words in a hundred
    /// without it.
    pub min_width: usize,
    /// Decimal places to which probabilities and scores are rounded: RapidOCR 5; default none.
    pub decimals: Option<u8>,
}

impl Default for RecognizeOptions {
    fn default() -> Self {
        Self { batch: 1, width_step: 32, min_width: 320, decimals: None }
    }
}

impl RecognizeOptions {
    /// The widths of the references, to the pixel, for batches of so many lines.
    pub fn exact(batch: usize) -> Self {
        Self { batch, width_step: 1, ..Self::default() }
    }

    /// # Errors
    /// [`OcrError::Option`] for a number out of its range.
    pub(super) fn check(&self) -> Result<(), OcrError> {
        let ranges = [("batch", self.batch, 64), ("width_step", self.width_step, 1024), ("min_width", self.min_width, 4096)];
        match ranges.into_iter().find(|(_, value, most)| !(1..=*most).contains(value)) {
            None => Ok(()),
            Some((option, value, most)) => Err(OcrError::Option { option, what: format!("is {value}; 1 to {most} was expected") }),
        }
    }
}
