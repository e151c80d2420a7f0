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

#[cfg(test)]
mod tests {
    use crate::pickle::SPLIT_TABLE;
    use crate::pickle::opcode;
    use crate::pickle::pickler::Pickler;
    use crate::pickle::sample::{Told, array, pickle, read, refused};

    fn slice(pickler: &mut Pickler, key: &str, shape: &[usize], data: &[u8]) {
        pickler.text(key);
        array(pickler, Told { code: "u1", order: "|", shape, data, ..Told::default() });
        pickler.op(opcode::SETITEM);
    }

    fn plan(pickler: &mut Pickler, key: &str, shape: &[usize], slices: &[&str]) {
        pickler.text(key);
        pickler.op(opcode::EMPTY_DICT);
        pickler.text("OriginShape");
        pickler.op(opcode::MARK);
        shape.iter().for_each(|&size| pickler.integer(size));
        pickler.tuple(4);
        pickler.op(opcode::SETITEM);
        pickler.text("slices");
        pickler.op(opcode::EMPTY_LIST);
        for slice in slices {
            pickler.text(slice);
            pickler.op(opcode::APPEND);
        }
        pickler.op(opcode::SETITEM);
        pickler.op(opcode::SETITEM);
    }

    fn split(plans: impl Fn(&mut Pickler)) -> Vec<u8> {
        pickle(|pickler| {
            pickler.op(opcode::EMPTY_DICT);
            slice(pickler, "w@@.0", &[4], &[1, 2, 3, 4]);
            slice(pickler, "v", &[1], &[9]);
            slice(pickler, "w@@.1", &[2], &[5, 6]);
            slice(pickler, "w@@.2", &[1, 1], &[7]);
            pickler.text(SPLIT_TABLE);
            pickler.op(opcode::EMPTY_DICT);
            plans(pickler);
            pickler.op(opcode::SETITEM);
        })
    }

    #[test]
    fn slices_are_joined_at_the_end() {
        let bytes = split(|pickler| plan(pickler, "w", &[2, 3], &["w@@.0", "w@@.1"]));
        let checkpoint = read(&bytes).unwrap();
        assert_eq!(checkpoint.keys().collect::<Vec<_>>(), ["v", "w@@.2", "w"]);
        let tensor = checkpoint.get("w").unwrap();
        assert_eq!((tensor.shape(), tensor.bytes()), (&[2, 3][..], &[1, 2, 3, 4, 5, 6][..]));
    }

    #[test]
    fn plans_that_do_not_fit_are_refused_by_key() {
        type Plans = fn(&mut Pickler);
        let cases: [(Plans, &str, &str); 9] = [
            (|p| plan(p, "w", &[2, 3], &["w@@.0", "w@@.9"]), "malformed", "its slice w@@.9 is not there"),
            (|p| plan(p, "w", &[8], &["w@@.0", "w@@.0"]), "malformed", "its slice w@@.0 is not there"),
            (|p| plan(p, "w", &[7], &["w@@.0", "w@@.1"]), "malformed", "its slices have 6 bytes"),
            (|p| plan(p, "w", &[1 << 40, 1 << 40], &["w@@.0"]), "malformed", "its slices have 4 bytes"),
            (|p| plan(p, "w", &[1], &["w@@.2"]), "malformed", "not flat"),
            (|p| plan(p, "w", &[0], &[]), "malformed", "not flat"),
            (|p| plan(p, "v", &[4], &["w@@.0"]), "duplicate-key", "the key v"),
            (
                |p| {
                    plan(p, "w", &[4], &["w@@.0"]);
                    plan(p, "w", &[2], &["w@@.1"]);
                },
                "duplicate-key",
                "the key w",
            ),
            (
                |p| {
                    p.text("w");
                    p.op(opcode::NONE);
                    p.op(opcode::SETITEM);
                },
                "malformed",
                "nothing says how",
            ),
        ];
        for (plans, class, word) in cases {
            let (found, message) = refused(&split(plans));
            assert_eq!(found, class, "{message}");
            assert!(message.contains(word), "{message} lacks {word}");
        }
    }
}
