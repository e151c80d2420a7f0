//! Boxes that stand on one line of text, joined to rows.

use super::boxes::Placed;

/// How many boxes above and below one are looked at for its neighbor; more lie beside each other only where boxes are piled up.
const LOOK: usize = 200;

/// The boxes of a block as rows from top to bottom, each from left to right.
///
/// A box takes as its left neighbor the nearest one that ends before it begins and stands on one line with it. Rows are chains of such
/// neighbors, so a line that bends or rises along the page stays one row.
pub(super) fn rows(mut places: Vec<Placed>) -> Vec<Vec<Placed>> {
    places.sort_by(|a, b| a.center_y().total_cmp(&b.center_y()).then(a.x0.total_cmp(&b.x0)));
    let mut follower: Vec<Option<(usize, f64)>> = vec![None; places.len()];
    let mut leads = vec![true; places.len()];
    for at in 0..places.len() {
        let Some((left, gap)) = left_neighbor(&places, at) else { continue };
        if follower[left].is_none_or(|(_, other)| gap < other) {
            if let Some((loser, _)) = follower[left].replace((at, gap)) {
                leads[loser] = true;
            }
            leads[at] = false;
        }
    }
    let mut rows: Vec<Vec<Placed>> = Vec::new();
    for first in (0..places.len()).filter(|&i| leads[i]) {
        let chain = std::iter::successors(Some(first), |&at| follower[at].map(|(next, _)| next));
        rows.push(chain.map(|at| places[at]).collect());
    }
    rows.sort_by(|a, b| top(a).total_cmp(&top(b)).then(a[0].x0.total_cmp(&b[0].x0)));
    rows
}

/// The box that stands to the left of box `at` on its line, and how far off.
fn left_neighbor(places: &[Placed], at: usize) -> Option<(usize, f64)> {
    let place = &places[at];
    let near = places[at.saturating_sub(LOOK)..(at + LOOK + 1).min(places.len())].iter().enumerate();
    near.filter_map(|(i, left)| {
        let gap = place.x0 - left.x1;
        let apart = gap >= -0.5 * place.height().min(left.height()) && left.x0 < place.x0 && left.center_x() < place.center_x();
        (apart && left.on_line_with(place)).then_some((at.saturating_sub(LOOK) + i, gap))
    })
    .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// Where a row begins: the mean of its boxes' upper edges, each weighing as much as it is wide.
fn top(row: &[Placed]) -> f64 {
    let width: f64 = row.iter().map(Placed::width).sum();
    row.iter().map(|place| place.y0 * place.width()).sum::<f64>() / width.max(1.0)
}
