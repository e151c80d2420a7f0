//! What a user may say: about a model, going before what its file and the catalogue say, and about which boxes are wanted.

use vtk_imaging::Recipe;

use crate::decode::Decoding;
use crate::{DetError, PicoDetConfig};

/// Settings for loading a detector. The default leaves everything to the file and the catalogue.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The network, for weights that don't say what they are.
    pub arch: Option<PicoDetConfig>,
    /// The preparation of pictures: to one size, whose sides are multiples of 32.
    pub recipe: Option<Recipe>,
    /// A name for each class, in order.
    pub labels: Option<Vec<String>>,
}

/// Which boxes a detector gives.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectOptions {
    /// From outputs to boxes.
    pub decoding: Decoding,
    /// Only these classes, by number; all where there are none. The others are left out before limits count.
    pub classes: Vec<usize>,
    /// At most so many boxes, best first; the rule's own limit where there is none.
    pub max_detections: Option<usize>,
    /// Whether boxes are cut to the picture. Average precision is measured on boxes as the network gives them.
    pub clip: bool,
}

impl DetectOptions {
    /// The score from which on PaddleDetection draws a box (`draw_threshold` of its exports).
    pub const SHOWN: f32 = 0.5;

    /// What average precision is measured on: the network's own rule with its low threshold, boxes uncut.
    pub fn evaluation() -> Self {
        Self { decoding: Decoding::network(), classes: Vec::new(), max_detections: None, clip: false }
    }

    /// The same with every threshold in its range.
    pub(crate) fn checked(self) -> Result<Self, DetError> {
        self.decoding.check()?;
        match self.max_detections {
            Some(0) => Err(DetError::Option { option: "max_detections", what: "0 boxes are none; at least 1 was expected".to_owned() }),
            _ => Ok(self),
        }
    }
}

impl Default for DetectOptions {
    /// What a person wants to see: the network's rule, scores of 0.5 and more, boxes cut to the picture.
    fn default() -> Self {
        Self { decoding: Decoding::network().shown_from(Self::SHOWN), clip: true, ..Self::evaluation() }
    }
}
