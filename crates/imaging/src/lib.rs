//! Pictures before and after a network: decode, orient, resize, make tensors by a recipe, and find the way back.
//!
//! The way of a picture is `bytes → decode → RgbImage → Recipe::prepare → Prepared { tensor, back }`. Each step is a plain function of
//! its input. Resizing equals OpenCV's and Pillow's to the bit, because a network's published accuracy holds for one exact preparation.
//! No network is known here, and no decoder's type is part of the interface.
//!
//! ```
//! use vtk_imaging::{Recipe, RgbImage};
//!
//! let picture = RgbImage::filled(320, 200, [90, 120, 150])?;
//! let recipe: Recipe = "resize:short=256+crop:width=224,height=224+scale:over=255".parse()?;
//! let prepared = recipe.prepare(&picture)?;
//! assert_eq!(prepared.tensor.shape(), [1, 3, 224, 224]);
//! let [x, y] = prepared.back.point_to_source([112.0, 112.0]);
//! assert!((x - 160.0).abs() < 1.0 && (y - 100.0).abs() < 1.0);
//! # Ok::<(), vtk_imaging::ImagingError>(())
//! ```
//!
//! Features: `decode` (on by default) reads picture files and writes PNG, `draw` draws results on pictures (and embeds a
//! small font), `golden` replays reference cases; without any the crate takes and gives arrays only.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod alpha;
#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "draw")]
pub mod draw;
mod error;
pub mod geometry;
mod maps;
mod picture;
mod placement;
mod recipe;
#[cfg(feature = "golden")]
mod replay;
mod resize;
mod warp;

pub use alpha::Alpha;
#[cfg(feature = "decode")]
pub use decode::{DecodeOptions, SIGNATURE_LENGTH, decode, encode_png, is_picture, pages};
pub use error::ImagingError;
pub use picture::{RgbImage, Size};
pub use placement::{Move, Placement};
pub use recipe::{Arithmetic, Batch, LineWidth, Order, Plan, Prepared, Recipe, ResizeTo, SideType, Step};
#[cfg(feature = "golden")]
pub use replay::ImagingReplay;
pub use resize::{Filter, resize_f32, resize_u8};
pub use warp::{Perspective, quad_size};
