//! A file that is still arriving.
//!
//! Its bytes stand in `FILE.part`. Beside it `FILE.part.json` says how many of them are surely on disk, and of which version of which
//! address they are; a later pull goes on from there and never from bytes that a power cut may have lost.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cache::{note_path, remove_if_there, remove_part};
use crate::error::ZooError;

/// After so many bytes they are first written through to the disk and noted; then whenever they have doubled, and at least every
/// `MOST_STEP`. Less often costs more of a broken pull, more often time.
const FIRST_STEP: u64 = 256 << 10;
const MOST_STEP: u64 = 4 << 20;

/// What `FILE.part.json` holds.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    url: String,
    validator: Option<String>,
    bytes: u64,
}

/// An open `.part` file.
#[derive(Debug)]
pub(crate) struct Part {
    path: PathBuf,
    url: String,
    file: File,
    len: u64,
    noted: u64,
    validator: Option<String>,
}

impl Part {
    /// Opens the part of a file that comes from `url`. Bytes of an earlier pull are kept if they are noted to be of that address.
    pub(crate) fn open(path: &Path, url: &str) -> Result<Part, ZooError> {
        // A link there would lead the bytes to another file: it goes.
        for own in [path.to_owned(), note_path(path)] {
            if fs::symlink_metadata(&own).is_ok_and(|meta| meta.is_symlink()) {
                remove_if_there(&own)?;
            }
        }
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(path).map_err(ZooError::io("write", path))?;
        let there = file.metadata().map_err(ZooError::io("read", path))?.len();
        let note = read_note(path).filter(|note| note.url == url && note.bytes <= there);
        let (len, validator) = note.map_or((0, None), |note| (note.bytes, note.validator));
        file.set_len(len).and_then(|()| file.seek(SeekFrom::End(0))).map_err(ZooError::io("write", path))?;
        Ok(Part { path: path.to_owned(), url: url.to_owned(), file, len, noted: len, validator })
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// What the server called the version that the bytes are of.
    pub(crate) fn validator(&self) -> Option<&str> {
        self.validator.as_deref()
    }

    /// Begins anew with another version.
    pub(crate) fn restart(&mut self, validator: Option<String>) -> Result<(), ZooError> {
        remove_if_there(&note_path(&self.path))?;
        self.file.set_len(0).and_then(|()| self.file.rewind()).map_err(ZooError::io("write", &self.path))?;
        (self.len, self.noted, self.validator) = (0, 0, validator);
        Ok(())
    }

    /// Appends bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), ZooError> {
        self.file.write_all(bytes).map_err(ZooError::io("write", &self.path))?;
        self.len += bytes.len() as u64;
        if self.len - self.noted >= self.noted.clamp(FIRST_STEP, MOST_STEP) { self.note() } else { Ok(()) }
    }

    /// Writes all bytes so far through to the disk and notes how many they are.
    pub(crate) fn note(&mut self) -> Result<(), ZooError> {
        self.file.sync_data().map_err(ZooError::io("write to disk", &self.path))?;
        let note = Note { url: self.url.clone(), validator: self.validator.clone(), bytes: self.len };
        let path = note_path(&self.path);
        let text = serde_json::to_vec(&note).map_err(|e| ZooError::io("write", &path)(io::Error::from(e)))?;
        fs::write(&path, text).map_err(ZooError::io("write", &path))?;
        self.noted = self.len;
        Ok(())
    }

    /// Writes all through to the disk; the note is of no more use.
    pub(crate) fn complete(self) -> Result<(), ZooError> {
        self.file.sync_all().map_err(ZooError::io("write to disk", &self.path))?;
        remove_if_there(&note_path(&self.path))
    }

    /// Removes it all.
    pub(crate) fn discard(self) -> Result<(), ZooError> {
        drop(self.file);
        remove_part(&self.path)
    }
}

/// The note beside a part; one that is torn or not a note counts as none.
fn read_note(path: &Path) -> Option<Note> {
    serde_json::from_slice(&fs::read(note_path(path)).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.org/f";

    #[test]
    fn only_noted_bytes_of_the_same_address_are_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.part");
        let mut part = Part::open(&path, URL).unwrap();
        part.restart(Some("\"v1\"".to_owned())).unwrap();
        part.write(b"noted").unwrap();
        part.note().unwrap();
        part.write(b" and not noted").unwrap();
        drop(part);

        let part = Part::open(&path, URL).unwrap();
        assert_eq!((part.len(), part.validator()), (5, Some("\"v1\"")));
        assert_eq!(fs::read(&path).unwrap(), b"noted");
        drop(part);
        let part = Part::open(&path, "https://example.org/g").unwrap();
        assert_eq!((part.len(), part.validator()), (0, None));
    }

    #[test]
    fn a_note_that_promises_too_much_or_is_torn_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.part");
        let note = format!(r#"{{"url":"{URL}","validator":null,"bytes":9}}"#);
        for (bytes, note) in [(&b"12345678"[..], note.as_str()), (b"123456789", &note[..20]), (b"123456789", "")] {
            fs::write(&path, bytes).unwrap();
            fs::write(note_path(&path), note).unwrap();
            assert_eq!(Part::open(&path, URL).unwrap().len(), 0, "{note}");
        }
        fs::write(&path, b"123456789").unwrap();
        fs::write(note_path(&path), &note).unwrap();
        let part = Part::open(&path, URL).unwrap();
        assert_eq!(part.len(), 9);
        part.discard().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_first_bytes_are_noted_early_and_later_ones_when_they_have_doubled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.part");
        let mut part = Part::open(&path, URL).unwrap();
        let noted: Vec<u64> = (0..8)
            .map(|_| {
                part.write(&[7; 128 << 10]).unwrap();
                read_note(&path).map_or(0, |note| note.bytes) >> 10
            })
            .collect();
        assert_eq!(noted, [0, 256, 256, 512, 512, 512, 512, 1024]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_never_written_through() {
        let folder = tempfile::tempdir().unwrap();
        let (path, kept) = (folder.path().join("f.part"), folder.path().join("kept"));
        fs::write(&kept, b"precious").unwrap();
        for own in [path.clone(), note_path(&path)] {
            std::os::unix::fs::symlink(&kept, own).unwrap();
        }
        let mut part = Part::open(&path, URL).unwrap();
        part.write(b"bytes").unwrap();
        part.note().unwrap();
        assert_eq!(fs::read(&kept).unwrap(), b"precious");
        assert_eq!(fs::read(&path).unwrap(), b"bytes");
    }

    #[test]
    fn bytes_are_noted_at_every_step() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.part");
        let mut part = Part::open(&path, URL).unwrap();
        let block = vec![7; 3 << 20];
        for (written, noted) in [(3 << 20, 3 << 20), (6 << 20, 6 << 20), (9 << 20, 6 << 20), (12 << 20, 12 << 20)] {
            part.write(&block).unwrap();
            assert_eq!((part.len(), read_note(&path).map_or(0, |note| note.bytes)), (written, noted));
        }
    }
}
