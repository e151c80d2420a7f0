//! The areas of a map, one after the other, each judged by the map's own rules.

use ndarray::ArrayView2;
use vtk_imaging::Size;
use vtk_imaging::geometry::{FillRule, approximate, area, contours, mean_in_polygon, min_area_rect, offset, ordered_corners, perimeter};

use super::mask::mask;
use super::{Candidate, Fate, corners};
use crate::Quad;
use crate::detect::{BoxType, DbOptions, ScoreMode};

/// A polygon's outline may leave the area's by this share of its length.
const SIMPLIFIED: f64 = 0.002;

/// Every area of a map, those at the bottom first, with what the map's rules make of it. Coordinates are pixels of a picture of size
/// `to` that the map covers. Areas beyond `max_candidates` come too, not judged.
pub fn candidates<'a>(map: ArrayView2<'a, f32>, to: Size, options: &'a DbOptions) -> impl Iterator<Item = Candidate> + 'a {
    let (height, width) = map.dim();
    let judge = Judge { map, from: Size::new(width, height), to, options };
    let areas = contours(mask(map, options.thresh, options.dilation).view());
    areas.into_iter().enumerate().map(move |(index, area)| judge.candidate(index, &area.points))
}

/// What areas are judged by.
struct Judge<'a> {
    map: ArrayView2<'a, f32>,
    from: Size,
    to: Size,
    options: &'a DbOptions,
}

/// What growing came to.
enum Grown {
    Quad(Quad),
    Polygon(Vec<[i32; 2]>),
}

impl Judge<'_> {
    fn candidate(&self, index: usize, contour: &[[i32; 2]]) -> Candidate {
        let points = floats(contour);
        let rect = min_area_rect(&points);
        let quad = ordered_corners(rect.corners());
        let judged = if index >= self.options.max_candidates {
            Err(Fate::OverCap { cap: self.options.max_candidates })
        } else {
            match self.options.box_type {
                BoxType::Quad => self.quad(&points, quad, rect.short_side()),
                BoxType::Poly => self.polygon(contour, &points),
            }
        };
        match judged {
            Err(fate) => Candidate { quad: self.scaled(quad), polygon: Vec::new(), fate },
            Ok((score, Grown::Quad(quad))) => Candidate { quad: self.scaled(quad), polygon: Vec::new(), fate: Fate::Kept { score } },
            Ok((score, Grown::Polygon(points))) => {
                let polygon: Vec<[f32; 2]> = points.iter().map(|point| self.scaled_whole(*point)).collect();
                Candidate { quad: corners::around(&polygon), polygon, fate: Fate::Kept { score } }
            }
        }
    }

    fn quad(&self, contour: &[[f32; 2]], quad: Quad, side: f32) -> Result<(f32, Grown), Fate> {
        let least = self.options.min_size;
        if side < least {
            return Err(Fate::TooSmall { side, least });
        }
        let score = self.score(if self.options.score_mode == ScoreMode::Fast { &quad } else { contour })?;
        let grown = self.grown(&quad).concat();
        if grown.is_empty() {
            return Err(Fate::Vanished);
        }
        let rect = min_area_rect(&floats(&grown));
        self.large_enough(rect.short_side())?;
        Ok((score, Grown::Quad(ordered_corners(rect.corners()))))
    }

    fn polygon(&self, contour: &[[i32; 2]], points: &[[f32; 2]]) -> Result<(f32, Grown), Fate> {
        let simple = floats(&approximate(contour, SIMPLIFIED * perimeter(points)));
        if simple.len() < 4 {
            return Err(Fate::TooFewCorners { corners: simple.len() });
        }
        let score = self.score(&simple)?;
        let mut grown = self.grown(&simple);
        let polygon = match grown.len() {
            0 => return Err(Fate::Vanished),
            1 => grown.swap_remove(0),
            pieces => return Err(Fate::Split { pieces }),
        };
        self.large_enough(min_area_rect(&floats(&polygon)).short_side())?;
        Ok((score, Grown::Polygon(polygon)))
    }

    fn score(&self, polygon: &[[f32; 2]]) -> Result<f32, Fate> {
        let (score, least) = (mean_in_polygon(self.map, polygon, FillRule::Between), self.options.box_thresh);
        // A map that is not finite gives a mean that is not, and that is no probability.
        if score.is_finite() && score >= least { Ok(score) } else { Err(Fate::LowScore { score, least }) }
    }

    /// The polygon moved out by its area times the ratio over its perimeter. pyclipper cuts corners to whole pixels first.
    fn grown(&self, polygon: &[[f32; 2]]) -> Vec<Vec<[i32; 2]>> {
        let distance = area(polygon) * f64::from(self.options.unclip_ratio) / perimeter(polygon);
        let whole: Vec<[i32; 2]> = polygon.iter().map(|point| point.map(|v| v as i32)).collect();
        offset(&whole, distance)
    }

    fn large_enough(&self, side: f32) -> Result<(), Fate> {
        let least = self.options.min_size + 2.0;
        if side < least { Err(Fate::TooSmallGrown { side, least }) } else { Ok(()) }
    }

    /// To whole pixels of the picture, in f32, as NumPy computes corners that are f32.
    fn scaled(&self, quad: Quad) -> Quad {
        let scaled = |v: f32, from: usize, to: usize| (v / from as f32 * to as f32).round_ties_even().clamp(0.0, to as f32);
        quad.map(|[x, y]| [scaled(x, self.from.width, self.to.width), scaled(y, self.from.height, self.to.height)])
    }

    /// The same in f64, as NumPy computes corners that are whole numbers.
    fn scaled_whole(&self, [x, y]: [i32; 2]) -> [f32; 2] {
        let scaled =
            |v: i32, from: usize, to: usize| (f64::from(v) / from as f64 * to as f64).round_ties_even().clamp(0.0, to as f64) as f32;
        [scaled(x, self.from.width, self.to.width), scaled(y, self.from.height, self.to.height)]
    }
}

fn floats(points: &[[i32; 2]]) -> Vec<[f32; 2]> {
    points.iter().map(|point| point.map(|v| v as f32)).collect()
}
