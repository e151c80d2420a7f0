//! Files that are still being written. None outlives the program, also where a signal ends it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Those that exist now.
static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Tells them apart. None is used twice: the name of one that has got its own could else be another's already.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A new hidden file, removed when it is dropped. (A folder's pictures are listed without hidden ones.)
pub(super) struct Temporary {
    /// What is written to.
    pub(super) file: File,
    path: PathBuf,
    placed: bool,
}

impl Temporary {
    /// One in the folder of `target`, under a short name: the target's own may be as long as names can be.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        signals::watch();
        // Held meanwhile: a signal's thread finds each file that was made.
        let mut all = all();
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!(".vtk-{}-{number}.tmp", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    all.push(path.clone());
                    return Ok(Self { file, path, placed: false });
                }
                // Left by a process of the same number that was killed.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Gives the file its name, in place of what stands there.
    pub(super) fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.placed {
            // Of a failure the first error is the one to report.
            let _ = fs::remove_file(&self.path);
        }
        all().retain(|path| *path != self.path);
    }
}

fn all() -> MutexGuard<'static, Vec<PathBuf>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(unix)]
mod signals {
    use std::fs;
    use std::sync::Once;
    use std::thread;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    /// From now on a signal that ends the program takes unfinished files away first. It ends it all the same, so that whoever waits for
    /// the program learns why.
    pub(super) fn watch() {
        static WATCHED: Once = Once::new();
        WATCHED.call_once(|| {
            // Without it the program works, and a signal may leave a hidden file.
            let heeded = [SIGINT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal));
            let Ok(mut signals) = Signals::new(heeded) else { return };
            let wait = move || {
                for signal in signals.forever() {
                    // Never given back: no further file is made.
                    let all = super::all();
                    all.iter().for_each(|path| drop(fs::remove_file(path)));
                    let _ = emulate_default_handler(signal);
                }
            };
            let _ = thread::Builder::new().name("vtk-signals".into()).spawn(wait);
        });
    }

    /// Whether who started the program has it ignore a signal, as shells do for what runs in the background. Known on Linux alone.
    fn is_ignored(signal: i32) -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }
}

#[cfg(not(unix))]
mod signals {
    pub(super) fn watch() {}
}
