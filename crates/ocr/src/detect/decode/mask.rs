//! The map as text and no text.

use ndarray::{Array2, ArrayView2};

/// 1 where the map is above `thresh`, and with `dilation` also to the right of, below and to the lower right of such a pixel: OpenCV's
/// `dilate` with a kernel of 2 × 2.
pub(super) fn mask(map: ArrayView2<'_, f32>, thresh: f32, dilation: bool) -> Array2<u8> {
    let mut text: Vec<u8> = map.iter().map(|value| u8::from(*value > thresh)).collect();
    if dilation && !text.is_empty() {
        dilate(&mut text, map.ncols());
    }
    // The length is that of the map.
    Array2::from_shape_vec(map.dim(), text).unwrap_or_default()
}

/// Across, then down; from the end, so that what is read has not been changed.
fn dilate(text: &mut [u8], width: usize) {
    for row in text.chunks_exact_mut(width) {
        for x in (1..width).rev() {
            row[x] |= row[x - 1];
        }
    }
    for start in (width..text.len()).step_by(width).rev() {
        let (above, below) = text.split_at_mut(start);
        for (to, from) in below.iter_mut().zip(&above[start - width..]) {
            *to |= from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pixel_sets_three_more() {
        let mut map = Array2::zeros((3, 4));
        map[[0, 1]] = 0.5;
        map[[2, 3]] = 0.31;
        map[[1, 0]] = 0.3;
        let plain = ndarray::arr2(&[[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]);
        let wide = ndarray::arr2(&[[0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]]);
        assert_eq!(mask(map.view(), 0.3, false), plain);
        assert_eq!(mask(map.view(), 0.3, true), wide);
        assert_eq!(mask(Array2::zeros((1, 1)).view(), -1.0, true), ndarray::arr2(&[[1]]));
        assert_eq!(mask(Array2::zeros((0, 4)).view(), -1.0, true).dim(), (0, 4));
    }
}
