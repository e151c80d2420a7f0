//! Resizing, equal to the libraries that published networks were trained and judged with.
//!
//! A network's accuracy is stated for one exact way of resizing, so each filter here follows one implementation to the bit: OpenCV's
//! `cv2.resize` (4.6 to 5.0 agree) for 8-bit nearest, linear, cubic and area and for linear in f32, Pillow's `Image.resize` for its
//! antialiased bilinear and bicubic. All work on interleaved rows of any number of channels.

mod area;
mod cubic;
mod linear;
mod nearest;
mod pillow;

use std::borrow::Cow;

use vtk_kernels::resize::Windows;

use crate::picture::fits_memory;
use crate::{ImagingError, RgbImage, Size};

pub(crate) use cubic::weights as cubic_weights;

/// Which implementation's resizing is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// OpenCV's `INTER_NEAREST`: the pixel at floor(x · scale), without a half-pixel center.
    Nearest,
    /// OpenCV's `INTER_LINEAR`: weights in 1/2048, no antialiasing; exactly half a size averages 2 × 2 pixels.
    Linear,
    /// OpenCV's `INTER_CUBIC` (A = −0.75), in the form of its x86-64 builds without IPP.
    Cubic,
    /// OpenCV's `INTER_AREA`.
    Area,
    /// Pillow's `BILINEAR`, antialiased when shrinking.
    PillowBilinear,
    /// Pillow's `BICUBIC` (a = −0.5), antialiased when shrinking.
    PillowBicubic,
}

impl Filter {
    /// Every filter, in the order of their declaration.
    pub const ALL: [Self; 6] = [Self::Nearest, Self::Linear, Self::Cubic, Self::Area, Self::PillowBilinear, Self::PillowBicubic];

    /// The name in recipes: `nearest`, `linear`, `cubic`, `area`, `pillow-bilinear`, `pillow-bicubic`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::Linear => "linear",
            Self::Cubic => "cubic",
            Self::Area => "area",
            Self::PillowBilinear => "pillow-bilinear",
            Self::PillowBicubic => "pillow-bicubic",
        }
    }
}

/// Resizes interleaved 8-bit pixels of `channels` values each from `from` to `to`.
///
/// # Errors
/// [`ImagingError::Shape`] if a side or `channels` is 0, if `pixels` hasn't the length that `from` asks for, or if the result can't be
/// held in memory.
pub fn resize_u8(pixels: &[u8], from: Size, channels: usize, to: Size, filter: Filter) -> Result<Vec<u8>, ImagingError> {
    check(pixels.len(), from, channels, to)?;
    if from == to {
        return Ok(pixels.to_vec());
    }
    let source = Source { pixels, size: from, channels };
    Ok(match filter {
        Filter::Nearest => nearest::resize(&source, to),
        Filter::Linear if from.width == 2 * to.width && from.height == 2 * to.height => area::resize(&source, to),
        Filter::Linear => linear::resize_u8(&source, to, linear::Rule::Centers),
        Filter::Cubic => cubic::resize(&source, to),
        Filter::Area => area::resize(&source, to),
        Filter::PillowBilinear => pillow::resize(&source, to, pillow::Kernel::Bilinear),
        Filter::PillowBicubic => pillow::resize(&source, to, pillow::Kernel::Bicubic),
    })
}

/// Resizes interleaved f32 pixels as OpenCV's `INTER_LINEAR` does: weights and sums in f32, nothing rounded.
///
/// # Errors
/// As [`resize_u8`].
pub fn resize_f32(pixels: &[f32], from: Size, channels: usize, to: Size) -> Result<Vec<f32>, ImagingError> {
    check(pixels.len(), from, channels, to)?;
    Ok(if from == to { pixels.to_vec() } else { linear::resize_f32(&Source { pixels, size: from, channels }, to) })
}

