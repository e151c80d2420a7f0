//! Where lines of text stand in a picture: DBNet and the decoding of its map.
//!
//! A network gives for each pixel the probability that it belongs to the shrunken core of a line. [`decode`](mod@decode) finds the areas
//! above a threshold, draws a rectangle (or polygon) around each and grows it to the line's full height. [`TextDetector`] joins the two
//! with the preparation and the [`Frame`] that some recipes lay around a picture.

mod config;
pub mod decode;
mod frame;
mod load;
mod model;
mod net;
mod options;

pub use config::DbNetConfig;
pub use decode::{Candidate, DetectedBox, Fate};
pub use frame::{Frame, Framed};
pub use model::{LoadOptions, TextDetector};
pub use net::DbFeatures;
pub use options::{BoxType, CornerOrder, DbOptions, DetectOptions, DetectPreparation, ScoreMode};
