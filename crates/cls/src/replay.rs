//! Replays reference cases of backbones and classifiers: networks on tensors (`network.cls`), pictures to scores (`classify`).

use serde::Deserialize;
use serde_json::{Map, Value};
use vtk_backbone::{Arch, Backbone, KeyMap, Toolkit};
use vtk_golden::{Case, GoldenError, Input, Outcome, Packages, Replay, Tolerance};
use vtk_imaging::{DecodeOptions, Recipe, decode};
use vtk_nn::{Network, replay::run_inputs};
use vtk_weights::Checkpoint;

use crate::{Class, Classification, Classifier, LoadOptions, parse_labels};

/// The kinds `network.cls` and `classify`.
pub struct ClsReplay;

impl Replay for ClsReplay {
    fn kinds(&self) -> &'static [&'static str] {
        &["network.cls", "classify"]
    }

    fn replay(&self, case: &Case, _: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        if case.kind == "classify" { classify(case) } else { network(case) }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkSpec {
    arch: String,
    #[serde(default)]
    options: Map<String, Value>,
    role: Role,
    #[serde(default)]
    naming: Option<String>,
    #[serde(default)]
    #[expect(dead_code, reason = "the weights say it; read so that an unknown key is an error")]
    classes: Option<usize>,
    outputs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    Classifier,
    Features,
}

fn network(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: NetworkSpec = case.spec_as()?;
    let arch = arch_of(&spec.arch, &spec.options)?;
    let weights = case.checkpoint()?;
    let network = match spec.role {
        Role::Classifier => {
            let options = LoadOptions { arch: Some(arch), ..LoadOptions::default() };
            Classifier::from_checkpoint(&case.name, &weights, None, &options).map_err(GoldenError::product)?.network().clone()
        }
        Role::Features => {
            let naming = spec.naming.as_deref().map_or(Ok(Toolkit::default()), str::parse).map_err(GoldenError::product)?;
            features(case, &weights, arch, KeyMap::new(naming), &spec.outputs)?
        }
    };
    run_inputs(case, &network)
}

fn arch_of(name: &str, options: &Map<String, Value>) -> Result<Arch, GoldenError> {
    let arch: Arch = name.parse().map_err(GoldenError::product)?;
    arch.with_options(options).map_err(GoldenError::product)
}

/// The trunk, giving the maps at the strides that `outputs` name (`stride8` …).
fn features(case: &Case, weights: &Checkpoint, arch: Arch, keys: KeyMap, outputs: &[String]) -> Result<Network, GoldenError> {
    let tap = |name: &String| {
        let stride = name.strip_prefix("stride").and_then(|s| s.parse().ok());
        stride.and_then(|s| arch.tap_at(s)).ok_or_else(|| case.fault(format!("{arch} gives no features `{name}`")))
    };
    let taps = outputs.iter().map(tap).collect::<Result<Vec<usize>, _>>()?;
    let names = outputs.to_vec();
    let grow = move |net: &mut vtk_nn::NetBuilder<'_>, x| {
        let maps = arch.grow(net, x, &keys)?;
        Ok(names.iter().cloned().zip(taps.iter().map(|t| maps[*t])).collect())
    };
    Network::grow(weights, [1, 3, 64, 64], grow).map_err(GoldenError::product)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassifySpec {
    arch: String,
    #[serde(default)]
    options: Map<String, Value>,
    #[expect(dead_code, reason = "always `classifier`; read so that an unknown key is an error")]
    role: Role,
    #[expect(dead_code, reason = "the weights say it; read so that an unknown key is an error")]
    classes: usize,
    recipe: Recipe,
    labels: Labels,
    #[expect(dead_code, reason = "the expected list says how many are compared; read so that an unknown key is an error")]
    top_k: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Labels {
    Names(Vec<String>),
    File { file: String },
}

#[derive(Deserialize)]
struct ExpectedPicture {
    picture: String,
    class: usize,
    label: String,
    #[serde(default)]
    scores: Vec<f32>,
    #[serde(default)]
    top: Vec<ExpectedClass>,
}

#[derive(Deserialize)]
struct ExpectedClass {
    class: usize,
    label: String,
    score: f32,
}

fn classify(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: ClassifySpec = case.spec_as()?;
    let Tolerance::Absolute(bound) = case.tolerance()? else {
        return Err(case.fault("`classify` wants a tolerance `abs`"));
    };
    let labels = match spec.labels {
        Labels::Names(names) => names,
        Labels::File { file } => parse_labels(&file, &case.text(&file)?).map_err(GoldenError::product)?,
    };
    let options = LoadOptions {
        arch: Some(arch_of(&spec.arch, &spec.options)?),
        recipe: Some(spec.recipe),
        labels: Some(labels),
        ..LoadOptions::default()
    };
    let classifier = Classifier::from_checkpoint(&case.name, &case.checkpoint()?, None, &options).map_err(GoldenError::product)?;
    let expected: Vec<ExpectedPicture> = case.expected_json_as()?;
    let mut outcomes = Vec::new();
    for (index, want) in expected.iter().enumerate() {
        let Input::Picture { path, bytes } = case.input(index)? else {
            return Err(case.fault(format!("input {index} must be a picture")));
        };
        let name = path.display().to_string();
        let picture = decode(&name, &bytes, &DecodeOptions::default()).map_err(GoldenError::product)?;
        let got = classifier.classify(&picture).map_err(GoldenError::product)?;
        outcomes.extend(compare(want, &got, bound));
    }
    Ok(outcomes)
}

/// The best class and its label must be equal, each listed score within the bound.
fn compare(want: &ExpectedPicture, got: &Classification, bound: f64) -> Vec<Outcome> {
    let best = |c: &Class| (c.index, c.label.clone().unwrap_or_default());
    let mut outcomes =
        vec![Outcome::same(format!("{} class", want.picture), &got.classes.first().map(best), &Some((want.class, want.label.clone())))];
    for (index, score) in want.scores.iter().enumerate() {
        let found = got.classes.iter().find(|c| c.index == index).map_or(f64::NAN, |c| f64::from(c.score));
        outcomes.push(Outcome::number(format!("{} score of {index}", want.picture), found, f64::from(*score), bound));
    }
    for (place, top) in want.top.iter().enumerate() {
        let found = got.classes.get(place);
        let named = (top.class, top.label.clone());
        outcomes.push(Outcome::same(format!("{} place {}", want.picture, place + 1), &found.map(best), &Some(named)));
        let score = found.map_or(f64::NAN, |c| f64::from(c.score));
        outcomes.push(Outcome::number(format!("{} score at place {}", want.picture, place + 1), score, f64::from(top.score), bound));
    }
    outcomes
}
