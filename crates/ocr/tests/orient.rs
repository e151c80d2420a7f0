//! Which way up: trained models on lines and on a page.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;

use vtk_imaging::{DecodeOptions, RgbImage, decode};
use vtk_kernels::Threads;
use vtk_ocr::orient::{LineOptions, LineOrienter, LinePreparation, PageOrienter, SURE};

const LINES: &str = "reference/models/pplcnet_x0_25_textline_ori.safetensors";
const PAGES: &str = "models/orient/pplcnet-x1.0-page-orientation.safetensors";

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn picture(path: &str) -> RgbImage {
    decode(path, &std::fs::read(file(path)).unwrap(), &DecodeOptions::default()).unwrap()
}

/// Lines of text, upright.
fn lines() -> Vec<RgbImage> {
    let page = picture("docs/page.png");
    let detector = vtk_ocr::detect::TextDetector::from_path(&file("models/ocr/PP-OCRv6_det_tiny.onnx"), &Default::default()).unwrap();
    let boxes = detector.detect(&page).unwrap();
    let long = boxes.iter().filter(|found| found.quad[1][0] - found.quad[0][0] > 100.0);
    long.map(|found| page.crop_quad(found.quad, 1.5).unwrap().0).collect()
}

#[test]
fn a_page_is_righted_from_every_side() {
    let orienter = PageOrienter::from_path(&file(PAGES)).unwrap();
    let page = picture("docs/page.png");
    for turned in 0..4 {
        let lying = page.rotate(turned);
        let orientation = orienter.orient(&lying).unwrap();
        assert_eq!(i32::from(orientation.quarters), turned, "{orientation:?}");
        assert_eq!(lying.rotate(orientation.turn(SURE)), page);
    }
    let blank = orienter.orient(&RgbImage::filled(300, 200, [255; 3]).unwrap()).unwrap();
    assert_eq!(blank.turn(SURE), 0, "{blank:?}");
}

#[test]
fn lines_on_their_heads_are_told_in_any_number_and_order() {
    let orienter = LineOrienter::from_path(&file(LINES), None).unwrap();
    assert_eq!(orienter.preparation().name(), Some("textline-160x80"));
    let upright = lines();
    assert!(upright.len() >= 4, "{}", upright.len());
    let mixed: Vec<RgbImage> = upright.iter().flat_map(|line| [line.clone(), line.rotate(2)]).collect();
    let told = orienter.orient(&mixed).unwrap();
    let right = told.iter().enumerate().filter(|(i, told)| told.upside_down == (i % 2 == 1)).count();
    assert!(right * 10 >= told.len() * 9, "{right} of {}", told.len());
    assert_eq!(orienter.with_threads(Threads::count(2)).orient(&mixed).unwrap(), told);
    assert_eq!(orienter.orient(&mixed[3..4]).unwrap(), told[3..4], "neighbors don't matter");
    assert_eq!(orienter.orient(&[]).unwrap(), []);
}

#[test]
fn thresholds_and_preparations_can_be_set() {
    let orienter = LineOrienter::from_path(&file(LINES), None).unwrap();
    let never = orienter.with_options(LineOptions { threshold: 1.0, ..LineOptions::default() }).unwrap();
    let turned: Vec<RgbImage> = lines().iter().map(|line| line.rotate(2)).collect();
    assert!(never.orient(&turned).unwrap().iter().all(|told| !told.upside_down));
    assert!(orienter.with_options(LineOptions { threshold: f32::NAN, ..LineOptions::default() }).is_err());
    let kept = orienter.with_options(LineOptions { preparation: LinePreparation::KeepRatio, ..LineOptions::default() }).unwrap();
    assert_eq!(kept.preparation().input_size(), Some((80, 160)));
    assert_ne!(kept.preparation(), orienter.preparation());
    let back = kept.with_options(LineOptions::default()).unwrap();
    assert_eq!(back.preparation(), orienter.preparation());
    for (width, height) in [(1, 1), (1, 500), (2000, 3)] {
        assert_eq!(orienter.orient(&[RgbImage::filled(width, height, [7; 3]).unwrap()]).unwrap().len(), 1);
    }
}

#[test]
fn what_tells_no_orientation_is_refused() {
    let refused = |path: &str| LineOrienter::from_path(&file(path), None).unwrap_err().to_string();
    // 1000 classes.
    let error = refused("models/imagenet/efficientnet-lite0.safetensors");
    assert!(error.contains("efficientnet-lite0"), "{error}");
    assert!(refused("docs/page.png").contains("page.png"));
}
