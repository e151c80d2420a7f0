//! The walk through the tables of a pickle that finds its tensors.

use std::borrow::Cow;
use std::collections::HashSet;

use super::value::{Array, Heap, Id, Value};
use super::{NAME_TABLE, SPLIT_TABLE};
use crate::error::WeightsError;
use crate::limits;
use crate::shown::Shown;
use crate::source::Source;

/// An array under a key.
pub(super) struct Found {
    pub(super) key: String,
    pub(super) id: Id,
    pub(super) array: Array,
    /// The internal name, where the array stands in a pair with it.
    pub(super) param: Option<String>,
}

/// What a walk finds.
pub(super) struct Walk<'a> {
    source: Source<'a>,
    heap: &'a Heap,
    pub(super) found: Vec<Found>,
    /// Name tables, with the prefix of the keys in them.
    pub(super) names: Vec<(String, Id)>,
    /// Tables of cut tensors, likewise.
    pub(super) splits: Vec<(String, Id)>,
    /// Entries of all tables so far.
    entries: usize,
}

/// A table on the way.
struct Level<'a> {
    id: Id,
    rest: std::slice::Iter<'a, (Id, Id)>,
    keys: HashSet<Cow<'a, str>>,
    /// The keys that lead here, each with a dot behind it.
    prefix: String,
    /// Whether all of them are texts.
    is_named: bool,
}

impl<'a> Walk<'a> {
    /// Goes through a table and those in it, depth first, in their order.
    pub(super) fn through(source: Source<'a>, heap: &'a Heap, top: Id) -> Result<Walk<'a>, WeightsError> {
        let mut walk = Walk { source, heap, found: Vec::new(), names: Vec::new(), splits: Vec::new(), entries: 0 };
        let mut levels = vec![walk.enter(top, String::new(), true)?];
        while let Some(level) = levels.last_mut() {
            let Some(&(key, value)) = level.rest.next() else {
                levels.pop();
                continue;
            };
            let text = heap.text(source, key)?;
            let is_named = level.is_named && text.is_some();
            let text = text.unwrap_or(Cow::Borrowed("?"));
            let key = format!("{}{text}", level.prefix);
            if key.len() > limits::KEY_BYTES {
                return Err(source.limit(format!("a key may have {} bytes: {}", limits::KEY_BYTES, Shown(&key))));
            }
            if is_named && !level.keys.insert(text.clone()) {
                return Err(source.duplicate(&key));
            }
            if let Value::Dict(_) = heap.get(value) {
                let prefix = level.prefix.as_str();
                if is_named && walk.is_special(prefix, &text, value)? {
                    continue;
                }
                if levels.iter().any(|level| level.id == value) {
                    return Err(source.malformed(format!("the table {} holds itself", Shown(&key))));
                }
                if levels.len() == limits::DEPTH {
                    return Err(source.limit(format!("tables may stand {} deep in one another", limits::DEPTH)));
                }
                levels.push(walk.enter(value, key + ".", is_named)?);
            } else if let Some(found) = walk.tensor(key, value)? {
                if !is_named {
                    return Err(source.malformed(format!("the tensor {} has a key that is no text", Shown(&found.key))));
                }
                if walk.found.len() == limits::TENSORS {
                    return Err(source.limit(format!("a file may have {} tensors", limits::TENSORS)));
                }
                walk.found.push(found);
            }
        }
        Ok(walk)
    }

    fn enter(&mut self, id: Id, prefix: String, is_named: bool) -> Result<Level<'a>, WeightsError> {
        let entries = self.count(id)?;
        Ok(Level { id, rest: entries.iter(), keys: HashSet::new(), prefix, is_named })
    }

    /// The entries of a table, counted against the limit: a table can stand in many others.
    fn count(&mut self, id: Id) -> Result<&'a [(Id, Id)], WeightsError> {
        let entries: &[(Id, Id)] = match self.heap.get(id) {
            Value::Dict(entries) => entries,
            _ => &[],
        };
        // A table without entries is work, too.
        self.entries += entries.len().max(1);
        if self.entries > limits::ENTRIES {
            return Err(self.source.limit(format!("the tables may have {} entries", limits::ENTRIES)));
        }
        Ok(entries)
    }

    /// Keeps the two tables that speak about tensors for later.
    fn is_special(&mut self, prefix: &str, key: &str, value: Id) -> Result<bool, WeightsError> {
        match key {
            NAME_TABLE => self.names.push((prefix.to_owned(), value)),
            SPLIT_TABLE => self.splits.push((prefix.to_owned(), value)),
            _ => return Ok(false),
        }
        if self.names.len() + self.splits.len() > limits::TABLES {
            return Err(self.source.limit(format!("a file may have {} tables of names and slices", limits::TABLES)));
        }
        self.count(value)?;
        Ok(true)
    }

    /// The array that a value is, alone or in a pair with its name.
    fn tensor(&self, key: String, value: Id) -> Result<Option<Found>, WeightsError> {
        match self.heap.get(value) {
            Value::Array(array) => Ok(Some(Found { key, id: value, array: *array, param: None })),
            Value::Tuple(items) => {
                let &[name, id] = items.as_slice() else { return Ok(None) };
                let Value::Array(array) = self.heap.get(id) else { return Ok(None) };
                let param = self.heap.text(self.source, name)?;
                Ok(param.map(|param| Found { key, id, array: *array, param: Some(param.into_owned()) }))
            }
            _ => Ok(None),
        }
    }
}
