//! The reader. All that a header says is checked against the data before a tensor is made: types, shapes, and that the tensors cover
//! the data without a gap, an overlap or a rest.

use super::header::{Entry, Header};
use crate::checkpoint::Checkpoint;
use crate::dtype::DType;
use crate::error::WeightsError;
use crate::format::{self, Format};
use crate::limits;
use crate::shown::{Shown, ShownShape};
use crate::source::Source;
use crate::tensor::Tensor;

/// Reads the content of a file, which is not empty.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<Checkpoint, WeightsError> {
    let source = Source { file, bytes };
    check_format(source)?;
    let (header, data) = split(source)?;
    let mut checkpoint = Checkpoint::named(file);
    for (key, text) in header.metadata {
        if checkpoint.metadata().contains_key(&key) {
            return Err(source.duplicate(&key));
        }
        checkpoint.set_metadata(key, text);
    }
    let located = header.tensors.into_iter().map(|(key, entry)| locate(source, key, entry));
    let mut tensors = located.collect::<Result<Vec<_>, _>>()?;
    tensors.sort_by(|a, b| a.key.cmp(&b.key));
    if let Some(twice) = tensors.windows(2).find(|pair| matches!(pair, [a, b] if a.key == b.key)) {
        return Err(source.duplicate(twice.first().map_or("", |tensor| &tensor.key)));
    }
    check_cover(source, &tensors, data.len())?;
    for Located { key, dtype, shape, start, end } in tensors {
        let Some(bytes) = data.get(start..end) else {
            return Err(source.malformed_tensor(&key, "lies outside the data"));
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

/// Header and data.
fn split(source: Source<'_>) -> Result<(Header, &[u8]), WeightsError> {
    let Some((length, rest)) = source.bytes.split_first_chunk() else {
        return Err(source.truncated("the length of its header takes 8"));
    };
    let length = u64::from_le_bytes(*length);
    if length > rest.len() as u64 {
        return Err(source.truncated(format!("a header of {length} bytes should follow")));
    }
    if length > limits::HEADER_BYTES {
        return Err(source.limit(format!("a header may have {} bytes, this one has {length}", limits::HEADER_BYTES)));
    }
    // The length is not above that of the rest.
    let (header, data) = rest.split_at(length as usize);
    let text = std::str::from_utf8(header)
        .map_err(|error| source.malformed(format!("the header is not UTF-8 at byte {}", 8 + error.valid_up_to())))?;
    if !text.starts_with('{') {
        return Err(source.malformed("the header does not begin with a brace"));
    }
    match serde_json::from_str(text) {
        Ok(header) => Ok((header, data)),
        Err(error) => Err(source.malformed(format!("the header is not right: {}", Shown(&error.to_string())))),
    }
}

/// Refuses what is plainly something else.
fn check_format(source: Source<'_>) -> Result<(), WeightsError> {
    if Format::of_content(source.bytes) == Some(Format::Safetensors) {
        return Ok(());
    }
    match format::describe(source.bytes) {
        None => Ok(()),
        found => Err(source.unknown_format(found, "the safetensors file that was expected")),
    }
}

/// Type, shape and extent of a tensor.
fn locate(source: Source<'_>, key: String, entry: Entry) -> Result<Located, WeightsError> {
    if key.len() > limits::KEY_BYTES {
        return Err(source.limit(format!("a key may have {} bytes: {}", limits::KEY_BYTES, Shown(&key))));
    }
    let Some(dtype) = DType::from_safetensors_name(&entry.dtype) else {
        return Err(source.unsupported(&key, format!("elements of the type {}", Shown(&entry.dtype))));
    };
    let shape: Option<Vec<usize>> = entry.shape.0.iter().map(|&size| usize::try_from(size).ok()).collect();
    let sized = shape.and_then(|shape| {
        let (_, size) = limits::shape_size(&shape, dtype.size())?;
        Some((shape, size))
    });
    let Some((shape, size)) = sized else {
        return Err(source.malformed_tensor(&key, "has a shape too large to exist"));
    };
    let [start, end] = entry.data_offsets;
    if end.checked_sub(start) != Some(size as u64) {
        let shape = ShownShape(&shape);
        let what = format!("of {dtype} and shape {shape} takes {size} bytes, its offsets are {start} and {end}");
        return Err(source.malformed_tensor(&key, what));
    }
    match (usize::try_from(start), usize::try_from(end)) {
        (Ok(start), Ok(end)) => Ok(Located { key, dtype, shape, start, end }),
        _ => Err(source.malformed_tensor(&key, format_args!("has the offsets {start} and {end}, outside any memory"))),
    }
}

/// The tensors, in the order of their data, must follow one another from the first byte to the last.
fn check_cover(source: Source<'_>, tensors: &[Located], data: usize) -> Result<(), WeightsError> {
    let mut placed: Vec<&Located> = tensors.iter().collect();
    placed.sort_by_key(|tensor| (tensor.start, tensor.end));
    let mut covered = 0;
    for &Located { ref key, start, end, .. } in placed {
        if start < covered {
            let what = format!("begins at byte {start} of the data, inside the tensor before it, which ends at {covered}");
            return Err(source.malformed_tensor(key, what));
        }
        if start > covered {
            let what = format!("begins at byte {start} of the data, and bytes {covered} to {start} belong to no tensor");
            return Err(source.malformed_tensor(key, what));
        }
        if end > data {
            let missing = end - data;
            return Err(source.truncated(format!("tensor {} should have {missing} bytes more", Shown(key))));
        }
        covered = end;
    }
    match data - covered {
        0 => Ok(()),
        rest => Err(source.malformed(format!("{rest} bytes after the last tensor belong to none"))),
    }
}
