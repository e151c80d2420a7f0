//! Distribution focal loss, read backwards: a side's distance is the mean of the bins under the softmax of its logits.

/// The distances of a cell's point to the left, top, right and bottom of its box, in cells. `logits` are four times as many as
/// `project` has numbers, side by side; missing ones give NaN.
pub fn distances(logits: &[f32], project: &[f32]) -> [f32; 4] {
    let bins = project.len().max(1);
    std::array::from_fn(|side| logits.get(side * bins..(side + 1) * bins).map_or(f32::NAN, |logits| mean(logits, project)))
}

/// The mean of `values` under the softmax of `logits`.
fn mean(logits: &[f32], values: &[f32]) -> f32 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut sum, mut weighted) = (0.0f32, 0.0f32);
    for (logit, value) in logits.iter().zip(values) {
        let power = (logit - largest).exp();
        sum += power;
        weighted += power * value;
    }
    weighted / sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::PROJECT;
    use proptest::prelude::*;

    #[test]
    fn sides_come_in_order() {
        let mut logits = [0.0f32; 32];
        for (side, bin) in [(0, 1), (1, 7), (2, 0), (3, 4)] {
            logits[side * 8 + bin] = 1000.0;
        }
        assert_eq!(distances(&logits, &PROJECT), [1.0, 7.0, 0.0, 4.0]);
        assert_eq!(distances(&[0.0; 32], &PROJECT), [3.5; 4]);
        assert_eq!(distances(&logits, &[0.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])[0], 1.5);
    }

    #[test]
    fn what_is_no_number_or_not_there_gives_none() {
        let mut logits = [0.0f32; 32];
        logits[9] = f32::NAN;
        let [left, top, right, bottom] = distances(&logits, &PROJECT);
        assert!(left == 3.5 && top.is_nan() && right == 3.5 && bottom == 3.5);
        assert!(distances(&logits[..30], &PROJECT)[3].is_nan());
        assert!(distances(&[], &PROJECT).iter().all(|d| d.is_nan()));
        assert!(distances(&[], &[]).iter().all(|d| d.is_nan()));
        assert!(distances(&[f32::NEG_INFINITY; 32], &PROJECT)[0].is_nan());
    }

    proptest! {
        #[test]
        fn a_distance_lies_among_the_bins(logits in prop::collection::vec(-1e4f32..1e4, 32)) {
            for distance in distances(&logits, &PROJECT) {
                prop_assert!((-1e-5..=7.0 + 1e-5).contains(&distance), "{distance}");
            }
        }
    }
}
