//! Names of classes: from a text file, from a weight file's metadata, from an ONNX file's `character` list.

use std::collections::BTreeMap;

use vtk_zoo::Entry;

use crate::ClsError;

/// Reads a list of labels: a JSON array of texts, or a text of a line a class. Numbers in front that count the lines (`0 tench`,
/// `1 goldfish`, as in PaddleClas's lists) are taken off.
///
/// # Errors
/// [`ClsError::List`] for an empty list or a JSON value of another kind.
pub fn parse_labels(name: &str, text: &str) -> Result<Vec<String>, ClsError> {
    let fail = |what: &str| ClsError::List { list: name.to_owned(), what: what.to_owned() };
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

/// The labels that a model brings: its own metadata goes before the catalogue.
pub(crate) fn of_model(name: &str, metadata: &BTreeMap<String, String>, entry: Option<&Entry>) -> Result<Option<Vec<String>>, ClsError> {
    match metadata.get("labels") {
        // A pointer to a file beside the weights says nothing to who has the weights alone: the catalogue may know the same list.
        Some(text) if !text.starts_with("file:") => return parse_labels(&format!("{name}, metadata `labels`"), text).map(Some),
        _ => {}
    }
    if let Some(text) = metadata.get("character") {
        return parse_labels(&format!("{name}, metadata `character`"), text).map(Some);
    }
    Ok(entry.and_then(Entry::label_names))
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
}
