//! Borders of a mask's areas: OpenCV's `findContours(RETR_LIST, CHAIN_APPROX_SIMPLE)`, that is the border following of Suzuki and Abe,
//! with 8-connected foreground.

use ndarray::ArrayView2;

/// One border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contour {
    /// The pixels `x, y` at which the border changes direction. Outer borders run counter-clockwise as seen on a screen.
    pub points: Vec<[i32; 2]>,
    /// Whether it goes round a hole; its points then are the foreground pixels around the hole.
    pub hole: bool,
}

/// Steps to the eight neighbors, counter-clockwise as seen on a screen, from the right.
const STEPS: [[i32; 2]; 8] = [[1, 0], [1, -1], [0, -1], [-1, -1], [-1, 0], [-1, 1], [0, 1], [1, 1]];

/// A pixel that a border has passed; negative where the pixel to its right has been seen to be empty.
const PASSED: i8 = 2;

/// All borders of the areas of `mask` (0 is empty, anything else full), outer ones and holes, in OpenCV's order: by the first pixel of
/// each in reading order, last one first. The mask's rim counts as surrounded by emptiness.
#[must_use]
pub fn contours(mask: ArrayView2<'_, u8>) -> Vec<Contour> {
    let mut grid = Grid::new(mask);
    let mut found = Vec::new();
    let (height, width) = mask.dim();
    for y in 0..height as i32 {
        for x in 0..=width as i32 {
            let (before, here) = (grid.at([x - 1, y]), grid.at([x, y]));
            if before == 0 && here == 1 {
                found.push(Contour { points: grid.follow([x, y], false), hole: false });
            } else if here == 0 && before >= 1 {
                found.push(Contour { points: grid.follow([x - 1, y], true), hole: true });
            }
        }
    }
    found.reverse();
    found
}

/// The mask with an empty pixel on every side.
struct Grid {
    cells: Vec<i8>,
    stride: usize,
}

impl Grid {
    fn new(mask: ArrayView2<'_, u8>) -> Self {
        let (height, width) = mask.dim();
        let stride = width + 2;
        let mut cells = vec![0; stride * (height + 2)];
        for ((y, x), value) in mask.indexed_iter() {
            cells[(y + 1) * stride + x + 1] = i8::from(*value != 0);
        }
        Self { cells, stride }
    }

    fn index(&self, [x, y]: [i32; 2]) -> usize {
        (y + 1) as usize * self.stride + (x + 1) as usize
    }

    fn at(&self, point: [i32; 2]) -> i8 {
        self.cells[self.index(point)]
    }

    /// Follows the border that begins at `start`, marks its pixels, and gives those at which its direction changes.
    fn follow(&mut self, start: [i32; 2], hole: bool) -> Vec<[i32; 2]> {
        let step = |[x, y]: [i32; 2], direction: usize| [x + STEPS[direction % 8][0], y + STEPS[direction % 8][1]];
        // Clockwise from the empty side for the first neighbor that is full: the last pixel of the border.
        let from = if hole { 0 } else { 4 };
        let Some(first) = (1..8).map(|i| (from + 8 - i) % 8).find(|direction| self.at(step(start, *direction)) != 0) else {
            let index = self.index(start);
            self.cells[index] = -PASSED;
            return vec![start];
        };
        let last = step(start, first);
        let (mut here, mut direction, mut before) = (start, first, (first + 4) % 8);
        let mut points = Vec::new();
        loop {
            let back = direction;
            // Counter-clockwise from there for the next pixel. One is always found: the one that was come from.
            let turn = (1..=8).find(|i| self.at(step(here, back + i)) != 0).unwrap_or(8);
            direction = (back + turn) % 8;
            // The right neighbor was passed over on the way round, and so is empty.
            let right_is_empty = back + turn > 8;
            let index = self.index(here);
            if right_is_empty {
                self.cells[index] = -PASSED;
            } else if self.cells[index] == 1 {
                self.cells[index] = PASSED;
            }
            if direction != before {
                points.push(here);
                before = direction;
            }
            let next = step(here, direction);
            if next == start && here == last {
                return points;
            }
            here = next;
            direction = (direction + 4) % 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    fn mask(rows: &[&str]) -> Array2<u8> {
        Array2::from_shape_fn((rows.len(), rows[0].len()), |(y, x)| u8::from(rows[y].as_bytes()[x] == b'#'))
    }

    #[test]
    fn a_ring_has_two_borders() {
        let found = contours(mask(&["#####", "#...#", "#####"]).view());
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], Contour { points: vec![[0, 0], [0, 2], [4, 2], [4, 0]], hole: false });
        assert!(found[0].hole);
        assert!(contours(Array2::zeros((0, 0)).view()).is_empty());
        assert!(contours(Array2::zeros((3, 3)).view()).is_empty());
    }

    #[test]
    fn single_pixels_lines_and_diagonals() {
        let found = contours(mask(&["#....", "..###", "#....", ".#..."]).view());
        let points: Vec<Vec<[i32; 2]>> = found.into_iter().map(|c| c.points).collect();
        assert_eq!(points, [vec![[0, 2], [1, 3]], vec![[2, 1], [4, 1]], vec![[0, 0]]]);
    }
}
