//! `ocr.dictionary`, and the dictionaries that other kinds name.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Outcome, Packages};

use crate::recognize::{Dictionary, entries};

/// A dictionary as a case names it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    file: Option<String>,
    package: Option<String>,
    member: Option<String>,
    sha256: Option<String>,
    metadata: Option<String>,
    lines: Option<Vec<String>>,
    blank: bool,
    space: bool,
}

impl Named {
    /// Reads it. `metadata` is that of the case's graph.
    pub(super) fn load(
        &self,
        case: &Case,
        packages: &dyn Packages,
        metadata: &BTreeMap<String, String>,
    ) -> Result<Dictionary, GoldenError> {
        Ok(Dictionary::new(self.lines(case, packages, metadata)?, self.blank, self.space))
    }

    fn lines(&self, case: &Case, packages: &dyn Packages, metadata: &BTreeMap<String, String>) -> Result<Vec<String>, GoldenError> {
        Ok(match self {
            Self { file: Some(file), .. } => entries(&case.text(file)?),
            Self { package: Some(package), member: Some(member), sha256: Some(sha256), .. } => {
                let path = packages.member(package, member, sha256)?;
                entries(&fs::read_to_string(&path).map_err(GoldenError::product)?)
            }
            Self { metadata: Some(key), .. } => {
                let text = metadata.get(key).ok_or_else(|| case.fault(format!("the graph has no metadata `{key}`")))?;
                entries(text)
            }
            Self { lines: Some(lines), .. } => lines.clone(),
            _ => return Err(case.fault("a dictionary is a `file`, a member of a `package`, a `metadata` key or `lines`")),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    dictionaries: BTreeMap<String, Named>,
}

/// All classes, or how many and some of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    All(Vec<String>),
    Some { classes: usize, at: BTreeMap<String, String> },
}

pub(super) fn replay(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let Spec { dictionaries } = case.spec_as()?;
    let expected: BTreeMap<String, Expected> = case.expected_json_as()?;
    let mut outcomes = Vec::new();
    for (name, named) in &dictionaries {
        let dictionary = named.load(case, packages, &BTreeMap::new())?;
        // Counting must come to the same classes as the case's word on what is to be added.
        let listed = named.lines(case, packages, &BTreeMap::new())?;
        let counted = Dictionary::fitted(name, listed, dictionary.classes().len());
        outcomes.push(Outcome::same(format!("{name} by count"), &counted.map_err(GoldenError::product)?, &dictionary));
        match expected.get(name) {
            None => outcomes.push(Outcome::failed(name, "named in expected_json", "it is not")),
            Some(Expected::All(classes)) => outcomes.push(Outcome::same(name, dictionary.classes(), classes.as_slice())),
            Some(Expected::Some { classes, at }) => {
                outcomes.push(Outcome::same(format!("{name} classes"), &dictionary.classes().len(), classes));
                for (class, text) in at {
                    let class: usize = class.parse().map_err(|_| case.fault(format!("`{class}` is no class")))?;
                    outcomes.push(Outcome::same(format!("{name} class {class}"), &dictionary.classes().get(class), &Some(text)));
                }
            }
        }
    }
    Ok(outcomes)
}
