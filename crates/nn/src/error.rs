//! What can go wrong between a file of weights and an output tensor, by whose fault it is.

use vtk_weights::WeightsError;

/// Why a network could not be grown, imported or run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NnError {
    /// The checkpoint and the architecture don't fit: keys missing, left over, mis-shaped or not finite.
    #[error(transparent)]
    Weights(#[from] WeightsError),

    /// A layer was asked to do what its input doesn't allow.
    #[error("layer {layer}: {reason}")]
    Layer {
        /// The layer, by the key of its weights where it has any.
        layer: String,
        /// What was found and what was expected.
        reason: String,
    },

    /// The file is no graph that can be run.
    #[error("{name}: {reason}")]
    Graph {
        /// The file.
        name: String,
        /// What is wrong with it.
        reason: String,
    },

    /// The caller's tensors don't fit the network's inputs.
    #[error("input {input}: {reason}")]
    Input {
        /// The input's name.
        input: String,
        /// What was found and what was expected.
        reason: String,
    },

    /// The engine refused a network that should run: a bug, or an operator it does not support at this size.
    #[error("the network can't be {stage} for input {shape:?}: {reason}")]
    Engine {
        /// What was being done: `planned` or `run`.
        stage: &'static str,
        /// The shape of the (first) input.
        shape: Vec<usize>,
        /// The engine's own words.
        reason: String,
    },
}

impl NnError {
    pub(crate) fn layer(layer: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Layer { layer: layer.into(), reason: reason.to_string() }
    }
}
