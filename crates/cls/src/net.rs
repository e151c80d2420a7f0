//! From a checkpoint to a network that classifies: which architecture it is, and how it grows.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use vtk_backbone::{Arch, Backbone, KeyMap, Toolkit};
use vtk_nn::Network;
use vtk_weights::Checkpoint;
use vtk_zoo::Entry;

use crate::{ClsError, EmbeddingAt};

/// A network that a checkpoint grew into.
pub(crate) struct Grown {
    pub(crate) network: Network,
    pub(crate) arch: Arch,
}

/// Grows a classifier. The architecture is the one given, else the one that the file names, else the catalogue's, else the only one
/// that fits.
pub(crate) fn grow(
    model: &str,
    weights: &Checkpoint,
    given: Option<&Arch>,
    entry: Option<&Entry>,
    embedding: Option<EmbeddingAt>,
    input: [usize; 4],
) -> Result<Grown, ClsError> {
    let (arch, keys) = identify(model, weights, given, entry)?;
    let arch = arch.adapted(weights, &keys);
    let Some(classes) = arch.classes_in(weights, &keys) else {
        let reason = format!("holds a trunk of {arch} without a fully connected layer; it is no classifier");
        return Err(ClsError::NotAClassifier { model: model.to_owned(), reason });
    };
    let at = embedding_tap(model, &arch, embedding)?;
    let network =
        grow_network(weights, &arch, &keys, classes, at, input).map_err(|cause| ClsError::Network { model: model.to_owned(), cause })?;
    Ok(Grown { network, arch })
}

/// Where the embedding is taken, counted in taps.
#[derive(Clone, Copy)]
enum Take {
    Last,
    Tap(usize),
}

fn embedding_tap(model: &str, arch: &Arch, embedding: Option<EmbeddingAt>) -> Result<Option<Take>, ClsError> {
    match embedding {
        None => Ok(None),
        Some(EmbeddingAt::Last) => Ok(Some(Take::Last)),
        Some(EmbeddingAt::Stage(stage)) => match arch.taps().iter().position(|t| t.stage == stage) {
            Some(tap) => Ok(Some(Take::Tap(tap))),
            None => {
                let stages: Vec<String> = arch.taps().iter().map(|t| t.stage.to_string()).collect();
                let what = format!("{arch} has no stage {stage} to take an embedding from; it has {}", stages.join(", "));
                Err(ClsError::Metadata { model: model.to_owned(), what })
            }
        },
    }
}

fn grow_network(
    weights: &Checkpoint,
    arch: &Arch,
    keys: &KeyMap,
    classes: usize,
    embedding: Option<Take>,
    input: [usize; 4],
) -> Result<Network, vtk_nn::NnError> {
    let (arch, keys) = (arch.clone(), keys.clone());
    Network::grow(weights, input, move |net, x| {
        let grown = arch.grow_classifier(net, x, &keys, classes)?;
        let mut outputs = vec![("logits".to_owned(), grown.logits)];
        if let Some(take) = embedding {
            let vector = match take {
                Take::Last => grown.embedding,
                Take::Tap(tap) => {
                    let pooled = net.global_avg_pool(grown.features[tap])?;
                    net.flatten(pooled)?
                }
            };
            outputs.push(("embedding".to_owned(), vector));
        }
        Ok(outputs)
    })
}

/// The architecture of a checkpoint and how its keys are spelled.
fn identify(model: &str, weights: &Checkpoint, given: Option<&Arch>, entry: Option<&Entry>) -> Result<(Arch, KeyMap), ClsError> {
    if let Some(arch) = given {
        let Some(keys) = arch.key_map_of(weights) else {
            let fitting = Arch::fitting(weights).first().map_or_else(|| "no network that vtk knows".to_owned(), |(a, _)| a.to_string());
            let what = format!("--arch says {arch}, but its keys are those of {fitting}");
            return Err(ClsError::Metadata { model: model.to_owned(), what });
        };
        return Ok((arch.clone(), keys));
    }
    if let Some(arch) = named_in(model, weights.metadata())? {
        let keys = keys_of(&arch, weights);
        return Ok((arch, keys));
    }
    if let Some(arch) = entry.map(named_by).transpose()?.flatten() {
        let keys = keys_of(&arch, weights);
        return Ok((arch, keys));
    }
    let mut fitting = Arch::fitting(weights);
    if fitting.len() == 1 {
        return Ok(fitting.remove(0));
    }
    let names: Vec<String> = fitting.iter().map(|(a, _)| a.to_string()).collect();
    let hint = if names.is_empty() {
        "its keys fit no network that vtk knows, for example --arch pplcnet-x1.0".to_owned()
    } else {
        format!("its keys fit {}", names.join(" and "))
    };
    Err(ClsError::UnknownArch { model: model.to_owned(), hint })
}

fn keys_of(arch: &Arch, weights: &Checkpoint) -> KeyMap {
    arch.key_map_of(weights).unwrap_or_else(|| KeyMap::new(Toolkit::default()))
}

/// The architecture that a file's metadata names in `arch`, with its `options`.
fn named_in(model: &str, metadata: &BTreeMap<String, String>) -> Result<Option<Arch>, ClsError> {
    let Some(name) = metadata.get("arch") else { return Ok(None) };
    let options: Map<String, Value> = match metadata.get("options") {
        None => Map::new(),
        Some(text) => serde_json::from_str(text)
            .map_err(|e| ClsError::Metadata { model: model.to_owned(), what: format!("metadata `options` is no JSON object: {e}") })?,
    };
    Ok(Some(Arch::described(name, &options)?))
}

fn named_by(entry: &Entry) -> Result<Option<Arch>, ClsError> {
    let Some(name) = &entry.arch else { return Ok(None) };
    Ok(Some(Arch::described(name, &entry.options)?))
}
