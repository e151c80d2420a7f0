//! What every layer of vtk stands on and what knows nothing of networks or pictures: [`Threads`], the one way work is spread over
//! cores, [`guard`], the one way a panic of somebody else's code is turned into an error, and numeric loops over slices.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod guard;
pub mod normalize;
pub mod probability;
pub mod resize;
mod threads;

pub use threads::Threads;
