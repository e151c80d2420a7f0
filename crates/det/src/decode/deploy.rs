//! The rule `deploy`: decoding as PaddleDetection has it outside the network, for exports without post-processing
//! (deploy/python/picodet_postprocess.py).
//!
//! It differs in its thresholds, in limits for each map and class, in boxes cut to the network's input, in a small number that keeps the
//! overlap's denominator from 0, and in computing overlaps in f64. Of equal scores the later box goes first, as a sort read backwards has it.

use super::{Found, Levels, Scale};

/// Class-wise suppression in the network's pixels, without a limit over classes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeployRule {
    /// Scores must be above it.
    pub score_threshold: f32,
    /// The largest overlap (intersection over union) of two kept boxes of one class.
    pub iou_threshold: f32,
    /// Cells of each map that take part, by their best class.
    pub top_per_level: usize,
    /// Candidates of each class that take part.
    pub candidates_per_class: usize,
    /// Boxes kept of each class.
    pub keep_per_class: usize,
}

impl Default for DeployRule {
    /// The defaults of PaddleDetection's `PicoDetPostProcess`.
    fn default() -> Self {
        Self { score_threshold: 0.4, iou_threshold: 0.5, top_per_level: 1000, candidates_per_class: 200, keep_per_class: 100 }
    }
}

impl DeployRule {
    /// Boxes grouped by class, best first in each. `wanted` tells which classes count.
    pub fn decode(&self, levels: &Levels<'_>, scale: Scale, project: &[f32], wanted: impl Fn(usize) -> bool) -> Vec<Found> {
        let mut classes: Vec<Vec<([f64; 4], f32)>> = vec![Vec::new(); levels.classes];
        for level in &levels.levels {
            // Not a number is worse than any.
            let best = |cell: &usize| level.scores.row(*cell).iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mut cells: Vec<usize> = (0..level.scores.nrows()).collect();
            cells.sort_by(|a, b| best(a).total_cmp(&best(b)));
            for cell in cells.into_iter().rev().take(self.top_per_level).filter(|cell| best(cell) > self.score_threshold) {
                let bbox = level.bbox(cell, project).map(f64::from);
                for (class, score) in level.scores.row(cell).iter().enumerate() {
                    if *score > self.score_threshold && wanted(class) {
                        classes[class].push((bbox, *score));
                    }
                }
            }
        }
        let size = [levels.input.width as f64, levels.input.height as f64];
        let back = |[x0, y0, x1, y1]: [f64; 4]| {
            let cut = |v: f64, axis: usize| v.clamp(0.0, size[axis]) / f64::from([scale.x, scale.y][axis]);
            [cut(x0, 0) as f32, cut(y0, 1) as f32, cut(x1, 0) as f32, cut(y1, 1) as f32]
        };
        let mut found = Vec::new();
        for (class, candidates) in classes.into_iter().enumerate() {
            found.extend(self.suppress(candidates).into_iter().map(|(bbox, score)| Found { class, score, bbox: back(bbox) }));
        }
        found
    }

    /// The best box, then the best of those that don't overlap it too much, and so on.
    fn suppress(&self, mut candidates: Vec<([f64; 4], f32)>) -> Vec<([f64; 4], f32)> {
        candidates.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let mut kept: Vec<([f64; 4], f32)> = Vec::new();
        for (bbox, score) in candidates.into_iter().rev().take(self.candidates_per_class) {
            if kept.len() == self.keep_per_class {
                break;
            }
            if kept.iter().all(|(other, _)| overlap(&bbox, other) <= f64::from(self.iou_threshold)) {
                kept.push((bbox, score));
            }
        }
        kept
    }
}

/// Intersection over union with 1e-5 added to the union.
fn overlap(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let area = |x0: f64, y0: f64, x1: f64, y1: f64| (x1 - x0).max(0.0) * (y1 - y0).max(0.0);
    let intersection = area(a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3]));
    intersection / (area(a[0], a[1], a[2], a[3]) + area(b[0], b[1], b[2], b[3]) - intersection + 1e-5)
}
