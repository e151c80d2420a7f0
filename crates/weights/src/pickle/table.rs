//! From the tables of a pickle to the checkpoint: which arrays are tensors, what they are called, and their bytes.

use std::collections::HashMap;

use super::array::{ArrayReader, Layout};
use super::split;
use super::value::{Heap, Id, Value};
use super::walk::{Found, Walk};
use crate::checkpoint::Checkpoint;
use crate::dtype::DType;
use crate::error::WeightsError;
use crate::limits;
use crate::source::Source;
use crate::tensor::Tensor;

/// A tensor whose layout is known.
pub(super) struct Laid {
    pub(super) key: String,
    pub(super) layout: Layout,
    array: Id,
    param: Option<String>,
}

/// Makes the checkpoint of a pickle's values.
pub(super) fn read(source: Source<'_>, heap: &Heap, top: Id) -> Result<Checkpoint, WeightsError> {
    if !matches!(heap.get(top), Value::Dict(_)) {
        return Err(source.not_a_state_dict(describe(heap, top)));
    }
    let Walk { mut found, names, splits, .. } = Walk::through(source, heap, top)?;
    // As paddle.load has it: if any array stands in a pair with its name, the others are no tensors.
    if found.iter().any(|tensor| tensor.param.is_some()) {
        found.retain(|tensor| tensor.param.is_some());
    }
    if found.is_empty() {
        return Err(source.not_a_state_dict("a table without a tensor"));
    }
    let laid = lay_out(source, heap, found)?;
    let (whole, joined) = split::join(source, heap, &splits, laid)?;
    let mut checkpoint = Checkpoint::named(source.file);
    let mut made: HashMap<Id, Tensor> = HashMap::new();
    for Laid { key, layout, array, param } in whole {
        let tensor = match made.get(&array) {
            Some(tensor) => tensor.clone(),
            None => {
                let tensor = make(source, heap, layout.shape.clone(), &[(&key, &layout)])?;
                made.insert(array, tensor.clone());
                tensor
            }
        };
        insert(source, &mut checkpoint, key, tensor, param)?;
    }
    for split::Joined { key, shape, slices } in joined {
        let slices: Vec<(&str, &Layout)> = slices.iter().map(|slice| (slice.key.as_str(), &slice.layout)).collect();
        let tensor = make(source, heap, shape, &slices)?;
        insert(source, &mut checkpoint, key, tensor, None)?;
    }
    name(source, heap, &names, &mut checkpoint)?;
    Ok(checkpoint)
}

/// Reads what is said of each array. Arrays may share their data; together they can't be much more than the file.
fn lay_out(source: Source<'_>, heap: &Heap, found: Vec<Found>) -> Result<Vec<Laid>, WeightsError> {
    let most = source.bytes.len().saturating_mul(limits::SHARING);
    let mut total = 0usize;
    let mut laid = Vec::with_capacity(found.len());
    for Found { key, id, array, param } in found {
        let layout = ArrayReader { source, heap, key: &key }.layout(array)?;
        total = total.saturating_add(layout.size);
        if total > most {
            let what = format!("its tensors share data and take more than {} times the file's bytes together", limits::SHARING);
            return Err(source.limit(what));
        }
        laid.push(Laid { key, layout, array: id, param });
    }
    Ok(laid)
}

/// Makes a tensor of one array, or of several that follow one another.
fn make(source: Source<'_>, heap: &Heap, shape: Vec<usize>, parts: &[(&str, &Layout)]) -> Result<Tensor, WeightsError> {
    // Not more than a few times the file's length: `lay_out` has seen to it.
    let mut bytes = Vec::with_capacity(parts.iter().map(|(_, layout)| layout.size).sum());
    for &(key, layout) in parts {
        ArrayReader { source, heap, key }.append_to(layout, &mut bytes)?;
    }
    let dtype = parts.first().map_or(DType::F32, |(_, layout)| layout.dtype);
    Ok(Tensor::from_checked(dtype, shape, bytes))
}

fn insert(source: Source<'_>, checkpoint: &mut Checkpoint, key: String, tensor: Tensor, param: Option<String>) -> Result<(), WeightsError> {
    if checkpoint.get(&key).is_some() {
        return Err(source.duplicate(&key));
    }
    let tensor = match param {
        Some(param) => tensor.with_param(param),
        None => tensor,
    };
    checkpoint.insert(key, tensor);
    Ok(())
}

