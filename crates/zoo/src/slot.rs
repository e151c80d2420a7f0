//! A place in the cache: the file, what stands beside it, and the record of its first pull.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cache::{is_absence, is_hex, remove_if_there, sync_folder, with_suffix};
use crate::digest::{Hash, hash_file};
use crate::error::ZooError;

/// A place in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The file.
    pub(crate) path: PathBuf,
    /// What is locked while it is filled.
    pub(crate) scope: String,
    /// The model, or the package, that the file is of.
    pub(crate) owner: String,
}

impl Slot {
    /// Where bytes stand until they are complete and checked.
    pub(crate) fn part(&self) -> PathBuf {
        with_suffix(&self.path, ".part")
    }

    /// Where the archive that has the file stands while it arrives.
    pub(crate) fn archive(&self) -> PathBuf {
        with_suffix(&self.path, ".tar.part")
    }

    /// Where the hash of the first pull stands.
    pub(crate) fn record(&self) -> PathBuf {
        with_suffix(&self.path, ".sha256")
    }

    /// Whether a file stands there. What hides the answer, such as a folder without permission, is no "no".
    pub(crate) fn is_filled(&self) -> Result<bool, ZooError> {
        let look = ZooError::io("see whether the model is here", &self.path);
        match fs::metadata(&self.path) {
            Ok(meta) if meta.is_file() => Ok(true),
            Ok(_) => Err(look(io::Error::other("a folder or a device stands in the file's place"))),
            Err(e) if is_absence(&e) => Ok(false),
            Err(e) => Err(look(e)),
        }
    }

    /// The hash of the first pull, if there is a record of it. One that can't be read is an error: trust must not end by a torn file.
    pub(crate) fn recorded(&self) -> Result<Option<String>, ZooError> {
        let path = self.record();
        let bent = |what: String| ZooError::Record { name: self.owner.clone(), path: path.clone(), what };
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if is_absence(&e) => return Ok(None),
            Err(e) => return Err(bent(e.to_string())),
        };
        let text = String::from_utf8_lossy(&bytes);
        match text.split_whitespace().next() {
            Some(hex) if is_hex(hex, 64) => Ok(Some(hex.to_owned())),
            _ => Err(bent("it does not begin with a SHA-256 of 64 digits".to_owned())),
        }
    }

    /// The hash to hold the file to, the catalogue's before that of the first pull; and where the latter is recorded if it is the one.
    pub(crate) fn expected(&self, known: Option<Hash>) -> Result<Option<(Hash, Option<PathBuf>)>, ZooError> {
        match known {
            Some(hash) => Ok(Some((hash, None))),
            None => Ok(self.recorded()?.map(|hex| (Hash::Sha256(hex), Some(self.record())))),
        }
    }

    /// Whether the file stands there already and is what it should be. A damaged one is as good as none.
    pub(crate) fn stands(&self, known: Option<Hash>) -> Result<bool, ZooError> {
        if !self.is_filled()? {
            return Ok(false);
        }
        match self.expected(known)? {
            None => Ok(true),
            Some((expected, _)) => Ok(hash_file(&self.path, &expected).map_err(ZooError::io("read", &self.path))? == expected),
        }
    }

    /// Records the hash of the first pull, to which later ones are held.
    pub(crate) fn record_hash(&self, sha256: &str) -> Result<(), ZooError> {
        let (path, name) = (self.record(), self.path.file_name().unwrap_or_default().to_string_lossy());
        let part = with_suffix(&path, ".part");
        let mut file = create(&part)?;
        let written = writeln!(file, "{sha256}  {name}").and_then(|()| file.sync_all());
        written.map_err(ZooError::io("write", &part))?;
        fs::rename(&part, &path).map_err(ZooError::io("put the finished file there", &path))
    }

    /// The folder that the file stands in.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Makes that folder.
    pub(crate) fn make_folder(&self) -> Result<(), ZooError> {
        fs::create_dir_all(self.folder()).map_err(ZooError::io("make the folder", self.folder()))
    }

    /// Gives the complete and checked `.part` file its final name, and sees that the name survives a power cut.
    pub(crate) fn publish(&self) -> Result<(), ZooError> {
        fs::rename(self.part(), &self.path).map_err(ZooError::io("put the finished file there", &self.path))?;
        sync_folder(self.folder())
    }
}

/// Makes a file of our own in place of whatever has the name: a link there is removed, never written through.
pub(crate) fn create(path: &Path) -> Result<File, ZooError> {
    remove_if_there(path)?;
    File::options().write(true).create_new(true).open(path).map_err(ZooError::io("write", path))
}
