//! What numpy says of an array, and the tensor that it makes.

use std::borrow::Cow;

use super::value::{Array, Heap, Id, Span, Value};
use crate::dtype::DType;
use crate::error::WeightsError;
use crate::limits;
use crate::shown::{Shown, ShownShape};
use crate::source::Source;

/// An array whose type and shape are known and whose data has the right length, as far as that can be told without reading it.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) dtype: DType,
    pub(super) shape: Vec<usize>,
    /// Bytes of the tensor.
    pub(super) size: usize,
    is_big_endian: bool,
    /// The first index runs fastest.
    is_fortran: bool,
    data: Data,
}

#[derive(Debug, Clone, Copy)]
enum Data {
    Bytes(Span),
    /// UTF-8 text of the characters 0 to 255.
    Latin1(Span),
}

/// Reads what is said of one tensor's array.
pub(super) struct ArrayReader<'a> {
    pub(super) source: Source<'a>,
    pub(super) heap: &'a Heap,
    pub(super) key: &'a str,
}

impl ArrayReader<'_> {
    pub(super) fn layout(&self, array: Array) -> Result<Layout, WeightsError> {
        let (shape, dtype, is_fortran, data) = match array {
            Array::Bare => return Err(self.wrong("is an array that was never given its content")),
            Array::Buffer([data, dtype, shape, order]) => (shape, dtype, self.order(order)?, data),
            Array::State(state) => {
                let &[version, shape, dtype, is_fortran, data] = self.tuple(state, "state")? else {
                    return Err(self.wrong("has an array state that is not a tuple of five"));
                };
                if !matches!(self.heap.get(version), Value::Int(1)) {
                    return Err(self.wrong("has an array state of an unknown version"));
                }
                (shape, dtype, self.flag(is_fortran)?, data)
            }
        };
        let (dtype, is_big_endian) = self.dtype(dtype)?;
        let shape = self.shape(shape)?;
        let Some((_, size)) = limits::shape_size(&shape, dtype.size()) else {
            return Err(self.wrong(format_args!("has the shape {}, too large to exist", ShownShape(&shape))));
        };
        let data = self.data(data, size, &shape, dtype)?;
        Ok(Layout { dtype, shape, size, is_big_endian, is_fortran, data })
    }

    fn wrong(&self, what: impl std::fmt::Display) -> WeightsError {
        self.source.malformed_tensor(self.key, what)
    }

    fn tuple(&self, id: Id, what: &str) -> Result<&[Id], WeightsError> {
        match self.heap.get(id) {
            Value::Tuple(items) => Ok(items),
            _ => Err(self.wrong(format_args!("has a {what} that is not a tuple"))),
        }
    }

    fn text(&self, id: Id, what: &str) -> Result<Cow<'_, str>, WeightsError> {
        self.heap.text(self.source, id)?.ok_or_else(|| self.wrong(format_args!("has a {what} that is no text")))
    }

    fn flag(&self, id: Id) -> Result<bool, WeightsError> {
        match self.heap.get(id) {
            Value::Bool(flag) => Ok(*flag),
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            _ => Err(self.wrong("has an order that is neither row-major nor column-major")),
        }
    }

    fn order(&self, id: Id) -> Result<bool, WeightsError> {
        match self.text(id, "order")?.as_ref() {
            "C" => Ok(false),
            "F" => Ok(true),
            _ => Err(self.wrong("has an order that is neither row-major nor column-major")),
        }
    }

    /// The type of the elements, and whether they are big-endian.
    fn dtype(&self, id: Id) -> Result<(DType, bool), WeightsError> {
        let Value::DType { code, state } = *self.heap.get(id) else {
            return Err(self.wrong("has a type that is no numpy.dtype"));
        };
        let code = self.text(code, "type code")?;
        // Without a state the type is that of the machine that wrote it: all that Paddle runs on are little-endian.
        let order = match state {
            None => Cow::Borrowed("="),
            Some(state) => self.byte_order(state)?,
        };
        let Some(dtype) = DType::from_numpy_code(&code) else {
            return Err(self.source.unsupported(self.key, describe(&code)));
        };
        match order.as_ref() {
            "<" | "=" => Ok((dtype, false)),
            ">" => Ok((dtype, true)),
            "|" if dtype.size() == 1 => Ok((dtype, false)),
            _ => Err(self.wrong(format_args!("has the byte order {} for elements of {dtype}", Shown(&order)))),
        }
    }

    /// The byte order in a type's state: version, order, subtype, field names, fields, size, alignment, flags.
    fn byte_order(&self, state: Id) -> Result<Cow<'_, str>, WeightsError> {
        let &[_, order, subtype, names, fields, _, _, _, ..] = self.tuple(state, "type state")? else {
            return Err(self.wrong("has a type state that is too short"));
        };
        let is_plain = [subtype, names, fields].iter().all(|&id| matches!(self.heap.get(id), Value::None));
        if !is_plain {
            return Err(self.source.unsupported(self.key, "records of several fields"));
        }
        self.text(order, "byte order")
    }

    fn shape(&self, id: Id) -> Result<Vec<usize>, WeightsError> {
        let sizes = self.tuple(id, "shape")?;
        if sizes.len() > limits::DIMENSIONS {
            return Err(self.wrong(format_args!("has {} dimensions, more than {}", sizes.len(), limits::DIMENSIONS)));
        }
        let size = |&id: &Id| match *self.heap.get(id) {
            Value::Int(size) => usize::try_from(size).map_err(|_| self.wrong(format_args!("has a dimension of {size} in its shape"))),
            _ => Err(self.wrong("has a dimension in its shape that is no number or too large")),
        };
        sizes.iter().map(size).collect()
    }

    /// The data, which must have the bytes that the shape asks for. For text, which takes one or two bytes for each of them, the
    /// comparison is coarse; the characters are counted when the tensor is made.
    fn data(&self, id: Id, size: usize, shape: &[usize], dtype: DType) -> Result<Data, WeightsError> {
        let (data, range) = match *self.heap.get(id) {
            Value::Bytes(span) | Value::Str(span) => {
                let len = span.of(self.source).len();
                (Data::Bytes(span), len..=len)
            }
            Value::Latin1(span) => {
                let len = span.of(self.source).len();
                (Data::Latin1(span), len.div_ceil(2)..=len)
            }
            _ => return Err(self.wrong("has data that is no sequence of bytes")),
        };
        if range.contains(&size) { Ok(data) } else { Err(self.wrong_size(*range.end(), size, shape, dtype)) }
    }

    fn wrong_size(&self, len: usize, size: usize, shape: &[usize], dtype: DType) -> WeightsError {
        self.wrong(format_args!("of {dtype} and shape {} takes {size} bytes, the file has {len}", ShownShape(shape)))
    }

    /// Writes the tensor's elements behind what is there: row-major, little-endian.
    pub(super) fn append_to(&self, layout: &Layout, bytes: &mut Vec<u8>) -> Result<(), WeightsError> {
        let start = bytes.len();
        let is_straight = !layout.is_fortran || layout.shape.iter().filter(|&&size| size > 1).count() < 2;
        match layout.data {
            Data::Bytes(span) if is_straight => bytes.extend_from_slice(span.of(self.source)),
            Data::Bytes(span) => row_major(span.of(self.source), layout, bytes),
            Data::Latin1(span) => {
                let text = span.of(self.source);
                let len = characters(text);
                if len != layout.size {
                    return Err(self.wrong_size(len, layout.size, &layout.shape, layout.dtype));
                }
                if is_straight {
                    self.decode_latin1(text, len, bytes)?;
                } else {
                    let mut data = Vec::with_capacity(len);
                    self.decode_latin1(text, len, &mut data)?;
                    row_major(&data, layout, bytes);
                }
            }
        }
        if layout.is_big_endian {
            for element in bytes.get_mut(start..).unwrap_or_default().chunks_exact_mut(layout.dtype.size()) {
                element.reverse();
            }
        }
        Ok(())
    }

    /// UTF-8 of the characters 0 to 255 back to the `len` bytes that they stand for.
    fn decode_latin1(&self, text: &[u8], len: usize, bytes: &mut Vec<u8>) -> Result<(), WeightsError> {
        if !is_latin1(text) {
            return Err(self.wrong("has data that is not UTF-8 of the characters 0 to 255"));
        }
        let start = bytes.len();
        bytes.resize(start + len, 0);
        let decoded = bytes.get_mut(start..).unwrap_or_default();
        // Weights are noise to a branch predictor: a lead byte is written, too, and its place taken by the byte behind it.
        let (mut at, mut last) = (0, 0);
        for &byte in text {
            if let Some(place) = decoded.get_mut(at) {
                *place = if is_continuation(byte) { last << 6 | byte & 0x3f } else { byte };
            }
            at += usize::from(!is_lead(byte));
            last = byte;
        }
        Ok(())
    }
}

