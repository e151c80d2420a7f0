//! How well text was read: words that are right, and the share of characters that are wrong.

use serde::Serialize;

/// Counts words that were read right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WordAccuracy {
    words: usize,
    right: usize,
    exact: usize,
    characters: CharacterErrors,
}

/// What [`WordAccuracy`] counted: fractions 0 … 1 (0 of no words), but `cer`, which can be more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct WordReport {
    /// Words.
    pub n: usize,
    /// Share that is right when upper and lower case are one and everything but 0–9 and a–z is left out: the rule of the field.
    pub accuracy: f64,
    /// Share that is right letter by letter.
    pub exact: f64,
    /// Edits per character of the truth ([`CharacterErrors`]).
    pub cer: f64,
}

impl WordAccuracy {
    /// Counts a word.
    pub fn add(&mut self, read: &str, truth: &str) {
        self.words += 1;
        self.right += usize::from(plain(read).eq(plain(truth)));
        self.exact += usize::from(read == truth);
        self.characters.add(read, truth);
    }

    /// Counts what another accumulator counted.
    pub fn merge(&mut self, other: &Self) {
        self.words += other.words;
        self.right += other.right;
        self.exact += other.exact;
        self.characters.merge(&other.characters);
    }

    /// The shares.
    pub fn finish(&self) -> WordReport {
        let share = |count: usize| if self.words == 0 { 0.0 } else { count as f64 / self.words as f64 };
        WordReport { n: self.words, accuracy: share(self.right), exact: share(self.exact), cer: self.characters.rate() }
    }
}

fn plain(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase).filter(|c| matches!(c, '0'..='9' | 'a'..='z'))
}

/// The character error rate: the edits that make the truth of what was read, over the truth's characters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CharacterErrors {
    edits: usize,
    characters: usize,
}

impl CharacterErrors {
    /// Counts a text.
    pub fn add(&mut self, read: &str, truth: &str) {
        self.edits += edit_distance(read, truth);
        self.characters += truth.chars().count();
    }

    /// Counts what another accumulator counted.
    pub fn merge(&mut self, other: &Self) {
        self.edits += other.edits;
        self.characters += other.characters;
    }

    /// Edits per character; of an empty truth 0 where nothing was read, else 1.
    pub fn rate(&self) -> f64 {
        match self.characters {
            0 => f64::from(u8::from(self.edits > 0)),
            characters => self.edits as f64 / characters as f64,
        }
    }
}

/// The fewest insertions, deletions and replacements of code points that make one text of the other.
pub fn edit_distance(a: &str, b: &str) -> usize {
    strsim::levenshtein(a, b)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, edits) in
            [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("中文字", "中字", 1), ("ab", "ba", 2)]
        {
            assert_eq!(edit_distance(a, b), edits, "{a} {b}");
        }
    }

    #[test]
    fn words_are_counted() {
        let mut words = WordAccuracy::default();
        assert_eq!(words.finish(), WordReport { n: 0, accuracy: 0.0, exact: 0.0, cer: 0.0 });
        words.add("PRIVATE", "PRIVATE");
        words.add("don't", "DONT");
        words.add("8ar", "Bar");
        words.add("", "Ä");
        assert_eq!(words.finish(), WordReport { n: 4, accuracy: 0.75, exact: 0.25, cer: (5 + 1 + 1) as f64 / 15.0 });
        let mut twice = WordAccuracy::default();
        twice.merge(&words);
        assert_eq!(twice, words);
    }

    #[test]
    fn a_rate_of_no_characters() {
        let mut errors = CharacterErrors::default();
        assert_eq!(errors.rate(), 0.0);
        errors.add("x", "");
        assert_eq!(errors.rate(), 1.0);
        let mut more = CharacterErrors::default();
        more.merge(&errors);
        more.add("ab", "abc");
        assert!((more.rate() - 2.0 / 3.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn distances_behave(a in "[ab中]{0,8}", b in "[ab中]{0,8}", c in "[ab中]{0,8}") {
            prop_assert_eq!(edit_distance(&a, &a), 0);
            prop_assert_eq!(edit_distance(&a, &b), edit_distance(&b, &a));
            prop_assert!(edit_distance(&a, &c) <= edit_distance(&a, &b) + edit_distance(&b, &c));
        }
    }
}
