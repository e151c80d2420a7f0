//! What is here, and whether it is intact.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::{Slot, remove_if_there, remove_part};
use crate::digest::hash_file;
use crate::embedded::Embedded;
use crate::entry::{Entry, ModelFile};
use crate::error::{Mismatch, ZooError};
use crate::zoo::Zoo;

/// Whether a model is on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is compiled in.
    Embedded,
    /// All its files are in the cache; nothing is said of their bytes.
    Cached,
    /// Some of its files are in the cache.
    Partial,
    /// It is not here.
    Absent,
}

/// A model that is known by name.
#[derive(Clone, Debug)]
pub struct Listed<'z> {
    /// The name.
    pub name: &'z str,
    /// What the catalogue knows of it; an embedded model may be unknown to the catalogue.
    pub entry: Option<&'z Entry>,
    /// Whether it is here.
    pub state: State,
}

/// All that is known of a model.
#[derive(Clone, Debug)]
pub struct Info<'z> {
    /// The name.
    pub name: &'z str,
    /// What the catalogue knows of it.
    pub entry: Option<&'z Entry>,
    /// The data crate's words and bytes, if it is compiled in.
    pub embedded: Option<&'z Embedded>,
    /// Whether it is here.
    pub state: State,
    /// Its files in the cache, present or not.
    pub files: Vec<FileState<'z>>,
}

/// A file of a model, and its place in the cache.
#[derive(Clone, Debug)]
pub struct FileState<'z> {
    /// What the catalogue knows of it.
    pub file: &'z ModelFile,
    /// Where it lies, or would lie.
    pub path: PathBuf,
    /// Whether it does.
    pub here: bool,
    /// Where the hash of the first pull is recorded, if later pulls are held to that.
    pub recorded: Option<PathBuf>,
}

/// A checked file.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The model.
    pub name: String,
    /// The file; for an embedded model its name.
    pub path: PathBuf,
    /// What came out.
    pub verdict: Verdict,
}

/// What a check of a file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Its hash is that of the catalogue, or of the first pull.
    Intact,
    /// It is compiled in.
    Embedded,
    /// No hash of it is known: somebody has put it there.
    Unknown,
    /// It has another hash.
    Damaged(Mismatch),
    /// It belongs to the model and is not there.
    Missing,
    /// It cannot be read; why.
    Unreadable(String),
}

/// What a removal did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The files that are gone, unfinished ones included.
    pub files: Vec<PathBuf>,
    /// How many bytes they had.
    pub bytes: u64,
}

