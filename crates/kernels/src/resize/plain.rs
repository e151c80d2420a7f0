//! The plain forms: what the others must equal, and what runs where there are no others.

use super::Windows;

/// Added to an f32 of less than 2^22 and taken off again, this leaves the nearest whole number, halves to the even one. It is
/// `round_ties_even` as additions, which every instruction set has.
const ROUNDING: f32 = 12_582_912.0;

/// Weights of OpenCV's resizing are in 1/2048; the product of two in 1/2^22.
pub(super) const SCALE: f32 = 1.0 / (2048.0 * 2048.0);

pub(super) fn widen<const K: usize, const C: usize>(row: &[u8], windows: &Windows<K>, out: &mut [i32]) {
    let pixels = out.as_chunks_mut::<C>().0;
    for ((pixel, start), weights) in pixels.iter_mut().zip(&windows.starts).zip(&windows.weights) {
        let window = &row[start * C..(start + K) * C];
        *pixel = std::array::from_fn(|c| (0..K).map(|k| i32::from(window[k * C + c]) * i32::from(weights[k])).sum());
    }
}

/// [`widen`] for any number of channels.
pub(super) fn widen_any<const K: usize>(row: &[u8], channels: usize, windows: &Windows<K>, out: &mut [i32]) {
    for ((pixel, start), weights) in out.chunks_exact_mut(channels).zip(&windows.starts).zip(&windows.weights) {
        let window = &row[start * channels..(start + K) * channels];
        for (c, sum) in pixel.iter_mut().enumerate() {
            *sum = (0..K).map(|k| i32::from(window[k * channels + c]) * i32::from(weights[k])).sum();
        }
    }
}

#[inline(always)]
pub(super) fn join_linear([above, below]: [&[i32]; 2], weights: [i32; 2], out: &mut [u8]) {
    for ((level, a), b) in out.iter_mut().zip(above).zip(below) {
        let sum = ((weights[0] * (a >> 4)) >> 16) + ((weights[1] * (b >> 4)) >> 16);
        *level = ((sum + 2) >> 2).clamp(0, 255) as u8;
    }
}

#[inline(always)]
pub(super) fn join_cubic(rows: [&[i32]; 4], weights: [i32; 4], out: &mut [u8]) {
    let length = rows.iter().map(|row| row.len()).fold(out.len(), usize::min);
    let vector = length / 8 * 8;
    let scaled = weights.map(|w| w as f32 * SCALE);
    let [r0, r1, r2, r3] = rows.map(|row| &row[..length]);
    for ((((level, a), b), c), d) in out[..vector].iter_mut().zip(r0).zip(r1).zip(r2).zip(r3) {
        // From the last row to the first, each product and sum rounded, as baseline x86-64 builds of OpenCV do.
        let sum = *d as f32 * scaled[3];
        let sum = *c as f32 * scaled[2] + sum;
        let sum = *b as f32 * scaled[1] + sum;
        let sum = *a as f32 * scaled[0] + sum;
        *level = ((sum.clamp(-1.0, 256.0) + ROUNDING) - ROUNDING).clamp(0.0, 255.0) as u8;
    }
    for i in vector..length {
        let sum = [r0, r1, r2, r3].iter().zip(weights).map(|(row, w)| row[i].wrapping_mul(w)).fold(0, i32::wrapping_add);
        out[i] = (sum.wrapping_add(1 << 21) >> 22).clamp(0, 255) as u8;
    }
}
