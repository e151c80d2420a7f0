//! Polygons measured and simplified: OpenCV's `arcLength`, `contourArea` and `approxPolyDP`, all for closed curves.

/// The length of the closed curve; 0 for fewer than two points. Each side's length is f32, as in OpenCV.
#[must_use]
pub fn perimeter(points: &[[f32; 2]]) -> f64 {
    sides(points).map(|([ax, ay], [bx, by])| f64::from(((bx - ax) * (bx - ax) + (by - ay) * (by - ay)).sqrt())).sum()
}

/// The area within the closed curve, whichever way it runs; parts that it goes round in opposite directions cancel out.
#[must_use]
pub fn area(points: &[[f32; 2]]) -> f64 {
    let twice: f64 = sides(points).map(|([ax, ay], [bx, by])| f64::from(ax) * f64::from(by) - f64::from(ay) * f64::from(bx)).sum();
    (twice / 2.0).abs()
}

/// Every point with the next one, the last with the first.
fn sides(points: &[[f32; 2]]) -> impl Iterator<Item = ([f32; 2], [f32; 2])> {
    let next = points.iter().cycle().skip(1);
    points.iter().copied().zip(next.copied())
}

/// A closed polygon of fewer points that stays within `epsilon` pixels of the given one (Douglas and Peucker): a point is dropped if
/// it is at most that far from the line between its neighbors that stay.
#[must_use]
pub fn approximate(points: &[[i32; 2]], epsilon: f64) -> Vec<[i32; 2]> {
    if points.is_empty() {
        return Vec::new();
    }
    let bound = epsilon * epsilon;
    let (start, far, distance) = extremes(points);
    if distance <= bound {
        return vec![points[start]];
    }
    let mut kept = Vec::new();
    // Slices from one kept point to another, the next one on top.
    let mut open = vec![(far, start), (start, far)];
    while let Some((from, to)) = open.pop() {
        match farthest(points, from, to) {
            Some((middle, square, scale)) if square > bound * scale => open.extend([(middle, to), (from, middle)]),
            _ => kept.push(points[from]),
        }
    }
    straighten(kept, bound)
}

/// Two points far from each other, found in three jumps from the first: start, other, their squared distance.
fn extremes(points: &[[i32; 2]]) -> (usize, usize, f64) {
    let (mut start, mut far, mut most) = (0, 0, 0.0);
    for round in 0..3 {
        start = if round == 0 { 0 } else { far };
        most = 0.0;
        for step in 1..points.len() {
            let i = (start + step) % points.len();
            let [dx, dy] = between(points[start], points[i]);
            if dx * dx + dy * dy > most {
                (far, most) = (i, dx * dx + dy * dy);
            }
        }
    }
    (start, far, most)
}

fn between(a: [i32; 2], b: [i32; 2]) -> [f64; 2] {
    [f64::from(b[0]) - f64::from(a[0]), f64::from(b[1]) - f64::from(a[1])]
}

/// The point between `from` and `to` that is farthest from their line, its squared distance times the squared length of the line, and
/// that; none if there is no point between them.
fn farthest(points: &[[i32; 2]], from: usize, to: usize) -> Option<(usize, f64, f64)> {
    let n = points.len();
    let [dx, dy] = between(points[from], points[to]);
    let (mut best, mut most, mut i) = (None, 0.0, (from + 1) % n);
    if i == to {
        return None;
    }
    while i != to {
        let [px, py] = between(points[from], points[i]);
        let distance = (py * dx - px * dy).abs();
        if distance > most {
            (best, most) = (Some(i), distance);
        }
        i = (i + 1) % n;
    }
    best.map(|i| (i, most * most, dx * dx + dy * dy))
}

/// OpenCV's last pass: drops points on almost straight lines that the recursion kept.
fn straighten(mut points: Vec<[i32; 2]>, bound: f64) -> Vec<[i32; 2]> {
    let count = points.len();
    let mut left = count;
    let next = |i: usize| (i + 1) % count;
    let mut start = points[count - 1];
    let (mut write, mut read) = (0, next(0));
    let mut middle = points[0];
    let mut i = 0;
    while i < count && left > 2 {
        let end = points[read];
        read = next(read);
        let ([dx, dy], [px, py], [qx, qy]) = (between(start, end), between(start, middle), between(middle, end));
        let distance = (px * dy - py * dx).abs();
        if distance * distance <= 0.5 * bound * (dx * dx + dy * dy) && dx != 0.0 && dy != 0.0 && px * qx + py * qy >= 0.0 {
            left -= 1;
            start = end;
            points[write] = end;
            write = next(write);
            middle = points[read];
            read = next(read);
            i += 2;
            continue;
        }
        start = middle;
        points[write] = middle;
        write = next(write);
        middle = end;
        i += 1;
    }
    points.truncate(left);
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures() {
        let square = [[0.0, 0.0], [0.0, 4.0], [3.0, 4.0], [3.0, 0.0]];
        assert_eq!((perimeter(&square), area(&square)), (14.0, 12.0));
        assert_eq!((perimeter(&[]), area(&[])), (0.0, 0.0));
        assert_eq!((perimeter(&square[..1]), area(&square[..1])), (0.0, 0.0));
        assert_eq!((perimeter(&square[..2]), area(&square[..2])), (8.0, 0.0));
    }

    #[test]
    fn a_line_with_a_bump() {
        let bumpy = [[0, 0], [0, 10], [10, 10], [10, 0], [5, 1]];
        assert_eq!(approximate(&bumpy, 2.0).len(), 4);
        assert_eq!(approximate(&bumpy, 0.5).len(), 5);
        assert_eq!(approximate(&bumpy, 100.0).len(), 1);
        assert_eq!(approximate(&[], 1.0), Vec::<[i32; 2]>::new());
        assert_eq!(approximate(&[[7, 8]], 1.0), [[7, 8]]);
        assert_eq!(approximate(&[[7, 8]; 5], 1.0), [[7, 8]]);
    }
}
