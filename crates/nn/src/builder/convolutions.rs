//! Convolutions, transposed convolutions and batch norms. A batch norm behind a convolution is folded into it, in f64:
//! w' = w · γ / √(σ² + ε), b' = β + (b − μ) · γ / √(σ² + ε).

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::cnn::{Conv as ConvOp, Deconv, KernelFormat, PaddingSpec, PoolSpec};
use tract_onnx::tract_core::ops::{math, nn::DataFormat};

use super::{NetBuilder, Var, tensor};
use crate::params::{Params, Role};
use crate::{BatchNorm, Conv, ConvTranspose, NnError, Padding};

impl NetBuilder<'_> {
    /// A convolution: `[n, in, h, w]` → `[n, out, h', w']`.
    pub fn conv(&mut self, x: Var, conv: &Conv) -> Result<Var, NnError> {
        let inputs = self.conv_inputs(x, conv)?;
        let names = [conv.weight.clone(), format!("bias of {}", conv.weight)];
        let [w, b] = self.params.constants(names, |p| {
            let (w, b) = read_conv(p, conv, inputs)?;
            let b = match b {
                Some(b) => tensor(&conv.weight, &[conv.out], &b)?,
                None => Tensor::from(0f32),
            };
            Ok([tensor(&conv.weight, &kernel_shape(conv, inputs), &w)?, b])
        })?;
        self.wire_conv(x, conv, inputs, w, b)
    }

    /// A convolution with the batch norm behind it folded in.
    pub fn conv_bn(&mut self, x: Var, conv: &Conv, bn: &BatchNorm) -> Result<Var, NnError> {
        self.conv_bn_sum(x, &[(conv.clone(), bn.clone())])
    }

    /// Parallel branches of convolution and batch norm whose outputs are added, folded into one convolution of the largest kernel:
    /// smaller kernels are set into its middle. All branches must have odd kernels, the same stride, groups and outputs, and the
    /// padding (kernel − 1) / 2.
    pub fn conv_bn_sum(&mut self, x: Var, branches: &[(Conv, BatchNorm)]) -> Result<Var, NnError> {
        let Some((largest, _)) = branches.iter().max_by_key(|(c, _)| c.kernel) else {
            return Err(NnError::layer("sum of branches", "no branch"));
        };
        for (c, _) in branches {
            check_branch(largest, c)?;
        }
        let inputs = self.conv_inputs(x, largest)?;
        let folded = branches.iter().map(|(c, bn)| format!("{}·{}", c.weight, bn.weight)).collect::<Vec<_>>().join("+");
        let names = [folded.clone(), format!("bias of {folded}")];
        let [w, b] = self.params.constants(names, |p| {
            let shape = kernel_shape(largest, inputs);
            let mut weights = vec![0f64; shape.iter().product()];
            let mut biases = vec![0f64; largest.out];
            for (conv, bn) in branches {
                add_folded(p, conv, bn, inputs, &shape, &mut weights, &mut biases)?;
            }
            Ok([tensor(&largest.weight, &shape, &narrow(&weights))?, tensor(&largest.weight, &[largest.out], &narrow(&biases))?])
        })?;
        self.wire_conv(x, largest, inputs, w, b)
    }

    /// A batch norm that stands alone, over the second axis.
    pub fn batch_norm(&mut self, x: Var, bn: &BatchNorm) -> Result<Var, NnError> {
        let channels = self.channels(x);
        let mut shape = vec![1; self.shape(x).len()];
        if let Some(c) = shape.get_mut(1) {
            *c = channels;
        }
        let names = [bn.weight.clone(), bn.bias.clone()];
        let [scale, shift] = self.params.constants(names, |p| {
            let (scale, shift) = read_bn(p, bn, channels)?;
            Ok([tensor(&bn.weight, &shape, &narrow(&scale))?, tensor(&bn.bias, &shape, &narrow(&shift))?])
        })?;
        let scale = self.constant_tensor(&bn.weight, scale)?;
        let shift = self.constant_tensor(&bn.bias, shift)?;
        let x = self.wire(&bn.weight, math::mul(), &[x, scale])?;
        self.wire(&bn.bias, math::add(), &[x, shift])
    }

    /// A transposed convolution: `[n, in, h, w]` → `[n, out, (h − 1) · stride − 2 · padding + kernel + output_padding, …]`.
    pub fn conv_transpose(&mut self, x: Var, conv: &ConvTranspose) -> Result<Var, NnError> {
        let layer = conv.weight.as_str();
        let [_, inputs, ..] = self.nchw(layer, x)?;
        let g = conv.groups.max(1);
        if !inputs.is_multiple_of(g) || !conv.out.is_multiple_of(g) {
            return Err(NnError::layer(layer, format!("{inputs} inputs and {} outputs don't divide into {g} groups", conv.out)));
        }
        let ([kh, kw], o) = (conv.kernel, conv.out / g);
        let names = [conv.weight.clone(), format!("bias of {}", conv.weight)];
        let [w, b] = self.params.constants(names, |p| {
            let w = p.take(layer, &[inputs, o, kh, kw], Role::Trained)?;
            let b = match &conv.bias {
                Some(key) => tensor(key, &[conv.out], &p.take(key, &[conv.out], Role::Trained)?)?,
                None => Tensor::from(0f32),
            };
            Ok([in_out_to_out_in(layer, &w, [g, inputs / g, o, kh, kw])?, b])
        })?;
        let padding = PaddingSpec::Explicit(conv.padding.as_slice().into(), conv.padding.as_slice().into());
        let spec = PoolSpec::new(
            DataFormat::NCHW,
            conv.kernel.as_slice().into(),
            padding,
            None,
            Some(conv.stride.as_slice().into()),
            inputs,
            conv.out,
        );
        let w = self.constant_tensor(layer, w)?;
        let b = self.constant_tensor(layer, b)?;
        self.wire(layer, Deconv::new(spec, KernelFormat::OIHW, conv.output_padding.as_slice().into(), g), &[x, w, b])
    }

    /// Input channels, after checking that the convolution fits.
    fn conv_inputs(&self, x: Var, conv: &Conv) -> Result<usize, NnError> {
        let [_, inputs, h, w] = self.nchw(&conv.weight, x)?;
        let g = conv.groups;
        if g == 0 || !inputs.is_multiple_of(g) || !conv.out.is_multiple_of(g) {
            return Err(NnError::layer(&conv.weight, format!("{inputs} inputs and {} outputs don't divide into {g} groups", conv.out)));
        }
        if conv.kernel.contains(&0) || conv.stride.contains(&0) || conv.dilation.contains(&0) {
            return Err(NnError::layer(&conv.weight, "a kernel, stride or dilation of 0"));
        }
        if let Padding::Explicit { top, left, bottom, right } = conv.padding {
            let reach = |k: usize, d: usize| (k - 1) * d + 1;
            if h + top + bottom < reach(conv.kernel[0], conv.dilation[0]) || w + left + right < reach(conv.kernel[1], conv.dilation[1]) {
                return Err(NnError::layer(&conv.weight, format!("a map of {h}×{w} is smaller than the kernel {:?}", conv.kernel)));
            }
        }
        Ok(inputs)
    }

    fn wire_conv(
        &mut self,
        x: Var,
        conv: &Conv,
        inputs: usize,
        w: std::sync::Arc<Tensor>,
        b: std::sync::Arc<Tensor>,
    ) -> Result<Var, NnError> {
        let spec = PoolSpec::new(
            DataFormat::NCHW,
            conv.kernel.as_slice().into(),
            padding_spec(conv.padding),
            Some(conv.dilation.as_slice().into()),
            Some(conv.stride.as_slice().into()),
            inputs,
            conv.out,
        );
        let hint = conv.weight.as_str();
        let w = self.constant_tensor(hint, w)?;
        let b = self.constant_tensor(hint, b)?;
        self.wire(hint, ConvOp::new(spec, KernelFormat::OIHW, conv.groups, None), &[x, w, b])
    }
}

