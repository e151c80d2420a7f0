//! Image classification on PP-LCNet and its kin: what a picture shows, with a score for each class.
//!
//! A [`Classifier`] is made from a model of the zoo, a file or bytes; the file, the catalogue or the caller say which network it is,
//! how pictures are prepared and what the classes are called.
//!
//! ```no_run
//! use vtk_cls::{Classifier, LoadOptions};
//! use vtk_imaging::{DecodeOptions, decode};
//!
//! let classifier = Classifier::from_path("pplcnet_x1_0_doc_ori.safetensors".as_ref(), &LoadOptions::default())?;
//! let picture = decode("scan.png", &std::fs::read("scan.png")?, &DecodeOptions::default())?;
//! let best = &classifier.classify(&picture)?.classes[0];
//! println!("{}: {:?} ({:.2})", classifier.meaning(), best.label, best.score);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`decode`](mod@decode) holds the pure steps behind it, [`Accuracy`] counts.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod decode;
mod error;
mod eval;
mod meaning;
mod model;
mod net;
mod options;
#[cfg(feature = "golden")]
pub mod replay;

pub use decode::{Class, Classification};
pub use error::ClsError;
pub use eval::{Accuracy, AccuracyReport};
pub use model::Classifier;
pub use options::{EmbeddingAt, LoadOptions};
pub use vtk_zoo::parse_labels;

/// The model that is taken where none is named: EfficientNet-Lite0 with ImageNet's 1000 classes.
pub const DEFAULT_MODEL: &str = "efficientnet-lite0";
