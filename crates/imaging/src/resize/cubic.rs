//! OpenCV's `INTER_CUBIC` for 8 bits, as its x86-64 builds compute it with IPP off.
//!
//! Horizontal sums are integers with weights in 1/2048. Vertical sums are f32 for the first ⌊row / 8⌋ · 8 values of a row and integers
//! for the rest: the two differ by one level in 0.04 % of values, and both are kept so that results are equal to the bit. Builds with IPP
//! differ by one level in 4.5 % of values.

use vtk_kernels::resize::{join_cubic, widen};

use super::linear::COEF_SCALE;
use super::{Source, clamp, scale, scaled};
use crate::Size;

/// `interpolateCubic` with A = −0.75, in f32.
pub(crate) fn weights(fraction: f32) -> [f32; 4] {
    const A: f32 = -0.75;
    let f = fraction;
    let w0 = ((A * (f + 1.0) - 5.0 * A) * (f + 1.0) + 8.0 * A) * (f + 1.0) - 4.0 * A;
    let w1 = ((A + 2.0) * f - (A + 3.0)) * f * f + 1.0;
    let w2 = ((A + 2.0) * (1.0 - f) - (A + 3.0)) * (1.0 - f) * (1.0 - f) + 1.0;
    [w0, w1, w2, 1.0 - w0 - w1 - w2]
}

/// The first of the four positions of each result position, and their weights in 1/2048.
fn places(from: usize, to: usize) -> impl Iterator<Item = (i64, [i16; 4])> {
    let scale = scale(from, to);
    (0..to).map(move |i| {
        let at = ((i as f64 + 0.5) * scale - 0.5) as f32;
        let start = at.floor();
        (start as i64 - 1, weights(at - start).map(|w| scaled(w, COEF_SCALE)))
    })
}

pub(super) fn resize(source: &Source<'_, u8>, to: Size) -> Vec<u8> {
    let channels = source.channels;
    let stride = to.width * channels;
    let (wide, windows) = source.with_windows(places(source.size.width, to.width));
    let mut kept: [(Option<usize>, Vec<i32>); 4] = std::array::from_fn(|_| (None, vec![0; stride]));
    let mut result = vec![0; stride * to.height];
    for (out, (first, weights)) in result.chunks_exact_mut(stride).zip(places(source.size.height, to.height)) {
        let rows = [first, first + 1, first + 2, first + 3].map(|y| clamp(y, source.size.height));
        // Slot y mod 4 holds row y: four neighbors never share one.
        for y in rows {
            let slot = &mut kept[y % 4];
            if slot.0 != Some(y) {
                widen(wide.source().row(y), channels, &windows, &mut slot.1);
                slot.0 = Some(y);
            }
        }
        join_cubic(rows.map(|y| kept[y % 4].1.as_slice()), weights.map(i32::from), out);
    }
    result
}
