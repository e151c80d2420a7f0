//! The `.safetensors` format: eight bytes that say the length of a JSON header, the header, and the tensors' data without a gap.

mod header;
mod read;
mod write;

pub(crate) use read::read;
pub(crate) use write::write;

/// The header's entry that is no tensor: a map of texts.
const METADATA: &str = "__metadata__";
