//! COCO's average precision, figure for figure as pycocotools computes it for boxes.
//!
//! In each picture and class, boxes are matched with the truth, best first (`matching`); over all pictures, precision is read off at
//! 101 points of recall (`curve`). The mean over ten overlaps from 0.50 to 0.95 and over all classes that occur is the figure that
//! papers call mAP.

mod curve;
mod matching;

use serde::Serialize;

use crate::Detection;
use curve::Tally;

/// Overlaps at which a box counts as right.
const THRESHOLDS: usize = 10;

/// At most so many boxes of each picture and class count.
const MOST: usize = 100;

/// The four ranges of areas, in square pixels, ends included: all, small, medium, large.
const AREAS: [[f64; 2]; 4] = [[0.0, 1e10], [0.0, 1024.0], [1024.0, 9216.0], [9216.0, 1e10]];

/// A box that is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    /// Its class, from 0.
    pub class: usize,
    /// x, y, width, height.
    pub bbox: [f64; 4],
    /// What tells small from large: COCO's area of the outline, not of the box.
    pub area: f64,
    /// A region of many: boxes on it are neither right nor wrong.
    pub crowd: bool,
}

/// A box that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Its class, from 0.
    pub class: usize,
    /// The better, the higher.
    pub score: f64,
    /// x, y, width, height.
    pub bbox: [f64; 4],
}

impl From<&Detection> for Scored {
    fn from(detection: &Detection) -> Self {
        let [x0, y0, x1, y1] = detection.bbox;
        Self { class: detection.class, score: f64::from(detection.score), bbox: [x0, y0, x1 - x0, y1 - y0].map(f64::from) }
    }
}

/// Average precision, picture by picture.
#[derive(Debug, Clone)]
pub struct AveragePrecision {
    pictures: usize,
    /// For each class and range of areas.
    tallies: Vec<[Tally; 4]>,
}

/// The figures, fractions 0 … 1. `None` where nothing of the kind is in the data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrecisionReport {
    /// Pictures.
    pub n: usize,
    /// Mean over overlaps 0.50 to 0.95 and over classes.
    pub ap: Option<f64>,
    /// At an overlap of 0.50.
    pub ap50: Option<f64>,
    /// At an overlap of 0.75.
    pub ap75: Option<f64>,
    /// Of objects below 32 × 32 pixels.
    pub ap_small: Option<f64>,
    /// From there to 96 × 96.
    pub ap_medium: Option<f64>,
    /// Above.
    pub ap_large: Option<f64>,
    /// Mean recall with the best 1, 10 and 100 boxes of each picture and class.
    #[serde(skip)]
    pub ar: [Option<f64>; 3],
    /// Mean recall of small, medium and large objects with 100 boxes.
    #[serde(skip)]
    pub ar_by_area: [Option<f64>; 3],
    /// `ap` of each class.
    #[serde(skip)]
    pub ap_per_class: Vec<Option<f64>>,
}

impl AveragePrecision {
    /// For so many classes.
    pub fn new(classes: usize) -> Self {
        Self { pictures: 0, tallies: vec![Default::default(); classes] }
    }

    /// Counts a picture. Pictures must come by ascending number, and boxes in the order of the results, for equal scores to rank as in
    /// pycocotools. Boxes of a class beyond the last are left out.
    pub fn add(&mut self, found: &[Scored], truths: &[Truth]) {
        self.pictures += 1;
        for (class, tallies) in self.tallies.iter_mut().enumerate() {
            let found: Vec<Scored> = found.iter().filter(|f| f.class == class).copied().collect();
            let truths: Vec<Truth> = truths.iter().filter(|t| t.class == class).copied().collect();
            if !found.is_empty() || !truths.is_empty() {
                matching::tally(found, &truths, tallies);
            }
        }
    }

    /// The figures.
    pub fn finish(&self) -> PrecisionReport {
        let [all, small, medium, large]: [Vec<Option<curve::Figures>>; 4] =
            std::array::from_fn(|area| self.tallies.iter().map(|tallies| tallies[area].figures(MOST)).collect());
        let recall_of = |most| mean(self.tallies.iter().filter_map(|t| Some(t[0].figures(most)?.mean_recall())));
        let precision = |class: &[Option<curve::Figures>]| mean(class.iter().flatten().map(curve::Figures::mean_precision));
        let at = |threshold: usize| mean(all.iter().flatten().map(|figures| figures.precision[threshold]));
        let recall = |class: &[Option<curve::Figures>]| mean(class.iter().flatten().map(curve::Figures::mean_recall));
        PrecisionReport {
            n: self.pictures,
            ap: precision(&all),
            ap50: at(0),
            ap75: at(5),
            ap_small: precision(&small),
            ap_medium: precision(&medium),
            ap_large: precision(&large),
            ar: [recall_of(1), recall_of(10), recall(&all)],
            ar_by_area: [recall(&small), recall(&medium), recall(&large)],
            ap_per_class: all.iter().map(|figures| figures.as_ref().map(curve::Figures::mean_precision)).collect(),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(bbox: [f64; 4]) -> Truth {
        Truth { class: 0, bbox, area: bbox[2] * bbox[3], crowd: false }
    }

    fn found(score: f64, bbox: [f64; 4]) -> Scored {
        Scored { class: 0, score, bbox }
    }

    #[test]
    fn all_right_is_one_and_nothing_is_none() {
        let mut ap = AveragePrecision::new(2);
        ap.add(&[found(0.9, [0.0, 0.0, 10.0, 10.0])], &[truth([0.0, 0.0, 10.0, 10.0])]);
        let report = ap.finish();
        // pycocotools has a speck in the denominator, too.
        let whole = |value: Option<f64>| value.is_some_and(|v| (v - 1.0).abs() < 1e-12);
        assert!(report.n == 1 && whole(report.ap) && whole(report.ap_small) && report.ar.into_iter().all(whole), "{report:?}");
        assert!(report.ap_large.is_none() && whole(report.ap_per_class[0]) && report.ap_per_class[1].is_none(), "{report:?}");
        let nothing = AveragePrecision::new(80).finish();
        assert_eq!((nothing.n, nothing.ap, nothing.ar), (0, None, [None; 3]));
    }

    #[test]
    fn a_wrong_box_before_the_right_one_halves_it() {
        let mut ap = AveragePrecision::new(1);
        ap.add(&[found(0.9, [50.0, 50.0, 5.0, 5.0]), found(0.8, [0.0, 0.0, 10.0, 10.0])], &[truth([0.0, 0.0, 10.0, 10.0])]);
        assert!((ap.finish().ap.unwrap() - 0.5).abs() < 1e-9);
    }

    #[test]
    fn odd_boxes_count_as_wrong() {
        let mut ap = AveragePrecision::new(1);
        let odd = [
            found(f64::NAN, [0.0; 4]),
            found(0.5, [f64::NAN; 4]),
            found(0.4, [0.0, 0.0, -5.0, -5.0]),
            Scored { class: 9, ..found(1.0, [0.0; 4]) },
        ];
        ap.add(&odd, &[truth([0.0, 0.0, 10.0, 10.0])]);
        assert_eq!(ap.finish().ap, Some(0.0));
    }
}
