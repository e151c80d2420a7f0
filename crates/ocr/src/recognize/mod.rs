//! Reading a line: a picture of it is seen column by column, and the columns become text.
//!
//! A [`TextRecognizer`] comes from weights, out of which PP-OCRv2's network and its kin grow ([`RecognizerConfig`]), or from a graph.
//! Either way it gives for every column a number for every class of its [`Dictionary`]; [`greedy`] makes text of them, and [`words`] says
//! where on the line each word stands.
//!
//! ```no_run
//! use vtk_imaging::{DecodeOptions, decode};
//! use vtk_ocr::recognize::{LoadOptions, TextRecognizer};
//!
//! let recognizer = TextRecognizer::from_path("ch_PP-OCRv2_rec.safetensors".as_ref(), &LoadOptions::default())?;
//! let line = decode("line.png", &std::fs::read("line.png")?, &DecodeOptions::default())?;
//! let reading = recognizer.recognize(&[line])?.remove(0);
//! println!("{} ({:.2})", reading.text, reading.score);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod config;
mod decode;
mod dictionary;
mod eval;
mod inference_yml;
mod keys;
mod lines;
mod model;
mod net;
mod options;
mod source;
pub mod words;

pub use config::RecognizerConfig;
pub use decode::{Reading, Scale, greedy};
pub use dictionary::{Dictionary, entries};
pub use eval::{CharacterErrors, WordAccuracy, WordReport, edit_distance};
pub use inference_yml::character_dict;
pub use model::TextRecognizer;
pub use net::Stages;
pub use options::{LoadOptions, RecognizeOptions};
pub use source::DictionaryText;

/// The recognizer that is taken where none is named: PP-OCRv6 tiny.
pub const DEFAULT_RECOGNIZER: &str = "ppocr-v6-tiny-rec";
