//! What the classes of a recognizer stand for.
//!
//! A list of characters has a line for each, and white space can be a character: U+3000 is one in all Chinese lists, the space in some.
//! So no line is ever trimmed. An entry may be more than one code point (flags). Whether the blank and the space are in the list, or have
//! to be added, is told by counting: lists are published in all three ways.

use crate::OcrError;

/// The classes of a CTC recognizer, in order. Class 0 is the blank, which stands for no character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dictionary {
    classes: Vec<String>,
}

/// The name of class 0 where a list leaves it out.
const BLANK: &str = "blank";
const SPACE: &str = " ";

impl Dictionary {
    /// The classes: the blank where `blank` asks for it to be added, the list's entries as they are, the space where `space` asks for it.
    pub fn new(entries: Vec<String>, blank: bool, space: bool) -> Self {
        let front = blank.then(|| BLANK.to_owned());
        let back = space.then(|| SPACE.to_owned());
        Self { classes: front.into_iter().chain(entries).chain(back).collect() }
    }

    /// The classes of a network that has so many, from a list that has as many entries, or lacks the blank, or lacks blank and space.
    /// `source` is for messages. An empty last line of a list that would fit as well without it is taken for the space.
    ///
    /// # Errors
    /// [`OcrError::Metadata`] for a list of any other length.
    pub fn fitted(source: &str, mut entries: Vec<String>, classes: usize) -> Result<Self, OcrError> {
        // Blank and a last class without a text, which no list means: the file ends in an empty line.
        if entries.len() + 1 == classes && entries.last().is_some_and(String::is_empty) {
            entries.pop();
        }
        match classes.checked_sub(entries.len()) {
            Some(missing @ 0..=2) if !entries.is_empty() => Ok(Self::new(entries, missing > 0, missing == 2)),
            _ => {
                let what = format!(
                    "holds {} characters, but the network has {classes} classes: {} (blank and space are added), {} (the blank is added) \
                     or {classes} were expected; name the network's own list with --dict",
                    entries.len(),
                    classes.saturating_sub(2),
                    classes.saturating_sub(1),
                );
                Err(OcrError::Metadata { model: source.to_owned(), what })
            }
        }
    }

    /// The character of a class; none for the blank and for a class that is not there.
    pub fn character(&self, class: usize) -> Option<&str> {
        self.classes.get(class).filter(|_| class > 0).map(String::as_str)
    }

    /// The names of all classes, the blank's among them.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }
}

/// The entries of a list: a line each, of which only the line feed, and a carriage return before it, are taken off.
pub fn entries(text: &str) -> Vec<String> {
    // A mark at the very beginning belongs to the file, not to its first character.
    let text = text.strip_prefix('\u{feff}').filter(|rest| !rest.starts_with(['\r', '\n'])).unwrap_or(text);
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fitted(text: &str, classes: usize) -> Vec<String> {
        Dictionary::fitted("list", entries(text), classes).unwrap().classes
    }

    #[test]
    fn counts_decide_what_is_added() {
        assert_eq!(fitted("a\nb", 4), ["blank", "a", "b", " "]);
        assert_eq!(fitted("a\nb\n", 3), ["blank", "a", "b"]);
        assert_eq!(fitted("blank\na\n ", 3), ["blank", "a", " "]);
        assert_eq!(fitted("a\nb\n\n", 4), ["blank", "a", "b", " "]);
        for classes in [0, 1, 5, 7000] {
            let error = Dictionary::fitted("keys.txt", entries("a\nb"), classes).unwrap_err().to_string();
            assert!(error.starts_with("keys.txt: holds 2 characters") && error.contains("--dict"), "{error}");
        }
        assert!(Dictionary::fitted("empty.txt", entries(""), 2).is_err());
    }

    #[test]
    fn white_space_is_a_character() {
        assert_eq!(entries("a\r\n\u{3000}\r\n \n\u{a0}\n\n🇩🇪\n"), ["a", "\u{3000}", " ", "\u{a0}", "", "🇩🇪"]);
        assert_eq!(entries("\u{feff}a\n"), ["a"]);
        assert_eq!(entries("\u{feff}\na\n"), ["\u{feff}", "a"]);
    }

    #[test]
    fn the_blank_is_no_character() {
        let dictionary = Dictionary::new(vec!["a".into()], true, false);
        assert_eq!([0, 1, 2].map(|class| dictionary.character(class)), [None, Some("a"), None]);
    }

    proptest! {
        #[test]
        fn any_list_fits_or_is_refused(text in "[ab \u{3000}\r\n]{0,40}", classes in 0usize..50) {
            let entries = entries(&text);
            let count = entries.len();
            if let Ok(dictionary) = Dictionary::fitted("list", entries, classes) {
                prop_assert_eq!(dictionary.classes().len(), classes);
                prop_assert!((count..=count + 2).contains(&classes));
            }
        }
    }
}
