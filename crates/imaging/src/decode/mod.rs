//! Picture files to pixels, by content and never by name.
//!
//! Every file is taken for hostile: the size that a header states is checked before anything is decoded, allocations are bounded, a
//! decoder's panic is caught, and a file that lacks data is an error instead of a picture that is half grey. The pixels follow
//! `cv2.imread`: 8 bits, EXIF orientation applied, alpha dropped, grey repeated, color profiles ignored.

mod color;
mod jpeg;
mod orientation;
mod other;
mod png;
mod raster;
mod sniff;
mod text;
mod tiff;

use vtk_kernels::guard;

use crate::{Alpha, ImagingError, RgbImage, Size};

pub use png::encode_png;
use raster::Raster;
use sniff::Format;
pub use sniff::SIGNATURE_LENGTH;

/// What a caller can choose about decoding.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodeOptions {
    /// The most pixels that a header may state; 2^27 (134 million) by default.
    pub max_pixels: u64,
    /// What becomes of transparent pixels; dropped by default.
    pub alpha: Alpha,
    /// The page of a TIFF file, counted from 1, which is the default. Other formats have one.
    pub page: usize,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self { max_pixels: 1 << 27, alpha: Alpha::Drop, page: 1 }
    }
}

/// Decodes a picture file: of an animation the first picture, of a TIFF file the page asked for. `name` is used in messages only.
///
/// Memory stays within about 20 bytes for each of [`DecodeOptions::max_pixels`], whatever the bytes are.
///
/// # Errors
/// Any of [`ImagingError`]'s variants about files; see their documentation.
pub fn decode(name: &str, bytes: &[u8], options: &DecodeOptions) -> Result<RgbImage, ImagingError> {
    let file = File { name, bytes, format: sniff::format(name, bytes)?, options };
    file.guarded(|| {
        if options.page != 1 && file.format != Format::Tiff {
            return Err(file.no_page(1));
        }
        let raster: Raster = match file.format {
            Format::Jpeg => jpeg::decode(&file)?,
            Format::Tiff => tiff::decode(&file)?,
            _ => other::decode(&file)?,
        };
        raster.finish(options.alpha)
    })
}

/// How many pages a file has: those of a TIFF file, 1 for every other picture. Reduced copies of a page (NewSubfileType) and masks don't
/// count, unless there is nothing else.
///
/// # Errors
/// As [`decode`], as far as the header is concerned; also where the chain of pages breaks off or runs in a circle, although the pages
/// before that can be decoded.
pub fn pages(name: &str, bytes: &[u8]) -> Result<usize, ImagingError> {
    let file = File { name, bytes, format: sniff::format(name, bytes)?, options: &DecodeOptions::default() };
    match file.format {
        Format::Tiff => file.guarded(|| tiff::pages(&file)),
        _ => Ok(1),
    }
}

/// Whether the bytes begin as a picture of a format that [`decode`] reads. The first [`SIGNATURE_LENGTH`] of a file are enough.
#[must_use]
pub fn is_picture(bytes: &[u8]) -> bool {
    sniff::by_signature(bytes).is_some()
}

/// The bytes at hand and what is known about them.
struct File<'a> {
    name: &'a str,
    bytes: &'a [u8],
    format: Format,
    options: &'a DecodeOptions,
}

impl File<'_> {
    /// Runs a decoder; if it panics, that is an error like any other.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, ImagingError>) -> Result<T, ImagingError> {
        let fail = |detail| ImagingError::DecoderPanic { name: self.name.to_owned(), format: self.format.name(), detail };
        guard::catch(work).unwrap_or_else(|detail| Err(fail(detail)))
    }

    /// The size that a header states, if it is within the limits.
    fn size(&self, width: usize, height: usize) -> Result<Size, ImagingError> {
        let size = Size::new(width, height);
        if width == 0 || height == 0 {
            return Err(self.corrupt(format!("the header states {width} × {height} pixels")));
        }
        let max_pixels = self.options.max_pixels;
        if size.pixels() > max_pixels {
            return Err(ImagingError::TooLarge { name: self.name.to_owned(), format: self.format.name(), size, max_pixels });
        }
        Ok(size)
    }

    fn no_page(&self, pages: usize) -> ImagingError {
        ImagingError::NoPage { name: self.name.to_owned(), format: self.format.name(), page: self.options.page, pages }
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
