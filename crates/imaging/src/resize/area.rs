//! OpenCV's `INTER_AREA`: means of the covered pixels when shrinking, a linear blend with area weights when one side grows.

use super::{Source, linear, scale};
use crate::Size;

pub(super) fn resize(source: &Source<'_, u8>, to: Size) -> Vec<u8> {
    let (from, scale_x, scale_y) = (source.size, scale(source.size.width, to.width), scale(source.size.height, to.height));
    if scale_x < 1.0 || scale_y < 1.0 {
        return linear::resize_u8(source, to, linear::Rule::Cover);
    }
    if from.width.is_multiple_of(to.width) && from.height.is_multiple_of(to.height) {
        return whole(source, to, from.width / to.width, from.height / to.height);
    }
    partial(source, to)
}

/// Cells of whole pixels (`ResizeAreaFast`): integer sums; 2 × 2 is rounded half up, anything else half to even after an f32 product.
fn whole(source: &Source<'_, u8>, to: Size, cell_width: usize, cell_height: usize) -> Vec<u8> {
    let channels = source.channels;
    let stride = to.width * channels;
    let share = 1.0 / (cell_width * cell_height) as f32;
    let quarter = (cell_width, cell_height) == (2, 2);
    let mut sums = vec![0u64; stride];
    let mut result = vec![0; stride * to.height];
    for (y, out) in result.chunks_exact_mut(stride).enumerate() {
        sums.fill(0);
        for row in (y * cell_height..(y + 1) * cell_height).map(|y| source.row(y)) {
            for (cell, pixels) in sums.chunks_exact_mut(channels).zip(row.chunks_exact(cell_width * channels)) {
                for pixel in pixels.chunks_exact(channels) {
                    for (sum, value) in cell.iter_mut().zip(pixel) {
                        *sum += u64::from(*value);
                    }
                }
            }
        }
        for (value, sum) in out.iter_mut().zip(&sums) {
            *value = if quarter { ((sum + 2) >> 2) as u8 } else { (*sum as f32 * share).round_ties_even().clamp(0.0, 255.0) as u8 };
        }
    }
    result
}

/// A source position and its share of one result position.
struct Share {
    source: usize,
    result: usize,
    weight: f32,
}

/// `computeResizeAreaTab`: covers narrower than 1/1000 pixel are dropped.
fn shares(from: usize, to: usize) -> Vec<Share> {
    let scale = scale(from, to);
    let mut table = Vec::new();
    for result in 0..to {
        let (start, end) = (result as f64 * scale, result as f64 * scale + scale);
        let cell = scale.min(from as f64 - start);
        let last = (end.floor() as usize).min(from - 1);
        let first = (start.ceil() as usize).min(last);
        if first as f64 - start > 1e-3 {
            table.push(Share { source: first - 1, result, weight: ((first as f64 - start) / cell) as f32 });
        }
        table.extend((first..last).map(|source| Share { source, result, weight: (1.0 / cell) as f32 }));
        if end - last as f64 > 1e-3 {
            let cover = (end - last as f64).min(1.0).min(cell);
            table.push(Share { source: last, result, weight: (cover / cell) as f32 });
        }
    }
    table
}

/// Cells with partly covered pixels (`ResizeArea_`): f32 sums, columns first, in the order of the source.
fn partial(source: &Source<'_, u8>, to: Size) -> Vec<u8> {
    let channels = source.channels;
    let stride = to.width * channels;
    let columns = shares(source.size.width, to.width);
    let mut narrowed = vec![0f32; stride];
    let mut sums = vec![0f32; stride];
    let mut result = vec![0; stride * to.height];
    let rows = shares(source.size.height, to.height);
    for cell in rows.chunk_by(|a, b| a.result == b.result) {
        sums.fill(0.0);
        for share in cell {
            narrowed.fill(0.0);
            let row = source.row(share.source);
            for column in &columns {
                for c in 0..channels {
                    narrowed[column.result * channels + c] += f32::from(row[column.source * channels + c]) * column.weight;
                }
            }
            for (sum, value) in sums.iter_mut().zip(&narrowed) {
                *sum += share.weight * value;
            }
        }
        let at = cell.first().map_or(0, |share| share.result) * stride;
        for (value, sum) in result[at..at + stride].iter_mut().zip(&sums) {
            *value = sum.round_ties_even().clamp(0.0, 255.0) as u8;
        }
    }
    result
}
