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

#[cfg(test)]
mod tests {
    use crate::pickle::opcode;
    use crate::pickle::sample::{global, pickle, raw, refused, text};

    /// Ways to the outside that pickles are known to take, and names near those of the list.
    const HOSTILE: [(&str, &str); 24] = [
        ("os", "system"),
        ("posix", "system"),
        ("nt", "system"),
        ("subprocess", "Popen"),
        ("builtins", "eval"),
        ("builtins", "exec"),
        ("__builtin__", "execfile"),
        ("builtins", "getattr"),
        ("builtins", "__import__"),
        ("importlib", "import_module"),
        ("pkgutil", "resolve_name"),
        ("uuid", "_get_command_stdout"),
        ("operator", "attrgetter"),
        ("functools", "partial"),
        ("runpy", "run_path"),
        ("pickle", "loads"),
        ("numpy", "load"),
        ("numpy", "ndarray.tofile"),
        ("numpy.core.multiarray", "fromfile"),
        ("numpy.core", "multiarray._reconstruct"),
        ("_codecs", "decode"),
        ("collections", "defaultdict"),
        ("builtins", "tuple.__class__"),
        ("NUMPY", "dtype"),
    ];

    #[test]
    fn names_that_are_not_on_the_list_are_refused_and_shown() {
        for (module, name) in HOSTILE {
            let as_lines = raw(&[&global(module, name), b")R"]);
            let on_the_stack = pickle(|pickler| {
                pickler.text(module);
                pickler.text(name);
                pickler.op(opcode::STACK_GLOBAL);
            });
            for bytes in [as_lines, on_the_stack] {
                let (class, message) = refused(&bytes);
                assert_eq!(class, "unsafe", "{message}");
                assert!(message.contains(&format!("{module}.{name}")), "{message}");
            }
        }
    }

    #[test]
    fn a_name_is_printed_harmlessly() {
        let (class, message) = refused(&raw(&[&global("\u{1b}[2J\u{202e}os", &"x".repeat(100_000))]));
        assert_eq!(class, "unsafe");
        assert!(!message.contains('\u{1b}') && !message.contains('\u{202e}') && message.len() < 700, "{message}");
    }

    #[test]
    fn an_array_class_is_not_called_and_text_is_encoded_in_one_way_only() {
        let (class, message) = refused(&raw(&[&global("numpy", "ndarray"), b")R"]));
        assert_eq!(class, "unsafe");
        assert!(message.contains("numpy.ndarray"), "{message}");
        let encode = |encoding: &str| raw(&[&global("_codecs", "encode"), &text("x"), &text(encoding), b"\x86R"]);
        assert_eq!(refused(&encode("rot13")).0, "unsafe");
        assert_eq!(refused(&encode("latin1")).0, "not-a-state-dict");
    }

    #[test]
    fn calls_with_other_arguments_are_malformed() {
        for instructions in [
            // _reconstruct of something that is no array class, and with too few arguments.
            &[global("numpy.core.multiarray", "_reconstruct"), b"K\x00K\x00K\x00\x87R".to_vec()][..],
            &[global("numpy.core.multiarray", "_reconstruct"), global("numpy", "ndarray"), b"\x85R".to_vec()],
            &[global("numpy", "dtype"), b")R".to_vec()],
            &[global("numpy.core.numeric", "_frombuffer"), b")R".to_vec()],
            &[global("collections", "OrderedDict"), b"]\x85R".to_vec()],
            &[global("builtins", "bytes"), b"K\xff\x85R".to_vec()],
            &[global("builtins", "tuple"), b"]\x85R".to_vec()],
            &[global("_codecs", "encode"), b"NN\x86R".to_vec()],
            // No tuple of arguments, no function.
            &[global("numpy", "dtype"), b"NR".to_vec()],
            &[b"N)R".to_vec()],
            &[b"NN\x93".to_vec()],
        ] {
            let parts: Vec<&[u8]> = instructions.iter().map(Vec::as_slice).collect();
            let (class, message) = refused(&raw(&parts));
            assert_eq!(class, "malformed", "{message}");
        }
    }
}
