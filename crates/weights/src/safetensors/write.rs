//! The writer. Tensors lie in the order of falling element size, then of their keys, as the reference implementation puts them, so that
//! each is aligned; the header is padded to a multiple of eight.

use std::cmp::Reverse;

use super::METADATA;
use crate::checkpoint::Checkpoint;
use crate::error::WeightsError;
use crate::limits;
use crate::tensor::Tensor;

/// The content of a file that holds this table.
pub(crate) fn write(checkpoint: &Checkpoint) -> Result<Vec<u8>, WeightsError> {
    let mut tensors: Vec<(&str, &Tensor)> = checkpoint.iter().collect();
    tensors.sort_by_key(|(key, tensor)| (Reverse(tensor.dtype().size()), *key));
    let header = header(checkpoint, &tensors)?;
    let data: usize = tensors.iter().map(|(_, tensor)| tensor.bytes().len()).sum();
    let mut bytes = Vec::with_capacity(8 + header.len() + data);
    bytes.extend_from_slice(&(header.len() as u64).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    for (_, tensor) in tensors {
        bytes.extend_from_slice(tensor.bytes());
    }
    Ok(bytes)
}

fn header(checkpoint: &Checkpoint, tensors: &[(&str, &Tensor)]) -> Result<String, WeightsError> {
    if tensors.len() > limits::TENSORS {
        let what = format!("{} tensors are more than a file may have, {}", tensors.len(), limits::TENSORS);
        return Err(WeightsError::Argument { what });
    }
    let mut entries = Vec::with_capacity(tensors.len() + 1);
    if !checkpoint.metadata().is_empty() {
        entries.push(format!("\"{METADATA}\":{}", serde_json::json!(checkpoint.metadata())));
    }
    let mut start = 0;
    for (key, tensor) in tensors {
        check_key(key)?;
        let end = start + tensor.bytes().len();
        let key = serde_json::Value::from(*key);
        let dtype = tensor.dtype().safetensors_name();
        let shape = serde_json::json!(tensor.shape());
        entries.push(format!("{key}:{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":[{start},{end}]}}"));
        start = end;
    }
    let mut header = format!("{{{}}}", entries.join(","));
    header.extend(std::iter::repeat_n(' ', header.len().next_multiple_of(8) - header.len()));
    if header.len() as u64 > limits::HEADER_BYTES {
        let what = format!("keys and metadata take {} bytes, the format allows {}", header.len(), limits::HEADER_BYTES);
        return Err(WeightsError::Argument { what });
    }
    Ok(header)
}

/// Refuses what could not be read again.
fn check_key(key: &str) -> Result<(), WeightsError> {
    if key == METADATA {
        let what = format!("a tensor can't be called {METADATA}: the safetensors format keeps that name for itself");
        return Err(WeightsError::Argument { what });
    }
    if key.len() > limits::KEY_BYTES {
        let what = format!("a key of {} bytes is longer than a file may have, {}", key.len(), limits::KEY_BYTES);
        return Err(WeightsError::Argument { what });
    }
    Ok(())
}