/// Gives the tensors the internal names of the name tables. A table may name what is no tensor.
fn name(source: Source<'_>, heap: &Heap, tables: &[(String, Id)], checkpoint: &mut Checkpoint) -> Result<(), WeightsError> {
    for (prefix, table) in tables {
        let Value::Dict(entries) = heap.get(*table) else { continue };
        for &(key, name) in entries {
            if let (Some(key), Some(name)) = (heap.text(source, key)?, heap.text(source, name)?) {
                checkpoint.name_param(&format!("{prefix}{key}"), &name);
            }
        }
    }
    Ok(())
}

/// What a pickle holds that holds no table.
fn describe(heap: &Heap, top: Id) -> &'static str {
    match heap.get(top) {
        Value::List(_) => "a list",
        Value::Array(_) => "a single tensor without a name",
        Value::Tuple(items) => match items.as_slice() {
            &[_, array] if matches!(heap.get(array), Value::Array(_)) => "a single tensor without a key",
            _ => "a tuple",
        },
        Value::None => "nothing (None)",
        Value::Text(_) | Value::Str(_) => "a text",
        _ => "a single value",
    }
}

#[cfg(test)]
mod tests {
    use crate::pickle::opcode;
    use crate::pickle::pickler::Pickler;
    use crate::pickle::sample::{Told, array, pickle, raw, read, refused};

    fn pair(pickler: &mut Pickler, key: &str, name: &str) {
        pickler.text(key);
        pickler.text(name);
        array(pickler, Told::default());
        pickler.tuple(2);
        pickler.op(opcode::SETITEM);
    }

    #[test]
    fn where_pairs_stand_arrays_alone_are_no_tensors() {
        let bytes = pickle(|pickler| {
            pickler.op(opcode::EMPTY_DICT);
            pickler.text("mean");
            array(pickler, Told::default());
            pickler.op(opcode::SETITEM);
            pair(pickler, "w", "conv2d_0.w_0");
        });
        let checkpoint = read(&bytes).unwrap();
        assert_eq!(checkpoint.keys().collect::<Vec<_>>(), ["w"]);
        assert_eq!(checkpoint.get("w").unwrap().param(), Some("conv2d_0.w_0"));
    }

    #[test]
    fn shared_arrays_share_their_bytes_within_a_limit() {
        let shared = |keys: usize, data: &[u8]| {
            pickle(|pickler| {
                pickler.op(opcode::EMPTY_DICT);
                pickler.text("0");
                array(pickler, Told { code: "u1", order: "|", shape: &[data.len()], data, ..Told::default() });
                let index = pickler.memoize();
                pickler.op(opcode::SETITEM);
                for key in 1..keys {
                    pickler.text(&key.to_string());
                    pickler.recall(index);
                    pickler.op(opcode::SETITEM);
                }
            })
        };
        let checkpoint = read(&shared(2, &[7; 1000])).unwrap();
        let [a, b] = ["0", "1"].map(|key| checkpoint.get(key).unwrap().bytes());
        assert!(std::ptr::eq(a, b) && a == [7; 1000]);
        let (class, message) = refused(&shared(1000, &[7; 100_000]));
        assert_eq!((class, message.contains("share data")), ("limit", true));
    }

    #[test]
    fn what_is_no_table_of_tensors_is_named() {
        for (body, word) in
            [(&b"]"[..], "a list"), (b"N", "None"), (b"K\x01", "single value"), (b")", "a tuple"), (b"}", "without a tensor")]
        {
            let (class, message) = refused(&raw(&[body]));
            assert_eq!(class, "not-a-state-dict");
            assert!(message.contains(word), "{message} lacks {word}");
        }
        let single = pickle(|pickler| array(pickler, Told::default()));
        assert!(refused(&single).1.contains("a single tensor"));
        let pair = pickle(|pickler| {
            pickler.text("linear_0.w_0");
            array(pickler, Told::default());
            pickler.tuple(2);
        });
        assert!(refused(&pair).1.contains("a single tensor"));
    }
}
