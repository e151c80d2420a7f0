//! Reading text in pictures.
//!
//! Three stages, each a head of its own: [`detect`] finds lines, [`orient`] tells which way up they stand, [`recognize`] reads them.
//! [`layout`] puts what was read into the order in which a person reads, [`format`](mod@format) writes it down. A [`TextReader`] joins
//! them all.
//!
//! ```no_run
//! use vtk_imaging::{DecodeOptions, decode};
//! use vtk_ocr::detect::{self, TextDetector};
//! use vtk_ocr::recognize::{self, TextRecognizer};
//! use vtk_ocr::TextReader;
//!
//! let detector = TextDetector::from_path("ch_PP-OCRv2_det.safetensors".as_ref(), &detect::LoadOptions::default())?;
//! let recognizer = TextRecognizer::from_path("ch_PP-OCRv2_rec.safetensors".as_ref(), &recognize::LoadOptions::default())?;
//! let reader = TextReader::new(detector, recognizer)?;
//! let picture = decode("scan.png", &std::fs::read("scan.png")?, &DecodeOptions { alpha: reader.alpha(), ..DecodeOptions::default() })?;
//! for line in reader.read(&picture)?.lines {
//!     println!("{} ({:.2})", line.text, line.score);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod detect;
mod distilled;
mod error;
pub mod format;
pub mod layout;
mod line;
mod load;
pub mod orient;
pub mod reader;
mod recipe;
pub mod recognize;
#[cfg(feature = "golden")]
pub mod replay;

pub use error::OcrError;
pub use line::{Character, Quad, TextLine};
pub use reader::{Page, ReaderOptions, TextReader};
pub use recipe::{OcrRecipe, ReadOptions};
