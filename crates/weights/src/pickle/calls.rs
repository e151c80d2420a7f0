//! The names that a pickle of weights may use, and what a call of each makes. They are matched as text; nothing is ever looked up or
//! run. The list is that of files written by Paddle with numpy 1 and 2 and by Python 2.

use super::value::{Array, Heap, Id, Span, Value};
use crate::error::WeightsError;
use crate::shown::Shown;
use crate::source::Source;

/// A name on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Global {
    Reconstruct,
    NdArray,
    DType,
    FromBuffer,
    Scalar,
    Encode,
    Tuple,
    Bytes,
    OrderedDict,
}

impl Global {
    /// The entry of a module and a name. numpy 2 has moved its modules below `_core`; Python 2 calls `builtins` otherwise.
    pub(super) fn find(module: &str, name: &str) -> Option<Global> {
        Some(match (module, name) {
            ("numpy.core.multiarray" | "numpy._core.multiarray", "_reconstruct") => Global::Reconstruct,
            ("numpy.core.multiarray" | "numpy._core.multiarray", "scalar") => Global::Scalar,
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Global::FromBuffer,
            ("numpy", "ndarray") => Global::NdArray,
            ("numpy", "dtype") => Global::DType,
            ("_codecs", "encode") => Global::Encode,
            ("builtins" | "__builtin__", "tuple") => Global::Tuple,
            ("builtins" | "__builtin__", "bytes") => Global::Bytes,
            ("collections", "OrderedDict") => Global::OrderedDict,
            _ => return None,
        })
    }
}

/// What a call of a name with these arguments makes: a new value, or one of the arguments.
pub(super) enum Made {
    New(Value),
    Known(Id),
}

/// A call, standing at a place in the file.
pub(super) struct Call<'a> {
    pub(super) source: Source<'a>,
    pub(super) heap: &'a Heap,
    pub(super) at: usize,
}

impl Call<'_> {
    pub(super) fn make(&self, global: Global, arguments: &[Id]) -> Result<Made, WeightsError> {
        let value = match (global, arguments) {
            (Global::NdArray, _) => {
                return Err(self.source.unsafe_at(self.at, "a call of numpy.ndarray itself"));
            }
            (Global::Reconstruct, [class, _, _]) if matches!(self.heap.get(*class), Value::Global(Global::NdArray)) => {
                Value::Array(Array::Bare)
            }
            (Global::FromBuffer, &[data, dtype, shape, order]) => Value::Array(Array::Buffer([data, dtype, shape, order])),
            (Global::DType, &[code, _, _]) => Value::DType { code, state: None },
            (Global::Scalar, [_, _]) => Value::Other,
            (Global::Encode, &[text, encoding]) => self.encode(text, encoding)?,
            (Global::Tuple, &[pair]) if matches!(self.heap.get(pair), Value::Tuple(_)) => return Ok(Made::Known(pair)),
            // How protocol 2 writes the data of an empty array.
            (Global::Bytes, []) => Value::Bytes(Span::EMPTY),
            (Global::OrderedDict, []) => Value::Dict(Vec::new()),
            _ => {
                let what = format!("{global:?} is called at byte {} with other arguments than weights need", self.at);
                return Err(self.source.malformed(what));
            }
        };
        Ok(Made::New(value))
    }

    /// `_codecs.encode(text, 'latin1')`: the data of an array in protocol 2. Another encoding is another function.
    fn encode(&self, text: Id, encoding: Id) -> Result<Value, WeightsError> {
        let Some(encoding) = self.heap.text(self.source, encoding)? else {
            return Err(self.source.malformed(format!("the encoding at byte {} is no text", self.at)));
        };
        if encoding != "latin1" {
            let what = format!("the function _codecs.encode with the encoding {}", Shown(&encoding));
            return Err(self.source.unsafe_at(self.at, what));
        }
        match self.heap.get(text) {
            Value::Text(span) => Ok(Value::Latin1(*span)),
            _ => Err(self.source.malformed(format!("what is encoded at byte {} is no text", self.at))),
        }
    }
}
