//! Replays reference cases of graph files (`network.onnx`): the graph as it is, on tensors, or on pictures by the case's recipe.

use ndarray::ArrayD;
use serde::Deserialize;
use serde_json::Value;
use vtk_golden::{Array, Case, GoldenError, Input, Outcome, Packages, Replay};
use vtk_imaging::{DecodeOptions, Recipe, decode};
use vtk_nn::Network;
use vtk_nn::replay::run_inputs;
use vtk_ocr::recognize::Scale;
use vtk_ocr::replay::compare_columns;

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
            Some(recipe) => run_pictures(case, &network, recipe, spec.reduce.as_deref(), packages),
        }
    }
}

/// What of a case's settings concerns the graph. Texts are compared by those who read them.
#[derive(Deserialize)]
struct Spec {
    recipe: Option<Recipe>,
    reduce: Option<String>,
    #[serde(flatten)]
    _others: serde_json::Map<String, Value>,
}

/// One run a picture; outputs one picture after the other, or what they say as columns of text.
fn run_pictures(
    case: &Case,
    network: &Network,
    recipe: &Recipe,
    reduce: Option<&str>,
    packages: &dyn Packages,
) -> Result<Vec<Outcome>, GoldenError> {
    let mut outputs: Vec<ArrayD<f32>> = Vec::new();
    for index in 0..case.inputs.len() {
        let Input::Picture { path, bytes } = case.input(index)? else {
            return Err(case.fault(format!("input {index} must be a picture")));
        };
        let picture = decode(&path.display().to_string(), &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
        let prepared = recipe.prepare(&picture).map_err(GoldenError::product)?;
        outputs.extend(network.run(&[prepared.tensor.view().into_dyn()]).map_err(GoldenError::product)?);
    }
    match reduce {
        None => case.compare(&outputs.into_iter().map(Array::F32).collect::<Vec<_>>()),
        Some("ctc") => compare_columns(case, packages, network.metadata(), &outputs, Scale::Probabilities),
        Some(other) => Err(case.fault(format!("`reduce` is `{other}`; `ctc` is known"))),
    }
}
