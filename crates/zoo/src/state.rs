//! What is here, and whether it is intact.

use std::fs;
use std::path::PathBuf;

use crate::cache::{remove_if_there, remove_part};
use crate::digest::hash_file;
use crate::embedded::Embedded;
use crate::entry::{Entry, ModelFile};
use crate::error::{Mismatch, ZooError};
use crate::progress::{Event, Progress};
use crate::slot::Slot;
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
    /// Its place in the cache can't be looked at: no permission, or something else than a file stands there.
    Unreadable,
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
    /// Where it lies, or would lie; without a cache folder, nowhere.
    pub path: Option<PathBuf>,
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

/// What a broken pull has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    /// The model.
    pub name: String,
    /// The unfinished file.
    pub path: PathBuf,
    /// How many bytes it has.
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
            let Ok(slot) = self.cache.slot(entry, file) else { return FileState { file, path: None, here: false, recorded: None } };
            let recorded = (file.hash().is_none() && slot.record().is_file()).then(|| slot.record());
            FileState { file, here: slot.is_filled().unwrap_or(false), path: Some(slot.path), recorded }
        });
        Ok(Info { name: &entry.name, entry: Some(entry), embedded, state: self.state(entry), files: files.collect() })
    }

    /// Checks the files of these models, or, of none, of all that are here. Of an embedded model a file in the cache is checked too.
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`]; [`ZooError::NoCacheFolder`] where the files of a named model would lie in one; [`ZooError::Io`] for a
    /// cache folder that can't be looked into. What is wrong with a file is its verdict.
    pub fn verify(&self, names: &[&str]) -> Result<Vec<Verified>, ZooError> {
        let mut asked = names.to_vec();
        if names.is_empty() {
            self.cache.check()?;
            asked = self.list(None).into_iter().filter(|model| model.state != State::Absent).map(|model| model.name).collect();
        }
        let mut verified = Vec::new();
        for name in asked {
            let embedded = self.embedded().iter().find(|model| model.name == name);
            if let Some(model) = embedded {
                verified.push(Verified { name: name.to_owned(), path: PathBuf::from(model.file), verdict: Verdict::Embedded });
            }
            let Some(entry) = self.catalogue().get(name) else {
                if embedded.is_some() { continue } else { return Err(self.unknown(name)) }
            };
            for file in entry.files() {
                let slot = match self.cache.slot(entry, file) {
                    Err(_) if embedded.is_some() => continue,
                    slot => slot?,
                };
                let verdict = verdict(file, &slot);
                if embedded.is_none() || verdict != Verdict::Missing {
                    verified.push(Verified { name: name.to_owned(), path: slot.path, verdict });
                }
            }
        }
        Ok(verified)
    }

    /// Where a model's file lies.
    ///
    /// # Errors
    ///
    /// [`ZooError::Missing`] where it is not there, [`ZooError::Embedded`] for one that is compiled in and not in the cache besides,
    /// [`ZooError::UnknownModel`], [`ZooError::NoCacheFolder`], [`ZooError::Io`].
    pub fn path(&self, name: &str) -> Result<PathBuf, ZooError> {
        let embedded = self.embedded().iter().any(|model| model.name == name);
        let slot = match self.catalogue().get(name) {
            Some(entry) => self.cache.slot(entry, &entry.file).map(|slot| (entry, slot)),
            None if embedded => return Err(ZooError::Embedded { name: name.to_owned() }),
            None => return Err(self.unknown(name)),
        };
        match slot.and_then(|(entry, slot)| Ok((slot.is_filled()?, entry, slot.path))) {
            Ok((true, _, path)) => Ok(path),
            _ if embedded => Err(ZooError::Embedded { name: name.to_owned() }),
            Ok((false, entry, path)) => Err(self.missing(entry, &entry.file.file, &path)),
            Err(error) => Err(error),
        }
    }

    /// Removes a model's files from the cache, unfinished ones too. What the first pull recorded stays: [`forget`](Zoo::forget). Waits
    /// for a pull of it that runs ([`Event::Waiting`]).
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`], [`ZooError::Embedded`] for one that only exists compiled in, [`ZooError::NoCacheFolder`],
    /// [`ZooError::Io`].
    pub fn remove(&self, name: &str, progress: &mut Progress<'_>) -> Result<Removed, ZooError> {
        let mut removed = Removed::default();
        for slot in self.slots(name)? {
            if !slot.folder().is_dir() {
                continue;
            }
            let _lock = self.cache.lock(&slot, &mut || progress(&Event::Waiting))?;
            let paths = [slot.path.clone(), slot.part(), slot.archive()];
            let before = paths.map(|path| (fs::symlink_metadata(&path).map(|meta| meta.len()), path));
            remove_if_there(&slot.path)?;
            remove_part(&slot.part())?;
            remove_part(&slot.archive())?;
            for (len, path) in before {
                if let Ok(len) = len {
                    removed.bytes += len;
                    removed.files.push(path);
                }
            }
            self.cache.prune(slot.folder());
        }
        Ok(removed)
    }

    /// Forgets the hash that a model's first pull recorded, so that the next pull may bring another version; whether there was one.
    ///
    /// # Errors
    ///
    /// As [`remove`](Zoo::remove).
    pub fn forget(&self, name: &str, progress: &mut Progress<'_>) -> Result<bool, ZooError> {
        let mut any = false;
        for slot in self.slots(name)?.into_iter().filter(|slot| slot.record().is_file()) {
            let _lock = self.cache.lock(&slot, &mut || progress(&Event::Waiting))?;
            remove_if_there(&slot.record())?;
            self.cache.prune(slot.folder());
            any = true;
        }
        Ok(any)
    }

    /// What broken pulls have left in the cache: files of models that another pull goes on with, or that [`remove`](Zoo::remove)
    /// removes.
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let mut found = Vec::new();
        for entry in self.catalogue().entries() {
            for slot in entry.files().filter_map(|file| self.cache.slot(entry, file).ok()) {
                for path in [slot.part(), slot.archive()] {
                    if let Ok(meta) = fs::symlink_metadata(&path) {
                        found.push(Unfinished { name: entry.name.clone(), path, bytes: meta.len() });
                    }
                }
            }
        }
        found
    }

    fn slots(&self, name: &str) -> Result<Vec<Slot>, ZooError> {
        match self.catalogue().get(name) {
            Some(entry) => entry.files().map(|file| self.cache.slot(entry, file)).collect(),
            None if self.embedded().iter().any(|model| model.name == name) => Err(ZooError::Embedded { name: name.to_owned() }),
            None => Err(self.unknown(name)),
        }
    }

    fn state(&self, entry: &Entry) -> State {
        if self.embedded().iter().any(|model| model.name == entry.name) {
            return State::Embedded;
        }
        let (mut here, mut all) = (0, 0);
        for file in entry.files() {
            let Ok(slot) = self.cache.slot(entry, file) else { return State::Absent };
            match slot.is_filled() {
                Ok(filled) => here += usize::from(filled),
                Err(_) => return State::Unreadable,
            }
            all += 1;
        }
        match here {
            0 => State::Absent,
            n if n == all => State::Cached,
            _ => State::Partial,
        }
    }
}

fn verdict(file: &ModelFile, slot: &Slot) -> Verdict {
    let looked = slot.is_filled().and_then(|filled| if filled { slot.expected(file.hash()).map(Some) } else { Ok(None) });
    match looked {
        Ok(None) => Verdict::Missing,
        Ok(Some(None)) => Verdict::Unknown,
        Ok(Some(Some((expected, recorded)))) => match hash_file(&slot.path, &expected) {
            Ok(found) if found == expected => Verdict::Intact,
            Ok(found) => Verdict::Damaged(Mismatch { expected, found, recorded }),
            Err(error) => Verdict::Unreadable(error.to_string()),
        },
        // The path stands beside the verdict.
        Err(ZooError::Io { cause, .. }) => Verdict::Unreadable(cause.to_string()),
        Err(error) => Verdict::Unreadable(error.to_string()),
    }
}
