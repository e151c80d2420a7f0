//! Multiply-adds of a typed graph: convolutions, transposed convolutions and matrix products, as papers count them. Additions of
//! biases, activations and pooling are left out.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cnn::{Conv, Deconv};
use tract_onnx::tract_core::ops::einsum::EinSum;
use tract_onnx::tract_core::ops::scan::Scan;

/// Multiply-adds of one run.
pub(crate) fn multiply_adds(model: &TypedModel) -> TractResult<u64> {
    let mut total = 0;
    for id in model.eval_order()? {
        let node = model.node(id);
        let inputs = model.node_input_facts(id)?;
        total += if node.op_is::<Conv>() || node.op_is::<EinSum>() {
            let cost = node.op.cost(&inputs)?;
            cost.iter().filter(|(c, _)| matches!(c, Cost::FMA(_))).map(|(_, n)| n.to_usize().unwrap_or(0) as u64).sum()
        } else if let Some(deconv) = node.op_as::<Deconv>() {
            deconvolution(deconv, inputs[0])?
        } else if let Some(scan) = node.op_as::<Scan>() {
            let steps = scan.iteration_count(&inputs).and_then(|d| d.to_usize().ok()).unwrap_or(1) as u64;
            steps * multiply_adds(&scan.body)?
        } else {
            0
        };
    }
    Ok(total)
}

/// Every input number meets every kernel position of every output channel of its group.
fn deconvolution(op: &Deconv, input: &TypedFact) -> TractResult<u64> {
    let numbers: usize = input.shape.as_concrete().map_or(0, |s| s.iter().product());
    let kernel: usize = op.pool_spec.kernel_shape.iter().product();
    Ok((numbers * kernel * op.pool_spec.output_channels / op.group) as u64)
}