/// The second byte of a character from 128 to 255.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// The first byte of a character from 128 to 255.
fn is_lead(byte: u8) -> bool {
    byte & 0xfe == 0xc2
}

/// The number of characters of a text in UTF-8. Short stretches are counted in bytes, of which a vector holds many.
fn characters(text: &[u8]) -> usize {
    let count = |stretch: &[u8]| stretch.iter().fold(0, |count, &byte| count + u8::from(!is_continuation(byte)));
    text.chunks(255).map(|stretch| usize::from(count(stretch))).sum()
}

/// Whether a text is UTF-8 of the characters 0 to 255: a byte is a continuation if and only if it follows a lead.
fn is_latin1(text: &[u8]) -> bool {
    let ends = !text.first().copied().is_some_and(is_continuation) && !text.last().copied().is_some_and(is_lead);
    // Numbers instead of truth values, so that the compiler makes vectors of the loops.
    let pairs = text.iter().zip(text.get(1..).unwrap_or_default());
    let wrong = pairs.fold(0, |wrong, (&a, &b)| wrong | (u8::from(is_lead(a)) ^ u8::from(is_continuation(b))));
    let foreign = text.iter().fold(0, |foreign, &byte| foreign | u8::from(byte >= 0x80) & !u8::from(is_continuation(byte) | is_lead(byte)));
    ends && wrong == 0 && foreign == 0
}

