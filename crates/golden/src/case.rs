//! One case: what `case.json` says, and access to the files it names.

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::GoldenError;
use crate::form::{StoredTensor, TensorSource, Tolerance, Weights};
use crate::walk::{CASE_FILE, folder_name};

/// The version of the format that this crate reads.
const FORMAT: u64 = 1;

/// No JSON file of a case may be larger: far above any real one.
const MAX_JSON_BYTES: u64 = 64 << 20;

/// A reference case. Paths in it are relative to its folder and may lead out of it, but are never absolute.
#[derive(Clone, Debug)]
pub struct Case {
    /// The case's folder.
    pub dir: PathBuf,
    /// The folder's name; in a walk over a tree its path below the tree's root.
    pub name: String,
    /// What is to be replayed, such as `network.cls`.
    pub kind: String,
    /// The case's own settings; the keys depend on the kind. [`Case::spec_as`] reads them into a type.
    pub spec: Value,
    /// The weights; `None` for kinds without a network.
    pub weights: Option<Weights>,
    /// The inputs; [`Case::input`] loads them.
    pub inputs: Vec<TensorSource>,
    /// The expected tensors, in the order in which the network returns them; [`Case::expected`] loads them.
    pub expected: Vec<StoredTensor>,
    /// What is expected of kinds that return text, boxes or decisions; [`Case::expected_json_as`] reads it into a type.
    pub expected_json: Option<Value>,
    /// How far off an output may be; `None` where the kind or the spec names its own tolerances.
    pub tolerance: Option<Tolerance>,
    /// What computed the expected values, with versions.
    pub made_with: String,
    /// What else a reader needs; empty where there is nothing.
    pub note: String,
}

/// What must be readable in every version of the format.
#[derive(Deserialize)]
pub(crate) struct Head {
    format: u64,
    pub(crate) kind: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    #[serde(rename = "format")]
    _format: u64,
    kind: String,
    spec: Map<String, Value>,
    weights: Option<Weights>,
    #[serde(default)]
    inputs: Vec<TensorSource>,
    expected: Option<Vec<StoredTensor>>,
    expected_json: Option<Value>,
    tolerance: Option<Tolerance>,
    #[serde(default)]
    made_with: String,
    #[serde(default)]
    note: String,
}

impl Head {
    /// The head of the case in `dir`.
    pub(crate) fn load(dir: &Path) -> Result<Self, GoldenError> {
        let path = dir.join(CASE_FILE);
        let head: Self = read_json(&path)?;
        if head.format != FORMAT {
            return Err(GoldenError::case(path, format!("format {}, and {FORMAT} is the one that this version reads", head.format)));
        }
        Ok(head)
    }
}

impl Case {
    /// Reads `case.json` in `dir`. The other files of the case are read when they are asked for.
    ///
    /// # Errors
    /// [`GoldenError::Io`] if the file can't be read, [`GoldenError::Case`] if it is not what the format asks for: unknown or missing
    /// keys, wrong forms, another version, nothing that is expected.
    pub fn load(dir: &Path) -> Result<Self, GoldenError> {
        Head::load(dir)?;
        let path = dir.join(CASE_FILE);
        let raw: RawCase = read_json(&path)?;
        if raw.expected.is_none() && raw.expected_json.is_none() {
            return Err(GoldenError::case(path, "neither `expected` nor `expected_json` is there: a case must expect something"));
        }
        Ok(Self {
            dir: dir.to_path_buf(),
            name: folder_name(dir),
            kind: raw.kind,
            spec: Value::Object(raw.spec),
            weights: raw.weights,
            inputs: raw.inputs,
            expected: raw.expected.unwrap_or_default(),
            expected_json: raw.expected_json,
            tolerance: raw.tolerance,
            made_with: raw.made_with,
            note: raw.note,
        })
    }

    /// `spec` as the type that a kind reads it into.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if it does not fit.
    pub fn spec_as<T: DeserializeOwned>(&self) -> Result<T, GoldenError> {
        T::deserialize(&self.spec).map_err(|error| self.fault(format!("spec: {error}")))
    }

