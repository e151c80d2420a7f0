//! The way back: where a place of the prepared picture lies in the picture that came in.
//!
//! Coordinates are f32 pixels with the origin at the top left corner of the first pixel, so that a resize is a plain factor and a
//! whole picture's box is 0, 0, width, height.

use crate::Size;

/// One movement of pixels on the way from a picture to a tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Resized, possibly to the same size.
    Resize {
        /// Size before.
        from: Size,
        /// Size after.
        to: Size,
    },
    /// Put at the top left of a larger ground, possibly of the same size.
    Pad {
        /// Size before.
        from: Size,
        /// Size after.
        to: Size,
    },
    /// A part taken out.
    Crop {
        /// Size before.
        from: Size,
        /// Columns dropped at the left.
        left: usize,
        /// Rows dropped at the top.
        top: usize,
        /// Size after.
        to: Size,
    },
    /// Turned clockwise by 0 to 3 quarter turns.
    Turn {
        /// Size before.
        from: Size,
        /// Quarter turns.
        quarters: u8,
    },
}

impl Move {
    /// Size before the movement.
    #[must_use]
    pub fn from(&self) -> Size {
        match *self {
            Self::Resize { from, .. } | Self::Pad { from, .. } | Self::Crop { from, .. } | Self::Turn { from, .. } => from,
        }
    }

    /// Size after the movement.
    #[must_use]
    pub fn to(&self) -> Size {
        match *self {
            Self::Resize { to, .. } | Self::Pad { to, .. } | Self::Crop { to, .. } => to,
            Self::Turn { from, quarters } => {
                if quarters % 2 == 1 {
                    from.turned()
                } else {
                    from
                }
            }
        }
    }

    /// Size after / size before, in x and y; 1 where nothing is resized.
    #[must_use]
    pub fn ratio(&self) -> [f64; 2] {
        match self {
            Self::Resize { from, to } => [to.width as f64 / from.width as f64, to.height as f64 / from.height as f64],
            _ => [1.0; 2],
        }
    }

    fn forward(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        match *self {
            Self::Resize { .. } => {
                let [rx, ry] = self.ratio();
                [x * rx, y * ry]
            }
            Self::Pad { .. } => [x, y],
            Self::Crop { left, top, .. } => [x - left as f64, y - top as f64],
            Self::Turn { from, quarters } => turn([x, y], from, quarters),
        }
    }

    fn back(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        match *self {
            Self::Resize { .. } => {
                let [rx, ry] = self.ratio();
                [x / rx, y / ry]
            }
            Self::Pad { .. } => [x, y],
            Self::Crop { left, top, .. } => [x + left as f64, y + top as f64],
            Self::Turn { quarters, .. } => turn([x, y], self.to(), (4 - quarters % 4) % 4),
        }
    }
}

/// A point of a picture of size `from` after that many clockwise quarter turns.
fn turn([x, y]: [f64; 2], from: Size, quarters: u8) -> [f64; 2] {
    let (width, height) = (from.width as f64, from.height as f64);
    match quarters % 4 {
        1 => [height - y, x],
        2 => [width - x, height - y],
        3 => [y, width - x],
        _ => [x, y],
    }
}

/// Everything that moved pixels between a picture and a tensor, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    source: Size,
    moves: Vec<Move>,
}

impl Placement {
    /// The placement of a picture that nothing has moved yet.
    #[must_use]
    pub fn new(source: Size) -> Self {
        Self { source, moves: Vec::new() }
    }

    /// The placement of a picture turned clockwise by `quarters` quarter turns.
    #[must_use]
    pub fn turned(source: Size, quarters: i32) -> Self {
        Self { source, moves: vec![Move::Turn { from: source, quarters: quarters.rem_euclid(4) as u8 }] }
    }

    /// This placement, followed by that of what it made.
    #[must_use]
    pub fn then(mut self, next: &Self) -> Self {
        self.moves.extend(&next.moves);
        self
    }

    /// Adds a movement at the end.
    pub(crate) fn push(&mut self, movement: Move) {
        self.moves.push(movement);
    }

    /// Size of the picture that came in.
    #[must_use]
    pub fn source(&self) -> Size {
        self.source
    }

