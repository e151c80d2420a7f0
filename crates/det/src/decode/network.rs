//! The rule `network`: decoding as PaddleDetection has it inside the network (`PicoHead.post_process`) and measures it by.

use super::nms::{Candidate, MulticlassNms, multiclass_nms};
use super::{Found, Levels, Scale};

/// Class-wise suppression in the picture's pixels, `multiclass_nms3`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetworkRule {
    /// Scores must be above it.
    pub score_threshold: f32,
    /// The largest overlap (intersection over union) of two kept boxes of one class.
    pub iou_threshold: f32,
    /// Candidates of each class that take part; no limit where `None`.
    pub top_per_class: Option<usize>,
    /// Boxes kept of all classes together; no limit where `None`.
    pub keep: Option<usize>,
    /// See [`MulticlassNms::normalized`].
    pub normalized: bool,
}

impl Default for NetworkRule {
    /// PaddleDetection, configs/picodet/_base_/picodet_v2.yml.
    fn default() -> Self {
        Self { score_threshold: 0.025, iou_threshold: 0.6, top_per_class: Some(1000), keep: Some(100), normalized: true }
    }
}

impl NetworkRule {
    /// Boxes grouped by class, best first in each. `wanted` tells which classes count.
    pub fn decode(&self, levels: &Levels<'_>, scale: Scale, project: &[f32], wanted: impl Fn(usize) -> bool) -> Vec<Found> {
        let mut classes: Vec<Vec<Candidate>> = vec![Vec::new(); levels.classes];
        let mut boxes = vec![[0f32; 4]; levels.cells()];
        let mut place = 0;
        for level in &levels.levels {
            for (cell, scores) in level.scores.outer_iter().enumerate() {
                let mut is_candidate = false;
                for (class, score) in scores.iter().enumerate().filter(|(class, score)| **score > self.score_threshold && wanted(*class)) {
                    classes[class].push(Candidate { place, score: *score });
                    is_candidate = true;
                }
                if is_candidate {
                    let [x0, y0, x1, y1] = level.bbox(cell, project);
                    boxes[place] = [x0 / scale.x, y0 / scale.y, x1 / scale.x, y1 / scale.y];
                }
                place += 1;
            }
        }
        let nms = MulticlassNms {
            iou_threshold: self.iou_threshold,
            top_per_class: self.top_per_class,
            keep: self.keep,
            normalized: self.normalized,
            background: None,
        };
        let kept = multiclass_nms(&boxes, classes, &nms);
        kept.into_iter().map(|k| Found { class: k.class, score: k.score, bbox: boxes[k.place] }).collect()
    }
}
