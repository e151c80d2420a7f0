//! From a network's raw outputs to classes in order. Pure functions.

use std::cmp::Ordering;

/// One class with its score.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// Its number, from 0.
    pub index: usize,
    /// Its name, where the model has names.
    pub label: Option<String>,
    /// Probability, 0 … 1.
    pub score: f32,
}

/// All classes of a model for one picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Best first; of equal scores the lower number first.
    pub classes: Vec<Class>,
    /// Whether the best score reaches the model's threshold: below it, the network is guessing.
    pub sure: bool,
}

/// What a network's last operator gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Logits, to be put through softmax.
    Logits,
    /// Probabilities already: exported graphs end in softmax.
    Probabilities,
}

/// Softmax, computed in f64 from the differences to the largest value.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits.iter().map(|x| f64::from(x - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|p| (p / sum) as f32).collect()
}

/// Whether these are probabilities of one class each: none negative, together 1. Logits are so only by an accident of one in many
/// millions.
pub fn are_probabilities(values: &[f32]) -> bool {
    values.iter().all(|v| (0.0..=1.0 + 1e-3).contains(v)) && (values.iter().map(|v| f64::from(*v)).sum::<f64>() - 1.0).abs() < 1e-3
}

/// Class numbers by score, best first; of equal scores the lower number first.
pub fn ranking(scores: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    order
}

/// The place of a class in [`ranking`], from 0, without sorting.
pub fn rank_of(scores: &[f32], class: usize) -> Option<usize> {
    let own = *scores.get(class)?;
    let before = |(i, s): &(usize, &f32)| match s.total_cmp(&own) {
        Ordering::Greater => true,
        Ordering::Equal => *i < class,
        Ordering::Less => false,
    };
    Some(scores.iter().enumerate().filter(before).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn softmax_of_large_numbers() {
        assert_eq!(softmax(&[1000.0, 1000.0]), [0.5, 0.5]);
        assert_eq!(softmax(&[0.0, f32::NEG_INFINITY]), [1.0, 0.0]);
        let s = softmax(&[1.0, 2.0, 3.0]);
        assert!((s[2] - 0.665_240_95).abs() < 1e-6);
        assert!(softmax(&[]).is_empty());
    }

    #[test]
    fn ties_go_by_number() {
        assert_eq!(ranking(&[0.1, 0.4, 0.1, 0.4]), [1, 3, 0, 2]);
    }

    #[test]
    fn logits_are_no_probabilities() {
        assert!(are_probabilities(&[0.25, 0.75]));
        assert!(!are_probabilities(&[0.5, 0.6]));
        assert!(!are_probabilities(&[-0.5, 1.5]));
        assert!(!are_probabilities(&[f32::NAN, 1.0]));
    }

    proptest! {
        #[test]
        fn rank_is_the_place_in_the_ranking(scores in prop::collection::vec((0u8..20).prop_map(|v| f32::from(v) / 7.0), 1..40)) {
            let order = ranking(&scores);
            for (place, class) in order.iter().enumerate() {
                prop_assert_eq!(rank_of(&scores, *class), Some(place));
            }
            prop_assert_eq!(rank_of(&scores, scores.len()), None);
        }
    }
}
