//! The text of a picture, by a detector and a recognizer of yours:
//! `cargo run --release -p vtk-cli -p vtk-ocr --example read -- DETECTOR RECOGNIZER PICTURE`, each model a .onnx, .safetensors or .pdparams.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io;
use std::path::Path;

use vtk_imaging::{DecodeOptions, decode};
use vtk_kernels::Threads;
use vtk_ocr::TextReader;
use vtk_ocr::detect::{self, TextDetector};
use vtk_ocr::format::{DocumentFormat, DocumentWriter, PageText};
use vtk_ocr::recognize::{self, TextRecognizer};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [detector, recognizer, picture] = args.as_slice() else { return Err("usage: read DETECTOR RECOGNIZER PICTURE".into()) };
    let detector = TextDetector::from_path(Path::new(detector), &detect::LoadOptions::default())?;
    let recognizer = TextRecognizer::from_path(Path::new(recognizer), &recognize::LoadOptions::default())?;
    let reader = TextReader::new(detector, recognizer)?.with_threads(Threads::all());
    let options = DecodeOptions { alpha: reader.alpha(), ..DecodeOptions::default() };
    let page = reader.read(&decode(picture, &std::fs::read(picture)?, &options)?)?;
    let mut writer = DocumentWriter::new(io::stdout().lock(), DocumentFormat::Text);
    writer.page(&PageText { name: picture, size: page.size, lines: &page.lines, layout: &page.layout })?;
    writer.end()?;
    Ok(())
}
