//! Polygons grown by a distance, corners rounded: Clipper 6.4's `ClipperOffset` with `JT_ROUND` and an arc tolerance of 0.25, which is
//! what `pyclipper` computes and text detectors are published with. Clipper 2 has other arc steps and differs by up to two pixels.

use super::union::{self, Path};

/// Clipper's `def_arc_tolerance`: how far an arc's chords may stay from it, in pixels.
const ARC_TOLERANCE: f64 = 0.25;

/// Grows a closed polygon of whole coordinates by `distance` pixels. Usually one polygon comes out; a narrow bay makes a hole of its
/// own. No more than a point or a line, or a distance that is not above 0, gives none. Time grows with the square of the points: 5,000 of
/// a star whose rays all overlap once grown take most of a second.
#[must_use]
pub fn offset(points: &[[i32; 2]], distance: f64) -> Vec<Vec<[i32; 2]>> {
    let mut path: Vec<[f64; 2]> = points.iter().map(|p| p.map(f64::from)).collect();
    path.dedup();
    while path.len() > 1 && path.first() == path.last() {
        path.pop();
    }
    // Beyond this the numbers of pixels stop meaning anything.
    if path.len() < 3 || distance.is_nan() || distance <= 0.0 || distance > f64::from(1 << 24) {
        return Vec::new();
    }
    if union::signed_area(&path) < 0.0 {
        path.reverse();
    }
    union::positive(&Grown::new(&path, distance).path)
}

/// The raw outline: every side moved out, arcs at outer corners, a detour over the corner itself at inner ones.
struct Grown {
    distance: f64,
    /// Sine and cosine of one step of an arc, and steps in a radian.
    step: (f64, f64),
    steps_per_radian: f64,
    path: Path,
}

impl Grown {
    fn new(from: &[[f64; 2]], distance: f64) -> Self {
        let tolerance = ARC_TOLERANCE.min(distance * ARC_TOLERANCE);
        let steps = (std::f64::consts::PI / (1.0 - tolerance / distance).acos()).min(distance * std::f64::consts::PI);
        let step = (std::f64::consts::TAU / steps).sin_cos();
        let mut grown = Self { distance, step, steps_per_radian: steps / std::f64::consts::TAU, path: Vec::new() };
        let n = from.len();
        let normals: Vec<[f64; 2]> = (0..n).map(|i| normal(from[i], from[(i + 1) % n])).collect();
        // A corner that is passed over keeps the side before it as its predecessor.
        let mut before = n - 1;
        for corner in 0..n {
            if grown.corner(from[corner], normals[before], normals[corner]) {
                before = corner;
            }
        }
        grown
    }

    fn push(&mut self, [x, y]: [f64; 2], [nx, ny]: [f64; 2]) {
        // Halves go away from 0, as Clipper's `Round` does.
        self.path.push([(x + nx * self.distance).round(), (y + ny * self.distance).round()]);
    }

    /// The outline at one corner; whether it turned there.
    fn corner(&mut self, at: [f64; 2], before: [f64; 2], after: [f64; 2]) -> bool {
        let sine = before[0] * after[1] - after[0] * before[1];
        let cosine = before[0] * after[0] + after[1] * before[1];
        if (sine * self.distance).abs() < 1.0 && cosine > 0.0 {
            self.push(at, before);
            return false;
        }
        let sine = sine.clamp(-1.0, 1.0);
        if sine * self.distance < 0.0 {
            self.push(at, before);
            self.path.push(at);
        } else {
            let steps = (self.steps_per_radian * sine.atan2(cosine).abs()).round().max(1.0) as usize;
            let [mut x, mut y] = before;
            for _ in 0..steps {
                self.push(at, [x, y]);
                (x, y) = (x * self.step.1 - self.step.0 * y, x * self.step.0 + y * self.step.1);
            }
        }
        self.push(at, after);
        true
    }
}

/// The unit vector out of the side from `a` to `b`.
fn normal(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let f = 1.0 / (dx * dx + dy * dy).sqrt();
    [dy * f, -dx * f]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_gets_round_corners() {
        let grown = offset(&[[0, 0], [20, 0], [20, 10], [0, 10]], 4.0);
        assert_eq!(grown.len(), 1);
        let (low, high) =
            grown[0].iter().fold(([99; 2], [-99; 2]), |(l, h), p| ([l[0].min(p[0]), l[1].min(p[1])], [h[0].max(p[0]), h[1].max(p[1])]));
        assert_eq!((low, high), ([-4, -4], [24, 14]));
        assert!(!grown[0].contains(&[-4, -4]));
        // The way round does not matter.
        let mut reversed = offset(&[[0, 10], [20, 10], [20, 0], [0, 0]], 4.0).remove(0);
        let mut first = grown[0].clone();
        reversed.sort_unstable();
        first.sort_unstable();
        assert_eq!(first, reversed);
    }

    #[test]
    fn a_bay_fills_and_a_lagoon_stays() {
        // A U whose arms are 6 apart: grown by 4 the bay closes.
        let u = [[0, 0], [10, 0], [10, 30], [16, 30], [16, 0], [26, 0], [26, 40], [0, 40]];
        let grown = offset(&u, 4.0);
        assert_eq!(grown.len(), 1);
        assert!(grown[0].iter().all(|p| !(11..16).contains(&p[0]) || p[1] < 4 || p[1] > 30), "{grown:?}");
        // A bottle with a neck of 4 and a belly of 20: the neck closes, the belly stays as a hole.
        let bottle = [[0, 0], [18, 0], [18, 10], [10, 10], [10, 30], [30, 30], [30, 10], [22, 10], [22, 0], [40, 0], [40, 40], [0, 40]];
        assert_eq!(offset(&bottle, 4.0).len(), 2);
    }

    #[test]
    fn what_has_no_area_gives_nothing() {
        for points in [&[][..], &[[1, 1]], &[[1, 1], [5, 5]], &[[1, 1], [1, 1], [1, 1], [1, 1]]] {
            assert!(offset(points, 3.0).is_empty());
        }
        for distance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(offset(&[[0, 0], [9, 0], [0, 9]], distance).is_empty());
        }
    }
}
