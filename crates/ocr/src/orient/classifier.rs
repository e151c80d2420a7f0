//! What both orienters have in common: a network, a preparation of fixed size, and a number of degrees for each class.

use serde_json::{Map, Value};
use vtk_backbone::Arch;
use vtk_imaging::{Recipe, RgbImage};
use vtk_kernels::probability::{are_probabilities, softmax};
use vtk_nn::Network;
use vtk_weights::Checkpoint;
use vtk_zoo::{Entry, Model};

use super::LineNetConfig;
use crate::load::{Loaded, network_error};
use crate::{OcrError, OcrRecipe};

/// A classifier whose classes are turns.
#[derive(Clone, Debug)]
pub(super) struct Classifier {
    pub(super) name: String,
    pub(super) network: Network,
    pub(super) preparation: Recipe,
    /// Clockwise quarter turns by which what a class stands for is off, by its number.
    quarters: Vec<u8>,
}

/// The preparation of PaddleOCR's own classifier of lines.
const LINE: &str = "paddleocr-cls";

/// That of PaddleClas's.
const TEXT_LINE: &str = "textline-160x80";

impl Classifier {
    pub(super) fn from_model(model: &Model, arch: Option<&LineNetConfig>) -> Result<Self, OcrError> {
        Self::from_bytes(model.name(), model.file(), model.bytes(), model.entry(), arch)
    }

    /// `name` is for messages, the ending of `file` tells a graph.
    pub(super) fn from_bytes(
        name: &str,
        file: &str,
        bytes: &[u8],
        entry: Option<&Entry>,
        arch: Option<&LineNetConfig>,
    ) -> Result<Self, OcrError> {
        let loaded = Loaded::from_bytes(name, file, bytes)?;
        let labels = labels(name, loaded.metadata().get("labels"), entry)?;
        let recipe = recipe_text(&loaded, entry);
        let (network, default) = match loaded {
            Loaded::Graph(network) => {
                let sides = network.inputs().first().map_or(&[][..], |input| &input.shape).iter().skip(2).copied().collect::<Vec<_>>();
                let default = if sides == [Some(80), Some(160)] { TEXT_LINE } else { LINE };
                (network, default)
            }
            Loaded::Weights(weights) => {
                let config = identify(name, &weights, arch, entry)?;
                let network = config.network(&weights, [1, 3, 96, 192], false).map_err(network_error(name))?;
                (network, if matches!(config, LineNetConfig::PaddleOcr(_)) { LINE } else { TEXT_LINE })
            }
        };
        let preparation = preparation(name, recipe.as_deref(), default)?;
        Self::new(name, network, preparation, labels)
    }

    fn new(name: &str, network: Network, preparation: Recipe, labels: Option<Vec<String>>) -> Result<Self, OcrError> {
        let fail = |what: String| Err(OcrError::Output { model: name.to_owned(), what });
        let Some((height, width)) = preparation.input_size() else {
            return fail(format!("`{preparation}` prepares pictures of many sizes; a classifier takes one size"));
        };
        let quarters = match labels {
            None => Vec::new(),
            Some(labels) => match labels.iter().map(|label| quarters(label)).collect() {
                Some(quarters) => quarters,
                None => return fail(format!("has the classes {labels:?}; an orientation's are degrees: 0, 90, 180, 270")),
            },
        };
        let [input] = network.inputs() else {
            return fail(format!("takes {} inputs; a classifier takes one picture", network.inputs().len()));
        };
        let fits = input.shape.len() == 4
            && input.shape.iter().zip([1, 3, height, width]).skip(1).all(|(wanted, size)| wanted.is_none_or(|wanted| wanted == size));
        if !fits {
            return fail(format!("takes {input}, but its preparation makes [1, 3, {height}, {width}]"));
        }
        Ok(Self { name: name.to_owned(), network, preparation, quarters })
    }

