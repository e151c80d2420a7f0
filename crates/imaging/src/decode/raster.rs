//! What a decoder gives, before transparency and orientation are settled.

use super::orientation;
use crate::{Alpha, ImagingError, RgbImage, Size};

/// Decoded pixels.
pub(super) struct Raster {
    pub(super) size: Size,
    /// Interleaved red, green, blue.
    pub(super) colors: Vec<u8>,
    /// One value a pixel, 255 opaque, where the file has transparency.
    pub(super) opacity: Option<Vec<u8>>,
    /// Whether the colors are multiplied by the opacity already.
    pub(super) premultiplied: bool,
    /// EXIF's orientation, 1 to 8.
    pub(super) orientation: u8,
}

impl Raster {
    /// An opaque, upright picture.
    pub(super) fn opaque(size: Size, colors: Vec<u8>) -> Self {
        Self { size, colors, opacity: None, premultiplied: false, orientation: 1 }
    }

    /// The picture as it is meant to be looked at.
    pub(super) fn finish(mut self, alpha: Alpha) -> Result<RgbImage, ImagingError> {
        if let Some(opacity) = self.opacity.take() {
            match alpha {
                Alpha::Drop => {}
                Alpha::On(ground) => self.blend(&opacity, ground),
                Alpha::Auto => {
                    let ground = if self.is_dark(&opacity) { [255; 3] } else { [0; 3] };
                    self.blend(&opacity, ground);
                }
            }
        }
        Ok(orientation::apply(RgbImage::new(self.size.width, self.size.height, self.colors)?, self.orientation))
    }

    fn blend(&mut self, opacity: &[u8], ground: [u8; 3]) {
        for (pixel, opacity) in self.colors.chunks_exact_mut(3).zip(opacity) {
            for (level, ground) in pixel.iter_mut().zip(ground) {
                let color = u32::from(*level) * if self.premultiplied { 255 } else { u32::from(*opacity) };
                *level = ((color + u32::from(ground) * u32::from(255 - opacity) + 127) / 255).min(255) as u8;
            }
        }
    }

    /// Whether the visible pixels, weighted by their opacity, are darker than middle grey (by luma, ITU-R BT.601).
    fn is_dark(&self, opacity: &[u8]) -> bool {
        let (mut light, mut weight) = (0u64, 0u64);
        for (pixel, opacity) in self.colors.chunks_exact(3).zip(opacity) {
            let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(u64::from);
            let luma = (299 * r + 587 * g + 114 * b) / 1000;
            light += luma * if self.premultiplied { 255 } else { u64::from(*opacity) };
            weight += u64::from(*opacity);
        }
        light < weight * 128
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(color: u8) -> Raster {
        // A stroke of one color on a transparent ground whose stored color is the opposite.
        Raster {
            colors: vec![color, color, color, 255 - color, 255 - color, 255 - color],
            opacity: Some(vec![255, 0]),
            ..Raster::opaque(Size::new(2, 1), vec![])
        }
    }

    #[test]
    fn auto_puts_dark_on_white_and_light_on_black() {
        assert_eq!(drawing(20).finish(Alpha::Auto).unwrap().data(), [20, 20, 20, 255, 255, 255]);
        assert_eq!(drawing(230).finish(Alpha::Auto).unwrap().data(), [230, 230, 230, 0, 0, 0]);
        assert_eq!(drawing(20).finish(Alpha::Drop).unwrap().data(), [20, 20, 20, 235, 235, 235]);
        assert_eq!(drawing(20).finish(Alpha::On([1, 2, 3])).unwrap().data(), [20, 20, 20, 1, 2, 3]);
    }

    #[test]
    fn premultiplied_colors_are_not_multiplied_again() {
        let mut half = Raster { opacity: Some(vec![128]), premultiplied: true, ..Raster::opaque(Size::new(1, 1), vec![100; 3]) };
        assert_eq!(std::mem::replace(&mut half, drawing(0)).finish(Alpha::On([0; 3])).unwrap().data(), [100; 3]);
    }
}
