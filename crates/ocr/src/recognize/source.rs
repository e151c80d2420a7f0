//! Where a model's dictionary is found: given by the caller, in the model's file, named by the catalogue, beside the file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use vtk_zoo::{Entry, Model, Origin, text_list};

use super::dictionary::{Dictionary, entries};
use super::inference_yml::character_dict;
use crate::OcrError;

/// A dictionary that somebody gave: its name for messages, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DictionaryText {
    /// The file's name; one that ends in `.yml` or `.yaml` is PaddleOCR 3's `inference.yml`.
    pub name: String,
    /// A line for each character, or the YAML.
    pub text: String,
}

impl DictionaryText {
    /// Reads a file.
    ///
    /// # Errors
    /// [`OcrError::Metadata`] where it can't be read as UTF-8.
    pub fn read(path: &Path) -> Result<Self, OcrError> {
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self { name, text }),
            Err(e) => Err(OcrError::Metadata { model: name, what: format!("the list of characters cannot be read: {e}") }),
        }
    }

    /// The dictionary of a network of so many classes.
    fn fitted(&self, classes: usize) -> Result<Dictionary, OcrError> {
        let is_yaml = Path::new(&self.name).extension().is_some_and(|e| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"));
        let entries = if is_yaml { self.in_yaml()? } else { entries(&self.text) };
        Dictionary::fitted(&self.name, entries, classes)
    }

    fn in_yaml(&self) -> Result<Vec<String>, OcrError> {
        let fail = |what: String| OcrError::Metadata { model: self.name.clone(), what };
        character_dict(&self.text).map_err(fail)?.ok_or_else(|| fail("has no list `character_dict`".to_owned()))
    }
}

/// How a weight file's metadata and the catalogue name a dictionary. What is to be added to its lines is told by counting.
#[derive(Debug, Deserialize)]
struct Named {
    /// A file that belongs to the model.
    file: Option<String>,
    /// A list of the zoo.
    list: Option<String>,
    /// A key of the file's metadata.
    metadata: Option<String>,
    /// The lines themselves.
    lines: Option<Vec<String>>,
}

/// What is known of a model besides its bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    pub(super) model: Option<&'a Model>,
}

/// The dictionary of a model whose network has so many classes and whose file has this metadata.
pub(super) fn of_model(
    name: &str,
    classes: usize,
    metadata: &BTreeMap<String, String>,
    entry: Option<&Entry>,
    beside: Beside<'_>,
    given: Option<&DictionaryText>,
) -> Result<Dictionary, OcrError> {
    if let Some(given) = given {
        return given.fitted(classes);
    }
    if let Some(text) = metadata.get("character") {
        return Dictionary::fitted(&format!("{name}, metadata `character`"), entries(text), classes);
    }
    let fail = |what: String| OcrError::Metadata { model: name.to_owned(), what };
    let in_file = metadata.get("dictionary").map(|text| serde_json::from_str(text));
    let in_catalogue = entry.and_then(|e| e.dictionary.clone()).map(serde_json::from_value);
    for (whose, named) in [("metadata", in_file), ("catalogue", in_catalogue)] {
        let Some(named) = named.transpose().map_err(|e| fail(format!("{whose}, `dictionary`: {e}")))? else { continue };
        if let Some(found) = follow(name, &named, metadata, beside)? {
            return found.fitted(classes);
        }
    }
    if let Some(found) = beside.lying_there(classes)? {
        return Ok(found);
    }
    known_list(classes).ok_or_else(|| {
        fail(format!(
            "does not say which characters its {classes} classes stand for, and no list lies beside it; name one with --dict \
             (a text file with a character on each line, or an inference.yml)"
        ))
    })
}

/// The dictionary that a name leads to; none where it is not there.
fn follow(name: &str, named: &Named, metadata: &BTreeMap<String, String>, beside: Beside<'_>) -> Result<Option<DictionaryText>, OcrError> {
    if let Some(lines) = &named.lines {
        return Ok(Some(DictionaryText { name: format!("{name}, `dictionary`"), text: lines.join("\n") }));
    }
    if let Some(text) = named.metadata.as_ref().and_then(|key| metadata.get(key)) {
        return Ok(Some(DictionaryText { name: format!("{name}, metadata"), text: text.clone() }));
    }
    let of_zoo = |list: &str| text_list(list).map(|text| DictionaryText { name: format!("the list {list}"), text: text.to_owned() });
    if let Some(list) = named.list.as_deref().and_then(of_zoo) {
        return Ok(Some(list));
    }
    let Some(file) = &named.file else { return Ok(None) };
    // The zoo has the usual lists under the names of their files, written its own way.
    let plain = file.strip_suffix(".txt").unwrap_or(file).replace('_', "-");
    Ok(beside.file(file)?.or_else(|| of_zoo(&plain)))
}

