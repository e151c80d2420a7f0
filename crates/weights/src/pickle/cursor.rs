//! The instructions of a pickle with their operands, one after the other. No length is trusted before the bytes are there.

use std::fmt::Display;

use super::opcode;
use super::value::Span;
use crate::error::WeightsError;
use crate::source::Source;

/// A place in a pickle.
pub(super) struct Cursor<'a> {
    source: Source<'a>,
    /// The next byte.
    at: usize,
    /// The instruction that is being done.
    pub(super) opcode_at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: Source<'a>) -> Cursor<'a> {
        Cursor { source, at: 0, opcode_at: 0 }
    }

    /// The instruction that every pickle of protocol 2 and later begins with.
    pub(super) fn protocol(&mut self) -> Result<(), WeightsError> {
        let [_, version] = self.array()?;
        if (2..=5).contains(&version) {
            return Ok(());
        }
        Err(self.source.malformed(format!("pickle protocol {version} is unknown; files of weights have 2 to 5")))
    }

    /// The next instruction.
    pub(super) fn opcode(&mut self) -> Result<u8, WeightsError> {
        self.opcode_at = self.at;
        match self.source.bytes.get(self.at) {
            Some(&opcode) => {
                self.at += 1;
                Ok(opcode)
            }
            None => Err(self.source.truncated(format!("the pickle goes on at byte {}", self.at))),
        }
    }

    /// Bytes behind the last instruction.
    pub(super) fn rest(&self) -> usize {
        self.source.bytes.len() - self.at
    }

    pub(super) fn take(&mut self, len: usize) -> Result<Span, WeightsError> {
        match self.at.checked_add(len) {
            Some(end) if end <= self.source.bytes.len() => {
                let span = Span::new(self.at, end);
                self.at = end;
                Ok(span)
            }
            _ => Err(self.too_long(len)),
        }
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], WeightsError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?.of(self.source));
        Ok(array)
    }

    pub(super) fn byte(&mut self) -> Result<u8, WeightsError> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// The length that an instruction says its data has.
    pub(super) fn length(&mut self, opcode: u8) -> Result<usize, WeightsError> {
        let length = match opcode {
            opcode::SHORT_BINUNICODE | opcode::SHORT_BINBYTES | opcode::SHORT_BINSTRING | opcode::LONG1 => u64::from(self.byte()?),
            opcode::BINUNICODE | opcode::BINBYTES => u64::from(u32::from_le_bytes(self.array()?)),
            opcode::BINSTRING | opcode::LONG4 => {
                let length = i32::from_le_bytes(self.array()?);
                u64::try_from(length).map_err(|_| self.malformed(format_args!("has the negative length {length}")))?
            }
            _ => u64::from_le_bytes(self.array()?),
        };
        usize::try_from(length).map_err(|_| self.too_long(length))
    }

    /// A line of text, without its end.
    pub(super) fn line(&mut self) -> Result<Span, WeightsError> {
        let rest = self.source.bytes.get(self.at..).unwrap_or_default();
        let Some(len) = rest.iter().position(|&byte| byte == b'\n') else {
            return Err(self.source.truncated(format!("the name at byte {} goes on", self.at)));
        };
        let line = self.take(len)?;
        self.take(1)?;
        Ok(line)
    }

    /// A frame is only a promise that so many bytes follow.
    pub(super) fn frame(&mut self) -> Result<(), WeightsError> {
        let length = u64::from_le_bytes(self.array()?);
        if length > self.rest() as u64 { Err(self.too_long(length)) } else { Ok(()) }
    }

    /// An error about the instruction that is being done.
    pub(super) fn malformed(&self, what: impl Display) -> WeightsError {
        self.source.malformed(format!("the pickle {what}, at byte {}", self.opcode_at))
    }

    fn too_long(&self, len: impl Display) -> WeightsError {
        self.source.truncated(format!("the instruction at byte {} announces {len} bytes more", self.opcode_at))
    }
}
