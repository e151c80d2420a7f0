//! A strip or tile, from its stored bytes to rows of samples. What comes out has exactly the bytes that its size asks for: a codec is
//! stopped there, and one that gives fewer makes an error.

use std::io::Read;

use super::ccitt;
use super::page::{Compression, Page, Photometric};
use crate::ImagingError;
use crate::decode::jpeg::{self, header};
use crate::decode::{DecodeOptions, File};

/// Rows of `page.chunk.width` pixels of `samples` samples, packed, each row from a byte boundary; `rows` of them.
pub(super) fn rows(file: &File<'_>, page: &Page<'_>, stored: &[u8], rows: usize, samples: usize) -> Result<Vec<u8>, ImagingError> {
    let stride = (page.chunk.width * samples * page.bits).div_ceil(8);
    let [sub_x, sub_y] = page.subsampling;
    let expected = if (sub_x, sub_y) == (1, 1) {
        stride * rows
    } else {
        page.chunk.width.div_ceil(sub_x) * rows.div_ceil(sub_y) * (sub_x * sub_y + 2)
    };
    let straight;
    // JPEG has its own order of bits.
    let stored = if page.reversed && page.compression != Compression::Jpeg {
        straight = stored.iter().map(|byte| byte.reverse_bits()).collect::<Vec<u8>>();
        &straight
    } else {
        stored
    };
    let mut result = match page.compression {
        Compression::None => stored[..stored.len().min(expected)].to_vec(),
        Compression::PackBits => packbits(stored, expected),
        Compression::Deflate => read(flate2::read::ZlibDecoder::new(stored), expected),
        Compression::Lzw => lzw(stored, expected),
        Compression::Fax(coding) => ccitt::decode(stored, page.chunk.width, rows, coding).map_err(|problem| explain(file, problem))?,
        Compression::Jpeg => embedded(file, page, stored, rows, samples)?,
    };
    if result.len() < expected {
        return Err(file.truncated(format!("a strip or tile gives {} of {expected} bytes", result.len())));
    }
    if page.differences {
        integrate(page, &mut result, stride, samples);
    }
    Ok(result)
}

/// What a reader gives, up to `expected` bytes; an error of the codec ends it like the end of its data.
fn read(reader: impl Read, expected: usize) -> Vec<u8> {
    let mut result = Vec::new();
    // The length that came out is checked by the caller, so that the error itself need not be kept.
    let _ = reader.take(expected as u64).read_to_end(&mut result);
    result
}

fn lzw(stored: &[u8], expected: usize) -> Vec<u8> {
    let mut decoder = match stored {
        // The first code clears the table. Files from before TIFF 5.0 have its lowest bit first, and longer codes one code later.
        [0, second, ..] if second & 1 == 1 => weezl::decode::Decoder::new(weezl::BitOrder::Lsb, 8),
        _ => weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8),
    };
    let mut result = vec![0; expected];
    let (mut input, mut filled) = (stored, 0);
    while filled < expected {
        let step = decoder.decode_bytes(input, &mut result[filled..]);
        input = &input[step.consumed_in..];
        filled += step.consumed_out;
        if !matches!(step.status, Ok(weezl::LzwStatus::Ok)) || (step.consumed_in, step.consumed_out) == (0, 0) {
            break;
        }
    }
    result.truncate(filled);
    result
}

fn packbits(stored: &[u8], expected: usize) -> Vec<u8> {
    let mut result = Vec::new();
    let mut rest = stored;
    while let [control, tail @ ..] = rest {
        if result.len() >= expected {
            break;
        }
        rest = match (*control, tail) {
            (128, _) => tail,
            (0..128, _) => {
                let count = (usize::from(*control) + 1).min(tail.len());
                result.extend_from_slice(&tail[..count]);
                &tail[count..]
            }
            (_, [value, tail @ ..]) => {
                result.resize(result.len() + 257 - usize::from(*control), *value);
                tail
            }
            _ => break,
        };
    }
    result.truncate(expected);
    result
}

/// A JPEG stream in a strip or tile; its tables may stand apart, once for the page.
fn embedded(file: &File<'_>, page: &Page<'_>, stored: &[u8], rows: usize, samples: usize) -> Result<Vec<u8>, ImagingError> {
    let mut stream = Vec::new();
    let stored = match page.tables {
        Some([body @ .., 0xFF, 0xD9]) => {
            stream.extend_from_slice(body);
            stored.strip_prefix(b"\xFF\xD8").unwrap_or(stored)
        }
        _ => stored,
    };
    stream.extend_from_slice(stored);
    let options = DecodeOptions { max_pixels: page.chunk.pixels(), ..file.options.clone() };
    let inner = File { bytes: &stream, options: &options, ..*file };
    let header = header::read(&stream).map_err(|problem| jpeg::explain(&inner, problem))?;
    if header.width != page.chunk.width || header.height < rows || header.height > page.chunk.height {
        let (width, height) = (header.width, header.height);
        return Err(file.corrupt(format!("a strip or tile of {} holds a JPEG of {width} × {height}", page.chunk)));
    }
    let model = match (samples, page.photometric) {
        (1, _) => header::Model::Grey,
        (3, Photometric::Ycbcr) => header::Model::Ycbcr,
        (3, _) => header::Model::Rgb,
        _ => header::Model::Cmyk,
    };
    // What an Adobe segment says of the colors does not count: the page's own fields do.
    if header.model.components() != samples {
        return Err(file.unsupported(format!("JPEG of {} components for {samples} samples inside", header.model.components())));
    }
    jpeg::samples(&inner, &header, model)
}

fn explain(file: &File<'_>, problem: ccitt::Problem) -> ImagingError {
    match problem {
        ccitt::Problem::Truncated => file.truncated("fax data end before the page does"),
        ccitt::Problem::Corrupt(detail) => file.corrupt(detail),
        ccitt::Problem::Missing(what) => file.unsupported(what),
    }
}

/// Undoes the predictor: every sample is the difference to the one on its left. Leaves 16 bits in the file's byte order.
fn integrate(page: &Page<'_>, rows: &mut [u8], stride: usize, samples: usize) {
    for row in rows.chunks_exact_mut(stride) {
        if page.bits == 8 {
            for i in samples..row.len() {
                row[i] = row[i].wrapping_add(row[i - samples]);
            }
        } else {
            let mut values: Vec<u16> = page.numbers.shorts(row).collect();
            for i in samples..values.len() {
                values[i] = values[i].wrapping_add(values[i - samples]);
            }
            for (pair, value) in row.chunks_exact_mut(2).zip(values) {
                pair.copy_from_slice(&page.numbers.written(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packbits_literals_runs_and_ends() {
        // The example of Apple's technical note 1023.
        let packed = b"\xFE\xAA\x02\x80\x00\x2A\xFD\xAA\x03\x80\x00\x2A\x22\xF7\xAA";
        let plain = b"\xAA\xAA\xAA\x80\x00\x2A\xAA\xAA\xAA\xAA\x80\x00\x2A\x22\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA\xAA";
        assert_eq!(packbits(packed, plain.len()), plain);
        assert_eq!(packbits(packed, 5), plain[..5]);
        for len in 0..packed.len() {
            assert!(plain.starts_with(&packbits(&packed[..len], plain.len())), "{len}");
        }
    }
}
