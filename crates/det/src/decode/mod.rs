//! From a network's outputs to boxes, as pure functions: bins to distances ([`distances`]), distances around points to boxes
//! ([`Levels`]), and of boxes that mean the same object the best one ([`nms`], by one of two official rules, [`Decoding`]).
//!
//! Outputs may hold anything. A score that is not a number is never a candidate, a box that is not a number is suppressed by the first
//! better one of its class, and limits bound the work however many candidates there are.

mod deploy;
mod dfl;
pub(crate) mod levels;
mod network;
pub mod nms;
mod rule;

pub use deploy::DeployRule;
pub use dfl::distances;
pub use levels::{Level, Levels};
pub use network::NetworkRule;
pub use rule::{Decoding, Rule};

/// Input pixels per cell of the four maps.
pub const STRIDES: [usize; 4] = [8, 16, 32, 64];

/// Bins of a side's distribution: distances of 0 to 7 cells.
pub const BINS: usize = 8;

/// What bins stand for where a checkpoint doesn't say it: so every decoder outside a network has it. The official training leaves small
/// deviations in the checkpoint (3.0003 for 3).
pub const PROJECT: [f32; BINS] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

/// One box as a decoder gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Number of its class, from 0.
    pub class: usize,
    /// 0 … 1.
    pub score: f32,
    /// x0, y0, x1, y1, in the pixels of the picture that came in; not cut to it.
    pub bbox: [f32; 4],
}

/// Where a picture lies in the network's input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Input pixels per picture pixel, across.
    pub x: f32,
    /// The same, down.
    pub y: f32,
}

impl Scale {
    /// The input is the picture.
    pub const ONE: Self = Self { x: 1.0, y: 1.0 };
}
