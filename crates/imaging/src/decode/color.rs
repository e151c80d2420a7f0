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
