//! The formats that the crate `image` decodes: PNG, WebP, BMP, GIF, PNM.

use std::borrow::Cow;
use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, pnm::PnmDecoder, webp::WebPDecoder};
use image::error::UnsupportedErrorKind;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};

use super::raster::Raster;
use super::sniff::Format;
use super::{File, orientation, png};
use crate::{ImagingError, Size};

/// Bytes for each pixel of the limit that a decoder may allocate, its result included.
const BYTES_PER_PIXEL: u64 = 8;

/// Bytes that a decoder may always allocate, however low the limit on pixels is.
const ALWAYS: u64 = 1 << 24;

pub(super) fn decode(file: &File<'_>) -> Result<Raster, ImagingError> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(file.options.max_pixels.saturating_mul(BYTES_PER_PIXEL).saturating_add(ALWAYS));
    let bytes = without_comments(file);
    let input = Cursor::new(bytes.as_ref());
    let fail = |error| explain(file, error);
    let mut orientation = None;
    let decoder: Box<dyn ImageDecoder + '_> = match file.format {
        Format::Png => {
            orientation = Some(png::check(file)?);
            Box::new(PngDecoder::with_limits(input, limits.clone()).map_err(fail)?)
        }
        Format::Webp => {
            check_riff(file)?;
            Box::new(WebPDecoder::new(input).map_err(fail)?)
        }
        Format::Bmp => {
            check_bmp(file)?;
            Box::new(BmpDecoder::new(input).map_err(fail)?)
        }
        Format::Gif => {
            check_gif(file)?;
            Box::new(GifDecoder::new(input).map_err(fail)?)
        }
        _ => Box::new(PnmDecoder::new(input).map_err(fail)?),
    };
    pixels(file, decoder, limits, orientation)
}

fn pixels(
    file: &File<'_>,
    mut decoder: Box<dyn ImageDecoder + '_>,
    limits: Limits,
    orientation: Option<u8>,
) -> Result<Raster, ImagingError> {
    let fail = |error| explain(file, error);
    let (width, height) = decoder.dimensions();
    let size = file.size(width as usize, height as usize)?;
    decoder.set_limits(limits).map_err(fail)?;
    let orientation = orientation.unwrap_or_else(|| decoder.exif_metadata().ok().flatten().map_or(1, |exif| orientation::from_exif(&exif)));
    let decoded = DynamicImage::from_decoder(decoder).map_err(fail)?;
    Ok(Raster { orientation, ..raster(size, decoded) })
}

/// The file's bytes; of a plain PNM (its numbers written out) without the comments, which may stand among the numbers too.
fn without_comments<'a>(file: &File<'a>) -> Cow<'a, [u8]> {
    if !matches!(file.bytes, [b'P', b'1'..=b'3', ..]) || !file.bytes.contains(&b'#') {
        return Cow::Borrowed(file.bytes);
    }
    let ends = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let lines = file.bytes.split(ends).map(|line| line.split(|byte| *byte == b'#').next().unwrap_or_default());
    Cow::Owned(lines.collect::<Vec<_>>().join(&b'\n'))
}

/// A file whose RIFF header states more bytes than there are has been cut.
fn check_riff(file: &File<'_>) -> Result<(), ImagingError> {
    let stated = file.bytes.get(4..8).map_or(0, |b| u64::from(u32::from_le_bytes([b[0], b[1], b[2], b[3]])) + 8);
    let found = file.bytes.len() as u64;
    if stated > found {
        return Err(file.truncated(format!("its header states {stated} bytes, it has {found}")));
    }
    Ok(())
}

/// Bitmaps whose header or coding is not known here, by name.
fn check_bmp(file: &File<'_>) -> Result<(), ImagingError> {
    let number = |at: usize| file.bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    match (number(14), number(30)) {
        (size @ (16 | 64), _) => Err(file.unsupported(format!("a header of OS/2 2.0 ({size} bytes)"))),
        (40.., 4) => Err(file.unsupported("JPEG inside")),
        (40.., 5) => Err(file.unsupported("PNG inside")),
        (40.., 6) => Err(file.unsupported("masks for colors and opacity (BI_ALPHABITFIELDS)")),
        (40.., coding @ 11..=13) => Err(file.unsupported(format!("CMYK colors (coding {coding})"))),
        _ => Ok(()),
    }
}

