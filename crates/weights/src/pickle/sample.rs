//! Pickles for the tests of this module, put together from instructions.

use super::opcode;
use super::pickler::Pickler;
use crate::checkpoint::Checkpoint;
use crate::error::WeightsError;

/// The content of a pickle of protocol 4 whose body is written by `write`.
pub(super) fn pickle(write: impl FnOnce(&mut Pickler)) -> Vec<u8> {
    let mut pickler = Pickler::new(4, 0);
    write(&mut pickler);
    pickler.finish()
}

/// The content of a pickle of protocol 2 with these instructions; the end is added.
pub(super) fn raw(instructions: &[&[u8]]) -> Vec<u8> {
    [&[opcode::PROTO, 2][..], &instructions.concat(), &[opcode::STOP]].concat()
}

/// The instructions of a short text.
pub(super) fn text(text: &str) -> Vec<u8> {
    let length = (text.len() as u32).to_le_bytes();
    [&[opcode::BINUNICODE][..], &length, text.as_bytes()].concat()
}

/// The instructions of the name of a function.
pub(super) fn global(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

/// What an array is told of itself.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub(super) code: &'a str,
    pub(super) order: &'a str,
    pub(super) shape: &'a [usize],
    pub(super) is_fortran: bool,
    pub(super) data: &'a [u8],
}

impl Default for Told<'_> {
    /// One f32 of value 1.
    fn default() -> Self {
        Told { code: "f4", order: "<", shape: &[1], is_fortran: false, data: &[0, 0, 0x80, 0x3f] }
    }
}

/// Writes an array as numpy does.
pub(super) fn array(pickler: &mut Pickler, told: Told<'_>) {
    pickler.global("numpy.core.multiarray", "_reconstruct");
    pickler.global("numpy", "ndarray");
    pickler.integer(0);
    pickler.tuple(1);
    pickler.data(b"b");
    pickler.tuple(3);
    pickler.op(opcode::REDUCE);
    pickler.op(opcode::MARK);
    pickler.integer(1);
    pickler.op(opcode::MARK);
    told.shape.iter().for_each(|&size| pickler.integer(size));
    pickler.tuple(4);
    pickler.global("numpy", "dtype");
    pickler.text(told.code);
    pickler.op(opcode::NEWFALSE);
    pickler.op(opcode::NEWTRUE);
    pickler.tuple(3);
    pickler.op(opcode::REDUCE);
    pickler.op(opcode::MARK);
    pickler.integer(3);
    pickler.text(told.order);
    (0..3).for_each(|_| pickler.op(opcode::NONE));
    (0..3).for_each(|_| pickler.integer(0));
    pickler.tuple(8);
    pickler.op(opcode::BUILD);
    pickler.op(if told.is_fortran { opcode::NEWTRUE } else { opcode::NEWFALSE });
    pickler.data(told.data);
    pickler.tuple(5);
    pickler.op(opcode::BUILD);
}

/// The content of a pickle that holds one array under the key `w`.
pub(super) fn one(told: Told<'_>) -> Vec<u8> {
    pickle(|pickler| {
        pickler.op(opcode::EMPTY_DICT);
        pickler.text("w");
        array(pickler, told);
        pickler.op(opcode::SETITEM);
    })
}

/// Reads a pickle.
pub(super) fn read(bytes: &[u8]) -> Result<Checkpoint, WeightsError> {
    super::read("test.pdparams", bytes)
}

/// The class and the message of the error that a pickle gives.
pub(super) fn refused(bytes: &[u8]) -> (&'static str, String) {
    match read(bytes) {
        Ok(checkpoint) => ("read", format!("{checkpoint:?}")),
        Err(error) => (error.kind().as_str(), error.to_string()),
    }
}
