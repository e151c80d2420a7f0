//! TIFF, read here: fax coding of both groups, palettes, planes, tiles, several pages and both senses of black are what scanners write,
//! and no crate reads all of them.

mod ccitt;
mod ifd;
mod page;
mod terms;
mod unpack;

use super::raster::Raster;
use super::{File, color};
use crate::ImagingError;
use ifd::{Break, Numbers};
use page::{Opacity, Page, Photometric};

pub(super) fn pages(file: &File<'_>) -> Result<usize, ImagingError> {
    Ok(walk(file, usize::MAX)?.1.len())
}

/// The places of the pages' directories, as many as are wanted. Reduced copies and masks of a page are no pages of their own, unless a
/// file has nothing else.
fn walk<'a>(file: &File<'a>, wanted: usize) -> Result<(Numbers<'a>, Vec<u64>), ImagingError> {
    let (numbers, first) = Numbers::open(file.bytes).ok_or_else(|| file.truncated("it ends within the header"))?;
    let (mut full, mut reduced) = (Vec::new(), Vec::new());
    for link in numbers.chain(first) {
        let at = link.map_err(|fault| explain(file, fault, full.len() + reduced.len() + 1))?;
        let is_reduced = numbers.fields(at).is_some_and(|fields| page::is_reduced(&fields));
        if is_reduced { &mut reduced } else { &mut full }.push(at);
        if full.len() >= wanted {
            break;
        }
    }
    Ok((numbers, if full.is_empty() { reduced } else { full }))
}

fn explain(file: &File<'_>, fault: Break, page: usize) -> ImagingError {
    match fault {
        Break::Outside => file.truncated(format!("the directory of page {page} lies outside")),
        Break::Circle => file.corrupt(format!("page {page} is one of those before it: its pages run in a circle")),
        Break::TooMany => file.corrupt(format!("it states more than {} pages", page - 1)),
        Break::Fields(count) => file.corrupt(format!("page {page} states {count} fields")),
    }
}

pub(super) fn decode(file: &File<'_>) -> Result<Raster, ImagingError> {
    let (numbers, pages) = walk(file, file.options.page)?;
    let at = file.options.page.checked_sub(1).and_then(|index| pages.get(index)).ok_or_else(|| file.no_page(pages.len()))?;
    let fields = numbers.fields(*at).ok_or_else(|| file.truncated("a directory leaves the file"))?;
    let page = Page::read(file, numbers, &fields)?;
    let samples = samples(file, &page)?;
    Ok(raster(&page, &samples))
}

/// Every sample as a level of 8 bits, interleaved; a palette's index as it is.
fn samples(file: &File<'_>, page: &Page<'_>) -> Result<Vec<u8>, ImagingError> {
    let size = page.size;
    let per_chunk = if page.planar { 1 } else { page.samples };
    let mut result = vec![0; size.width * size.height * page.samples];
    for plane in 0..page.planes() {
        for (row, column) in (0..page.down()).flat_map(|row| (0..page.across()).map(move |column| (row, column))) {
            let stored = page.stored(plane, row, column).ok_or_else(|| file.truncated("a strip or tile leaves the file"))?;
            let (top, left) = (row * page.chunk.height, column * page.chunk.width);
            let shown = page.chunk.height.min(size.height - top);
            let height = if page.tiled { page.chunk.height } else { shown };
            let packed = unpack::rows(file, page, stored, height, per_chunk)?;
            let levels = levels(page, packed, height, per_chunk);
            let width = page.chunk.width.min(size.width - left);
            for (y, line) in levels.chunks_exact(page.chunk.width * per_chunk).take(shown).enumerate() {
                let start = ((top + y) * size.width + left) * page.samples + plane;
                if page.planar {
                    for (x, level) in line.iter().take(width).enumerate() {
                        result[start + x * page.samples] = *level;
                    }
                } else {
                    result[start..start + width * per_chunk].copy_from_slice(&line[..width * per_chunk]);
                }
            }
        }
    }
    Ok(result)
}

