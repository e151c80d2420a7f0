//! From a map of probabilities to boxes in the picture's pixels. Pure functions that know no network.
//!
//! The steps and their roundings are PaddleOCR's (`ppocr/postprocess/db_postprocess.py` and `tools/infer/predict_det.py` of 2.7.3).
//! [`candidates`] walks over the areas of a map and says of each what became of it; [`decode`] keeps those that the map's rules let
//! through, and [`finish`] applies those of the picture.

mod areas;
mod corners;
mod fate;
mod mask;

use ndarray::ArrayView2;
use vtk_imaging::Size;

pub use areas::candidates;
pub use fate::{Candidate, Fate};

use super::{CornerOrder, DbOptions};
use crate::Quad;

/// A line of text that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectedBox {
    /// Its corners, clockwise from the top left; for a polygon those of the rectangle of the smallest area around it.
    pub quad: Quad,
    /// Its outline, where polygons were asked for; else empty.
    pub polygon: Vec<[f32; 2]>,
    /// The mean probability within it, 0 to 1.
    pub score: f32,
}

/// The boxes of a map that covers a whole picture of size `to`, in its pixels: whole numbers from 0 to the picture's sides. Boxes from
/// the bottom of the map come first. An empty map gives none; what is not a number is no text.
///
/// Options are taken as they are: see [`DbOptions::check`].
#[must_use]
pub fn decode(map: ArrayView2<'_, f32>, to: Size, options: &DbOptions) -> Vec<DetectedBox> {
    candidates(map, to, options).take(options.max_candidates).filter_map(Candidate::kept).collect()
}

/// What is done to boxes once they are in the picture's pixels: corners in order, cut to the last column and row, and those of no more
/// than three pixels across dropped (polygons are only cut).
#[must_use]
pub fn finish(boxes: Vec<DetectedBox>, size: Size, order: CornerOrder) -> Vec<DetectedBox> {
    boxes.into_iter().map(|found| settle(found.into(), size, order)).filter_map(Candidate::kept).collect()
}

