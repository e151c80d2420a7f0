//! The writer: a state dict as `paddle.save` has Python's pickler write it, instruction for instruction, with the modules of numpy 1,
//! which both numpy 1 and 2 know.

use std::collections::HashMap;

use super::pickler::Pickler;
use super::{NAME_TABLE, SPLIT_TABLE, opcode};
use crate::checkpoint::Checkpoint;
use crate::dtype::DType;
use crate::error::WeightsError;
use crate::limits;
use crate::shown::Shown;
use crate::tensor::Tensor;

/// Bytes of a tensor from which on protocols 2 and 3 can't hold it in one piece.
const WHOLE_BYTES: usize = 1 << 30;

/// Entries of a table that are set at once.
const BATCH: usize = 1000;

/// The content of a file that holds this table.
pub(crate) fn write(checkpoint: &Checkpoint, protocol: u8) -> Result<Vec<u8>, WeightsError> {
    check(checkpoint, protocol)?;
    let size = checkpoint.iter().map(|(key, tensor)| 200 + 2 * key.len() + tensor.bytes().len()).sum();
    let mut writer = Writer { pickler: Pickler::new(protocol, size), order: None, dtypes: HashMap::new() };
    let params: Vec<(&str, &str)> = checkpoint.iter().filter_map(|(key, tensor)| Some((key, tensor.param()?))).collect();
    let mut entries: Vec<(&str, Entry<'_>)> = checkpoint.iter().map(|(key, tensor)| (key, Entry::Tensor(tensor))).collect();
    if !params.is_empty() {
        entries.push((NAME_TABLE, Entry::Names(&params)));
    }
    writer.table(&entries, |writer, entry| match entry {
        Entry::Tensor(tensor) => writer.tensor(tensor),
        Entry::Names(params) => writer.table(params, |writer, name| {
            writer.pickler.text(name);
        }),
    });
    Ok(writer.pickler.finish())
}

/// Refuses what could not be read again.
fn check(checkpoint: &Checkpoint, protocol: u8) -> Result<(), WeightsError> {
    let refuse = |what: String| Err(WeightsError::Argument { what });
    if !(2..=4).contains(&protocol) {
        return refuse(format!("pickle protocol {protocol} was asked for; Paddle reads 2, 3 and 4"));
    }
    if checkpoint.is_empty() || checkpoint.len() > limits::TENSORS {
        return refuse(format!("a .pdparams file holds 1 to {} tensors, not {}", limits::TENSORS, checkpoint.len()));
    }
    for (key, tensor) in checkpoint.iter() {
        let longest = key.len().max(tensor.param().map_or(0, str::len));
        if longest > limits::KEY_BYTES {
            return refuse(format!("a key of {longest} bytes is longer than a file may have, {}", limits::KEY_BYTES));
        }
        if key == NAME_TABLE || key == SPLIT_TABLE {
            return refuse(format!("a tensor can't be called {key}: Paddle keeps that name for itself"));
        }
        if tensor.shape().len() > limits::DIMENSIONS {
            return refuse(format!("tensor {} has more than {} dimensions", Shown(key), limits::DIMENSIONS));
        }
        if protocol < 4 && tensor.bytes().len() >= WHOLE_BYTES {
            return refuse(format!("tensor {} is too large for protocol {protocol}: take protocol 4", Shown(key)));
        }
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Entry<'a> {
    Tensor(&'a Tensor),
    Names(&'a [(&'a str, &'a str)]),
}

struct Writer {
    pickler: Pickler,
    /// The letter `b` as data, in the memo.
    order: Option<u32>,
    /// Types in the memo.
    dtypes: HashMap<DType, u32>,
}

impl Writer {
    fn table<T: Copy>(&mut self, entries: &[(&str, T)], value: impl Fn(&mut Writer, T)) {
        self.pickler.next_value();
        self.pickler.op(opcode::EMPTY_DICT);
        self.pickler.memoize();
        for batch in entries.chunks(BATCH) {
            if entries.len() > 1 {
                self.pickler.op(opcode::MARK);
            }
            for &(key, entry) in batch {
                self.pickler.text(key);
                value(self, entry);
            }
            self.pickler.op(if entries.len() > 1 { opcode::SETITEMS } else { opcode::SETITEM });
        }
    }

    /// `_reconstruct(ndarray, (0,), b'b')`, and its state: 1, shape, type, row-major, data.
    fn tensor(&mut self, tensor: &Tensor) {
        self.pickler.next_value();
        self.pickler.global("numpy.core.multiarray", "_reconstruct");
        self.pickler.global("numpy", "ndarray");
        self.pickler.integer(0);
        self.pickler.tuple(1);
        match self.order {
            Some(index) => self.pickler.recall(index),
            None => self.order = Some(self.pickler.data(b"b")),
        }
        self.pickler.tuple(3);
        self.pickler.op(opcode::REDUCE);
        self.pickler.memoize();
        self.pickler.op(opcode::MARK);
        self.pickler.integer(1);
        self.shape(tensor.shape());
        self.dtype(tensor.dtype());
        self.pickler.op(opcode::NEWFALSE);
        self.pickler.data(tensor.bytes());
        self.pickler.tuple(5);
        self.pickler.op(opcode::BUILD);
    }

    fn shape(&mut self, shape: &[usize]) {
        if shape.len() > 3 {
            self.pickler.op(opcode::MARK);
        }
        for &size in shape {
            self.pickler.integer(size);
        }
        self.pickler.tuple(shape.len());
    }

    /// `numpy.dtype(code, False, True)`, and its state: 3, byte order, no subtype, names and fields, no size and alignment, no flags.
    fn dtype(&mut self, dtype: DType) {
        if let Some(&index) = self.dtypes.get(&dtype) {
            return self.pickler.recall(index);
        }
        self.pickler.next_value();
        self.pickler.global("numpy", "dtype");
        self.pickler.text(dtype.numpy_code());
        self.pickler.op(opcode::NEWFALSE);
        self.pickler.op(opcode::NEWTRUE);
        self.pickler.tuple(3);
        self.pickler.op(opcode::REDUCE);
        let index = self.pickler.memoize();
        self.pickler.op(opcode::MARK);
        self.pickler.integer(3);
        self.pickler.text(if dtype.size() == 1 { "|" } else { "<" });
        for _ in 0..3 {
            self.pickler.op(opcode::NONE);
        }
        for _ in 0..2 {
            for byte in [opcode::BININT, 0xff, 0xff, 0xff, 0xff] {
                self.pickler.op(byte);
            }
        }
        self.pickler.integer(0);
        self.pickler.tuple(8);
        self.pickler.op(opcode::BUILD);
        self.dtypes.insert(dtype, index);
    }
}
