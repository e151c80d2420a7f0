//! `vtk ocr` and `vtk eval ocr`, run as a person runs them, with the models inside the program.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod documents;
mod failures;
mod pages;
mod reading;

use std::path::Path;

use support::{Done, Sandbox};
use vtk_imaging::{DecodeOptions, RgbImage, decode, encode_png};

/// The sample receipt of the README.
pub(crate) const RECEIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/receipt.png");

/// Runs `vtk ocr` with these arguments.
pub(crate) fn ocr(sandbox: &Sandbox, args: &[&str]) -> Done {
    let all: Vec<&str> = std::iter::once("ocr").chain(args.iter().copied()).collect();
    Done::of(&mut sandbox.vtk(&all))
}

/// The pixels of the receipt.
pub(crate) fn receipt() -> RgbImage {
    decode("receipt.png", &std::fs::read(Path::new(RECEIPT)).unwrap(), &DecodeOptions::default()).unwrap()
}

/// Puts a picture into a sandbox.
pub(crate) fn put(sandbox: &Sandbox, name: &str, picture: &RgbImage) {
    sandbox.write(name, encode_png(picture).unwrap());
}
