//! Filled polygons: OpenCV's `fillPoly` with whole coordinates and 8-connected edges, and means of a map under them.

use ndarray::{Array2, ArrayView2};

use crate::Size;

/// Fractional bits of an edge's x.
const SHIFT: u32 = 16;

/// Which pixels beside a slanted side belong to a polygon. Both rules equal OpenCV's to the pixel; they differ where a side passes a
/// pixel's center by half a pixel or less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FillRule {
    /// Those between the sides, and the outline: OpenCV from 4.11 on, with which the references of text reading were made.
    #[default]
    Between,
    /// Those whose centers are less than half a pixel outside, and the outline: OpenCV up to 4.10.
    Nearest,
}

/// The mask of a polygon, 1 inside and on its outline, cut to `size`. Where the outline crosses itself, the even-odd rule says what is
/// inside. No points give an empty mask.
#[must_use]
pub fn fill_polygon(points: &[[i32; 2]], size: Size, rule: FillRule) -> Array2<u8> {
    let mut mask = Array2::zeros((size.height, size.width));
    if size.width == 0 || size.height == 0 {
        return mask;
    }
    // Coordinates this far out draw nothing that can be told apart, and products of their differences stay in range.
    let points: Vec<[i64; 2]> = points.iter().map(|p| p.map(|v| i64::from(v.clamp(-(1 << 24), 1 << 24)))).collect();
    let mut edges = Vec::new();
    for (i, to) in points.iter().enumerate() {
        let from = points[(i + points.len() - 1) % points.len()];
        edges.extend(Edge::new(from, *to, size, rule));
        let (ends, true) = clip(from, *to, size) else { continue };
        line(&mut mask, ends);
    }
    let mut crossings = Vec::new();
    for (y, mut row) in mask.outer_iter_mut().enumerate() {
        let y = y as i64;
        crossings.clear();
        crossings.extend(edges.iter().filter(|edge| (edge.top..edge.bottom).contains(&y)).map(|edge| edge.x + edge.slope * (y - edge.top)));
        crossings.sort_unstable();
        for pair in crossings.chunks_exact(2) {
            let first = match rule {
                FillRule::Between => (pair[0] + (1 << SHIFT) - 1) >> SHIFT,
                FillRule::Nearest => pair[0] >> SHIFT,
            };
            let (start, end) = (first.max(0), (pair[1] >> SHIFT).min(row.len() as i64 - 1));
            for x in start..=end {
                row[x as usize] = 1;
            }
        }
    }
    mask
}

/// A side of the polygon for the scan lines `top` … `bottom` − 1.
struct Edge {
    top: i64,
    bottom: i64,
    /// x at `top`, and its change from line to line, in 1/2^16.
    x: i64,
    slope: i64,
}

impl Edge {
    /// `CollectPolyEdges`: a side that leaves the picture gets its slope from its clipped ends, and no half pixel by either rule. None if
    /// it is level.
    fn new(a: [i64; 2], b: [i64; 2], size: Size, rule: FillRule) -> Option<Self> {
        if a[1] == b[1] {
            return None;
        }
        let outside = |p: [i64; 2]| !(0..size.width as i64).contains(&p[0]) || !(0..size.height as i64).contains(&p[1]);
        let leaves = outside(a) || outside(b);
        let half = if leaves || rule == FillRule::Between { 0 } else { 1 << (SHIFT - 1) };
        let (clipped, _) = if leaves { clip(a, b, size) } else { ([a, b], true) };
        // A side that is level once it is clipped keeps its rows. The old rule then takes its own columns, the new one those of the rim.
        let ends = match clipped {
            [from, to] if from[1] != to[1] => [from, to],
            [from, to] if rule == FillRule::Between => [[from[0], a[1]], [to[0], b[1]]],
            _ => [a, b],
        };
        let [from, to] = ends.map(|[x, y]| [(x << SHIFT) + half, y]);
        let slope = (to[0] - from[0]) / (to[1] - from[1]);
        let (top, bottom, start) = if a[1] < b[1] { (a[1], b[1], from) } else { (b[1], a[1], to) };
        Some(Self { top, bottom, x: start[0] + (top - start[1]) * slope, slope })
    }
}

/// `clipLine`: the ends moved to the picture's rim, whole pixels cut towards zero; and whether both are inside now.
fn clip(a: [i64; 2], b: [i64; 2], size: Size) -> ([[i64; 2]; 2], bool) {
    let last = [size.width as i64 - 1, size.height as i64 - 1];
    let side = |p: [i64; 2], axis: usize| (p[axis] > last[axis]) as i64 - (p[axis] < 0) as i64;
    let apart = |ends: &[[i64; 2]; 2], axis: usize| side(ends[0], axis) * side(ends[1], axis) != 1;
    let mut ends = [a, b];
    if apart(&ends, 0) && apart(&ends, 1) {
        // Rows first; columns only if what is left still is not all on one side.
        for axis in [1, 0] {
            if axis == 0 && !apart(&ends, 0) {
                break;
            }
            for i in 0..2 {
                let rim = match side(ends[i], axis) {
                    0 => continue,
                    -1 => 0,
                    _ => last[axis],
                };
                let [from, to] = ends;
                let share = (rim - ends[i][axis]) as f64 * (to[1 - axis] - from[1 - axis]) as f64 / (to[axis] - from[axis]) as f64;
                ends[i][1 - axis] += share as i64;
                ends[i][axis] = rim;
            }
        }
    }
    let inside = ends.iter().all(|end| side(*end, 0) == 0 && side(*end, 1) == 0);
    (ends, inside)
}

