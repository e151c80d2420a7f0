//! What RapidOCR does to a picture before it looks for text (`utils/process_img.py`, the same in 1.4.4 and 3.10.0): very large ones are
//! made smaller, tiny ones larger, and flat ones get black bands above and below. Crops are taken from the picture so framed; only what
//! is reported goes back to the picture's own pixels.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use vtk_imaging::{Filter, RgbImage, Size, resize_u8};

use crate::{OcrError, Quad};

/// Both sides of a scaled picture are multiples of this.
const MULTIPLE: f64 = 32.0;

/// The bounds within which pictures are brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// The most pixels on the long side, at least 32.
    pub max_side: usize,
    /// The fewest pixels on the short side, at least 1.
    pub min_side: usize,
    /// A picture that is no higher than this gets black bands above and below.
    pub min_height: usize,
    /// And so does one that is wider than so many times its height; at least 1.
    pub max_ratio: f64,
}

impl Default for Frame {
    /// RapidOCR's.
    fn default() -> Self {
        Self { max_side: 2000, min_side: 30, min_height: 30, max_ratio: 8.0 }
    }
}

/// A picture within its frame, and the way back.
#[derive(Clone, Debug)]
pub struct Framed<'a> {
    /// What detection and recognition look at.
    pub picture: Cow<'a, RgbImage>,
    source: Size,
    /// Pixels of the source in one of `picture`, x and y.
    ratio: [f32; 2],
    top: usize,
}

impl Frame {
    /// That every number is in its range.
    ///
    /// # Errors
    /// [`OcrError::Option`] with the first that is not.
    pub fn check(&self) -> Result<(), OcrError> {
        let fail = |option, what| Err(OcrError::Option { option, what });
        if !(32..=1 << 16).contains(&self.max_side) {
            return fail("max_side", format!("{} is not a number of pixels from 32 to 65536", self.max_side));
        }
        if !(1..=self.max_side).contains(&self.min_side) {
            return fail("min_side", format!("{} is not a number of pixels from 1 to max_side, {}", self.min_side, self.max_side));
        }
        if self.min_height > 1 << 16 {
            return fail("min_height", format!("{} is more than 65536 pixels", self.min_height));
        }
        if !(1.0..=1e6).contains(&self.max_ratio) {
            return fail("max_ratio", format!("{} is not a number from 1 to 1000000", self.max_ratio));
        }
        Ok(())
    }

    /// Puts a picture into the frame; one that needs nothing is borrowed.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a frame out of range, [`OcrError::Imaging`] for a strip so thin that its scaled form can't be held.
    pub fn apply<'a>(&self, picture: &'a RgbImage) -> Result<Framed<'a>, OcrError> {
        self.check()?;
        let source = picture.size();
        let scaled = self.scaled(source);
        let mut framed = Framed::whole(picture);
        if scaled != source {
            let pixels = resize_u8(picture.data(), source, 3, scaled, Filter::Linear)?;
            framed.picture = Cow::Owned(RgbImage::new(scaled.width, scaled.height, pixels)?);
            framed.ratio = [source.width as f64 / scaled.width as f64, source.height as f64 / scaled.height as f64].map(|r| r as f32);
        }
        framed.top = self.band(scaled);
        if framed.top > 0 {
            let band = vec![0; framed.top * scaled.width * 3];
            let pixels = [band.as_slice(), framed.picture.data(), &band].concat();
            framed.picture = Cow::Owned(RgbImage::new(scaled.width, scaled.height + 2 * framed.top, pixels)?);
        }
        Ok(framed)
    }

    /// The size within the bounds. A side never falls below 32 where anything is scaled; RapidOCR gives up there.
    fn scaled(&self, size: Size) -> Size {
        let by = |ratio: f64| {
            let side = |side: usize| (((side as f64 * ratio).trunc() / MULTIPLE).round_ties_even() * MULTIPLE).max(MULTIPLE) as usize;
            Size::new(side(size.width), side(size.height))
        };
        if size.long() > self.max_side {
            by(self.max_side as f64 / size.long() as f64)
        } else if size.short() < self.min_side {
            by(self.min_side as f64 / size.short() as f64)
        } else {
            size
        }
    }

    /// The height of each black band, 0 for none.
    fn band(&self, size: Size) -> usize {
        let flat = size.width as f64 / size.height as f64 > self.max_ratio;
        if size.height > self.min_height && !flat {
            return 0;
        }
        let wanted = 2 * ((size.width as f64 / self.max_ratio) as usize).max(self.min_height);
        wanted.abs_diff(size.height) / 2
    }
}

