//! Constants that several plans of a network have in common.
//!
//! Planning packs weights for the kernels anew each time. Some stay constants of the graph, others end inside the operators that use
//! them; either way they are found by their contents, and a plan that has the same as an earlier one gives its own up.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Weak};

use tract_linalg::mmm::{EagerPackedInput, MMMInputValue, PackedExoticFact};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{Blob, DimLike};
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_core::ops::matmul::optimized::{MatMulOperand, OptMatMul, ProtoFusedSpec};

/// What living plans hold, by a hash of its contents.
#[derive(Default)]
pub(crate) struct Shared {
    tensors: HashMap<u64, Vec<Weak<Tensor>>>,
    packed: HashMap<u64, Vec<Packed>>,
}

/// A packed matrix that a matrix product holds.
struct Packed {
    fact: PackedExoticFact,
    panel_bytes: usize,
    mn: usize,
    bytes: Weak<Blob>,
}

impl Shared {
    /// Replaces the constants of a model that an earlier plan holds too. Gives the bytes of those that are new.
    pub(crate) fn merge(&mut self, model: &mut TypedModel) -> TractResult<usize> {
        self.tensors.values_mut().for_each(|list| list.retain(|tensor| tensor.strong_count() > 0));
        self.packed.values_mut().for_each(|list| list.retain(|packed| packed.bytes.strong_count() > 0));
        self.tensors.retain(|_, list| !list.is_empty());
        self.packed.retain(|_, list| !list.is_empty());
        let mut own = 0;
        for node in model.nodes_mut() {
            own += self.merge_constant(node)?;
            if let Some(product) = node.op_as_mut::<OptMatMul>() {
                own += self.merge_product(product);
            }
        }
        Ok(own)
    }

    fn merge_constant(&mut self, node: &mut TypedNode) -> TractResult<usize> {
        let Some(constant) = node.op_as::<Const>() else { return Ok(0) };
        let tensor = constant.val();
        if tensor.is_plain() && tensor.len() < 64 {
            return Ok(0);
        }
        let exotic = node.outputs.first().and_then(|o| o.fact.exotic_fact.clone());
        let (tensor, fresh) = self.tensor(tensor);
        let bytes = match &exotic {
            _ if !fresh => 0,
            None => tensor.len() * tensor.datum_type().size_of(),
            Some(fact) => fact.mem_size().to_usize().unwrap_or(0),
        };
        for output in &mut node.outputs {
            if output.fact.konst.is_some() {
                output.fact.konst = Some(Arc::clone(&tensor));
            }
        }
        node.op = Box::new(Const::new_with_opt_exotic_fact(tensor, exotic)?);
        Ok(bytes)
    }

    /// The weights that a matrix product has inside.
    fn merge_product(&mut self, product: &mut OptMatMul) -> usize {
        let mut own = 0;
        for step in &mut product.micro_ops {
            let ProtoFusedSpec::AddMatMul { a, b, .. } = step else { continue };
            for operand in [a, b] {
                let MatMulOperand::Const(value) = operand else { continue };
                let Some(input) = value.downcast_mut::<EagerPackedInput>() else { continue };
                match self.packed(input) {
                    Some(known) => input.packed = known,
                    None => own += input.packed.len(),
                }
            }
        }
        own
    }

    /// The known tensor that equals this one, or else this one; and whether it is new.
    fn tensor(&mut self, tensor: &Arc<Tensor>) -> (Arc<Tensor>, bool) {
        let mut hasher = DefaultHasher::new();
        tensor.hash(&mut hasher);
        let list = self.tensors.entry(hasher.finish()).or_default();
        if let Some(known) = list.iter().filter_map(Weak::upgrade).find(|known| known == tensor) {
            return (known, false);
        }
        list.push(Arc::downgrade(tensor));
        (Arc::clone(tensor), true)
    }

    /// The bytes of a known matrix that equals this one. Without one, this one is noted.
    fn packed(&mut self, input: &EagerPackedInput) -> Option<Arc<Blob>> {
        let list = self.packed.entry(sample(input)).or_default();
        let known = list.iter().filter_map(Packed::living).find(|known| equal(known, input));
        if known.is_none() {
            let EagerPackedInput { fact, packed, panel_bytes, mn } = input;
            list.push(Packed { fact: fact.clone(), panel_bytes: *panel_bytes, mn: *mn, bytes: Arc::downgrade(packed) });
        }
        known.map(|known| known.packed)
    }
}

impl Packed {
    fn living(&self) -> Option<EagerPackedInput> {
        let packed = self.bytes.upgrade()?;
        Some(EagerPackedInput { fact: self.fact.clone(), packed, panel_bytes: self.panel_bytes, mn: self.mn })
    }
}

/// A hash of some of a matrix: equality is looked at afterwards.
fn sample(input: &EagerPackedInput) -> u64 {
    let mut hasher = DefaultHasher::new();
    (input.fact.k, input.mn, input.packed.len()).hash(&mut hasher);
    for index in [0, input.mn / 2] {
        row(input, index).unwrap_or_default().iter().for_each(|number| number.to_bits().hash(&mut hasher));
    }
    hasher.finish()
}

/// Whether two packed matrices are the same to every kernel. Their bytes need not be: what fills up the last panel is left as it was
/// found in memory.
fn equal(a: &EagerPackedInput, b: &EagerPackedInput) -> bool {
    let alike = a.fact == b.fact && a.panel_bytes == b.panel_bytes && a.mn == b.mn && a.packed.layout() == b.packed.layout();
    let same = |index| matches!((row(a, index), row(b, index)), (Some(a), Some(b)) if a.iter().map(|n| n.to_bits()).eq(b.iter().map(|n| n.to_bits())));
    alike && (a.packed.as_bytes() == b.packed.as_bytes() || (0..a.mn).all(same))
}

/// A row of the matrix as it was before packing; none where the packing is of another kind.
fn row(input: &EagerPackedInput, index: usize) -> Option<Vec<f32>> {
    let mut numbers = vec![0.0; input.fact.k];
    input.extract_at_mn_f32(index, &mut numbers).ok()?;
    Some(numbers)
}
