//! What replaying a reference case of any network comes down to: run it on the case's tensors and compare.

use vtk_golden::{Array, Case, GoldenError, Input, Outcome};

use crate::Network;

/// Runs a network on all inputs of a case, in the order of the network's inputs, and compares.
///
/// # Errors
/// What the case or the network refuses.
pub fn run_inputs(case: &Case, network: &Network) -> Result<Vec<Outcome>, GoldenError> {
    let mut inputs = Vec::new();
    for index in 0..case.inputs.len() {
        match case.input(index)? {
            Input::F32(x) => inputs.push(x),
            _ => return Err(case.fault(format!("input {index} of a network must be f32"))),
        }
    }
    let views: Vec<_> = inputs.iter().map(|x| x.view()).collect();
    let outputs = network.run(&views).map_err(GoldenError::product)?;
    let outputs: Vec<Array> = outputs.into_iter().map(Array::F32).collect();
    case.compare(&outputs)
}
