//! Says what a picture shows: `cargo run --release --workspace --example classify -- MODEL PICTURE`.
#![allow(clippy::print_stdout)]

use std::error::Error;

use vtk_cls::{Classifier, LoadOptions};
use vtk_imaging::{DecodeOptions, decode};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(picture)) = (args.next(), args.next()) else {
        return Err("usage: classify MODEL PICTURE".into());
    };
    let classifier = Classifier::from_path(model.as_ref(), &LoadOptions::default())?;
    let pixels = decode(&picture, &std::fs::read(&picture)?, &DecodeOptions::default())?;
    for class in classifier.classify(&pixels)?.classes.iter().take(3) {
        println!("{} {}: {:.3}", classifier.meaning(), class.label.as_deref().unwrap_or("?"), class.score);
    }
    Ok(())
}
