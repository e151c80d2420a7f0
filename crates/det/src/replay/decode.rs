//! `decode.picodet` and `det.nms`: outputs to boxes, and suppression alone.

use ndarray::{Array2, ArrayD, Axis};
use serde::Deserialize;
use vtk_golden::{Array, Case, GoldenError, Input, Outcome};
use vtk_imaging::Size;

use crate::decode::nms::{MulticlassNms, candidates, multiclass_nms};
use crate::decode::{Decoding, DeployRule, Found, Levels, NetworkRule, PROJECT, Rule, STRIDES, Scale};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecodeSpec {
    rule: String,
    input_size: Size,
    image_size: Size,
    strides: Vec<usize>,
    reg_max: usize,
    cell_offset: f32,
    classes: usize,
    score_threshold: f32,
    nms_threshold: f32,
    nms_top_k: i64,
    keep_top_k: i64,
    normalized: Option<bool>,
    candidate_size: Option<usize>,
    project: Option<Vec<f32>>,
    score_tolerance: f64,
    box_tolerance: f64,
}

/// −1 is no limit.
fn limit(n: i64) -> Option<usize> {
    usize::try_from(n).ok()
}

impl DecodeSpec {
    fn decoding(&self) -> Result<Decoding, GoldenError> {
        let (score_threshold, iou_threshold) = (self.score_threshold, self.nms_threshold);
        Ok(match self.rule.parse().map_err(GoldenError::product)? {
            Rule::Network => Decoding::Network(NetworkRule {
                score_threshold,
                iou_threshold,
                top_per_class: limit(self.nms_top_k),
                keep: limit(self.keep_top_k),
                normalized: self.normalized.unwrap_or(true),
            }),
            Rule::Deploy => Decoding::Deploy(DeployRule {
                score_threshold,
                iou_threshold,
                top_per_level: limit(self.nms_top_k).unwrap_or(usize::MAX),
                candidates_per_class: self.candidate_size.unwrap_or(DeployRule::default().candidates_per_class),
                keep_per_class: limit(self.keep_top_k).unwrap_or(usize::MAX),
            }),
        })
    }
}

pub(super) fn picodet(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: DecodeSpec = case.spec_as()?;
    if spec.strides != STRIDES || spec.cell_offset != 0.5 {
        return Err(case.fault("only strides 8, 16, 32, 64 and points in the middle of cells are built"));
    }
    let outputs = floats(case)?;
    let levels = Levels::of_outputs(&outputs, spec.reg_max + 1, spec.input_size).map_err(|e| case.fault(e))?;
    let side = |input: usize, picture: usize| input as f32 / picture as f32;
    let scale = Scale { x: side(spec.input_size.width, spec.image_size.width), y: side(spec.input_size.height, spec.image_size.height) };
    let project = spec.project.as_deref().unwrap_or(&PROJECT);
    let found = spec.decoding()?.decode(&levels, scale, project, None, |_| true);
    let mut outcomes = vec![Outcome::same("classes", &levels.classes, &spec.classes)];
    outcomes.extend(compare(&found, &rows(case)?, spec.score_tolerance, spec.box_tolerance));
    Ok(outcomes)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NmsSpec {
    score_threshold: f32,
    nms_threshold: f32,
    nms_top_k: i64,
    keep_top_k: i64,
    normalized: bool,
    background_label: i64,
}

pub(super) fn nms(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: NmsSpec = case.spec_as()?;
    let inputs = floats(case)?;
    let [boxes, scores] = inputs.as_slice() else {
        return Err(case.fault("boxes and scores are wanted"));
    };
    let boxes: Vec<[f32; 4]> = boxes.outer_iter().map(|b| std::array::from_fn(|i| b[[i]])).collect();
    let classes = scores.outer_iter().map(|class| candidates(class.iter().copied(), spec.score_threshold)).collect();
    let nms = MulticlassNms {
        iou_threshold: spec.nms_threshold,
        top_per_class: limit(spec.nms_top_k),
        keep: limit(spec.keep_top_k),
        normalized: spec.normalized,
        background: limit(spec.background_label),
    };
    let kept = multiclass_nms(&boxes, classes, &nms);
    let rows = kept.iter().flat_map(|k| [&[k.class as f32, k.score], &boxes[k.place][..]].concat()).collect();
    let rows = Array2::from_shape_vec((kept.len(), 6), rows).map_err(|e| case.fault(e.to_string()))?;
    case.compare(&[rows.into()])
}

/// The inputs in order.
fn floats(case: &Case) -> Result<Vec<ArrayD<f32>>, GoldenError> {
    let float = |index| match case.input(index)? {
        Input::F32(values) => Ok(values),
        _ => Err(case.fault(format!("input {index} must be f32"))),
    };
    (0..case.inputs.len()).map(float).collect()
}

/// The expected rows: class, score, x0, y0, x1, y1.
fn rows(case: &Case) -> Result<Vec<Found>, GoldenError> {
    let expected = case.expected()?;
    let Some((_, Array::F32(rows))) = expected.first().filter(|(_, rows)| rows.shape().len() == 2 && rows.shape()[1] == 6) else {
        return Err(case.fault("rows of 6 numbers are expected"));
    };
    let found =
        |r: ndarray::ArrayViewD<'_, f32>| Found { class: r[[0]] as usize, score: r[[1]], bbox: std::array::from_fn(|i| r[[2 + i]]) };
    Ok(rows.axis_iter(Axis(0)).map(found).collect())
}

/// As many rows, in the same order, of the same classes, with numbers within their tolerances.
fn compare(got: &[Found], want: &[Found], score: f64, corner: f64) -> Vec<Outcome> {
    let classes = |found: &[Found]| found.iter().map(|f| f.class).collect::<Vec<_>>();
    let mut outcomes = vec![Outcome::same("rows", &classes(got), &classes(want))];
    if got.len() == want.len() {
        let largest = |distance: fn(&Found, &Found) -> f64| got.iter().zip(want).map(|(g, w)| distance(g, w)).fold(0.0, f64::max);
        outcomes.push(Outcome::number("scores", largest(|g, w| apart(g.score, w.score)), 0.0, score));
        let corners = |g: &Found, w: &Found| g.bbox.iter().zip(w.bbox).map(|(g, w)| apart(*g, w)).fold(0.0, f64::max);
        outcomes.push(Outcome::number("boxes", largest(corners), 0.0, corner));
    }
    outcomes
}

/// The difference; infinite where one of the two is no number.
fn apart(got: f32, want: f32) -> f64 {
    let difference = (f64::from(got) - f64::from(want)).abs();
    if difference.is_nan() { f64::INFINITY } else { difference }
}