/// The engine's form of a padding.
pub(super) fn padding_spec(padding: Padding) -> PaddingSpec {
    match padding {
        Padding::Explicit { top, left, bottom, right } => PaddingSpec::Explicit(tvec![top, left], tvec![bottom, right]),
        Padding::Same => PaddingSpec::SameUpper,
    }
}

fn kernel_shape(conv: &Conv, inputs: usize) -> [usize; 4] {
    [conv.out, inputs / conv.groups, conv.kernel[0], conv.kernel[1]]
}

fn read_conv(p: &mut Params<'_>, conv: &Conv, inputs: usize) -> Result<(Vec<f32>, Option<Vec<f32>>), NnError> {
    let w = p.take(&conv.weight, &kernel_shape(conv, inputs), Role::Trained)?;
    let b = conv.bias.as_ref().map(|key| p.take(key, &[conv.out], Role::Trained)).transpose()?;
    Ok((w, b))
}

/// A batch norm as scale and shift per channel.
fn read_bn(p: &mut Params<'_>, bn: &BatchNorm, channels: usize) -> Result<(Vec<f64>, Vec<f64>), NnError> {
    let gamma = p.take(&bn.weight, &[channels], Role::Trained)?;
    let beta = p.take(&bn.bias, &[channels], Role::Trained)?;
    let mean = p.take(&bn.mean, &[channels], Role::Statistic)?;
    let variance = p.take(&bn.variance, &[channels], Role::Statistic)?;
    let scale: Vec<f64> =
        gamma.iter().zip(&variance).map(|(g, v)| f64::from(*g) / (f64::from(*v) + f64::from(bn.epsilon)).sqrt()).collect();
    let shift = beta.iter().zip(&mean).zip(&scale).map(|((b, m), s)| f64::from(*b) - f64::from(*m) * s).collect();
    Ok((scale, shift))
}

