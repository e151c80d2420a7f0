//! One file out of a `.tar`.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Component, Path};

use tar::{Archive, EntryType};

use crate::copy::{Sink, Stopped, copy};
use crate::error::ZooError;

/// Copies to `out` the one regular file of the archive whose path ends in `member`; the number of bytes. The archive's own paths are
/// only compared, never made: one that would lead out of a folder (`..`, absolute) condemns the archive.
pub(crate) fn unpack(name: &str, archive: &Path, member: &str, limit: u64, out: &mut Sink<'_>) -> Result<u64, ZooError> {
    let broken = |message: String| ZooError::Archive { archive: name.to_owned(), message };
    let file = File::open(archive).map_err(ZooError::io("open", archive))?;
    let mut tar = Archive::new(BufReader::new(file));
    let unsound = |e: io::Error| broken(format!("not a sound tar archive: {e}"));
    let mut found = None;
    for entry in tar.entries().map_err(unsound)? {
        let mut entry = entry.map_err(unsound)?;
        let path = entry.path().map_err(unsound)?.into_owned();
        if !path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Err(broken(format!("holds the path {}, which leads out of its folder", path.display())));
        }
        if !path.ends_with(member) || entry.header().entry_type() == EntryType::Directory {
            continue;
        }
        if !matches!(entry.header().entry_type(), EntryType::Regular | EntryType::Continuous) {
            return Err(broken(format!("{} is not a regular file", path.display())));
        }
        if found.is_some() {
            return Err(broken(format!("has more than one {member}")));
        }
        let too_large = || ZooError::TooLarge { what: format!("{member} in {name}"), limit };
        if entry.size() > limit {
            return Err(too_large());
        }
        let size = entry.size();
        let copied = copy(&mut entry, out, limit).map_err(|stopped| match stopped {
            Stopped::Source(e) => broken(e.to_string()),
            Stopped::TooMany => too_large(),
            Stopped::Ours(error) => error,
        })?;
        if copied != size {
            return Err(broken(format!("ends within {member}")));
        }
        found = Some(copied);
    }
    found.ok_or_else(|| broken(format!("has no file {member}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tar::{Builder, Header};

    /// A tar of (path, type, link, bytes), the path written as it is.
    fn tar_of(entries: &[(&str, EntryType, &str, &[u8])]) -> Vec<u8> {
        let mut tar = Builder::new(Vec::new());
        for (path, kind, link, bytes) in entries {
            let mut header = Header::new_gnu();
            header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
            header.as_old_mut().linkname[..link.len()].copy_from_slice(link.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            tar.append(&header, *bytes).unwrap();
        }
        tar.into_inner().unwrap()
    }

    fn unpacked(tar: &[u8], limit: u64) -> Result<Vec<u8>, ZooError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.tar");
        std::fs::write(&path, tar).unwrap();
        let mut out = Vec::new();
        let n = unpack("x.tar", &path, "m.bin", limit, &mut Sink { out: &mut out, path: &path })?;
        assert_eq!(n, out.len() as u64);
        Ok(out)
    }

    const FILE: EntryType = EntryType::Regular;

    #[test]
    fn the_one_file_meant_is_found_in_any_folder() {
        for path in ["m.bin", "./m.bin", "model_infer/m.bin", "./a/b/m.bin"] {
            let tar = tar_of(&[
                ("a", EntryType::Directory, "", b""),
                ("a/xm.bin", FILE, "", b"no"),
                (path, FILE, "", b"yes"),
                ("z", FILE, "", b"no"),
            ]);
            assert_eq!(unpacked(&tar, 100).unwrap(), b"yes", "{path}");
        }
    }

    #[test]
    fn hostile_and_broken_archives_are_refused() {
        let good = ("a/m.bin", FILE, "", &b"yes"[..]);
        for (say, entries) in [
            ("leads out", vec![good, ("../../evil", FILE, "", &b"x"[..])]),
            ("leads out", vec![("/etc/m.bin", FILE, "", b"x")]),
            ("leads out", vec![("a/../../m.bin", FILE, "", b"x")]),
            ("not a regular file", vec![("m.bin", EntryType::Symlink, "/etc/passwd", b"")]),
            ("not a regular file", vec![("m.bin", EntryType::Link, "other", b"")]),
            ("not a regular file", vec![("m.bin", EntryType::Fifo, "", b"")]),
            ("more than one", vec![good, ("b/m.bin", FILE, "", b"x")]),
            ("has no file", vec![("a/n.bin", FILE, "", b"x")]),
            ("has no file", vec![("m.bin", EntryType::Directory, "", b"")]),
        ] {
            let error = unpacked(&tar_of(&entries), 100).unwrap_err();
            assert!(matches!(error, ZooError::Archive { .. }) && error.to_string().contains(say), "{say}: {error}");
        }
        assert!(matches!(unpacked(&tar_of(&[good]), 2), Err(ZooError::TooLarge { limit: 2, .. })));
        assert!(matches!(
            unpacked(b"no tar at all, but long enough to be read as one".repeat(20).as_slice(), 9),
            Err(ZooError::Archive { .. })
        ));
    }

    #[test]
    fn a_cut_archive_gives_no_file() {
        let bytes = vec![9u8; 2000];
        let tar = tar_of(&[("a/m.bin", FILE, "", &bytes)]);
        for len in (0..512 + 2000).step_by(100) {
            assert!(matches!(unpacked(&tar[..len], 9999), Err(ZooError::Archive { .. })), "{len} bytes");
        }
        // A header that claims far more than is there.
        let mut header = Header::new_gnu();
        header.set_path("m.bin").unwrap();
        header.set_size(1 << 40);
        header.set_entry_type(FILE);
        header.set_cksum();
        assert!(matches!(unpacked(header.as_bytes(), u64::MAX), Err(ZooError::Archive { .. })));
        assert!(matches!(unpacked(header.as_bytes(), 1 << 30), Err(ZooError::TooLarge { .. })));
    }
}