/// Column-major elements, written row-major. The data has the bytes that the shape asks for.
fn row_major(data: &[u8], layout: &Layout, bytes: &mut Vec<u8>) {
    let element = layout.dtype.size();
    // Axes with the distance of neighbors along them, in bytes. Axes of size 1 don't matter.
    let mut axes = Vec::with_capacity(layout.shape.len());
    let mut stride = element;
    for &size in &layout.shape {
        if size != 1 {
            axes.push((size, stride));
        }
        stride = stride.saturating_mul(size);
    }
    let Some((last_size, last_stride)) = axes.pop() else {
        return bytes.extend_from_slice(data);
    };
    if data.is_empty() {
        return;
    }
    let mut index = vec![0; axes.len()];
    let mut start = 0;
    loop {
        for i in 0..last_size {
            let at = start + i * last_stride;
            bytes.extend_from_slice(data.get(at..at + element).unwrap_or_default());
        }
        // The next row: the last of the outer axes that has not come to its end goes on by one, those behind it begin anew.
        let mut has_next = false;
        for (position, &(size, stride)) in index.iter_mut().zip(&axes).rev() {
            *position += 1;
            start += stride;
            if *position < size {
                has_next = true;
                break;
            }
            *position = 0;
            start -= size * stride;
        }
        if !has_next {
            return;
        }
    }
}

/// What a numpy type code that can't be read stands for.
fn describe(code: &str) -> String {
    let kind = match code.as_bytes().first() {
        Some(b'O') => "Python objects",
        Some(b'U' | b'S' | b'a') => "text",
        Some(b'c') => "complex numbers",
        Some(b'V') => "records of several fields",
        Some(b'M' | b'm') => "dates or times",
        _ => return format!("elements of numpy's type {}", Shown(code)),
    };
    format!("{kind} (numpy's type {})", Shown(code))
}

#[cfg(test)]
mod tests {
    use crate::DType;
    use crate::pickle::opcode;
    use crate::pickle::sample::{Told, array, global, one, pickle, raw, read, refused, text};

