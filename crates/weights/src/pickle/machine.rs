//! The stack machine. It knows the instructions that files of weights consist of and refuses every other.

use std::collections::HashMap;

use super::calls::{Call, Global, Made};
use super::cursor::Cursor;
use super::opcode;
use super::value::{Array, Heap, Id, Span, Value};
use crate::error::WeightsError;
use crate::limits;
use crate::shown::Shown;
use crate::source::Source;

/// Runs a pickle to its end: the values and the one on top.
pub(super) fn run(source: Source<'_>) -> Result<(Heap, Id), WeightsError> {
    let code = Cursor::new(source);
    let mut machine = Machine { source, code, heap: Heap::default(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    machine.code.protocol()?;
    loop {
        match machine.code.opcode()? {
            opcode::STOP => return machine.stop(),
            opcode => machine.step(opcode)?,
        }
    }
}

struct Machine<'a> {
    source: Source<'a>,
    code: Cursor<'a>,
    heap: Heap,
    stack: Vec<Id>,
    /// Heights of the stack at each mark.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

type Step = Result<(), WeightsError>;

impl Machine<'_> {
    fn step(&mut self, opcode: u8) -> Step {
        match opcode {
            opcode::MARK => self.mark(),
            opcode::FRAME => self.code.frame(),
            opcode::NONE => self.push_new(Value::None),
            opcode::NEWTRUE => self.push_new(Value::Bool(true)),
            opcode::NEWFALSE => self.push_new(Value::Bool(false)),
            opcode::BININT | opcode::BININT1 | opcode::BININT2 => self.integer(opcode),
            opcode::LONG1 | opcode::LONG4 => self.long(opcode),
            opcode::BINFLOAT => {
                self.code.take(8)?;
                self.push_new(Value::Other)
            }
            opcode::BINUNICODE | opcode::SHORT_BINUNICODE | opcode::BINUNICODE8 => self.string(opcode, Value::Text),
            opcode::BINSTRING | opcode::SHORT_BINSTRING => self.string(opcode, Value::Str),
            opcode::BINBYTES | opcode::SHORT_BINBYTES | opcode::BINBYTES8 | opcode::BYTEARRAY8 => self.string(opcode, Value::Bytes),
            opcode::EMPTY_LIST => self.push_new(Value::List(Vec::new())),
            opcode::EMPTY_DICT => self.push_new(Value::Dict(Vec::new())),
            opcode::EMPTY_TUPLE => self.push_new(Value::Tuple(Vec::new())),
            opcode::TUPLE | opcode::TUPLE1 | opcode::TUPLE2 | opcode::TUPLE3 => self.tuple(opcode),
            opcode::APPEND | opcode::APPENDS => self.append(opcode),
            opcode::SETITEM | opcode::SETITEMS => self.set_items(opcode),
            opcode::BINPUT | opcode::LONG_BINPUT | opcode::MEMOIZE => self.put(opcode),
            opcode::BINGET | opcode::LONG_BINGET => self.get(opcode),
            opcode::GLOBAL => self.global(),
            opcode::STACK_GLOBAL => self.stack_global(),
            opcode::REDUCE => self.reduce(),
            opcode::BUILD => self.build(),
            opcode::PROTO => Err(self.here("names its protocol a second time")),
            _ => Err(self.refuse(opcode)),
        }
    }

    /// The end: one value is left, and nothing follows.
    fn stop(mut self) -> Result<(Heap, Id), WeightsError> {
        let top = self.pop()?;
        if !self.stack.is_empty() || !self.marks.is_empty() {
            return Err(self.here("ends with values left over"));
        }
        match self.code.rest() {
            0 => Ok((self.heap, top)),
            rest => Err(self.here(format_args!("ends, and {rest} bytes follow"))),
        }
    }

    fn refuse(&self, opcode: u8) -> WeightsError {
        match opcode::refused(opcode) {
            Some(name) => self.source.unsafe_at(self.code.opcode_at, format!("the pickle instruction {name}")),
            None => self.here(format_args!("has a byte {opcode:#04x} that is no instruction")),
        }
    }

    /// An error about the instruction that is being done.
    fn here(&self, what: impl std::fmt::Display) -> WeightsError {
        self.code.malformed(what)
    }
}

/// The stack.
impl Machine<'_> {
    fn push(&mut self, id: Id) -> Step {
        if self.stack.len() + self.marks.len() == limits::STACK {
            return Err(self.source.limit(format!("a pickle's stack may hold {} values", limits::STACK)));
        }
        self.stack.push(id);
        Ok(())
    }

    fn push_new(&mut self, value: Value) -> Step {
        let id = self.heap.add(self.source, value)?;
        self.push(id)
    }

    fn mark(&mut self) -> Step {
        if self.stack.len() + self.marks.len() == limits::STACK {
            return Err(self.source.limit(format!("a pickle's stack may hold {} values", limits::STACK)));
        }
        self.marks.push(self.stack.len());
        Ok(())
    }

    /// The height that may not be popped below.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    fn pop(&mut self) -> Result<Id, WeightsError> {
        if self.stack.len() <= self.floor() {
            return Err(self.here("takes a value from an empty stack"));
        }
        self.stack.pop().ok_or_else(|| self.here("takes a value from an empty stack"))
    }

    fn top(&self) -> Result<Id, WeightsError> {
        match self.stack.last() {
            Some(&top) if self.stack.len() > self.floor() => Ok(top),
            _ => Err(self.here("uses the top of an empty stack")),
        }
    }

    fn pop_many(&mut self, count: usize) -> Result<Vec<Id>, WeightsError> {
        if self.stack.len() - self.floor() < count {
            return Err(self.here("takes a value from an empty stack"));
        }
        Ok(self.stack.split_off(self.stack.len() - count))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Id>, WeightsError> {
        match self.marks.pop() {
            Some(height) => Ok(self.stack.split_off(height)),
            None => Err(self.here("looks for a mark that is not there")),
        }
    }
}

