//! The `.pdparams` format: a Python pickle whose top is a table of numpy arrays.
//!
//! A pickle is a program for a stack machine. `machine` runs the instructions that Paddle's files consist of (`cursor`, `opcode`) and
//! builds plain values in a heap of their own (`value`); the functions that a pickle may name are a fixed list (`calls`), each of which
//! only makes such a value. `walk` then goes through the tables, `array` reads what numpy says of an array, `split` finds what was cut,
//! and `table` makes the tensors. Values refer to one another by number, so that nothing here recurses, however a file nests, and arrays
//! are looked at only when a key leads to them: every message can name it. `write` is the way out, as Python's own pickler (`pickler`)
//! writes.

mod array;
mod calls;
mod cursor;
mod machine;
mod opcode;
mod pickler;
#[cfg(test)]
mod sample;
mod split;
mod table;
mod value;
mod walk;
mod write;

pub(crate) use write::write;

use crate::checkpoint::Checkpoint;
use crate::error::WeightsError;
use crate::format::{self, Format};
use crate::source::Source;

/// The entry of a state dict that maps keys to Paddle's internal names.
const NAME_TABLE: &str = "StructuredToParameterName@@";

/// The entry of a state dict that says how tensors were cut. The spelling is Paddle's.
const SPLIT_TABLE: &str = "UnpackBigParamInfor@@";

/// Reads the content of a file, which is not empty.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Checkpoint, WeightsError> {
    let source = Source { file, bytes };
    let is_pickle = bytes.first() == Some(&opcode::PROTO);
    if !is_pickle || Format::of_content(bytes) != Some(Format::Pdparams) {
        let found = format::describe(bytes);
        if !is_pickle || found.is_some() {
            return Err(source.unknown_format(found, "the pickle that a .pdparams file is"));
        }
    }
    let (heap, top) = machine::run(source)?;
    table::read(source, &heap, top)
}
