//! Bytes out of an archive into a file of the cache, no more than are allowed.

use std::io::{self, Read, Write};
use std::path::Path;

use crate::error::ZooError;

/// Where unpacked bytes go: a writer, and what messages call it.
pub(crate) struct Sink<'a> {
    pub(crate) out: &'a mut dyn Write,
    pub(crate) path: &'a Path,
}

/// Why not all was copied.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The source can't be read on.
    Source(io::Error),
    /// The source has more bytes than are allowed.
    TooMany,
    /// The file on this machine can't be written: no fault of the source.
    Ours(ZooError),
}

/// Copies all of `from`, at most `limit` bytes; how many they were.
pub(crate) fn copy(from: &mut dyn Read, to: &mut Sink<'_>, limit: u64) -> Result<u64, Stopped> {
    let mut block = vec![0u8; 1 << 16];
    let mut done = 0u64;
    loop {
        let n = match from.read(&mut block) {
            Ok(0) => return Ok(done),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(Stopped::Source(e)),
        };
        done = done.saturating_add(n as u64);
        if done > limit {
            return Err(Stopped::TooMany);
        }
        to.out.write_all(&block[..n]).map_err(|e| Stopped::Ours(ZooError::io("write", to.path)(e)))?;
    }
}
