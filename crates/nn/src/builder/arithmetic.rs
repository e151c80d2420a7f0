//! Arithmetic between values, changes of shape, products of matrices.

use std::ops::Range;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{AxesMapping, AxisOp, ToDim, perm_to_ops, wire_rank_broadcast};
use tract_onnx::tract_core::ops::array::{Slice, TypedConcat};
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::math;
use tract_onnx::tract_core::ops::nn::{Reduce, Reducer};

use super::{NetBuilder, Var, tensor};
use crate::params::Role;
use crate::{LayerNorm, Linear, LinearLayout, NnError};

impl NetBuilder<'_> {
    /// a + b, axes of size 1 (and missing leading ones) stretched.
    pub fn add(&mut self, a: Var, b: Var) -> Result<Var, NnError> {
        let [a, b] = self.same_rank("add", [a, b])?;
        self.wire("add", math::add(), &[a, b])
    }

    /// a · b, axes of size 1 (and missing leading ones) stretched.
    pub fn mul(&mut self, a: Var, b: Var) -> Result<Var, NnError> {
        let [a, b] = self.same_rank("mul", [a, b])?;
        self.wire("mul", math::mul(), &[a, b])
    }

    /// x · factor.
    pub fn scale(&mut self, x: Var, factor: f32) -> Result<Var, NnError> {
        let factor = self.constant(&[], &[factor])?;
        self.mul(x, factor)
    }

    /// Values one after the other along an axis.
    pub fn concat(&mut self, values: &[Var], axis: usize) -> Result<Var, NnError> {
        let Some(first) = values.first() else {
            return Err(NnError::layer("concat", "nothing to join"));
        };
        self.check_axis("concat", *first, axis)?;
        self.wire("concat", TypedConcat::new(axis), values)
    }

    /// A part of an axis.
    pub fn slice(&mut self, x: Var, axis: usize, range: Range<usize>) -> Result<Var, NnError> {
        self.check_axis("slice", x, axis)?;
        let size = self.shape(x)[axis];
        if range.start >= range.end || range.end > size {
            return Err(NnError::layer("slice", format!("{range:?} of an axis of {size}")));
        }
        self.wire("slice", Slice::new(axis, range.start, range.end), &[x])
    }

    /// The same numbers in another shape.
    pub fn reshape(&mut self, x: Var, shape: &[usize]) -> Result<Var, NnError> {
        let from = self.shape(x);
        if from.iter().product::<usize>() != shape.iter().product::<usize>() {
            return Err(NnError::layer("reshape", format!("{from:?} can't become {shape:?}")));
        }
        if from == shape {
            return Ok(x);
        }
        let dims = |s: &[usize]| s.iter().map(|d| d.to_dim()).collect();
        self.wire("reshape", AxisOp::Reshape(0, dims(&from), dims(shape)), &[x])
    }

    /// Axes in another order: axis i of the result is axis `order[i]` of x.
    pub fn transpose(&mut self, x: Var, order: &[usize]) -> Result<Var, NnError> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if sorted != (0..self.shape(x).len()).collect::<Vec<_>>() {
            return Err(NnError::layer("transpose", format!("{order:?} is no order of the axes of {:?}", self.shape(x))));
        }
        perm_to_ops(order).into_iter().try_fold(x, |x, op| self.wire("transpose", op, &[x]))
    }

    /// `[n, …]` → `[n, the rest]`.
    pub fn flatten(&mut self, x: Var) -> Result<Var, NnError> {
        let shape = self.shape(x);
        let n = shape.first().copied().unwrap_or(1);
        self.reshape(x, &[n, shape.iter().skip(1).product()])
    }

    /// The product of the last two axes; leading axes must be alike.
    pub fn matmul(&mut self, a: Var, b: Var) -> Result<Var, NnError> {
        let rank = self.shape(a).len();
        if rank < 2 || self.shape(b).len() != rank {
            return Err(NnError::layer("matmul", format!("{:?} × {:?}", self.shape(a), self.shape(b))));
        }
        let lead: String = ('a'..).take(rank - 2).collect();
        self.einsum("matmul", &format!("{lead}yz,{lead}zx->{lead}yx"), &[a, b])
    }

    /// A fully connected layer over the last axis.
    pub fn linear(&mut self, x: Var, linear: &Linear) -> Result<Var, NnError> {
        let shape = self.shape(x);
        if shape.last() != Some(&linear.inputs) {
            return Err(NnError::layer(&linear.weight, format!("wants {} inputs, got a value of shape {shape:?}", linear.inputs)));
        }
        let lead: String = ('a'..).take(shape.len() - 1).collect();
        let (stored, kernel) = match linear.layout {
            LinearLayout::InOut => ([linear.inputs, linear.outputs], "zx"),
            LinearLayout::OutIn => ([linear.outputs, linear.inputs], "xz"),
        };
        let w = self.weight(&linear.weight, &stored)?;
        let y = self.einsum(&linear.weight, &format!("{lead}z,{kernel}->{lead}x"), &[x, w])?;
        match &linear.bias {
            None => Ok(y),
            Some(key) => {
                let b = self.weight(key, &[linear.outputs])?;
                self.add(y, b)
            }
        }
    }

    /// Layer normalization over the last axis.
    pub fn layer_norm(&mut self, x: Var, norm: &LayerNorm) -> Result<Var, NnError> {
        let shape = self.shape(x);
        let Some(axis) = shape.len().checked_sub(1) else {
            return Err(NnError::layer(&norm.weight, "a value without axes"));
        };
        let size = shape[axis];
        let mean = self.mean(x, axis)?;
        let [x, mean] = self.same_rank("layer norm", [x, mean])?;
        let centred = self.wire("layer norm", math::sub(), &[x, mean])?;
        let squared = self.wire("layer norm", math::square(), &[centred])?;
        let variance = self.mean(squared, axis)?;
        let epsilon = self.constant(&[], &[norm.epsilon])?;
        let variance = self.add(variance, epsilon)?;
        let factor = self.wire("layer norm", math::rsqrt(), &[variance])?;
        let y = self.mul(centred, factor)?;
        let weight = self.weight(&norm.weight, &[size])?;
        let bias = self.weight(&norm.bias, &[size])?;
        let y = self.mul(y, weight)?;
        self.add(y, bias)
    }

    /// The mean along an axis, which stays with size 1.
    fn mean(&mut self, x: Var, axis: usize) -> Result<Var, NnError> {
        let size = self.shape(x)[axis];
        let sum = self.wire("mean", Reduce::new(tvec![axis], Reducer::Sum), &[x])?;
        self.scale(sum, 1.0 / size as f32)
    }

    /// A product over named axes, in Einstein's notation.
    pub(super) fn einsum(&mut self, layer: &str, axes: &str, inputs: &[Var]) -> Result<Var, NnError> {
        let axes: AxesMapping = axes.parse().map_err(|e| NnError::layer(layer, format!("{e:#}")))?;
        self.wire(layer, EinSum::new(axes, f32::datum_type()), inputs)
    }

    /// Both values with the rank of the larger one, leading axes of size 1 added.
    fn same_rank(&mut self, layer: &str, values: [Var; 2]) -> Result<[Var; 2], NnError> {
        let name = self.name(layer);
        let outlets =
            wire_rank_broadcast(name, &mut self.model, &values.map(|v| v.0)).map_err(|e| NnError::layer(layer, format!("{e:#}")))?;
        Ok([Var(outlets[0]), Var(outlets[1])])
    }

    /// Several tensors of the checkpoint, joined by `join` into one constant of this shape.
    pub(super) fn joined_weight(
        &mut self,
        name: String,
        parts: &[(&str, &[usize])],
        shape: &[usize],
        join: impl FnOnce(Vec<Vec<f32>>) -> Vec<f32>,
    ) -> Result<Var, NnError> {
        let [joined] = self.params.constants([name.clone()], |p| {
            let parts = parts.iter().map(|(key, shape)| p.take(key, shape, Role::Trained)).collect::<Result<_, _>>()?;
            Ok([tensor(&name, shape, &join(parts))?])
        })?;
        self.constant_tensor(&name, joined)
    }
}
