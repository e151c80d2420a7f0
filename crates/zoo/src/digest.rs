//! Content hashes: SHA-256, by which files are known here, and git's blob id, by which public repositories know theirs.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// A content hash, lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256 of the bytes.
    Sha256(String),
    /// The id of the bytes as a blob of git.
    GitBlob(String),
}

impl Hash {
    /// The digits alone.
    pub fn hex(&self) -> &str {
        match self {
            Hash::Sha256(hex) | Hash::GitBlob(hex) => hex,
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Hash::Sha256(hex) => write!(f, "sha256 {hex}"),
            Hash::GitBlob(hex) => write!(f, "git blob {hex}"),
        }
    }
}

/// The SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The id that git gives a file of these bytes (SHA-1 over `blob LENGTH\0` and the bytes), 40 lower-case hexadecimal digits.
pub fn git_blob_id(bytes: &[u8]) -> String {
    let mut sha1 = Sha1::new();
    sha1.update(blob_header(bytes.len() as u64));
    sha1.update(bytes);
    hex(&sha1.finalize())
}

/// The hash of a file on disk, of the kind of `like`. Reads in blocks: the file need not fit in memory.
pub(crate) fn hash_file(path: &Path, like: &Hash) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    match like {
        Hash::Sha256(_) => Ok(Hash::Sha256(drain(&mut file, Sha256::new())?)),
        Hash::GitBlob(_) => {
            let mut sha1 = Sha1::new();
            sha1.update(blob_header(file.metadata()?.len()));
            Ok(Hash::GitBlob(drain(&mut file, sha1)?))
        }
    }
}

/// The hash of `bytes`, of the kind of `like`.
pub(crate) fn hash_bytes(bytes: &[u8], like: &Hash) -> Hash {
    match like {
        Hash::Sha256(_) => Hash::Sha256(sha256_hex(bytes)),
        Hash::GitBlob(_) => Hash::GitBlob(git_blob_id(bytes)),
    }
}

fn drain(file: &mut File, mut digest: impl Digest) -> io::Result<String> {
    let mut block = vec![0u8; 1 << 16];
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hex(&digest.finalize())),
            Ok(n) => digest.update(&block[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

fn blob_header(len: u64) -> String {
    format!("blob {len}\0")
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_agree_with_sha256sum_and_git() {
        assert_eq!(sha256_hex(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        // `printf 'hello\n' | git hash-object --stdin`
        assert_eq!(git_blob_id(b"hello\n"), "ce013625030ba8dba906f756967f9e9ca394464a");
        assert_eq!(git_blob_id(b""), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    }

    #[test]
    fn files_hash_like_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let bytes: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        for like in [Hash::Sha256(String::new()), Hash::GitBlob(String::new())] {
            assert_eq!(hash_file(&path, &like).unwrap(), hash_bytes(&bytes, &like));
        }
    }
}