    /// `expected_json` as the type that a kind reads it into.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if there is none or it does not fit.
    pub fn expected_json_as<T: DeserializeOwned>(&self) -> Result<T, GoldenError> {
        let value = self.expected_json.as_ref().ok_or_else(|| self.fault("`expected_json` is missing, and this kind needs it"))?;
        T::deserialize(value).map_err(|error| self.fault(format!("expected_json: {error}")))
    }

    /// The tolerance of a kind that has one.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if the case has none.
    pub fn tolerance(&self) -> Result<Tolerance, GoldenError> {
        self.tolerance.ok_or_else(|| self.fault("`tolerance` is missing, and this kind needs it"))
    }

    /// The path of a file that the case names.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if `relative` is empty or absolute: a case must mean the same on every machine.
    pub fn path(&self, relative: &str) -> Result<PathBuf, GoldenError> {
        let path = Path::new(relative);
        let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir);
        if relative.is_empty() || !path.components().all(inside) {
            return Err(self.fault(format!("`{relative}` is no path relative to the case's folder")));
        }
        Ok(self.dir.join(path))
    }

    /// The text of a file that the case names, such as a list of labels.
    ///
    /// # Errors
    /// As [`Case::path`], and [`GoldenError::Io`] if the file can't be read or is not UTF-8.
    pub fn text(&self, relative: &str) -> Result<String, GoldenError> {
        let path = self.path(relative)?;
        std::fs::read_to_string(&path).map_err(GoldenError::io(&path))
    }

    /// The error of a case that is not what its kind needs.
    pub fn fault(&self, problem: impl Into<String>) -> GoldenError {
        GoldenError::case(self.dir.join(CASE_FILE), problem)
    }
}

/// A JSON file as `T`.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, GoldenError> {
    let file = File::open(path).map_err(GoldenError::io(path))?;
    let mut bytes = Vec::new();
    file.take(MAX_JSON_BYTES + 1).read_to_end(&mut bytes).map_err(GoldenError::io(path))?;
    if bytes.len() as u64 > MAX_JSON_BYTES {
        return Err(GoldenError::case(path, format!("more than {MAX_JSON_BYTES} bytes of JSON")));
    }
    serde_json::from_slice(&bytes).map_err(|error| GoldenError::case(path, error.to_string()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The message of the error that this `case.json` is.
    fn message(json: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(CASE_FILE), json).unwrap();
        let error = Case::load(dir.path()).unwrap_err();
        assert_eq!(error.kind(), "case", "{error}");
        let text = error.to_string();
        assert!(text.contains(CASE_FILE), "{text}");
        text
    }

    #[test]
    fn malformed_cases_are_errors_that_say_where() {
        for (json, part) in [
            ("", "EOF"),
            ("[]", "line 1"),
            (r#"{"format": 2, "kind": "k", "other": 1}"#, "format 2"),
            (r#"{"format": 1, "spec": {}, "expected_json": 1}"#, "missing field `kind`"),
            (r#"{"format": 1, "kind": "k", "expected_json": 1}"#, "missing field `spec`"),
            (r#"{"format": 1, "kind": "k", "spec": [], "expected_json": 1}"#, "expected a map"),
            (r#"{"format": 1, "kind": "k", "spec": {}}"#, "must expect something"),
            (r#"{"format": 1, "kind": "k", "spec": {}, "expected": [{"name": "a"}]}"#, "missing field `file`"),
            (r#"{"format": 1, "kind": "k", "spec": {}, "expected_json": 1, "tolerence": {"abs": 1}}"#, "unknown field `tolerence`"),
            (r#"{"format": 1, "kind": "k", "spec": {}, "expected_json": 1, "inputs": [{"name": "x"}]}"#, "input `x`"),
            (r#"{"format": 1, "kind": "k", "spec": {}, "expected_json": 1, "weights": {}}"#, "weights are one of"),
            (r#"{"format": 1, "kind": "k", "spec": {}, "expected_json": 1, "tolerance": {}}"#, "a tolerance is one of"),
        ] {
            let text = message(json);
            assert!(text.contains(part), "{json}: {text}");
        }
        let nested = "[".repeat(100_000) + &"]".repeat(100_000);
        let deep = format!(r#"{{"format": 1, "kind": "k", "spec": {{}}, "expected_json": {nested}}}"#);
        assert!(message(&deep).contains("recursion limit"));
    }
}
