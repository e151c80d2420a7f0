//! What every layer of vtk stands on and what knows nothing of networks or pictures: [`Threads`], the one way work is spread over
//! cores, and [`guard`], the one way a panic of somebody else's code is turned into an error.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod guard;
mod threads;

pub use threads::Threads;
