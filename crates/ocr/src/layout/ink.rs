//! Where a line's crop shows ink, column by column.

use vtk_imaging::RgbImage;

/// The rows in which ink is looked for, as parts of the height: above and below, the neighbors' letters may reach in.
const BAND: [f64; 2] = [0.04, 0.96];

/// Least difference in luma between ground and ink.
const LEAST_CONTRAST: f32 = 20.0;

/// A column is ink where it shows at least this much of what the line's letters show.
const SOLID: f32 = 0.5;

/// A stem may lie between two pixel columns, in neither of which it is solid. A column that stands out from its neighbors by this part of
/// what solid columns hold is one all the same.
const STEM: f32 = 0.2;

/// The ink of a line, from its left edge to its right.
pub(super) struct Ink {
    /// For each pixel column: 0 where the ground is plain, 1 where something differs as much from the ground as most letters do.
    columns: Vec<f32>,
    /// Whether a letter stands in the column.
    solid: Vec<bool>,
}

/// A stretch of plain ground between two letters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap {
    /// Its middle, in pixel columns.
    pub(super) at: f32,
    /// How wide it is in pixels: columns in which some ink is left (a soft lens, a small picture) count for less.
    pub(super) width: f32,
}

impl Ink {
    /// The ink of a crop; none where it has no contrast.
    pub(super) fn of(crop: &RgbImage) -> Option<Self> {
        let lumas: Vec<Vec<f32>> = (0..crop.height()).map(|y| crop.row(y).chunks_exact(3).map(luma).collect()).collect();
        let ground = ground(&lumas);
        let [first, last] = BAND.map(|part| (part * lumas.len() as f64).round() as usize);
        let band = lumas.get(first..last.max(first + 1))?;
        let lighter: f32 = band.iter().flat_map(|row| row.iter().zip(&ground)).map(|(luma, ground)| luma - ground).sum();
        let ink = |x: usize| band.iter().map(move |row| (row.get(x).copied().unwrap_or(0.0), x));
        let differs = |(luma, x): (f32, usize)| ((luma - ground[x]) * lighter.signum()).max(0.0);
        let peaks: Vec<f32> = (0..ground.len()).map(|x| ink(x).map(differs).fold(0.0, f32::max)).collect();
        let sums: Vec<f32> = (0..ground.len()).map(|x| ink(x).map(differs).sum()).collect();
        let (plain, full, stem) = (quantile(&peaks, 0.03)?, quantile(&peaks, 0.85)?, quantile(&sums, 0.9)?);
        if full - plain < LEAST_CONTRAST {
            return None;
        }
        let columns: Vec<f32> = peaks.iter().map(|peak| ((peak - plain) / (full - plain)).clamp(0.0, 1.0)).collect();
        let solid = (0..columns.len()).map(|x| columns[x] >= SOLID || stands_out(&sums, x, STEM * stem)).collect();
        Some(Self { columns, solid })
    }

    /// The ink nearest to column `x`.
    pub(super) fn nearest(&self, x: f32) -> f32 {
        let solid = |at: &usize| self.solid.get(*at).is_some_and(|solid| *solid);
        let at = (x.max(0.0) as usize).min(self.columns.len().saturating_sub(1));
        let right = (at..self.columns.len()).find(solid);
        let left = (0..=at).rev().find(solid);
        match (left, right) {
            (Some(left), Some(right)) => {
                if at - left <= right - at {
                    left as f32
                } else {
                    right as f32
                }
            }
            (Some(only), None) | (None, Some(only)) => only as f32,
            (None, None) => x,
        }
    }

    /// The widest gap between columns `from` and `to`; its width is 0 where there is none.
    pub(super) fn widest_gap(&self, from: f32, to: f32) -> Gap {
        let (from, to) = (from.max(0.0).floor() as usize, (to.max(0.0).ceil() as usize).min(self.columns.len()));
        let mut widest = Gap { at: f32::midpoint(from as f32, to as f32), width: 0.0 };
        let (mut width, mut moment) = (0.0, 0.0);
        for at in from..to.max(from) {
            if self.solid[at] {
                (width, moment) = (0.0, 0.0);
                continue;
            }
            let plain = 1.0 - self.columns[at] / SOLID;
            width += plain;
            moment += plain * (at as f32 + 0.5);
            if width > widest.width {
                widest = Gap { at: moment / width, width };
            }
        }
        widest
    }
}

