//! Object detection by PicoDet, both generations of it, on PP-LCNet or any backbone with features at strides 8, 16 and 32.
//!
//! A [`Detector`] is made from a model of the zoo, a file or bytes: official weights, whose keys tell which neck and head they belong
//! to; an exported graph, as it comes out of the network or with decoding and suppression inside. A network is named by a
//! [`PicoDetConfig`], whose backbone can be another's (`picodet-s-320+mobilenetv3-large-x1.0`).
//!
//! ```no_run
//! use vtk_det::{Detector, LoadOptions};
//! use vtk_imaging::{DecodeOptions, decode};
//!
//! let detector = Detector::from_path("picodet_xs_416.safetensors".as_ref(), &LoadOptions::default())?;
//! let picture = decode("photo.jpg", &std::fs::read("photo.jpg")?, &DecodeOptions::default())?;
//! for found in detector.detect(&picture)? {
//!     println!("{:?} ({:.2}) at {:?}", found.label, found.score, found.bbox);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`decode`](mod@decode) holds the pure steps from a network's outputs to boxes, [`eval`] COCO's average precision, [`coco`] its files.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod coco;
pub mod decode;
mod detection;
mod error;
pub mod eval;
mod graph;
mod model;
mod net;
mod options;
mod recipe;
#[cfg(feature = "golden")]
pub mod replay;

pub use detection::Detection;
pub use error::DetError;
pub use model::{Detector, Raw};
pub use net::{Grown, Head, Neck, PicoDetConfig};
pub use options::{DetectOptions, LoadOptions};

/// The model that is taken where none is named: PicoDet-XS for pictures of 416 × 416, with COCO's 80 classes.
pub const DEFAULT_MODEL: &str = "picodet-xs-416";
