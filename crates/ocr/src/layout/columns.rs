//! Columns: which boxes are read before which others stand beside them.
//!
//! A gutter is an upright strip that few boxes cross. Those that do (a heading over both columns) part the page into bands; so does a
//! strip across the page that is empty. In a band, the boxes left and right of the gutter are columns if both are running text, or if
//! their lines don't stand beside each other. Otherwise (a receipt, a table) they are one block whose rows cross the gutter.

use super::boxes::{Placed, median};
use super::gutters::{Gutter, gutters};
use super::sides::{Sides, Verdict};

/// The most columns within columns that are looked for.
const DEEPEST: usize = 48;

/// From this many line heights on, an empty strip across the page parts what stands above it from what stands below.
const PARTING_GAP: f64 = 1.2;

/// Boxes that are read row by row.
pub(super) struct Region {
    pub(super) places: Vec<Placed>,
    /// Rows run from top to bottom; `places` are transposed.
    pub(super) vertical: bool,
}

/// The regions of a page in reading order. `thickness` is that of its lines.
pub(super) fn regions(places: Vec<Placed>, thickness: f64) -> Vec<Region> {
    let mut found = Vec::new();
    collect(places, thickness, DEEPEST, &mut found);
    found
}

fn collect(places: Vec<Placed>, thickness: f64, depth: usize, found: &mut Vec<Region>) {
    if places.is_empty() {
        return;
    }
    if !mostly_vertical(&places, thickness) {
        return split(places, false, thickness, depth, found);
    }
    let columns = |place: &Placed| place.is_vertical(thickness);
    let top = places.iter().filter(|p| columns(p)).map(|p| p.y0).fold(f64::INFINITY, f64::min);
    let bottom = places.iter().filter(|p| columns(p)).map(|p| p.y1).fold(f64::NEG_INFINITY, f64::max);
    let (above, rest): (Vec<Placed>, Vec<Placed>) = places.into_iter().partition(|p| p.center_y() < top);
    let (below, rest): (Vec<Placed>, Vec<Placed>) = rest.into_iter().partition(|p| p.center_y() > bottom);
    split(above, false, thickness, depth, found);
    split(rest.into_iter().map(Placed::transposed).collect(), true, thickness, depth, found);
    split(below, false, thickness, depth, found);
}

fn mostly_vertical(places: &[Placed], thickness: f64) -> bool {
    let area = |place: &Placed| place.width() * place.height();
    let vertical: f64 = places.iter().filter(|p| p.is_vertical(thickness)).map(area).sum();
    vertical > 0.5 * places.iter().map(area).sum::<f64>()
}

fn split(mut places: Vec<Placed>, vertical: bool, thickness: f64, depth: usize, found: &mut Vec<Region>) {
    if places.is_empty() {
        return;
    }
    places.sort_by(|a, b| a.center_y().total_cmp(&b.center_y()).then(a.x0.total_cmp(&b.x0)));
    let height = median(places.iter().map(Placed::height)).max(1.0);
    let looked = if depth > 0 { gutters(&places) } else { Vec::new() };
    let parted = looked.into_iter().filter_map(|gutter| Parted::by(gutter, &places, height)).max_by_key(Parted::rank);
    let Some(parted) = parted else {
        // A vertical line beside horizontal ones is none of their rows.
        let (tall, rest): (Vec<Placed>, Vec<Placed>) = places.into_iter().partition(|place| !vertical && place.is_vertical(thickness));
        let tall = Region { places: tall.into_iter().map(Placed::transposed).collect(), vertical: true };
        let leaves = [Region { places: rest, vertical }, tall];
        return found.extend(leaves.into_iter().filter(|region| !region.places.is_empty()));
    };
    let again = |places: Vec<Placed>, found: &mut Vec<Region>| match vertical {
        false => collect(places, thickness, depth - 1, found),
        true => split(places, true, thickness, depth - 1, found),
    };
    for band in parted.bands {
        match band {
            Band::Whole(places) => again(places, found),
            Band::Columns(left, right) => {
                again(left, found);
                again(right, found);
            }
        }
    }
}

/// Places parted by a gutter into bands.
struct Parted {
    bands: Vec<Band>,
    /// How many boxes stand in columns; at least one.
    gain: usize,
    /// How evenly: boxes on the sides that have fewer.
    balance: usize,
}

enum Band {
    /// No columns at this gutter.
    Whole(Vec<Placed>),
    /// What is read first, and what after it.
    Columns(Vec<Placed>, Vec<Placed>),
}

impl Parted {
    /// Parts `places`, which are sorted by their centers' rows; nothing where no columns stand at the gutter.
    fn by(gutter: Gutter, places: &[Placed], height: f64) -> Option<Self> {
        let mut parted = Self { bands: Vec::new(), gain: 0, balance: 0 };
        for stretch in stretches(gutter, places, height) {
            match stretch {
                Stretch::Across(place) => parted.push_whole([place]),
                Stretch::Beside(sides) if sides.verdict(height) == Verdict::Columns => {
                    parted.gain += sides.left.len() + sides.right.len();
                    parted.balance += sides.left.len().min(sides.right.len());
                    parted.bands.push(Band::Columns(sides.left, sides.right));
                }
                Stretch::Beside(sides) => parted.push_whole(sides.left.into_iter().chain(sides.right)),
            }
        }
        (parted.gain > 0).then_some(parted)
    }

    fn push_whole(&mut self, places: impl IntoIterator<Item = Placed>) {
        if let Some(Band::Whole(band)) = self.bands.last_mut() {
            band.extend(places);
        } else {
            self.bands.push(Band::Whole(places.into_iter().collect()));
        }
    }

    /// More boxes in columns are the better parting, then the more even one, so that many columns are soon apart.
    fn rank(&self) -> (usize, usize) {
        (self.gain, self.balance)
    }
}

/// A part of the page from its top to its bottom, seen from a gutter.
enum Stretch {
    /// A box that crosses the gutter.
    Across(Placed),
    Beside(Sides),
}

/// The page from top to bottom: boxes across the gutter, and between them what stands on its two sides.
fn stretches(gutter: Gutter, places: &[Placed], height: f64) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for &place in places {
        if gutter.is_crossed_by(&place) {
            stretches.push(Stretch::Across(place));
            continue;
        }
        let sides = Sides::with(place, gutter);
        match stretches.last_mut() {
            Some(Stretch::Beside(last)) if sides.top - last.bottom <= PARTING_GAP * height => last.append(sides),
            _ => stretches.push(Stretch::Beside(sides)),
        }
    }
    // An empty strip may be no more than the room between two paragraphs that end on the same row.
    let mut joined: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match (joined.last_mut(), stretch) {
            (Some(Stretch::Beside(above)), Stretch::Beside(below)) if above.goes_on_in(&below, height) => above.append(below),
            (_, stretch) => joined.push(stretch),
        }
    }
    joined
}
