//! From the columns of a CTC network to text: of each column the best class, repeats and blanks dropped.

use ndarray::{ArrayView1, ArrayView2};

use super::Dictionary;
use crate::Character;

/// What was read in the picture of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The text.
    pub text: String,
    /// Mean confidence of its characters, 0 to 1; 0 where nothing was read.
    pub score: f32,
    /// Its characters in order; their texts joined are `text`.
    pub characters: Vec<Character>,
    /// The line's length in columns: those on its padding are not counted, and the last may count in part.
    pub columns: f32,
}

/// What the numbers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// They have yet to go through softmax.
    Logits,
    /// They are positive and sum to 1.
    Probabilities,
}

impl Scale {
    /// Looks at a column: what lies in 0 … 1 and sums to about 1 are probabilities.
    pub fn of(column: ArrayView1<'_, f32>) -> Self {
        let inside = column.iter().all(|v| (0.0..=1.0).contains(v));
        if inside && (column.sum() - 1.0).abs() < 0.01 { Self::Probabilities } else { Self::Logits }
    }
}

/// The best class of a column and its probability, which is not worked out for the blank: no decoder asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    pub(super) class: usize,
    pub(super) probability: f32,
}

/// Reads `[columns, classes]` greedily: of each column the first class of the largest number; dropped if it is the column's before, or
/// class 0, the blank. Numbers that are no numbers never win; a column of nothing else is a blank.
///
/// `decimals`: places to which each probability, then their mean, is rounded, as RapidOCR does (5). A class beyond the dictionary gives
/// no character.
pub fn greedy(columns: ArrayView2<'_, f32>, dictionary: &Dictionary, scale: Scale, decimals: Option<u8>) -> Reading {
    collapse(&best_columns(columns, scale), dictionary, decimals)
}

/// First part of [`greedy`].
pub(super) fn best_columns(columns: ArrayView2<'_, f32>, scale: Scale) -> Vec<Column> {
    let best = |column: ArrayView1<'_, f32>| {
        let (class, best) = first_best(column).unwrap_or((0, 1.0));
        let probability = match scale {
            Scale::Logits if class > 0 => 1.0 / column.iter().filter(|v| !v.is_nan()).map(|v| (v - best).exp()).sum::<f32>(),
            _ => best,
        };
        Column { class, probability: if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) } }
    };
    columns.outer_iter().map(best).collect()
}

/// Second part of [`greedy`].
pub(super) fn collapse(columns: &[Column], dictionary: &Dictionary, decimals: Option<u8>) -> Reading {
    let round = |x: f64| decimals.map_or(x, |places| rounded(x, places));
    let mut characters = Vec::new();
    let (mut before, mut sum) = (0, 0.0);
    for (index, column) in columns.iter().enumerate() {
        let repeated = column.class == before;
        before = column.class;
        let Some(text) = dictionary.character(column.class).filter(|_| !repeated) else { continue };
        let probability = round(f64::from(column.probability));
        sum += probability;
        characters.push(Character { text: text.to_owned(), score: probability as f32, column: index as u32 });
    }
    let score = if characters.is_empty() { 0.0 } else { round(sum / characters.len() as f64) as f32 };
    let text = characters.iter().map(|c| c.text.as_str()).collect();
    Reading { text, score, characters, columns: columns.len() as f32 }
}

/// The first of the largest numbers of a column; none where there is no number at all, or only −∞.
fn first_best(column: ArrayView1<'_, f32>) -> Option<(usize, f32)> {
    let largest = match column.as_slice() {
        Some(values) => largest(values),
        None => column.iter().fold(f32::NEG_INFINITY, |best, v| if *v > best { *v } else { best }),
    };
    let found = if largest > f32::NEG_INFINITY { column.iter().position(|v| *v == largest) } else { None };
    found.map(|index| (index, largest))
}

