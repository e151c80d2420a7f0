//! Resizing rows of 8-bit pixels with whole-number weights, as OpenCV does: pixels side by side are summed into a row of `i32` ([`widen`]),
//! rows are then blended into 8 bits ([`join_linear`], [`join_cubic`]).
//!
//! Each function has a plain form and, on x86-64, one in AVX2 that is chosen at run time. Both give the same bits: whole numbers are
//! exact, and f32 sums are taken in the same order, without fused products.

#[cfg(target_arch = "x86_64")]
mod avx2;
mod plain;

/// Where each pixel of a resized row comes from: `K` source pixels side by side, with a weight each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows<const K: usize> {
    /// The first source pixel of each window; all windows lie within the row.
    starts: Vec<usize>,
    weights: Vec<[i16; K]>,
    width: usize,
}

impl<const K: usize> Windows<K> {
    /// Windows into rows of `width` pixels. A window may begin left of the row or end right of it: places outside count for the pixel at
    /// the rim, whose weight grows by theirs. None if the row is narrower than a window, or a sum of weights leaves `i16`.
    pub fn new(width: usize, windows: impl IntoIterator<Item = (i64, [i16; K])>) -> Option<Self> {
        let last = i64::try_from(width).ok()?.checked_sub(1)?;
        let room = i64::try_from(width.checked_sub(K)?).ok()?;
        let (mut starts, mut weights) = (Vec::new(), Vec::new());
        for (first, given) in windows {
            let start = first.clamp(0, room);
            let mut moved = [0i16; K];
            for (place, weight) in (first..).zip(given) {
                let slot = &mut moved[usize::try_from(place.clamp(0, last) - start).ok()?];
                *slot = slot.checked_add(weight)?;
            }
            starts.push(usize::try_from(start).ok()?);
            weights.push(moved);
        }
        Some(Self { starts, weights, width })
    }

    /// No windows into rows of `width` pixels.
    pub fn empty(width: usize) -> Self {
        Self { starts: Vec::new(), weights: Vec::new(), width }
    }

    /// Pixels of a resized row.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether a resized row has no pixel.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }
}

/// Sums each window of a row of pixels of `channels` values: `out` holds `windows.len()` pixels of as many sums.
///
/// # Panics
/// If the lengths of `row` and `out` don't fit `windows` and `channels`.
pub fn widen<const K: usize>(row: &[u8], channels: usize, windows: &Windows<K>, out: &mut [i32]) {
    assert!(row.len() == windows.width * channels && out.len() == windows.len() * channels, "a row of another length");
    #[cfg(target_arch = "x86_64")]
    if channels == 3 && avx2::available() {
        return avx2::widen(row, windows, out);
    }
    match channels {
        1 => plain::widen::<K, 1>(row, windows, out),
        3 => plain::widen::<K, 3>(row, windows, out),
        4 => plain::widen::<K, 4>(row, windows, out),
        _ => plain::widen_any(row, channels, windows, out),
    }
}

/// OpenCV's vertical sum of two rows (`VResizeLinear`): ((w0 · (above >> 4)) >> 16) + ((w1 · (below >> 4)) >> 16), then (sum + 2) >> 2.
/// All slices have the length of `out`, or the rest is left as it is.
pub fn join_linear(rows: [&[i32]; 2], weights: [i32; 2], out: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if avx2::available() {
        return avx2::join_linear(rows, weights, out);
    }
    plain::join_linear(rows, weights, out);
}

/// OpenCV's vertical sum of four rows (`VResizeCubicVec_32s8u`): f32 for the first ⌊length / 8⌋ · 8 values, whole numbers for the rest.
/// Weights are in 1/2048. All slices have the length of `out`, or the rest is left as it is.
pub fn join_cubic(rows: [&[i32]; 4], weights: [i32; 4], out: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if avx2::available() {
        return avx2::join_cubic(rows, weights, out);
    }
    plain::join_cubic(rows, weights, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// splitmix64.
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        }

        fn between(&mut self, low: i64, high: i64) -> i64 {
            low + (self.next() % (high - low + 1) as u64) as i64
        }
    }

    fn windows<const K: usize>(random: &mut Random, width: usize, count: usize) -> Windows<K> {
        let entries: Vec<(i64, [i16; K])> = (0..count)
            .map(|_| (random.between(-(K as i64), width as i64 + 1), std::array::from_fn(|_| random.between(-600, 2600) as i16)))
            .collect();
        Windows::new(width, entries).unwrap()
    }

    fn both_forms_agree<const K: usize>(seed: u64) {
        let mut random = Random(seed);
        for width in [K, K + 1, 7, 16, 33, 100].into_iter().filter(|width| *width >= K) {
            for count in [1, 2, 5, 31] {
                let windows = windows::<K>(&mut random, width, count);
                for channels in 1..=5 {
                    let row: Vec<u8> = (0..width * channels).map(|_| random.next() as u8).collect();
                    let mut got = vec![0; count * channels];
                    let mut wanted = got.clone();
                    widen(&row, channels, &windows, &mut got);
                    plain::widen_any(&row, channels, &windows, &mut wanted);
                    assert_eq!(got, wanted, "{width} pixels, {count} windows of {K}, {channels} channels");
                }
            }
        }
    }

    #[test]
    fn sums_agree_in_both_forms() {
        both_forms_agree::<2>(1);
        both_forms_agree::<4>(2);
    }

    #[test]
    fn joins_agree_in_both_forms() {
        let mut random = Random(3);
        for length in [0, 1, 7, 8, 9, 31, 64, 100] {
            for _ in 0..200 {
                // Sums of 8-bit pixels with weights that add up to about 2048.
                let rows: [Vec<i32>; 4] = std::array::from_fn(|_| (0..length).map(|_| random.between(-90_000, 620_000) as i32).collect());
                let positive = [0, 1].map(|i| rows[i].iter().map(|v| (*v).clamp(0, 522_240)).collect::<Vec<i32>>());
                let share = random.between(0, 2048) as i32;
                let (mut got, mut wanted) = (vec![0; length], vec![0; length]);
                join_linear([&positive[0], &positive[1]], [2048 - share, share], &mut got);
                plain::join_linear([&positive[0], &positive[1]], [2048 - share, share], &mut wanted);
                assert_eq!(got, wanted);
                let weights: [i32; 4] = std::array::from_fn(|_| random.between(-300, 2048) as i32);
                let rows = [&rows[0][..], &rows[1], &rows[2], &rows[3]];
                join_cubic(rows, weights, &mut got);
                plain::join_cubic(rows, weights, &mut wanted);
                assert_eq!(got, wanted);
            }
        }
    }

    #[test]
    fn weights_outside_count_for_the_rim() {
        let windows = Windows::new(4, [(-1, [1, 2, 4, 8]), (0, [1, 2, 4, 8]), (2, [1, 2, 4, 8]), (-9, [1, 2, 4, 8])]).unwrap();
        let mut out = [0; 4];
        widen(&[1, 10, 100, 200], 1, &windows, &mut out);
        assert_eq!(out, [1 + 2 + 40 + 800, 1 + 20 + 400 + 1600, 100 + 400 + 800 + 1600, 15]);
        assert_eq!(Windows::new(3, [(0, [1, 2, 4, 8])]), None);
        assert_eq!(Windows::new(0, [(0, [1, 2])]), None);
        assert_eq!(Windows::new(2, [(-3, [i16::MAX, 1])]), None);
    }
}
