//! What one page of a TIFF file is made of, checked: sizes, samples, colors, and where its strips or tiles lie.

use super::ccitt::Coding;
use super::ifd::{Fields, Numbers};
use crate::decode::File;
use crate::decode::color::Ycbcr;
use crate::{ImagingError, Size};

/// Bytes that strips and tiles may always have, however small the picture is.
const SMALL: u64 = 1 << 26;

/// Tags of baseline TIFF 6.0 and of its supplements.
mod tag {
    pub(super) const SUBFILE: u16 = 254;
    pub(super) const OLD_SUBFILE: u16 = 255;
    pub(super) const WIDTH: u16 = 256;
    pub(super) const HEIGHT: u16 = 257;
    pub(super) const BITS: u16 = 258;
    pub(super) const COMPRESSION: u16 = 259;
    pub(super) const PHOTOMETRIC: u16 = 262;
    pub(super) const FILL_ORDER: u16 = 266;
    pub(super) const STRIP_OFFSETS: u16 = 273;
    pub(super) const ORIENTATION: u16 = 274;
    pub(super) const SAMPLES: u16 = 277;
    pub(super) const ROWS_PER_STRIP: u16 = 278;
    pub(super) const STRIP_COUNTS: u16 = 279;
    pub(super) const PLANAR: u16 = 284;
    pub(super) const T4_OPTIONS: u16 = 292;
    pub(super) const PREDICTOR: u16 = 317;
    pub(super) const PALETTE: u16 = 320;
    pub(super) const TILE_WIDTH: u16 = 322;
    pub(super) const TILE_HEIGHT: u16 = 323;
    pub(super) const TILE_OFFSETS: u16 = 324;
    pub(super) const TILE_COUNTS: u16 = 325;
    pub(super) const INK_SET: u16 = 332;
    pub(super) const EXTRA: u16 = 338;
    pub(super) const SAMPLE_FORMAT: u16 = 339;
    pub(super) const JPEG_TABLES: u16 = 347;
    pub(super) const LUMA: u16 = 529;
    pub(super) const SUBSAMPLING: u16 = 530;
    pub(super) const BLACK_WHITE: u16 = 532;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Fax(Coding),
    Lzw,
    Jpeg,
    Deflate,
    PackBits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Photometric {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    Ycbcr,
}

/// What the first sample beyond the colors is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opacity {
    Straight,
    Premultiplied,
}

pub(super) struct Page<'a> {
    pub(super) numbers: Numbers<'a>,
    pub(super) size: Size,
    pub(super) bits: usize,
    /// Samples of a pixel, those beyond the colors included.
    pub(super) samples: usize,
    pub(super) compression: Compression,
    pub(super) photometric: Photometric,
    pub(super) opacity: Option<Opacity>,
    /// Each sample in strips or tiles of its own.
    pub(super) planar: bool,
    /// The lowest bit of a byte is the leftmost pixel.
    pub(super) reversed: bool,
    /// Rows hold differences to the sample on the left.
    pub(super) differences: bool,
    pub(super) palette: Vec<u64>,
    pub(super) tables: Option<&'a [u8]>,
    /// Brightness samples for each color sample, across and down; [1, 1] unless colors are YCbCr and not inside JPEG.
    pub(super) subsampling: [usize; 2],
    /// What YCbCr means, where the page has it.
    pub(super) ycbcr: Ycbcr,
    pub(super) orientation: u8,
    /// Width and height of a strip or tile.
    pub(super) chunk: Size,
    pub(super) tiled: bool,
    chunks: Vec<(u64, u64)>,
}

