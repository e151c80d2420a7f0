//! Detectors: their network, and maps to boxes.

use ndarray::{Array2, Axis};
use serde::{Deserialize, Deserializer};
use vtk_golden::{Case, GoldenError, Input, Outcome};
use vtk_imaging::{DecodeOptions, Size, decode as decode_picture};
use vtk_nn::{NetBuilder, Network, Var};

use super::network::{Spec, compare};
use crate::detect::decode::{decode, finish};
use crate::detect::{BoxType, CornerOrder, DbNetConfig, DbOptions, DetectedBox, LoadOptions, ScoreMode, TextDetector};

/// The network as a detector holds it where only the map is asked for, else with its stages.
pub(super) fn network(case: &Case, spec: &Spec) -> Result<Vec<Outcome>, GoldenError> {
    let config = match &spec.backbone {
        Some(backbone) => DbNetConfig::on(backbone.arch()?).map_err(GoldenError::product)?,
        None => spec.arch.parse().map_err(GoldenError::product)?,
    };
    let weights = case.checkpoint()?;
    let only_map = spec.outputs.iter().all(|name| name.starts_with("map"));
    let network = if only_map {
        let options = LoadOptions { arch: Some(config), ..LoadOptions::default() };
        TextDetector::from_checkpoint(&case.name, &weights, None, &options).map_err(GoldenError::product)?.network().clone()
    } else {
        let keys = config.keys_in(&weights);
        let names = spec.outputs.clone();
        let grow = move |net: &mut NetBuilder<'_>, x: Var| {
            let grown = config.grow(net, x, &keys)?;
            let [c2, c3, c4, c5] = grown.stages;
            let all = [("c2", c2), ("c3", c3), ("c4", c4), ("c5", c5), ("neck", grown.neck), ("maps", grown.map)];
            Ok(all.into_iter().filter(|(name, _)| names.iter().any(|n| n == name)).map(|(name, var)| (name.to_owned(), var)).collect())
        };
        Network::grow(&weights, [1, 3, 64, 64], grow).map_err(GoldenError::product)?
    };
    compare(case, spec, &network)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecodeSpec {
    map: MapForm,
    width: usize,
    height: usize,
    min_size: f32,
    runs: Vec<Run>,
    box_tolerance: f64,
    score_tolerance: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapForm {
    over: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    thresh: f32,
    box_thresh: f32,
    unclip_ratio: f32,
    use_dilation: bool,
    score_mode: ScoreMode,
    box_type: BoxType,
    max_candidates: usize,
}

/// What is expected of one run. Polygons have any number of corners.
#[derive(Deserialize)]
struct Expected {
    boxes: Vec<Vec<[f32; 2]>>,
    scores: Vec<f32>,
    filtered: Vec<Vec<[f32; 2]>>,
    /// In reading order; judged with the rules of reading order.
    #[serde(rename = "sorted", default, deserialize_with = "skip")]
    _sorted: (),
}

fn skip<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_| ())
}

/// Maps to boxes (`decode.db`): in the decoder's order, corner by corner.
pub(super) fn decoded(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: DecodeSpec = case.spec_as()?;
    let wanted: Vec<Expected> = case.expected_json_as()?;
    if wanted.len() != spec.runs.len() {
        return Err(case.fault(format!("{} expected results for {} runs", wanted.len(), spec.runs.len())));
    }
    let map = map(case, spec.map.over)?;
    let size = Size::new(spec.width, spec.height);
    let mut outcomes = Vec::new();
    for (n, (run, want)) in spec.runs.iter().zip(&wanted).enumerate() {
        let options = run.options(spec.min_size);
        options.check().map_err(GoldenError::product)?;
        let boxes = decode(map.view(), size, &options);
        let scores: Vec<f32> = boxes.iter().map(|found| found.score).collect();
        let corners = |boxes: &[DetectedBox]| boxes.iter().map(|found| outline(found, options.box_type)).collect::<Vec<_>>();
        outcomes.push(boxes_outcome(format!("run {n}: boxes"), &corners(&boxes), &want.boxes, options.box_type, spec.box_tolerance));
        outcomes.push(scores_outcome(format!("run {n}: scores"), &scores, &want.scores, spec.score_tolerance));
        let filtered = finish(boxes, size, CornerOrder::PaddleOcr);
        outcomes.push(boxes_outcome(
            format!("run {n}: filtered"),
            &corners(&filtered),
            &want.filtered,
            options.box_type,
            spec.box_tolerance,
        ));
    }
    Ok(outcomes)
}