    /// Column-major from row-major, element by element.
    fn column_major(data: &[u8], shape: &[usize], element: usize) -> Vec<u8> {
        let mut out = vec![0; data.len()];
        for (row_major, bytes) in data.chunks(element).enumerate() {
            let (mut rest, mut index) = (row_major, vec![0; shape.len()]);
            for axis in (0..shape.len()).rev() {
                index[axis] = rest % shape[axis];
                rest /= shape[axis];
            }
            let mut at = 0;
            for axis in (0..shape.len()).rev() {
                at = at * shape[axis] + index[axis];
            }
            out[at * element..(at + 1) * element].copy_from_slice(bytes);
        }
        out
    }

    #[test]
    fn column_major_arrays_are_turned() {
        for (code, dtype) in [("u1", DType::U8), ("f2", DType::F16), ("f4", DType::F32), ("f8", DType::F64)] {
            for shape in [&[6][..], &[2, 3], &[1, 5], &[4, 1, 3], &[2, 3, 4, 5], &[0, 3], &[1, 1]] {
                let count: usize = shape.iter().product();
                let data: Vec<u8> = (0..count * dtype.size()).map(|i| (i * 7 % 251) as u8).collect();
                let order = if dtype == DType::U8 { "|" } else { "<" };
                let turned = column_major(&data, shape, dtype.size());
                let told = Told { code, order, shape, is_fortran: true, data: &turned };
                let checkpoint = read(&one(told)).unwrap();
                let tensor = checkpoint.get("w").unwrap();
                assert_eq!((tensor.dtype(), tensor.shape(), tensor.bytes()), (dtype, shape, &data[..]));
            }
        }
    }

    #[test]
    fn big_endian_elements_are_turned() {
        let told = Told { order: ">", shape: &[2], data: &[0x3f, 0x80, 0, 0, 0x40, 0, 0, 0], ..Told::default() };
        assert_eq!(read(&one(told)).unwrap().get("w").unwrap().to_f32().unwrap(), [1.0, 2.0]);
        // Both at once.
        let told = Told { code: "f2", order: ">", shape: &[2, 2], is_fortran: true, data: &[1, 2, 3, 4, 5, 6, 7, 8] };
        assert_eq!(read(&one(told)).unwrap().get("w").unwrap().bytes(), [2, 1, 6, 5, 4, 3, 8, 7]);
    }

    #[test]
    fn what_does_not_fit_is_refused_by_key() {
        let big = [1 << 40, 1 << 40];
        let deep = [1; 33];
        for (told, class, word) in [
            (Told { shape: &[2], ..Told::default() }, "malformed", "takes 8 bytes, the file has 4"),
            (Told { shape: &[], data: &[0; 8], ..Told::default() }, "malformed", "takes 4 bytes"),
            (Told { shape: &big, ..Told::default() }, "malformed", "too large to exist"),
            (Told { shape: &[0, 1 << 40, 1 << 40], data: &[], ..Told::default() }, "malformed", "too large to exist"),
            (Told { shape: &deep, ..Told::default() }, "malformed", "33 dimensions"),
            (Told { order: "|", ..Told::default() }, "malformed", "byte order |"),
            (Told { order: "?", ..Told::default() }, "malformed", "byte order ?"),
            (Told { code: "O8", ..Told::default() }, "unsupported-dtype", "Python objects"),
            (Told { code: "U1", ..Told::default() }, "unsupported-dtype", "text"),
            (Told { code: "c8", ..Told::default() }, "unsupported-dtype", "complex"),
            (Told { code: "V4", ..Told::default() }, "unsupported-dtype", "records"),
            (Told { code: "M8", ..Told::default() }, "unsupported-dtype", "dates"),
            (Told { code: "i2", ..Told::default() }, "unsupported-dtype", "i2"),
            (Told { code: "", ..Told::default() }, "unsupported-dtype", "type"),
        ] {
            let (found, message) = refused(&one(told));
            assert_eq!(found, class, "{message}");
            assert!(message.contains("tensor w") && message.contains(word), "{message} lacks {word}");
        }
    }

