//! Pixels to another size, and quadrilaterals pulled straight.

use ndarray::{Array3, ArrayView3, Ix3};
use serde::Deserialize;
use vtk_golden::{Array, Case, GoldenError, Input, Outcome};

use super::pictures::picture;
use crate::{DecodeOptions, Filter, Perspective, RgbImage, Size, quad_size, resize_u8};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResizeSpec {
    filter: Filter,
    runs: Vec<ResizeRun>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResizeRun {
    input: String,
    width: usize,
    height: usize,
}

pub(super) fn resized(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: ResizeSpec = case.spec_as()?;
    let run = |run: &ResizeRun| -> Result<Array, GoldenError> {
        let Input::U8(pixels) = case.input_named(&run.input)? else { return Err(case.fault(format!("`{}` is not u8", run.input))) };
        let pixels =
            pixels.into_dimensionality::<Ix3>().map_err(|_| case.fault(format!("`{}` is no [height, width, channels]", run.input)))?;
        Ok(resize(pixels.view(), Size::new(run.width, run.height), spec.filter).map_err(GoldenError::product)?.into())
    };
    case.compare(&spec.runs.iter().map(run).collect::<Result<Vec<_>, _>>()?)
}

fn resize(pixels: ArrayView3<'_, u8>, to: Size, filter: Filter) -> Result<Array3<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let (height, width, channels) = pixels.dim();
    let values: Vec<u8> = pixels.iter().copied().collect();
    let result = resize_u8(&values, Size::new(width, height), channels, to, filter)?;
    Ok(Array3::from_shape_vec((to.height, to.width, channels), result)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WarpSpec {
    filter: String,
    border: String,
    turn_from: f64,
    runs: Vec<WarpRun>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WarpRun {
    input: String,
    quad: [[f32; 2]; 4],
    width: usize,
    height: usize,
    turned: bool,
    matrix: Option<[[f64; 3]; 3]>,
}

pub(super) fn warped(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: WarpSpec = case.spec_as()?;
    if (spec.filter.as_str(), spec.border.as_str()) != ("cubic", "replicate") {
        return Err(case.fault(format!("filter `{}`, border `{}`: `cubic` and `replicate` are the only ones", spec.filter, spec.border)));
    }
    let (mut crops, mut outcomes): (Vec<Array>, _) = (Vec::new(), Vec::new());
    for (i, run) in spec.runs.iter().enumerate() {
        let index = case.inputs.iter().position(|input| input.name() == run.input);
        let index = index.ok_or_else(|| case.fault(format!("no input is called `{}`", run.input)))?;
        let picture: RgbImage = picture(case, index, &DecodeOptions::default())?.map_err(GoldenError::product)?;
        let (crop, turned) = picture.crop_quad(run.quad, spec.turn_from).map_err(GoldenError::product)?;
        outcomes.push(Outcome::same(format!("size {i}"), &(quad_size(run.quad), turned), &(Size::new(run.width, run.height), run.turned)));
        outcomes.extend(run.matrix.map(|matrix| matrix_outcome(i, run, matrix)));
        crops.push(crop.to_array().into());
    }
    outcomes.splice(0..0, case.compare(&crops)?);
    Ok(outcomes)
}

fn matrix_outcome(i: usize, run: &WarpRun, wanted: [[f64; 3]; 3]) -> Outcome {
    let [w, h] = [run.width as f32, run.height as f32];
    let name = format!("matrix {i}");
    let Some(Perspective(got)) = Perspective::between(run.quad, [[0.0, 0.0], [w, 0.0], [w, h], [0.0, h]]) else {
        return Outcome::failed(name, "a matrix", "there is none");
    };
    // LU decompositions agree to 4e-15 of the largest entry.
    let entries = || got.iter().flatten().zip(wanted.iter().flatten());
    let scale = entries().fold(1.0, |most: f64, (_, want)| most.max(want.abs()));
    let error = entries().fold(0.0, |most: f64, (got, want)| most.max((got - want).abs() / scale));
    Outcome::number(name, error, 0.0, 1e-12)
}