/// [`finish`] for a single candidate; one that was dropped already stays as it is.
#[must_use]
pub fn settle(candidate: Candidate, size: Size, order: CornerOrder) -> Candidate {
    if !candidate.fate.is_kept() {
        return candidate;
    }
    if !candidate.polygon.is_empty() {
        let polygon: Vec<[f32; 2]> = candidate.polygon.iter().map(|point| corners::cut(*point, size)).collect();
        return Candidate { quad: corners::around(&polygon), polygon, ..candidate };
    }
    let quad = corners::ordered(candidate.quad, order).map(|corner| corners::cut(corner, size));
    let [width, height] = corners::sides(quad);
    let fate = if width <= corners::NARROWEST || height <= corners::NARROWEST { Fate::TooNarrow { width, height } } else { candidate.fate };
    Candidate { quad, fate, ..candidate }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;
    use crate::detect::{BoxType, ScoreMode};

    fn fill(map: &mut Array2<f32>, columns: Range<usize>, rows: Range<usize>, value: f32) {
        for y in rows {
            columns.clone().for_each(|x| map[[y, x]] = value);
        }
    }

    /// A map of 64 × 48 with a bar of 40 × 8 at (10, 20).
    fn bar() -> Array2<f32> {
        let mut map = Array2::from_elem((48, 64), 0.05);
        fill(&mut map, 10..50, 20..28, 0.9);
        map
    }

    #[test]
    fn a_bar_grows_to_a_line() {
        let boxes = decode(bar().view(), Size::new(128, 96), &DbOptions::default());
        assert_eq!(boxes.len(), 1);
        // Corners are pixel centers: 39 × 7, grown by 273 · 1.5 / 92 = 4.45 on each side, and twice as large in the picture.
        assert_eq!(boxes[0].quad, [[12.0, 32.0], [106.0, 32.0], [106.0, 62.0], [12.0, 62.0]]);
        assert!((boxes[0].score - 0.9).abs() < 1e-6 && boxes[0].polygon.is_empty());
        let kept = finish(boxes.clone(), Size::new(100, 96), CornerOrder::PaddleOcr);
        assert_eq!(kept[0].quad, [[12.0, 32.0], [99.0, 32.0], [99.0, 62.0], [12.0, 62.0]]);
        assert_eq!(finish(boxes, Size::new(16, 96), CornerOrder::RapidOcr), [], "cut to three pixels");
    }

    #[test]
    fn polygons_have_an_outline_and_a_rectangle_around_it() {
        let options = DbOptions { box_type: BoxType::Poly, ..DbOptions::default() };
        let boxes = finish(decode(bar().view(), Size::new(64, 48), &options), Size::new(64, 48), CornerOrder::PaddleOcr);
        assert_eq!(boxes.len(), 1);
        assert!(boxes[0].polygon.len() > 4, "corners are round: {:?}", boxes[0].polygon);
        assert_eq!(boxes[0].quad, [[6.0, 16.0], [53.0, 16.0], [53.0, 31.0], [6.0, 31.0]]);
    }

    #[test]
    fn every_rule_can_drop_a_candidate() {
        let fate = |map: &Array2<f32>, change: fn(&mut DbOptions)| {
            let mut options = DbOptions::default();
            change(&mut options);
            candidates(map.view(), Size::new(64, 48), &options).map(|c| c.fate).collect::<Vec<_>>()
        };
        assert!(fate(&bar(), |_| {})[0].is_kept());
        assert!(matches!(fate(&bar(), |o| o.min_size = 8.0)[0], Fate::TooSmall { side, least: 8.0 } if side == 7.0));
        assert!(matches!(fate(&bar(), |o| o.box_thresh = 0.95)[0], Fate::LowScore { .. }));
        assert!(fate(&bar(), |o| o.thresh = 0.95).is_empty());
        let mut pixel = Array2::zeros((48, 64));
        pixel[[20, 20]] = 1.0;
        assert!(matches!(fate(&pixel, |o| o.min_size = 0.0)[0], Fate::Vanished));
        // Grown by less than half a pixel, which is none.
        let mut dot = Array2::zeros((48, 64));
        fill(&mut dot, 20..24, 20..24, 1.0);
        assert!(matches!(fate(&dot, |o| o.unclip_ratio = 0.5)[0], Fate::TooSmallGrown { least: 5.0, .. }), "{:?}", fate(&dot, |_| {}));
        let mut two = bar();
        fill(&mut two, 10..50, 36..44, 0.9);
        assert!(matches!(fate(&two, |o| o.max_candidates = 1)[..], [Fate::Kept { .. }, Fate::OverCap { cap: 1 }]));
        assert_eq!(decode(two.view(), Size::new(64, 48), &DbOptions { max_candidates: 1, ..DbOptions::default() }).len(), 1);
        let mut dots = Array2::zeros((48, 64));
        fill(&mut dots, 20..40, 20..21, 1.0);
        assert!(matches!(fate(&dots, |o| o.box_type = BoxType::Poly)[0], Fate::TooFewCorners { corners: 2 }));
    }

    #[test]
    fn what_is_no_number_is_no_text() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let map = Array2::from_elem((32, 32), value);
            assert_eq!(decode(map.view(), Size::new(32, 32), &DbOptions::default()), [], "{value}");
        }
        let mut spoiled = bar();
        spoiled[[24, 30]] = f32::NAN;
        assert!(decode(spoiled.view(), Size::new(64, 48), &DbOptions::default()).is_empty());
        for shape in [(0, 0), (0, 5), (5, 0)] {
            assert_eq!(decode(Array2::zeros(shape).view(), Size::new(9, 9), &DbOptions::default()), []);
        }
        // A picture of no size, or of one that no map stands for, makes no trouble either.
        let _ = decode(bar().view(), Size::new(0, 0), &DbOptions::default());
        let _ = decode(bar().view(), Size::new(usize::MAX, 1), &DbOptions::default());
    }

    #[test]
    fn equal_scores_stay() {
        let mut map = Array2::zeros((48, 64));
        fill(&mut map, 10..50, 20..28, 0.75f32);
        let options = DbOptions { box_thresh: 0.75, ..DbOptions::default() };
        assert_eq!(decode(map.view(), Size::new(64, 48), &options).len(), 1);
    }

    proptest! {
        /// Whatever the map, boxes are finite, inside the picture, and scored above the threshold.
        #[test]
        fn boxes_are_sound(
            height in 1usize..24,
            width in 1usize..24,
            seed in any::<u64>(),
            dilation: bool,
            slow: bool,
            poly: bool,
            scale in 1usize..5,
        ) {
            let mut state = seed | 1;
            let mut next = || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state
            };
            let map = Array2::from_shape_fn((height, width), |_| match next() % 41 {
                0 => f32::NAN,
                1 => f32::INFINITY,
                n => n as f32 / 40.0,
            });
            let options = DbOptions {
                dilation,
                score_mode: if slow { ScoreMode::Slow } else { ScoreMode::Fast },
                box_type: if poly { BoxType::Poly } else { BoxType::Quad },
                box_thresh: 0.4,
                min_size: 0.0,
                ..DbOptions::default()
            };
            let size = Size::new(width * scale, height * scale);
            for order in [CornerOrder::PaddleOcr, CornerOrder::RapidOcr] {
                for found in finish(decode(map.view(), size, &options), size, order) {
                    prop_assert!(found.score >= 0.4 && found.score <= 1.0);
                    for [x, y] in found.polygon.iter().chain(if poly { &[] } else { &found.quad[..] }) {
                        prop_assert!((0.0..size.width as f32).contains(x) && (0.0..size.height as f32).contains(y));
                    }
                }
            }
        }
    }
}
