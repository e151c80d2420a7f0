//! What a class of a model tells, and from which score on it tells it surely.

use std::collections::BTreeMap;

use serde_json::Value;
use vtk_zoo::Entry;

use crate::ClsError;

/// The words around a class.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Meaning {
    /// What the class is a class of.
    pub(crate) what: String,
    /// What stands behind a label.
    pub(crate) unit: String,
    /// The score from which on the answer is no guess.
    pub(crate) sure: f32,
}

/// Where nothing else is said: more likely than all other classes together.
const SURE: f32 = 0.5;

impl Meaning {
    /// From a file's metadata (`meaning`, `unit`, `sure`), else from the catalogue.
    pub(crate) fn of_model(name: &str, metadata: &BTreeMap<String, String>, entry: Option<&Entry>) -> Result<Self, ClsError> {
        let text = |key: &str, known: Option<&String>| metadata.get(key).or(known).cloned();
        let sure = match metadata.get("sure") {
            None => entry.and_then(|e| e.thresholds.get("sure")).and_then(Value::as_f64).map_or(SURE, |s| s as f32),
            Some(text) => text.parse().ok().filter(|s| (0.0..=1.0).contains(s)).ok_or_else(|| ClsError::Metadata {
                model: name.to_owned(),
                what: format!("metadata `sure` is {text:?}; a number from 0 to 1 was expected"),
            })?,
        };
        let what = text("meaning", entry.and_then(|e| e.meaning.as_ref())).unwrap_or_else(|| "class".into());
        Ok(Self { what, unit: text("unit", entry.and_then(|e| e.unit.as_ref())).unwrap_or_default(), sure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_says_it() {
        let none = Meaning::of_model("m", &BTreeMap::new(), None).unwrap();
        assert_eq!(none, Meaning { what: "class".into(), unit: String::new(), sure: SURE });
        let said = [("meaning", "page orientation"), ("unit", "°"), ("sure", "0.9")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let m = Meaning::of_model("m", &said.into(), None).unwrap();
        assert_eq!(m, Meaning { what: "page orientation".into(), unit: "°".into(), sure: 0.9 });
        let bad = BTreeMap::from([("sure".to_owned(), "2".to_owned())]);
        assert!(Meaning::of_model("m", &bad, None).unwrap_err().to_string().contains("sure"));
    }
}
