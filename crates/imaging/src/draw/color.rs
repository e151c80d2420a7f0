//! Colors by class.

/// The color of class `index` in a class map: PaddleSeg's (`paddleseg/utils/visualize.py`, `get_color_map_list`), that is Pascal VOC's
/// rule of bits with its first color, black, left out.
#[must_use]
pub fn class_color(index: usize) -> [u8; 3] {
    let number = index.wrapping_add(1);
    // Bits 0, 3, 6 … go to red, 1, 4, 7 … to green, 2, 5, 8 … to blue, the lowest to the highest place.
    let channel = |first: usize| (0..8).fold(0, |level, i| level | (((number >> (first + 3 * i)) & 1) as u8) << (7 - i));
    [channel(0), channel(1), channel(2)]
}

/// The color of the marks of class `index`: strong and bright, neighbors far apart on the color circle. The first twenty or so are told
/// apart by the eye, and always neighbors by number; the first 165 differ at all.
#[must_use]
pub fn mark_color(index: usize) -> [u8; 3] {
    /// Sixths of the color circle in steps of 1/256.
    const CIRCLE: usize = 6 * 256;
    // The golden section of the circle: no two of the first dozens come close.
    let hue = (index % CIRCLE * 587 + 1500) % CIRCLE;
    let (sixth, part) = (hue / 256, (hue % 256) as u8);
    let [r, g, b] = match sixth {
        0 => [255, part, 0],
        1 => [255 - part, 255, 0],
        2 => [0, 255, part],
        3 => [0, 255 - part, 255],
        4 => [part, 0, 255],
        _ => [255, 0, 255 - part],
    };
    // Not quite pure: 25 … 255, which prints and projects better.
    [r, g, b].map(|level: u8| 25 + (u16::from(level) * 230 / 255) as u8)
}

/// Brightness as the eye sees it, 0 to 255 (ITU-R BT.601).
pub(super) fn luma([r, g, b]: [u8; 3]) -> u8 {
    ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b)) / 1000) as u8
}

/// Black or white, whichever stands out from the color.
pub(super) fn opposite(color: [u8; 3]) -> [u8; 3] {
    if luma(color) > 127 { [0; 3] } else { [255; 3] }
}

/// `color` laid over a pixel with `coverage` of 255.
pub(super) fn lay(pixel: &mut [u8], color: [u8; 3], coverage: u8) {
    let cover = u32::from(coverage);
    for (level, color) in pixel.iter_mut().zip(color) {
        *level = ((u32::from(color) * cover + u32::from(*level) * (255 - cover) + 127) / 255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_class_colors() {
        let first: Vec<[u8; 3]> = (0..9).map(class_color).collect();
        let expected =
            [[128, 0, 0], [0, 128, 0], [128, 128, 0], [0, 0, 128], [128, 0, 128], [0, 128, 128], [128, 128, 128], [64, 0, 0], [192, 0, 0]];
        assert_eq!(first, expected);
        assert_eq!(class_color(254), [224, 224, 192]);
        assert_eq!(class_color(255), [0, 0, 32]);
    }

    #[test]
    fn marks_are_bright_and_differ() {
        let distinct: std::collections::HashSet<[u8; 3]> = (0..165).map(mark_color).collect();
        assert_eq!(distinct.len(), 165);
        let colors: Vec<[u8; 3]> = (0..24).map(mark_color).collect();
        for (i, a) in colors.iter().enumerate() {
            assert!(a.iter().max() > Some(&200));
            for b in &colors[..i] {
                let apart: u32 = a.iter().zip(b).map(|(x, y)| u32::from(x.abs_diff(*y))).sum();
                assert!(apart > 20, "{a:?} {b:?}");
            }
        }
    }
}