/// The list of the zoo that a network of so many classes has, if it is one of the two usual ones.
fn known_list(classes: usize) -> Option<Dictionary> {
    let fits = |list: &str| {
        let entries = entries(text_list(list)?);
        (entries.len() + 2 == classes).then(|| Dictionary::new(entries, true, true))
    };
    ["ppocr-keys-v1", "ppocr-en"].into_iter().find_map(fits)
}

impl Beside<'_> {
    /// The file itself, where the user named it or where it lies in the cache.
    fn path(self) -> Option<PathBuf> {
        match self.model?.origin() {
            Origin::Path(path) | Origin::Cache { path, .. } => Some(path.clone()),
            _ => None,
        }
    }

    /// A file that belongs to the model: one that the zoo brought, or one in the same folder.
    fn file(self, file: &str) -> Result<Option<DictionaryText>, OcrError> {
        if let Some(bytes) = self.model.and_then(|model| model.companion(file)) {
            return match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(DictionaryText { name: file.to_owned(), text: text.to_owned() })),
                Err(e) => Err(OcrError::Metadata { model: file.to_owned(), what: format!("the list of characters is no UTF-8: {e}") }),
            };
        }
        // A name out of a file may not lead anywhere else.
        let is_plain = Path::new(file).file_name().is_some_and(|plain| plain == file);
        let path = self.path().filter(|_| is_plain).map(|model| model.with_file_name(file)).filter(|path| path.is_file());
        path.map(|path| DictionaryText::read(&path)).transpose()
    }

    /// A list that lies beside the file under one of the names that toolkits use: `inference.yml`, or the model's own name.
    fn lying_there(self, classes: usize) -> Result<Option<Dictionary>, OcrError> {
        let Some(model) = self.path() else { return Ok(None) };
        let names = [model.with_extension("yml"), model.with_file_name("inference.yml"), model.with_extension("txt")];
        match names.iter().find(|path| path.is_file()) {
            Some(path) => DictionaryText::read(path)?.fitted(classes).map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(metadata: &[(&str, &str)], classes: usize, given: Option<&DictionaryText>) -> Result<Dictionary, OcrError> {
        let metadata = metadata.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        of_model("m.onnx", classes, &metadata, None, Beside::default(), given)
    }

    fn characters(dictionary: Result<Dictionary, OcrError>) -> Vec<String> {
        dictionary.unwrap().classes()[1..].to_vec()
    }

    #[test]
    fn what_is_given_goes_before_what_the_file_says() {
        let character = [("character", "a\nb")];
        assert_eq!(characters(of(&character, 4, None)), ["a", "b", " "]);
        let given = DictionaryText { name: "x.yml".into(), text: "character_dict:\n- c\n- d\n".into() };
        assert_eq!(characters(of(&character, 4, Some(&given))), ["c", "d", " "]);
        let plain = DictionaryText { name: "x.txt".into(), ..given };
        assert!(of(&character, 9, Some(&plain)).unwrap_err().to_string().starts_with("x.txt: holds 3 characters"));
    }

    #[test]
    fn metadata_names_a_list() {
        let named = |text: &str, classes| characters(of(&[("dictionary", text)], classes, None));
        assert_eq!(named(r#"{"lines": ["x", "\u3000"], "blank": true, "space": true}"#, 4), ["x", "\u{3000}", " "]);
        assert_eq!(named(r#"{"list": "ppocr-en"}"#, 97)[..2], ["0", "1"]);
        let keys = named(r#"{"file": "ppocr_keys_v1.txt", "blank": true, "space": true}"#, 6625);
        assert_eq!((keys[5709].as_str(), keys[6623].as_str()), ("\u{3000}", " "));
        assert!(of(&[("dictionary", "{")], 9, None).unwrap_err().to_string().contains("`dictionary`"));
    }

    #[test]
    fn the_usual_lists_are_known_by_their_length() {
        assert_eq!(of(&[], 6625, None).unwrap().character(2), Some("疗"));
        assert_eq!(of(&[], 97, None).unwrap().classes().len(), 97);
        assert!(of(&[], 98, None).unwrap_err().to_string().contains("--dict"));
    }
}
