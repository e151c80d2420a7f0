//! Replays reference cases of graph files (`network.onnx`): the graph as it is, on tensors, or on pictures by the case's recipe.

use ndarray::{ArrayD, ArrayViewD, Axis};
use serde::Deserialize;
use serde_json::Value;
use vtk_golden::{Array, Case, GoldenError, Input, Outcome, Packages, Replay};
use vtk_imaging::{DecodeOptions, Recipe, decode};
use vtk_nn::Network;
use vtk_nn::replay::run_inputs;

/// The kind `network.onnx`.
pub(crate) struct GraphReplay;

impl Replay for GraphReplay {
    fn kinds(&self) -> &'static [&'static str] {
        &["network.onnx"]
    }

    fn replay(&self, case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        let spec: Spec = case.spec_as()?;
        let (name, bytes) = case.weights_bytes(packages)?;
        let network = Network::from_onnx(&name, &bytes).map_err(GoldenError::product)?;
        match &spec.recipe {
            None => run_inputs(case, &network),
            Some(recipe) => run_pictures(case, &network, recipe, spec.reduce.as_deref()),
        }
    }
}

/// What of a case's settings concerns the graph. Text and labels are what its readers make of the outputs.
#[derive(Deserialize)]
struct Spec {
    recipe: Option<Recipe>,
    reduce: Option<String>,
    #[serde(flatten)]
    _others: serde_json::Map<String, Value>,
}

/// One run a picture; outputs one picture after the other.
fn run_pictures(case: &Case, network: &Network, recipe: &Recipe, reduce: Option<&str>) -> Result<Vec<Outcome>, GoldenError> {
    let expected = case.expected()?;
    let mut outputs: Vec<Array> = Vec::new();
    for index in 0..case.inputs.len() {
        let Input::Picture { path, bytes } = case.input(index)? else {
            return Err(case.fault(format!("input {index} must be a picture")));
        };
        let picture = decode(&path.display().to_string(), &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
        let prepared = recipe.prepare(&picture).map_err(GoldenError::product)?;
        let raw = network.run(&[prepared.tensor.view().into_dyn()]).map_err(GoldenError::product)?;
        match reduce {
            None => outputs.extend(raw.into_iter().map(Array::F32)),
            Some("ctc") => {
                let (classes, scores) = best_per_column(&raw[0]);
                let classes = open_where_close(classes, expected.get(outputs.len()).map(|(_, want)| want));
                outputs.extend([Array::I32(classes), Array::F32(scores)]);
            }
            Some(other) => return Err(case.fault(format!("`reduce` is `{other}`; `ctc` is known"))),
        }
    }
    case.compare(&outputs)
}

/// Of `[1, columns, classes]`: the best class of each column and its score.
fn best_per_column(raw: &ArrayD<f32>) -> (ArrayD<i32>, ArrayD<f32>) {
    let columns = raw.index_axis(Axis(0), 0);
    let best = |column: ArrayViewD<'_, f32>| {
        column.iter().enumerate().fold((-1, f32::NEG_INFINITY), |best, (i, v)| if *v > best.1 { (i as i32, *v) } else { best })
    };
    let (classes, scores): (Vec<i32>, Vec<f32>) = columns.axis_iter(Axis(0)).map(best).unzip();
    (ndarray::Array1::from(classes).into_dyn(), ndarray::Array1::from(scores).into_dyn())
}

/// Where the case holds −1 two classes are too close to call, and any passes.
fn open_where_close(mut classes: ArrayD<i32>, want: Option<&Array>) -> ArrayD<i32> {
    if let Some(Array::I32(want)) = want.filter(|w| w.shape() == classes.shape()) {
        classes.zip_mut_with(want, |class, want| {
            if *want == -1 {
                *class = -1;
            }
        });
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_classes_and_open_ones() {
        let raw = ArrayD::from_shape_vec(vec![1, 2, 3], vec![0.1, 0.7, 0.2, 0.5, 0.1, 0.4]).unwrap();
        let (classes, scores) = best_per_column(&raw);
        assert_eq!((classes.as_slice().unwrap(), scores.as_slice().unwrap()), (&[1, 0][..], &[0.7, 0.5][..]));
        let want = Array::I32(ArrayD::from_shape_vec(vec![2], vec![-1, 2]).unwrap());
        assert_eq!(open_where_close(classes, Some(&want)).as_slice().unwrap(), [-1, 0]);
    }
}
