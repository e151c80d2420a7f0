//! Tensors that protocols 2 and 3 had to cut: flat slices under keys of their own, and a table that says how to join them.

use std::collections::{HashMap, HashSet};

use super::table::Laid;
use super::value::{Heap, Id, Value};
use crate::error::WeightsError;
use crate::limits;
use crate::shown::{Shown, ShownShape};
use crate::source::Source;

/// A tensor that is joined from slices.
pub(super) struct Joined {
    pub(super) key: String,
    pub(super) shape: Vec<usize>,
    /// One-dimensional, of one type; together they have the bytes of the shape.
    pub(super) slices: Vec<Laid>,
}

/// Takes the slices out of the tensors and puts them together.
pub(super) fn join(
    source: Source<'_>,
    heap: &Heap,
    tables: &[(String, Id)],
    tensors: Vec<Laid>,
) -> Result<(Vec<Laid>, Vec<Joined>), WeightsError> {
    let plans = plans(source, heap, tables)?;
    if plans.is_empty() {
        return Ok((tensors, Vec::new()));
    }
    let slices: HashSet<&str> = plans.iter().flat_map(|plan| &plan.slices).map(String::as_str).collect();
    let (slices, whole): (Vec<Laid>, Vec<Laid>) = tensors.into_iter().partition(|tensor| slices.contains(tensor.key.as_str()));
    let mut by_key = HashMap::new();
    for slice in slices {
        let key = slice.key.clone();
        if by_key.insert(key.clone(), slice).is_some() {
            return Err(source.duplicate(&key));
        }
    }
    let joined = plans.into_iter().map(|plan| plan.join(source, &mut by_key)).collect::<Result<_, _>>()?;
    Ok((whole, joined))
}

/// How one tensor was cut.
struct Plan {
    key: String,
    shape: Vec<usize>,
    /// The slices' keys, in order.
    slices: Vec<String>,
}

/// Reads the tables: key → { OriginShape: tuple, slices: list of keys }.
fn plans(source: Source<'_>, heap: &Heap, tables: &[(String, Id)]) -> Result<Vec<Plan>, WeightsError> {
    let mut plans = Vec::new();
    let mut slices = 0;
    for (prefix, table) in tables {
        let Value::Dict(entries) = heap.get(*table) else { continue };
        for &(key, plan) in entries {
            let Some(key) = heap.text(source, key)? else {
                return Err(source.malformed("the table of cut tensors has a key that is no text"));
            };
            let plan = Plan::read(source, heap, prefix, format!("{prefix}{key}"), plan)?;
            slices += plan.slices.len();
            if slices > limits::TENSORS || plans.len() == limits::TENSORS {
                return Err(source.limit(format!("a file may have {} slices", limits::TENSORS)));
            }
            plans.push(plan);
        }
    }
    Ok(plans)
}

impl Plan {
    fn read(source: Source<'_>, heap: &Heap, prefix: &str, key: String, plan: Id) -> Result<Plan, WeightsError> {
        let wrong = |what: &str| source.malformed_tensor(&key, format_args!("was cut, but {what}"));
        let Value::Dict(entries) = heap.get(plan) else {
            return Err(wrong("nothing says how"));
        };
        let field = |wanted: &str| {
            let mut values = entries.iter().filter(|(name, _)| matches!(heap.text(source, *name), Ok(Some(name)) if name == wanted));
            values.next().map(|(_, value)| heap.get(*value))
        };
        let Some(Value::Tuple(shape) | Value::List(shape)) = field("OriginShape") else {
            return Err(wrong("its shape is not told"));
        };
        let Some(Value::List(names) | Value::Tuple(names)) = field("slices") else {
            return Err(wrong("its slices are not told"));
        };
        if shape.len() > limits::DIMENSIONS || names.len() > limits::TENSORS {
            return Err(wrong("into more slices or dimensions than there can be"));
        }
        let size = |&id: &Id| match *heap.get(id) {
            Value::Int(size) => usize::try_from(size).ok(),
            _ => None,
        };
        let Some(shape) = shape.iter().map(size).collect::<Option<Vec<usize>>>() else {
            return Err(wrong("its shape holds something that is no size"));
        };
        let mut slices = Vec::with_capacity(names.len());
        for &name in names {
            match heap.text(source, name)? {
                Some(name) => slices.push(format!("{prefix}{name}")),
                None => return Err(wrong("the name of a slice is no text")),
            }
        }
        Ok(Plan { key, shape, slices })
    }

    /// Takes the slices out of the map, so that none serves twice.
    fn join(self, source: Source<'_>, by_key: &mut HashMap<String, Laid>) -> Result<Joined, WeightsError> {
        let Plan { key, shape, slices: names } = self;
        let mut slices = Vec::with_capacity(names.len());
        for name in &names {
            let Some(slice) = by_key.remove(name) else {
                return Err(source.malformed_tensor(&key, format_args!("was cut, but its slice {} is not there", Shown(name))));
            };
            slices.push(slice);
        }
        let dtypes: HashSet<_> = slices.iter().map(|slice| slice.layout.dtype).collect();
        let is_flat = slices.iter().all(|slice| slice.layout.shape.len() == 1);
        let (Some(dtype), 1, true) = (slices.first().map(|slice| slice.layout.dtype), dtypes.len(), is_flat) else {
            return Err(source.malformed_tensor(&key, "was cut, but its slices are not flat and of one type"));
        };
        let size = slices.iter().map(|slice| slice.layout.size).sum();
        if limits::shape_size(&shape, dtype.size()).map(|(_, size)| size) != Some(size) {
            let shape = ShownShape(&shape);
            return Err(source.malformed_tensor(&key, format_args!("was cut from shape {shape}, but its slices have {size} bytes")));
        }
        Ok(Joined { key, shape, slices })
    }
}
