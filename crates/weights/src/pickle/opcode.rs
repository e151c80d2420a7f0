//! The instructions of a pickle: those that the reader knows, and the names of those that it refuses.

pub(super) const MARK: u8 = b'(';
pub(super) const STOP: u8 = b'.';
pub(super) const BININT: u8 = b'J';
pub(super) const BININT1: u8 = b'K';
pub(super) const BININT2: u8 = b'M';
pub(super) const NONE: u8 = b'N';
pub(super) const REDUCE: u8 = b'R';
pub(super) const BINSTRING: u8 = b'T';
pub(super) const SHORT_BINSTRING: u8 = b'U';
pub(super) const BINUNICODE: u8 = b'X';
pub(super) const APPEND: u8 = b'a';
pub(super) const BUILD: u8 = b'b';
pub(super) const GLOBAL: u8 = b'c';
pub(super) const APPENDS: u8 = b'e';
pub(super) const BINGET: u8 = b'h';
pub(super) const LONG_BINGET: u8 = b'j';
pub(super) const BINPUT: u8 = b'q';
pub(super) const LONG_BINPUT: u8 = b'r';
pub(super) const SETITEM: u8 = b's';
pub(super) const TUPLE: u8 = b't';
pub(super) const EMPTY_TUPLE: u8 = b')';
pub(super) const SETITEMS: u8 = b'u';
pub(super) const EMPTY_LIST: u8 = b']';
pub(super) const EMPTY_DICT: u8 = b'}';
pub(super) const BINFLOAT: u8 = b'G';
pub(super) const BINBYTES: u8 = b'B';
pub(super) const SHORT_BINBYTES: u8 = b'C';
pub(super) const PROTO: u8 = 0x80;
pub(super) const TUPLE1: u8 = 0x85;
pub(super) const TUPLE2: u8 = 0x86;
pub(super) const TUPLE3: u8 = 0x87;
pub(super) const NEWTRUE: u8 = 0x88;
pub(super) const NEWFALSE: u8 = 0x89;
pub(super) const LONG1: u8 = 0x8a;
pub(super) const LONG4: u8 = 0x8b;
pub(super) const SHORT_BINUNICODE: u8 = 0x8c;
pub(super) const BINUNICODE8: u8 = 0x8d;
pub(super) const BINBYTES8: u8 = 0x8e;
pub(super) const STACK_GLOBAL: u8 = 0x93;
pub(super) const MEMOIZE: u8 = 0x94;
pub(super) const FRAME: u8 = 0x95;
pub(super) const BYTEARRAY8: u8 = 0x96;

/// The name of an instruction that the pickle format has and no file of weights needs.
pub(super) fn refused(opcode: u8) -> Option<&'static str> {
    Some(match opcode {
        b'0' => "POP",
        b'1' => "POP_MARK",
        b'2' => "DUP",
        b'F' => "FLOAT",
        b'I' => "INT",
        b'L' => "LONG",
        b'P' => "PERSID (a reference to other data, as torch files have)",
        b'Q' => "BINPERSID (a reference to other data, as torch files have)",
        b'S' => "STRING",
        b'V' => "UNICODE",
        b'd' => "DICT",
        b'g' => "GET",
        b'i' => "INST (an object of a class)",
        b'l' => "LIST",
        b'o' => "OBJ (an object of a class)",
        b'p' => "PUT",
        0x81 => "NEWOBJ (an object of a class)",
        0x82 => "EXT1 (a registered function)",
        0x83 => "EXT2 (a registered function)",
        0x84 => "EXT4 (a registered function)",
        0x8f => "EMPTY_SET",
        0x90 => "ADDITEMS",
        0x91 => "FROZENSET",
        0x92 => "NEWOBJ_EX (an object of a class)",
        0x97 => "NEXT_BUFFER (data outside the file)",
        0x98 => "READONLY_BUFFER (data outside the file)",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pickle::sample::{raw, refused};

    #[test]
    fn instructions_that_weights_do_not_need_are_refused_by_name() {
        let mut count = 0;
        for opcode in 0..=u8::MAX {
            let Some(name) = super::refused(opcode) else { continue };
            count += 1;
            let (class, text) = refused(&raw(&[&[EMPTY_DICT, opcode, b'x', b'\n']]));
            assert_eq!(class, "unsafe", "{name}");
            assert!(text.contains(name) && text.contains("at byte 3"), "{text}");
        }
        assert_eq!(count, 26);
    }

    #[test]
    fn bytes_that_are_no_instruction_are_malformed() {
        for opcode in [0x00, b'A', b'z', 0x7f, 0x99, 0xff] {
            let (class, text) = refused(&raw(&[&[opcode]]));
            assert_eq!(class, "malformed", "{text}");
            assert!(text.contains("is no instruction"), "{text}");
        }
    }
}
