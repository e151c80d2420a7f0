//! The list of known models, read from data files.
//!
//! A data file is JSON: `{"task": …, "sets": {…}, "groups": [{"shared": {…}, "models": [{…}, …]}, …]}`. A model is the keys of `shared`
//! with its own on top; in addresses and members `{file}` stands for the model's file name. So a published table stays a table. A set
//! is a name for models that work together.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::cache::{check_member, is_hex};
use crate::entry::{Entry, ModelFile, Place};
use crate::error::ZooError;
use crate::lists::text_list;
use crate::near::near;

/// The data files of this crate, one a task.
const OFFICIAL: &[(&str, &str)] = &[
    ("cls.json", include_str!("../catalogue/cls.json")),
    ("det.json", include_str!("../catalogue/det.json")),
    ("ocr.json", include_str!("../catalogue/ocr.json")),
    ("shitu.json", include_str!("../catalogue/shitu.json")),
];

/// Known models, in the order of the data files.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    entries: Vec<Arc<Entry>>,
    by_name: HashMap<String, usize>,
    sets: BTreeMap<String, Vec<String>>,
}

/// Whether a data file is checked key by key. This crate's own are, by a test; the program need not spend its first milliseconds on it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    Strict,
    Trusting,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataFile {
    task: String,
    #[serde(default)]
    sets: BTreeMap<String, Vec<String>>,
    groups: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(default)]
    shared: Map<String, Value>,
    models: Vec<Map<String, Value>>,
}

impl Catalogue {
    /// The catalogue that this crate carries.
    pub fn official() -> &'static Catalogue {
        static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
            let mut catalogue = Catalogue::default();
            for (name, text) in OFFICIAL {
                #[expect(clippy::expect_used, reason = "the text is compiled in, and a test reads it")]
                catalogue.read(name, text, Care::Trusting).expect("the catalogue's own data files are sound");
            }
            catalogue
        });
        &CATALOGUE
    }

    /// Adds the models of one data file; `file` is its name in messages.
    ///
    /// # Errors
    ///
    /// [`ZooError::Catalogue`] for text that is not such a data file, for a key that entries don't have, a name that is there already,
    /// an address that is not `https`, a hash or path that cannot be one.
    pub fn add(&mut self, file: &str, text: &str) -> Result<(), ZooError> {
        self.read(file, text, Care::Strict)
    }

    fn read(&mut self, file: &str, text: &str, care: Care) -> Result<(), ZooError> {
        let broken = |message: String| ZooError::Catalogue { message: format!("{file}: {message}") };
        let data: DataFile = serde_json::from_str(text).map_err(|e| broken(e.to_string()))?;
        for group in data.groups {
            for own in group.models {
                let mut fields = group.shared.clone();
                fields.insert("task".to_owned(), Value::from(data.task.as_str()));
                fields.extend(own);
                let name = fields.get("name").and_then(Value::as_str).unwrap_or("an entry without a name").to_owned();
                let entry = read_entry(fields, care).map_err(|message| broken(format!("{name}: {message}")))?;
                if self.by_name.insert(name.clone(), self.entries.len()).is_some() {
                    return Err(broken(format!("{name}: the name is there already")));
                }
                self.entries.push(Arc::new(entry));
            }
        }
        for (set, names) in data.sets {
            if let Some(name) = names.iter().find(|name| !self.by_name.contains_key(*name)) {
                return Err(broken(format!("{set}: a set names the model {name}, which is not there")));
            }
            if self.by_name.contains_key(&set) || self.sets.insert(set.clone(), names).is_some() {
                return Err(broken(format!("{set}: the name is there already")));
            }
        }
        Ok(())
    }

    /// All entries.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(Arc::as_ref)
    }

    /// The entry of this name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.shared(name).map(Arc::as_ref)
    }

    /// The models that go by the name of a set together, such as the detector and the recognizer of `ppocr-v5`.
    pub fn set(&self, name: &str) -> Option<&[String]> {
        self.sets.get(name).map(Vec::as_slice)
    }

    /// The sets, by name.
    pub fn sets(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.sets.iter().map(|(name, models)| (name.as_str(), models.as_slice()))
    }

    pub(crate) fn shared(&self, name: &str) -> Option<&Arc<Entry>> {
        self.by_name.get(name).and_then(|&i| self.entries.get(i))
    }

    /// The entry whose model file has this SHA-256.
    pub(crate) fn with_sha256(&self, sha256: &str) -> Option<&Arc<Entry>> {
        self.entries.iter().find(|entry| entry.file.sha256.as_deref() == Some(sha256))
    }

    /// The entry whose model file bears this name: a guess at what a file is that somebody has fetched by hand.
    pub fn named_like(&self, file: &str) -> Option<&Entry> {
        self.entries().find(|entry| entry.file.file == file)
    }

    /// Up to five names that look like `name`, the nearest first; `more` are names besides the catalogue's own.
    pub(crate) fn near<'a>(&'a self, name: &str, more: impl Iterator<Item = &'a str>) -> Vec<String> {
        let names = self.entries().map(|entry| entry.name.as_str());
        near(name, names.chain(self.sets.keys().map(String::as_str)).chain(more))
    }
}

