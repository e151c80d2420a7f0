//! The detector on the embedded model's file: pages and pictures that are none.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::PathBuf;

use vtk_imaging::{DecodeOptions, RgbImage, Size, decode};
use vtk_kernels::Threads;
use vtk_ocr::OcrRecipe;
use vtk_ocr::detect::{BoxType, DbNetConfig, LoadOptions, TextDetector};

fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn detector(recipe: &str) -> TextDetector {
    let options = LoadOptions { recipe: Some(recipe.parse().unwrap()), ..LoadOptions::default() };
    TextDetector::from_path(&file("models/ocr/PP-OCRv6_det_tiny.onnx"), &options).unwrap()
}

fn page() -> RgbImage {
    decode("page.png", &std::fs::read(file("docs/page.png")).unwrap(), &DecodeOptions::default()).unwrap()
}

#[test]
fn the_file_knows_its_recipe_from_the_catalogue() {
    let detector = TextDetector::from_path(&file("models/ocr/PP-OCRv6_det_tiny.onnx"), &LoadOptions::default()).unwrap();
    assert_eq!(detector.recipe().name(), Some("tinyocr"));
    assert!(detector.config().is_none());
}

#[test]
fn a_page_has_lines_in_every_recipe_whatever_the_threads() {
    let page = page();
    for recipe in OcrRecipe::names() {
        let detector = detector(recipe);
        let boxes = detector.detect(&page).unwrap();
        assert!(boxes.len() >= 5, "{recipe}: {}", boxes.len());
        for found in &boxes {
            assert!(found.score > 0.4 && found.score <= 1.0 && found.polygon.is_empty());
            let inside = |[x, y]: [f32; 2]| (0.0..=page.width() as f32).contains(&x) && (0.0..=page.height() as f32).contains(&y);
            assert!(found.quad.into_iter().all(inside), "{recipe}: {:?}", found.quad);
        }
        assert_eq!(detector.with_threads(Threads::count(2)).detect(&page).unwrap(), boxes, "{recipe}");
        let explained: Vec<_> = detector.explain(&page).unwrap().into_iter().filter_map(|candidate| candidate.kept()).collect();
        assert_eq!(explained, boxes, "{recipe}");
    }
}

#[test]
fn polygons_go_round_the_same_lines() {
    let (quads, page) = (detector("paddleocr"), page());
    let mut options = quads.options().clone();
    options.db.box_type = BoxType::Poly;
    let polygons = quads.with_options(options).unwrap().detect(&page).unwrap();
    assert_eq!(polygons.len(), quads.detect(&page).unwrap().len());
    assert!(polygons.iter().all(|found| found.polygon.len() >= 4));
}

#[test]
fn what_is_no_page_gives_nothing_and_no_trouble() {
    for recipe in OcrRecipe::names() {
        let detector = detector(recipe);
        // RapidOCR's recipes bring the short side up to 736, however long that makes the other.
        let sizes: &[(usize, usize)] = match recipe.starts_with("rapidocr") {
            true => &[(1, 1), (31, 33)],
            false => &[(1, 1), (31, 33), (40, 8), (320, 240), (1, 300), (300, 1)],
        };
        for (width, height) in sizes {
            for level in [0, 255] {
                let picture = RgbImage::filled(*width, *height, [level; 3]).unwrap();
                // A frame's black bands are an edge, but no text.
                assert_eq!(detector.detect(&picture).unwrap(), [], "{recipe}: {width} × {height} of {level}");
            }
        }
    }
}

#[test]
fn other_options_are_checked() {
    let detector = detector("paddleocr");
    let mut options = detector.options().clone();
    options.db.thresh = 7.0;
    assert!(detector.with_options(options).unwrap_err().to_string().contains("thresh"));
    detector.plan(Size::new(64, 64)).unwrap();
    assert_eq!(detector.network().plan_stats().plans, 1);
}

#[test]
fn what_is_no_detector_is_refused_by_name() {
    let refused = |path: &str| TextDetector::from_path(&file(path), &LoadOptions::default()).unwrap_err().to_string();
    // A classifier's weights say which network they are, and it is another.
    let error = refused("reference/models/pplcnet_x0_25_textline_ori.safetensors");
    assert!(error.contains("text detector"), "{error}");
    assert!(refused("docs/page.png").contains("page.png"));
    assert!(refused("no/such.onnx").contains("such.onnx"));
    let official = LoadOptions { arch: Some(DbNetConfig::official().unwrap()), ..LoadOptions::default() };
    let error = TextDetector::from_path(&file("reference/models/pplcnet_x0_25_textline_ori.safetensors"), &official).unwrap_err();
    assert!(error.to_string().contains("backbone.conv.conv.weight"), "{error}");
    let error = refused("models/ocr/PP-OCRv6_rec_tiny.onnx");
    assert!(error.contains("PP-OCRv6_rec_tiny.onnx") && error.contains("48 pixels high"), "{error}");
    let graph = TextDetector::from_path(&file("models/ocr/PP-OCRv6_det_tiny.onnx"), &official).unwrap_err().to_string();
    assert!(graph.contains("a graph is its own network"), "{graph}");
}
