//! Perspective: a quadrilateral of a picture pulled straight, as OpenCV's `getPerspectiveTransform` and `warpPerspective` do it with
//! `INTER_CUBIC` and `BORDER_REPLICATE` (4.6 to 4.13 agree to the bit; 5.0 differs by up to 6 levels).
//!
//! OpenCV rounds source coordinates to 1/32 pixel and weights to 1/32768. Without both roundings up to a fifth of the values differ, by
//! up to five levels, so both are followed here.

use std::sync::LazyLock;

use crate::resize::cubic_weights;
use crate::{ImagingError, RgbImage, Size};

/// INTER_BITS: source coordinates are in 1/32 pixel.
const STEPS: usize = 32;

/// INTER_REMAP_COEF_SCALE: weights are in 1/32768.
const ONE: i32 = 1 << 15;

/// A mapping of the plane that takes straight lines to straight lines: (x, y, 1) times the matrix, divided by the third.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Perspective(pub [[f64; 3]; 3]);

impl Perspective {
    /// The mapping that takes each of four points to its counterpart; none if three of either four lie on a line.
    #[must_use]
    pub fn between(from: [[f32; 2]; 4], to: [[f32; 2]; 4]) -> Option<Self> {
        let mut rows = [[0f64; 9]; 8];
        for i in 0..4 {
            let ([x, y], [u, v]) = (from[i], to[i]);
            // The products are f32's, as the points are.
            let [px, py, qx, qy] = [x * u, y * u, x * v, y * v].map(|p| -f64::from(p));
            let [x, y, u, v] = [x, y, u, v].map(f64::from);
            rows[i] = [x, y, 1.0, 0.0, 0.0, 0.0, px, py, u];
            rows[i + 4] = [0.0, 0.0, 0.0, x, y, 1.0, qx, qy, v];
        }
        let m = solve(rows)?;
        Some(Self([[m[0], m[1], m[2]], [m[3], m[4], m[5]], [m[6], m[7], 1.0]]))
    }

    /// The mapping back: adjugate over determinant; none if there is no way back.
    #[must_use]
    pub fn inverse(&self) -> Option<Self> {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.0;
        let determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
        if determinant == 0.0 || !determinant.is_finite() {
            return None;
        }
        let k = 1.0 / determinant;
        Some(Self([
            [(e * i - f * h) * k, (c * h - b * i) * k, (b * f - c * e) * k],
            [(f * g - d * i) * k, (a * i - c * g) * k, (c * d - a * f) * k],
            [(d * h - e * g) * k, (b * g - a * h) * k, (a * e - b * d) * k],
        ]))
    }

    /// Where a point goes. A point at infinity is not finite.
    #[must_use]
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (x, y) = (f64::from(x), f64::from(y));
        let [u, v, w] = self.0.map(|[a, b, c]| a * x + b * y + c);
        [(u / w) as f32, (v / w) as f32]
    }
}

/// Gaussian elimination with the largest pivot of each column.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for column in 0..8 {
        let pivot = (column..8).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        // `hal::LU` gives up here too.
        if rows[pivot][column].abs() < f64::EPSILON * 100.0 || !rows[pivot][column].is_finite() {
            return None;
        }
        rows.swap(column, pivot);
        let upper = rows[column];
        for row in &mut rows[column + 1..] {
            let factor = row[column] / upper[column];
            for (value, above) in row.iter_mut().zip(upper).skip(column) {
                *value -= factor * above;
            }
        }
    }
    let mut result = [0.0; 8];
    for i in (0..8).rev() {
        let known: f64 = (i + 1..8).map(|k| rows[i][k] * result[k]).sum();
        result[i] = (rows[i][8] - known) / rows[i][i];
    }
    Some(result)
}

impl RgbImage {
    /// The picture of `width` × `height` pixels whose pixel (x, y) is this picture's at `back`(x, y): bicubic, the rim repeated.
    ///
    /// # Errors
    /// [`ImagingError::Shape`] if a side is 0 or the result can't be held in memory.
    pub fn warp(&self, back: &Perspective, width: usize, height: usize) -> Result<Self, ImagingError> {
        let mut result = Self::filled(width, height, [0; 3])?;
        warp_rows(self.data(), self.size(), 3, back, Size::new(width, height), result.data_mut());
        Ok(result)
    }

