//! What became of an area of the map, and which rule decided it.

use std::fmt;

use serde::Serialize;

use super::DetectedBox;
use crate::Quad;

/// An area of the map above the threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The rectangle around it as far as it got: before growing if it was dropped before. In pixels of the picture.
    pub quad: Quad,
    /// Its grown outline, where polygons were asked for and it got so far; else empty.
    pub polygon: Vec<[f32; 2]>,
    /// What became of it.
    pub fate: Fate,
}

impl Candidate {
    /// The box, if it was kept.
    #[must_use]
    pub fn kept(self) -> Option<DetectedBox> {
        match self.fate {
            Fate::Kept { score } => Some(DetectedBox { quad: self.quad, polygon: self.polygon, score }),
            _ => None,
        }
    }
}

impl From<DetectedBox> for Candidate {
    fn from(found: DetectedBox) -> Self {
        Self { quad: found.quad, polygon: found.polygon, fate: Fate::Kept { score: found.score } }
    }
}

/// Whether a candidate was kept, and if not, the rule that dropped it. Its `Display` says so for people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// It is a line of text.
    Kept {
        /// Mean probability.
        score: f32,
    },
    /// So many areas had been looked at before.
    OverCap {
        /// The cap, `max_candidates`.
        cap: usize,
    },
    /// The short side of its rectangle is too short, in pixels of the map.
    TooSmall {
        /// The short side.
        side: f32,
        /// What it should have been at least: `min_size`.
        least: f32,
    },
    /// Its simplified outline has fewer than four corners.
    TooFewCorners {
        /// How many.
        corners: usize,
    },
    /// Its mean probability is too low.
    LowScore {
        /// The mean probability; not a number where the map isn't.
        score: f32,
        /// What it should have been at least: `box_thresh`.
        least: f32,
    },
    /// Nothing was left of it after growing.
    Vanished,
    /// Growing left several pieces.
    Split {
        /// How many.
        pieces: usize,
    },
    /// The short side of the grown box is too short, in pixels of the map.
    TooSmallGrown {
        /// The short side.
        side: f32,
        /// What it should have been at least: `min_size` and two pixels.
        least: f32,
    },
    /// Cut to the picture, it is no more than three pixels wide or high.
    TooNarrow {
        /// Its upper side, in whole pixels of the picture.
        width: u32,
        /// Its left side, likewise.
        height: u32,
    },
}

impl Fate {
    /// Whether it was kept.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        matches!(self, Self::Kept { .. })
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kept { score } => write!(f, "kept: score {score:.3}"),
            Self::OverCap { cap } => write!(f, "dropped: {cap} areas were looked at before it (max_candidates)"),
            Self::TooSmall { side, least } => write!(f, "dropped: short side {side:.1} of the map's pixels, below {least} (min_size)"),
            Self::TooFewCorners { corners } => write!(f, "dropped: an outline of {corners} corners, below 4"),
            Self::LowScore { score, least } => write!(f, "dropped: score {score:.3}, below {least} (box_thresh)"),
            Self::Vanished => write!(f, "dropped: nothing was left after growing it (unclip_ratio)"),
            Self::Split { pieces } => write!(f, "dropped: growing it left {pieces} pieces"),
            Self::TooSmallGrown { side, least } => {
                write!(f, "dropped: short side {side:.1} of the map's pixels after growing, below {least} (min_size + 2)")
            }
            Self::TooNarrow { width, height } => write!(f, "dropped: {width} × {height} pixels in the picture, no more than 3 across"),
        }
    }
}
