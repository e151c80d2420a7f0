//! What a closed path that crosses itself goes round: the outlines of the places where its winding number is above 0.

use std::collections::HashMap;

/// A closed path of whole coordinates.
pub(super) type Path = Vec<[f64; 2]>;

/// How far beside a piece of the path its winding numbers are looked at, as a share of the piece's length.
const BESIDE: f64 = 1e-4;

/// A corner closer to a crossing than this is that crossing.
const SAME: f64 = 1e-6;

/// The most bands that a path's sides are sorted into: a long side stands in many of them.
const MOST_BANDS: usize = 256;

/// Twice the area is the sum of the corners' cross products; positive where the inside lies towards (−dy, dx) of a side (dx, dy).
pub(super) fn signed_area(path: &[[f64; 2]]) -> f64 {
    let n = path.len();
    (0..n).map(|i| path[i][0] * path[(i + 1) % n][1] - path[i][1] * path[(i + 1) % n][0]).sum::<f64>() / 2.0
}

/// The outlines of the places that the path winds round more often positively than negatively, holes included, in whole coordinates.
pub(super) fn positive(path: &Path) -> Vec<Vec<[i32; 2]>> {
    let mut path = path.clone();
    path.dedup();
    while path.len() > 1 && path.first() == path.last() {
        path.pop();
    }
    if path.len() < 3 {
        return Vec::new();
    }
    let mut pieces = Pieces::new(&path);
    let mut loops = Vec::new();
    while let Some(outline) = pieces.next_loop() {
        let mut points: Vec<[i32; 2]> = outline.iter().map(|p| p.map(|v| v.round() as i32)).collect();
        points.dedup();
        while points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        let area = signed_area(&points.iter().map(|p| p.map(f64::from)).collect::<Path>());
        if points.len() >= 3 && area != 0.0 {
            loops.push(points);
        }
    }
    loops
}

/// The pieces between crossings that have the inside on one side only, running so that it is the same side for all.
struct Pieces {
    nodes: Vec<[f64; 2]>,
    /// From and to, as numbers of nodes.
    open: Vec<(usize, usize)>,
}

impl Pieces {
    fn new(path: &Path) -> Self {
        let n = path.len();
        let mut nodes = Nodes::default();
        let corners: Vec<usize> = path.iter().map(|p| nodes.number(*p)).collect();
        let boxes: Vec<[f64; 4]> = (0..n).map(|i| bounds(path[i], path[(i + 1) % n])).collect();
        // Along each side: where it is crossed.
        let mut crossings: Vec<Vec<(f64, usize)>> = vec![Vec::new(); n];
        for i in 0..n {
            // Sides whose boxes lie apart, which are most, can't meet.
            let near = |j: &usize| {
                let (a, b) = (&boxes[i], &boxes[*j]);
                a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
            };
            for j in (i + 1..n).filter(near) {
                if let Some((t, u, at)) = crossing([path[i], path[(i + 1) % n]], [path[j], path[(j + 1) % n]]) {
                    let at = nodes.number(at);
                    crossings[i].push((t, at));
                    crossings[j].push((u, at));
                }
            }
        }
        let (bands, nodes) = (Bands::new(path), nodes.places);
        let mut open = Vec::new();
        for (i, mut along) in crossings.into_iter().enumerate() {
            along.extend([(0.0, corners[i]), (1.0, corners[(i + 1) % n])]);
            along.sort_by(|a, b| a.0.total_cmp(&b.0));
            for pair in along.windows(2) {
                let (a, b) = (pair[0].1, pair[1].1);
                if a == b {
                    continue;
                }
                match bands.inside(nodes[a], nodes[b]) {
                    (true, false) => open.push((a, b)),
                    (false, true) => open.push((b, a)),
                    _ => {}
                }
            }
        }
        open.sort_unstable();
        open.dedup();
        Self { nodes, open }
    }

    /// Takes a closed loop of pieces out; at a node with several ways on, the one that turns most towards the inside.
    fn next_loop(&mut self) -> Option<Path> {
        let (start, mut at) = self.open.pop()?;
        let mut outline = vec![self.nodes[start]];
        let mut from = start;
        while at != start {
            outline.push(self.nodes[at]);
            let direction = |a: usize, b: usize| [self.nodes[b][0] - self.nodes[a][0], self.nodes[b][1] - self.nodes[a][1]];
            let [ax, ay] = direction(from, at);
            let turn = |(a, b): &(usize, usize)| {
                let [bx, by] = direction(*a, *b);
                (ax * by - ay * bx).atan2(ax * bx + ay * by)
            };
            let ways = self.open.iter().enumerate().filter(|(_, piece)| piece.0 == at);
            // An open end can only come from rounding; the loop is closed there.
            let Some((next, _)) = ways.max_by(|(_, a), (_, b)| turn(a).total_cmp(&turn(b))) else { break };
            (from, at) = self.open.swap_remove(next);
        }
        Some(outline)
    }
}