/// One entry out of its fields, checked as far as data can be.
fn read_entry(mut fields: Map<String, Value>, care: Care) -> Result<Entry, String> {
    if let Some(file) = fields.get("file").and_then(Value::as_str).map(str::to_owned)
        && let Some(places) = fields.get_mut("places")
    {
        fill_in(places, &file);
    }
    let fields = Value::Object(fields);
    if care == Care::Trusting {
        return serde_json::from_value(fields).map_err(|e| e.to_string());
    }
    let entry: Entry = serde_json::from_value(fields.clone()).map_err(|e| e.to_string())?;
    let back = serde_json::to_value(&entry).map_err(|e| e.to_string())?;
    if let Some(key) = lost_key(&fields, &back) {
        return Err(format!("no entry has a key `{key}` there"));
    }
    check_entry(&entry)?;
    Ok(entry)
}

/// Puts the file's name in for `{file}`.
fn fill_in(value: &mut Value, file: &str) {
    match value {
        Value::String(text) => *text = text.replace("{file}", file),
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(item, file)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill_in(field, file)),
        _ => {}
    }
}

/// A key of `given` that reading has dropped: misspelt, or not known. Empty values may vanish.
fn lost_key(given: &Value, kept: &Value) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given.iter().find_map(|(key, value)| match kept.get(key) {
            Some(kept) => lost_key(value, kept),
            None if *value == Value::Array(Vec::new()) || *value == Value::Object(Map::new()) || value.is_null() => None,
            None => Some(key.clone()),
        }),
        (Value::Array(given), Value::Array(kept)) => given.iter().zip(kept).find_map(|(given, kept)| lost_key(given, kept)),
        _ => None,
    }
}

fn check_entry(entry: &Entry) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '+');
    if !entry.name.starts_with(|c: char| c.is_ascii_lowercase()) || !entry.name.chars().all(plain) {
        return Err("a name is made of lower-case letters, digits, `-`, `.`, `+`, and begins with a letter".to_owned());
    }
    if let Some(Value::String(list)) = &entry.labels
        && text_list(list).is_none()
    {
        return Err(format!("there is no list `{list}`"));
    }
    entry.files().try_for_each(check_file)
}

fn check_file(file: &ModelFile) -> Result<(), String> {
    if file.file.contains('/') {
        return Err(format!("{}: a file name, not a path, is expected", file.file));
    }
    check_member(&file.file).map_err(|e| e.to_string())?;
    if file.sha256.as_ref().is_some_and(|hex| !is_hex(hex, 64)) || file.git_blob.as_ref().is_some_and(|hex| !is_hex(hex, 40)) {
        return Err(format!("{}: a hash is 64 (sha256) or 40 (git_blob) lower-case hexadecimal digits", file.file));
    }
    for place in &file.places {
        match place {
            Place::Package { member, .. } => check_member(member).map_err(|e| e.to_string())?,
            Place::Archive { archive: url, member } => {
                check_member(member).map_err(|e| e.to_string())?;
                check_url(url)?;
            }
            Place::Url { url } => check_url(url)?,
            Place::Embedded { .. } => {}
        }
    }
    Ok(())
}

