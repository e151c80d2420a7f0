//! What single fields of a page say, and what of it is missing here.

use super::ccitt::Coding;
use super::ifd::Fields;
use super::page::{Compression, Photometric};
use crate::ImagingError;
use crate::decode::File;
use crate::decode::color::Ycbcr;

/// Tags of baseline TIFF 6.0 and of its supplements.
pub(super) mod tag {
    pub(in crate::decode::tiff) const SUBFILE: u16 = 254;
    pub(in crate::decode::tiff) const OLD_SUBFILE: u16 = 255;
    pub(in crate::decode::tiff) const WIDTH: u16 = 256;
    pub(in crate::decode::tiff) const HEIGHT: u16 = 257;
    pub(in crate::decode::tiff) const BITS: u16 = 258;
    pub(in crate::decode::tiff) const COMPRESSION: u16 = 259;
    pub(in crate::decode::tiff) const PHOTOMETRIC: u16 = 262;
    pub(in crate::decode::tiff) const FILL_ORDER: u16 = 266;
    pub(in crate::decode::tiff) const STRIP_OFFSETS: u16 = 273;
    pub(in crate::decode::tiff) const ORIENTATION: u16 = 274;
    pub(in crate::decode::tiff) const SAMPLES: u16 = 277;
    pub(in crate::decode::tiff) const ROWS_PER_STRIP: u16 = 278;
    pub(in crate::decode::tiff) const STRIP_COUNTS: u16 = 279;
    pub(in crate::decode::tiff) const PLANAR: u16 = 284;
    pub(in crate::decode::tiff) const T4_OPTIONS: u16 = 292;
    pub(in crate::decode::tiff) const PREDICTOR: u16 = 317;
    pub(in crate::decode::tiff) const PALETTE: u16 = 320;
    pub(in crate::decode::tiff) const TILE_WIDTH: u16 = 322;
    pub(in crate::decode::tiff) const TILE_HEIGHT: u16 = 323;
    pub(in crate::decode::tiff) const TILE_OFFSETS: u16 = 324;
    pub(in crate::decode::tiff) const TILE_COUNTS: u16 = 325;
    pub(in crate::decode::tiff) const INK_SET: u16 = 332;
    pub(in crate::decode::tiff) const EXTRA: u16 = 338;
    pub(in crate::decode::tiff) const SAMPLE_FORMAT: u16 = 339;
    pub(in crate::decode::tiff) const JPEG_TABLES: u16 = 347;
    pub(in crate::decode::tiff) const LUMA: u16 = 529;
    pub(in crate::decode::tiff) const SUBSAMPLING: u16 = 530;
    pub(in crate::decode::tiff) const BLACK_WHITE: u16 = 532;
}

pub(super) fn compression(file: &File<'_>, number: u64, t4_options: u64) -> Result<Compression, ImagingError> {
    Ok(match number {
        1 => Compression::None,
        2 => Compression::Fax(Coding::Huffman),
        3 => Compression::Fax(Coding::Group3 { two_dimensional: t4_options & 1 == 1 }),
        4 => Compression::Fax(Coding::Group4),
        5 => Compression::Lzw,
        7 => Compression::Jpeg,
        8 | 32946 => Compression::Deflate,
        32773 => Compression::PackBits,
        other => {
            let name = match other {
                6 => "old-style JPEG compression (6)".to_owned(),
                34661 => "JBIG compression".to_owned(),
                33003 | 33005 | 34712 => "JPEG 2000 compression".to_owned(),
                34887 => "LERC compression".to_owned(),
                50002 | 52546 => "JPEG XL compression".to_owned(),
                34925 => "LZMA compression".to_owned(),
                50000 => "Zstandard compression".to_owned(),
                50001 => "WebP compression".to_owned(),
                _ => format!("compression {other}"),
            };
            return Err(file.unsupported(name));
        }
    })
}

