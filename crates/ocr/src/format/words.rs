//! A line's words and where they stand.

use crate::{Character, Quad, TextLine};

/// A line whose sides are in this proportion, height over width, was read from top to bottom (the rule of PaddleOCR's crops).
const TALL: f32 = 1.5;

/// What stands between two spaces of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// What it says.
    pub text: String,
    /// Where it stands: a part of its line's quad.
    pub quad: Quad,
    /// Mean confidence of its characters, 0 to 1.
    pub score: f32,
}

/// The words of a line, in order. Joined by single spaces they are the line's text, but for spaces at its ends and several in a row.
///
/// The recognizer saw each character in a column; a word reaches from half a character before its first to half a character after its
/// last. Without characters (or columns) to go by, words are spread over the line by their lengths.
#[must_use]
pub fn words(line: &TextLine) -> Vec<Word> {
    let known = line.columns > 0.0 && line.columns.is_finite() && !line.characters.is_empty();
    let owned;
    let (characters, columns) = if known {
        (&line.characters, line.columns)
    } else {
        owned = evenly(line);
        (&owned, owned.len() as f32)
    };
    let runs = characters.split(|character| character.text.chars().all(char::is_whitespace)).filter(|run| !run.is_empty());
    let half = half_width(characters);
    let mut found: Vec<([f32; 2], Word)> = Vec::new();
    for run in runs {
        let middle = |character: Option<&Character>| character.map_or(0.0, |character| character.column as f32 + 0.5);
        let (first, last) = (middle(run.first()), middle(run.last()));
        let reach = [(first - half) / columns, (last + half) / columns].map(|v| v.clamp(0.0, 1.0));
        let score = run.iter().map(|character| character.score).sum::<f32>() / run.len() as f32;
        let text = run.iter().map(|character| character.text.as_str()).collect();
        found.push((reach, Word { text, quad: line.quad, score }));
    }
    for at in 1..found.len() {
        let (before, after) = (found[at - 1].0[1], found[at].0[0]);
        if before > after {
            let meet = f32::midpoint(before, after);
            (found[at - 1].0[1], found[at].0[0]) = (meet, meet);
        }
    }
    found.into_iter().map(|(reach, word)| Word { quad: part(line.quad, reach), ..word }).collect()
}

/// The line's characters, a column each.
fn evenly(line: &TextLine) -> Vec<Character> {
    (0..).zip(line.text.chars()).map(|(column, c)| Character { text: c.to_string(), score: line.score, column }).collect()
}

/// Half a character's width in columns: half the usual distance of neighbors, at least half a column.
fn half_width(characters: &[Character]) -> f32 {
    let mut steps: Vec<u32> = characters.windows(2).map(|pair| pair[1].column.saturating_sub(pair[0].column)).collect();
    steps.sort_unstable();
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(1);
    usual.max(1) as f32 / 2.0
}

/// A part of a line's quad, from one fraction of its length to another.
fn part(quad: Quad, [from, to]: [f32; 2]) -> Quad {
    let [a, b, c, d] = quad;
    let length = |p: [f32; 2], q: [f32; 2]| (q[0] - p[0]).hypot(q[1] - p[1]);
    let at = |p: [f32; 2], q: [f32; 2], share: f32| [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share];
    if length(a, d).max(length(b, c)) >= TALL * length(a, b).max(length(d, c)) {
        [at(a, d, from), at(b, c, from), at(b, c, to), at(a, d, to)]
    } else {
        [at(a, b, from), at(a, b, to), at(d, c, to), at(d, c, from)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(characters: &[(&str, u32)], columns: f32, quad: Quad) -> TextLine {
        let characters: Vec<Character> =
            characters.iter().map(|&(text, column)| Character { text: text.to_owned(), score: 0.5, column }).collect();
        TextLine { text: characters.iter().map(|c| c.text.as_str()).collect(), score: 0.5, quad, characters, columns }
    }

    const WIDE: Quad = [[0.0, 0.0], [200.0, 0.0], [200.0, 20.0], [0.0, 20.0]];

    #[test]
    fn words_stand_where_their_characters_were_read() {
        let line = line(&[("a", 1), ("b", 3), (" ", 5), ("c", 7), ("d", 9), ("e", 11)], 20.0, WIDE);
        let words = words(&line);
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["ab", "cde"]);
        assert_eq!(words[0].quad, [[5.0, 0.0], [45.0, 0.0], [45.0, 20.0], [5.0, 20.0]]);
        assert_eq!(words[1].quad, [[65.0, 0.0], [125.0, 0.0], [125.0, 20.0], [65.0, 20.0]]);
    }

    #[test]
    fn a_tall_line_is_parted_from_top_to_bottom() {
        let tall = [[0.0, 0.0], [20.0, 0.0], [20.0, 200.0], [0.0, 200.0]];
        let words = words(&line(&[("上", 4), (" ", 10), ("下", 15)], 20.0, tall));
        assert_eq!(words.len(), 2);
        assert!((words[0].quad[0][1] - 15.0).abs() < 1e-3 && (words[1].quad[3][1] - 185.0).abs() < 1e-3, "{words:?}");
        assert!(words.iter().all(|word| word.quad[0][0] == 0.0 && word.quad[1][0] == 20.0));
    }

    #[test]
    fn without_columns_words_are_spread_evenly() {
        let line = TextLine { text: "ab cd".into(), score: 0.9, quad: WIDE, characters: Vec::new(), columns: 0.0 };
        let words = words(&line);
        let ends = [words[0].quad[0][0], words[0].quad[1][0], words[1].quad[0][0], words[1].quad[1][0]];
        assert!(ends.iter().zip([0.0, 80.0, 120.0, 200.0]).all(|(got, want)| (got - want).abs() < 1e-3), "{ends:?}");
        assert_eq!(words[1].score, 0.9);
    }

    proptest! {
        #[test]
        fn joined_they_are_the_text(text in "[a-c 中]{0,12}", columns in prop_oneof![Just(0.0f32), Just(f32::NAN), 1.0f32..50.0]) {
            let characters = text.chars().enumerate();
            let characters: Vec<Character> =
                characters.map(|(i, c)| Character { text: c.to_string(), score: 1.0, column: 2 * i as u32 }).collect();
            let line = TextLine { text: text.clone(), score: 1.0, quad: WIDE, characters, columns };
            let words = words(&line);
            let joined: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            prop_assert_eq!(joined, text.split_whitespace().collect::<Vec<_>>());
            for pair in words.windows(2) {
                prop_assert!(pair[0].quad[1][0] <= pair[1].quad[0][0] + 1e-3);
            }
        }
    }
}
