//! The reader. All that a header says is checked against the data before a tensor is made: types, shapes, and that the tensors cover
//! the data without a gap, an overlap or a rest.

use super::header::{Entry, Header};
use crate::checkpoint::Checkpoint;
use crate::dtype::DType;
use crate::error::WeightsError;
use crate::format::{self, Format};
use crate::limits;
use crate::shown::{Shown, ShownShape};
use crate::tensor::Tensor;

/// Reads the content of a file, which is not empty.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Checkpoint, WeightsError> {
    let reader = Reader { file, bytes };
    let (header, data) = reader.split()?;
    let mut checkpoint = Checkpoint::named(file);
    for (key, text) in header.metadata {
        if checkpoint.metadata().contains_key(&key) {
            return Err(reader.duplicate(&key));
        }
        checkpoint.set_metadata(key, text);
    }
    let mut tensors = reader.locate(header.tensors)?;
    tensors.sort_by(|a, b| a.key.cmp(&b.key));
    if let Some(twice) = tensors.windows(2).find(|pair| matches!(pair, [a, b] if a.key == b.key)) {
        return Err(reader.duplicate(twice.first().map_or("", |tensor| &tensor.key)));
    }
    reader.check_cover(&tensors, data.len())?;
    for Located { key, dtype, shape, start, end } in tensors {
        let Some(bytes) = data.get(start..end) else {
            return Err(reader.malformed(format!("tensor {} lies outside the data", Shown(&key))));
        };
        let tensor = Tensor::from_checked(dtype, shape, bytes.to_vec());
        checkpoint.insert(key, tensor);
    }
    Ok(checkpoint)
}

/// A tensor whose type, shape and extent agree; its place is yet to be checked.
struct Located {
    key: String,
    dtype: DType,
    shape: Vec<usize>,
    start: usize,
    end: usize,
}

struct Reader<'a> {
    file: &'a str,
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Header and data.
    fn split(&self) -> Result<(Header, &'a [u8]), WeightsError> {
        self.check_format()?;
        let Some((length, rest)) = self.bytes.split_first_chunk() else {
            return Err(self.truncated("the length of the header takes 8 bytes".into()));
        };
        let length = u64::from_le_bytes(*length);
        if length > rest.len() as u64 {
            return Err(self.truncated(format!("a header of {length} bytes is announced")));
        }
        if length > limits::HEADER_BYTES {
            let what = format!("a header may have {} bytes, this one has {length}", limits::HEADER_BYTES);
            return Err(WeightsError::Limit { file: self.file.to_owned(), what });
        }
        // The length is not above that of the rest.
        let (header, data) = rest.split_at(length as usize);
        let text = std::str::from_utf8(header)
            .map_err(|error| self.malformed(format!("the header is not UTF-8 at byte {}", 8 + error.valid_up_to())))?;
        if !text.starts_with('{') {
            return Err(self.malformed("the header does not begin with a brace".into()));
        }
        match serde_json::from_str(text) {
            Ok(header) => Ok((header, data)),
            Err(error) => Err(self.malformed(format!("the header is not right: {error}"))),
        }
    }

    /// Refuses files that are something else, as long as they can't be a safetensors file.
    fn check_format(&self) -> Result<(), WeightsError> {
        if Format::of_content(self.bytes) == Some(Format::Safetensors) {
            return Ok(());
        }
        match format::describe(self.bytes) {
            Some(found) => Err(WeightsError::UnknownFormat {
                file: self.file.to_owned(),
                found,
                expected: "the .safetensors file that was expected; its ending must say what it is",
            }),
            None => Ok(()),
        }
    }

    /// Types, shapes and extents of the tensors.
    fn locate(&self, entries: Vec<(String, Entry)>) -> Result<Vec<Located>, WeightsError> {
        entries.into_iter().map(|(key, entry)| self.locate_one(key, entry)).collect()
    }

    fn locate_one(&self, key: String, entry: Entry) -> Result<Located, WeightsError> {
        let wrong = |what: String| self.malformed(format!("tensor {} {what}", Shown(&key)));
        if key.len() > limits::KEY_BYTES {
            let what = format!("a key may have {} bytes: {}", limits::KEY_BYTES, Shown(&key));
            return Err(WeightsError::Limit { file: self.file.to_owned(), what });
        }
        let Some(dtype) = DType::from_safetensors_name(&entry.dtype) else {
            let found = format!("elements of the type {}", Shown(&entry.dtype));
            return Err(WeightsError::UnsupportedDtype { file: self.file.to_owned(), key, found });
        };
        let shape: Option<Vec<usize>> = entry.shape.0.iter().map(|&size| usize::try_from(size).ok()).collect();
        let sized = shape.and_then(|shape| {
            let (_, size) = limits::shape_size(&shape, dtype.size())?;
            Some((shape, size))
        });
        let Some((shape, size)) = sized else {
            return Err(wrong("has a shape too large to exist".into()));
        };
        let [start, end] = entry.data_offsets;
        let extent = end.checked_sub(start);
        if extent != Some(size as u64) {
            let shape = ShownShape(&shape);
            return Err(wrong(format!("of {dtype} and shape {shape} takes {size} bytes, its offsets are {start} and {end}")));
        }
        match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) => Ok(Located { key, dtype, shape, start, end }),
            _ => Err(wrong(format!("has the offsets {start} and {end}, outside any memory"))),
        }
    }

    /// The tensors, in the order of their data, must follow one another from the first byte to the last.
    fn check_cover(&self, tensors: &[Located], data: usize) -> Result<(), WeightsError> {
        let mut placed: Vec<&Located> = tensors.iter().collect();
        placed.sort_by_key(|tensor| (tensor.start, tensor.end));
        let mut covered = 0;
        for tensor in placed {
            let (key, start) = (Shown(&tensor.key), tensor.start);
            if start < covered {
                return Err(self.malformed(format!(
                    "tensor {key} begins at byte {start} of the data, inside the tensor before it, which ends at {covered}"
                )));
            }
            if start > covered {
                return Err(self.malformed(format!("bytes {covered} to {start} of the data, before tensor {key}, belong to no tensor")));
            }
            if tensor.end > data {
                let end = tensor.end;
                return Err(self.truncated(format!("tensor {key} ends at byte {end} of the data, which has {data}")));
            }
            covered = tensor.end;
        }
        if covered < data {
            let rest = data - covered;
            return Err(self.malformed(format!("{rest} bytes after the last tensor belong to none")));
        }
        Ok(())
    }

    fn duplicate(&self, key: &str) -> WeightsError {
        WeightsError::DuplicateKey { file: self.file.to_owned(), key: key.to_owned() }
    }

    fn malformed(&self, what: String) -> WeightsError {
        WeightsError::Malformed { file: self.file.to_owned(), what }
    }

    fn truncated(&self, what: String) -> WeightsError {
        WeightsError::Truncated { file: self.file.to_owned(), len: self.bytes.len(), what }
    }
}
