//! Picture files to pixels, by content and never by name.
//!
//! Every file is taken for hostile: the size that a header states is checked before anything is decoded, allocations are bounded, a
//! decoder's panic is caught, and a file that ends too early is an error instead of a picture that is half grey. The pixels follow
//! `cv2.imread`: 8 bits, EXIF orientation applied, alpha dropped, grey repeated, color profiles ignored.

mod jpeg;
mod orientation;
mod other;
mod panics;
mod sniff;

use crate::{ImagingError, RgbImage, Size};

pub use other::encode_png;
use sniff::Format;

/// What a caller can choose about decoding.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeOptions {
    /// The most pixels that a header may state; 2^27 (134 million) by default.
    pub max_pixels: u64,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self { max_pixels: 1 << 27 }
    }
}

/// Decodes a picture file. `name` is used in messages only.
///
/// Memory stays within about 12 bytes for each of [`DecodeOptions::max_pixels`], whatever the bytes are.
///
/// # Errors
/// Any of [`ImagingError`]'s variants about files; see their documentation.
pub fn decode(name: &str, bytes: &[u8], options: &DecodeOptions) -> Result<RgbImage, ImagingError> {
    let format = sniff::format(name, bytes)?;
    let file = File { name, bytes, format, max_pixels: options.max_pixels };
    panics::caught(|| match format {
        Format::Jpeg => jpeg::decode(&file),
        _ => other::decode(&file),
    })
    .unwrap_or_else(|detail| Err(ImagingError::DecoderPanic { name: name.to_owned(), format: format.name(), detail }))
}

/// Whether the bytes begin as a picture of a format that [`decode`] reads. The first 16 bytes of a file are enough.
#[must_use]
pub fn is_picture(bytes: &[u8]) -> bool {
    sniff::by_signature(bytes).is_some()
}

/// The bytes at hand and what is known about them.
struct File<'a> {
    name: &'a str,
    bytes: &'a [u8],
    format: Format,
    max_pixels: u64,
}

impl File<'_> {
    /// The size that a header states, if it is within the limits.
    fn size(&self, width: usize, height: usize) -> Result<Size, ImagingError> {
        let size = Size::new(width, height);
        if width == 0 || height == 0 {
            return Err(self.corrupt(format!("the header states {width} × {height} pixels")));
        }
        if size.pixels() > self.max_pixels {
            return Err(ImagingError::TooLarge {
                name: self.name.to_owned(),
                format: self.format.name(),
                size,
                max_pixels: self.max_pixels,
            });
        }
        Ok(size)
    }

    fn corrupt(&self, detail: impl Into<String>) -> ImagingError {
        ImagingError::Corrupt { name: self.name.to_owned(), format: self.format.name(), detail: detail.into() }
    }

    fn truncated(&self, detail: impl Into<String>) -> ImagingError {
        ImagingError::Truncated { name: self.name.to_owned(), format: self.format.name(), detail: detail.into() }
    }

    fn unsupported(&self, missing: impl Into<String>) -> ImagingError {
        ImagingError::Unsupported { name: self.name.to_owned(), format: self.format.name(), missing: missing.into() }
    }
}