    /// A quadrilateral, corners clockwise from the top left as read, pulled straight as PaddleOCR does
    /// (`tools/infer/utility.py`, `get_rotate_crop_image`): as wide as the longer of its horizontal sides, as high as the longer of the
    /// others (both cut to whole pixels), then turned a quarter counter-clockwise if height / width is at least `turn_from`.
    /// Also gives whether it was turned.
    ///
    /// # Errors
    /// [`ImagingError::Quad`] if a side is shorter than a pixel, three corners lie on a line, or a coordinate makes no sense.
    pub fn crop_quad(&self, quad: [[f32; 2]; 4], turn_from: f64) -> Result<(Self, bool), ImagingError> {
        let size = quad_size(quad);
        let corner = |x: usize, y: usize| [x as f32, y as f32];
        let to = [corner(0, 0), corner(size.width, 0), corner(size.width, size.height), corner(0, size.height)];
        let fail = |problem: &str| ImagingError::Quad { quad, problem: problem.to_owned() };
        // A side can't be longer than the picture's diagonal by more than the corners leave the picture.
        if size.width == 0 || size.height == 0 || size.pixels() > crate::recipe::MAX_PIXELS {
            return Err(fail("its sides are shorter than a pixel or absurdly long"));
        }
        let back = Perspective::between(quad, to).and_then(|forth| forth.inverse()).ok_or_else(|| fail("three corners lie on a line"))?;
        let crop = self.warp(&back, size.width, size.height)?;
        let turn = size.height as f64 / size.width as f64 >= turn_from;
        Ok(if turn { (crop.rotate(-1), true) } else { (crop, false) })
    }
}

/// Width and height of a quadrilateral pulled straight, before it is turned: the longer of the opposite sides, cut to whole pixels.
#[must_use]
pub fn quad_size(quad: [[f32; 2]; 4]) -> Size {
    let side = |a: usize, b: usize| {
        let [dx, dy] = [quad[a][0] - quad[b][0], quad[a][1] - quad[b][1]];
        (dx * dx + dy * dy).sqrt()
    };
    Size::new(side(0, 1).max(side(2, 3)) as usize, side(0, 3).max(side(1, 2)) as usize)
}

/// Weights of the 4 × 4 pixels around a place, for each of its 32 × 32 fractions.
static WEIGHTS: LazyLock<Vec<[[i32; 4]; 4]>> = LazyLock::new(|| {
    let axis: Vec<[f32; 4]> = (0..STEPS).map(|i| cubic_weights(i as f32 / STEPS as f32)).collect();
    (0..STEPS * STEPS).map(|i| weights(axis[i / STEPS], axis[i % STEPS])).collect()
});

/// The products of both axes' weights, made to sum to [`ONE`]: what is missing is added to the largest of the four inner entries at the
/// lower right, what is too much taken from the smallest (`initInterTab2D`).
fn weights(down: [f32; 4], across: [f32; 4]) -> [[i32; 4]; 4] {
    let mut table = down.map(|v| across.map(|h| (v * h * ONE as f32).round_ties_even() as i32));
    let excess = table.iter().flatten().sum::<i32>() - ONE;
    if excess != 0 {
        let places = [(2, 2), (2, 3), (3, 2), (3, 3)];
        let mut chosen = places[0];
        for place in places {
            let (value, best) = (table[place.0][place.1], table[chosen.0][chosen.1]);
            if if excess < 0 { value > best } else { value < best } {
                chosen = place;
            }
        }
        table[chosen.0][chosen.1] -= excess;
    }
    table
}

