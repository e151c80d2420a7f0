//! Functions of single values, softmax, and squeeze-and-excitation.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::{math, nn};
use tract_onnx::tract_hir::internal::Expansion;
use tract_onnx::tract_hir::ops::activations::{Clip, HardSigmoid};

use super::hard_swish::HardSwish;
use super::{NetBuilder, Var};
use crate::{Activation, NnError, SqueezeExcite};

impl NetBuilder<'_> {
    /// Applies an activation; the shape stays.
    pub fn activate(&mut self, x: Var, activation: Activation) -> Result<Var, NnError> {
        match activation {
            Activation::Identity => Ok(x),
            Activation::Relu => self.expand("relu", &Clip::new(Some(0.0), None), &[x]),
            Activation::Relu6 => self.expand("relu6", &Clip::new(Some(0.0), Some(6.0)), &[x]),
            Activation::HardSwish => self.wire("hardswish", HardSwish::op(), &[x]),
            Activation::HardSigmoid { slope, offset } => self.expand("hardsigmoid", &HardSigmoid(slope, offset), &[x]),
            Activation::Sigmoid => self.wire("sigmoid", nn::sigmoid(), &[x]),
            Activation::Swish => self.wire("swish", nn::silu::silu(), &[x]),
            Activation::Gelu => self.wire("gelu", nn::gelu_exact::gelu_exact(), &[x]),
        }
    }

    /// The square root of each value; not a number where a value is negative.
    pub fn sqrt(&mut self, x: Var) -> Result<Var, NnError> {
        self.wire("sqrt", math::sqrt(), &[x])
    }

    /// Softmax along an axis.
    pub fn softmax(&mut self, x: Var, axis: usize) -> Result<Var, NnError> {
        self.check_axis("softmax", x, axis)?;
        self.wire("softmax", nn::Softmax::new(tvec![axis], None, nn::SoftmaxKind::Softmax), &[x])
    }

    /// Squeeze-and-excitation: the input times a gate for each channel.
    pub fn squeeze_excite(&mut self, x: Var, se: &SqueezeExcite) -> Result<Var, NnError> {
        let pooled = self.global_avg_pool(x)?;
        let reduced = self.conv(pooled, &se.reduce)?;
        let reduced = self.activate(reduced, se.inner)?;
        let expanded = self.conv(reduced, &se.expand)?;
        let gate = self.activate(expanded, se.gate)?;
        self.wire("squeeze-excite", math::mul(), &[x, gate])
    }

    /// Wires what the ONNX importer would wire for this operator.
    pub(super) fn expand(&mut self, hint: &str, op: &dyn Expansion, inputs: &[Var]) -> Result<Var, NnError> {
        let name = self.name(hint);
        let inputs: Vec<OutletId> = inputs.iter().map(|v| v.0).collect();
        let outlets = op.wire(&name, &mut self.model, &inputs).map_err(|e| NnError::layer(hint, format!("{e:#}")))?;
        outlets.first().copied().map(Var).ok_or_else(|| NnError::layer(hint, "an operator without an output"))
    }

    pub(super) fn check_axis(&self, layer: &str, x: Var, axis: usize) -> Result<(), NnError> {
        let shape = self.shape(x);
        if axis < shape.len() {
            return Ok(());
        }
        Err(NnError::layer(layer, format!("axis {axis} of a value of shape {shape:?}")))
    }
}
