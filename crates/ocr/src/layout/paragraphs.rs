//! Rows that belong together, joined to paragraphs.

use super::boxes::{Placed, median};

/// The rows of a block as paragraphs.
///
/// A new one begins after a gap that is wide beside the block's own gaps, where the height of the letters changes, and at an indented
/// row between rows that begin at the block's edge.
pub(super) fn paragraphs(rows: Vec<Vec<Placed>>) -> Vec<Vec<Vec<Placed>>> {
    let measure = Measure::of(&rows);
    let mut paragraphs: Vec<Vec<Vec<Placed>>> = Vec::new();
    let starts: Vec<bool> = (0..rows.len()).map(|at| measure.starts(&rows, at)).collect();
    for (row, starts) in rows.into_iter().zip(starts) {
        match paragraphs.last_mut() {
            Some(paragraph) if !starts => paragraph.push(row),
            _ => paragraphs.push(vec![row]),
        }
    }
    paragraphs
}

/// What is usual in a block.
struct Measure {
    /// A row's height.
    height: f64,
    /// Between a row and the next.
    gap: f64,
    /// Where rows begin.
    left: f64,
    /// Whether the rows are running text, whose first lines may be indented.
    prose: bool,
}

impl Measure {
    fn of(rows: &[Vec<Placed>]) -> Self {
        let height = median(rows.iter().map(|row| self::height(row))).max(1.0);
        let gaps: Vec<f64> = rows.windows(2).map(|pair| gap(&pair[0], &pair[1])).collect();
        // Few gaps say little about what is usual: then a gap is measured against the letters.
        let usual = median(gaps.iter().copied());
        let gap = (if gaps.len() >= 4 { usual } else { usual.min(0.8 * height) }).max(0.1 * height);
        let left = rows.iter().map(|row| row[0].x0).fold(f64::INFINITY, f64::min);
        let at_edge = rows.iter().filter(|row| row[0].x0 - left < 0.6 * height).count();
        let single = rows.iter().filter(|row| row.len() == 1 && row[0].width() >= 8.0 * height).count();
        let prose = rows.len() >= 4 && 2 * at_edge >= rows.len() && 3 * single >= 2 * rows.len();
        Self { height, gap, left, prose }
    }

    fn starts(&self, rows: &[Vec<Placed>], at: usize) -> bool {
        let Some(above) = at.checked_sub(1).and_then(|i| rows.get(i)) else { return true };
        let row = &rows[at];
        let (low, high) = (height(row).min(height(above)), height(row).max(height(above)));
        if high > 1.45 * low || gap(above, row) > self.gap + 0.5 * self.height.max(low) {
            return true;
        }
        let indent = |row: &[Placed]| (row[0].x0 - self.left) / self.height;
        let below = rows.get(at + 1);
        self.prose && (0.8..=4.0).contains(&indent(row)) && indent(above) < 0.6 && below.is_some_and(|row| indent(row) < 0.6)
    }
}

/// The height of a row's letters: that of its largest box.
fn height(row: &[Placed]) -> f64 {
    row.iter().map(Placed::height).fold(0.0, f64::max)
}

/// How much room is between a row and the next; negative where they overlap.
fn gap(above: &[Placed], below: &[Placed]) -> f64 {
    // Between the two boxes that stand nearest above each other, so that a slope along the row does not count.
    let distance = |a: &Placed, b: &Placed| (b.center_x() - a.center_x()).abs() - (a.width() + b.width()) / 2.0;
    let pairs = above.iter().map(|a| (a, &below[0])).chain(below.iter().map(|b| (&above[0], b)));
    let nearest = pairs.min_by(|a, b| distance(a.0, a.1).max(0.0).total_cmp(&distance(b.0, b.1).max(0.0)));
    nearest.map_or(0.0, |(a, b)| a.drop_to(b) - (a.height() + b.height()) / 2.0)
}
