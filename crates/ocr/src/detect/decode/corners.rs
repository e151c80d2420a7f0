//! The four corners of a box: their order, cut to the picture, how far apart.

use vtk_imaging::Size;
use vtk_imaging::geometry::{min_area_rect, ordered_corners};

use crate::Quad;
use crate::detect::CornerOrder;

/// A box must be wider and higher than so many whole pixels of the picture.
pub(super) const NARROWEST: u32 = 3;

/// The corners clockwise from the top left, by one of the two rules.
pub(super) fn ordered(quad: Quad, order: CornerOrder) -> Quad {
    match order {
        CornerOrder::PaddleOcr => by_sums(quad),
        CornerOrder::RapidOcr => by_x(quad),
    }
}

/// Of equal corners the one that comes first is taken, as NumPy's `argmin` and `argmax` do.
fn by_sums(quad: Quad) -> Quad {
    let sum = |i: usize| quad[i][0] + quad[i][1];
    let first = (1..4).fold(0, |best, i| if sum(i) < sum(best) { i } else { best });
    let others = (0..4).filter(|i| *i != first);
    // Not the first again, even where all sums are alike.
    let third = others.clone().reduce(|best, i| if sum(i) > sum(best) { i } else { best }).unwrap_or(first);
    let mut rest = others.filter(|i| *i != third);
    let (Some(a), Some(b)) = (rest.next(), rest.next()) else { return quad };
    let difference = |i: usize| quad[i][1] - quad[i][0];
    let (second, fourth) = if difference(b) < difference(a) { (b, a) } else { (a, b) };
    [first, second, third, fourth].map(|i| quad[i])
}

fn by_x(mut quad: Quad) -> Quad {
    quad.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [mut left, mut right] = [[quad[0], quad[1]], [quad[2], quad[3]]];
    for side in [&mut left, &mut right] {
        side.sort_by(|a, b| a[1].total_cmp(&b[1]));
    }
    [left[0], right[0], right[1], left[1]]
}

/// A corner cut to the last column and row, and to whole pixels towards 0.
pub(super) fn cut([x, y]: [f32; 2], size: Size) -> [f32; 2] {
    let cut = |v: f32, side: usize| v.clamp(0.0, side.saturating_sub(1) as f32).trunc();
    [cut(x, size.width), cut(y, size.height)]
}

/// The lengths of the upper and left sides in whole pixels, cut towards 0.
pub(super) fn sides(quad: Quad) -> [u32; 2] {
    let length = |a: [f32; 2], b: [f32; 2]| (f64::from(a[0]) - f64::from(b[0])).hypot(f64::from(a[1]) - f64::from(b[1])) as u32;
    [length(quad[0], quad[1]), length(quad[0], quad[3])]
}

/// The rectangle of the smallest area around points.
pub(super) fn around(points: &[[f32; 2]]) -> Quad {
    ordered_corners(min_area_rect(points).corners())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEVEL: Quad = [[10.0, 5.0], [50.0, 6.0], [50.0, 20.0], [10.0, 19.0]];

    #[test]
    fn both_rules_agree_on_level_boxes() {
        for start in 0..4 {
            let mut quad = LEVEL;
            quad.rotate_left(start);
            for order in [CornerOrder::PaddleOcr, CornerOrder::RapidOcr] {
                assert_eq!(ordered(quad, order), LEVEL);
                let mut mirrored = quad;
                mirrored.reverse();
                assert_eq!(ordered(mirrored, order), LEVEL);
            }
        }
    }

    #[test]
    fn they_differ_on_steep_ones() {
        // A line that climbs by more than 45°: its leftmost corners are not those of its left end.
        let steep = [[40.0, 0.0], [60.0, 10.0], [20.0, 90.0], [0.0, 80.0]];
        assert_eq!(ordered(steep, CornerOrder::PaddleOcr), [[40.0, 0.0], [60.0, 10.0], [20.0, 90.0], [0.0, 80.0]]);
        let falling = [[10.0, 0.0], [90.0, 70.0], [80.0, 85.0], [0.0, 15.0]];
        assert_eq!(ordered(falling, CornerOrder::RapidOcr), falling);
        let diamond = [[0.0, 10.0], [10.0, 0.0], [20.0, 10.0], [10.0, 20.0]];
        assert_ne!(ordered(diamond, CornerOrder::PaddleOcr), ordered(diamond, CornerOrder::RapidOcr));
    }

    #[test]
    fn every_corner_comes_once_even_of_degenerate_boxes() {
        for quad in [[[1.0, 1.0]; 4], [[0.0, 3.0], [1.0, 2.0], [2.0, 1.0], [3.0, 0.0]], [[5.0, 0.0], [5.0, 0.0], [5.0, 9.0], [5.0, 9.0]]] {
            for order in [CornerOrder::PaddleOcr, CornerOrder::RapidOcr] {
                let sorted = |mut q: Quad| {
                    q.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
                    q
                };
                assert_eq!(sorted(ordered(quad, order)), sorted(quad), "{order:?}");
            }
        }
    }

    #[test]
    fn cut_and_measured() {
        assert_eq!(cut([-3.0, 7.9], Size::new(5, 5)), [0.0, 4.0]);
        assert_eq!(cut([2.9, f32::NAN], Size::new(5, 0))[0], 2.0);
        assert_eq!(sides([[0.0, 0.0], [3.0, 4.9], [9.0, 9.0], [3.99, 0.0]]), [5, 3]);
    }
}
