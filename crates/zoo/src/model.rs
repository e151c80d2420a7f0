//! An opened model: bytes, and what is known of them.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::digest::sha256_hex;
use crate::entry::Entry;

/// A model's bytes with its name, its catalogue entry, and where it came from.
#[derive(Debug)]
pub struct Model {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) bytes: Cow<'static, [u8]>,
    pub(crate) companions: Vec<(String, Vec<u8>)>,
    pub(crate) entry: Option<Arc<Entry>>,
    pub(crate) origin: Origin,
    pub(crate) notice: Option<&'static str>,
    pub(crate) sha256: OnceLock<String>,
}

/// Where a model's bytes came from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A data crate that is compiled in.
    Embedded,
    /// The cache. `checked` tells whether the bytes agree with a hash that the catalogue or the first pull knows; without it somebody
    /// has put the file there, and nothing is known of it.
    Cache {
        /// The file.
        path: PathBuf,
        /// Whether its hash is a known one.
        checked: bool,
    },
    /// A file that the user named.
    Path(PathBuf),
}

impl Model {
    /// The catalogue's name, or the path that was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's own name: what messages about its content should say.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The file's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A file that belongs to the model, such as a dictionary, by its name.
    pub fn companion(&self, file: &str) -> Option<&[u8]> {
        self.companions.iter().find(|(name, _)| name == file).map(|(_, bytes)| bytes.as_slice())
    }

    /// What the catalogue knows of the model. For a file that the user named it is there if the bytes are those of an entry whose
    /// SHA-256 is known.
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.as_deref()
    }

    /// Where the bytes came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What a data crate asks to be said of its model: origin, credit, limits of use.
    pub fn notice(&self) -> Option<&'static str> {
        self.notice
    }

    /// The SHA-256 of the bytes, computed when first asked for.
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| sha256_hex(&self.bytes))
    }

    /// Gives up the bytes.
    pub fn into_bytes(self) -> Cow<'static, [u8]> {
        self.bytes
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Embedded => f.write_str("embedded"),
            Origin::Cache { path, checked: true } => write!(f, "{}", path.display()),
            Origin::Cache { path, checked: false } => write!(f, "{} (unverified)", path.display()),
            Origin::Path(path) => write!(f, "{}", path.display()),
        }
    }
}
