//! Candidates for gutters: upright strips that fewer boxes cross than the strips beside them.

use super::boxes::Placed;

/// No more candidates than these are tried, those that the fewest boxes cross first.
const MOST: usize = 48;

/// An upright strip, in which no box begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gutter {
    pub(super) left: f64,
    pub(super) right: f64,
}

impl Gutter {
    pub(super) fn is_crossed_by(&self, place: &Placed) -> bool {
        place.x0 <= self.left && place.x1 >= self.right
    }

    pub(super) fn is_right_of(&self, place: &Placed) -> bool {
        place.x1 <= self.left
    }
}

/// The candidates among `places`: strips where the last of some boxes has ended and the next has not begun yet.
pub(super) fn gutters(places: &[Placed]) -> Vec<Gutter> {
    let mut edges: Vec<(f64, bool)> = places.iter().flat_map(|place| [(place.x0, true), (place.x1, false)]).collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut found: Vec<(usize, Gutter)> = Vec::new();
    let mut crossing = 0usize;
    for pair in edges.windows(2) {
        let ((left, begins), (right, next_begins)) = (pair[0], pair[1]);
        crossing = if begins { crossing + 1 } else { crossing.saturating_sub(1) };
        if !begins && next_begins && right > left {
            found.push((crossing, Gutter { left, right }));
        }
    }
    let width = |gutter: &Gutter| gutter.right - gutter.left;
    found.sort_by(|a, b| a.0.cmp(&b.0).then(width(&b.1).total_cmp(&width(&a.1))));
    found.truncate(MOST);
    found.into_iter().map(|(_, gutter)| gutter).collect()
}
