//! Python's pickler, as far as tables of arrays need it: texts, numbers, tuples, names of functions, a memo, and the frames of protocol 4.

use std::collections::HashMap;

use super::opcode;

/// Bytes after which a frame is closed, and from which on data stands outside of frames.
const FRAME_BYTES: usize = 1 << 16;

/// The opcode of a frame and its length.
const FRAME_HEADER: usize = 9;

/// The frame that is not worth its header.
const SMALLEST_FRAME: usize = 4;

/// A pickle that is being written, in protocol 2, 3 or 4.
pub(super) struct Pickler {
    bytes: Vec<u8>,
    protocol: u8,
    /// Entries of the memo.
    memo: u32,
    texts: HashMap<String, u32>,
    globals: HashMap<(&'static str, &'static str), u32>,
    /// Where the open frame begins.
    frame: Option<usize>,
}

impl Pickler {
    /// A pickle of about this size.
    pub(super) fn new(protocol: u8, size: usize) -> Pickler {
        let mut bytes = Vec::with_capacity(size);
        bytes.extend([opcode::PROTO, protocol]);
        Pickler { bytes, protocol, memo: 0, texts: HashMap::new(), globals: HashMap::new(), frame: None }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.op(opcode::STOP);
        self.close_frame();
        self.bytes
    }

    /// An instruction without operands, or the operands of the last one.
    pub(super) fn op(&mut self, opcode: u8) {
        self.write(&[opcode]);
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.protocol >= 4 && self.frame.is_none() {
            self.frame = Some(self.bytes.len());
            self.bytes.extend([0; FRAME_HEADER]);
        }
        self.bytes.extend_from_slice(bytes);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let length = self.bytes.len() - start - FRAME_HEADER;
        let header = if length < SMALLEST_FRAME { Vec::new() } else { [&[opcode::FRAME][..], &(length as u64).to_le_bytes()].concat() };
        self.bytes.splice(start..start + FRAME_HEADER, header);
    }

    /// The place before a value, where a frame that is long enough ends.
    pub(super) fn next_value(&mut self) {
        if self.frame.is_some_and(|start| self.bytes.len() - start - FRAME_HEADER >= FRAME_BYTES) {
            self.close_frame();
        }
    }

    /// Puts the top of the stack into the memo.
    pub(super) fn memoize(&mut self) -> u32 {
        let index = self.memo;
        self.memo += 1;
        match (self.protocol, u8::try_from(index)) {
            (4.., _) => self.op(opcode::MEMOIZE),
            (_, Ok(index)) => self.write(&[opcode::BINPUT, index]),
            _ => {
                self.op(opcode::LONG_BINPUT);
                self.write(&index.to_le_bytes());
            }
        }
        index
    }

    /// A value that is in the memo.
    pub(super) fn recall(&mut self, index: u32) {
        self.next_value();
        if let Ok(index) = u8::try_from(index) {
            self.write(&[opcode::BINGET, index]);
        } else {
            self.op(opcode::LONG_BINGET);
            self.write(&index.to_le_bytes());
        }
    }

