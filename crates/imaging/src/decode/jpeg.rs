//! JPEG, through zune-jpeg in its strict mode: without it, a file cut in half decodes to a picture whose rest is grey.

use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::{File, orientation};
use crate::{ImagingError, RgbImage};

pub(super) fn decode(file: &File<'_>) -> Result<RgbImage, ImagingError> {
    // JPEG's sides are 16 bits wide; the limit on pixels is checked below, between header and data.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(file.bytes), options);
    decoder.decode_headers().map_err(|error| explain(file, &error))?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let size = file.size(width, height)?;
    let upright = decoder.exif().map_or(1, |exif| orientation::from_exif(exif));
    let data = decoder.decode().map_err(|error| explain(file, &error))?;
    Ok(orientation::apply(RgbImage::new(size.width, size.height, data)?, upright))
}

fn explain(file: &File<'_>, error: &DecodeErrors) -> ImagingError {
    let text = error.to_string();
    match error {
        DecodeErrors::Unsupported(scheme) => file.unsupported(format!("{scheme:?}")),
        DecodeErrors::SofError(text) if text.contains("bits of precision") => file.unsupported("12 bits a channel"),
        DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => file.truncated(text),
        DecodeErrors::ZeroError => file.corrupt("the header states a side of 0 pixels"),
        _ if text.to_ascii_lowercase().contains("premature") => file.truncated(text),
        _ => file.corrupt(text.trim_matches('"')),
    }
}