fn check_branch(largest: &Conv, branch: &Conv) -> Result<(), NnError> {
    let alone = largest.weight == branch.weight;
    let centred = branch.kernel.iter().all(|k| k % 2 == 1)
        && branch.dilation == [1, 1]
        && branch.padding == Padding::symmetric((branch.kernel[0] - 1) / 2, (branch.kernel[1] - 1) / 2);
    let alike = branch.stride == largest.stride && branch.groups == largest.groups && branch.out == largest.out;
    if alone || (centred && alike && branch.kernel[0] <= largest.kernel[0] && branch.kernel[1] <= largest.kernel[1]) {
        return Ok(());
    }
    Err(NnError::layer(&branch.weight, "a branch that can't be folded into its neighbor: kernels must be odd and centred, strides equal"))
}

/// Adds one branch, its batch norm folded in, to the sum.
fn add_folded(
    p: &mut Params<'_>,
    conv: &Conv,
    bn: &BatchNorm,
    inputs: usize,
    into: &[usize; 4],
    weights: &mut [f64],
    biases: &mut [f64],
) -> Result<(), NnError> {
    let (w, b) = read_conv(p, conv, inputs)?;
    let (scale, shift) = read_bn(p, bn, conv.out)?;
    let [_, per_group, kh, kw] = kernel_shape(conv, inputs);
    let (dy, dx) = ((into[2] - kh) / 2, (into[3] - kw) / 2);
    for (row, values) in w.chunks_exact(kw).enumerate() {
        let (plane, y) = (row / kh, row % kh);
        let factor = scale[plane / per_group];
        let start = (plane * into[2] + y + dy) * into[3] + dx;
        for (sum, v) in weights[start..start + kw].iter_mut().zip(values) {
            *sum += f64::from(*v) * factor;
        }
    }
    for (o, bias) in biases.iter_mut().enumerate() {
        *bias += shift[o] + b.as_ref().map_or(0.0, |b| f64::from(b[o]) * scale[o]);
    }
    Ok(())
}

/// `[groups · in, out, kh, kw]` as stored → `[groups · out, in, kh, kw]` as the engine wants it.
fn in_out_to_out_in(layer: &str, w: &[f32], [g, i, o, kh, kw]: [usize; 5]) -> Result<Tensor, NnError> {
    let kernel = kh * kw;
    let mut turned = Vec::with_capacity(w.len());
    for group in 0..g {
        for out in 0..o {
            for input in 0..i {
                let start = ((group * i + input) * o + out) * kernel;
                turned.extend_from_slice(&w[start..start + kernel]);
            }
        }
    }
    tensor(layer, &[g * o, i, kh, kw], &turned)
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}
