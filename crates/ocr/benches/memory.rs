//! What 200 pages of changing size cost in memory, read by one reader: the highest resident memory after 20 pages and after all.
//!
//! `cargo bench -p vtk-cli -p vtk-ocr --bench memory -- PICTURE…` (without pictures the sample receipt). Each page is a picture
//! stretched in one of 40 ways: the first 20 as far as it goes in the direction in which the picture is long, so that the largest page of
//! all is among them, then at random.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::path::Path;

use vtk_imaging::{DecodeOptions, Filter, RgbImage, decode};
use vtk_kernels::Threads;
use vtk_ocr::TextReader;
use vtk_ocr::detect::{self, TextDetector};
use vtk_ocr::recognize::{self, TextRecognizer};

fn main() {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/receipt.png").to_owned();
    let mut names: Vec<String> = std::env::args().skip(1).filter(|name| Path::new(name).is_file()).collect();
    if names.is_empty() {
        names.push(sample);
    }
    let read = |name: &String| decode(name, &std::fs::read(name).expect("the picture"), &DecodeOptions::default()).expect("a picture");
    let pictures: Vec<RgbImage> = names.iter().map(read).collect();
    let (det, rec) = (vtk_model_ocr::DETECTOR, vtk_model_ocr::RECOGNIZER);
    let detector = TextDetector::from_bytes(det.file, det.bytes, &detect::LoadOptions::default()).expect("the detector");
    let recognizer = TextRecognizer::from_bytes(rec.file, rec.bytes, &recognize::LoadOptions::default()).expect("the recognizer");
    let reader = TextReader::new(detector, recognizer).expect("a reader").with_threads(Threads::count(2));
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let (mut after_20, mut lines) = (0, 0);
    for n in 0..200 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let picture = &pictures[n % pictures.len()];
        let longest = if picture.height() > picture.width() { 0 } else { 39 };
        let size = if n < 20 { longest } else { (random % 40) as usize };
        let (width, height) = (picture.width() * (60 + 2 * size) / 100, picture.height() * (140 - 2 * size) / 100);
        let page = picture.resize(width.max(1), height.max(1), Filter::Linear).expect("a size");
        lines += reader.read(&page).expect("a page").lines.len();
        if n == 19 {
            after_20 = peak_kb();
        }
    }
    let end = peak_kb();
    let growth = (end as f64 / after_20 as f64 - 1.0) * 100.0;
    println!("{lines} lines: peak {after_20} kB after 20 pages, {end} kB after 200: {growth:+.2} %");
    println!("plans: {:?} {:?}", reader.detector().network().plan_stats(), reader.recognizer().network().plan_stats());
}

/// The process's highest resident memory; 0 where the system doesn't tell.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().strip_suffix("kB")?.trim().parse().ok()).unwrap_or(0)
}