impl<'a> Page<'a> {
    pub(super) fn read(file: &File<'a>, numbers: Numbers<'a>, fields: &Fields<'a>) -> Result<Self, ImagingError> {
        let number = |tag, default| fields.number(tag).unwrap_or(default);
        let side = |tag| usize::try_from(number(tag, 0)).unwrap_or(usize::MAX);
        let size = file.size(side(tag::WIDTH), side(tag::HEIGHT))?;
        let compression = compression(file, number(tag::COMPRESSION, 1), number(tag::T4_OPTIONS, 0))?;
        let photometric = photometric(file, number(tag::PHOTOMETRIC, 1))?;
        let samples = number(tag::SAMPLES, 1) as usize;
        let bits = bits(file, &fields.list(tag::BITS).unwrap_or_else(|| vec![1]))?;
        check_format(file, fields, bits, photometric)?;
        let colors = photometric.colors();
        if samples < colors || samples > colors + 8 {
            return Err(file.corrupt(format!("{samples} samples a pixel don't make {photometric:?} colors")));
        }
        // Every sample is kept until colors are made of them.
        if size.pixels().saturating_mul((samples * bits.div_ceil(8)) as u64) > file.options.max_pixels.saturating_mul(8) {
            let max_pixels = file.options.max_pixels;
            return Err(ImagingError::TooLarge { name: file.name.to_owned(), format: file.format.name(), size, max_pixels });
        }
        let opacity = match fields.number(tag::EXTRA) {
            Some(1) if samples > colors => Some(Opacity::Premultiplied),
            Some(2) if samples > colors => Some(Opacity::Straight),
            _ => None,
        };
        let subsampling = match (photometric, compression) {
            (Photometric::Ycbcr, Compression::Jpeg) => [1; 2],
            (Photometric::Ycbcr, _) => subsampling(file, fields)?,
            _ => [1; 2],
        };
        let tiled = fields.number(tag::TILE_WIDTH).is_some();
        let chunk = if tiled {
            Size::new(side(tag::TILE_WIDTH), side(tag::TILE_HEIGHT))
        } else {
            let rows = fields.number(tag::ROWS_PER_STRIP).filter(|rows| *rows > 0).unwrap_or(u64::MAX).min(size.height as u64) as usize;
            Size::new(size.width, rows)
        };
        if chunk.width == 0 || chunk.height == 0 {
            return Err(file.corrupt(format!("tiles of {} × {} pixels", chunk.width, chunk.height)));
        }
        let planar = number(tag::PLANAR, 1) == 2 && samples > 1;
        if planar && subsampling != [1; 2] {
            return Err(file.unsupported("subsampled colors in planes"));
        }
        let page = Self {
            numbers,
            size,
            bits,
            samples,
            compression,
            photometric,
            opacity,
            planar,
            reversed: number(tag::FILL_ORDER, 1) == 2,
            differences: predictor(file, number(tag::PREDICTOR, 1), bits)?,
            palette: fields.list(tag::PALETTE).unwrap_or_default(),
            tables: fields.bytes(tag::JPEG_TABLES),
            subsampling,
            ycbcr: ycbcr(file, fields, photometric, compression)?,
            orientation: number(tag::ORIENTATION, 1).min(255) as u8,
            chunk,
            tiled,
            chunks: chunks(fields, tiled, compression, numbers.bytes.len()),
        };
        page.check(file)?;
        Ok(page)
    }

    fn check(&self, file: &File<'_>) -> Result<(), ImagingError> {
        if self.photometric == Photometric::Palette && self.palette.len() < 3 << self.bits {
            return Err(file.corrupt(format!("a palette of {} entries for {} bits", self.palette.len() / 3, self.bits)));
        }
        if matches!(self.compression, Compression::Fax(_)) && (self.bits, self.samples) != (1, 1) {
            return Err(file.corrupt("fax coding of more than one bit a pixel"));
        }
        if self.compression == Compression::Jpeg && self.bits != 8 {
            return Err(file.unsupported(format!("JPEG of {} bits a sample inside", self.bits)));
        }
        self.check_chunks(file)?;
        if self.chunks.len() < self.chunk_count() {
            return Err(file.corrupt(format!("{} strips or tiles, wanted {}", self.chunks.len(), self.chunk_count())));
        }
        Ok(())
    }

    /// Tiles may reach over the picture's edges; such that hold far more than the picture are an attack on memory or time.
    fn check_chunks(&self, file: &File<'_>) -> Result<(), ImagingError> {
        let pixel = (self.samples * self.bits.div_ceil(8)) as u64;
        let picture = self.size.pixels().saturating_mul(pixel);
        let one = self.chunk.pixels().saturating_mul(pixel / self.planes() as u64);
        let all = one.saturating_mul(self.chunk_count() as u64);
        if one > picture.saturating_add(picture / 4 + SMALL) || all > picture.saturating_mul(4).saturating_add(SMALL) {
            let (count, chunk) = (self.chunk_count(), self.chunk);
            return Err(file.corrupt(format!("{count} tiles of {chunk} pixels for a picture of {}", self.size)));
        }
        Ok(())
    }

    /// Strips or tiles side by side.
    pub(super) fn across(&self) -> usize {
        self.size.width.div_ceil(self.chunk.width)
    }

    /// Strips or tiles one below the other.
    pub(super) fn down(&self) -> usize {
        self.size.height.div_ceil(self.chunk.height)
    }

    /// Planes that are stored one after the other.
    pub(super) fn planes(&self) -> usize {
        if self.planar { self.samples } else { 1 }
    }

    fn chunk_count(&self) -> usize {
        self.across().saturating_mul(self.down()).saturating_mul(self.planes())
    }

