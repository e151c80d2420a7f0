//! Checkpoint files in and out: Paddle's `.pdparams` and `.safetensors`.
//!
//! A [`Checkpoint`] is an ordered table of named [`Tensor`]s. [`Checkpoint::from_path`] and [`Checkpoint::from_bytes`] read one,
//! [`Checkpoint::to_safetensors`] and [`Checkpoint::to_pdparams`] write one, and [`StrictLoad`] hands its tensors to a network and
//! reports every tensor that is missing, left over, of another shape, not finite or not of a float type, all of them by name.
//!
//! A checkpoint is outside data. A `.pdparams` file is a Python pickle, a program for a small machine; the reader here knows only the
//! instructions and the handful of names that numpy arrays need, treats names as data and calls nothing. Lengths that a file announces
//! are compared with the bytes that are there before memory is reserved, nesting is walked without recursion, and depth, counts and
//! sizes have limits. Whatever is wrong with a file becomes a [`WeightsError`] that says so; nothing panics.
//!
//! ```
//! use vtk_weights::{Checkpoint, StrictLoad, Tensor};
//!
//! # fn main() -> Result<(), vtk_weights::WeightsError> {
//! let mut saved = Checkpoint::new();
//! saved.insert("fc.weight", Tensor::from_f32(&[2, 2], &[1.0, 2.0, 3.0, 4.0])?);
//! let bytes = saved.to_safetensors()?;
//!
//! let read = Checkpoint::from_bytes("fc.safetensors", &bytes)?;
//! let mut load = StrictLoad::new(&read);
//! let weight = load.take("fc.weight", &[2, 2]);
//! load.finish()?;
//! assert_eq!(weight, Some(vec![1.0, 2.0, 3.0, 4.0]));
//! # Ok(())
//! # }
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
// Every byte here is outside data: no index may panic.
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

mod checkpoint;
mod dtype;
mod error;
mod format;
mod limits;
mod mismatch;
mod pickle;
mod safetensors;
mod save;
mod shown;
mod source;
mod strict;
mod tensor;

pub use checkpoint::Checkpoint;
pub use dtype::DType;
pub use error::{ErrorKind, WeightsError};
pub use format::Format;
pub use mismatch::{Mismatch, Misshaped, NotFinite, NotFloat, Shaped};
pub use strict::StrictLoad;
pub use tensor::Tensor;
