//! The way from a name or a path to bytes.

use std::borrow::Cow;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
#[cfg(feature = "fetch")]
use std::time::Duration;

use crate::cache::{Cache, check_member};
use crate::catalogue::Catalogue;
use crate::digest::{Hash, hash_bytes, hash_file, sha256_hex};
use crate::embedded::Embedded;
use crate::entry::{Entry, ModelFile, Place};
use crate::error::{Mismatch, ZooError};
use crate::form;
use crate::model::{Model, Origin};
use crate::package::Package;
use crate::pip;
use crate::slot::Slot;
use crate::ways::{by_pip, ways};

/// More than any official model has: PP-ShiTu's training checkpoints come to about 400 MB.
const MOST_BYTES: u64 = 1 << 30;

/// Finds models by name or path: embedded, in the cache folder, or a file of the user's.
///
/// Cheap to make; nothing is read or written before something is asked for.
#[derive(Clone, Debug)]
pub struct Zoo {
    pub(crate) cache: Cache,
    pub(crate) python: OsString,
    pub(crate) limit: u64,
    #[cfg(feature = "fetch")]
    pub(crate) patience: Duration,
    #[cfg(feature = "fetch")]
    pub(crate) loopback_http: bool,
    catalogue: Arc<Catalogue>,
    embedded: Vec<Embedded>,
}

impl Zoo {
    /// A zoo with the official catalogue, no embedded models, and this cache folder ([`default_folder`](crate::default_folder) is the
    /// usual one). The folder need not exist. An empty path is no folder, not the one where the user stands.
    pub fn new(cache: impl AsRef<Path>) -> Zoo {
        Zoo { cache: Cache::new(cache.as_ref()), ..Zoo::without_folder() }
    }

    /// A zoo without a cache folder. Embedded models and files by their paths are opened as ever; all that would look into a folder
    /// answers [`ZooError::NoCacheFolder`].
    pub fn without_folder() -> Zoo {
        Zoo {
            cache: Cache::none(),
            python: pip::default_python(),
            limit: MOST_BYTES,
            #[cfg(feature = "fetch")]
            patience: Duration::from_secs(30),
            #[cfg(feature = "fetch")]
            loopback_http: false,
            catalogue: Arc::new(Catalogue::official().clone()),
            embedded: Vec::new(),
        }
    }

    /// Registers embedded models. One whose name the catalogue has is described by that entry and goes before the cache.
    pub fn with_embedded(mut self, models: &[Embedded]) -> Zoo {
        self.embedded.extend_from_slice(models);
        self
    }

    /// Takes another catalogue in place of the official one.
    pub fn with_catalogue(mut self, catalogue: Catalogue) -> Zoo {
        self.catalogue = Arc::new(catalogue);
        self
    }

    /// The Python that pulls wheels, a program's name or absolute path; `python3` (on Windows `python`) where this is not called.
    pub fn with_python(mut self, program: impl Into<OsString>) -> Zoo {
        self.python = program.into();
        self
    }

    /// The most bytes that a model file may have; 1 GiB where this is not called.
    pub fn with_limit(mut self, bytes: u64) -> Zoo {
        self.limit = bytes;
        self
    }

    /// How long a silent server is waited for, before a pull tries again or gives up; 30 seconds where this is not called.
    #[cfg(feature = "fetch")]
    pub fn with_patience(mut self, silence: Duration) -> Zoo {
        self.patience = silence;
        self
    }

    /// Lets pulls ask `http://127.0.0.1:PORT` too, and leaves proxies alone: for tests against a server of their own. Nothing else that
    /// is not `https` is ever asked.
    #[cfg(feature = "fetch")]
    #[doc(hidden)]
    pub fn with_loopback_http(mut self) -> Zoo {
        self.loopback_http = true;
        self
    }

    /// The models that are known by name, whether they are here or not.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The models that are compiled in.
    pub fn embedded(&self) -> &[Embedded] {
        &self.embedded
    }

