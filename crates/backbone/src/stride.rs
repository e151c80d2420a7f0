//! How far a layer steps down and across.

use std::fmt;
use std::str::FromStr;

/// A stride as the configurations write it: one number for both directions, or a pair for text lines, whose height shrinks faster
/// than their width.
///
/// The two spellings of one step are kept apart because Paddle's MobileNetV3 tells them apart: a block whose stride is written as a
/// pair has no shortcut, even where the pair is (1, 1). Written `2`, or `2x1` for two down and one across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stride {
    /// The same down and across.
    Both(usize),
    /// Down, across.
    Pair(usize, usize),
}

impl Stride {
    /// The largest step that is taken for meant.
    const MAX: usize = 8;

    /// `[vertical, horizontal]`.
    pub fn pair(self) -> [usize; 2] {
        match self {
            Self::Both(n) => [n, n],
            Self::Pair(vertical, horizontal) => [vertical, horizontal],
        }
    }

    /// Whether the map keeps its size and the stride is written as one number.
    pub(crate) fn is_plain_one(self) -> bool {
        self == Self::Both(1)
    }
}

impl fmt::Display for Stride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Both(n) => write!(f, "{n}"),
            Self::Pair(vertical, horizontal) => write!(f, "{vertical}x{horizontal}"),
        }
    }
}

impl FromStr for Stride {
    type Err = ();

    /// `Err(())` for anything but a number from 1 to 8, or two of them joined by `x`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let step = |text: &str| match text.parse() {
            Ok(n @ 1..=Self::MAX) if !text.starts_with('+') => Ok(n),
            _ => Err(()),
        };
        match text.split_once('x') {
            Some((vertical, horizontal)) => Ok(Self::Pair(step(vertical)?, step(horizontal)?)),
            None => Ok(Self::Both(step(text)?)),
        }
    }
}

/// The steps of several layers together, `(vertical, horizontal)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walked(pub(crate) (u32, u32));

impl Walked {
    /// Nowhere yet.
    pub(crate) const START: Self = Self((1, 1));

    /// One layer further.
    pub(crate) fn step(&mut self, [vertical, horizontal]: [usize; 2]) {
        self.0.0 *= vertical as u32;
        self.0.1 *= horizontal as u32;
    }
}
