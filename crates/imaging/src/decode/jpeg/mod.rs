//! JPEG, through zune-jpeg in its strict mode: without it, a file cut in half decodes to a picture whose rest is grey.

pub(super) mod header;
mod scans;

use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::raster::Raster;
use super::{File, color, orientation};
use crate::ImagingError;
use header::{Header, Model, Problem};
use scans::Scans;

pub(super) fn decode(file: &File<'_>) -> Result<Raster, ImagingError> {
    let header = header::read(file.bytes).map_err(|problem| explain(file, problem))?;
    let size = file.size(header.width, header.height)?;
    let exif = header.exif.clone().and_then(|range| file.bytes.get(range));
    let orientation = exif.map_or(1, orientation::from_exif);
    let colors = match header.model {
        // The names of the components say RGB already, or the header has been rewritten to say nothing.
        Model::Rgb => samples(file, &header, header.model)?,
        Model::Ycbcr if header.kept.is_some() => recolor::<3>(&samples(file, &header, header.model)?, color::ycbcr),
        Model::Cmyk => recolor::<4>(&samples(file, &header, header.model)?, color::inverted_cmyk),
        Model::Ycck => recolor::<4>(&samples(file, &header, header.model)?, |[y, cb, cr, k]| {
            let [r, g, b] = color::ycbcr([y, cb, cr]);
            color::inverted_cmyk([255 - r, 255 - g, 255 - b, k])
        }),
        Model::Grey | Model::Ycbcr => run(file, &header, |_| ColorSpace::RGB)?,
    };
    Ok(Raster { orientation, ..Raster::opaque(size, colors) })
}

/// The components of an abbreviated or embedded stream as they are, interleaved: no color conversion, whatever its header says.
/// `model` says how many there are.
pub(super) fn samples(file: &File<'_>, header: &Header, model: Model) -> Result<Vec<u8>, ImagingError> {
    if model == Model::Grey {
        return run(file, header, |_| ColorSpace::Luma);
    }
    // zune-jpeg copies components when it is asked for the color space that it believes to read.
    run(file, header, |believed| believed)
}

fn run(file: &File<'_>, header: &Header, output: impl Fn(ColorSpace) -> ColorSpace) -> Result<Vec<u8>, ImagingError> {
    let bytes = visible(file, header)?;
    // Sides are 16 bits wide, and the number of pixels has been checked.
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX))
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes.as_slice()), options);
    decoder.decode_headers().map_err(|error| describe(file, &error))?;
    let space = output(decoder.input_colorspace().unwrap_or(ColorSpace::RGB));
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    decoder.decode().map_err(|error| describe(file, &error))
}

/// The file as zune-jpeg may see it: without segments that it would take for something else than libjpeg does, with what the file
/// leaves to be known, and with an end that no incomplete picture passes.
fn visible(file: &File<'_>, header: &Header) -> Result<Vec<u8>, ImagingError> {
    scans::check(header).map_err(|problem| explain(file, problem))?;
    let scans = Scans::read(file.bytes, header).map_err(|_| file.truncated("its data end before the picture does"))?;
    let mut result = vec![0xFF, 0xD8];
    if header.model == Model::Ycck && header.kept.is_some() {
        result.extend(b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\x02");
    }
    if header.standard_tables {
        // The mark of Motion-JPEG, upon which zune-jpeg takes the tables that such frames leave out.
        result.extend(b"\xFF\xE0\0\x07AVI1\0");
    }
    match &header.kept {
        Some(kept) => kept.iter().for_each(|range| result.extend_from_slice(&file.bytes[range.clone()])),
        None => result.extend_from_slice(&file.bytes[2..header.data]),
    }
    for part in scans.visible(file.bytes, header) {
        result.extend_from_slice(&part);
    }
    Ok(result)
}

/// Pixels of `N` components to red, green, blue.
fn recolor<const N: usize>(samples: &[u8], color: impl Fn([u8; N]) -> [u8; 3]) -> Vec<u8> {
    samples.as_chunks::<N>().0.iter().flat_map(|pixel| color(*pixel)).collect()
}

pub(super) fn explain(file: &File<'_>, problem: Problem) -> ImagingError {
    match problem {
        Problem::Truncated => file.truncated("it ends within the header"),
        Problem::Corrupt(detail) => file.corrupt(detail),
        Problem::Missing(what) => file.unsupported(what),
    }
}

fn describe(file: &File<'_>, error: &DecodeErrors) -> ImagingError {
    let text = error.to_string();
    let text = text.trim_matches('"').trim();
    match error {
        DecodeErrors::Unsupported(scheme) => file.unsupported(format!("{scheme:?}")),
        DecodeErrors::ExhaustedData => file.truncated("its data end before the picture does"),
        DecodeErrors::IoErrors(_) => file.truncated(text),
        DecodeErrors::ZeroError => file.corrupt("the header states a side of 0 pixels"),
        // Ones alone begin no code: these are the ones behind the data.
        _ if text.contains("premature") || text.contains("Premature") || text.contains("Code 0xFFFF") => {
            file.truncated("its data end before the picture does")
        }
        _ if text.contains("Invalid component dimensions") => file.unsupported("this sampling of its components"),
        _ => file.corrupt(text),
    }
}
