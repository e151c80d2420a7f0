//! From other color models to red, green, blue.

/// Full-range YCbCr by ITU-R BT.601, as JFIF and TIFF have it, with libjpeg's fixed-point constants (`jdcolor.c`).
pub(super) fn ycbcr([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y), i32::from(cb) - 128, i32::from(cr) - 128);
    let fix = |x: f64| (x * 65536.0 + 0.5) as i32;
    let half = 1 << 15;
    let r = y + ((fix(1.402) * cr + half) >> 16);
    let g = y + ((-fix(0.344_136_286) * cb - fix(0.714_136_286) * cr + half) >> 16);
    let b = y + ((fix(1.772) * cb + half) >> 16);
    [r, g, b].map(|v| v.clamp(0, 255) as u8)
}

/// What the numbers of a TIFF file's YCbCr stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ycbcr {
    /// [`ycbcr`]'s.
    Jfif,
    /// What the file's fields say: the shares of red, green and blue in the brightness, and for each of Y, Cb, Cr what stands for
    /// nothing and for all of it.
    Stated { luma: [f32; 3], range: [[f32; 2]; 3] },
}

impl Ycbcr {
    /// By the fields YCbCrCoefficients and ReferenceBlackWhite; none if they make no sense.
    pub(super) fn new(luma: &[f64], range: &[f64]) -> Option<Self> {
        let [r, g, b]: [f64; 3] = luma.try_into().ok()?;
        let [y0, y1, b0, b1, r0, r1]: [f64; 6] = range.try_into().ok()?;
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-3);
        if near(luma, &[0.299, 0.587, 0.114]) && near(range, &[0.0, 255.0, 128.0, 255.0, 128.0, 255.0]) {
            return Some(Self::Jfif);
        }
        let sound = luma.iter().chain(range).all(|v| v.is_finite()) && g > 0.0 && y0 != y1 && b0 != b1 && r0 != r1;
        let range = [[y0, y1], [b0, b1], [r0, r1]].map(|pair| pair.map(|v| v as f32));
        sound.then_some(Self::Stated { luma: [r, g, b].map(|v| v as f32), range })
    }

    /// Red, green, blue, by libtiff's rule (`tif_color.c`, `TIFFYCbCrtoRGB`).
    pub(super) fn color(self, values: [u8; 3]) -> [u8; 3] {
        let Self::Stated { luma: [lr, lg, lb], range } = self else { return ycbcr(values) };
        let value = |i: usize, full: f32| (f32::from(values[i]) - range[i][0]) * full / (range[i][1] - range[i][0]);
        let (y, cb, cr) = (value(0, 255.0), value(1, 127.0), value(2, 127.0));
        let (r, b) = (y + cr * (2.0 - 2.0 * lr), y + cb * (2.0 - 2.0 * lb));
        let g = (y - lr * r - lb * b) / lg;
        [r, g, b].map(|v| v.round().clamp(0.0, 255.0) as u8)
    }
}

/// Four inks, 255 full, by libtiff's rule (`tif_getimage.c`): (255 − ink) · (255 − key) / 255.
pub(super) fn cmyk([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| (u32::from(255 - ink) * u32::from(255 - k) / 255) as u8)
}

/// Four inks stored inverted, 255 none, as Adobe's programs write JPEG, by OpenCV's rule (`icvCvt_CMYK2BGR_8u_C4C3R`).
pub(super) fn inverted_cmyk([c, m, y, k]: [u8; 4]) -> [u8; 3] {
    [c, m, y].map(|ink| k - ((u32::from(255 - ink) * u32::from(k)) >> 8) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_colors() {
        assert_eq!(ycbcr([128, 128, 128]), [128; 3]);
        assert_eq!(ycbcr([76, 85, 255]), [254, 0, 0]);
        assert_eq!(ycbcr([29, 255, 107]), [0, 0, 254]);
        assert_eq!(cmyk([0, 0, 0, 0]), [255; 3]);
        assert_eq!(cmyk([255, 0, 0, 0]), [0, 255, 255]);
        assert_eq!(cmyk([10, 20, 30, 255]), [0; 3]);
    }
}