impl Run {
    fn options(&self, min_size: f32) -> DbOptions {
        DbOptions {
            thresh: self.thresh,
            box_thresh: self.box_thresh,
            unclip_ratio: self.unclip_ratio,
            max_candidates: self.max_candidates,
            min_size,
            dilation: self.use_dilation,
            score_mode: self.score_mode,
            box_type: self.box_type,
        }
    }
}

/// The case's only input, a grey picture of levels.
fn map(case: &Case, over: f32) -> Result<Array2<f32>, GoldenError> {
    let Input::Picture { path, bytes } = case.input(0)? else { return Err(case.fault("the map is no picture")) };
    let picture = decode_picture(&path.display().to_string(), &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
    Ok(picture.to_array().index_axis(Axis(2), 0).mapv(|level| f32::from(level) / over))
}

fn outline(found: &DetectedBox, box_type: BoxType) -> Vec<[f32; 2]> {
    match box_type {
        BoxType::Quad => found.quad.to_vec(),
        BoxType::Poly => found.polygon.clone(),
    }
}

fn scores_outcome(name: String, got: &[f32], want: &[f32], bound: f64) -> Outcome {
    if got.len() != want.len() {
        return Outcome::failed(name, "as many", format!("{} scores, expected {}", got.len(), want.len()));
    }
    let error = got.iter().zip(want).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max);
    Outcome::number(name, error, 0.0, bound)
}

/// Boxes one by one: quads corner by corner; polygons, whose corners may be more or fewer on the same line, by how far a corner of either
/// lies from the other's outline.
fn boxes_outcome(name: String, got: &[Vec<[f32; 2]>], want: &[Vec<[f32; 2]>], box_type: BoxType, bound: f64) -> Outcome {
    if got.len() != want.len() {
        return Outcome::failed(name, "as many", format!("{} boxes, expected {}: {got:?}", got.len(), want.len()));
    }
    let corners = |a: &[[f32; 2]], b: &[[f32; 2]]| {
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
    };
    let farthest = |from: &[[f32; 2]], to: &[[f32; 2]]| from.iter().map(|point| to_outline(*point, to)).fold(0.0, f64::max);
    let apart = |got: &[[f32; 2]], want: &[[f32; 2]]| match box_type {
        BoxType::Quad => corners(got, want),
        BoxType::Poly => farthest(got, want).max(farthest(want, got)),
    };
    Outcome::number(name, got.iter().zip(want).map(|(got, want)| apart(got, want)).fold(0.0, f64::max), 0.0, bound)
}

/// The distance of a point to the nearest side of a polygon.
fn to_outline(point: [f32; 2], polygon: &[[f32; 2]]) -> f64 {
    let [x, y] = point.map(f64::from);
    let sides = polygon.iter().zip(polygon.iter().cycle().skip(1)).map(|(from, to)| (from.map(f64::from), to.map(f64::from)));
    let distance = |([ax, ay], [bx, by]): ([f64; 2], [f64; 2])| {
        let ([dx, dy], [px, py]) = ([bx - ax, by - ay], [x - ax, y - ay]);
        let length = dx * dx + dy * dy;
        let along = if length > 0.0 { ((px * dx + py * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
        (px - along * dx).hypot(py - along * dy)
    };
    sides.map(distance).fold(f64::INFINITY, f64::min)
}
