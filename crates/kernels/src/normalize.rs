//! From interleaved 8-bit pixels to planes of f32: each channel has a table of the 256 numbers that its levels become.

/// The numbers that the 256 levels of a channel become.
pub type Levels = [f32; 256];

/// Turns a row of interleaved pixels of three channels into three planes: plane p gets channel `order[p]` through `levels[p]`. The row's
/// pixels beyond the planes' lengths are left out.
pub fn planes(row: &[u8], order: [usize; 3], levels: &[Levels; 3], [first, second, third]: [&mut [f32]; 3]) {
    let [a, b, c] = order.map(|channel| channel.min(2));
    let pixels = row.as_chunks::<3>().0;
    for (((pixel, x), y), z) in pixels.iter().zip(first).zip(second).zip(third) {
        *x = levels[0][usize::from(pixel[a])];
        *y = levels[1][usize::from(pixel[b])];
        *z = levels[2][usize::from(pixel[c])];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_go_to_their_planes() {
        let levels: [Levels; 3] = std::array::from_fn(|p| std::array::from_fn(|v| (p * 1000 + v) as f32));
        let (mut x, mut y, mut z) = ([0.0; 2], [0.0; 2], [0.0; 2]);
        planes(&[1, 2, 3, 4, 5, 6], [2, 1, 0], &levels, [&mut x, &mut y, &mut z]);
        assert_eq!((x, y, z), ([3.0, 6.0], [1002.0, 1005.0], [2001.0, 2004.0]));
    }
}
