//! The picture that every step before a network works on: 8 bits, three channels, red first, rows from the top.

use ndarray::{Array3, ArrayView3};

use crate::ImagingError;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Size {
    /// Pixels from left to right.
    pub width: usize,
    /// Pixels from top to bottom.
    pub height: usize,
}

impl Size {
    /// A size of `width` × `height` pixels.
    #[must_use]
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height }
    }

    /// Number of pixels; saturates instead of overflowing.
    #[must_use]
    pub fn pixels(self) -> u64 {
        (self.width as u64).saturating_mul(self.height as u64)
    }

    /// The longer side.
    #[must_use]
    pub fn long(self) -> usize {
        self.width.max(self.height)
    }

    /// The shorter side.
    #[must_use]
    pub fn short(self) -> usize {
        self.width.min(self.height)
    }

    /// The size after a quarter turn.
    #[must_use]
    pub fn turned(self) -> Self {
        Self::new(self.height, self.width)
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

/// A decoded picture: interleaved red, green, blue of 8 bits, row by row from the top, without padding. Both sides are at least 1.
#[derive(Clone, PartialEq, Eq)]
pub struct RgbImage {
    size: Size,
    data: Vec<u8>,
}

impl std::fmt::Debug for RgbImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RgbImage({})", self.size)
    }
}

impl RgbImage {
    /// A picture of `width` × `height` pixels from its interleaved bytes.
    ///
    /// # Errors
    /// [`ImagingError::Shape`] unless both sides are at least 1 and `data` holds exactly `width · height · 3` bytes.
    pub fn new(width: usize, height: usize, data: Vec<u8>) -> Result<Self, ImagingError> {
        let size = Size::new(width, height);
        let expected = width.checked_mul(height).and_then(|n| n.checked_mul(3));
        if expected != Some(data.len()) || data.is_empty() {
            return Err(ImagingError::Shape {
                size,
                expected: expected.map_or_else(|| "more than can be counted".to_owned(), |n| n.to_string()),
                found: data.len(),
            });
        }
        Ok(Self { size, data })
    }

    /// A picture of one color.
    ///
    /// # Errors
    /// [`ImagingError::Shape`] if a side is 0 or the size can't be held in memory.
    pub fn filled(width: usize, height: usize, color: [u8; 3]) -> Result<Self, ImagingError> {
        let pixels = width.checked_mul(height).filter(|n| n.checked_mul(3).is_some_and(fits_memory)).unwrap_or(0);
        Self::new(width, height, color.repeat(pixels))
    }

    /// A picture from an array of shape [height, width, 3].
    ///
    /// # Errors
    /// [`ImagingError::Shape`] if the last axis is not 3 or another is 0.
    pub fn from_array(pixels: ArrayView3<'_, u8>) -> Result<Self, ImagingError> {
        let (height, width, channels) = pixels.dim();
        if channels != 3 {
            return Err(ImagingError::Shape {
                size: Size::new(width, height),
                expected: "3 channels a pixel and so many".to_owned(),
                found: pixels.len(),
            });
        }
        Self::new(width, height, pixels.iter().copied().collect())
    }