/// An 8-connected line, both ends included, drawn from its left end to its right one. The ends are inside the mask.
fn line(mask: &mut Array2<u8>, [a, b]: [[i64; 2]; 2]) {
    let (from, to) = if b[0] < a[0] { (b, a) } else { (a, b) };
    let (dx, dy) = (to[0] - from[0], (to[1] - from[1]).abs());
    let down = if to[1] < from[1] { -1 } else { 1 };
    let (long, short) = (dx.max(dy), dx.min(dy));
    let (mut error, [mut x, mut y]) = (long - 2 * short, from);
    for _ in 0..=long {
        mask[[y as usize, x as usize]] = 1;
        let both = error < 0;
        error -= 2 * short;
        if both {
            error += 2 * long;
        }
        if dx >= dy {
            x += 1;
            y += if both { down } else { 0 };
        } else {
            y += down;
            x += i64::from(both);
        }
    }
}

/// The mean of `map` under a polygon, computed within the polygon's bounds: coordinates less the corner of the bounds are cut towards
/// zero, filled, and averaged (PaddleOCR's `box_score_fast`, and `box_score_slow` for a contour). 0 for no points or an empty map.
#[must_use]
pub fn mean_in_polygon(map: ArrayView2<'_, f32>, points: &[[f32; 2]], rule: FillRule) -> f32 {
    let (height, width) = map.dim();
    if points.is_empty() || height == 0 || width == 0 || points.iter().flatten().any(|v| !v.is_finite()) {
        return 0.0;
    }
    let bounds = |axis: usize, side: usize| {
        let most = side as i32 - 1;
        let values = points.iter().map(|p| p[axis]);
        let low = values.clone().fold(f32::INFINITY, f32::min).floor() as i32;
        let high = values.fold(f32::NEG_INFINITY, f32::max).ceil() as i32;
        (low.clamp(0, most), high.clamp(0, most))
    };
    let ((left, right), (top, bottom)) = (bounds(0, width), bounds(1, height));
    let moved: Vec<[i32; 2]> = points.iter().map(|[x, y]| [(x - left as f32) as i32, (y - top as f32) as i32]).collect();
    let size = Size::new((right - left + 1) as usize, (bottom - top + 1) as usize);
    let mask = fill_polygon(&moved, size, rule);
    let (mut sum, mut count) = (0f64, 0u32);
    for ((y, x), inside) in mask.indexed_iter() {
        if *inside == 1 {
            sum += f64::from(map[[top as usize + y, left as usize + x]]);
            count += 1;
        }
    }
    if count == 0 { 0.0 } else { (sum / f64::from(count)) as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(points: &[[i32; 2]], width: usize, height: usize) -> Vec<String> {
        by_rule(points, width, height, FillRule::Between)
    }

    fn by_rule(points: &[[i32; 2]], width: usize, height: usize, rule: FillRule) -> Vec<String> {
        let mask = fill_polygon(points, Size::new(width, height), rule);
        mask.outer_iter().map(|row| row.iter().map(|v| if *v == 1 { '#' } else { '.' }).collect()).collect()
    }

    #[test]
    fn points_lines_and_a_bow() {
        assert_eq!(rows(&[], 2, 1), [".."]);
        assert_eq!(rows(&[[1, 0]], 3, 1), [".#."]);
        assert_eq!(rows(&[[-5, -5], [5, 5]], 2, 2), ["#.", ".#"]);
        assert_eq!(rows(&[[0, 0], [4, 4], [4, 0], [0, 4]], 5, 5), ["#...#", "##.##", "#####", "##.##", "#...#"]);
        assert_eq!(rows(&[[i32::MIN, i32::MIN], [i32::MAX, i32::MIN], [i32::MAX, i32::MAX], [i32::MIN, i32::MAX]], 2, 2), ["##", "##"]);
    }

    #[test]
    fn the_rules_differ_beside_slanted_sides() {
        let slanted = [[0, 0], [1, 0], [2, 2], [0, 2]];
        assert_eq!(by_rule(&slanted, 3, 3, FillRule::Between), ["##.", "##.", "###"]);
        assert_eq!(by_rule(&slanted, 3, 3, FillRule::Nearest), ["##.", "###", "###"]);
    }

    #[test]
    fn means_stay_inside() {
        let map = Array2::from_elem((4, 6), 0.5f32);
        for quad in [[[0.0, 0.0], [5.0, 0.0], [5.0, 3.0], [0.0, 3.0]], [[-50.0, -9.0], [90.0, -9.0], [90.0, 70.0], [-50.0, 70.0]]] {
            assert_eq!(mean_in_polygon(map.view(), &quad, FillRule::Between), 0.5);
        }
        assert_eq!(mean_in_polygon(map.view(), &[[f32::NAN; 2]; 4], FillRule::Between), 0.0);
        assert_eq!(mean_in_polygon(map.view(), &[], FillRule::Between), 0.0);
        assert_eq!(mean_in_polygon(Array2::zeros((0, 5)).view(), &[[0.0, 0.0]], FillRule::Between), 0.0);
    }
}