/// `warpPerspective`'s order of computing: in blocks, whose corner and the way from it are added up apart.
fn warp_rows(pixels: &[u8], from: Size, channels: usize, back: &Perspective, to: Size, out: &mut [u8]) {
    let height = to.height.min(16);
    let width = to.width.min(1024 / height);
    let block = Size::new(width, to.height.min(1024 / width));
    let [m0, m1, m2] = back.0;
    for (y, row) in out.chunks_exact_mut(to.width * channels).enumerate() {
        for (i, part) in row.chunks_mut(block.width * channels).enumerate() {
            let x0 = (i * block.width) as f64;
            let [u0, v0, w0] = [m0, m1, m2].map(|[a, b, c]| a * x0 + b * y as f64 + c);
            for (x1, pixel) in part.chunks_exact_mut(channels).enumerate() {
                let x1 = x1 as f64;
                let w = w0 + m2[0] * x1;
                let w = if w == 0.0 { 0.0 } else { STEPS as f64 / w };
                let place = |start: f64, step: f64| {
                    ((start + step * x1) * w).clamp(f64::from(i32::MIN), f64::from(i32::MAX)).round_ties_even() as i32
                };
                sample(pixels, from, channels, place(u0, m0[0]), place(v0, m1[0]), pixel);
            }
        }
    }
}

/// The picture at (x, y) in 1/32 pixel.
fn sample(pixels: &[u8], from: Size, channels: usize, x: i32, y: i32, out: &mut [u8]) {
    let whole = |v: i32| i64::from((v >> 5).clamp(i32::from(i16::MIN), i32::from(i16::MAX)));
    let (left, top) = (whole(x) - 1, whole(y) - 1);
    let weights = &WEIGHTS[(y & 31) as usize * STEPS + (x & 31) as usize];
    let columns: [usize; 4] = std::array::from_fn(|i| (left + i as i64).clamp(0, from.width as i64 - 1) as usize * channels);
    for (c, level) in out.iter_mut().enumerate() {
        let mut sum = 0;
        for (i, weights) in weights.iter().enumerate() {
            let row = (top + i as i64).clamp(0, from.height as i64 - 1) as usize * from.width * channels + c;
            for (column, weight) in columns.iter().zip(weights) {
                sum += i32::from(pixels[row + column]) * weight;
            }
        }
        *level = ((sum + (1 << 14)) >> 15).clamp(0, 255) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let quad = [[20.3, 30.1], [180.7, 22.2], [186.0, 70.5], [24.0, 85.0]];
        let square = [[0.0, 0.0], [160.0, 0.0], [160.0, 50.0], [0.0, 50.0]];
        let forth = Perspective::between(quad, square).unwrap();
        let back = forth.inverse().unwrap();
        for (a, b) in quad.into_iter().zip(square) {
            let ([u, v], [x, y]) = (forth.apply(a), back.apply(b));
            assert!((u - b[0]).abs() < 1e-3 && (v - b[1]).abs() < 1e-3, "{u}, {v}");
            assert!((x - a[0]).abs() < 1e-3 && (y - a[1]).abs() < 1e-3, "{x}, {y}");
        }
    }

    #[test]
    fn quads_that_are_none_are_refused() {
        let picture = RgbImage::filled(20, 10, [9; 3]).unwrap();
        let nan = f32::NAN;
        for quad in [
            [[0.0, 0.0], [9.0, 0.0], [5.0, 0.0], [2.0, 0.0]],
            [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
            [[nan, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]],
            [[0.0, 0.0], [1e30, 0.0], [1e30, 1e30], [0.0, 1e30]],
        ] {
            assert!(picture.crop_quad(quad, 1.5).is_err(), "{quad:?}");
        }
        let (crop, turned) = picture.crop_quad([[-3.0, -3.0], [2.0, -3.0], [2.0, 20.0], [-3.0, 20.0]], 1.5).unwrap();
        assert!(turned && crop.size() == Size::new(23, 5) && crop.data().iter().all(|level| *level == 9));
    }

    #[test]
    fn weights_sum_to_one() {
        assert!(WEIGHTS.iter().all(|table| table.iter().flatten().sum::<i32>() == ONE));
        assert_eq!(WEIGHTS[0], [[0; 4], [0, ONE, 0, 0], [0; 4], [0; 4]]);
    }
}
