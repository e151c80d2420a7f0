//! OpenCV's `INTER_CUBIC` for 8 bits, as its x86-64 builds compute it with IPP off.
//!
//! Horizontal sums are integers with weights in 1/2048. Vertical sums are f32 for the first ⌊row / 8⌋ · 8 values of a row
//! (`VResizeCubicVec_32s8u`) and integers for the rest: the two differ by one level in 0.04 % of values, and both are kept so that
//! results are equal to the bit. Builds with IPP differ by one level in 4.5 % of values.

use super::linear::COEF_SCALE;
use super::{Source, clamp, scale, scaled};
use crate::Size;

/// Values of a row that one step of OpenCV's vector form takes.
const LANES: usize = 8;

struct Place {
    positions: [usize; 4],
    weights: [i32; 4],
}

/// `interpolateCubic` with A = −0.75, in f32.
pub(crate) fn weights(fraction: f32) -> [f32; 4] {
    const A: f32 = -0.75;
    let f = fraction;
    let w0 = ((A * (f + 1.0) - 5.0 * A) * (f + 1.0) + 8.0 * A) * (f + 1.0) - 4.0 * A;
    let w1 = ((A + 2.0) * f - (A + 3.0)) * f * f + 1.0;
    let w2 = ((A + 2.0) * (1.0 - f) - (A + 3.0)) * (1.0 - f) * (1.0 - f) + 1.0;
    [w0, w1, w2, 1.0 - w0 - w1 - w2]
}

fn places(from: usize, to: usize) -> Vec<Place> {
    let scale = scale(from, to);
    (0..to)
        .map(|i| {
            let at = ((i as f64 + 0.5) * scale - 0.5) as f32;
            let start = at.floor();
            let first = start as i64 - 1;
            Place {
                positions: [first, first + 1, first + 2, first + 3].map(|p| clamp(p, from)),
                weights: weights(at - start).map(|w| scaled(w, COEF_SCALE)),
            }
        })
        .collect()
}

pub(super) fn resize(source: &Source<'_, u8>, to: Size) -> Vec<u8> {
    let channels = source.channels;
    let stride = to.width * channels;
    let columns = places(source.size.width, to.width);
    let mut kept: [(Option<usize>, Vec<i32>); 4] = std::array::from_fn(|_| (None, vec![0; stride]));
    let mut result = vec![0; stride * to.height];
    for (out, place) in result.chunks_exact_mut(stride).zip(places(source.size.height, to.height)) {
        // Slot y mod 4 holds row y: four neighbors never share one.
        for y in place.positions {
            let slot = &mut kept[y % 4];
            if slot.0 != Some(y) {
                widen(source.row(y), channels, &columns, &mut slot.1);
                slot.0 = Some(y);
            }
        }
        let rows = place.positions.map(|y| kept[y % 4].1.as_slice());
        join(rows, place.weights, out);
    }
    result
}

fn widen(row: &[u8], channels: usize, columns: &[Place], out: &mut [i32]) {
    for (pixel, place) in out.chunks_exact_mut(channels).zip(columns) {
        for (c, value) in pixel.iter_mut().enumerate() {
            *value = place.positions.iter().zip(place.weights).map(|(p, w)| i32::from(row[p * channels + c]) * w).sum();
        }
    }
}

fn join(rows: [&[i32]; 4], weights: [i32; 4], out: &mut [u8]) {
    let vector = out.len() / LANES * LANES;
    let scaled = weights.map(|w| w as f32 / (COEF_SCALE * COEF_SCALE));
    for (i, value) in out.iter_mut().enumerate() {
        *value = if i < vector {
            // Each product and sum is rounded to f32: baseline x86-64 has no fused multiply-add.
            let mut sum = rows[3][i] as f32 * scaled[3];
            for k in [2, 1, 0] {
                sum += rows[k][i] as f32 * scaled[k];
            }
            sum.round_ties_even().clamp(0.0, 255.0) as u8
        } else {
            let sum: i32 = rows.iter().zip(weights).map(|(row, w)| row[i].wrapping_mul(w)).fold(0, i32::wrapping_add);
            ((sum.wrapping_add(1 << 21)) >> 22).clamp(0, 255) as u8
        };
    }
}
