//! OpenCV's `INTER_NEAREST`.

use super::{Source, scale};
use crate::Size;

/// The source position of each result position: no half-pixel center.
fn positions(from: usize, to: usize) -> Vec<usize> {
    let scale = scale(from, to);
    (0..to).map(|i| ((i as f64 * scale).floor() as usize).min(from - 1)).collect()
}

pub(super) fn resize(source: &Source<'_, u8>, to: Size) -> Vec<u8> {
    let channels = source.channels;
    let columns = positions(source.size.width, to.width);
    let mut result = Vec::with_capacity(to.width * to.height * channels);
    for y in positions(source.size.height, to.height) {
        let row = source.row(y);
        for x in &columns {
            result.extend_from_slice(&row[x * channels..(x + 1) * channels]);
        }
    }
    result
}