    /// Width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.size.width
    }

    /// Height in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.size.height
    }

    /// Width and height.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The interleaved bytes, `width · height · 3` of them.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The interleaved bytes, to be written over.
    #[must_use]
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// The interleaved bytes, the picture given up.
    #[must_use]
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// The bytes of row `y`, counted from the top; empty below the picture.
    #[must_use]
    pub fn row(&self, y: usize) -> &[u8] {
        let stride = self.size.width * 3;
        y.checked_mul(stride).and_then(|start| self.data.get(start..start + stride)).unwrap_or(&[])
    }

    /// The color at column `x` of row `y`, or none outside the picture.
    #[must_use]
    pub fn pixel(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        let at = self.row(y).get(x.checked_mul(3)?..)?;
        Some([*at.first()?, *at.get(1)?, *at.get(2)?])
    }

    /// The picture as an array of shape [height, width, 3].
    #[must_use]
    pub fn to_array(&self) -> Array3<u8> {
        // The length is that of the shape: it was checked when the picture was made.
        Array3::from_shape_vec((self.size.height, self.size.width, 3), self.data.clone()).unwrap_or_default()
    }

    /// The part that starts at (`left`, `top`).
    ///
    /// # Errors
    /// [`ImagingError::Shape`] if the part is empty or leaves the picture.
    pub fn crop(&self, left: usize, top: usize, width: usize, height: usize) -> Result<Self, ImagingError> {
        let inside = |from: usize, len: usize, side: usize| from.checked_add(len).is_some_and(|end| end <= side);
        if !inside(left, width, self.size.width) || !inside(top, height, self.size.height) {
            return Err(ImagingError::Shape {
                size: Size::new(width, height),
                expected: format!("a part of {} from ({left}, {top}), and so fewer", self.size),
                found: self.data.len(),
            });
        }
        let rows = (top..top + height).flat_map(|y| &self.row(y)[left * 3..(left + width) * 3]);
        Self::new(width, height, rows.copied().collect())
    }

    /// The picture turned clockwise by `quarters` quarter turns; negative turns go the other way. `numpy.rot90` is −1.
    #[must_use]
    pub fn rotate(&self, quarters: i32) -> Self {
        let Size { width, height } = self.size;
        match quarters.rem_euclid(4) {
            1 => self.rearranged(self.size.turned(), |x, y| (y, height - 1 - x)),
            2 => self.rearranged(self.size, |x, y| (width - 1 - x, height - 1 - y)),
            3 => self.rearranged(self.size.turned(), |x, y| (width - 1 - y, x)),
            _ => self.clone(),
        }
    }

    /// The picture mirrored left to right.
    #[must_use]
    pub fn mirror(&self) -> Self {
        let width = self.size.width;
        self.rearranged(self.size, |x, y| (width - 1 - x, y))
    }

    /// A picture of `size` whose pixel (x, y) is this one's at `from(x, y)`, which must lie inside.
    fn rearranged(&self, size: Size, from: impl Fn(usize, usize) -> (usize, usize)) -> Self {
        let mut data = Vec::with_capacity(self.data.len());
        for y in 0..size.height {
            for x in 0..size.width {
                let (sx, sy) = from(x, y);
                let at = (sy * self.size.width + sx) * 3;
                data.extend_from_slice(&self.data[at..at + 3]);
            }
        }
        Self { size, data }
    }
}

/// Whether so many bytes can be had. They are given back at once: this only tells what is hopeless before anyone counts on it.
pub(crate) fn fits_memory(bytes: usize) -> bool {
    Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(width: usize, height: usize) -> RgbImage {
        RgbImage::new(width, height, (0..width * height * 3).map(|n| n as u8).collect()).unwrap()
    }

    #[test]
    fn a_wrong_length_or_an_empty_side_is_refused() {
        for (width, height, bytes) in [(2, 2, 11), (0, 0, 0), (0, 3, 0), (usize::MAX, 2, 6), (usize::MAX / 2, 4, 0)] {
            assert!(RgbImage::new(width, height, vec![0; bytes]).is_err(), "{width} × {height}");
            assert!(RgbImage::filled(width, height, [0; 3]).is_err() || bytes == 11);
        }
    }

    #[test]
    fn four_quarter_turns_and_two_mirrors_change_nothing() {
        let picture = counted(3, 2);
        let turned = picture.rotate(1);
        assert_eq!(turned.size(), Size::new(2, 3));
        assert_eq!(turned.pixel(1, 0), picture.pixel(0, 0));
        assert_eq!(turned.rotate(1), picture.rotate(2));
        assert_eq!(turned.rotate(-1), picture);
        assert_eq!(picture.rotate(5), turned);
        assert_eq!(picture.mirror().mirror(), picture);
        assert_eq!(picture.mirror().pixel(0, 1), picture.pixel(2, 1));
    }

    #[test]
    fn a_crop_outside_the_picture_is_refused() {
        let picture = counted(4, 3);
        assert_eq!(picture.crop(1, 1, 2, 2).unwrap().pixel(0, 0), picture.pixel(1, 1));
        assert!(picture.crop(3, 0, 2, 1).is_err());
        assert!(picture.crop(0, 0, 0, 1).is_err());
        assert!(picture.crop(usize::MAX, 0, 2, 1).is_err());
        assert_eq!(picture.pixel(4, 0), None);
        assert_eq!(picture.pixel(0, 3), None);
    }
}