impl<'a> Framed<'a> {
    /// A picture as it is.
    pub fn whole(picture: &'a RgbImage) -> Self {
        Self { picture: Cow::Borrowed(picture), source: picture.size(), ratio: [1.0; 2], top: 0 }
    }

    /// The size of the picture that came in.
    pub fn source(&self) -> Size {
        self.source
    }

    /// Where a point of the framed picture lies in the picture that came in, cut to it.
    pub fn to_source(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let cut = |v: f32, side: usize| v.clamp(0.0, side as f32);
        [cut(x * self.ratio[0], self.source.width), cut((y - self.top as f32) * self.ratio[1], self.source.height)]
    }

    /// The four corners of a box, likewise.
    pub fn quad_to_source(&self, quad: Quad) -> Quad {
        quad.map(|corner| self.to_source(corner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(width: usize, height: usize) -> (Size, [f32; 2], usize) {
        let picture = RgbImage::filled(width, height, [200; 3]).unwrap();
        let framed = Frame::default().apply(&picture).unwrap();
        (framed.picture.size(), framed.ratio, framed.top)
    }

    #[test]
    fn most_pictures_stay_as_they_are() {
        let picture = RgbImage::filled(640, 480, [1; 3]).unwrap();
        let framed = Frame::default().apply(&picture).unwrap();
        assert!(matches!(framed.picture, Cow::Borrowed(_)));
        assert_eq!(framed.to_source([639.5, 3.0]), [639.5, 3.0]);
        assert_eq!(framed.to_source([f32::MAX, -1.0]), [640.0, 0.0]);
    }

    #[test]
    fn large_tiny_and_flat_ones_change() {
        // 4000 × 3001 → 2000 × int(1500.5) → 1984 (62.5 rounds to 62) × 1504.
        assert_eq!(framed(4000, 3001).0, Size::new(1984, 1504));
        // 20 × 100: × 1.5 → 30 × 150 → 32 × 160; higher than 30, not flat.
        assert_eq!(framed(20, 100), (Size::new(32, 160), [20.0 / 32.0, 100.0 / 160.0], 0));
        // 900 × 100 is flat: bands of |2 · 112 − 100| / 2.
        assert_eq!(framed(900, 100), (Size::new(900, 224), [1.0, 1.0], 62));
        // A height of 30 is scaled by nothing, and gets bands of |2 · 30 − 30| / 2.
        assert_eq!(framed(60, 30), (Size::new(60, 60), [1.0, 1.0], 15));
        assert_eq!(framed(1, 1).0, Size::new(32, 32));
    }

    #[test]
    fn the_way_back_undoes_band_and_scale() {
        let picture = RgbImage::filled(4000, 100, [9; 3]).unwrap();
        let framed = Frame::default().apply(&picture).unwrap();
        // 2000 × 50 → 1984 × 64, and bands of (2 · 248 − 64) / 2.
        assert_eq!((framed.picture.size(), framed.top), (Size::new(1984, 496), 216));
        assert_eq!(framed.picture.pixel(0, 215), Some([0; 3]));
        assert_eq!(framed.picture.pixel(0, 216), Some([9; 3]));
        let [x, y] = framed.to_source([992.0, 216.0 + 32.0]);
        assert!((x - 2000.0).abs() < 1e-2 && (y - 50.0).abs() < 1e-3, "{x}, {y}");
    }

    #[test]
    fn frames_out_of_range_are_refused() {
        let picture = RgbImage::filled(8, 8, [0; 3]).unwrap();
        for frame in [
            Frame { max_side: 0, ..Frame::default() },
            Frame { min_side: 0, ..Frame::default() },
            Frame { min_side: 3000, ..Frame::default() },
            Frame { min_height: usize::MAX, ..Frame::default() },
            Frame { max_ratio: f64::NAN, ..Frame::default() },
            Frame { max_ratio: 0.0, ..Frame::default() },
        ] {
            assert!(matches!(frame.apply(&picture), Err(OcrError::Option { .. })), "{frame:?}");
        }
    }
}
