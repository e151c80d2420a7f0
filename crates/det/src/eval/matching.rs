//! One picture, one class: which boxes are right, for each overlap and each range of areas (pycocotools, `COCOeval.evaluateImg`).
//!
//! Best first, a box takes the free truth that it overlaps most, if that is enough; of equal overlaps the later one. A truth that is to
//! be ignored, a crowd or one out of the range, is taken only where no other can be, and then the box is ignored with it. A crowd may be
//! taken again and again. A box that took nothing is ignored where its own area is out of the range.

use std::cmp::Ordering;

use super::curve::{Mark, Tally};
use super::{AREAS, MOST, Scored, THRESHOLDS, Truth};

/// The overlaps 0.50, 0.55 … 0.95, to the bit as `numpy.linspace(.5, .95, 10)` has them.
fn thresholds() -> [f64; THRESHOLDS] {
    let step = (0.95 - 0.5) / 9.0;
    std::array::from_fn(|i| if i + 1 == THRESHOLDS { 0.95 } else { i as f64 * step + 0.5 })
}

/// Counts the boxes and truths of a class in a picture, for each range of areas.
pub(super) fn tally(mut found: Vec<Scored>, truths: &[Truth], tallies: &mut [Tally; 4]) {
    // Stable: of equal scores the one first in the results ranks first.
    found.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap_or(Ordering::Equal));
    found.truncate(MOST);
    let overlaps: Vec<Vec<f64>> = found.iter().map(|f| truths.iter().map(|t| overlap(f, t)).collect()).collect();
    for (range, tally) in AREAS.iter().zip(tallies) {
        let outside = |area: f64| area < range[0] || area > range[1];
        let ignored: Vec<bool> = truths.iter().map(|t| t.crowd || outside(t.area)).collect();
        tally.truths += ignored.iter().filter(|ignored| !**ignored).count();
        let first = tally.marks.len();
        tally.marks.extend(found.iter().enumerate().map(|(rank, f)| Mark { score: f.score, rank, right: 0, ignored: 0 }));
        // Those that count stand before those that are ignored.
        let mut order: Vec<usize> = (0..truths.len()).collect();
        order.sort_by_key(|t| ignored[*t]);
        for (bit, threshold) in thresholds().into_iter().enumerate() {
            let mut taken = vec![false; truths.len()];
            for (place, mark) in tally.marks[first..].iter_mut().enumerate() {
                let best = best_truth(&overlaps[place], threshold, &order, &ignored, |t| taken[t] && !truths[t].crowd);
                let ignore = match best {
                    Some(truth) => {
                        taken[truth] = true;
                        mark.right |= 1 << bit;
                        ignored[truth]
                    }
                    None => outside(found[place].bbox[2] * found[place].bbox[3]),
                };
                mark.ignored |= u16::from(ignore) << bit;
            }
        }
    }
}

/// The truth that a box takes.
fn best_truth(overlaps: &[f64], threshold: f64, order: &[usize], ignored: &[bool], is_gone: impl Fn(usize) -> bool) -> Option<usize> {
    let mut least = threshold.min(1.0 - 1e-10);
    let mut best: Option<usize> = None;
    for truth in order.iter().copied().filter(|t| !is_gone(*t)) {
        if best.is_some_and(|best| !ignored[best]) && ignored[truth] {
            break;
        }
        if overlaps[truth] >= least {
            (least, best) = (overlaps[truth], Some(truth));
        }
    }
    best
}

/// Intersection over union; with a crowd over the area of the box that was found.
fn overlap(found: &Scored, truth: &Truth) -> f64 {
    let [dx, dy, dw, dh] = found.bbox;
    let [gx, gy, gw, gh] = truth.bbox;
    let width = (dx + dw).min(gx + gw) - dx.max(gx);
    let height = (dy + dh).min(gy + gh) - dy.max(gy);
    if !(width > 0.0 && height > 0.0) {
        return 0.0;
    }
    let intersection = width * height;
    let union = if truth.crowd { dw * dh } else { dw * dh + gw * gh - intersection };
    intersection / union
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: [f64; 4] = [0.0, 0.0, 10.0, 10.0];

    fn run(found: &[[f64; 4]], truths: &[Truth]) -> [Tally; 4] {
        let found = found.iter().enumerate().map(|(i, bbox)| Scored { class: 0, score: 1.0 / (i + 1) as f64, bbox: *bbox });
        let mut tallies = Default::default();
        tally(found.collect(), truths, &mut tallies);
        tallies
    }

    #[test]
    fn a_second_box_on_the_same_truth_is_wrong() {
        let [all, ..] = run(&[BOX, BOX], &[Truth { class: 0, bbox: BOX, area: 100.0, crowd: false }]);
        assert_eq!((all.truths, all.marks[0].right, all.marks[1].right, all.marks[1].ignored), (1, 0x3ff, 0, 0));
    }

    #[test]
    fn a_crowd_takes_any_number_and_counts_for_nothing() {
        let crowd = Truth { class: 0, bbox: [0.0, 0.0, 100.0, 100.0], area: 1e4, crowd: true };
        let [all, ..] = run(&[BOX, BOX, [90.0, 90.0, 20.0, 20.0]], &[crowd]);
        assert_eq!(all.truths, 0);
        assert_eq!(all.marks.iter().map(|m| m.ignored).collect::<Vec<_>>(), [0x3ff, 0x3ff, 0]);
    }

    #[test]
    fn out_of_range_is_ignored() {
        let truth = Truth { class: 0, bbox: BOX, area: 100.0, crowd: false };
        let [all, small, medium, _] = run(&[BOX, [200.0, 200.0, 5.0, 5.0]], &[truth]);
        assert_eq!((all.truths, small.truths, medium.truths), (1, 1, 0));
        assert_eq!((small.marks[1].ignored, medium.marks[0].ignored, medium.marks[1].ignored), (0, 0x3ff, 0x3ff));
    }

    #[test]
    fn thresholds_are_numpys() {
        let t = thresholds();
        assert_eq!((t[0], t[5], t[9]), (0.5, 0.75, 0.95));
        assert!(t.iter().enumerate().all(|(i, t)| (t - (0.5 + 0.05 * i as f64)).abs() < 1e-12));
    }
}
