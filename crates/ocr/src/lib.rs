//! Reading text in pictures.
//!
//! Three stages, each a head of its own: [`detect`] finds lines, [`orient`] tells which way up they stand, [`recognize`] reads them.
//! [`layout`] puts what was read into the order in which a person reads, [`format`](mod@format) writes it down.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod detect;
mod distilled;
mod error;
pub mod format;
pub mod layout;
mod line;
mod load;
pub mod orient;
mod recipe;
pub mod recognize;
#[cfg(feature = "golden")]
pub mod replay;

pub use error::OcrError;
pub use line::{Character, Quad, TextLine};
pub use recipe::{LineOrder, OcrRecipe, ReadOptions};