    /// The cache folder, if there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.cache.root()
    }

    /// Opens a model by its name, or a file by its path.
    ///
    /// A name of an embedded model or of the catalogue is that model, even if a file of the same name lies about: `./NAME` is the
    /// file. An embedded model goes before the cache. A file in the cache is checked against the hash that the catalogue or its first
    /// pull knows; of one that somebody has put there, and of which no hash is known, the hash is recorded now, so that it is held to
    /// that from then on. Never touches the network.
    ///
    /// # Errors
    ///
    /// [`ZooError::NoCacheFolder`], [`ZooError::Record`], [`ZooError::Missing`] for a known model whose bytes are not here, [`ZooError::Damaged`] for one whose bytes are others,
    /// [`ZooError::UnknownModel`], [`ZooError::NoSuchFile`], [`ZooError::NotAFile`], [`ZooError::TooLarge`], [`ZooError::Io`].
    pub fn open(&self, name_or_path: &str) -> Result<Model, ZooError> {
        if let Some(embedded) = self.embedded.iter().find(|model| model.name == name_or_path) {
            return Ok(self.open_embedded(embedded));
        }
        if let Some(entry) = self.catalogue.shared(name_or_path) {
            return self.open_cached(entry);
        }
        let path = Path::new(name_or_path);
        if path.exists() || looks_like_a_path(name_or_path) { self.open_path(path) } else { Err(self.unknown(name_or_path)) }
    }

    /// Opens a file, whatever its name.
    ///
    /// # Errors
    ///
    /// [`ZooError::NoSuchFile`], [`ZooError::NotAFile`], [`ZooError::TooLarge`], [`ZooError::Io`].
    pub fn open_path(&self, path: &Path) -> Result<Model, ZooError> {
        let bytes = read_file(path, self.limit)?;
        let sha256 = sha256_hex(&bytes);
        Ok(Model {
            name: path.display().to_string(),
            file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            entry: self.catalogue.with_sha256(&sha256).cloned(),
            bytes: Cow::Owned(bytes),
            companions: Vec::new(),
            origin: Origin::Path(path.to_owned()),
            notice: None,
            sha256: OnceLock::from(sha256),
        })
    }

    /// A file out of a Python package, as it lies in the cache, if its SHA-256 is the one given. Never touches the network.
    ///
    /// # Errors
    ///
    /// [`ZooError::Missing`] where it is not there: [`pull_package_members`](Zoo::pull_package_members) gets it;
    /// [`ZooError::Damaged`] where it is another file; [`ZooError::NoCacheFolder`]; [`ZooError::Package`], [`ZooError::Member`] for text that is not what it should be.
    pub fn package_member(&self, package: &str, member: &str, sha256: &str) -> Result<PathBuf, ZooError> {
        let package: Package = package.parse()?;
        check_member(member)?;
        let slot = self.cache.member_slot(&package, member)?;
        let (filled, path) = (slot.is_filled()?, slot.path);
        if !filled {
            return Err(ZooError::Missing { name: package.to_string(), file: member.to_owned(), ways: by_pip(&package, member), path });
        }
        let expected = Hash::Sha256(sha256.to_owned());
        let found = hash_file(&path, &expected).map_err(ZooError::io("read", &path))?;
        if found != expected {
            let mismatch = Box::new(Mismatch { expected, found, recorded: None });
            return Err(ZooError::Damaged { name: package.to_string(), path, mismatch });
        }
        Ok(path)
    }

    fn open_embedded(&self, embedded: &Embedded) -> Model {
        Model {
            name: embedded.name.to_owned(),
            file: embedded.file.to_owned(),
            bytes: Cow::Borrowed(embedded.bytes),
            companions: Vec::new(),
            entry: self.catalogue.shared(embedded.name).cloned(),
            origin: Origin::Embedded,
            notice: Some(embedded.notice),
            sha256: OnceLock::new(),
        }
    }

    fn open_cached(&self, entry: &Arc<Entry>) -> Result<Model, ZooError> {
        let slot = self.cache.slot(entry, &entry.file)?;
        let (bytes, checked) = self.read_checked(entry, &entry.file, &slot)?;
        let mut companions = Vec::new();
        for file in &entry.companions {
            let (bytes, _) = self.read_checked(entry, file, &self.cache.slot(entry, file)?)?;
            companions.push((file.file.clone(), bytes));
        }
        Ok(Model {
            name: entry.name.clone(),
            file: entry.file.file.clone(),
            bytes: Cow::Owned(bytes),
            companions,
            entry: Some(Arc::clone(entry)),
            origin: Origin::Cache { path: slot.path, checked },
            notice: None,
            sha256: OnceLock::new(),
        })
    }

    /// A file of the cache, and whether a hash was known to check it against.
    fn read_checked(&self, entry: &Entry, file: &ModelFile, slot: &Slot) -> Result<(Vec<u8>, bool), ZooError> {
        if !slot.is_filled()? {
            return Err(self.missing(entry, &file.file, &slot.path));
        }
        let bytes = read_file(&slot.path, self.limit)?;
        let Some((expected, recorded)) = slot.expected(file.hash())? else {
            self.record_first_use(entry, file, slot, &bytes);
            return Ok((bytes, false));
        };
        let found = hash_bytes(&bytes, &expected);
        if found != expected {
            let mismatch = Box::new(Mismatch { expected, found, recorded });
            return Err(ZooError::Damaged { name: entry.name.clone(), path: slot.path.clone(), mismatch });
        }
        Ok((bytes, true))
    }

    /// Records the hash of a file that somebody has put there, if it can be such a file and the folder can be written. Nobody waits for
    /// that: a pull that holds the lock records what it brings.
    fn record_first_use(&self, entry: &Entry, file: &ModelFile, slot: &Slot, bytes: &[u8]) {
        if form::check(entry.form_of(file), bytes).is_ok()
            && let Some(_lock) = self.cache.lock_if_free(slot)
        {
            // Where it can't be recorded the next use says "unverified" again.
            let _: Result<(), ZooError> = slot.record_hash(&sha256_hex(bytes));
        }
    }

    pub(crate) fn missing(&self, entry: &Entry, file: &str, path: &Path) -> ZooError {
        let places: Vec<&Place> = entry.files().filter(|known| known.file == file).flat_map(|known| &known.places).collect();
        ZooError::Missing { name: entry.name.clone(), file: file.to_owned(), path: path.to_owned(), ways: ways(&entry.name, &places) }
    }

    pub(crate) fn unknown(&self, name: &str) -> ZooError {
        let near = match self.catalogue.set(name) {
            Some(models) => models.to_vec(),
            None => self.catalogue.near(name, self.embedded.iter().map(|model| model.name)),
        };
        ZooError::UnknownModel { name: name.to_owned(), near }
    }
}

fn looks_like_a_path(text: &str) -> bool {
    let known = ["onnx", "pdparams", "safetensors", "pdiparams", "pth"];
    text.contains(['/', '\\']) || Path::new(text).extension().is_some_and(|e| known.iter().any(|k| e.eq_ignore_ascii_case(k)))
}

fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, ZooError> {
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(ZooError::NoSuchFile { path: path.to_owned() }),
        Err(e) => return Err(ZooError::io("read", path)(e)),
    };
    if !meta.is_file() {
        return Err(ZooError::NotAFile { path: path.to_owned() });
    }
    let too_large = || ZooError::TooLarge { what: path.display().to_string(), limit };
    if meta.len() > limit {
        return Err(too_large());
    }
    let file = File::open(path).map_err(ZooError::io("open", path))?;
    // One byte more than allowed tells a file that grows.
    let mut bytes = Vec::new();
    bytes.try_reserve(usize::try_from(meta.len()).map_err(|_| too_large())?).map_err(|_| too_large())?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(ZooError::io("read", path))?;
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(bytes)
}
