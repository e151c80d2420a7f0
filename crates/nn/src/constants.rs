//! The numbers of an ONNX file without its graph: what a network grown layer by layer can be made from, where the file's constants
//! keep the names under which a toolkit saved them.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::konst::Const;
use vtk_weights::{Checkpoint, Tensor as Stored};

use crate::NnError;
use crate::onnx::parse_model;

/// The named f32 constants of an ONNX file, whether initializers or `Constant` nodes; `name` is for messages. Exporters may have
/// folded or renamed what they stored: a constant is only what its name and shape say it is.
///
/// # Errors
/// [`NnError::Graph`] where the bytes are no ONNX graph; [`NnError::Weights`] where a constant can't be stored.
pub fn onnx_constants(name: &str, bytes: &[u8]) -> Result<Checkpoint, NnError> {
    let model = parse_model(name, bytes)?;
    let mut found = Checkpoint::new();
    for node in model.nodes() {
        let Some(value) = node.op_as::<Const>().map(Const::val).filter(|t| t.datum_type() == DatumType::F32) else { continue };
        let Ok(numbers) = value.try_as_plain_ram().and_then(|plain| plain.as_slice::<f32>().map(<[f32]>::to_vec)) else { continue };
        let label = model.outlet_label(node.id.into()).unwrap_or(&node.name);
        found.insert(label, Stored::from_f32(value.shape(), &numbers)?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_graph_are_refused() {
        let error = onnx_constants("text.onnx", b"no graph at all").unwrap_err().to_string();
        assert!(error.starts_with("text.onnx: is no ONNX graph"), "{error}");
    }

    #[test]
    fn constants_come_under_their_names() {
        let graph = include_bytes!("../../../reference/cases/onnx/old-form/graph.onnx");
        let constants = onnx_constants("graph.onnx", graph).unwrap();
        assert!(!constants.is_empty() && constants.check_finite().is_ok());
    }
}