impl Zoo {
    /// All models that are known by name, of one task or of all: the catalogue's in its order, then embedded ones that it lacks.
    pub fn list(&self, task: Option<&str>) -> Vec<Listed<'_>> {
        let entries = self.catalogue().entries().filter(|entry| task.is_none_or(|task| entry.task == task));
        let known = entries.map(|entry| Listed { name: &entry.name, entry: Some(entry), state: self.state(entry) });
        let own = self.embedded().iter().filter(|model| task.is_none() && self.catalogue().get(model.name).is_none());
        known.chain(own.map(|model| Listed { name: model.name, entry: None, state: State::Embedded })).collect()
    }

    /// All that is known of a model.
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`].
    pub fn info(&self, name: &str) -> Result<Info<'_>, ZooError> {
        let embedded = self.embedded().iter().find(|model| model.name == name);
        let Some(entry) = self.catalogue().get(name) else {
            let model = embedded.ok_or_else(|| self.unknown(name))?;
            return Ok(Info { name: model.name, entry: None, embedded, state: State::Embedded, files: Vec::new() });
        };
        let files = entry.files().map(|file| {
            let slot = self.cache.slot(entry, file);
            let recorded = slot.expected(file.hash()).and_then(|(_, recorded)| recorded);
            FileState { file, here: slot.path.is_file(), path: slot.path, recorded }
        });
        Ok(Info { name: &entry.name, entry: Some(entry), embedded, state: self.state(entry), files: files.collect() })
    }

    /// Checks the files of these models, or, of none, of all that are here.
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`]. What is wrong with a file is its verdict.
    pub fn verify(&self, names: &[&str]) -> Result<Vec<Verified>, ZooError> {
        let mut asked = names.to_vec();
        if names.is_empty() {
            asked = self.list(None).into_iter().filter(|model| model.state != State::Absent).map(|model| model.name).collect();
        }
        let mut verified = Vec::new();
        for name in asked {
            if let Some(model) = self.embedded().iter().find(|model| model.name == name) {
                verified.push(Verified { name: name.to_owned(), path: PathBuf::from(model.file), verdict: Verdict::Embedded });
                continue;
            }
            let entry = self.catalogue().get(name).ok_or_else(|| self.unknown(name))?;
            for file in entry.files() {
                let slot = self.cache.slot(entry, file);
                let verdict = verdict(file, &slot);
                verified.push(Verified { name: name.to_owned(), path: slot.path, verdict });
            }
        }
        Ok(verified)
    }

    /// Where a model's file lies.
    ///
    /// # Errors
    ///
    /// [`ZooError::Missing`] where it is not there, [`ZooError::Embedded`] for one that is compiled in, [`ZooError::UnknownModel`].
    pub fn path(&self, name: &str) -> Result<PathBuf, ZooError> {
        let info = self.info(name)?;
        if info.embedded.is_some() {
            return Err(ZooError::Embedded { name: name.to_owned() });
        }
        match (info.entry, info.files.into_iter().next()) {
            (Some(entry), Some(state)) if !state.here => Err(self.missing(entry, &state.file.file, &state.path)),
            (_, Some(state)) => Ok(state.path),
            _ => Err(self.unknown(name)),
        }
    }

    /// Removes a model's files from the cache, unfinished ones too. What the first pull recorded stays: [`forget`](Zoo::forget).
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`], [`ZooError::Embedded`], [`ZooError::Io`].
    pub fn remove(&self, name: &str) -> Result<Removed, ZooError> {
        let mut removed = Removed::default();
        for slot in self.slots(name)? {
            if !slot.folder().is_dir() {
                continue;
            }
            let _lock = self.cache.lock(&slot, &mut || {})?;
            let before = [slot.path.clone(), slot.part(), slot.archive()].map(|path| (fs::metadata(&path).map(|meta| meta.len()), path));
            remove_if_there(&slot.path)?;
            remove_part(&slot.part())?;
            remove_part(&slot.archive())?;
            for (len, path) in before {
                if let Ok(len) = len {
                    removed.bytes += len;
                    removed.files.push(path);
                }
            }
            self.prune(slot.folder());
        }
        Ok(removed)
    }

    /// Forgets the hash that a model's first pull recorded, so that the next pull may bring another version; whether there was one.
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`], [`ZooError::Embedded`], [`ZooError::Io`].
    pub fn forget(&self, name: &str) -> Result<bool, ZooError> {
        let mut any = false;
        for slot in self.slots(name)?.into_iter().filter(|slot| slot.record().is_file()) {
            let _lock = self.cache.lock(&slot, &mut || {})?;
            remove_if_there(&slot.record())?;
            self.prune(slot.folder());
            any = true;
        }
        Ok(any)
    }

    fn slots(&self, name: &str) -> Result<Vec<Slot>, ZooError> {
        match self.catalogue().get(name) {
            Some(entry) => Ok(entry.files().map(|file| self.cache.slot(entry, file)).collect()),
            None if self.embedded().iter().any(|model| model.name == name) => Err(ZooError::Embedded { name: name.to_owned() }),
            None => Err(self.unknown(name)),
        }
    }

    fn state(&self, entry: &Entry) -> State {
        if self.embedded().iter().any(|model| model.name == entry.name) {
            return State::Embedded;
        }
        let here = entry.files().filter(|file| self.cache.slot(entry, file).path.is_file()).count();
        match here {
            0 => State::Absent,
            n if n == entry.files().count() => State::Cached,
            _ => State::Partial,
        }
    }

    /// Removes folders that have become empty, up to the cache folder.
    fn prune(&self, folder: &Path) {
        let inside = folder.ancestors().take_while(|folder| folder.starts_with(self.folder()) && *folder != self.folder());
        for folder in inside {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

fn verdict(file: &ModelFile, slot: &Slot) -> Verdict {
    if !slot.path.is_file() {
        return Verdict::Missing;
    }
    let Some((expected, recorded)) = slot.expected(file.hash()) else {
        return Verdict::Unknown;
    };
    match hash_file(&slot.path, &expected) {
        Ok(found) if found == expected => Verdict::Intact,
        Ok(found) => Verdict::Damaged(Mismatch { expected, found, recorded }),
        Err(error) => Verdict::Unreadable(error.to_string()),
    }
}
