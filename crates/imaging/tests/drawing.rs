//! A drawing gives the same bytes on every run and machine: those of `tests/drawn/marks.png`.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
#![cfg(all(feature = "decode", feature = "draw"))]

use std::path::Path;

use ndarray::Array2;
use vtk_imaging::draw::{Drawing, class_color, mark_color};
use vtk_imaging::{DecodeOptions, RgbImage, decode, encode_png};

fn drawn() -> RgbImage {
    let ground = (0..160 * 120).flat_map(|i| [(i % 160) as u8, (i / 160 * 2) as u8, 128]).collect();
    let mut drawing = Drawing::on(&RgbImage::new(160, 120, ground).unwrap());
    let classes = Array2::from_shape_fn((120, 160), |(y, x)| u8::from(y > 70 && x > 90));
    drawing.classes(classes.view(), 0.6, |class| (class > 0).then(|| class_color(3))).unwrap();
    drawing.rectangle([12.3, 30.0, 70.0, 90.5], mark_color(0), Some("cat 0.93"));
    drawing.polygon(&[[80.0, 40.0], [140.5, 20.0], [148.0, 44.0], [88.0, 66.0]], mark_color(1), Some("Äpfel"));
    drawing.caption("page orientation: 90°");
    drawing.finish()
}

#[test]
fn a_drawing_has_the_same_bytes_everywhere() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/drawn/marks.png");
    let drawn = drawn();
    let wanted = std::fs::read(&path).map(|bytes| decode("marks.png", &bytes, &DecodeOptions::default()).unwrap());
    if wanted.is_ok_and(|wanted| wanted == drawn) {
        return;
    }
    let beside = std::env::temp_dir().join("vtk-marks.png");
    std::fs::write(&beside, encode_png(&drawn).unwrap()).unwrap();
    panic!("the drawing differs from {}; it is now in {}: look at it, and put it there if it is right", path.display(), beside.display());
}