    /// The most likely turn, in clockwise quarters, and its probability.
    pub(super) fn turn_of(&self, picture: &RgbImage) -> Result<(u8, f32), OcrError> {
        let fail = |what: String| OcrError::Output { model: self.name.clone(), what };
        let prepared = self.preparation.prepare(picture)?;
        let outputs = self.network.run(&[prepared.tensor.view().into_dyn()]).map_err(network_error(&self.name))?;
        let raw: Vec<f32> = outputs.into_iter().next().map(|raw| raw.into_iter().collect()).unwrap_or_default();
        if let Some(found) = raw.iter().find(|v| !v.is_finite()) {
            return Err(fail(format!("the network gave {found} in place of a score; its weights are damaged")));
        }
        let known: &[u8] = match (self.quarters.len(), raw.len()) {
            (0, 2) => &[0, 2],
            (0, 4) => &[0, 1, 2, 3],
            (labels, classes) if labels == classes && labels > 0 => &self.quarters,
            (_, classes) => return Err(fail(format!("gives {classes} classes; an orientation has 2 or 4, or as many as labels"))),
        };
        let scores = if are_probabilities(&raw) { raw } else { softmax(&raw) };
        let best = scores.iter().enumerate().fold((0, f32::NEG_INFINITY), |best, (i, s)| if *s > best.1 { (i, *s) } else { best });
        Ok((known[best.0], best.1))
    }
}

/// The network given, else the one that the file names, else the catalogue's, else the one whose keys are the file's.
fn identify(name: &str, weights: &Checkpoint, given: Option<&LineNetConfig>, entry: Option<&Entry>) -> Result<LineNetConfig, OcrError> {
    let fail = |what: String| OcrError::Metadata { model: name.to_owned(), what };
    if let Some(config) = given {
        return Ok(config.clone());
    }
    let metadata = weights.metadata();
    let in_file: Option<Map<String, Value>> = metadata
        .get("options")
        .map(|text| serde_json::from_str(text).map_err(|e| fail(format!("metadata `options` is no JSON object: {e}"))))
        .transpose()?;
    let (arch, options) = match (metadata.get("arch"), entry) {
        (Some(arch), _) => (Some(arch), in_file.unwrap_or_default()),
        (None, Some(entry)) => (entry.arch.as_ref(), entry.options.clone()),
        (None, None) => (None, Map::new()),
    };
    match arch {
        None => LineNetConfig::fitting(weights).ok_or_else(|| {
            fail("does not say which network its weights belong to, and their keys fit none that tells an orientation".to_owned())
        }),
        Some(arch) => match arch.parse().map_err(|e: OcrError| fail(e.to_string()))? {
            LineNetConfig::PaddleClas(_) => Ok(LineNetConfig::PaddleClas(Arch::described(arch, &options)?)),
            config => Ok(config),
        },
    }
}

/// What the file, or else the catalogue, says about the preparation.
fn recipe_text(loaded: &Loaded, entry: Option<&Entry>) -> Option<String> {
    let in_catalogue = || entry.and_then(|entry| entry.recipe.as_ref()).and_then(Value::as_str).map(str::to_owned);
    loaded.metadata().get("recipe").cloned().or_else(in_catalogue)
}

/// A recipe of text reading stands for PaddleOCR's classifier; any other is one of pictures.
fn preparation(name: &str, text: Option<&str>, default: &str) -> Result<Recipe, OcrError> {
    let text = text.filter(|text| OcrRecipe::named(text).is_none()).unwrap_or(default);
    text.parse().map_err(|e| OcrError::Metadata { model: name.to_owned(), what: format!("`recipe`: {e}") })
}

/// The names of the classes: the file's, or else the catalogue's.
fn labels(name: &str, in_file: Option<&String>, entry: Option<&Entry>) -> Result<Option<Vec<String>>, OcrError> {
    let fail = |e| OcrError::Metadata { model: name.to_owned(), what: format!("metadata `labels` is no JSON array of texts: {e}") };
    match in_file {
        Some(text) => serde_json::from_str(text).map(Some).map_err(fail),
        None => Ok(entry.and_then(Entry::label_names)),
    }
}

/// `90`, `180_degree`: as quarters.
fn quarters(label: &str) -> Option<u8> {
    let end = label.find(|c: char| !c.is_ascii_digit()).unwrap_or(label.len());
    match label[..end].parse() {
        Ok(0) => Some(0),
        Ok(90) => Some(1),
        Ok(180) => Some(2),
        Ok(270) => Some(3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_degrees() {
        assert_eq!(["0", "90", "180_degree", "270"].map(quarters), [Some(0), Some(1), Some(2), Some(3)]);
        assert_eq!(["", "degree", "45", "-90"].map(quarters), [None; 4]);
    }
}
