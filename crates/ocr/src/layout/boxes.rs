//! Lines as upright boxes: where each quad would stand if the page were straight.

use crate::Quad;

/// The least aspect (long side over short side) of a quad that tells how the page is turned.
const TELLING_ASPECT: f64 = 2.0;

/// A box this much higher than wide is read downwards, if it is also taller than the page's lines.
const VERTICAL_ASPECT: f64 = 2.5;

/// How far a line may lean against the page's lines before its own slope is not believed any more.
const MOST_SLOPE: f64 = 0.06;

/// A line of the page, straightened. Numbers are pixels; `x` runs along the lines, `y` from line to line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    /// The line's index in what the caller gave.
    pub(super) line: usize,
    pub(super) x0: f64,
    pub(super) y0: f64,
    pub(super) x1: f64,
    pub(super) y1: f64,
    /// How it leans against the page: rows down for each column to the right; 0 where it is too short to tell.
    pub(super) slope: f64,
}

impl Placed {
    pub(super) fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub(super) fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    pub(super) fn center_x(&self) -> f64 {
        f64::midpoint(self.x0, self.x1)
    }

    pub(super) fn center_y(&self) -> f64 {
        f64::midpoint(self.y0, self.y1)
    }

    /// Whether it is a line read from top to bottom, on a page whose lines are `thickness` thick.
    pub(super) fn is_vertical(&self, thickness: f64) -> bool {
        self.height() >= VERTICAL_ASPECT * self.width() && self.height() > 1.5 * thickness
    }

    /// The box of a line read downwards as if it were read to the right, and a page read leftwards as if it were read downwards.
    pub(super) fn transposed(self) -> Self {
        Self { x0: self.y0, x1: self.y1, y0: -self.x1, y1: -self.x0, slope: -self.slope, ..self }
    }

    /// How far down `other` stands, in rows from center to center, if the text between the two runs as they lean.
    pub(super) fn drop_to(&self, other: &Self) -> f64 {
        let weight = self.width() + other.width();
        let slope = (self.slope * self.width() + other.slope * other.width()) / weight.max(1.0);
        other.center_y() - self.center_y() - slope * (other.center_x() - self.center_x())
    }

    /// Whether both stand on one line of text: of similar height, and at least half of the lower one's height beside the other.
    pub(super) fn on_line_with(&self, other: &Self) -> bool {
        let (low, high) = (self.height().min(other.height()), self.height().max(other.height()));
        let shared = (f64::midpoint(low, high) - self.drop_to(other).abs()).min(low);
        high <= 2.2 * low && shared >= 0.5 * low
    }
}

/// The quads, straightened, in no particular order, and the indices of those that no number describes.
pub(super) fn straighten(quads: &[Quad]) -> (Vec<Placed>, Vec<usize>) {
    let sound = |quad: &Quad| quad.iter().flatten().all(|v| v.is_finite());
    let (good, bad): (Vec<usize>, Vec<usize>) = (0..quads.len()).partition(|&i| sound(&quads[i]));
    let sides: Vec<Sides> = good.iter().map(|&i| Sides::of(&quads[i])).collect();
    let skew = skew(&sides);
    let (sin, cos) = skew.sin_cos();
    let placed = good.iter().zip(&sides).map(|(&line, sides)| {
        let [x, y] = [sides.center[0] * cos + sides.center[1] * sin, sides.center[1] * cos - sides.center[0] * sin];
        let [half_width, half_height] = [sides.width().max(1.0) / 2.0, sides.height().max(1.0) / 2.0];
        let lean = if sides.aspect() >= 3.0 { (sides.angle() - skew).tan() } else { 0.0 };
        let slope = if lean.abs() <= MOST_SLOPE { lean } else { 0.0 };
        Placed { line, x0: x - half_width, y0: y - half_height, x1: x + half_width, y1: y + half_height, slope }
    });
    (placed.collect(), bad)
}

/// The center of a quad and its two middle lines.
struct Sides {
    center: [f64; 2],
    across: [f64; 2],
    down: [f64; 2],
}

impl Sides {
    fn of(quad: &Quad) -> Self {
        let [a, b, c, d] = quad.map(|corner| corner.map(f64::from));
        let mean = |p: [f64; 2], q: [f64; 2]| [f64::midpoint(p[0], q[0]), f64::midpoint(p[1], q[1])];
        let between = |p: [f64; 2], q: [f64; 2]| [q[0] - p[0], q[1] - p[1]];
        Self { center: mean(mean(a, b), mean(c, d)), across: between(mean(a, d), mean(b, c)), down: between(mean(a, b), mean(d, c)) }
    }

    fn width(&self) -> f64 {
        self.across[0].hypot(self.across[1])
    }

    fn height(&self) -> f64 {
        self.down[0].hypot(self.down[1])
    }

    fn aspect(&self) -> f64 {
        let (width, height) = (self.width().max(1.0), self.height().max(1.0));
        (width / height).max(height / width)
    }

    /// How far its long sides are turned clockwise from straight, in radians, −π/2 to π/2.
    fn angle(&self) -> f64 {
        let [x, y] = if self.width() >= self.height() { self.across } else { [self.down[1], -self.down[0]] };
        if x < 0.0 { (-y).atan2(-x) } else { y.atan2(x) }
    }
}

/// How far the page is turned clockwise, in radians: the median of its lines' angles, each weighing as much as it is long.
fn skew(sides: &[Sides]) -> f64 {
    let telling = sides.iter().filter(|sides| sides.aspect() >= TELLING_ASPECT && sides.angle().abs() <= std::f64::consts::FRAC_PI_4);
    let mut angles: Vec<(f64, f64)> = telling.map(|sides| (sides.angle(), sides.width().max(sides.height()))).collect();
    angles.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = angles.iter().map(|(_, length)| length).sum::<f64>() / 2.0;
    let mut before = 0.0;
    let middle = angles.iter().find(|(_, length)| {
        before += length;
        before >= half
    });
    middle.map_or(0.0, |(angle, _)| *angle)
}

/// The middle one of some numbers; 0 for none.
pub(super) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    if numbers.is_empty() {
        return 0.0;
    }
    let middle = numbers.len() / 2;
    *numbers.select_nth_unstable_by(middle, f64::total_cmp).1
}

/// How thick the page's lines are, in pixels: the median of the boxes' shorter sides.
pub(super) fn thickness(placed: &[Placed]) -> f64 {
    median(placed.iter().map(|place| place.height().min(place.width()))).max(1.0)
}