    #[test]
    fn buffers_of_protocol_5_are_read_in_both_orders() {
        let with_order = |order: &str| {
            let dtype = [global("numpy", "dtype"), text("u1"), b"\x89\x88\x87R".to_vec()].concat();
            let arguments = [b"(B\x04\0\0\0\x01\x02\x03\x04".to_vec(), dtype, b"K\x02K\x02\x86".to_vec(), text(order)].concat();
            raw(&[b"}", &text("w"), &global("numpy._core.numeric", "_frombuffer"), &arguments, b"tRs"])
        };
        assert_eq!(read(&with_order("C")).unwrap().get("w").unwrap().bytes(), [1, 2, 3, 4]);
        assert_eq!(read(&with_order("F")).unwrap().get("w").unwrap().bytes(), [1, 3, 2, 4]);
        assert!(refused(&with_order("K")).1.contains("tensor w has an order"));
    }

    #[test]
    fn text_of_protocol_2_is_counted_and_checked() {
        let with_text = |data: &[u8]| {
            let start = global("numpy.core.multiarray", "_reconstruct");
            let array = [start, global("numpy", "ndarray"), b"NN\x87R(K\x01K\x04\x85".to_vec()].concat();
            let dtype = [global("numpy", "dtype"), text("u1"), b"\x89\x88\x87R\x89".to_vec()].concat();
            let length = (data.len() as u32).to_le_bytes();
            let encoded = [global("_codecs", "encode"), vec![opcode::BINUNICODE], length.to_vec(), data.to_vec(), text("latin1")].concat();
            raw(&[b"}", &text("w"), &array, &dtype, &encoded, b"\x86Rtbs"])
        };
        assert_eq!(read(&with_text("a\u{80}\u{ff}z".as_bytes())).unwrap().get("w").unwrap().bytes(), [b'a', 0x80, 0xff, b'z']);
        for (data, word) in [
            ("abc".as_bytes(), "has 3"),
            ("abcde".as_bytes(), "has 5"),
            ("ab\u{80}\u{80}\u{80}".as_bytes(), "has 5"),
            ("abc\u{100}".as_bytes(), "characters 0 to 255"),
            (b"abc\xc3", "not UTF-8"),
            (b"a\xc3zz", "not UTF-8"),
            (b"abcd\x80", "not UTF-8"),
            (b"\x80abcd", "not UTF-8"),
            (b"abc\xff", "not UTF-8"),
        ] {
            let (class, message) = refused(&with_text(data));
            assert_eq!(class, "malformed");
            assert!(message.contains("tensor w") && message.contains(word), "{message} lacks {word}");
        }
    }

    #[test]
    fn an_array_without_a_proper_state_is_refused_by_key() {
        let bare = [global("numpy.core.multiarray", "_reconstruct"), global("numpy", "ndarray"), b"NN\x87R".to_vec()].concat();
        for (state, word) in [
            (&b""[..], "never given its content"),
            (b"]b", "state that is not a tuple"),
            (b"(NNNNtb", "not a tuple of five"),
            (b"(K\x02NNNNtb", "unknown version"),
            (b"(K\x01)NNNtb", "order"),
            (b"(K\x01)N\x89Ntb", "no numpy.dtype"),
        ] {
            let (class, message) = refused(&raw(&[b"}", &text("w"), &bare, state, b"s"]));
            assert_eq!(class, "malformed", "{message}");
            assert!(message.contains("tensor w") && message.contains(word), "{message} lacks {word}");
        }
        // Arrays that no key leads to don't matter.
        let unused = pickle(|pickler| {
            pickler.op(opcode::EMPTY_DICT);
            pickler.text("list");
            pickler.op(opcode::EMPTY_LIST);
            array(pickler, Told { code: "O8", ..Told::default() });
            pickler.op(opcode::APPEND);
            pickler.op(opcode::SETITEM);
            pickler.text("w");
            array(pickler, Told::default());
            pickler.op(opcode::SETITEM);
        });
        assert_eq!(read(&unused).unwrap().len(), 1);
    }
}
