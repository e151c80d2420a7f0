//! What the catalogue says about one model.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::digest::Hash;
use crate::lists::text_list;
use crate::package::Package;

/// A model of the catalogue: data that the zoo stores and does not interpret.
///
/// Heads read `arch`, `recipe`, `labels` and the like in their own terms; a file's own metadata goes before the entry, a flag of the
/// user before both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// The name by which it is opened and pulled: lower-case letters, digits, `-`, `.`, `+`.
    pub name: String,
    /// The task it serves: `cls`, `det`, `seg`, `ocr`, `shitu`.
    pub task: String,
    /// What it is for, in one line.
    pub summary: String,
    /// The architecture's written form (`pplcnet-x0.5`); absent where only a graph is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// What differs from the architecture's defaults, by the names that the metadata of weight files use (`classes`, `stride_list`,
    /// `use_last_conv` …).
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub options: Map<String, Value>,
    /// The form of the file: `pdparams`, `safetensors`, `onnx`; `pth`, `pdiparams` for files that vtk can fetch and check but not run.
    pub format: String,
    /// How a picture becomes its input: a recipe's name or written form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<Value>,
    /// The classes: their names, the name of one of the zoo's lists ([`text_list`]), or `{"metadata": KEY}` where the file says them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Value>,
    /// What a result speaks of ("page orientation"), for messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
    /// What follows a label where it is a quantity (`°`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether each class is a yes or no of its own (a sigmoid each), not one out of all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multi_label: bool,
    /// The characters of a text recognizer: `list` (one of the zoo's), `file` (a companion) or `metadata` (a key of the file), and
    /// `blank`, `space`: whether those two classes are to be added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dictionary: Option<Value>,
    /// Thresholds that belong to the model, by the head's names.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub thresholds: Map<String, Value>,
    /// Published figures: rates in per cent, `params_m` and `flops_m` in millions, `flops_g` in thousands of millions, names that
    /// begin with `ms` in milliseconds.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub figures: Map<String, Value>,
    /// Who published the figures, on what data and which machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures_from: Option<String>,
    /// The licence of the weights.
    pub licence: String,
    /// Who made the model, and who offers this file.
    pub origin: String,
    /// Whether somebody of this project had the file in hand, and took its hash or read it, when the catalogue was written. If not, its
    /// address or hash is from a document or a repository's listing. An embedded model's file is the data crate's.
    #[serde(default)]
    pub verified: bool,
    /// What a user should know besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The model's file.
    #[serde(flatten)]
    pub file: ModelFile,
    /// Files that belong to it, such as a dictionary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<ModelFile>,
}

impl Entry {
    /// The model's file and its companions.
    pub fn files(&self) -> impl Iterator<Item = &ModelFile> {
        std::iter::once(&self.file).chain(&self.companions)
    }

    /// The names of the classes where the catalogue has them: listed in the entry, or in the list of the zoo that it names.
    pub fn label_names(&self) -> Option<Vec<String>> {
        match self.labels.as_ref()? {
            Value::String(list) => Some(text_list(list)?.lines().map(str::to_owned).collect()),
            Value::Array(names) => names.iter().map(|name| name.as_str().map(str::to_owned)).collect(),
            _ => None,
        }
    }

    /// The form that one of its files must have: the entry's for the model, for a companion what its name ends in.
    pub(crate) fn form_of<'a>(&'a self, file: &'a ModelFile) -> &'a str {
        if std::ptr::eq(file, &self.file) { &self.format } else { file.file.rsplit('.').next().unwrap_or_default() }
    }

    /// Whether it is known to be a data crate's model, compiled in where that crate is.
    pub fn is_embeddable(&self) -> bool {
        self.file.places.iter().any(|place| matches!(place, Place::Embedded { .. }))
    }
}

/// One file: its name, what is known of its bytes, and the places that have it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelFile {
    /// The name under which it lies in the cache.
    pub file: String,
    /// Its length, where it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Its SHA-256, where it was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its id in a git repository, where that is all that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub git_blob: Option<String>,
    /// Where it can be had, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
}

impl ModelFile {
    /// The hash to hold it to: SHA-256 before git's blob id. None for a file that nobody here has seen.
    pub fn hash(&self) -> Option<Hash> {
        let sha256 = self.sha256.clone().map(Hash::Sha256);
        sha256.or_else(|| self.git_blob.clone().map(Hash::GitBlob))
    }

    /// The package and member of its first place in a Python package.
    pub(crate) fn package(&self) -> Option<(&Package, &str)> {
        self.places.iter().find_map(|place| match place {
            Place::Package { package, member } => Some((package, member.as_str())),
            _ => None,
        })
    }
}

/// Where a file can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Place {
    /// A data crate that can be compiled in.
    Embedded {
        /// The crate's name.
        embedded: String,
    },
    /// A file inside a wheel of the Python package registry.
    Package {
        /// The package at one version.
        package: Package,
        /// The file's path inside the wheel.
        member: String,
    },
    /// A file inside a `.tar` at an address.
    Archive {
        /// The archive's address, `https://`.
        archive: String,
        /// The end of the path of the one regular file that is meant.
        member: String,
    },
    /// A file at an address.
    Url {
        /// The address, `https://`.
        url: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Embedded { embedded } => write!(f, "data crate {embedded}"),
            Place::Package { package, member } => write!(f, "{member} in the Python package {package}"),
            Place::Archive { archive, member } => write!(f, "{member} in {archive}"),
            Place::Url { url } => f.write_str(url),
        }
    }
}