    /// The stored bytes of a strip or tile; none if it begins outside the file.
    pub(super) fn stored(&self, plane: usize, row: usize, column: usize) -> Option<&'a [u8]> {
        let (offset, length) = *self.chunks.get((plane * self.down() + row) * self.across() + column)?;
        let start = usize::try_from(offset).ok()?;
        // Some writers state too great a length; whether what there is suffices, the codecs tell.
        let rest = self.numbers.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        Some(&rest[..usize::try_from(length).unwrap_or(usize::MAX).min(rest.len())])
    }
}

impl Photometric {
    /// Samples that make a color.
    pub(super) fn colors(self) -> usize {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::Ycbcr => 3,
            Self::Cmyk => 4,
        }
    }
}

fn compression(file: &File<'_>, number: u64, t4_options: u64) -> Result<Compression, ImagingError> {
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

fn photometric(file: &File<'_>, number: u64) -> Result<Photometric, ImagingError> {
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

fn bits(file: &File<'_>, each: &[u64]) -> Result<usize, ImagingError> {
    let first = each.first().copied().unwrap_or(1);
    if each.iter().any(|bits| *bits != first) {
        return Err(file.unsupported(format!("samples of different depths ({each:?} bits)")));
    }
    match first {
        1 | 2 | 4 | 8 | 16 => Ok(first as usize),
        _ => Err(file.unsupported(format!("samples of {first} bits"))),
    }
}

fn check_format(file: &File<'_>, fields: &Fields<'_>, bits: usize, photometric: Photometric) -> Result<(), ImagingError> {
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

fn predictor(file: &File<'_>, number: u64, bits: usize) -> Result<bool, ImagingError> {
    match number {
        1 => Ok(false),
        2 if bits >= 8 => Ok(true),
        2 => Err(file.unsupported(format!("differences between samples of {bits} bits"))),
        _ => Err(file.unsupported(format!("predictor {number}"))),
    }
}

fn subsampling(file: &File<'_>, fields: &Fields<'_>) -> Result<[usize; 2], ImagingError> {
    match fields.list(tag::SUBSAMPLING).as_deref() {
        None => Ok([2, 2]),
        Some([x @ (1 | 2 | 4), y @ (1 | 2 | 4), ..]) => Ok([*x as usize, *y as usize]),
        Some(other) => Err(file.corrupt(format!("color subsampling {other:?}"))),
    }
}

/// What the numbers of YCbCr stand for. Inside JPEG they are JFIF's, whatever the fields say.
fn ycbcr(file: &File<'_>, fields: &Fields<'_>, photometric: Photometric, compression: Compression) -> Result<Ycbcr, ImagingError> {
    if photometric != Photometric::Ycbcr || compression == Compression::Jpeg {
        return Ok(Ycbcr::Jfif);
    }
    let luma = fields.fractions(tag::LUMA).unwrap_or_else(|| vec![0.299, 0.587, 0.114]);
    let whole = || fields.list(tag::BLACK_WHITE).map(|list| list.into_iter().map(|v| v as f64).collect());
    let range = fields.fractions(tag::BLACK_WHITE).or_else(whole).unwrap_or_else(|| vec![0.0, 255.0, 128.0, 255.0, 128.0, 255.0]);
    Ycbcr::new(&luma, &range).ok_or_else(|| file.corrupt(format!("YCbCr with coefficients {luma:?} and references {range:?}")))
}

/// Whether a directory describes a smaller copy or a mask of another page.
pub(super) fn is_reduced(fields: &Fields<'_>) -> bool {
    fields.number(tag::SUBFILE).is_some_and(|kind| kind & 0b101 != 0) || fields.number(tag::OLD_SUBFILE) == Some(2)
}

/// Places and lengths. Where a length is left out or 0, a single strip goes to the end of the file, as do strips without compression:
/// no more is read of them than the picture needs.
fn chunks(fields: &Fields<'_>, tiled: bool, compression: Compression, end: usize) -> Vec<(u64, u64)> {
    let (offsets, counts) = if tiled { (tag::TILE_OFFSETS, tag::TILE_COUNTS) } else { (tag::STRIP_OFFSETS, tag::STRIP_COUNTS) };
    // Some tiled files write their places under the strips' tags.
    let offsets = fields.list(offsets).or_else(|| fields.list(tag::STRIP_OFFSETS)).unwrap_or_default();
    let mut counts = fields.list(counts).or_else(|| fields.list(tag::STRIP_COUNTS)).unwrap_or_default();
    if offsets.len() == 1 || compression == Compression::None {
        counts.resize(offsets.len(), 0);
        let rest = offsets.iter().map(|at| (end as u64).saturating_sub(*at));
        counts.iter_mut().zip(rest).filter(|(count, _)| **count == 0).for_each(|(count, rest)| *count = rest);
    }
    offsets.into_iter().zip(counts).collect()
}
