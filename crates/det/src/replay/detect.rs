//! `detect`: a picture to boxes with a trained model, compared as sets.

use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Input, Outcome, Packages};
use vtk_imaging::{DecodeOptions, Recipe, decode};

use super::network::NetworkSpec;
use crate::decode::{Decoding, NetworkRule, nms};
use crate::{DetectOptions, Detection, Detector, LoadOptions};

#[derive(Deserialize)]
struct Spec {
    classes: usize,
    labels: Option<Vec<String>>,
    recipe: Recipe,
    score_threshold: Option<f32>,
    nms_threshold: Option<f32>,
    nms_top_k: Option<usize>,
    keep_top_k: Option<usize>,
    export: Option<String>,
    compare_from: f64,
    iou: f32,
    score_tolerance: f64,
    may_miss: usize,
    /// Of the native network.
    #[serde(flatten)]
    network: Option<NetworkSpec>,
}

impl Spec {
    fn options(&self) -> DetectOptions {
        let usual = NetworkRule::default();
        let rule = NetworkRule {
            score_threshold: self.score_threshold.unwrap_or(usual.score_threshold),
            iou_threshold: self.nms_threshold.unwrap_or(usual.iou_threshold),
            top_per_class: self.nms_top_k.or(usual.top_per_class),
            keep: self.keep_top_k.or(usual.keep),
            ..usual
        };
        DetectOptions { decoding: Decoding::Network(rule), ..DetectOptions::evaluation() }
    }
}

#[derive(Deserialize)]
struct Expected {
    /// Height, width.
    image_size: [usize; 2],
    /// Class, score, x0, y0, x1, y1.
    detections: Vec<[f64; 6]>,
}

pub(super) fn replay(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let expected: Expected = case.expected_json_as()?;
    if spec.export.as_deref().is_some_and(|export| export != "nms") {
        return Err(case.fault("`export` can only be `nms`"));
    }
    let (name, bytes) = case.weights_bytes(packages)?;
    let arch = spec.network.as_ref().map(|network| network.config(case)).transpose()?;
    let load = LoadOptions { arch, recipe: Some(spec.recipe.clone()), labels: spec.labels.clone() };
    let detector = Detector::from_bytes(&name, &bytes, &load).and_then(|d| d.with_options(spec.options())).map_err(GoldenError::product)?;

    let Input::Picture { path, bytes } = case.input(0)? else {
        return Err(case.fault("input 0 must be a picture"));
    };
    let picture = decode(&path.display().to_string(), &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
    let found = detector.detect(&picture).map_err(GoldenError::product)?;

    let mut outcomes = vec![Outcome::same("picture", &[picture.height(), picture.width()], &expected.image_size)];
    if let Some(classes) = detector.classes() {
        outcomes.push(Outcome::same("classes", &classes, &spec.classes));
    }
    if let Some(labels) = &spec.labels {
        let own = found.iter().all(|f| f.label.as_ref() == labels.get(f.class));
        outcomes.push(Outcome::same("labels", &own, &true));
    }
    outcomes.extend(spec.compare(&found, &expected.detections));
    Ok(outcomes)
}

impl Spec {
    /// Every row of score well above the limit must have one like it on the other side, whichever side it is on.
    fn compare(&self, found: &[Detection], expected: &[[f64; 6]]) -> [Outcome; 2] {
        let want: Vec<Detection> = expected.iter().map(detection).collect();
        [self.missing("expected rows not found", &want, found), self.missing("rows found, not expected", found, &want)]
    }

    fn missing(&self, what: &str, rows: &[Detection], others: &[Detection]) -> Outcome {
        let from = self.compare_from + self.score_tolerance;
        let alike = |a: &Detection, b: &Detection| {
            let apart = f64::from((a.score - b.score).abs());
            a.class == b.class && apart <= self.score_tolerance && nms::iou(&a.bbox, &b.bbox, true) >= self.iou
        };
        let counted = rows.iter().filter(|row| f64::from(row.score) >= from);
        let alone: Vec<&Detection> = counted.filter(|row| !others.iter().any(|other| alike(row, other))).collect();
        Outcome::new(what, alone.len() as f64, format!("at most {}", self.may_miss), alone.len() <= self.may_miss, || format!("{alone:?}"))
    }
}

fn detection(row: &[f64; 6]) -> Detection {
    let [class, score, ..] = *row;
    Detection { class: class as usize, label: None, score: score as f32, bbox: std::array::from_fn(|i| row[2 + i] as f32) }
}
