//! `.imgpack`: encoded pictures with their classes, one after the other in one file, little-endian.
//!
//! `IMGPACK1`, u32 number of entries, u32 number of classes, u64 offset of the index; entries of u16 class, u32 length and the encoded
//! picture; the index, a u64 offset for each entry. The file ends after the index.

use std::ops::Range;

const MAGIC: &[u8; 8] = b"IMGPACK1";

/// An opened pack; all entries lie inside.
pub(super) struct ImgPack {
    bytes: Vec<u8>,
    entries: Vec<(usize, Range<usize>)>,
}

impl ImgPack {
    /// Whether a file begins as a pack.
    pub(super) fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Checks a pack: every entry must lie inside the file and have a class below the number of classes.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, String> {
        let truncated = || "the .imgpack is cut short".to_owned();
        let count = number::<4>(&bytes, 8).ok_or_else(truncated)?;
        let classes = number::<4>(&bytes, 12).ok_or_else(truncated)?;
        let index = number::<8>(&bytes, 16).ok_or_else(truncated)?;
        let end = count.checked_mul(8).and_then(|n| n.checked_add(index));
        if end != Some(bytes.len()) {
            return Err(format!(
                "the .imgpack announces {count} entries with the index at {index}, which its {} bytes don't have",
                bytes.len()
            ));
        }
        let entries = (0..count).map(|i| entry(&bytes, index, i, classes)).collect::<Result<_, _>>()?;
        Ok(Self { bytes, entries })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn class(&self, index: usize) -> usize {
        self.entries[index].0
    }

    pub(super) fn picture(&self, index: usize) -> &[u8] {
        &self.bytes[self.entries[index].1.clone()]
    }
}

fn entry(bytes: &[u8], index: usize, i: usize, classes: usize) -> Result<(usize, Range<usize>), String> {
    let read = || {
        let at = number::<8>(bytes, index + i * 8)?;
        let class = number::<2>(bytes, at)?;
        let length = number::<4>(bytes, at.checked_add(2)?)?;
        let start = at.checked_add(6)?;
        let end = start.checked_add(length).filter(|end| *end <= index)?;
        Some((class, start..end))
    };
    let (class, range) = read().ok_or_else(|| format!("entry {i} of the .imgpack lies outside of it"))?;
    if class >= classes {
        return Err(format!("entry {i} of the .imgpack has class {class} of {classes}"));
    }
    Ok((class, range))
}

/// An unsigned number of N bytes at an offset.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<usize> {
    let mut wide = [0; 8];
    wide[..N].copy_from_slice(bytes.get(at..at.checked_add(N)?)?);
    usize::try_from(u64::from_le_bytes(wide)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(pictures: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend((pictures.len() as u32).to_le_bytes());
        bytes.extend(3u32.to_le_bytes());
        bytes.extend([0; 8]);
        let mut index = Vec::new();
        for (class, picture) in pictures {
            index.extend((bytes.len() as u64).to_le_bytes());
            bytes.extend(class.to_le_bytes());
            bytes.extend((picture.len() as u32).to_le_bytes());
            bytes.extend(*picture);
        }
        let at = bytes.len() as u64;
        bytes[16..24].copy_from_slice(&at.to_le_bytes());
        bytes.extend(index);
        bytes
    }

    #[test]
    fn entries_come_back() {
        let pack = ImgPack::parse(pack(&[(2, b"abc"), (0, b"")])).unwrap();
        assert_eq!((pack.len(), pack.class(0), pack.picture(0), pack.picture(1)), (2, 2, &b"abc"[..], &b""[..]));
    }

    #[test]
    fn damage_is_an_error() {
        let good = pack(&[(2, b"abc"), (0, b"xy")]);
        for n in 0..good.len() {
            assert!(ImgPack::parse(good[..n].to_vec()).is_err(), "cut at {n}");
        }
        assert!(ImgPack::parse(pack(&[(3, b"abc")])).is_err(), "class out of range");
        for at in 8..good.len() {
            let mut bytes = good.clone();
            bytes[at] ^= 0x81;
            if let Ok(pack) = ImgPack::parse(bytes) {
                (0..pack.len()).for_each(|i| assert!(pack.picture(i).len() < 64));
            }
        }
    }
}