pub(super) fn photometric(file: &File<'_>, number: u64) -> Result<Photometric, ImagingError> {
    Ok(match number {
        0 => Photometric::WhiteIsZero,
        1 => Photometric::BlackIsZero,
        2 => Photometric::Rgb,
        3 => Photometric::Palette,
        5 => Photometric::Cmyk,
        6 => Photometric::Ycbcr,
        8..=10 => return Err(file.unsupported("L*a*b* colors")),
        32803 => return Err(file.unsupported("a camera's raw sensor data")),
        other => return Err(file.unsupported(format!("color model {other}"))),
    })
}

pub(super) fn bits(file: &File<'_>, each: &[u64]) -> Result<usize, ImagingError> {
    let first = each.first().copied().unwrap_or(1);
    if each.iter().any(|bits| *bits != first) {
        return Err(file.unsupported(format!("samples of different depths ({each:?} bits)")));
    }
    match first {
        1 | 2 | 4 | 8 | 16 => Ok(first as usize),
        _ => Err(file.unsupported(format!("samples of {first} bits"))),
    }
}

pub(super) fn check_format(file: &File<'_>, fields: &Fields<'_>, bits: usize, photometric: Photometric) -> Result<(), ImagingError> {
    if fields.number(tag::SAMPLE_FORMAT).is_some_and(|format| format != 1 && format != 4) {
        return Err(file.unsupported("samples that are not unsigned whole numbers"));
    }
    if fields.number(tag::INK_SET).is_some_and(|set| set != 1) && photometric == Photometric::Cmyk {
        return Err(file.unsupported("inks other than CMYK"));
    }
    let deep = !matches!(photometric, Photometric::WhiteIsZero | Photometric::BlackIsZero | Photometric::Palette);
    if deep && bits < 8 || photometric == Photometric::Palette && bits > 8 || photometric == Photometric::Ycbcr && bits != 8 {
        return Err(file.unsupported(format!("{photometric:?} colors of {bits} bits")));
    }
    Ok(())
}

pub(super) fn predictor(file: &File<'_>, number: u64, bits: usize) -> Result<bool, ImagingError> {
    match number {
        1 => Ok(false),
        2 if bits >= 8 => Ok(true),
        2 => Err(file.unsupported(format!("differences between samples of {bits} bits"))),
        _ => Err(file.unsupported(format!("predictor {number}"))),
    }
}

pub(super) fn subsampling(file: &File<'_>, fields: &Fields<'_>) -> Result<[usize; 2], ImagingError> {
    match fields.list(tag::SUBSAMPLING).as_deref() {
        None => Ok([2, 2]),
        Some([x @ (1 | 2 | 4), y @ (1 | 2 | 4), ..]) => Ok([*x as usize, *y as usize]),
        Some(other) => Err(file.corrupt(format!("color subsampling {other:?}"))),
    }
}

/// What the numbers of YCbCr stand for. Inside JPEG they are JFIF's, whatever the fields say.
pub(super) fn ycbcr(
    file: &File<'_>,
    fields: &Fields<'_>,
    photometric: Photometric,
    compression: Compression,
) -> Result<Ycbcr, ImagingError> {
    if photometric != Photometric::Ycbcr || compression == Compression::Jpeg {
        return Ok(Ycbcr::Jfif);
    }
    let luma = fields.fractions(tag::LUMA).unwrap_or_else(|| vec![0.299, 0.587, 0.114]);
    let whole = || fields.list(tag::BLACK_WHITE).map(|list| list.into_iter().map(|v| v as f64).collect());
    let range = fields.fractions(tag::BLACK_WHITE).or_else(whole).unwrap_or_else(|| vec![0.0, 255.0, 128.0, 255.0, 128.0, 255.0]);
    Ycbcr::new(&luma, &range).ok_or_else(|| file.corrupt(format!("YCbCr with coefficients {luma:?} and references {range:?}")))
}
