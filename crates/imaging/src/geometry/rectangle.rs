//! The smallest rectangle around points, at any angle: OpenCV's `minAreaRect` and `boxPoints`.

/// A rectangle at an angle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RotatedRect {
    /// The middle, x and y.
    pub center: [f32; 2],
    /// Width (along the angle) and height.
    pub size: [f32; 2],
    /// Degrees from the x axis towards the y axis (clockwise on a screen).
    pub angle: f32,
}

impl RotatedRect {
    /// The four corners in OpenCV's order. Which one comes first depends on the angle: see [`ordered_corners`].
    #[must_use]
    pub fn corners(&self) -> [[f32; 2]; 4] {
        let radians = f64::from(self.angle) * std::f64::consts::PI / 180.0;
        let (b, a) = (radians.cos() as f32 * 0.5, radians.sin() as f32 * 0.5);
        let ([cx, cy], [w, h]) = (self.center, self.size);
        let p0 = [cx - a * h - b * w, cy + b * h - a * w];
        let p1 = [cx + a * h - b * w, cy - b * h - a * w];
        [p0, p1, [2.0 * cx - p0[0], 2.0 * cy - p0[1]], [2.0 * cx - p1[0], 2.0 * cy - p1[1]]]
    }

    /// The shorter of width and height.
    #[must_use]
    pub fn short_side(&self) -> f32 {
        self.size[0].min(self.size[1])
    }
}

/// Four corners clockwise from the top left, by PaddleOCR's rule (`db_postprocess.py`, `get_mini_boxes`): sorted by x; of the left two
/// the upper is the first and the lower the last, of the right two the upper is the second and the lower the third.
#[must_use]
pub fn ordered_corners(mut corners: [[f32; 2]; 4]) -> [[f32; 2]; 4] {
    corners.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let [a, b, c, d] = corners;
    let upper_first = |p: [f32; 2], q: [f32; 2]| if q[1] > p[1] { (p, q) } else { (q, p) };
    let ((top_left, bottom_left), (top_right, bottom_right)) = (upper_first(a, b), upper_first(c, d));
    [top_left, top_right, bottom_right, bottom_left]
}

/// The rectangle of the smallest area around the points; flush with a side of their convex hull. A line has a height of 0, a single
/// point a size of 0; no points give the default.
#[must_use]
pub fn min_area_rect(points: &[[f32; 2]]) -> RotatedRect {
    let hull = hull(points);
    match hull.as_slice() {
        [] => RotatedRect::default(),
        [p] => RotatedRect { center: *p, ..RotatedRect::default() },
        [p, q] => {
            let [dx, dy] = [f64::from(q[0] - p[0]), f64::from(q[1] - p[1])];
            let angle = degrees(dy, dx);
            RotatedRect { center: [(p[0] + q[0]) * 0.5, (p[1] + q[1]) * 0.5], size: [(dx * dx + dy * dy).sqrt() as f32, 0.0], angle }
        }
        _ => calipers(&hull),
    }
}

fn degrees(dy: f64, dx: f64) -> f32 {
    (f64::from(dy.atan2(dx) as f32 * 180.0) / std::f64::consts::PI) as f32
}

