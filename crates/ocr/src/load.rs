//! What the bytes of a model's file are, and what is said about the model: the file's metadata goes before the catalogue.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use vtk_nn::{Network, NnError};
use vtk_weights::{Checkpoint, Format};
use vtk_zoo::Entry;

use crate::{OcrError, OcrRecipe};

/// A model's file, read.
pub(crate) enum Loaded {
    /// A graph (`.onnx`).
    Graph(Network),
    /// Weights (`.pdparams`, `.safetensors`) that a network grows from.
    Weights(Checkpoint),
}

impl Loaded {
    /// Reads bytes. `name` is for messages, the ending of `file` tells a graph.
    pub(crate) fn from_bytes(name: &str, file: &str, bytes: &[u8]) -> Result<Self, OcrError> {
        let is_graph = Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx")) && Format::of_content(bytes).is_none();
        if is_graph {
            return Ok(Self::Graph(Network::from_onnx(name, bytes).map_err(network_error(name))?));
        }
        Ok(Self::Weights(Checkpoint::from_bytes(name, bytes)?))
    }

    /// What the file says about itself.
    pub(crate) fn metadata(&self) -> &BTreeMap<String, String> {
        match self {
            Self::Graph(network) => network.metadata(),
            Self::Weights(weights) => weights.metadata(),
        }
    }
}

/// The error of a network of this name.
pub(crate) fn network_error(model: &str) -> impl Fn(NnError) -> OcrError {
    let model = model.to_owned();
    move |cause| OcrError::Network { model: model.clone(), cause }
}

/// The error of a graph that a network's name was given for.
pub(crate) fn graph_with_arch(model: &str) -> OcrError {
    OcrError::Option {
        option: "arch",
        what: format!("a graph is its own network, and {model} is a graph: a network is named for weights alone"),
    }
}

/// The recipe that a file or else the catalogue names, PaddleOCR's where neither does.
pub(crate) fn recipe_of(name: &str, metadata: &BTreeMap<String, String>, entry: Option<&Entry>) -> Result<OcrRecipe, OcrError> {
    let fail = |place: &str, error: String| OcrError::Metadata { model: name.to_owned(), what: format!("{place} `recipe`: {error}") };
    if let Some(text) = metadata.get("recipe") {
        return text.parse().map_err(|e: OcrError| fail("metadata", e.to_string()));
    }
    match entry.and_then(|entry| entry.recipe.as_ref()) {
        Some(Value::String(text)) => text.parse().map_err(|e: OcrError| fail("catalogue,", e.to_string())),
        Some(value) => serde_json::from_value(value.clone()).map_err(|e| fail("catalogue,", e.to_string())),
        None => Ok(OcrRecipe::default()),
    }
}