    /// Size of the prepared picture.
    #[must_use]
    pub fn size(&self) -> Size {
        self.moves.last().map_or(self.source, Move::to)
    }

    /// The movements in the order in which they were made.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moves
    }

    /// The product of all resizes: prepared pixels per pixel that came in, in x and y of the prepared picture.
    #[must_use]
    pub fn ratio(&self) -> [f64; 2] {
        self.moves.iter().fold([1.0; 2], |[x, y], movement| match movement {
            Move::Turn { quarters: 1 | 3, .. } => [y, x],
            _ => {
                let [rx, ry] = movement.ratio();
                [x * rx, y * ry]
            }
        })
    }

    /// Where a point of the prepared picture lies in the picture that came in; outside it where the point lies in padding.
    #[must_use]
    pub fn point_to_source(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let start = [f64::from(x), f64::from(y)];
        self.moves.iter().rev().fold(start, |at, movement| movement.back(at)).map(|v| v as f32)
    }

    /// Where a point of the picture that came in lies in the prepared picture; outside it where it was cropped away.
    #[must_use]
    pub fn point_from_source(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let start = [f64::from(x), f64::from(y)];
        self.moves.iter().fold(start, |at, movement| movement.forward(at)).map(|v| v as f32)
    }

    /// A box `x0, y0, x1, y1` of the prepared picture, carried to the picture that came in and cut to it.
    #[must_use]
    pub fn box_to_source(&self, [x0, y0, x1, y1]: [f32; 4]) -> [f32; 4] {
        let [ax, ay] = self.point_to_source([x0, y0]);
        let [bx, by] = self.point_to_source([x1, y1]);
        let (width, height) = (self.source.width as f32, self.source.height as f32);
        let cut = |v: f32, side: f32| v.clamp(0.0, side);
        [cut(ax.min(bx), width), cut(ay.min(by), height), cut(ax.max(bx), width), cut(ay.max(by), height)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Placement {
        let mut placement = Placement::turned(Size::new(40, 20), 1);
        placement.push(Move::Resize { from: Size::new(20, 40), to: Size::new(30, 80) });
        placement.push(Move::Crop { from: Size::new(30, 80), left: 5, top: 8, to: Size::new(20, 64) });
        placement.push(Move::Pad { from: Size::new(20, 64), to: Size::new(32, 64) });
        placement
    }

    #[test]
    fn a_point_goes_there_and_back() {
        let placement = example();
        for point in [[0.0, 0.0], [40.0, 20.0], [12.5, 7.25]] {
            let there = placement.point_from_source(point);
            let [x, y] = placement.point_to_source(there);
            assert!((x - point[0]).abs() < 1e-4 && (y - point[1]).abs() < 1e-4, "{point:?} → {there:?} → {x}, {y}");
        }
        // (0, 0) of a picture 20 high turned clockwise: the top right corner, 20, 0; times 1.5 and 2; minus 5 and 8.
        assert_eq!(placement.point_from_source([0.0, 0.0]), [25.0, -8.0]);
    }

    #[test]
    fn a_box_stays_in_order_and_inside() {
        let placement = example();
        assert_eq!(placement.size(), Size::new(32, 64));
        assert_eq!(placement.ratio(), [1.5, 2.0]);
        let [x0, y0, x1, y1] = placement.box_to_source([-100.0, -100.0, 100.0, 100.0]);
        assert_eq!([x0, y0, x1, y1], [0.0, 0.0, 40.0, 20.0]);
    }

    #[test]
    fn turns_agree_with_the_picture() {
        let mut picture = crate::RgbImage::filled(5, 3, [0; 3]).unwrap();
        picture.data_mut()[(5 + 3) * 3] = 255;
        for quarters in -2..5 {
            let turned = picture.rotate(quarters);
            let [x, y] = Placement::turned(picture.size(), quarters).point_from_source([3.5, 1.5]);
            assert_eq!(turned.pixel(x as usize, y as usize), Some([255, 0, 0]), "{quarters}");
            assert_eq!(turned.size(), Placement::turned(picture.size(), quarters).size());
        }
    }
}
