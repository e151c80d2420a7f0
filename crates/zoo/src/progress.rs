//! What a pull tells while it runs.

use std::path::Path;

use crate::entry::Place;

/// One thing that happened in a pull.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A file of this name is about to be fetched from this place.
    Begin {
        /// The file's name.
        file: &'a str,
        /// Where its bytes come from.
        place: &'a Place,
    },
    /// So many bytes have arrived. Places that cannot be watched (pip) report none.
    Bytes {
        /// Bytes on disk so far, those of an earlier, interrupted pull included.
        done: u64,
        /// How many there will be, where that is known.
        total: Option<u64>,
    },
    /// Another process is pulling the same model; this one waits for it.
    Waiting,
    /// The file stands checked under its final name.
    Ready {
        /// That name.
        path: &'a Path,
        /// Whether it stood there before, so that nothing was fetched.
        before: bool,
    },
    /// A place failed, and another will be tried.
    Failed {
        /// Which place.
        place: &'a Place,
        /// Why.
        error: &'a crate::ZooError,
    },
}

/// Receives the events of a pull; `&mut |_| {}` for none.
pub type Progress<'p> = dyn FnMut(&Event<'_>) + 'p;
