//! Non-maximum suppression class by class, as Paddle's operator `multiclass_nms3` does it on the CPU (all of it in f32).

use std::cmp::Ordering;

/// A box that may stand for an object of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// The box's place in a list of boxes.
    pub place: usize,
    /// Its score in this class.
    pub score: f32,
}

/// A candidate that was kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// The class.
    pub class: usize,
    /// The box's place in the list of boxes.
    pub place: usize,
    /// The score.
    pub score: f32,
}

/// The operator's parameters, but the score threshold, which [`candidates`] takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MulticlassNms {
    /// A box is suppressed where its intersection over union with a better one of its class is larger.
    pub iou_threshold: f32,
    /// So many candidates of each class take part, best first; all where there is no limit.
    pub top_per_class: Option<usize>,
    /// So many boxes of all classes together are kept; all where there is no limit.
    pub keep: Option<usize>,
    /// Whether coordinates are points (a box of 0 to 1 is 1 wide) rather than pixels (2 wide).
    pub normalized: bool,
    /// A class that is none: its boxes are left out.
    pub background: Option<usize>,
}

/// The candidates of a class: boxes whose score is above the threshold, in order. A score that is not a number is above none.
pub fn candidates(scores: impl IntoIterator<Item = f32>, threshold: f32) -> Vec<Candidate> {
    scores.into_iter().enumerate().filter(|(_, score)| *score > threshold).map(|(place, score)| Candidate { place, score }).collect()
}

/// Suppresses class by class. `classes` holds the candidates of each class, `boxes` what their places mean; a place without a box is
/// left out. Boxes come class by class, best first in each; of equal scores the earlier candidate first.
pub fn multiclass_nms(boxes: &[[f32; 4]], classes: Vec<Vec<Candidate>>, nms: &MulticlassNms) -> Vec<Kept> {
    let mut kept = Vec::new();
    for (class, mut of_class) in classes.into_iter().enumerate().filter(|(class, _)| nms.background != Some(*class)) {
        of_class.retain(|candidate| candidate.place < boxes.len());
        // Stable: of equal scores the earlier one stays first.
        of_class.sort_by(|a, b| best_first(a.score, b.score));
        of_class.truncate(nms.top_per_class.unwrap_or(usize::MAX));
        kept.extend(suppress(boxes, &of_class, nms).into_iter().map(|Candidate { place, score }| Kept { class, place, score }));
    }
    if let Some(most) = nms.keep.filter(|most| *most < kept.len()) {
        kept.sort_by(|a, b| best_first(a.score, b.score));
        kept.truncate(most);
        kept.sort_by_key(|k| k.class);
    }
    kept
}

fn best_first(a: f32, b: f32) -> Ordering {
    b.partial_cmp(&a).unwrap_or(Ordering::Equal)
}

/// Walks candidates from the best on and keeps those that overlap none kept so far too much. Candidates are as many as the limit lets
/// through, so the work is bounded by its square.
fn suppress(boxes: &[[f32; 4]], sorted: &[Candidate], nms: &MulticlassNms) -> Vec<Candidate> {
    let mut kept: Vec<Candidate> = Vec::new();
    for candidate in sorted {
        let own = &boxes[candidate.place];
        // An overlap that is no number is within no threshold.
        if kept.iter().all(|other| iou(own, &boxes[other.place], nms.normalized) <= nms.iou_threshold) {
            kept.push(*candidate);
        }
    }
    kept
}

/// Intersection over union of two boxes; 0 where they don't touch, and NaN where a number that it needs is none.
pub fn iou(a: &[f32; 4], b: &[f32; 4], normalized: bool) -> f32 {
    if b[0] > a[2] || b[2] < a[0] || b[1] > a[3] || b[3] < a[1] {
        return 0.0;
    }
    let pixel = if normalized { 0.0 } else { 1.0 };
    let width = smaller(a[2], b[2]) - larger(a[0], b[0]) + pixel;
    let height = smaller(a[3], b[3]) - larger(a[1], b[1]) + pixel;
    let intersection = width * height;
    intersection / (area(a, pixel) + area(b, pixel) - intersection)
}

fn area(b: &[f32; 4], pixel: f32) -> f32 {
    if b[2] < b[0] || b[3] < b[1] { 0.0 } else { (b[2] - b[0] + pixel) * (b[3] - b[1] + pixel) }
}

/// As C++ has it: the first where the second is no number, unlike `f32::max`.
fn larger(a: f32, b: f32) -> f32 {
    if a < b { b } else { a }
}

