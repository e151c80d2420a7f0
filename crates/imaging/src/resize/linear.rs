//! OpenCV's `INTER_LINEAR` (`opencv/modules/imgproc/src/resize.cpp`): in 8 bits with weights in 1/2048 and two shifts, in f32 as it is.

use vtk_kernels::resize::{join_linear, widen};

use super::{Source, clamp, scale, scaled};
use crate::Size;

/// INTER_RESIZE_COEF_SCALE: weights of 8-bit resizing are integers over 2048.
pub(super) const COEF_SCALE: f32 = 2048.0;

/// Where a result's column or row lies: between two source positions, at `fraction` of the way.
#[derive(Clone, Copy)]
struct Place {
    positions: [usize; 2],
    fraction: f32,
}

impl Place {
    /// Weights in 1/2048. They need not add up to 2048.
    fn fixed(self) -> [i16; 2] {
        [1.0 - self.fraction, self.fraction].map(|w| scaled(w, COEF_SCALE))
    }
}

/// How a result position is found in the source.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// `INTER_LINEAR`: pixel centers.
    Centers,
    /// `INTER_AREA` when a side grows: the share of the next pixel that the result pixel covers.
    Cover,
}

impl Rule {
    /// The position left of or above each result position, and the way from there to the next one.
    fn starts(self, from: usize, to: usize) -> impl Iterator<Item = (i64, f32)> {
        let scale = scale(from, to);
        let inverse = to as f64 / from as f64;
        (0..to).map(move |i| match self {
            Self::Centers => {
                let at = ((i as f64 + 0.5) * scale - 0.5) as f32;
                (at.floor() as i64, at - at.floor())
            }
            Self::Cover => {
                let start = (i as f64 * scale).floor();
                let cover = ((i as f64 + 1.0) - (start + 1.0) * inverse) as f32;
                (start as i64, if cover <= 0.0 { 0.0 } else { cover - cover.floor() })
            }
        })
    }

    /// Columns: a place left of the first or right of the last pixel is moved onto it.
    fn columns(self, from: usize, to: usize) -> Vec<Place> {
        let place = |(start, fraction): (i64, f32)| {
            if start < 0 {
                Place { positions: [0; 2], fraction: 0.0 }
            } else if start >= from as i64 - 1 {
                Place { positions: [from - 1; 2], fraction: 0.0 }
            } else {
                Place { positions: [start as usize, start as usize + 1], fraction }
            }
        };
        self.starts(from, to).map(place).collect()
    }

    /// Rows: the weight stays as it is and the two row numbers are clamped, other than with columns. Both then name the same row, but
    /// the shifts of `join_linear` can lose one level, and OpenCV's do.
    fn rows(self, from: usize, to: usize) -> Vec<Place> {
        let place = |(start, fraction)| Place { positions: [clamp(start, from), clamp(start + 1, from)], fraction };
        self.starts(from, to).map(place).collect()
    }
}

pub(super) fn resize_u8(source: &Source<'_, u8>, to: Size, rule: Rule) -> Vec<u8> {
    let channels = source.channels;
    let windows = rule.columns(source.size.width, to.width).into_iter().map(|place| (place.positions[0] as i64, place.fixed()));
    let (wide, windows) = source.with_windows(windows);
    let mut result = vec![0; to.width * to.height * channels];
    let rows = rule.rows(source.size.height, to.height);
    let widen_row = |y: usize, out: &mut [i32]| widen(wide.source().row(y), channels, &windows, out);
    two_rows(rows, to.width * channels, widen_row, &mut result, |above, below, place, out| {
        join_linear([above, below], place.fixed().map(i32::from), out);
    });
    result
}

pub(super) fn resize_f32<S: Copy + Into<f32>>(source: &Source<'_, S>, to: Size) -> Vec<f32> {
    let channels = source.channels;
    let columns = Rule::Centers.columns(source.size.width, to.width);
    let widen_row = |y: usize, out: &mut [f32]| match channels {
        3 => widen_f32::<S, 3>(source.row(y), &columns, out),
        1 => widen_f32::<S, 1>(source.row(y), &columns, out),
        _ => widen_f32_any(source.row(y), channels, &columns, out),
    };
    let mut result = vec![0.0; to.width * to.height * channels];
    let rows = Rule::Centers.rows(source.size.height, to.height);
    two_rows(rows, to.width * channels, widen_row, &mut result, |above, below, place, out| {
        for ((value, a), b) in out.iter_mut().zip(above).zip(below) {
            *value = a * (1.0 - place.fraction) + b * place.fraction;
        }
    });
    result
}

fn widen_f32<S: Copy + Into<f32>, const C: usize>(row: &[S], columns: &[Place], out: &mut [f32]) {
    let pixels = row.as_chunks::<C>().0;
    for (pixel, place) in out.as_chunks_mut::<C>().0.iter_mut().zip(columns) {
        let [left, right] = place.positions.map(|p| pixels[p]);
        let weight = 1.0 - place.fraction;
        *pixel = std::array::from_fn(|c| left[c].into() * weight + right[c].into() * place.fraction);
    }
}

fn widen_f32_any<S: Copy + Into<f32>>(row: &[S], channels: usize, columns: &[Place], out: &mut [f32]) {
    for (pixel, place) in out.chunks_exact_mut(channels).zip(columns) {
        let [left, right] = place.positions.map(|p| &row[p * channels..(p + 1) * channels]);
        for ((value, l), r) in pixel.iter_mut().zip(left).zip(right) {
            *value = (*l).into() * (1.0 - place.fraction) + (*r).into() * place.fraction;
        }
    }
}

/// Makes each result row from the two source rows that it lies between; a row is widened once and kept while the next result row needs it.
fn two_rows<M: Copy + Default, R>(
    rows: Vec<Place>,
    stride: usize,
    widen: impl Fn(usize, &mut [M]),
    result: &mut [R],
    join: impl Fn(&[M], &[M], Place, &mut [R]),
) {
    let mut kept = [(None, vec![M::default(); stride]), (None, vec![M::default(); stride])];
    for (out, place) in result.chunks_exact_mut(stride).zip(rows) {
        if kept[1].0 == Some(place.positions[0]) {
            kept.swap(0, 1);
        }
        for (slot, y) in kept.iter_mut().zip(place.positions) {
            if slot.0 != Some(y) {
                widen(y, &mut slot.1);
                slot.0 = Some(y);
            }
        }
        join(&kept[0].1, &kept[1].1, place, out);
    }
}