/// In lanes, so that the compiler compares many numbers at once: a column has thousands.
fn largest(values: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (chunks, rest) = values.as_chunks::<16>();
    let mut lanes = [f32::NEG_INFINITY; 16];
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, *value);
        }
    }
    lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, larger)
}

fn rounded(x: f64, places: u8) -> f64 {
    let unit = 10f64.powi(i32::from(places));
    (x * unit).round_ties_even() / unit
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};
    use proptest::prelude::*;

    use super::*;

    fn abc() -> Dictionary {
        Dictionary::new(["a", "b"].map(str::to_owned).to_vec(), true, true)
    }

    #[test]
    fn repeats_and_blanks_go() {
        let one = |class: usize| -> [f32; 4] { std::array::from_fn(|i| if i == class { 0.7 } else { 0.1 }) };
        let columns = arr2(&[one(1), one(1), one(0), one(1), one(2), one(3), one(3), one(2)]);
        let read = greedy(columns.view(), &abc(), Scale::Probabilities, None);
        assert_eq!((read.text.as_str(), read.columns), ("aab b", 8.0));
        assert_eq!(read.characters.iter().map(|c| c.column).collect::<Vec<_>>(), [0, 3, 4, 5, 7]);
        assert!((read.score - 0.7).abs() < 1e-6);
    }

    #[test]
    fn logits_give_the_same_text_and_their_softmax() {
        let columns = arr2(&[[0.0, 2.0, 0.0, 0.0], [5.0, 0.0, 0.0, 0.0]]);
        assert_eq!(Scale::of(columns.row(0)), Scale::Logits);
        let read = greedy(columns.view(), &abc(), Scale::Logits, None);
        let expected = 2f32.exp() / (2f32.exp() + 3.0);
        assert_eq!(read.text, "a");
        assert!((read.score - expected).abs() < 1e-6, "{}", read.score);
        assert_eq!(Scale::of(arr2(&[[0.2, 0.8, 0.0, 0.0]]).row(0)), Scale::Probabilities);
    }

    #[test]
    fn nothing_gives_nothing() {
        for columns in [Array2::zeros((0, 4)), Array2::zeros((3, 0)), Array2::from_elem((3, 4), f32::NAN)] {
            let read = greedy(columns.view(), &abc(), Scale::Probabilities, Some(5));
            assert_eq!((read.text.as_str(), read.score, read.characters.len()), ("", 0.0, 0));
        }
    }

    #[test]
    fn a_class_beyond_the_dictionary_parts_what_it_stands_between() {
        let columns = arr2(&[[0.0, 1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0, 0.0]]);
        assert_eq!(greedy(columns.view(), &abc(), Scale::Probabilities, None).text, "aa");
    }

    proptest! {
        #[test]
        fn any_numbers_give_a_reading(
            (rows, classes) in (0usize..9, 0usize..40),
            seed in prop::collection::vec(prop_oneof![any::<f32>(), -3f32..3.0, Just(f32::NAN), Just(f32::INFINITY)], 360),
            logits: bool,
            decimals in prop::option::of(0u8..=20),
        ) {
            let columns = Array2::from_shape_vec((rows, classes), seed[..rows * classes].to_vec()).unwrap();
            let scale = if logits { Scale::Logits } else { Scale::Probabilities };
            let read = greedy(columns.view(), &abc(), scale, decimals);
            prop_assert_eq!(read.characters.iter().map(|c| c.text.as_str()).collect::<String>(), read.text.clone());
            prop_assert!(read.characters.windows(2).all(|pair| pair[0].column < pair[1].column));
            prop_assert!(read.characters.iter().all(|c| (c.column as usize) < rows && (0.0..=1.0).contains(&c.score)));
            prop_assert!((0.0..=1.0).contains(&read.score));
            // Columns that lie apart in memory are read alike.
            let turned = columns.t().as_standard_layout().into_owned();
            prop_assert_eq!(greedy(turned.t(), &abc(), scale, decimals).text, read.text);
        }
    }
}