/// As [`larger`].
fn smaller(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const USUAL: MulticlassNms =
        MulticlassNms { iou_threshold: 0.6, top_per_class: Some(1000), keep: Some(100), normalized: true, background: None };

    fn run(boxes: &[[f32; 4]], scores: &[Vec<f32>], nms: &MulticlassNms) -> Vec<Kept> {
        multiclass_nms(boxes, scores.iter().map(|s| candidates(s.iter().copied(), 0.025)).collect(), nms)
    }

    #[test]
    fn nothing_is_no_trouble() {
        assert_eq!(run(&[], &[], &USUAL), []);
        assert_eq!(run(&[], &[vec![]], &USUAL), []);
        assert_eq!(run(&[[0.0; 4]], &[vec![f32::NAN], vec![0.025]], &USUAL), []);
        // Candidates without a box.
        assert_eq!(multiclass_nms(&[], vec![vec![Candidate { place: 7, score: 1.0 }]], &USUAL), []);
    }

    #[test]
    fn thousands_of_equal_boxes_leave_one() {
        let boxes = vec![[1.0, 1.0, 9.0, 9.0]; 20_000];
        let kept = run(&boxes, &vec![vec![0.5; 20_000]; 5], &MulticlassNms { top_per_class: None, keep: None, ..USUAL });
        assert_eq!(kept.iter().map(|k| (k.class, k.place)).collect::<Vec<_>>(), (0..5).map(|c| (c, 0)).collect::<Vec<_>>());
    }

    #[test]
    fn the_best_of_all_classes_are_kept_class_by_class() {
        let boxes: Vec<[f32; 4]> = (0..4).map(|i| [i as f32 * 10.0, 0.0, i as f32 * 10.0 + 5.0, 5.0]).collect();
        let scores = [vec![0.1, 0.9, 0.0, 0.5], vec![0.5, 0.0, 0.6, 0.5]];
        let kept = run(&boxes, &scores, &MulticlassNms { keep: Some(4), ..USUAL });
        let rows: Vec<(usize, usize)> = kept.iter().map(|k| (k.class, k.place)).collect();
        // Of three equal scores at the border, the first class's and its first box stay.
        assert_eq!(rows, [(0, 1), (0, 3), (1, 2), (1, 0)]);
    }

    fn any_box() -> impl Strategy<Value = [f32; 4]> {
        prop::array::uniform4(prop_oneof![20 => -50.0f32..50.0, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY), 1 => Just(0.0f32)])
    }

    proptest! {
        #[test]
        fn what_is_kept_is_candidates_apart_from_each_other(
            boxes in prop::collection::vec(any_box(), 0..60),
            scores in prop::collection::vec(prop::collection::vec(prop_oneof![9 => 0.0f32..1.0, 1 => Just(f32::NAN)], 60), 0..4),
            keep in prop::option::of(1usize..30), top in prop::option::of(1usize..40), iou_threshold in 0.0f32..1.0, normalized: bool,
        ) {
            let nms = MulticlassNms { iou_threshold, top_per_class: top, keep, normalized, background: None };
            let kept = run(&boxes, &scores, &nms);
            prop_assert!(kept.len() <= keep.unwrap_or(usize::MAX));
            prop_assert!(kept.is_sorted_by(|a, b| a.class < b.class || (a.class == b.class && a.score >= b.score)));
            for (i, k) in kept.iter().enumerate() {
                prop_assert!(k.place < boxes.len() && scores[k.class][k.place] == k.score && k.score > 0.025);
                for better in kept[..i].iter().filter(|b| b.class == k.class) {
                    prop_assert!(better.place != k.place && iou(&boxes[k.place], &boxes[better.place], normalized) <= iou_threshold);
                }
            }
            // Without limits, whatever is missing overlaps something that was kept, or is compared with what is no number.
            if keep.is_none() && top.is_none() {
                for (class, scores) in scores.iter().enumerate() {
                    for c in candidates(scores.iter().copied(), 0.025).iter().filter(|c| c.place < boxes.len()) {
                        let there = kept.iter().any(|k| k.class == class && k.place == c.place);
                        let within = |k: &Kept| iou(&boxes[c.place], &boxes[k.place], normalized) <= iou_threshold;
                        let overlapped = kept.iter().any(|k| k.class == class && k.score >= c.score && !within(k));
                        prop_assert!(there || overlapped);
                    }
                }
            }
        }
    }
}
