//! EXIF's orientation: eight ways to turn and mirror a picture that was stored as the sensor lay.

use crate::RgbImage;

/// The EXIF tag of the orientation.
const ORIENTATION: u16 = 0x0112;

/// The orientation in an EXIF block (from its TIFF header on): 1 to 8; 1 where there is none or it makes no sense.
pub(super) fn from_exif(exif: &[u8]) -> u8 {
    read(exif).filter(|value| (1..=8).contains(value)).map_or(1, |value| value as u8)
}

/// The picture as it is meant to be looked at.
pub(super) fn apply(picture: RgbImage, orientation: u8) -> RgbImage {
    match orientation {
        2 => picture.mirror(),
        3 => picture.rotate(2),
        4 => picture.rotate(2).mirror(),
        5 => picture.rotate(1).mirror(),
        6 => picture.rotate(1),
        7 => picture.rotate(-1).mirror(),
        8 => picture.rotate(-1),
        _ => picture,
    }
}

fn read(exif: &[u8]) -> Option<u32> {
    // Some writers repeat JPEG's prefix in other formats.
    let exif = exif.strip_prefix(b"Exif\0\0").unwrap_or(exif);
    let little = match exif.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let bytes = |at: usize, len: usize| exif.get(at..at.checked_add(len)?);
    let number = |at: usize, len: usize| {
        let digits = bytes(at, len)?;
        let join = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
        Some(if little { digits.iter().rev().fold(0, join) } else { digits.iter().fold(0, join) })
    };
    let directory = number(4, 4)? as usize;
    let entries = number(directory, 2)? as usize;
    (0..entries).map_while(|i| directory.checked_add(2 + 12 * i)).find_map(|at| {
        let tag = number(at, 2)?;
        let kind = number(at.checked_add(2)?, 2)?;
        // SHORT; LONG is out of order but seen.
        let len = if kind == 4 { 4 } else { 2 };
        (tag == u32::from(ORIENTATION)).then(|| number(at.checked_add(8)?, len))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_blocks_mean_upright() {
        let good = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        assert_eq!(from_exif(good), 6);
        for len in 0..good.len() - 2 {
            let value = from_exif(&good[..len]);
            assert!(value == 1 || len >= 20, "{len}");
        }
        let mut other = good.to_vec();
        for value in [0, 9, 255] {
            other[18] = value;
            assert_eq!(from_exif(&other), 1);
        }
        other[4..8].copy_from_slice(&[255; 4]);
        assert_eq!(from_exif(&other), 1);
    }
}
