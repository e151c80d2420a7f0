//! Decoders and detectors on outputs and pictures that nobody would wish for: no panic, an answer that is defined, in time.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::time::{Duration, Instant};

use ndarray::{Array3, ArrayD};
use proptest::prelude::*;
use vtk_det::decode::{Decoding, Found, Levels, PROJECT, Rule, STRIDES, Scale};
use vtk_det::{DetectOptions, Detector, LoadOptions};
use vtk_imaging::{RgbImage, Size};
use vtk_kernels::Threads;

const MODEL: &[u8] = include_bytes!("../../../models/det/picodet-xs-416.safetensors");

fn detector() -> Detector {
    Detector::from_bytes("picodet-xs-416.safetensors", MODEL, &LoadOptions::default()).unwrap()
}

/// Eight outputs for a picture of this size, from a function of level, cell and place.
fn outputs(size: Size, classes: usize, score: impl Fn(usize, usize) -> f32, logit: impl Fn(usize, usize) -> f32) -> Vec<ArrayD<f32>> {
    let cells = |stride: usize| size.width.div_ceil(stride) * size.height.div_ceil(stride);
    let scores = STRIDES.iter().map(|s| Array3::from_shape_fn((1, cells(*s), classes), |(_, cell, class)| score(cell, class)).into_dyn());
    let logits = STRIDES.iter().map(|s| Array3::from_shape_fn((1, cells(*s), 32), |(_, cell, bin)| logit(cell, bin)).into_dyn());
    scores.chain(logits).collect()
}

fn decode(outputs: &[ArrayD<f32>], size: Size, decoding: Decoding) -> Vec<Found> {
    decoding.decode(&Levels::of_outputs(outputs, PROJECT.len(), size).unwrap(), Scale::ONE, &PROJECT, None, |_| true)
}

const SIZE: Size = Size { width: 416, height: 416 };

#[test]
fn no_score_is_a_number() {
    let nan = outputs(SIZE, 80, |_, _| f32::NAN, |_, _| 0.0);
    for rule in [Rule::Network, Rule::Deploy] {
        assert_eq!(decode(&nan, SIZE, rule.into()), []);
    }
}

#[test]
fn boxes_that_are_no_numbers_are_left_out_of_results() {
    let broken = outputs(SIZE, 2, |cell, _| if cell < 3 { 0.9 } else { 0.0 }, |_, _| f32::NAN);
    assert!(!decode(&broken, SIZE, Decoding::network()).is_empty(), "the decoder gives what there is");
    // The detector's own decoding is the same and drops them; infinite logits are no better.
    for logit in [f32::INFINITY, f32::NEG_INFINITY] {
        let found = decode(&outputs(SIZE, 2, |cell, _| if cell < 3 { 0.9 } else { 0.0 }, move |_, _| logit), SIZE, Decoding::network());
        assert!(found.iter().all(|f| f.bbox.iter().all(|v| v.is_nan())), "{found:?}");
    }
}

