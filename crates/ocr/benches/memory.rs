//! What 200 pages of changing size cost in memory, read by one reader: the most that was allocated at once and the highest
//! resident memory, after 20 pages and after all. The second holds what the C library's allocator keeps in pieces.
//!
//! `cargo bench -p vtk-cli -p vtk-ocr --bench memory -- PICTURE…` (without pictures the sample receipt). Each page is a picture
//! made narrower and lower by up to 30 %: the first 20 narrower alone or lower alone, whatever stretches them more, since the detector
//! wants the short side to have a size at least; the others at random.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::path::Path;

use peak_alloc::PeakAlloc;
use vtk_imaging::{DecodeOptions, Filter, RgbImage, decode};
use vtk_kernels::Threads;
use vtk_ocr::TextReader;
use vtk_ocr::detect::{self, TextDetector};
use vtk_ocr::recognize::{self, TextRecognizer};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

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
    let (mut after_20, mut lines) = (Peaks::default(), 0);
    for n in 0..200 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let picture = &pictures[n % pictures.len()];
        let tall = picture.height() > picture.width();
        let [width, height] = match n {
            0..20 if tall => [70, 100],
            0..20 => [100, 70],
            _ => [70 + random % 31, 70 + random / 31 % 31],
        };
        let (width, height) = (picture.width() * width as usize / 100, picture.height() * height as usize / 100);
        let page = picture.resize(width.max(1), height.max(1), Filter::Linear).expect("a size");
        lines += reader.read(&page).expect("a page").lines.len();
        if n == 19 {
            after_20 = Peaks::now();
        }
    }
    let end = Peaks::now();
    for (what, before, after) in [("allocated", after_20.allocated, end.allocated), ("resident", after_20.resident, end.resident)] {
        println!("{what}: peak {before:.1} MB after 20 pages, {after:.1} MB after 200: {:+.1} %", (after / before - 1.0) * 100.0);
    }
    println!("{lines} lines, {:.1} MB allocated at the end", HEAP.current_usage_as_mb());
    println!("plans: {:?} {:?}", reader.detector().network().plan_stats(), reader.recognizer().network().plan_stats());
}

/// The highest figures so far, in MB.
#[derive(Default)]
struct Peaks {
    allocated: f64,
    resident: f64,
}

impl Peaks {
    fn now() -> Self {
        Self { allocated: f64::from(HEAP.peak_usage_as_mb()), resident: peak_kb() as f64 / 1024.0 }
    }
}

/// The process's highest resident memory; 0 where the system doesn't tell.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().strip_suffix("kB")?.trim().parse().ok()).unwrap_or(0)
}
