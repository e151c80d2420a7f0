//! A reader on pictures of any kind: nothing panics, and what is found lies within the picture.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::sync::OnceLock;

use vtk_imaging::RgbImage;
use vtk_kernels::Threads;
use vtk_ocr::detect::{self, TextDetector};
use vtk_ocr::reader::{PageTurn, ReaderOptions, TextReader};
use vtk_ocr::recognize::{self, TextRecognizer};

fn reader() -> &'static TextReader {
    static READER: OnceLock<TextReader> = OnceLock::new();
    READER.get_or_init(|| {
        let (det, rec) = (vtk_model_ocr::DETECTOR, vtk_model_ocr::RECOGNIZER);
        let detector = TextDetector::from_bytes(det.file, det.bytes, &detect::LoadOptions::default()).unwrap();
        let recognizer = TextRecognizer::from_bytes(rec.file, rec.bytes, &recognize::LoadOptions::default()).unwrap();
        TextReader::new(detector, recognizer).unwrap()
    })
}

/// Dots of two colors that look a little like text.
fn speckles(width: usize, height: usize) -> RgbImage {
    let mut picture = RgbImage::filled(width, height, [255; 3]).unwrap();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    for pixel in picture.data_mut().chunks_exact_mut(3) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        if random % 5 < 2 {
            pixel.fill(20);
        }
    }
    picture
}

#[test]
fn pictures_of_any_size_are_read() {
    for (width, height) in [(1, 1), (2, 2), (1, 500), (900, 1), (31, 33), (2500, 3), (64, 64), (40, 1300)] {
        for picture in [RgbImage::filled(width, height, [255; 3]).unwrap(), speckles(width, height)] {
            let page = reader().read(&picture).unwrap();
            assert_eq!((page.size.width, page.size.height), (width, height));
            for line in &page.lines {
                let inside = |[x, y]: [f32; 2]| (-1.0..=width as f32 + 1.0).contains(&x) && (-1.0..=height as f32 + 1.0).contains(&y);
                assert!(line.quad.iter().all(|corner| inside(*corner)), "{line:?}");
                assert_eq!(line.text, line.characters.iter().map(|c| c.text.as_str()).collect::<String>());
            }
            assert_eq!(page.layout.order(), (0..page.lines.len()).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_page_that_is_said_to_lie_is_turned_and_carried_back() {
    let upright = speckles(120, 90);
    let options = |page| ReaderOptions { page, min_score: Some(0.0), ..ReaderOptions::default() };
    let straight = reader().with_options(options(PageTurn::Off)).unwrap();
    let plain = straight.find(&upright).unwrap();
    for quarters in 1..4u8 {
        let turned = reader().with_options(options(PageTurn::Quarters(quarters))).unwrap();
        let page = turned.find(&upright.rotate(i32::from(quarters))).unwrap();
        assert_eq!(page.turned, i32::from(4 - quarters));
        assert_eq!(page.lines.len(), plain.lines.len());
    }
}

#[test]
fn threads_change_nothing() {
    let picture = speckles(200, 150);
    let options = ReaderOptions { min_score: Some(0.0), ..ReaderOptions::default() };
    let one = reader().with_options(options).unwrap();
    let two = one.with_threads(Threads::count(2));
    assert_eq!(one.read(&picture).unwrap(), two.read(&picture).unwrap());
}
