//! Growing a network layer by layer out of named weights.
//!
//! A [`NetBuilder`] stands on a graph of the engine's plain operators: 4-d NCHW convolutions and the few others that an imported ONNX
//! file turns into as well, so that whatever is done to a graph later is done once for both. Sizes are concrete while growing; for
//! another input size the network is grown again from the constants that the first growth left.

mod activations;
mod arithmetic;
mod convolutions;
mod hard_swish;
mod pooling;
mod sequence;

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::TypedOp;

use crate::NnError;
use crate::params::{Params, Role, Store};

/// A value in the network that is being grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Var(pub(crate) OutletId);

/// A network being grown. Layers name their weights by the keys of the checkpoint; the order in which weights are asked for should
/// be that of the official checkpoint, so that [`crate::Network::wanted`] reads like its index.
pub struct NetBuilder<'a> {
    model: TypedModel,
    params: Params<'a>,
    nodes: usize,
}

impl<'a> NetBuilder<'a> {
    /// An empty network with one NCHW input.
    pub(crate) fn new(params: Params<'a>, input: [usize; 4]) -> Result<(Self, Var), NnError> {
        if input.contains(&0) {
            return Err(NnError::Input { input: "x".into(), reason: format!("a size of 0 in {input:?}") });
        }
        let mut model = TypedModel::default();
        let x = model.add_source("x", f32::fact(input)).map_err(|e| NnError::layer("x", e))?;
        Ok((Self { model, params, nodes: 0 }, Var(x)))
    }

    /// The finished graph, and what to grow it from again.
    pub(crate) fn finish(mut self, outputs: &[(String, Var)]) -> Result<(TypedModel, Store), NnError> {
        let store = self.params.finish()?;
        let outlets: Vec<OutletId> = outputs.iter().map(|(_, v)| v.0).collect();
        self.model.select_output_outlets(&outlets).map_err(|e| NnError::layer("outputs", e))?;
        Ok((self.model, store))
    }

    /// The keys and shapes that were asked for in a dry run.
    pub(crate) fn into_wanted(self) -> Vec<(String, Vec<usize>)> {
        self.params.into_wanted()
    }

    /// The shape of a value.
    pub fn shape(&self, x: Var) -> Vec<usize> {
        self.model.outlet_fact(x.0).ok().and_then(|f| f.shape.as_concrete().map(<[usize]>::to_vec)).unwrap_or_default()
    }

    /// The channels of an NCHW value: its second size, 0 where it has none.
    pub fn channels(&self, x: Var) -> usize {
        self.shape(x).get(1).copied().unwrap_or(0)
    }

    /// Whether the checkpoint has this key. False in a dry run.
    pub fn contains(&self, key: &str) -> bool {
        self.params.file_shape(key).is_some()
    }

    /// The shape of this key in the checkpoint: what a network reads where the file decides a size. `None` where the file lacks the
    /// key, and in a dry run.
    pub fn key_shape(&self, key: &str) -> Option<Vec<usize>> {
        self.params.file_shape(key).map(<[usize]>::to_vec)
    }

    /// This key may stand in the checkpoint and stays unused (a head used in training only).
    pub fn ignore(&mut self, key: &str) {
        self.params.ignore(key);
    }

    /// This key must stand in the checkpoint with this shape, is counted with the others, and takes no part in the result (what a
    /// training form stores beside its branches).
    pub fn discard(&mut self, key: &str, shape: &[usize]) -> Result<(), NnError> {
        let name = format!("discarded:{key}");
        self.params.constants([name], |p| {
            p.take(key, shape, Role::Trained)?;
            Ok([Tensor::from(0f32)])
        })?;
        Ok(())
    }

    /// A tensor of the checkpoint as a value.
    pub fn weight(&mut self, key: &str, shape: &[usize]) -> Result<Var, NnError> {
        let [tensor] = self.params.constants([key.to_owned()], |p| {
            let values = p.take(key, shape, Role::Trained)?;
            Ok([tensor(key, shape, &values)?])
        })?;
        self.constant_tensor(key, tensor)
    }

    /// A constant that stands in no file.
    pub fn constant(&mut self, shape: &[usize], values: &[f32]) -> Result<Var, NnError> {
        let tensor = tensor("constant", shape, values)?;
        self.constant_tensor("constant", Arc::new(tensor))
    }

    /// A name that no other node has: tract insists.
    fn name(&mut self, hint: &str) -> String {
        self.nodes += 1;
        format!("{}.{hint}", self.nodes)
    }

    fn constant_tensor(&mut self, hint: &str, tensor: Arc<Tensor>) -> Result<Var, NnError> {
        let name = self.name(hint);
        self.model.add_const(name, tensor).map(Var).map_err(|e| NnError::layer(hint, format!("{e:#}")))
    }

    /// Wires one operator with one output.
    fn wire(&mut self, hint: &str, op: impl Into<Box<dyn TypedOp>>, inputs: &[Var]) -> Result<Var, NnError> {
        let name = self.name(hint);
        let inputs: Vec<OutletId> = inputs.iter().map(|v| v.0).collect();
        let outlets = self.model.wire_node(name, op, &inputs).map_err(|e| NnError::layer(hint, format!("{e:#}")))?;
        outlets.first().copied().map(Var).ok_or_else(|| NnError::layer(hint, "an operator without an output"))
    }

    /// The four sizes of an NCHW value.
    fn nchw(&self, layer: &str, x: Var) -> Result<[usize; 4], NnError> {
        let shape = self.shape(x);
        <[usize; 4]>::try_from(shape.as_slice())
            .map_err(|_| NnError::layer(layer, format!("wants a value of four axes (NCHW), got one of shape {shape:?}")))
    }
}

/// A tensor of the engine with these numbers.
pub(crate) fn tensor(layer: &str, shape: &[usize], values: &[f32]) -> Result<Tensor, NnError> {
    Tensor::from_shape(shape, values).map_err(|e| NnError::layer(layer, format!("{e:#}")))
}
