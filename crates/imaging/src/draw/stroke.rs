//! Thick lines with smooth edges.

use super::color::lay;
use crate::RgbImage;

/// A closed outline through these points (in pixels, the origin at the corner of the first), `width` pixels thick, corners round.
/// Where the outline crosses itself it is laid once. Points that are not finite draw nothing.
pub(super) fn outline(picture: &mut RgbImage, points: &[[f32; 2]], width: f64, color: [u8; 3], strength: u8) {
    if points.is_empty() || points.iter().flatten().any(|v| !v.is_finite()) {
        return;
    }
    // Half a pixel more than half the width: there the coverage ends.
    let reach = width / 2.0 + 0.5;
    let Some(mut cover) = Cover::new(picture, points, reach) else { return };
    for (i, a) in points.iter().enumerate() {
        cover.segment(a.map(f64::from), points[(i + 1) % points.len()].map(f64::from), reach);
    }
    cover.lay(picture, color, strength);
}

/// How much of each pixel of a part of the picture is covered.
struct Cover {
    left: usize,
    top: usize,
    width: usize,
    cells: Vec<u8>,
}

impl Cover {
    /// Room for everything within `reach` of the points' bounds; none if that is all outside the picture.
    fn new(picture: &RgbImage, points: &[[f32; 2]], reach: f64) -> Option<Self> {
        let bounds = |axis: usize, side: usize| {
            let values = points.iter().map(|p| f64::from(p[axis]));
            let low = (values.clone().fold(f64::INFINITY, f64::min) - reach).floor().clamp(0.0, side as f64);
            let high = (values.fold(f64::NEG_INFINITY, f64::max) + reach).ceil().clamp(0.0, side as f64);
            (high > low).then_some((low as usize, high as usize))
        };
        let (left, right) = bounds(0, picture.width())?;
        let (top, bottom) = bounds(1, picture.height())?;
        Some(Self { left, top, width: right - left, cells: vec![0; (right - left) * (bottom - top)] })
    }

    /// Covers what is within `reach` of the line from `a` to `b`, the last pixel of it in part.
    fn segment(&mut self, a: [f64; 2], b: [f64; 2], reach: f64) {
        let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        let length = dx * dx + dy * dy;
        for (row, cells) in self.cells.chunks_exact_mut(self.width).enumerate() {
            let y = (self.top + row) as f64 + 0.5;
            let Some((from, to)) = row_range(a, [dx, dy], y, reach) else { continue };
            let start = (from.floor() - self.left as f64).clamp(0.0, self.width as f64) as usize;
            let end = (to.ceil() - self.left as f64).clamp(0.0, self.width as f64) as usize;
            for (x, cell) in cells.iter_mut().enumerate().take(end).skip(start) {
                let [px, py] = [(self.left + x) as f64 + 0.5 - a[0], y - a[1]];
                let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
                let [ex, ey] = [px - along * dx, py - along * dy];
                let coverage = (reach - (ex * ex + ey * ey).sqrt()).clamp(0.0, 1.0);
                *cell = (*cell).max((coverage * 255.0 + 0.5) as u8);
            }
        }
    }

    fn lay(&self, picture: &mut RgbImage, color: [u8; 3], strength: u8) {
        let stride = picture.width() * 3;
        for (row, cells) in self.cells.chunks_exact(self.width).enumerate() {
            let start = (self.top + row) * stride + self.left * 3;
            let pixels = &mut picture.data_mut()[start..start + self.width * 3];
            for (pixel, coverage) in pixels.chunks_exact_mut(3).zip(cells).filter(|(_, coverage)| **coverage > 0) {
                lay(pixel, color, (u32::from(*coverage) * u32::from(strength) / 255) as u8);
            }
        }
    }
}

/// The x between which the row at `y` comes within `reach` of the line from `a` on.
fn row_range(a: [f64; 2], [dx, dy]: [f64; 2], y: f64, reach: f64) -> Option<(f64, f64)> {
    let share = |at: f64| if dy == 0.0 { 0.0 } else { ((at - a[1]) / dy).clamp(0.0, 1.0) };
    let (low, high) = (a[1].min(a[1] + dy), a[1].max(a[1] + dy));
    if y < low - reach || y > high + reach {
        return None;
    }
    let (s, t) = if dy == 0.0 { (0.0, 1.0) } else { (share(y - reach), share(y + reach)) };
    let (p, q) = (a[0] + s * dx, a[0] + t * dx);
    Some((p.min(q) - reach, p.max(q) + reach))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_line_covers_its_width() {
        let mut picture = RgbImage::filled(9, 7, [0; 3]).unwrap();
        outline(&mut picture, &[[2.0, 3.5], [7.0, 3.5]], 3.0, [255; 3], 255);
        let column: Vec<u8> = (0..7).map(|y| picture.pixel(4, y).unwrap()[0]).collect();
        assert_eq!(column, [0, 0, 255, 255, 255, 0, 0]);
        let mut half = RgbImage::filled(9, 7, [0; 3]).unwrap();
        outline(&mut half, &[[2.0, 3.0], [7.0, 3.0]], 1.0, [255; 3], 255);
        let column: Vec<u8> = (0..7).map(|y| half.pixel(4, y).unwrap()[0]).collect();
        assert_eq!(column, [0, 0, 128, 128, 0, 0, 0]);
    }

    #[test]
    fn nothing_outside_and_nothing_that_is_no_number() {
        let blank = RgbImage::filled(5, 5, [7; 3]).unwrap();
        for points in [vec![], vec![[f32::NAN, 1.0], [2.0, 2.0]], vec![[f32::INFINITY, 0.0]], vec![[-90.0, -90.0], [-80.0, -90.0]]] {
            let mut picture = blank.clone();
            outline(&mut picture, &points, 4.0, [255; 3], 255);
            assert!(picture == blank, "{points:?}");
        }
        let mut picture = blank.clone();
        outline(&mut picture, &[[-1e30, 2.5], [1e30, 2.5]], 1.0, [255; 3], 255);
        assert_eq!(picture.row(2), [255; 15]);
    }
}
