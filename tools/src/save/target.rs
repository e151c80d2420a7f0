//! Files to come, which appear under their names when they are whole.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::Own;
use super::temporary::Temporary;
use crate::failure::Failure;
use crate::print::plain;

/// A file to come.
#[derive(Debug)]
pub(crate) struct Target {
    path: PathBuf,
    force: bool,
}

impl Target {
    /// A file of this path, which has been looked at.
    pub(super) fn new(path: PathBuf, force: bool) -> Self {
        Self { path, force }
    }

    /// A file that `flag` names, and which is none of `own`.
    ///
    /// Refuses what could not be done or would destroy something.
    pub(crate) fn settled(flag: &str, path: &Path, force: bool, own: &Own) -> anyhow::Result<Self> {
        own.check(flag, path, force)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            bail!("{flag}: {} cannot be written: there is no folder {}", path.display(), folder.display());
        }
        Ok(Self::new(path.to_owned(), force))
    }

    /// Puts the bytes in place, by way of a file of another name in the same folder. A failure leaves what was there.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let failed = |error: io::Error| {
            let name = self.path.to_string_lossy();
            Failure::new("save", format!("{}: cannot be written: {error}", plain(&name)))
        };
        let mut temporary = Temporary::beside(&self.path).map_err(failed)?;
        temporary.file.write_all(bytes).and_then(|()| temporary.file.flush()).map_err(failed)?;
        if !self.force && fs::symlink_metadata(&self.path).is_ok() {
            return Err(failed(io::Error::new(ErrorKind::AlreadyExists, "it exists; --force overwrites it")));
        }
        temporary.rename(&self.path).map_err(failed)
    }
}

/// Files to come, numbered from 1: `NAME.TASK-1.png`.
#[derive(Debug)]
pub(crate) struct Parts {
    /// What stands before the number.
    path: PathBuf,
    force: bool,
}

impl Parts {
    /// Files whose names begin with `path`.
    pub(super) fn new(path: PathBuf, force: bool) -> Self {
        Self { path, force }
    }

    /// The file of a number.
    pub(crate) fn target(&self, number: usize) -> Target {
        Target::new(self.path(number), self.force)
    }

    /// Whether a file in their folder has a name that one of them could get.
    pub(super) fn may_be(&self, path: &Path) -> bool {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name(path).starts_with(&format!("{}-", name(&self.path)))
    }

    /// One of them, for messages.
    pub(super) fn example(&self) -> PathBuf {
        self.path(1)
    }

    fn path(&self, number: usize) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!("-{number}.png"));
        path.into()
    }
}