/// An address must be `https`. One of this machine itself passes here, for the tests' catalogues; a pull refuses it.
fn check_url(url: &str) -> Result<(), String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://127.0.0.1:"));
    match rest {
        Some(rest) if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()) => Ok(()),
        _ => Err(format!("{url}: an address begins with https:// and has no blanks")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"task": "cls", "sets": {"pair": ["a-x0.5", "b"]}, "groups": [{
        "shared": {"format": "onnx", "licence": "MIT", "origin": "nobody", "places": [{"url": "https://example.org/x/{file}"}]},
        "models": [
            {"name": "a-x0.5", "summary": "first", "file": "a.onnx"},
            {"name": "b", "summary": "second", "file": "b.onnx", "format": "pdparams", "figures": {"top1": 50.5}}
        ]}]}"#;

    fn small_with(from: &str, to: &str) -> Result<Catalogue, ZooError> {
        assert!(SMALL.contains(from), "{from}");
        let mut catalogue = Catalogue::default();
        catalogue.add("t.json", &SMALL.replace(from, to)).map(|()| catalogue)
    }

    #[test]
    fn the_own_data_files_pass_the_strict_check() {
        let mut catalogue = Catalogue::default();
        for (name, text) in OFFICIAL {
            catalogue.add(name, text).unwrap();
        }
        assert_eq!(catalogue.entries().count(), Catalogue::official().entries().count());
    }

    #[test]
    fn a_model_is_the_shared_keys_with_its_own_on_top() {
        let catalogue = small_with("first", "first").unwrap();
        let (a, b) = (catalogue.get("a-x0.5").unwrap(), catalogue.get("b").unwrap());
        assert_eq!((a.format.as_str(), b.format.as_str()), ("onnx", "pdparams"));
        assert_eq!(a.file.places, [Place::Url { url: "https://example.org/x/a.onnx".to_owned() }]);
        assert_eq!(b.figures["top1"], 50.5);
        assert_eq!(catalogue.entries().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["a-x0.5", "b"]);
        assert_eq!(catalogue.named_like("b.onnx").unwrap().name, "b");
        assert_eq!(catalogue.set("pair").unwrap(), ["a-x0.5", "b"]);
        assert!(catalogue.get("c").is_none());
    }

    #[test]
    fn broken_data_is_refused_with_its_place() {
        for (from, to, say) in [
            ("\"licence\": \"MIT\"", "\"license\": \"MIT\"", "licence"),
            ("\"figures\"", "\"figure\"", "`figure`"),
            ("\"url\"", "\"uri\"", "a-x0.5"),
            ("https://", "http://", "https://"),
            ("https://", "file:///", "https://"),
            ("\"name\": \"b\"", "\"name\": \"a-x0.5\"", "there already"),
            ("\"name\": \"b\"", "\"name\": \"../b\"", "lower-case"),
            ("\"b.onnx\"", "\"x/b.onnx\"", "not a path"),
            ("\"b.onnx\"", "\"..\"", "plain relative"),
            ("\"figures\"", "\"sha256\": \"abc\", \"figures\"", "64"),
            ("\"figures\"", "\"labels\": \"imagenet-2k\", \"figures\"", "imagenet-2k"),
            ("\"a-x0.5\", \"b\"", "\"a-x0.5\", \"c\"", "model c"),
            ("\"pair\"", "\"b\"", "there already"),
            ("\"task\": \"cls\"", "\"tusk\": \"cls\"", "tusk"),
            ("{\"task\"", "[", "line 1"),
        ] {
            let message = small_with(from, to).unwrap_err().to_string();
            assert!(message.contains("t.json") && message.contains(say), "{to}: {message}");
        }
    }

    #[test]
    fn a_slip_in_a_name_is_answered_with_names() {
        let catalogue = small_with("a-x0.5", "page-orientation").unwrap();
        let near = |name: &str| catalogue.near(name, ["embedded-one"].into_iter());
        assert_eq!(near("page_orientaton"), ["page-orientation"]);
        assert_eq!(near("orientation"), ["page-orientation"]);
        assert_eq!(near("embeded-one"), ["embedded-one"]);
        assert!(near("zzz").is_empty());
    }
}