    /// A text, which is written once.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(&index) = self.texts.get(text) {
            return self.recall(index);
        }
        let index = self.text_once(text);
        self.texts.insert(text.to_owned(), index);
    }

    /// A text that no other is compared with.
    fn text_once(&mut self, text: &str) -> u32 {
        self.next_value();
        let length = text.len();
        match u8::try_from(length) {
            Ok(length) if self.protocol >= 4 => self.outside(&[opcode::SHORT_BINUNICODE, length], text.as_bytes()),
            // The callers keep texts below 4 GiB.
            _ => self.sized(opcode::BINUNICODE, text.as_bytes()),
        }
        self.memoize()
    }

    /// Data, in protocol 2 as text of the characters 0 to 255.
    pub(super) fn data(&mut self, data: &[u8]) -> u32 {
        if self.protocol == 2 {
            return self.data_as_text(data);
        }
        self.next_value();
        match (u8::try_from(data.len()), u32::try_from(data.len())) {
            (Ok(length), _) => self.outside(&[opcode::SHORT_BINBYTES, length], data),
            (_, Ok(_)) => self.sized(opcode::BINBYTES, data),
            _ => {
                let header = [&[opcode::BINBYTES8][..], &(data.len() as u64).to_le_bytes()].concat();
                self.outside(&header, data);
            }
        }
        self.memoize()
    }

    fn data_as_text(&mut self, data: &[u8]) -> u32 {
        self.next_value();
        self.global("_codecs", "encode");
        let text: String = data.iter().map(|&byte| char::from(byte)).collect();
        self.text_once(&text);
        self.text("latin1");
        self.tuple(2);
        self.op(opcode::REDUCE);
        self.memoize()
    }

    fn sized(&mut self, opcode: u8, data: &[u8]) {
        let header = [&[opcode][..], &(data.len() as u32).to_le_bytes()].concat();
        self.outside(&header, data);
    }

    /// An instruction with data, outside of frames if that is long.
    fn outside(&mut self, header: &[u8], data: &[u8]) {
        if data.len() >= FRAME_BYTES {
            self.close_frame();
            self.bytes.extend_from_slice(header);
            self.bytes.extend_from_slice(data);
        } else {
            self.write(header);
            self.write(data);
        }
    }

    pub(super) fn integer(&mut self, value: usize) {
        self.next_value();
        if let Ok(value) = u8::try_from(value) {
            self.write(&[opcode::BININT1, value]);
        } else if let Ok(value) = u16::try_from(value) {
            self.op(opcode::BININT2);
            self.write(&value.to_le_bytes());
        } else if let Ok(value) = i32::try_from(value) {
            self.op(opcode::BININT);
            self.write(&value.to_le_bytes());
        } else {
            // Two's complement: the highest bit says the sign.
            let bits = (value as u64).checked_ilog2().map_or(0, |log| log + 1);
            let length = bits / 8 + 1;
            let mut bytes = (value as u64).to_le_bytes().to_vec();
            bytes.resize(length as usize, 0);
            self.write(&[opcode::LONG1, length as u8]);
            self.write(&bytes);
        }
    }

    /// Makes a tuple of the topmost values of the stack. Of more than three they must stand behind a mark.
    pub(super) fn tuple(&mut self, len: usize) {
        self.op(match len {
            // An empty tuple is not worth the memo.
            0 => return self.op(opcode::EMPTY_TUPLE),
            1 => opcode::TUPLE1,
            2 => opcode::TUPLE2,
            3 => opcode::TUPLE3,
            _ => opcode::TUPLE,
        });
        self.memoize();
    }

    /// A name of a function or class, which is written once.
    pub(super) fn global(&mut self, module: &'static str, name: &'static str) {
        if let Some(&index) = self.globals.get(&(module, name)) {
            return self.recall(index);
        }
        self.next_value();
        if self.protocol >= 4 {
            self.text(module);
            self.text(name);
            self.op(opcode::STACK_GLOBAL);
        } else {
            self.write(format!("{}{module}\n{name}\n", char::from(opcode::GLOBAL)).as_bytes());
        }
        let index = self.memoize();
        self.globals.insert((module, name), index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integer(value: usize) -> Vec<u8> {
        let mut pickler = Pickler::new(2, 0);
        pickler.integer(value);
        pickler.bytes.split_off(2)
    }

    #[test]
    fn integers_take_the_shortest_form() {
        assert_eq!(integer(255), [b'K', 255]);
        assert_eq!(integer(256), [b'M', 0, 1]);
        assert_eq!(integer(65_536), [b'J', 0, 0, 1, 0]);
        assert_eq!(integer(0x7fff_ffff), [b'J', 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(integer(0x8000_0000), [0x8a, 5, 0, 0, 0, 0x80, 0]);
        assert_eq!(integer(0x1_0000_0000), [0x8a, 5, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn long_data_stands_outside_of_frames() {
        let mut pickler = Pickler::new(4, 0);
        pickler.data(&vec![0; FRAME_BYTES]);
        let bytes = pickler.finish();
        assert_eq!(bytes[..7], [0x80, 4, b'B', 0, 0, 1, 0]);
        // Two instructions are not worth a frame.
        assert_eq!(bytes[7 + FRAME_BYTES..], [opcode::MEMOIZE, opcode::STOP]);
    }

    #[test]
    fn frames_end_between_values() {
        let mut pickler = Pickler::new(4, 0);
        (0..=FRAME_BYTES / 2).for_each(|_| pickler.integer(0));
        let bytes = pickler.finish();
        assert_eq!(bytes[2..11], [0x95, 0, 0, 1, 0, 0, 0, 0, 0]);
        assert_eq!(bytes[11 + FRAME_BYTES..], [b'K', 0, b'.']);
    }
}
