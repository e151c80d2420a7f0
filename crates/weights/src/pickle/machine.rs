//! The stack machine. It knows the instructions that files of weights consist of and refuses every other.

use std::collections::HashMap;

use super::calls::{Call, Global, Made};
use super::opcode;
use super::value::{Array, Heap, Id, Span, Value};
use crate::error::WeightsError;
use crate::limits;
use crate::shown::Shown;
use crate::source::Source;

/// Runs a pickle to its end: the values and the one on top.
pub(super) fn run(source: Source<'_>) -> Result<(Heap, Id), WeightsError> {
    let mut machine =
        Machine { source, at: 0, opcode_at: 0, heap: Heap::default(), stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    machine.protocol()?;
    loop {
        machine.opcode_at = machine.at;
        let opcode = machine.byte()?;
        if opcode == opcode::STOP {
            break;
        }
        machine.step(opcode)?;
    }
    machine.stop()
}

struct Machine<'a> {
    source: Source<'a>,
    /// The next byte.
    at: usize,
    /// The instruction that is being done.
    opcode_at: usize,
    heap: Heap,
    stack: Vec<Id>,
    /// Heights of the stack at each mark.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

type Step = Result<(), WeightsError>;

impl<'a> Machine<'a> {
    fn protocol(&mut self) -> Step {
        let _ = self.byte()?;
        match self.byte()? {
            2..=5 => Ok(()),
            version => Err(self.source.malformed(format!("pickle protocol {version} is unknown; files of weights have 2 to 5"))),
        }
    }

    fn step(&mut self, opcode: u8) -> Step {
        match opcode {
            opcode::MARK => self.mark(),
            opcode::FRAME => self.frame(),
            opcode::NONE => self.push_new(Value::None),
            opcode::NEWTRUE => self.push_new(Value::Bool(true)),
            opcode::NEWFALSE => self.push_new(Value::Bool(false)),
            opcode::BININT | opcode::BININT1 | opcode::BININT2 => self.integer(opcode),
            opcode::LONG1 | opcode::LONG4 => self.long(opcode),
            opcode::BINFLOAT => {
                self.take(8)?;
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

    fn stop(mut self) -> Result<(Heap, Id), WeightsError> {
        let top = self.pop()?;
        if !self.stack.is_empty() || !self.marks.is_empty() {
            return Err(self.here("ends with values left over"));
        }
        let rest = self.source.bytes.len() - self.at;
        if rest > 0 {
            return Err(self.source.malformed(format!("{rest} bytes follow the end of the pickle at byte {}", self.at)));
        }
        Ok((self.heap, top))
    }

    fn refuse(&self, opcode: u8) -> WeightsError {
        match opcode::refused(opcode) {
            Some(name) => self.source.unsafe_at(self.opcode_at, format!("the pickle instruction {name}")),
            None => self.here(format_args!("has a byte {opcode:#04x} that is no instruction")),
        }
    }

    /// An error about the instruction that is being done.
    fn here(&self, what: impl std::fmt::Display) -> WeightsError {
        self.source.malformed(format!("the pickle {what}, at byte {}", self.opcode_at))
    }
}

/// Operands.
impl Machine<'_> {
    fn take(&mut self, len: usize) -> Result<Span, WeightsError> {
        match self.at.checked_add(len) {
            Some(end) if end <= self.source.bytes.len() => {
                let span = Span::new(self.at, end);
                self.at = end;
                Ok(span)
            }
            _ => Err(self.source.truncated(format!("the instruction at byte {} wants {len} bytes more", self.opcode_at))),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WeightsError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?.of(self.source));
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8, WeightsError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// The length that an instruction says, as far as it can be one.
    fn length(&mut self, opcode: u8) -> Result<usize, WeightsError> {
        let length = match opcode {
            opcode::SHORT_BINUNICODE | opcode::SHORT_BINBYTES | opcode::SHORT_BINSTRING | opcode::LONG1 => u64::from(self.byte()?),
            opcode::BINUNICODE | opcode::BINBYTES => u64::from(u32::from_le_bytes(self.array()?)),
            opcode::BINSTRING | opcode::LONG4 => {
                let length = i32::from_le_bytes(self.array()?);
                u64::try_from(length).map_err(|_| self.here(format_args!("has the negative length {length}")))?
            }
            _ => u64::from_le_bytes(self.array()?),
        };
        usize::try_from(length)
            .map_err(|_| self.source.truncated(format!("the instruction at byte {} wants {length} bytes", self.opcode_at)))
    }

    /// A line of text, without its end.
    fn line(&mut self) -> Result<Span, WeightsError> {
        let rest = self.source.bytes.get(self.at..).unwrap_or_default();
        let Some(len) = rest.iter().position(|&byte| byte == b'\n') else {
            return Err(self.source.truncated(format!("the name at byte {} has no end", self.at)));
        };
        let line = self.take(len)?;
        self.take(1)?;
        Ok(line)
    }

    fn frame(&mut self) -> Step {
        let length = u64::from_le_bytes(self.array()?);
        let rest = self.source.bytes.len() - self.at;
        if length > rest as u64 {
            return Err(self.source.truncated(format!("the frame at byte {} has {length} bytes", self.opcode_at)));
        }
        Ok(())
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
            opcode::BININT1 => i64::from(self.byte()?),
            opcode::BININT2 => i64::from(u16::from_le_bytes(self.array()?)),
            _ => i64::from(i32::from_le_bytes(self.array()?)),
        };
        self.push_new(Value::Int(value))
    }

    /// A long integer: little-endian two's complement. One of more than 64 bits is of no use here.
    fn long(&mut self, opcode: u8) -> Step {
        let length = self.length(opcode)?;
        let bytes = self.take(length)?.of(self.source);
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
        let length = self.length(opcode)?;
        let span = self.take(length)?;
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
            opcode::BINPUT => u32::from(self.byte()?),
            opcode::LONG_BINPUT => u32::from_le_bytes(self.array()?),
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
            opcode::BINGET => u32::from(self.byte()?),
            _ => u32::from_le_bytes(self.array()?),
        };
        match self.memo.get(&index) {
            Some(&id) => self.push(id),
            None => Err(self.here(format_args!("reads entry {index} of its memo, which was never set"))),
        }
    }

    fn global(&mut self) -> Step {
        let module = self.line()?.of(self.source);
        let name = self.line()?.of(self.source);
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
                Err(self.source.unsafe_at(self.opcode_at, what))
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
        let call = Call { source: self.source, heap: &self.heap, at: self.opcode_at };
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
