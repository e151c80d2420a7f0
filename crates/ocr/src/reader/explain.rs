//! Why a line is there, or is not.

use crate::Quad;
use crate::detect::Fate;

/// A place where the detector saw something, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// Where, in the picture's own pixels.
    pub quad: Quad,
    /// What became of it.
    pub fate: LineFate,
}

/// What became of a place where the detector saw something.
#[derive(Clone, Debug, PartialEq)]
pub enum LineFate {
    /// No box came of it: the detector's rule that dropped it.
    NoBox(Fate),
    /// Nothing was read in the box.
    Empty,
    /// The score of what was read is lower than the least score that is reported.
    LowScore {
        /// What was read.
        text: String,
        /// Its score.
        score: f32,
        /// The least score.
        least: f32,
    },
    /// It is reported.
    Kept {
        /// What was read.
        text: String,
        /// Its score.
        score: f32,
    },
}
