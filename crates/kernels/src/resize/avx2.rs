//! The forms in AVX2. The joins are the plain loops, which the compiler turns into AVX2 here; the sums are written out, since it does not
//! find the shuffle that brings a channel's pixels side by side.

#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_loadl_epi64, _mm_loadu_si128, _mm_madd_epi16, _mm_set1_epi32, _mm_setr_epi8, _mm_shuffle_epi8,
    _mm_storeu_si128,
};

use super::{Windows, plain};

/// Whether this processor has AVX2.
pub(super) fn available() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

/// As [`super::widen`] for three channels. The lengths have been checked.
pub(super) fn widen<const K: usize>(row: &[u8], windows: &Windows<K>, out: &mut [i32]) {
    // SAFETY: called only where `available` is true.
    unsafe { widen_avx2(row, windows, out) }
}

pub(super) fn join_linear(rows: [&[i32]; 2], weights: [i32; 2], out: &mut [u8]) {
    #[target_feature(enable = "avx2")]
    fn run(rows: [&[i32]; 2], weights: [i32; 2], out: &mut [u8]) {
        plain::join_linear(rows, weights, out);
    }
    // SAFETY: called only where `available` is true.
    unsafe { run(rows, weights, out) }
}

pub(super) fn join_cubic(rows: [&[i32]; 4], weights: [i32; 4], out: &mut [u8]) {
    #[target_feature(enable = "avx2")]
    fn run(rows: [&[i32]; 4], weights: [i32; 4], out: &mut [u8]) {
        plain::join_cubic(rows, weights, out);
    }
    // SAFETY: called only where `available` is true.
    unsafe { run(rows, weights, out) }
}

/// A window of 2 or 4 pixels is brought into pairs of neighbors for each channel, widened to 16 bits; a multiply-add of pairs then makes
/// a channel's sum, or half of it. Four sums are stored at a time, the fourth written over by the next pixel.
#[target_feature(enable = "avx2")]
fn widen_avx2<const K: usize>(row: &[u8], windows: &Windows<K>, out: &mut [i32]) {
    // 0x80 makes a zero.
    let pair = _mm_setr_epi8(0, -128, 3, -128, 1, -128, 4, -128, 2, -128, 5, -128, -128, -128, -128, -128);
    let second_pair = _mm_setr_epi8(6, -128, 9, -128, 7, -128, 10, -128, 8, -128, 11, -128, -128, -128, -128, -128);
    let loaded = if K == 2 { 8 } else { 16 };
    // Pixels whose load would leave the row, or whose store the result, are summed one by one.
    let count = windows.len();
    for (i, (start, weights)) in windows.starts.iter().zip(&windows.weights).enumerate() {
        if start * 3 + loaded > row.len() || i + 1 >= count {
            let window = &row[start * 3..(start + K) * 3];
            for (c, sum) in out[i * 3..i * 3 + 3].iter_mut().enumerate() {
                *sum = (0..K).map(|k| i32::from(window[k * 3 + c]) * i32::from(weights[k])).sum();
            }
            continue;
        }
        let weight = |k: usize| _mm_set1_epi32(i32::from(weights[k] as u16) | i32::from(weights[k + 1]) << 16);
        // SAFETY: `loaded` bytes from `start * 3` on are in the row, as just checked; four sums from `i * 3` on are in `out`, since it
        // holds three for each of `count` pixels and this is not the last.
        unsafe {
            let from = row.as_ptr().add(start * 3).cast::<__m128i>();
            let sums = if K == 2 {
                _mm_madd_epi16(_mm_shuffle_epi8(_mm_loadl_epi64(from), pair), weight(0))
            } else {
                let pixels = _mm_loadu_si128(from);
                let first = _mm_madd_epi16(_mm_shuffle_epi8(pixels, pair), weight(0));
                _mm_add_epi32(first, _mm_madd_epi16(_mm_shuffle_epi8(pixels, second_pair), weight(2)))
            };
            _mm_storeu_si128(out.as_mut_ptr().add(i * 3).cast(), sums);
        }
    }
}
