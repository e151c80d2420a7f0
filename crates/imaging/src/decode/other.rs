//! The formats that the crate `image` decodes, and PNG written by it.

use std::io::Cursor;

use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, png::PngDecoder, pnm::PnmDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageError, Limits};

use super::sniff::Format;
use super::{File, orientation};
use crate::{ImagingError, RgbImage};

/// Bytes for each pixel of the limit that a decoder may allocate, its result included.
const BYTES_PER_PIXEL: u64 = 8;

/// Bytes that a decoder may always allocate, however low the limit on pixels is.
const ALWAYS: u64 = 1 << 24;

pub(super) fn decode(file: &File<'_>) -> Result<RgbImage, ImagingError> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(file.max_pixels.saturating_mul(BYTES_PER_PIXEL).saturating_add(ALWAYS));
    let input = Cursor::new(file.bytes);
    let fail = |error| explain(file, error);
    let decoder: Box<dyn ImageDecoder + '_> = match file.format {
        Format::Png => Box::new(PngDecoder::with_limits(input, limits.clone()).map_err(fail)?),
        Format::Webp => Box::new(WebPDecoder::new(input).map_err(fail)?),
        Format::Bmp => Box::new(BmpDecoder::new(input).map_err(fail)?),
        Format::Tiff => Box::new(TiffDecoder::new(input).map_err(fail)?),
        Format::Gif => Box::new(GifDecoder::new(input).map_err(fail)?),
        Format::Pnm | Format::Jpeg => Box::new(PnmDecoder::new(input).map_err(fail)?),
    };
    pixels(file, decoder, limits)
}

fn pixels(file: &File<'_>, mut decoder: Box<dyn ImageDecoder + '_>, limits: Limits) -> Result<RgbImage, ImagingError> {
    let fail = |error| explain(file, error);
    let (width, height) = decoder.dimensions();
    let size = file.size(width as usize, height as usize)?;
    decoder.set_limits(limits).map_err(fail)?;
    let upright = decoder.exif_metadata().ok().flatten().map_or(1, |exif| orientation::from_exif(&exif));
    let decoded = DynamicImage::from_decoder(decoder).map_err(fail)?;
    let picture = RgbImage::new(size.width, size.height, to_rgb(file.format, decoded))?;
    Ok(orientation::apply(picture, upright))
}

/// Interleaved red, green, blue of 8 bits by OpenCV's rules: alpha is dropped, of 16 bits the upper byte is kept, except that colored
/// TIFF rounds v / 257.
fn to_rgb(format: Format, decoded: DynamicImage) -> Vec<u8> {
    let upper = |v: &u16| (v >> 8) as u8;
    let rounded = |v: &u16| ((u32::from(*v) + 128) / 257) as u8;
    let tiff = format == Format::Tiff;
    match decoded {
        DynamicImage::ImageRgb8(pixels) => pixels.into_raw(),
        DynamicImage::ImageRgba8(pixels) => colors::<4, _>(pixels.as_raw(), |v: &u8| *v),
        DynamicImage::ImageLuma8(pixels) => greys::<1, _>(pixels.as_raw(), |v: &u8| *v),
        DynamicImage::ImageLumaA8(pixels) => greys::<2, _>(pixels.as_raw(), |v: &u8| *v),
        DynamicImage::ImageRgb16(pixels) if tiff => colors::<3, _>(pixels.as_raw(), rounded),
        DynamicImage::ImageRgba16(pixels) if tiff => colors::<4, _>(pixels.as_raw(), rounded),
        DynamicImage::ImageRgb16(pixels) => colors::<3, _>(pixels.as_raw(), upper),
        DynamicImage::ImageRgba16(pixels) => colors::<4, _>(pixels.as_raw(), upper),
        DynamicImage::ImageLuma16(pixels) => greys::<1, _>(pixels.as_raw(), upper),
        DynamicImage::ImageLumaA16(pixels) => greys::<2, _>(pixels.as_raw(), upper),
        other => other.into_rgb8().into_raw(),
    }
}

fn colors<const N: usize, T>(values: &[T], level: impl Fn(&T) -> u8) -> Vec<u8> {
    values.chunks_exact(N).flat_map(|pixel| [level(&pixel[0]), level(&pixel[1]), level(&pixel[2])]).collect()
}

fn greys<const N: usize, T>(values: &[T], level: impl Fn(&T) -> u8) -> Vec<u8> {
    values.chunks_exact(N).flat_map(|pixel| [level(&pixel[0]); 3]).collect()
}

fn explain(file: &File<'_>, error: ImageError) -> ImagingError {
    let text = error.to_string();
    match error {
        ImageError::Unsupported(_) => file.unsupported(text),
        ImageError::Limits(_) => file.corrupt(format!("decoding it would take more memory than its size explains ({text})")),
        ImageError::IoError(_) => file.truncated(text),
        _ if ends_early(&text) => file.truncated(text),
        _ => file.corrupt(text),
    }
}

/// Whether a decoder's message means that bytes are missing at the end.
fn ends_early(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["unexpected end", "unexpected eof", "failed to fill whole buffer", "not enough", "truncated", "premature"]
        .iter()
        .any(|part| text.contains(part))
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