/// A first frame that reaches beyond the canvas would be cut: that is no picture that anyone meant.
fn check_gif(file: &File<'_>) -> Result<(), ImagingError> {
    let number = |at: usize| file.bytes.get(at..at + 2).map_or(0, |b| usize::from(u16::from_le_bytes([b[0], b[1]])));
    let canvas = Size::new(number(6), number(8));
    let Some(frame) = first_frame(file.bytes) else { return Ok(()) };
    let [left, top, width, height] = [0, 2, 4, 6].map(|at| number(frame + 1 + at));
    if left + width > canvas.width || top + height > canvas.height {
        let frame = Size::new(width, height);
        return Err(file.unsupported(format!("a first picture of {frame} pixels at {left}, {top} on a canvas of {canvas}")));
    }
    Ok(())
}

/// Where the first image descriptor of a GIF file stands, if the blocks before it can be read.
fn first_frame(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(10)?;
    let mut at = 13 + if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 };
    while *bytes.get(at)? == 0x21 {
        // An extension: its label, then blocks of a length each, up to an empty one.
        at += 2;
        while *bytes.get(at)? != 0 {
            at += 1 + usize::from(bytes[at]);
        }
        at += 1;
    }
    (bytes[at] == 0x2C).then_some(at)
}

/// Red, green, blue of 8 bits by OpenCV's rules: grey is repeated, of 16 bits the upper byte is kept.
fn raster(size: Size, decoded: DynamicImage) -> Raster {
    let same = |v: &u8| *v;
    let upper = |v: &u16| (v >> 8) as u8;
    match decoded {
        DynamicImage::ImageRgb8(pixels) => Raster::opaque(size, pixels.into_raw()),
        DynamicImage::ImageRgba8(pixels) => split::<4, _>(size, pixels.as_raw(), same),
        DynamicImage::ImageLuma8(pixels) => split::<1, _>(size, pixels.as_raw(), same),
        DynamicImage::ImageLumaA8(pixels) => split::<2, _>(size, pixels.as_raw(), same),
        DynamicImage::ImageRgb16(pixels) => split::<3, _>(size, pixels.as_raw(), upper),
        DynamicImage::ImageRgba16(pixels) => split::<4, _>(size, pixels.as_raw(), upper),
        DynamicImage::ImageLuma16(pixels) => split::<1, _>(size, pixels.as_raw(), upper),
        DynamicImage::ImageLumaA16(pixels) => split::<2, _>(size, pixels.as_raw(), upper),
        other => Raster::opaque(size, other.into_rgb8().into_raw()),
    }
}

/// Pixels of `N` values (grey, grey and opacity, colors, colors and opacity) to colors and opacity.
fn split<const N: usize, T>(size: Size, values: &[T], level: impl Fn(&T) -> u8) -> Raster {
    let pixels = values.chunks_exact(N);
    let colors = match N {
        1 | 2 => pixels.clone().flat_map(|pixel| [level(&pixel[0]); 3]).collect(),
        _ => pixels.clone().flat_map(|pixel| [level(&pixel[0]), level(&pixel[1]), level(&pixel[2])]).collect(),
    };
    let opacity = N.is_multiple_of(2).then(|| pixels.map(|pixel| level(&pixel[N - 1])).collect());
    Raster { opacity, ..Raster::opaque(size, colors) }
}

fn explain(file: &File<'_>, error: ImageError) -> ImagingError {
    let text = error.to_string();
    match &error {
        ImageError::Unsupported(error) => match error.kind() {
            UnsupportedErrorKind::GenericFeature(what) => file.unsupported(what.trim_end_matches(" is not supported")),
            UnsupportedErrorKind::Color(color) => file.unsupported(format!("colors of the kind {color:?}")),
            _ => file.unsupported(text),
        },
        ImageError::Limits(_) => file.corrupt(format!("decoding it would take more memory than its size explains ({text})")),
        ImageError::IoError(_) => file.truncated(text),
        _ if ends_early(&text) => file.truncated(text),
        _ => file.corrupt(text),
    }
}

/// Whether a decoder's message means that bytes are missing at the end.
fn ends_early(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let parts = ["unexpected end", "unexpected eof", "failed to fill whole buffer", "not enough", "truncated", "premature"];
    parts.iter().any(|part| text.contains(part))
}
