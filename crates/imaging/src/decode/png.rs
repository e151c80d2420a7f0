//! PNG's chunks, as far as they are needed before and beside decoding; and PNG written.

use image::ImageEncoder;

use super::{File, orientation, text};
use crate::{ImagingError, RgbImage};

/// The most texts that are looked at: unpacking takes time.
const MAX_TEXTS: usize = 64;

/// Checks the size in the header against the limit, before any decoder sees the file, and gives the orientation: by the EXIF block
/// wherever it stands (the specification allows it after the pixels too), or by the texts in which programs hid it before there was one.
pub(super) fn check(file: &File<'_>) -> Result<u8, ImagingError> {
    let mut rest = file.bytes.get(8..).unwrap_or_default();
    let (mut exif, mut told, mut texts) = (None, None, 0);
    let mut first = true;
    while let Some((length, kind, body)) = chunk(rest) {
        if first {
            let side = |at: usize| body.get(at..at + 4).map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]) as usize);
            if kind == *b"CgBI" {
                return Err(file.unsupported("Apple's own compression (CgBI)"));
            }
            if kind != *b"IHDR" || length != 13 {
                return Err(file.corrupt("the first chunk is not IHDR"));
            }
            file.size(side(0), side(4))?;
            first = false;
        }
        if kind == *b"eXIf" && body.len() == length {
            exif = Some(orientation::from_exif(body));
        }
        if told.is_none() && texts < MAX_TEXTS && matches!(&kind, b"tEXt" | b"zTXt" | b"iTXt") {
            told = text::orientation(kind, body);
            texts += 1;
        }
        // A chunk's CRC has four bytes.
        rest = rest.get(8 + body.len() + 4..).unwrap_or_default();
    }
    Ok(exif.or(told).unwrap_or(1))
}

/// The stated length, name and what is there of the body of the chunk that `bytes` begin with.
fn chunk(bytes: &[u8]) -> Option<(usize, [u8; 4], &[u8])> {
    let [a, b, c, d, name @ ..] = bytes.get(..8)? else { return None };
    let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
    let end = length.checked_add(8).map_or(bytes.len(), |end| end.min(bytes.len()));
    Some((length, name.try_into().ok()?, &bytes[8..end]))
}

/// Writes a picture as PNG. The same picture gives the same bytes on every machine.
///
/// # Errors
/// [`ImagingError::Encode`] if a side is longer than PNG can state.
pub fn encode_png(picture: &RgbImage) -> Result<Vec<u8>, ImagingError> {
    let fail = |detail: String| ImagingError::Encode { format: "PNG", detail };
    let side = |n: usize| u32::try_from(n).map_err(|_| fail(format!("a side of {n} pixels is too long")));
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(picture.data(), side(picture.width())?, side(picture.height())?, image::ExtendedColorType::Rgb8)
        .map_err(|error| fail(error.to_string()))?;
    Ok(bytes)
}
