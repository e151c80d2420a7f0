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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::pickle::opcode;
    use crate::pickle::pickler::Pickler;
    use crate::pickle::sample::{Told, array, pickle, raw, read, refused, text};

    fn entry(pickler: &mut Pickler, key: &str) {
        pickler.text(key);
        array(pickler, Told::default());
        pickler.op(opcode::SETITEM);
    }

    /// A pickle of tables in one another, and what stands in the innermost.
    fn nested(depth: usize, inside: impl FnOnce(&mut Pickler)) -> Vec<u8> {
        pickle(|pickler| {
            pickler.op(opcode::EMPTY_DICT);
            for _ in 1..depth {
                pickler.text("a");
                pickler.op(opcode::EMPTY_DICT);
            }
            inside(pickler);
            (1..depth).for_each(|_| pickler.op(opcode::SETITEM));
        })
    }

    #[test]
    fn keys_are_joined_by_dots_and_tables_have_a_depth() {
        let checkpoint = read(&nested(3, |pickler| entry(pickler, "w"))).unwrap();
        assert_eq!(checkpoint.keys().collect::<Vec<_>>(), ["a.a.w"]);
        assert!(read(&nested(limits::DEPTH, |pickler| entry(pickler, "w"))).is_ok());
        assert_eq!(refused(&nested(limits::DEPTH + 1, |pickler| entry(pickler, "w"))).0, "limit");
    }

    #[test]
    fn keys_that_meet_are_refused() {
        let twice = nested(1, |pickler| {
            entry(pickler, "w");
            pickler.text("w");
            pickler.op(opcode::NONE);
            pickler.op(opcode::SETITEM);
        });
        let (class, message) = refused(&twice);
        assert_eq!((class, message.contains("the key w")), ("duplicate-key", true));
        let joined = pickle(|pickler| {
            pickler.op(opcode::EMPTY_DICT);
            entry(pickler, "a.w");
            pickler.text("a");
            pickler.op(opcode::EMPTY_DICT);
            entry(pickler, "w");
            pickler.op(opcode::SETITEM);
        });
        assert_eq!(refused(&joined).0, "duplicate-key");
    }

    #[test]
    fn keys_are_texts_of_a_limited_length() {
        assert!(read(&nested(1, |pickler| entry(pickler, &"k".repeat(limits::KEY_BYTES)))).is_ok());
        assert_eq!(refused(&nested(1, |pickler| entry(pickler, &"k".repeat(limits::KEY_BYTES + 1)))).0, "limit");
        assert_eq!(refused(&nested(2, |pickler| entry(pickler, &"k".repeat(limits::KEY_BYTES - 1)))).0, "limit");
        let not_utf8 = raw(&[b"}X\x01\0\0\0\xffNs"]);
        assert_eq!(refused(&not_utf8).0, "malformed");
        // Numbers may be keys of tables without tensors.
        let numbered = nested(1, |pickler| {
            entry(pickler, "w");
            pickler.text("labels");
            pickler.op(opcode::EMPTY_DICT);
            pickler.integer(1);
            pickler.op(opcode::NONE);
            pickler.op(opcode::SETITEM);
            pickler.op(opcode::SETITEM);
        });
        assert_eq!(read(&numbered).unwrap().len(), 1);
        let nameless = nested(1, |pickler| {
            pickler.integer(1);
            pickler.op(opcode::EMPTY_DICT);
            entry(pickler, "w");
            pickler.op(opcode::SETITEM);
        });
        let (class, message) = refused(&nameless);
        assert_eq!((class, message.contains("?.w")), ("malformed", true));
    }

    #[test]
    fn tables_in_themselves_and_tables_without_end_are_refused_at_once() {
        let start = Instant::now();
        let itself = raw(&[b"}q\x00", &text("a"), b"}", &text("b"), b"h\x00ss"]);
        let (class, message) = refused(&itself);
        assert_eq!((class, message.contains("a.b holds itself")), ("malformed", true));
        // Thirty tables, each ten times in the next.
        let mut laughs = b"}q\x00".to_vec();
        for level in 1..30u8 {
            laughs.push(opcode::EMPTY_DICT);
            for key in 0..10u8 {
                laughs.extend(text(&key.to_string()));
                laughs.extend([opcode::BINGET, level - 1, opcode::SETITEM]);
            }
            laughs.extend([opcode::BINPUT, level]);
        }
        // All but the last are left on the stack: put them into a list under a key.
        let file = [&b"\x80\x02}"[..], &text("all"), b"](", &laughs, b"es", &text("top"), &[opcode::BINGET, 29], b"s."].concat();
        let (class, message) = refused(&file);
        assert_eq!(class, "limit", "{message}");
        assert!(start.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn special_tables_are_limited() {
        let mut body = Vec::new();
        for index in 0..=limits::TABLES {
            body.extend([text(&index.to_string()), b"}".to_vec(), text(NAME_TABLE), b"}ss".to_vec()].concat());
        }
        assert_eq!(refused(&raw(&[b"}", &body])).0, "limit");
    }
}
