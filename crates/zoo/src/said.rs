//! What is said of a model beside its numbers, and by whom first: the file's own metadata goes before the catalogue.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Entry, ZooError};

/// Reads a list of labels: a JSON array of texts, or a text of a line a class. Numbers in front that count the lines (`0 tench`,
/// `1 goldfish`, as in PaddleClas's lists) are taken off.
///
/// # Errors
/// [`ZooError::List`] for an empty list or a JSON value of another kind.
pub fn parse_labels(name: &str, text: &str) -> Result<Vec<String>, ZooError> {
    let fail = |what: &str| ZooError::List { list: name.to_owned(), what: what.to_owned() };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(|e| fail(&format!("is no JSON array of texts: {e}")));
    }
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let used = lines.iter().rposition(|l| !l.is_empty()).map_or(0, |last| last + 1);
    let lines = &lines[..used];
    if lines.is_empty() {
        return Err(fail("holds no label; a line for each class was expected"));
    }
    let numbered = lines.iter().enumerate().all(|(i, l)| number_of(l) == Some(i));
    let label = |l: &&str| if numbered { l.split_once(' ').map_or("", |(_, l)| l).to_owned() } else { (*l).to_owned() };
    Ok(lines.iter().map(label).collect())
}

fn number_of(line: &str) -> Option<usize> {
    line.split_once(' ')?.0.parse().ok()
}

/// The labels that a model brings: those of its metadata (`labels`, or `character` as exporters of ONNX files write them), else the
/// catalogue's.
///
/// # Errors
/// As [`parse_labels`].
pub fn labels_of(model: &str, metadata: &BTreeMap<String, String>, entry: Option<&Entry>) -> Result<Option<Vec<String>>, ZooError> {
    match metadata.get("labels") {
        // A pointer to a file beside the weights says nothing to who has the weights alone: the catalogue may know the same list.
        Some(text) if !text.starts_with("file:") => return parse_labels(&format!("{model}, metadata `labels`"), text).map(Some),
        _ => {}
    }
    if let Some(text) = metadata.get("character") {
        return parse_labels(&format!("{model}, metadata `character`"), text).map(Some);
    }
    Ok(entry.and_then(Entry::label_names))
}

/// The recipe that a model brings, in the head's own type: that of its metadata (a text), else the catalogue's (a text, or the form
/// that serde reads). `None` where neither says it.
///
/// # Errors
/// [`ZooError::Said`] for a recipe that can't be read.
pub fn recipe_of<R>(model: &str, metadata: &BTreeMap<String, String>, entry: Option<&Entry>) -> Result<Option<R>, ZooError>
where
    R: FromStr<Err: Display> + DeserializeOwned,
{
    let fail = |by: &str, error: &dyn Display| ZooError::Said { model: model.to_owned(), what: format!("{by} `recipe`: {error}") };
    if let Some(text) = metadata.get("recipe") {
        return text.parse().map(Some).map_err(|e| fail("metadata", &e));
    }
    match entry.and_then(|e| e.recipe.as_ref()) {
        Some(Value::String(text)) => text.parse().map(Some).map_err(|e| fail("catalogue,", &e)),
        Some(steps) => serde_json::from_value(steps.clone()).map(Some).map_err(|e| fail("catalogue,", &e)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_lists() {
        let read = |text: &str| parse_labels("list", text).unwrap();
        assert_eq!(read("cat\ndog\n"), ["cat", "dog"]);
        assert_eq!(read("\u{feff}cat\r\ndog\r\n\r\n"), ["cat", "dog"]);
        assert_eq!(read("0 tench, Tinca tinca\n1 goldfish\n"), ["tench, Tinca tinca", "goldfish"]);
        assert_eq!(read("0\n90\n180\n270"), ["0", "90", "180", "270"]);
        assert_eq!(read("7 dwarfs\n1 goldfish"), ["7 dwarfs", "1 goldfish"]);
        assert_eq!(read(r#"["a", "b c"]"#), ["a", "b c"]);
        assert!(parse_labels("list", "\n\n").is_err());
        assert!(parse_labels("list", "[1, 2]").is_err());
    }

    #[test]
    fn a_file_goes_before_the_catalogue() {
        let entry = crate::Catalogue::official().get("picodet-xs-320").unwrap();
        let none = BTreeMap::new();
        assert_eq!(labels_of("m", &none, Some(entry)).unwrap().unwrap().len(), 80);
        assert_eq!(labels_of("m", &none, None).unwrap(), None);
        let own = BTreeMap::from([("character".to_owned(), "text\ntable".to_owned()), ("recipe".to_owned(), "7".to_owned())]);
        assert_eq!(labels_of("m", &own, Some(entry)).unwrap().unwrap(), ["text", "table"]);
        assert_eq!(recipe_of::<u8>("m", &own, Some(entry)).unwrap(), Some(7));
        let error = recipe_of::<u8>("m", &none, Some(entry)).unwrap_err().to_string();
        assert!(error.starts_with("m: catalogue, `recipe`: "), "{error}");
        assert_eq!(recipe_of::<u8>("m", &none, None).unwrap(), None);
    }
}
