//! What is read, and so must never be written: whatever name it is reached by.

use std::collections::HashSet;
use std::fs;
#[cfg(unix)]
use std::fs::File;
#[cfg(unix)]
use std::io;
#[cfg(unix)]
use std::os::{fd::AsFd, unix::fs::MetadataExt};
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::inputs::Input;

/// The inputs themselves, those that can't be read too.
pub(crate) struct Own {
    paths: HashSet<PathBuf>,
    stdin: Option<FileId>,
}

impl Own {
    /// Those of a run.
    pub(super) fn of(inputs: &[Input]) -> Self {
        let stdin = inputs.iter().any(Input::is_stdin).then(FileId::of_stdin).flatten();
        Self { stdin, ..Self::files(inputs.iter().filter_map(Input::path).map(Path::to_owned)) }
    }

    /// Files that are read beside the inputs.
    pub(crate) fn files(paths: impl IntoIterator<Item = PathBuf>) -> Self {
        Self { paths: paths.into_iter().filter_map(|path| fs::canonicalize(path).ok()).collect(), stdin: None }
    }

    /// Refuses a file to come that is one of them, that exists where that is not allowed, or that is a folder.
    pub(crate) fn check(&self, flag: &str, target: &Path, force: bool) -> anyhow::Result<()> {
        let shown = target.display();
        if self.holds(target) {
            bail!("{flag}: {shown} is one of the inputs, which are never overwritten; name another folder or file");
        }
        if target.is_dir() {
            bail!("{flag}: {shown} is a folder, and a file is to be saved there; move it, or name another");
        }
        if !force && fs::symlink_metadata(target).is_ok() {
            bail!("{flag}: {shown} exists; --force overwrites it");
        }
        Ok(())
    }

    pub(super) fn holds(&self, path: &Path) -> bool {
        fs::canonicalize(path).is_ok_and(|there| self.paths.contains(&there)) || self.stdin.is_some() && self.stdin == FileId::of(path)
    }
}

/// What tells a file by whatever name it is reached. Unknown where the system's numbers are not at hand.
#[derive(PartialEq, Eq)]
struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|found| Self::from(&found))
    }

    /// The file that standard input was redirected from.
    #[cfg(unix)]
    fn of_stdin() -> Option<Self> {
        let stdin = File::from(io::stdin().as_fd().try_clone_to_owned().ok()?);
        stdin.metadata().ok().filter(fs::Metadata::is_file).map(|found| Self::from(&found))
    }

    #[cfg(not(unix))]
    fn of(_: &Path) -> Option<Self> {
        None
    }

    #[cfg(not(unix))]
    fn of_stdin() -> Option<Self> {
        None
    }
}

#[cfg(unix)]
impl From<&fs::Metadata> for FileId {
    fn from(found: &fs::Metadata) -> Self {
        Self(found.dev(), found.ino())
    }
}
