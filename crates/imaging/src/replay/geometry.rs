//! Polygons filled, and contours with what is measured on them.

use ndarray::Ix2;
use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Input, Outcome, Tolerance};

use crate::Size;
use crate::geometry::{FillRule, approximate, area, contours, fill_polygon, mean_in_polygon, min_area_rect, ordered_corners, perimeter};

/// The cases were made with OpenCV 4.10.
const MADE_BY: FillRule = FillRule::Nearest;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    scores: Vec<Score>,
    polygons: Vec<Polygon>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Score {
    #[serde(rename = "box")]
    quad: [[f32; 2]; 4],
    polygon: Vec<[i32; 2]>,
    #[serde(rename = "offset")]
    _offset: [i32; 2],
    mask_size: [usize; 2],
    mask_pixels: usize,
    mean: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Polygon {
    points: Vec<[i32; 2]>,
    width: usize,
    height: usize,
    rows: Vec<String>,
}

fn bound(case: &Case) -> Result<f64, GoldenError> {
    match case.tolerance()? {
        Tolerance::Absolute(bound) => Ok(bound),
        other => Err(case.fault(format!("tolerance {other}: `abs` is the only one here"))),
    }
}

pub(super) fn filled(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let wanted: Filled = case.expected_json_as()?;
    let bound = bound(case)?;
    let Input::F32(map) = case.input(0)? else { return Err(case.fault("the map is not f32")) };
    let map = map.into_dimensionality::<Ix2>().map_err(|_| case.fault("the map is no [height, width]"))?;
    let mut outcomes = Vec::new();
    for (i, score) in wanted.scores.iter().enumerate() {
        let [width, height] = score.mask_size;
        let pixels = fill_polygon(&score.polygon, Size::new(width, height), MADE_BY).iter().filter(|v| **v == 1).count();
        outcomes.push(Outcome::same(format!("mask {i}"), &pixels, &score.mask_pixels));
        outcomes.push(Outcome::number(
            format!("score {i}"),
            f64::from(mean_in_polygon(map.view(), &score.quad, MADE_BY)),
            score.mean,
            bound,
        ));
    }
    for (i, polygon) in wanted.polygons.iter().enumerate() {
        let mask = fill_polygon(&polygon.points, Size::new(polygon.width, polygon.height), MADE_BY);
        let row = |row: ndarray::ArrayView1<'_, u8>| row.iter().map(|v| if *v == 1 { '#' } else { '.' }).collect::<String>();
        let rows: Vec<String> = mask.outer_iter().map(row).collect();
        outcomes.push(Outcome::same(format!("polygon {i}"), &rows, &polygon.rows));
    }
    Ok(outcomes)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContoursSpec {
    box_tolerance: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mask {
    mask: String,
    contours: Vec<Measured>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    points: Vec<[i32; 2]>,
    min_area_rect: Rect,
    mini_box: [[f32; 2]; 4],
    short_side: f64,
    perimeter: f64,
    area: f64,
    #[serde(rename = "approx_0.002")]
    approx_share: Vec<[i32; 2]>,
    approx_2px: Vec<[i32; 2]>,
}

/// Width and height may be swapped, with the angle turned: the corners are what counts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rect {
    center: [f64; 2],
    size: [f64; 2],
    #[serde(rename = "angle")]
    _angle: f64,
}

pub(super) fn contoured(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: ContoursSpec = case.spec_as()?;
    let bound = bound(case)?;
    let masks: Vec<Mask> = case.expected_json_as()?;
    let mut outcomes = Vec::new();
    for wanted in &masks {
        let name = &wanted.mask;
        let Input::U8(mask) = case.input_named(name)? else { return Err(case.fault(format!("`{name}` is not u8"))) };
        let mask = mask.into_dimensionality::<Ix2>().map_err(|_| case.fault(format!("`{name}` is no [height, width]")))?;
        let found: Vec<Vec<[i32; 2]>> = contours(mask.view()).into_iter().map(|contour| contour.points).collect();
        let points: Vec<&Vec<[i32; 2]>> = wanted.contours.iter().map(|contour| &contour.points).collect();
        outcomes.push(Outcome::same(format!("{name}: contours"), &found.iter().collect::<Vec<_>>(), &points));
        for (i, measured) in wanted.contours.iter().enumerate() {
            outcomes.extend(measured.compare(&format!("{name} {i}"), spec.box_tolerance, bound));
        }
    }
    Ok(outcomes)
}

impl Measured {
    fn compare(&self, name: &str, box_bound: f64, bound: f64) -> Vec<Outcome> {
        let points: Vec<[f32; 2]> = self.points.iter().map(|p| p.map(|v| v as f32)).collect();
        let rect = min_area_rect(&points);
        let corners = ordered_corners(rect.corners());
        let distances = corners.iter().flatten().zip(self.mini_box.iter().flatten()).map(|(a, b)| f64::from((a - b).abs()));
        let [long, short] = [rect.size[0].max(rect.size[1]), rect.short_side()].map(f64::from);
        let length = perimeter(&points);
        vec![
            Outcome::number(format!("{name}: corners"), distances.fold(0.0, f64::max), 0.0, box_bound),
            Outcome::number(format!("{name}: center x"), f64::from(rect.center[0]), self.min_area_rect.center[0], bound),
            Outcome::number(format!("{name}: center y"), f64::from(rect.center[1]), self.min_area_rect.center[1], bound),
            Outcome::number(format!("{name}: long side"), long, self.min_area_rect.size[0].max(self.min_area_rect.size[1]), bound),
            Outcome::number(format!("{name}: short side"), short, self.short_side, bound),
            Outcome::number(format!("{name}: perimeter"), length, self.perimeter, bound),
            Outcome::number(format!("{name}: area"), area(&points), self.area, bound),
            Outcome::same(format!("{name}: 0.2 %"), &approximate(&self.points, 0.002 * length), &self.approx_share),
            Outcome::same(format!("{name}: 2 pixels"), &approximate(&self.points, 2.0), &self.approx_2px),
        ]
    }
}