/// Instructions.
impl Machine<'_> {
    fn integer(&mut self, opcode: u8) -> Step {
        let value = match opcode {
            opcode::BININT1 => i64::from(self.code.byte()?),
            opcode::BININT2 => i64::from(u16::from_le_bytes(self.code.array()?)),
            _ => i64::from(i32::from_le_bytes(self.code.array()?)),
        };
        self.push_new(Value::Int(value))
    }

    /// A long integer: little-endian two's complement. One of more than 64 bits is of no use here.
    fn long(&mut self, opcode: u8) -> Step {
        let length = self.code.length(opcode)?;
        let bytes = self.code.take(length)?.of(self.source);
        if length > 8 {
            return self.push_new(Value::Other);
        }
        let is_negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut extended = [if is_negative { 0xff } else { 0 }; 8];
        for (to, from) in extended.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.push_new(Value::Int(i64::from_le_bytes(extended)))
    }

    fn string(&mut self, opcode: u8, value: fn(Span) -> Value) -> Step {
        let length = self.code.length(opcode)?;
        let span = self.code.take(length)?;
        self.push_new(value(span))
    }

    fn tuple(&mut self, opcode: u8) -> Step {
        let items = match opcode {
            opcode::TUPLE1 => self.pop_many(1)?,
            opcode::TUPLE2 => self.pop_many(2)?,
            opcode::TUPLE3 => self.pop_many(3)?,
            _ => self.pop_to_mark()?,
        };
        self.push_new(Value::Tuple(items))
    }

    fn append(&mut self, opcode: u8) -> Step {
        let items = if opcode == opcode::APPEND { self.pop_many(1)? } else { self.pop_to_mark()? };
        let list = self.top()?;
        match self.heap.get_mut(list) {
            Some(Value::List(list)) => {
                list.extend(items);
                Ok(())
            }
            _ => Err(self.here("appends to something that is no list")),
        }
    }

    fn set_items(&mut self, opcode: u8) -> Step {
        let items = if opcode == opcode::SETITEM { self.pop_many(2)? } else { self.pop_to_mark()? };
        let (pairs, rest) = items.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(self.here("sets a key without a value"));
        }
        let is_key = |id: Id| !matches!(self.heap.get(id), Value::Dict(_) | Value::List(_) | Value::Array(_));
        if !pairs.iter().all(|&[key, _]| is_key(key)) {
            return Err(self.here("uses a list, a table or an array as a key"));
        }
        let dict = self.top()?;
        match self.heap.get_mut(dict) {
            Some(Value::Dict(dict)) => {
                dict.extend(pairs.iter().map(|&[key, value]| (key, value)));
                Ok(())
            }
            _ => Err(self.here("sets a key of something that is no table")),
        }
    }

    fn put(&mut self, opcode: u8) -> Step {
        let index = match opcode {
            opcode::BINPUT => u32::from(self.code.byte()?),
            opcode::LONG_BINPUT => u32::from_le_bytes(self.code.array()?),
            // Not more than the limit.
            _ => self.memo.len() as u32,
        };
        if self.memo.len() == limits::VALUES {
            return Err(self.source.limit(format!("a pickle's memo may have {} entries", limits::VALUES)));
        }
        let top = self.top()?;
        self.memo.insert(index, top);
        Ok(())
    }

    fn get(&mut self, opcode: u8) -> Step {
        let index = match opcode {
            opcode::BINGET => u32::from(self.code.byte()?),
            _ => u32::from_le_bytes(self.code.array()?),
        };
        match self.memo.get(&index) {
            Some(&id) => self.push(id),
            None => Err(self.here(format_args!("reads entry {index} of its memo, which was never set"))),
        }
    }

    fn global(&mut self) -> Step {
        let module = self.code.line()?.of(self.source);
        let name = self.code.line()?.of(self.source);
        self.push_global(&lossy(module), &lossy(name))
    }

    fn stack_global(&mut self) -> Step {
        let names = self.pop_many(2)?;
        let &[module, name] = names.as_slice() else {
            return Err(self.here("takes a value from an empty stack"));
        };
        match (self.heap.text(self.source, module)?, self.heap.text(self.source, name)?) {
            (Some(module), Some(name)) => self.push_global(&module, &name),
            _ => Err(self.here("names a function by something that is no text")),
        }
    }

    fn push_global(&mut self, module: &str, name: &str) -> Step {
        match Global::find(module, name) {
            Some(global) => self.push_new(Value::Global(global)),
            None => {
                let what = format!("the function or class {}.{}", Shown(module), Shown(name));
                Err(self.source.unsafe_at(self.code.opcode_at, what))
            }
        }
    }

    fn reduce(&mut self) -> Step {
        let arguments = self.pop()?;
        let callee = self.pop()?;
        let Value::Global(global) = *self.heap.get(callee) else {
            return Err(self.here("calls something that is no function"));
        };
        let Value::Tuple(arguments) = self.heap.get(arguments) else {
            return Err(self.here("calls a function without a tuple of arguments"));
        };
        let call = Call { source: self.source, heap: &self.heap, at: self.code.opcode_at };
        match call.make(global, arguments)? {
            Made::New(value) => self.push_new(value),
            Made::Known(id) => self.push(id),
        }
    }

    /// Gives an array or a type its state. The state is looked at later, when its key is known.
    fn build(&mut self) -> Step {
        let state_id = self.pop()?;
        let target = self.top()?;
        match self.heap.get_mut(target) {
            Some(Value::Array(array @ Array::Bare)) => *array = Array::State(state_id),
            Some(Value::DType { state: state @ None, .. }) => *state = Some(state_id),
            _ => return Err(self.here("gives a state to something that is no new array or type")),
        }
        Ok(())
    }
}

