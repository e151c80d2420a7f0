//! The values that a pickle builds. They lie in one heap and refer to one another by number: a value can be shared or hold itself, and
//! none is ever walked or freed recursively.

use std::borrow::Cow;

use crate::error::WeightsError;
use crate::limits;
use crate::shown::Shown;
use crate::source::Source;

use super::calls::Global;

/// The number of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Id(u32);

/// A stretch of the file. Texts and data stay there until a tensor is made of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: usize,
    end: usize,
}

impl Span {
    pub(super) const EMPTY: Span = Span { start: 0, end: 0 };

    /// A stretch inside the file: the caller has checked it.
    pub(super) fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    pub(super) fn of<'a>(self, source: Source<'a>) -> &'a [u8] {
        source.bytes.get(self.start..self.end).unwrap_or_default()
    }
}

/// What numpy has been told of an array.
#[derive(Debug, Clone, Copy)]
pub(super) enum Array {
    /// Made by `_reconstruct`, its state is to follow.
    Bare,
    /// Its state: version, shape, type, order, data.
    State(Id),
    /// Made by `_frombuffer`: data, type, shape, order.
    Buffer([Id; 4]),
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// A value of no use here: a float, a long integer, a numpy scalar.
    Other,
    /// Text in UTF-8, not checked yet.
    Text(Span),
    /// A Python 2 string: data, or text in Latin-1.
    Str(Span),
    Bytes(Span),
    /// Data that protocol 2 keeps as UTF-8 text of the characters 0 to 255, not checked yet.
    Latin1(Span),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Global(Global),
    DType {
        code: Id,
        state: Option<Id>,
    },
    Array(Array),
}

/// All values of a pickle.
#[derive(Default)]
pub(super) struct Heap {
    values: Vec<Value>,
}

impl Heap {
    pub(super) fn add(&mut self, source: Source<'_>, value: Value) -> Result<Id, WeightsError> {
        let id = self.values.len();
        if id == limits::VALUES {
            return Err(source.limit(format!("a pickle may build {} values", limits::VALUES)));
        }
        self.values.push(value);
        Ok(Id(id as u32))
    }

    pub(super) fn get(&self, id: Id) -> &Value {
        self.values.get(id.0 as usize).unwrap_or(&Value::None)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Value> {
        self.values.get_mut(id.0 as usize)
    }

    /// The text of a value, if it is one, with the length that keys may have.
    pub(super) fn text<'a>(&self, source: Source<'a>, id: Id) -> Result<Option<Cow<'a, str>>, WeightsError> {
        let (span, is_utf8) = match self.get(id) {
            Value::Text(span) => (span, true),
            Value::Str(span) => (span, false),
            _ => return Ok(None),
        };
        let bytes = span.of(source);
        // In UTF-8 the characters above 127 take two bytes.
        let length = if is_utf8 { bytes.len() } else { bytes.len() + bytes.iter().filter(|byte| !byte.is_ascii()).count() };
        if length > limits::KEY_BYTES {
            let start = String::from_utf8_lossy(bytes.get(..64).unwrap_or_default());
            let what = format!("a key may have {} bytes: {}…", limits::KEY_BYTES, Shown(&start));
            return Err(source.limit(what));
        }
        if !is_utf8 {
            return Ok(Some(bytes.iter().map(|&byte| char::from(byte)).collect()));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(Cow::Borrowed(text))),
            Err(_) => {
                let text = String::from_utf8_lossy(bytes);
                Err(source.malformed(format!("the text {} is not UTF-8", Shown(&text))))
            }
        }
    }
}