/// Packed samples to a byte each: fewer than 8 bits are stretched (a palette's are not), of 16 bits the upper byte is kept for grey
/// and v / 257 rounded for colors, as OpenCV does.
fn levels(page: &Page<'_>, mut packed: Vec<u8>, rows: usize, samples: usize) -> Vec<u8> {
    let values = page.chunk.width * samples;
    match page.bits {
        _ if page.subsampling != [1; 2] => upsample(page, &packed, rows),
        8 => {
            packed.truncate(values * rows);
            packed
        }
        16 => {
            let colors = page.photometric.colors() > 1;
            let level = |v: u16| if colors { ((u32::from(v) + 128) / 257) as u8 } else { (v >> 8) as u8 };
            page.numbers.shorts(&packed[..values * rows * 2]).map(level).collect()
        }
        bits => {
            let top = (1u16 << bits) - 1;
            let factor = if page.photometric == Photometric::Palette { 1 } else { (255 / top) as u8 };
            let stride = (values * bits).div_ceil(8);
            let mut result = Vec::with_capacity(values * rows);
            for row in packed.chunks_exact(stride).take(rows) {
                result.extend((0..values).map(|i| ((row[i * bits / 8] >> (8 - bits - i * bits % 8)) & top as u8) * factor));
            }
            result
        }
    }
}

/// YCbCr whose colors are stored once for a block of pixels: first the block's brightness, then its Cb and Cr.
fn upsample(page: &Page<'_>, packed: &[u8], rows: usize) -> Vec<u8> {
    let ([sub_x, sub_y], width) = (page.subsampling, page.chunk.width);
    let mut result = vec![0; width * rows * 3];
    let across = width.div_ceil(sub_x);
    for (i, block) in packed.chunks_exact(sub_x * sub_y + 2).enumerate() {
        let (left, top) = (i % across * sub_x, i / across * sub_y);
        let (brightness, colors) = block.split_at(sub_x * sub_y);
        for (j, y) in brightness.iter().enumerate() {
            let (x, row) = (left + j % sub_x, top + j / sub_x);
            if x < width && row < rows {
                result[(row * width + x) * 3..][..3].copy_from_slice(&[*y, colors[0], colors[1]]);
            }
        }
    }
    result
}

fn raster(page: &Page<'_>, samples: &[u8]) -> Raster {
    let pixels = samples.chunks_exact(page.samples);
    let palette = |index: u8, color: usize| {
        let entries = page.palette.len() / 3;
        // Some writers fill only the lower byte.
        let wide = page.palette.iter().any(|v| *v > 255);
        let value = page.palette.get(color * entries + usize::from(index)).copied().unwrap_or(0);
        (if wide { value >> 8 } else { value }) as u8
    };
    let table: Vec<[u8; 3]> = match page.photometric {
        Photometric::Palette => (0..=255).map(|index| [0, 1, 2].map(|color| palette(index, color))).collect(),
        Photometric::WhiteIsZero => (0..=255).rev().map(|level| [level; 3]).collect(),
        _ => (0..=255).map(|level| [level; 3]).collect(),
    };
    let colors = match page.photometric {
        Photometric::Rgb => pixels.clone().flat_map(|p| [p[0], p[1], p[2]]).collect(),
        Photometric::Ycbcr => pixels.clone().flat_map(|p| page.ycbcr.color([p[0], p[1], p[2]])).collect(),
        Photometric::Cmyk => pixels.clone().flat_map(|p| color::cmyk([p[0], p[1], p[2], p[3]])).collect(),
        _ => pixels.clone().flat_map(|p| table[usize::from(p[0])]).collect(),
    };
    let opacity = page.opacity.map(|_| pixels.map(|p| p[page.photometric.colors()]).collect());
    let premultiplied = page.opacity == Some(Opacity::Premultiplied);
    Raster { opacity, premultiplied, orientation: page.orientation, ..Raster::opaque(page.size, colors) }
}