/// The convex hull's corners (monotone chain), without points on its sides, in the order in which rotating calipers want them: x axis
/// towards y axis, from where OpenCV's `convexHull` begins. Of rectangles with the same area the start decides which is found.
fn hull(points: &[[f32; 2]]) -> Vec<[f32; 2]> {
    let finite = |(_, p): &(usize, [f32; 2])| p[0].is_finite() && p[1].is_finite();
    let mut sorted: Vec<(usize, [f32; 2])> = points.iter().copied().enumerate().filter(finite).collect();
    sorted.sort_by(|(_, a), (_, b)| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    sorted.dedup_by(|(_, a), (_, b)| a == b);
    if sorted.len() < 3 {
        return sorted.into_iter().rev().map(|(_, point)| point).collect();
    }
    let turn = |a: [f32; 2], b: [f32; 2], c: [f32; 2]| {
        let [ax, ay, bx, by, cx, cy] = [a[0], a[1], b[0], b[1], c[0], c[1]].map(f64::from);
        (bx - ax) * (cy - by) - (by - ay) * (cx - bx)
    };
    let chain = |points: &mut dyn Iterator<Item = (usize, [f32; 2])>| {
        let mut chain: Vec<(usize, [f32; 2])> = Vec::new();
        for point in points {
            while let [.., (_, a), (_, b)] = chain.as_slice() {
                if turn(*a, *b, point.1) > 0.0 {
                    break;
                }
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let lower = chain(&mut sorted.iter().copied());
    let mut hull = chain(&mut sorted.iter().rev().copied());
    hull.extend(lower);
    let start = ring_start(&hull);
    hull.rotate_left(start);
    hull.into_iter().map(|(_, point)| point).collect()
}

/// Where a hull begins: if its corners come in the order of the points or against it all the way round, as those of a contour do, at the
/// one that is first in that order; else where it begins already, at the rightmost.
fn ring_start(hull: &[(usize, [f32; 2])]) -> usize {
    let n = hull.len();
    let before = |i: usize| hull[(i + n - 1) % n].0;
    let mut falls = (0..n).filter(|i| hull[*i].0 < before(*i));
    let mut rises = (0..n).filter(|i| hull[*i].0 > before(*i));
    match (falls.next(), falls.next(), rises.next(), rises.next()) {
        (Some(start), None, ..) => start,
        (_, _, Some(start), None) => start,
        _ => 0,
    }
}

/// `rotatingCalipers` (`opencv/modules/imgproc/src/rotcalipers.cpp`) in its f32 arithmetic. The hull has at least three corners.
fn calipers(hull: &[[f32; 2]]) -> RotatedRect {
    let n = hull.len();
    let sides: Vec<[f32; 2]> = (0..n).map(|i| [hull[(i + 1) % n][0] - hull[i][0], hull[(i + 1) % n][1] - hull[i][1]]).collect();
    let extreme =
        |better: &dyn Fn([f32; 2], [f32; 2]) -> bool| (1..n).fold(0, |best, i| if better(hull[i], hull[best]) { i } else { best });
    // The corners that the four sides touch: smallest y, largest x, largest y, smallest x.
    let mut touched =
        [extreme(&|a, b| a[1] < b[1]), extreme(&|a, b| a[0] > b[0]), extreme(&|a, b| a[1] > b[1]), extreme(&|a, b| a[0] < b[0])];
    let mut best = (f32::MAX, [0.0; 2], [0.0; 2], [0; 2]);
    for _ in 0..n {
        // Of the next sides of the hull, each turned to the first caliper, the one at the smallest angle.
        let turned = |i: usize| {
            let [x, y] = sides[touched[i]];
            [[x, y], [y, -x], [-x, -y], [-y, x]][i]
        };
        let right_of = |[ax, ay]: [f32; 2], [bx, by]: [f32; 2]| ay * bx - ax * by < 0.0;
        let main = (1..4).fold(0, |main, i| if right_of(turned(i), turned(main)) { i } else { main });
        let [x, y] = sides[touched[main]];
        let inverse = (1.0 / (f64::from(x) * f64::from(x) + f64::from(y) * f64::from(y)).sqrt()) as f32;
        let [x, y] = [x * inverse, y * inverse];
        let [a, b] = [[x, y], [y, -x], [-x, -y], [-y, x]][main];
        touched[main] = (touched[main] + 1) % n;
        let [bottom, right, top, left] = touched.map(|i| hull[i]);
        let width = (right[0] - left[0]) * a + (right[1] - left[1]) * b;
        let height = -(top[0] - bottom[0]) * b + (top[1] - bottom[1]) * a;
        if width * height <= best.0 {
            best = (width * height, [a, b], [width, height], [touched[3], touched[0]]);
        }
    }
    let (_, [a, b], [width, height], [left, bottom]) = best;
    let (left, bottom) = (hull[left], hull[bottom]);
    let (c1, c2) = (a * left[0] + left[1] * b, -b * bottom[0] + bottom[1] * a);
    let inverse = 1.0 / (a * a + b * b);
    let corner = [(c1 * a - c2 * b) * inverse, (a * c2 + b * c1) * inverse];
    let (across, down) = ([a * width, b * width], [-b * height, a * height]);
    let length = |[x, y]: [f32; 2]| (f64::from(x) * f64::from(x) + f64::from(y) * f64::from(y)).sqrt() as f32;
    RotatedRect {
        center: [corner[0] + (across[0] + down[0]) * 0.5, corner[1] + (across[1] + down[1]) * 0.5],
        size: [length(across), length(down)],
        angle: degrees(f64::from(across[1]), f64::from(across[0])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degenerate_points() {
        assert_eq!(min_area_rect(&[]), RotatedRect::default());
        assert_eq!(min_area_rect(&[[3.0, 4.0]; 3]), RotatedRect { center: [3.0, 4.0], ..RotatedRect::default() });
        let line = min_area_rect(&[[0.0, 0.0], [2.0, 2.0], [4.0, 4.0], [1.0, 1.0]]);
        assert_eq!((line.center, line.size[1]), ([2.0, 2.0], 0.0));
        assert!((line.size[0] - 32f32.sqrt()).abs() < 1e-5);
        assert_eq!(min_area_rect(&[[f32::NAN, 0.0], [f32::INFINITY, 1.0]]), RotatedRect::default());
    }

    #[test]
    fn a_rectangle_is_its_own() {
        let corners = [[10.0, 30.0], [70.0, 0.0], [80.0, 20.0], [20.0, 50.0]];
        let rect = min_area_rect(&corners);
        let found = ordered_corners(rect.corners());
        for (a, b) in found.iter().zip(ordered_corners(corners)) {
            assert!((a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3, "{found:?}");
        }
        assert!((rect.short_side() - 500f32.sqrt()).abs() < 1e-3);
    }
}