/// Places with numbers, in the order in which they came.
#[derive(Default)]
struct Nodes {
    places: Vec<[f64; 2]>,
    /// Numbers by the pixel that a place is nearest to.
    cells: HashMap<[i64; 2], Vec<usize>>,
}

impl Nodes {
    /// The number of the node at this place: the first that is the same but for rounding.
    fn number(&mut self, at: [f64; 2]) -> usize {
        let cells = |axis: usize| [at[axis] - SAME, at[axis] + SAME].map(|v| v.round() as i64);
        let ([left, right], [top, bottom]) = (cells(0), cells(1));
        let places = &self.places;
        let same = |i: &&usize| (places[**i][0] - at[0]).abs() < SAME && (places[**i][1] - at[1]).abs() < SAME;
        let around = (left..=right).flat_map(|x| (top..=bottom).map(move |y| [x, y]));
        let found = around.filter_map(|cell| self.cells.get(&cell)?.iter().find(same)).min().copied();
        found.unwrap_or_else(|| {
            self.cells.entry(at.map(|v| v.round() as i64)).or_default().push(self.places.len());
            self.places.push(at);
            self.places.len() - 1
        })
    }
}

/// Left, top, right, bottom of a side.
fn bounds(a: [f64; 2], b: [f64; 2]) -> [f64; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[0].max(b[0]), a[1].max(b[1])]
}

/// Where two sides meet, as shares of each and as a place; none for parallel ones.
fn crossing([a, b]: [[f64; 2]; 2], [c, d]: [[f64; 2]; 2]) -> Option<(f64, f64, [f64; 2])> {
    let (ux, uy, vx, vy) = (b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]);
    let denominator = ux * vy - uy * vx;
    if denominator == 0.0 {
        return None;
    }
    let (wx, wy) = (c[0] - a[0], c[1] - a[1]);
    let (t, u) = ((wx * vy - wy * vx) / denominator, (wx * uy - wy * ux) / denominator);
    ((0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u)).then(|| (t, u, [a[0] + t * ux, a[1] + t * uy]))
}

/// The sides of a path by the rows that they pass through, so that a winding number looks at those of one row only.
struct Bands {
    top: f64,
    height: f64,
    sides: Vec<Vec<[[f64; 2]; 2]>>,
}

impl Bands {
    fn new(path: &Path) -> Self {
        let top = path.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min);
        let bottom = path.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max);
        let count = path.len().min(MOST_BANDS);
        let mut bands = Self { top, height: ((bottom - top) / count as f64).max(1.0), sides: vec![Vec::new(); count] };
        for (i, a) in path.iter().enumerate() {
            let b = path[(i + 1) % path.len()];
            let (first, last) = (bands.band(a[1].min(b[1])), bands.band(a[1].max(b[1])));
            bands.sides[first..=last].iter_mut().for_each(|sides| sides.push([*a, b]));
        }
        bands
    }

    fn band(&self, y: f64) -> usize {
        (((y - self.top) / self.height).max(0.0) as usize).min(self.sides.len() - 1)
    }

    /// Whether the places just beside the middle of a piece are inside: on the side of (−dy, dx), and on the other.
    fn inside(&self, a: [f64; 2], b: [f64; 2]) -> (bool, bool) {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let middle = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let beside = |sign: f64| self.winding([middle[0] - sign * dy * BESIDE, middle[1] + sign * dx * BESIDE]) > 0;
        (beside(1.0), beside(-1.0))
    }

    /// How often the path goes round a place.
    fn winding(&self, [x, y]: [f64; 2]) -> i32 {
        let turn = |[[ax, ay], [bx, by]]: &[[f64; 2]; 2]| {
            let side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
            i32::from(*ay <= y && *by > y && side > 0.0) - i32::from(*ay > y && *by <= y && side < 0.0)
        };
        self.sides[self.band(y)].iter().map(turn).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_crosses_itself() {
        // Two squares that overlap, drawn in one go.
        let path = vec![
            [0.0, 0.0],
            [10.0, 0.0],
            [10.0, 10.0],
            [5.0, 10.0],
            [5.0, 5.0],
            [15.0, 5.0],
            [15.0, 15.0],
            [5.0, 15.0],
            [5.0, 10.0],
            [0.0, 10.0],
        ];
        let outlines = positive(&path);
        assert_eq!(outlines.len(), 1);
        let area = signed_area(&outlines[0].iter().map(|p| p.map(f64::from)).collect::<Path>());
        assert_eq!(area, 175.0);
        // A bow: one half winds the other way and is dropped.
        let bow = vec![[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]];
        assert_eq!(positive(&bow).len(), 1);
        assert!(positive(&vec![[1.0, 1.0]; 4]).is_empty());
    }
}
