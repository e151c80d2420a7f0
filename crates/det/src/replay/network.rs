//! `network.det`: one forward pass of a network grown from official keys.

use serde::Deserialize;
use serde_json::{Map, Value};
use vtk_backbone::{Act, Arch};
use vtk_golden::{Case, GoldenError, Outcome, Packages};
use vtk_nn::{Network, onnx_constants, replay::run_inputs};
use vtk_weights::Checkpoint;

use crate::decode::STRIDES;
use crate::{Grown, Head, Neck, PicoDetConfig};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    #[serde(flatten)]
    network: NetworkSpec,
    #[serde(default)]
    #[expect(dead_code, reason = "where the reference's configuration lies; read so that an unknown key is an error")]
    config: Option<String>,
    outputs: Vec<String>,
}

/// A network as a case describes it, beside its official name.
#[derive(Deserialize)]
pub(super) struct NetworkSpec {
    pub(super) arch: String,
    generation: String,
    backbone: BackboneSpec,
    neck: PartSpec,
    head: PartSpec,
    classes: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackboneSpec {
    arch: Arch,
    #[serde(default)]
    options: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartSpec {
    kind: String,
    channels: Option<usize>,
    num_convs: Option<usize>,
    reg_max: Option<usize>,
    strides: Option<Vec<usize>>,
    act: Option<String>,
}

impl NetworkSpec {
    /// The configuration of that name, which must be what the case describes.
    pub(super) fn config(&self, case: &Case) -> Result<PicoDetConfig, GoldenError> {
        let config: PicoDetConfig = self.arch.parse().map_err(GoldenError::product)?;
        let mut described = config.clone();
        described.backbone = self.backbone.arch.with_options(&self.backbone.options).map_err(GoldenError::product)?;
        described.neck = match self.neck.kind.as_str() {
            "lcpan" => Neck::LcPan,
            "csppan" => Neck::CspPan,
            other => return Err(case.fault(format!("the neck `{other}` is unknown"))),
        };
        described.head = match self.head.kind.as_str() {
            "picohead-v1" => Head::V1,
            "picohead-v2" => Head::V2,
            other => return Err(case.fault(format!("the head `{other}` is unknown"))),
        };
        described.act = self.act(case)?;
        described.channels = self.neck.channels.unwrap_or(described.channels);
        described.convs = self.head.num_convs.unwrap_or(described.convs);
        if described != config {
            return Err(case.fault(format!("describes {described} under the name of {config}")));
        }
        let fixed = self.head.reg_max.is_none_or(|n| n == 7) && self.head.strides.as_ref().is_none_or(|s| *s == STRIDES);
        if !fixed || !["current", "legacy"].contains(&self.generation.as_str()) {
            return Err(case.fault("only reg_max 7, strides 8, 16, 32, 64 and the two generations are built"));
        }
        Ok(config)
    }

    fn act(&self, case: &Case) -> Result<Act, GoldenError> {
        let named = |part: &PartSpec| part.act.as_deref().map_or(Some(Act::HardSwish), Act::named);
        match (named(&self.neck), named(&self.head)) {
            (Some(neck), Some(head)) if neck == head => Ok(neck),
            _ => Err(case.fault("neck and head have one activation, and it must be a known one")),
        }
    }
}

pub(super) fn replay(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let config = spec.network.config(case)?;
    let weights = match case.names()? {
        Some(names) => {
            let (name, bytes) = case.weights_bytes(packages)?;
            renamed(case, &onnx_constants(&name, &bytes).map_err(GoldenError::product)?, &names)?
        }
        None => case.checkpoint()?,
    };
    let (classes, wanted) = (spec.network.classes, spec.outputs.clone());
    let grow = move |net: &mut vtk_nn::NetBuilder<'_>, x| {
        let grown = config.grow(net, x, classes)?;
        let all = named_outputs(&grown);
        Ok(all.into_iter().filter(|(name, _)| wanted.contains(name)).collect())
    };
    let network = Network::grow(&weights, [1, 3, 64, 64], grow).map_err(GoldenError::product)?;
    if network.outputs() != spec.outputs {
        return Err(case.fault(format!("outputs {:?} are wanted, and there are {:?}", spec.outputs, network.outputs())));
    }
    run_inputs(case, &network)
}

/// Trunk, neck, scores, distributions, by the names of the cases.
fn named_outputs(grown: &Grown) -> Vec<(String, vtk_nn::Var)> {
    let numbered = |letter: char, vars: &[vtk_nn::Var]| {
        vars.iter().zip(3..).map(|(var, level)| (format!("{letter}{level}"), *var)).collect::<Vec<_>>()
    };
    [numbered('c', &grown.trunk), numbered('p', &grown.neck), grown.outputs()].concat()
}

/// A graph's constants under official keys.
fn renamed(case: &Case, constants: &Checkpoint, names: &std::collections::BTreeMap<String, String>) -> Result<Checkpoint, GoldenError> {
    let mut weights = Checkpoint::new();
    for (key, name) in names {
        let tensor = constants.get(name).ok_or_else(|| case.fault(format!("the graph has no constant `{name}`")))?;
        weights.insert(key, tensor.clone());
    }
    Ok(weights)
}