fn luma(pixel: &[u8]) -> f32 {
    match pixel {
        [red, green, blue] => 0.299 * f32::from(*red) + 0.587 * f32::from(*green) + 0.114 * f32::from(*blue),
        _ => 0.0,
    }
}

/// The ground's luma in each column: the usual one of the outermost rows around it, where the letters seldom reach.
fn ground(lumas: &[Vec<f32>]) -> Vec<f32> {
    let edge = (lumas.len() / 12).max(1);
    let rows: Vec<&Vec<f32>> = lumas.iter().take(edge).chain(lumas.iter().rev().take(edge)).collect();
    let width = rows.first().map_or(0, |row| row.len());
    let reach = 2 * lumas.len();
    // In steps, since neighboring columns see almost the same.
    let step = (lumas.len() / 4).max(1);
    let around = |x: usize| {
        let seen = rows.iter().flat_map(|row| &row[x.saturating_sub(reach)..(x + reach).min(width)]).copied();
        quantile(&seen.collect::<Vec<f32>>(), 0.5).unwrap_or(0.0)
    };
    (0..width).step_by(step).flat_map(|x| std::iter::repeat_n(around(x), step.min(width - x))).collect()
}

/// The value below which that part of the numbers lies.
fn quantile(numbers: &[f32], part: f32) -> Option<f32> {
    let mut numbers = numbers.to_vec();
    let at = ((part * numbers.len() as f32) as usize).min(numbers.len().checked_sub(1)?);
    Some(*numbers.select_nth_unstable_by(at, f32::total_cmp).1)
}

/// Whether the number at `x` is no less than its neighbors and by `much` larger than what lies two steps off on both sides.
fn stands_out(numbers: &[f32], x: usize, much: f32) -> bool {
    let side = |offsets: [isize; 3]| {
        let near = offsets.map(|offset| x.checked_add_signed(offset).and_then(|at| numbers.get(at)).copied().unwrap_or(0.0));
        (near[0], near[0].min(near[1]).min(near[2]))
    };
    let ((left, left_least), (right, right_least)) = (side([-1, -2, -3]), side([1, 2, 3]));
    numbers[x] >= left && numbers[x] >= right && numbers[x] - left_least.max(right_least) >= much
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crop of rows that are all alike but for the ground above and below.
    fn crop(columns: &[u8]) -> RgbImage {
        let row = |levels: &[u8]| levels.iter().flat_map(|level| [*level; 3]).collect::<Vec<u8>>();
        let (ground, ink) = (row(&vec![255; columns.len()]), row(columns));
        let rows = (0..20).flat_map(|y| if (4..16).contains(&y) { ink.clone() } else { ground.clone() }).collect();
        RgbImage::new(columns.len(), 20, rows).unwrap()
    }

    #[test]
    fn gaps_are_measured_between_letters() {
        let mut columns = [255u8; 40];
        columns[5..12].fill(0);
        columns[18..30].fill(0);
        let ink = Ink::of(&crop(&columns)).unwrap();
        assert_eq!(ink.widest_gap(8.0, 24.0), Gap { at: 15.0, width: 6.0 });
        assert_eq!(ink.widest_gap(5.0, 11.0).width, 0.0);
        assert_eq!(
            (ink.nearest(14.0), ink.nearest(15.9), ink.nearest(0.0), ink.nearest(8.0), ink.nearest(1e9)),
            (11.0, 18.0, 5.0, 8.0, 29.0)
        );
    }

    #[test]
    fn gray_columns_count_in_part_and_a_thin_stem_parts_gaps() {
        let mut columns = [255u8; 44];
        columns[5..12].fill(0);
        columns[12] = 191; // a quarter of the ink, half of what makes a column solid
        columns[18..26].fill(0);
        columns[30] = 140; // a stem of less than a pixel
        columns[35..42].fill(0);
        let ink = Ink::of(&crop(&columns)).unwrap();
        assert!((ink.widest_gap(8.0, 20.0).width - 5.5).abs() < 0.02);
        assert_eq!(ink.widest_gap(20.0, 38.0).width, 4.0);
    }

    #[test]
    fn a_plain_picture_has_no_ink() {
        assert!(Ink::of(&crop(&[255; 30])).is_none());
        assert!(Ink::of(&RgbImage::filled(1, 1, [0; 3]).unwrap()).is_none());
    }
}
