//! What one page of a TIFF file is made of, checked: sizes, samples, colors, and where its strips or tiles lie.

use super::ccitt::Coding;
use super::ifd::{Fields, Numbers};
use super::terms::{self, tag};
use crate::decode::File;
use crate::decode::color::Ycbcr;
use crate::{ImagingError, Size};

/// Bytes that strips and tiles may always have, however small the picture is.
const SMALL: u64 = 1 << 26;

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
        let compression = terms::compression(file, number(tag::COMPRESSION, 1), number(tag::T4_OPTIONS, 0))?;
        let photometric = terms::photometric(file, number(tag::PHOTOMETRIC, 1))?;
        let samples = number(tag::SAMPLES, 1) as usize;
        let bits = terms::bits(file, &fields.list(tag::BITS).unwrap_or_else(|| vec![1]))?;
        terms::check_format(file, fields, bits, photometric)?;
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
            (Photometric::Ycbcr, _) => terms::subsampling(file, fields)?,
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
            differences: terms::predictor(file, number(tag::PREDICTOR, 1), bits)?,
            palette: fields.list(tag::PALETTE).unwrap_or_default(),
            tables: fields.bytes(tag::JPEG_TABLES),
            subsampling,
            ycbcr: terms::ycbcr(file, fields, photometric, compression)?,
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
