//! What stands left and right of a gutter, and whether it is two columns or one table.

use super::boxes::{Placed, median};
use super::gutters::Gutter;

/// How many boxes above and below one are looked at for others on its line.
const LOOK: usize = 32;

/// A line of running text is at least this many times as wide as high: some 18 Latin letters, 6 Chinese.
const PROSE_ASPECT: f64 = 7.0;

/// Boxes on the two sides of a gutter, sorted by their centers' rows.
pub(super) struct Sides {
    pub(super) left: Vec<Placed>,
    pub(super) right: Vec<Placed>,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// What two sides are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Columns: the left one is read to its end, then the right one.
    Columns,
    /// They look like columns, but are too few to tell.
    Few,
    /// One side is empty.
    OneSided,
    /// Rows that cross the gutter.
    Table,
}

impl Sides {
    pub(super) fn with(place: Placed, gutter: Gutter) -> Self {
        let (left, right) = if gutter.is_right_of(&place) { (vec![place], vec![]) } else { (vec![], vec![place]) };
        Self { left, right, top: place.y0, bottom: place.y1 }
    }

    pub(super) fn append(&mut self, below: Self) {
        self.left.extend(below.left);
        self.right.extend(below.right);
        self.top = self.top.min(below.top);
        self.bottom = self.bottom.max(below.bottom);
    }

    /// Pixels between the two sides; without end where one is empty.
    pub(super) fn gutter(&self) -> f64 {
        let left = self.left.iter().map(|place| place.x1).fold(f64::NEG_INFINITY, f64::max);
        self.right.iter().map(|place| place.x0).fold(f64::INFINITY, f64::min) - left
    }

    /// Whether most of the lower side stands at the height of the other.
    fn stand_beside(&self) -> bool {
        let reach = |side: &[Placed]| side.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(y0, y1), p| (p.y0.min(y0), p.y1.max(y1)));
        let (left, right) = (reach(&self.left), reach(&self.right));
        left.1.min(right.1) - left.0.max(right.0) >= 0.5 * (left.1 - left.0).min(right.1 - right.0)
    }

    /// Whether what stands `below` an empty strip goes on with these columns.
    pub(super) fn goes_on_in(&self, below: &Self, height: f64) -> bool {
        let strip = below.top - self.bottom;
        let near = strip <= 1.6 * height || strip <= self.gutter().min(below.gutter()).min(3.0 * height);
        near && self.verdict(height) != Verdict::Table && below.verdict(height) != Verdict::Table
    }

    /// What the two sides are, where letters' boxes are `height` high.
    pub(super) fn verdict(&self, height: f64) -> Verdict {
        if self.left.is_empty() || self.right.is_empty() {
            return Verdict::OneSided;
        }
        let gutter = self.gutter() / height;
        let (left, right) = (Edge::of(&self.left, |place| place.center_x()), Edge::of(&self.right, |place| -place.center_x()));
        let rows = left.lines.len().min(right.lines.len());
        // The narrower the gutter, the more rows must keep clear of it: gaps between words stand above each other by chance.
        let enough = match gutter {
            2.0.. => 2,
            1.0.. => 3,
            0.5.. => 6,
            _ => return Verdict::Table,
        };
        if !self.stand_beside() {
            return Verdict::Few;
        }
        let beside = left.share_beside(&right);
        if left.is_prose() && right.is_prose() && !(beside >= 0.8 && left.is_loose() && right.is_loose()) {
            return if rows >= enough { Verdict::Columns } else { Verdict::Few };
        }
        // A table whose cells have several lines each seldom has four in a row that stand beside nothing.
        if beside < 0.4 && gutter >= 1.0 && rows >= 4 { Verdict::Columns } else { Verdict::Table }
    }
}

/// The boxes of a side that face the gutter, from top to bottom.
struct Edge {
    lines: Vec<Placed>,
}

impl Edge {
    /// Of the boxes on one line, the one for which `nearness` is largest.
    fn of(side: &[Placed], nearness: impl Fn(&Placed) -> f64) -> Self {
        let faces = |at: &usize| {
            let place = &side[*at];
            let near = &side[at.saturating_sub(LOOK)..(at + LOOK + 1).min(side.len())];
            !near.iter().any(|other| nearness(other) > nearness(place) && other.on_line_with(place))
        };
        Self { lines: (0..side.len()).filter(faces).map(|at| side[at]).collect() }
    }

    /// Whether they are lines of running text: mostly wide, and most begin (or have their middle) below each other.
    fn is_prose(&self) -> bool {
        let area = |place: &&Placed| place.width() * place.height();
        let wide: f64 = self.lines.iter().filter(|place| place.width() >= PROSE_ASPECT * place.height()).map(|place| area(&place)).sum();
        let all: f64 = self.lines.iter().map(|place| area(&place)).sum();
        let height = median(self.lines.iter().map(Placed::height));
        let flush = |at: fn(&Placed) -> f64, tolerance: f64| {
            let mut edges: Vec<f64> = self.lines.iter().map(at).collect();
            edges.sort_by(f64::total_cmp);
            let most = (0..edges.len()).map(|i| edges.partition_point(|edge| *edge <= edges[i] + tolerance * height) - i).max();
            2 * most.unwrap_or(0) >= edges.len()
        };
        wide >= 0.6 * all && (flush(|place| place.x0, 1.2) || flush(Placed::center_x, 0.6))
    }

    /// Whether the lines stand a line's height or more apart, as a table's rows may.
    fn is_loose(&self) -> bool {
        let height = median(self.lines.iter().map(Placed::height));
        median(self.lines.windows(2).map(|pair| pair[0].drop_to(&pair[1]))) >= 2.0 * height
    }

    /// Of the edge with fewer lines, the share that has a line of the other edge right beside it.
    fn share_beside(&self, other: &Self) -> f64 {
        let (few, many) = if self.lines.len() <= other.lines.len() { (self, other) } else { (other, self) };
        let beside = |place: &&Placed| {
            let at = many.lines.partition_point(|line| line.center_y() < place.center_y());
            let near = &many.lines[at.saturating_sub(LOOK)..(at + LOOK).min(many.lines.len())];
            near.iter().any(|line| line.on_line_with(place) && line.drop_to(place).abs() <= 0.3 * line.height().min(place.height()))
        };
        few.lines.iter().filter(beside).count() as f64 / few.lines.len().max(1) as f64
    }
}
