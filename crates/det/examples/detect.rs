//! Says what is where in a picture: `cargo run --release --workspace --example detect -- MODEL PICTURE`.
#![allow(clippy::print_stdout)]

use std::error::Error;

use vtk_det::{Detector, LoadOptions};
use vtk_imaging::{DecodeOptions, decode};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(picture)) = (args.next(), args.next()) else {
        return Err("usage: detect MODEL PICTURE".into());
    };
    let detector = Detector::from_path(model.as_ref(), &LoadOptions::default())?;
    let pixels = decode(&picture, &std::fs::read(&picture)?, &DecodeOptions::default())?;
    for found in detector.detect(&pixels)? {
        println!("{} ({:.2}): {:?}", found.name(), found.score, found.bbox);
    }
    Ok(())
}