/// [`resize_f32`] of 8-bit pixels, without a copy of the whole picture in f32.
pub(crate) fn resize_u8_in_f32(pixels: &[u8], from: Size, channels: usize, to: Size) -> Result<Vec<f32>, ImagingError> {
    check(pixels.len(), from, channels, to)?;
    Ok(linear::resize_f32(&Source { pixels, size: from, channels }, to))
}

impl RgbImage {
    /// The picture resized to `width` × `height`.
    ///
    /// # Errors
    /// [`ImagingError::Shape`] if a side is 0 or the result can't be held in memory.
    pub fn resize(&self, width: usize, height: usize, filter: Filter) -> Result<Self, ImagingError> {
        Self::new(width, height, resize_u8(self.data(), self.size(), 3, Size::new(width, height), filter)?)
    }
}

/// Interleaved rows whose length has been checked.
struct Source<'a, T> {
    pixels: &'a [T],
    size: Size,
    channels: usize,
}

impl<'a, T> Source<'a, T> {
    /// The values of row `y`, which must lie inside.
    fn row(&self, y: usize) -> &'a [T] {
        let stride = self.size.width * self.channels;
        &self.pixels[y * stride..(y + 1) * stride]
    }
}

/// Rows that are wide enough for windows of `K` pixels.
struct Wide<'a> {
    pixels: Cow<'a, [u8]>,
    size: Size,
    channels: usize,
}

impl Wide<'_> {
    fn source(&self) -> Source<'_, u8> {
        Source { pixels: &self.pixels, size: self.size, channels: self.channels }
    }
}

impl<'a> Source<'a, u8> {
    /// Windows into the rows, given by their first position and their weights, and the rows themselves: where they are narrower than a
    /// window, the last pixel is repeated, which a window that leaves the row counts anyway.
    fn with_windows<const K: usize>(&self, windows: impl IntoIterator<Item = (i64, [i16; K])>) -> (Wide<'a>, Windows<K>) {
        let Source { pixels, size, channels } = *self;
        let missing = K.saturating_sub(size.width);
        let pixels = if missing == 0 {
            Cow::Borrowed(pixels)
        } else {
            let row = |row: &[u8]| [row, &row[row.len() - channels..].repeat(missing)].concat();
            Cow::Owned(pixels.chunks_exact(size.width * channels).flat_map(row).collect())
        };
        let size = Size::new(size.width + missing, size.height);
        // None only for rows narrower than a window and weights that sum to more than 16 bits: neither is left.
        let windows = Windows::new(size.width, windows).unwrap_or_else(|| Windows::empty(size.width));
        (Wide { pixels, size, channels }, windows)
    }
}

/// The distance in source pixels from one result pixel to the next, as `cv::resize` computes it.
pub(crate) fn scale(from: usize, to: usize) -> f64 {
    1.0 / (to as f64 / from as f64)
}

/// A weight as a whole number over `one`, halves to the even one (`saturate_cast` of OpenCV).
fn scaled(weight: f32, one: f32) -> i16 {
    (weight * one).round_ties_even().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
}

/// `index` moved into 0 … `len` − 1.
fn clamp(index: i64, len: usize) -> usize {
    index.clamp(0, len as i64 - 1) as usize
}

fn check(found: usize, from: Size, channels: usize, to: Size) -> Result<(), ImagingError> {
    let values = |size: Size| size.width.checked_mul(size.height).and_then(|n| n.checked_mul(channels)).filter(|n| *n > 0);
    let fail = |size: Size, found: usize| ImagingError::Shape {
        size,
        expected: values(size).map_or_else(|| "a countable number of".to_owned(), |n| n.to_string()),
        found,
    };
    if values(from) != Some(found) {
        return Err(fail(from, found));
    }
    // Rows of intermediate results are i32 or f32, and each column and row of the result has its position and weights.
    let bytes = |n: usize| n.checked_mul(8)?.checked_add(to.width.checked_add(to.height)?.checked_mul(64)?);
    if !values(to).and_then(bytes).is_some_and(fits_memory) {
        return Err(fail(to, 0));
    }
    Ok(())
}
