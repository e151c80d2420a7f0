//! All pictures of one class: precision over recall (pycocotools, `COCOeval.accumulate`).

use std::cmp::Ordering;

use super::THRESHOLDS;

/// Points of recall at which precision is read: 0.00, 0.01 … 1.00.
const POINTS: usize = 101;

/// A box that was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) score: f64,
    /// Its place among those of its picture and class, best first.
    pub(super) rank: usize,
    /// A bit for each overlap: whether it took a truth.
    pub(super) right: u16,
    /// A bit for each overlap: whether it is left out.
    pub(super) ignored: u16,
}

/// What was found in all pictures so far, of one class and range of areas.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// Truths that count.
    pub(super) truths: usize,
    /// In the order of pictures, best first in each.
    pub(super) marks: Vec<Mark>,
}

/// Figures of one class for each overlap.
pub(super) struct Figures {
    /// The mean over the points of recall.
    pub(super) precision: [f64; THRESHOLDS],
    /// Of all boxes.
    recall: [f64; THRESHOLDS],
}

impl Figures {
    pub(super) fn mean_precision(&self) -> f64 {
        self.precision.iter().sum::<f64>() / THRESHOLDS as f64
    }

    pub(super) fn mean_recall(&self) -> f64 {
        self.recall.iter().sum::<f64>() / THRESHOLDS as f64
    }
}

impl Tally {
    /// The figures with the best `most` boxes of each picture; none where no truth counts.
    pub(super) fn figures(&self, most: usize) -> Option<Figures> {
        if self.truths == 0 {
            return None;
        }
        let mut marks: Vec<&Mark> = self.marks.iter().filter(|mark| mark.rank < most).collect();
        // Stable: of equal scores the earlier picture's first.
        marks.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal));
        let curves: [(f64, f64); THRESHOLDS] = std::array::from_fn(|bit| self.curve(&marks, bit));
        Some(Figures { precision: curves.map(|(precision, _)| precision), recall: curves.map(|(_, recall)| recall) })
    }

    /// Mean precision, and recall, at one overlap.
    fn curve(&self, marks: &[&Mark], bit: usize) -> (f64, f64) {
        let has = |bits: u16| bits >> bit & 1 == 1;
        let (mut right, mut wrong) = (0.0f64, 0.0f64);
        let (mut recalls, mut precisions) = (Vec::with_capacity(marks.len()), Vec::with_capacity(marks.len()));
        for mark in marks {
            match (has(mark.ignored), has(mark.right)) {
                (true, _) => {}
                (false, true) => right += 1.0,
                (false, false) => wrong += 1.0,
            }
            recalls.push(right / self.truths as f64);
            precisions.push(right / (right + wrong + f64::EPSILON));
        }
        // Precision never rises with recall: the best of what follows counts.
        for i in (1..precisions.len()).rev() {
            precisions[i - 1] = f64::max(precisions[i - 1], precisions[i]);
        }
        let point = |i: usize| if i + 1 == POINTS { 1.0 } else { i as f64 * (1.0 / (POINTS - 1) as f64) };
        let at = |recall: f64| precisions.get(recalls.partition_point(|r| *r < recall)).copied().unwrap_or(0.0);
        let precision = (0..POINTS).map(|i| at(point(i))).sum::<f64>() / POINTS as f64;
        (precision, recalls.last().copied().unwrap_or(0.0))
    }
}
