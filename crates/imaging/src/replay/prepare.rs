//! Recipes: the tensors they make, the figures that follow, the sizes without a picture.

use ndarray::{Array2, Axis, Slice, arr1};
use serde::Deserialize;
use serde_json::Value;
use vtk_golden::{Array, Case, GoldenError, Outcome};

use super::pictures::picture;
use crate::{DecodeOptions, Move, Order, Plan, Prepared, Recipe, RgbImage, Size};

/// One level of 8 bits in the tensor, with ImageNet's smallest deviation: what a probe may be off by.
const LEVEL: f64 = 0.0177;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    recipe: Option<Recipe>,
    recipes: Option<Vec<Recipe>>,
    outputs: Vec<String>,
    shape: Option<[usize; 4]>,
    sample: Option<usize>,
    also: Option<Also>,
    undo: Option<Vec<Undo>>,
    probes: Option<Probes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Also {
    size: Option<Size>,
    ratio: Option<Pair>,
    scale_factor: Option<Pair>,
    line_ratio: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    x: f64,
    y: f64,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Undo {
    step: String,
    width: usize,
    height: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Probes {
    at: Vec<Place>,
    values: Vec<[f64; 3]>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    x: usize,
    y: usize,
}

pub(super) fn prepared(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let (mut outputs, mut more) = (Vec::new(), Vec::new());
    for i in 0..case.inputs.len() {
        let recipe = spec.recipe.as_ref().or_else(|| spec.recipes.as_ref()?.get(i));
        let recipe = recipe.ok_or_else(|| case.fault(format!("there is no recipe for input {i}")))?;
        let options = DecodeOptions { alpha: recipe.alpha(), ..DecodeOptions::default() };
        let picture = picture(case, i, &options)?.map_err(GoldenError::product)?;
        let prepared = recipe.prepare(&picture).map_err(GoldenError::product)?;
        for output in &spec.outputs {
            outputs.push(spec.output(case, output, recipe, &picture, &prepared)?);
        }
        let plan = recipe.plan(picture.size()).map_err(GoldenError::product)?;
        more.extend(spec.figures(&prepared, &plan));
    }
    let mut outcomes = case.compare(&outputs)?;
    outcomes.append(&mut more);
    Ok(outcomes)
}

impl Spec {
    fn output(&self, case: &Case, name: &str, recipe: &Recipe, picture: &RgbImage, prepared: &Prepared) -> Result<Array, GoldenError> {
        let tensor = &prepared.tensor;
        let step = self.sample.unwrap_or(1) as isize;
        Ok(match name {
            "tensor" => tensor.slice_each_axis(|axis| Slice::new(0, None, if axis.axis.index() >= 2 { step } else { 1 })).to_owned().into(),
            "planes" => tensor.index_axis(Axis(0), 0).to_owned().into(),
            "channel-means" => {
                let mean = |channel: usize| {
                    let plane = tensor.index_axis(Axis(0), 0).index_axis_move(Axis(0), channel);
                    (plane.iter().map(|v| f64::from(*v)).sum::<f64>() / plane.len() as f64) as f32
                };
                Array2::from_shape_fn((1, 3), |(_, channel)| mean(channel)).into()
            }
            "scale-factor" => {
                let [x, y] = prepared.back.ratio();
                arr1(&[y as f32, x as f32]).into()
            }
            "picture" => {
                let mut pixels = recipe.picture(picture).map_err(GoldenError::product)?.0.to_array();
                if recipe.order() == Order::Bgr {
                    pixels.invert_axis(Axis(2));
                }
                pixels.into()
            }
            other => return Err(case.fault(format!("output `{other}` is unknown"))),
        })
    }

    fn figures(&self, prepared: &Prepared, plan: &Plan) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        outcomes.extend(self.shape.map(|shape| Outcome::same("shape", prepared.tensor.shape(), &shape[..])));
        outcomes.push(Outcome::same("way back", &prepared.back, &plan.placement));
        if let Some(also) = &self.also {
            outcomes.extend(also.size.map(|size| Outcome::same("size", &plan.resized(), &size)));
            let [x, y] = ratio(plan);
            let narrow = |v: f64| f64::from(v as f32);
            for (pair, x, y, bound) in [(&also.ratio, x, y, 1e-12), (&also.scale_factor, narrow(x), narrow(y), 1e-12)] {
                outcomes.extend(pair.iter().map(|pair| Outcome::number("ratio x", x, pair.x, bound)));
                outcomes.extend(pair.iter().map(|pair| Outcome::number("ratio y", y, pair.y, bound)));
            }
            outcomes.extend(also.line_ratio.map(|ratio| Outcome::same("line ratio", &plan.line_ratio, &Some(ratio))));
        }
        if let Some(wanted) = &self.undo {
            let undo = |movement: &Move| Undo {
                step: if matches!(movement, Move::Resize { .. }) { "resize" } else { "pad" }.to_owned(),
                width: movement.from().width,
                height: movement.from().height,
            };
            let got: Vec<Undo> = prepared.back.moves().iter().map(undo).collect();
            outcomes.push(Outcome::same("undo", &got, wanted));
        }
        for (place, values) in self.probes.iter().flat_map(|probes| probes.at.iter().zip(&probes.values)) {
            for (channel, value) in values.iter().enumerate() {
                let got = prepared.tensor.get([0, channel, place.y, place.x]).map_or(f64::NAN, |v| f64::from(*v));
                outcomes.push(Outcome::number(format!("[{channel}, {}, {}]", place.y, place.x), got, *value, LEVEL));
            }
        }
        outcomes
    }
}

/// Size after / before the last resize.
fn ratio(plan: &Plan) -> [f64; 2] {
    let moves = plan.placement.moves().iter().rev();
    moves.filter(|m| matches!(m, Move::Resize { .. })).map(Move::ratio).next().unwrap_or([1.0; 2])
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SizesSpec {
    recipes: std::collections::BTreeMap<String, Recipe>,
    report: Vec<String>,
    rows: Vec<SizesRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SizesRow {
    recipe: String,
    width: Option<usize>,
    height: Option<usize>,
    batch: Option<Vec<Size>>,
}

pub(super) fn sizes(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: SizesSpec = case.spec_as()?;
    let wanted: Vec<Value> = case.expected_json_as()?;
    if wanted.len() != spec.rows.len() {
        return Err(case.fault(format!("{} expected entries for {} rows", wanted.len(), spec.rows.len())));
    }
    let mut outcomes = Vec::new();
    for (i, (row, wanted)) in spec.rows.iter().zip(&wanted).enumerate() {
        let recipe = spec.recipes.get(&row.recipe).ok_or_else(|| case.fault(format!("there is no recipe `{}`", row.recipe)))?;
        let single = [Size::new(row.width.unwrap_or(0), row.height.unwrap_or(0))];
        let batch = row.batch.as_deref().unwrap_or(&single);
        let plans = recipe.plan_batch(batch).map_err(GoldenError::product)?;
        let got: Result<Vec<f64>, GoldenError> =
            plans.iter().flat_map(|plan| spec.report.iter().map(move |name| figure(case, name, plan))).collect();
        let name = format!("row {i}, {} of {}", row.recipe, batch.iter().map(Size::to_string).collect::<Vec<_>>().join(", "));
        outcomes.push(compare(&name, &got?, &numbers(wanted)));
    }
    Ok(outcomes)
}

fn figure(case: &Case, name: &str, plan: &Plan) -> Result<f64, GoldenError> {
    let [x, y] = ratio(plan);
    Ok(match name {
        "width" => plan.resized().width as f64,
        "height" => plan.resized().height as f64,
        "line-width" => plan.placement.size().width as f64,
        "ratio-x" => x,
        "ratio-y" => y,
        other => return Err(case.fault(format!("report of `{other}` is unknown"))),
    })
}

/// Every number of nested lists, in order.
fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

fn compare(name: &str, got: &[f64], wanted: &[f64]) -> Outcome {
    let fits = got.len() == wanted.len() && got.iter().zip(wanted).all(|(a, b)| (a - b).abs() <= 1e-9);
    let error = got.iter().zip(wanted).fold(0.0, |most: f64, (a, b)| most.max((a - b).abs()));
    Outcome::new(name, error, "abs 1e-9", fits, || format!("{got:?}, expected {wanted:?}"))
}