/// Every cell is sure of every class: 287 840 candidates.
#[test]
fn everything_everywhere_takes_moments() {
    let all =
        outputs(SIZE, 80, |cell, class| 0.5 + (cell * 7 + class * 3) as f32 % 1000.0 / 2500.0, |cell, bin| (cell * bin % 13) as f32 - 6.0);
    let start = Instant::now();
    assert_eq!(decode(&all, SIZE, Decoding::network()).len(), 100);
    assert!(decode(&all, SIZE, Decoding::deploy()).len() <= 80 * 100);
    let same = outputs(SIZE, 80, |_, _| 0.9, |_, bin| if bin % 8 == 7 { 100.0 } else { 0.0 });
    assert_eq!(decode(&same, SIZE, Decoding::network()).len(), 100);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn pictures_of_any_size_and_color() {
    let detector = detector().with_options(DetectOptions { clip: true, ..DetectOptions::evaluation() }).unwrap();
    let sizes = [(1, 1), (1, 3000), (3000, 1), (416, 416), (17, 5)];
    let pictures: Vec<RgbImage> = sizes.iter().map(|(w, h)| RgbImage::filled(*w, *h, [255, 0, 128]).unwrap()).collect();
    let alone: Vec<_> = pictures.iter().map(|p| detector.detect(p).unwrap()).collect();
    for (found, (w, h)) in alone.iter().zip(sizes) {
        assert!(found.len() <= 100 && found.is_sorted_by(|a, b| a.score >= b.score));
        for [x0, y0, x1, y1] in found.iter().map(|f| f.bbox) {
            assert!(0.0 <= x0 && x0 <= x1 && x1 <= w as f32 && 0.0 <= y0 && y0 <= y1 && y1 <= h as f32);
        }
    }
    for threads in [Threads::one(), Threads::count(3)] {
        let together: Vec<_> = detector.detect_batch(&pictures, &threads).into_iter().map(Result::unwrap).collect();
        assert!(together == alone);
    }
}

#[test]
fn a_picture_that_is_cropped_or_padded_finds_its_way_back() {
    let photo = vtk_imaging::decode("street.jpg", include_bytes!("../../../docs/street.jpg"), &Default::default()).unwrap();
    let found = |recipe: &str| {
        let load = LoadOptions { recipe: Some(recipe.parse().unwrap()), ..LoadOptions::default() };
        Detector::from_bytes("picodet-xs-416.safetensors", MODEL, &load).unwrap().detect(&photo).unwrap()
    };
    let numbers = "scale:over=255+normalize:mean=0.485/0.456/0.406,std=0.229/0.224/0.225";
    let padded = found(&format!("resize:width=416,height=312,filter=cubic+pad:width=416,height=416,value=114+{numbers}"));
    let straight = found("picodet-416");
    let near = |a: &[f32; 4], b: &[f32; 4]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 12.0);
    assert_eq!(straight.len(), 6);
    for object in &straight {
        assert!(padded.iter().any(|p| p.class == object.class && near(&p.bbox, &object.bbox)), "{object:?} is not in {padded:?}");
    }
}

#[test]
fn thresholds_out_of_range_are_refused() {
    let detector = detector();
    for (score, iou, part) in
        [(f32::NAN, 0.5, "score"), (-1.0, 0.5, "score"), (2.0, 0.5, "score"), (0.5, f32::NAN, "iou"), (0.5, -0.1, "iou")]
    {
        let decoding = Decoding::network().shown_from(score).with_iou(iou);
        let error = detector.with_options(DetectOptions { decoding, ..DetectOptions::default() }).unwrap_err().to_string();
        assert!(error.starts_with(part), "{error}");
    }
    assert!(detector.with_options(DetectOptions { max_detections: Some(0), ..DetectOptions::default() }).is_err());
    assert_eq!(detector.class_numbers(&["dog", "0"]).unwrap(), [16, 0]);
    assert!(detector.class_numbers(&["unicorn"]).unwrap_err().to_string().contains("unicorn"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn boxes_hold_their_points_and_keep_to_their_limits(seed in any::<u32>(), classes in 1usize..4, w in 1usize..5, h in 1usize..5, deploy: bool) {
        let size = Size::new(w * 32, h * 32);
        let noise = |i: usize| f32::from((i.wrapping_mul(2_654_435_761).wrapping_add(seed as usize) >> 7) as u16) / 65536.0;
        let outputs = outputs(size, classes, |cell, class| noise(cell * 31 + class), |cell, bin| noise(cell * 97 + bin) * 12.0 - 6.0);
        let decoding = if deploy { Decoding::deploy() } else { Decoding::network() };
        let found = decode(&outputs, size, decoding);
        prop_assert!(found.is_sorted_by(|a, b| a.class < b.class || (a.class == b.class && a.score >= b.score)));
        for f in &found {
            let [x0, y0, x1, y1] = f.bbox;
            prop_assert!(f.class < classes && f.score > decoding.score_threshold() && x0 <= x1 && y0 <= y1, "{f:?}");
            // No side is further from its point than 7 cells of 64 pixels, and points lie in the cells of the coarsest map.
            prop_assert!(x0 >= -448.0 && y0 >= -448.0 && x1 <= size.width as f32 + 512.0 && y1 <= size.height as f32 + 512.0, "{f:?}");
        }
        // A limit on all boxes takes the best ones.
        let levels = Levels::of_outputs(&outputs, PROJECT.len(), size).unwrap();
        let few = decoding.decode(&levels, Scale::ONE, &PROJECT, Some(3), |_| true);
        let mut scores: Vec<f32> = found.iter().map(|f| f.score).collect();
        scores.sort_by(|a, b| b.total_cmp(a));
        let mut best: Vec<f32> = few.iter().map(|f| f.score).collect();
        best.sort_by(|a, b| b.total_cmp(a));
        scores.truncate(3);
        prop_assert_eq!(best, scores);
    }
}