/// The start of a name, in whatever encoding, for the list and for messages.
fn lossy(name: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(name.get(..256).unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::pickle::sample::{global, raw, refused, text};

    #[test]
    fn long_integers_are_twos_complement() {
        let value = |bytes: &[u8]| {
            let file = raw(&[&[opcode::LONG1, bytes.len() as u8], bytes]);
            let (heap, top) = run(Source { file: "test", bytes: &file }).unwrap();
            match heap.get(top) {
                Value::Int(value) => Some(*value),
                _ => None,
            }
        };
        assert_eq!(value(&[]), Some(0));
        assert_eq!(value(&[0xff]), Some(-1));
        assert_eq!(value(&[0xff, 0]), Some(255));
        assert_eq!(value(&[0, 0, 0, 0, 0, 0, 0, 0x80]), Some(i64::MIN));
        assert_eq!(value(&[0; 9]), None);
    }

    #[test]
    fn broken_stacks_and_memos_are_malformed() {
        for (instructions, word) in [
            (&b"R"[..], "empty stack"),
            (b"a", "empty stack"),
            (b"}b", "empty stack"),
            (b"q\x00", "empty stack"),
            // What lies below a mark can't be reached.
            (b"NN(\x86", "empty stack"),
            (b"N(q\x00", "empty stack"),
            (b"", "empty stack"),
            (b"t", "mark"),
            (b"}u", "mark"),
            (b"NN", "left over"),
            (b"(NN", "left over"),
            (b"N(", "empty stack"),
            (b"}(Nu", "without a value"),
            (b"}}Ns", "as a key"),
            (b"}]Ns", "as a key"),
            (b"]NNs", "no table"),
            (b"]}u", "mark"),
            (b"}Na", "no list"),
            (b"NNb", "no new array"),
            (b"h\x00", "entry 0 of its memo"),
            (b"j\xff\xff\xff\xff", "entry 4294967295"),
            (b"N\x80\x02", "second time"),
            (b"T\xff\xff\xff\xff", "negative length -1"),
            (b"N.NN", "3 bytes follow"),
        ] {
            let (class, message) = refused(&raw(&[instructions]));
            assert_eq!(class, "malformed", "{message}");
            assert!(message.contains(word), "{message} lacks {word}");
        }
        let dtype = [global("numpy", "dtype"), text("f4"), b"NN\x87RNbNb".to_vec()].concat();
        assert!(refused(&raw(&[&dtype])).1.contains("no new array"));
    }

    #[test]
    fn announced_lengths_are_not_believed() {
        for instructions in [
            &b"X\xff\xff\xff\xff"[..],
            b"B\xff\xff\xff\xff",
            b"T\xff\xff\xff\x7f",
            b"U\xff",
            b"\x8a\xff",
            b"\x8b\xff\xff\xff\x7f",
            b"\x8c\xff",
            b"\x8d\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
            b"\x96\x00\x00\x00\x00\x00\x01\x00\x00",
            b"\x95\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x95\xff",
            b"G\x00",
            b"K",
            b"cnumpy",
            b"cnumpy\ndtype",
        ] {
            let file = [&[opcode::PROTO, 2][..], instructions].concat();
            assert_eq!(refused(&file).0, "truncated", "{instructions:?}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = 100_000;
        let lists = raw(&[&vec![opcode::EMPTY_LIST; deep], &vec![opcode::APPEND; deep - 1]]);
        let tuples = raw(&[b")", &vec![opcode::TUPLE1; deep]]);
        let marks = raw(&[&vec![opcode::MARK; deep], &vec![opcode::TUPLE; deep]]);
        let read = move || [lists, tuples, marks].map(|bytes| refused(&bytes).0);
        let thread = std::thread::Builder::new().stack_size(64 << 10).spawn(read).unwrap();
        assert_eq!(thread.join().unwrap(), ["not-a-state-dict"; 3]);
    }

    #[test]
    fn counts_are_limited() {
        let start = Instant::now();
        let stack = raw(&[b"Nq\x00", &b"h\x00".repeat(limits::STACK)]);
        let marks = raw(&[&vec![opcode::MARK; limits::STACK + 1]]);
        // Each list goes into the one below, so that the stack stays short.
        let built = raw(&[b"]", &b"]a".repeat(limits::VALUES)]);
        let memo = raw(&[b"N", &vec![opcode::MEMOIZE; limits::VALUES + 1]]);
        for bytes in [stack, marks, built, memo] {
            let (class, message) = refused(&bytes);
            assert_eq!(class, "limit", "{message}");
        }
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
