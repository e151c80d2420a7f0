//! Networks of text reading on tensors and pictures (`network.ocr`): one function for each family of architectures.

use ndarray::{ArrayD, ArrayViewD};
use serde::Deserialize;
use serde_json::{Map, Value};
use vtk_backbone::Arch;
use vtk_golden::{Array, Case, GoldenError, Input, Outcome, Packages};
use vtk_imaging::{DecodeOptions, Recipe, decode};
use vtk_nn::Network;

/// What all families read of a case's settings.
#[derive(Deserialize)]
pub(super) struct Spec {
    pub(super) arch: String,
    /// Spelled out in cases with synthetic weights.
    pub(super) backbone: Option<Backbone>,
    /// Of cases on pictures.
    pub(super) recipe: Option<Recipe>,
    pub(super) outputs: Vec<String>,
    /// Keys of one family only, which reads them itself.
    #[serde(flatten)]
    pub(super) _others: Map<String, Value>,
}

/// A backbone with its options.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backbone {
    arch: String,
    #[serde(default)]
    options: Map<String, Value>,
}

impl Backbone {
    pub(super) fn arch(&self) -> Result<Arch, GoldenError> {
        Arch::described(&self.arch, &self.options).map_err(GoldenError::product)
    }
}

/// Replays the network of a family on a case.
type Family = fn(&Case, &Spec, &dyn Packages) -> Result<Vec<Outcome>, GoldenError>;

/// How the archs of each family begin.
const FAMILIES: [(&[&str], Family); 3] = [
    (&["ppocr-v2-det", "ppocr-det"], |case, spec, _| super::detect::network(case, spec)),
    (&["ppocr-mobile-v2.0-cls", "ppocr-cls"], |case, spec, _| super::orient::network(case, spec)),
    (&["ppocr-v2-rec", "ppocr-mobile-v2.0-rec", "ppocr-rec"], |case, _, packages| super::recognize::network(case, packages)),
];

pub(super) fn replay(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let family = FAMILIES.iter().find(|(names, _)| names.iter().any(|name| spec.arch.starts_with(name)));
    match family {
        Some((_, network)) => network(case, &spec, packages),
        None => Err(case.fault(format!("arch `{}` is not replayed here", spec.arch))),
    }
}

/// Every input of a case as the network takes it: tensors as they are, pictures by the recipe.
pub(super) fn inputs(case: &Case, spec: &Spec) -> Result<Vec<ArrayD<f32>>, GoldenError> {
    let input = |index: usize| match (case.input(index)?, &spec.recipe) {
        (Input::F32(x), None) => Ok(x),
        (Input::Picture { path, bytes }, Some(recipe)) => {
            let picture = decode(&path.display().to_string(), &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
            Ok(recipe.prepare(&picture).map_err(GoldenError::product)?.tensor.into_dyn())
        }
        _ => Err(case.fault(format!("input {index} is neither an f32 tensor nor a picture with a recipe"))),
    };
    (0..case.inputs.len()).map(input).collect()
}

/// Runs a network on each input by itself and compares all outputs, those of the first input first.
pub(super) fn compare(case: &Case, spec: &Spec, network: &Network) -> Result<Vec<Outcome>, GoldenError> {
    let mut outputs: Vec<Array> = Vec::new();
    for x in inputs(case, spec)? {
        let views: [ArrayViewD<'_, f32>; 1] = [x.view()];
        outputs.extend(network.run(&views).map_err(GoldenError::product)?.into_iter().map(Array::F32));
    }
    case.compare(&outputs)
}
