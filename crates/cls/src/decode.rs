//! From a network's raw outputs to classes in order. Pure functions.

use std::cmp::Ordering;

pub use vtk_kernels::probability::{are_probabilities, softmax};

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
    fn ties_go_by_number() {
        assert_eq!(ranking(&[0.1, 0.4, 0.1, 0.4]), [1, 3, 0, 2]);
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
