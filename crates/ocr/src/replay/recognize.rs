//! Recognizers of `network.ocr`: stage by stage on tensors, or down to text.

use ndarray::ArrayD;
use serde::Deserialize;
use serde_json::Value;
use vtk_backbone::{KeyMap, Toolkit};
use vtk_golden::{Case, GoldenError, Input, Outcome, Packages};
use vtk_imaging::{DecodeOptions, Recipe, decode};
use vtk_nn::{NetBuilder, Network, NnError, Var};
use vtk_weights::Checkpoint;

use super::columns::compare_columns;
use crate::recognize::{DictionaryText, LoadOptions, RecognizerConfig, Scale, TextRecognizer};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    arch: String,
    #[expect(dead_code, reason = "what `arch` stands for; read so that an unknown key is an error")]
    backbone: Option<Value>,
    neck: Option<Neck>,
    head: Option<Head>,
    classes: usize,
    recipe: Option<Recipe>,
    reduce: Option<String>,
    #[expect(dead_code, reason = "read where texts are compared; here so that an unknown key is an error")]
    dictionary: Option<Value>,
    #[expect(dead_code, reason = "read where texts are compared; here so that an unknown key is an error")]
    texts: Option<Value>,
    #[expect(dead_code, reason = "read where texts are compared; here so that an unknown key is an error")]
    scores: Option<Value>,
    outputs: Vec<String>,
}

#[derive(Deserialize)]
struct Neck {
    hidden: usize,
}

#[derive(Deserialize)]
struct Head {
    mid: Option<usize>,
}

/// Replays a recognizer.
pub(super) fn network(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let weights = case.checkpoint()?;
    let named: RecognizerConfig = spec.arch.parse().map_err(GoldenError::product)?;
    let config = named.adapted(&weights);
    let mut outcomes = vec![Outcome::same("classes", &config.classes, &spec.classes)];
    outcomes.extend(spec.neck.as_ref().map(|neck| Outcome::same("hidden", &config.hidden, &neck.hidden)));
    outcomes.extend(spec.head.as_ref().map(|head| Outcome::same("mid", &config.mid, &head.mid)));
    let inputs = inputs(case, spec.recipe.as_ref())?;
    let compared = match spec.reduce.as_deref() {
        Some("ctc") => {
            let network = whole(case, &weights, named)?;
            let run = |x: &ArrayD<f32>| network.run(&[x.view()]).map(|mut outputs| outputs.swap_remove(0)).map_err(GoldenError::product);
            let logits = inputs.iter().map(run).collect::<Result<Vec<_>, _>>()?;
            compare_columns(case, packages, network.metadata(), &logits, Scale::Logits)?
        }
        Some(other) => return Err(case.fault(format!("`reduce` is `{other}`; `ctc` is known"))),
        None => {
            let network = stages(&weights, config, spec.outputs)?;
            let mut outputs = Vec::new();
            for x in &inputs {
                outputs.extend(network.run(&[x.view()]).map_err(GoldenError::product)?.into_iter().map(vtk_golden::Array::F32));
            }
            case.compare(&outputs)?
        }
    };
    outcomes.extend(compared);
    Ok(outcomes)
}

/// The tensors, or the pictures by the case's recipe.
fn inputs(case: &Case, recipe: Option<&Recipe>) -> Result<Vec<ArrayD<f32>>, GoldenError> {
    let input = |index| match (case.input(index)?, recipe) {
        (Input::F32(x), None) => Ok(x),
        (Input::Picture { path, bytes }, Some(recipe)) => {
            let picture = decode(&path.display().to_string(), &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
            Ok(recipe.prepare(&picture).map_err(GoldenError::product)?.tensor.into_dyn())
        }
        _ => Err(case.fault(format!("input {index} must be f32, or a picture with a `recipe`"))),
    };
    (0..case.inputs.len()).map(input).collect()
}

/// The network as a user gets it, giving logits.
fn whole(case: &Case, weights: &Checkpoint, arch: RecognizerConfig) -> Result<Network, GoldenError> {
    // The case's own dictionary comes in where texts are compared.
    let classes = arch.adapted(weights).classes;
    let numbers: String = (0..classes).map(|class| format!("{class}\n")).collect();
    let dictionary = Some(DictionaryText { name: "numbers".to_owned(), text: numbers });
    let options = LoadOptions { arch: Some(arch), dictionary, ..LoadOptions::default() };
    let recognizer = TextRecognizer::from_checkpoint(&case.name, weights, None, &options).map_err(GoldenError::product)?;
    Ok(recognizer.network().clone())
}

/// The network with the stages that are wanted as its outputs.
fn stages(weights: &Checkpoint, config: RecognizerConfig, outputs: Vec<String>) -> Result<Network, GoldenError> {
    let keys = KeyMap::new(Toolkit::PaddleOcrRec).with_prefix("backbone.");
    let height = config.height();
    let grow = move |net: &mut NetBuilder<'_>, x: Var| {
        let grown = config.grow(net, x, &keys)?;
        let output = |name: &String| {
            let value = match name.as_str() {
                "backbone" => grown.trunk,
                "neck" => grown.neck,
                "logits" => grown.logits,
                "probabilities" => net.softmax(grown.logits, 2)?,
                other => return Err(NnError::Layer { layer: other.to_owned(), reason: "no stage of a recognizer".to_owned() }),
            };
            Ok((name.clone(), value))
        };
        outputs.iter().map(output).collect()
    };
    Network::grow(weights, [1, 3, height, 10 * height], grow).map_err(GoldenError::product)
}
