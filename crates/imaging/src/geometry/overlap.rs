//! How far two convex polygons cover each other.

use super::area;

/// The area that two convex polygons have in common, in square pixels; their corners may run either way round. Of a polygon of fewer than
/// three corners, and of one with a coordinate that is no number, it is 0.
#[must_use]
pub fn common_area(a: &[[f32; 2]], b: &[[f32; 2]]) -> f64 {
    if a.len() < 3 || b.len() < 3 || a.iter().chain(b).flatten().any(|v| !v.is_finite()) {
        return 0.0;
    }
    let around = signed(b);
    let mut left: Vec<[f32; 2]> = a.to_vec();
    for (i, from) in b.iter().enumerate() {
        let to = b[(i + 1) % b.len()];
        left = cut(&left, *from, to, around);
        if left.len() < 3 {
            return 0.0;
        }
    }
    area(&left).abs()
}

/// Intersection over union of two convex polygons, 0 to 1; 0 of two without area.
#[must_use]
pub fn iou(a: &[[f32; 2]], b: &[[f32; 2]]) -> f64 {
    let common = common_area(a, b);
    let union = area(a).abs() + area(b).abs() - common;
    if union > 0.0 && union.is_finite() { (common / union).clamp(0.0, 1.0) } else { 0.0 }
}

/// +1 for corners that run one way round, −1 for the other.
fn signed(polygon: &[[f32; 2]]) -> f64 {
    let sum: f64 = polygon.iter().enumerate().map(|(i, p)| cross([0.0; 2], *p, polygon[(i + 1) % polygon.len()])).sum();
    if sum < 0.0 { -1.0 } else { 1.0 }
}

/// Twice the signed area of a triangle.
fn cross(o: [f32; 2], a: [f32; 2], b: [f32; 2]) -> f64 {
    let [ox, oy, ax, ay, bx, by] = [o[0], o[1], a[0], a[1], b[0], b[1]].map(f64::from);
    (ax - ox) * (by - oy) - (ay - oy) * (bx - ox)
}

/// The part of a polygon on the inner side of a line (Sutherland and Hodgman's step).
fn cut(polygon: &[[f32; 2]], from: [f32; 2], to: [f32; 2], around: f64) -> Vec<[f32; 2]> {
    let side = |p: [f32; 2]| cross(from, to, p) * around;
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for (i, p) in polygon.iter().enumerate() {
        let next = polygon[(i + 1) % polygon.len()];
        let (here, there) = (side(*p), side(next));
        if here >= 0.0 {
            kept.push(*p);
        }
        if (here > 0.0 && there < 0.0) || (here < 0.0 && there > 0.0) {
            let share = here / (here - there);
            let between = |axis: usize| (f64::from(p[axis]) + share * (f64::from(next[axis]) - f64::from(p[axis]))) as f32;
            kept.push([between(0), between(1)]);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SQUARE: [[f32; 2]; 4] = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]];

    #[test]
    fn areas_of_known_overlaps() {
        let shifted = SQUARE.map(|[x, y]| [x + 5.0, y + 5.0]);
        assert!((common_area(&SQUARE, &shifted) - 25.0).abs() < 1e-6);
        assert!((iou(&SQUARE, &shifted) - 25.0 / 175.0).abs() < 1e-9);
        let mut other_way = shifted;
        other_way.reverse();
        assert!((common_area(&SQUARE, &other_way) - 25.0).abs() < 1e-6);
        let diamond = [[5.0, -5.0], [15.0, 5.0], [5.0, 15.0], [-5.0, 5.0]];
        assert!((common_area(&SQUARE, &diamond) - 100.0).abs() < 1e-4);
        assert_eq!(iou(&SQUARE, &SQUARE.map(|[x, y]| [x + 50.0, y])), 0.0);
        assert!((iou(&SQUARE, &SQUARE) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_polygon_overlaps_nothing() {
        for wrong in [vec![], vec![[0.0, 0.0], [9.0, 9.0]], vec![[f32::NAN, 0.0]; 4], vec![[1.0, 1.0]; 4]] {
            assert_eq!(iou(&SQUARE, &wrong), 0.0);
        }
    }

    proptest! {
        #[test]
        fn neither_order_nor_size_breaks_it(x in -20f32..20.0, y in -20f32..20.0, w in 0f32..30.0, h in 0f32..30.0, turn in 0f32..6.3) {
            let (sin, cos) = turn.sin_cos();
            let other = [[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]].map(|[a, b]: [f32; 2]| [x + a * cos - b * sin, y + a * sin + b * cos]);
            let (one, two) = (common_area(&SQUARE, &other), common_area(&other, &SQUARE));
            prop_assert!((one - two).abs() < 1e-2, "{} {}", one, two);
            prop_assert!(one <= 100.01 && one <= f64::from(w) * f64::from(h) + 0.01);
        }
    }
}
