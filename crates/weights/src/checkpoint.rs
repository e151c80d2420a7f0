//! The table of tensors, and the ways in and out of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use indexmap::IndexMap;

use crate::error::WeightsError;
use crate::format::{self, Format};
use crate::mismatch::{Mismatch, NotFinite};
use crate::source::Source;
use crate::tensor::Tensor;
use crate::{limits, pickle, safetensors, save};

/// Named tensors in an order of their own, and a map of texts about them. A clone shares the tensors' bytes.
#[derive(Debug, Clone)]
pub struct Checkpoint {
    name: String,
    tensors: IndexMap<String, Tensor>,
    metadata: BTreeMap<String, String>,
}

impl Checkpoint {
    /// A table without tensors.
    pub fn new() -> Checkpoint {
        Checkpoint::named("the checkpoint")
    }

    /// A table without tensors that errors call by this name.
    pub(crate) fn named(name: &str) -> Checkpoint {
        Checkpoint { name: name.to_owned(), tensors: IndexMap::new(), metadata: BTreeMap::new() }
    }

    /// Reads a file. Its name's ending says the format (`.pdparams`, `.safetensors`); without one of these the content decides.
    ///
    /// # Errors
    /// [`WeightsError::Io`] where it can't be read, and all that [`from_bytes_as`](Checkpoint::from_bytes_as) may find.
    pub fn from_path(path: &Path) -> Result<Checkpoint, WeightsError> {
        let name = path.display().to_string();
        let bytes = read(path, &name)?;
        Checkpoint::from_bytes(&name, &bytes)
    }

    /// Reads the content of a file. The name stands in errors, and its ending says the format (`.pdparams`, `.safetensors`); without one
    /// of these the content decides.
    ///
    /// # Errors
    /// All that [`from_bytes_as`](Checkpoint::from_bytes_as) may find; [`WeightsError::UnknownFormat`] where neither decides.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Checkpoint, WeightsError> {
        match Format::of_name(name).or_else(|| Format::of_content(bytes)) {
            Some(format) => Checkpoint::from_bytes_as(name, bytes, format),
            None if bytes.is_empty() => Err(WeightsError::Empty { file: name.to_owned() }),
            None => {
                let source = Source { file: name, bytes };
                Err(source.unknown_format(format::describe(bytes), "a .pdparams or .safetensors file"))
            }
        }
    }

    /// Reads the content of a file of a stated format. Tensors keep the order of a `.pdparams` file's table; those of a `.safetensors`
    /// file are sorted by key.
    ///
    /// # Errors
    /// Whatever is wrong with the file: see the variants of [`WeightsError`].
    pub fn from_bytes_as(name: &str, bytes: &[u8], format: Format) -> Result<Checkpoint, WeightsError> {
        if bytes.is_empty() {
            return Err(WeightsError::Empty { file: name.to_owned() });
        }
        match format {
            Format::Pdparams => pickle::read(name, bytes),
            Format::Safetensors => safetensors::read(name, bytes),
        }
    }

    /// The name that errors call the checkpoint by: that of its file, where it was read from one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts a tensor under a key, at the end or in the place of the one that was there, which is returned.
    pub fn insert(&mut self, key: impl Into<String>, tensor: Tensor) -> Option<Tensor> {
        self.tensors.insert(key.into(), tensor)
    }

    /// Gives a tensor its internal name, if there is a tensor of this key and it has none.
    pub(crate) fn name_param(&mut self, key: &str, param: &str) {
        if let Some(tensor) = self.tensors.get_mut(key).filter(|tensor| tensor.param().is_none()) {
            tensor.set_param(param);
        }
    }

    /// The tensor of a key.
    pub fn get(&self, key: &str) -> Option<&Tensor> {
        self.tensors.get(key)
    }

    /// Keys and tensors, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(key, tensor)| (key.as_str(), tensor))
    }

    /// The tensors whose keys begin with `prefix`, under the rest of their keys: one network out of several, or a part of one. Name and
    /// metadata stay.
    pub fn part(&self, prefix: &str) -> Checkpoint {
        let within = |(key, tensor): (&String, &Tensor)| Some((key.strip_prefix(prefix)?.to_owned(), tensor.clone()));
        Checkpoint { name: self.name.clone(), tensors: self.tensors.iter().filter_map(within).collect(), metadata: self.metadata.clone() }
    }

    /// Keys, in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    /// The number of tensors.
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there are no tensors.
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// Texts about the tensors, such as `arch` or `labels`. Only `.safetensors` files keep them.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.metadata
    }

    /// Puts a text into the metadata.
    pub fn set_metadata(&mut self, key: impl Into<String>, value: impl Into<String>) {
        self.metadata.insert(key.into(), value.into());
    }

    /// Checks that all values of all float tensors are finite in single precision.
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] with every tensor that has another value, of the class [`NotFinite`](crate::ErrorKind::NotFinite).
    pub fn check_finite(&self) -> Result<(), WeightsError> {
        let not_finite: Vec<NotFinite> = self
            .iter()
            .filter_map(|(key, tensor)| {
                let (index, value) = tensor.first_not_finite()?;
                Some(NotFinite { key: key.to_owned(), index, value })
            })
            .collect();
        if not_finite.is_empty() {
            return Ok(());
        }
        let file = self.name.clone();
        Err(WeightsError::Mismatch(Box::new(Mismatch { file, not_finite, ..Mismatch::default() })))
    }

    /// The same table with the f32 tensors of two and more dimensions in half precision, rounded to the nearest. Vectors (biases, the
    /// statistics of normalization) and tensors with a finite value above 65504 stay as they are.
    #[must_use]
    pub fn to_half(&self) -> Checkpoint {
        let mut half = self.clone();
        for tensor in half.tensors.values_mut().filter(|tensor| tensor.shape().len() >= 2) {
            if let Some(small) = tensor.to_half() {
                *tensor = small;
            }
        }
        half
    }

    /// The content of a `.safetensors` file. The same table gives the same bytes.
    ///
    /// # Errors
    /// [`WeightsError::Argument`] for a tensor called `__metadata__`, which the format keeps for itself, and for more than 65,536
    /// tensors or 100 MB of header.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, WeightsError> {
        safetensors::write(self)
    }

    /// The content of a `.pdparams` file as Paddle writes a state dict: the tensors in order, then the table of internal names if any
    /// tensor has one. Paddle reads it, and so does any Python with numpy. The metadata is left out, the format has no place for it.
    ///
    /// # Errors
    /// [`WeightsError::Argument`] for another pickle protocol than 2, 3 or 4, for a table without tensors, for a tensor of 1 GiB and more
    /// in protocols 2 and 3, and for keys that can't be read again.
    pub fn to_pdparams(&self, protocol: u8) -> Result<Vec<u8>, WeightsError> {
        pickle::write(self, protocol)
    }

    /// Writes a `.safetensors` file: into a temporary file of the same folder, which takes the name's place when all is on disk.
    ///
    /// # Errors
    /// [`WeightsError::Io`], and those of [`to_safetensors`](Checkpoint::to_safetensors).
    pub fn save_safetensors(&self, path: &Path) -> Result<(), WeightsError> {
        save::replace(path, &self.to_safetensors()?)
    }

    /// Writes a `.pdparams` file of protocol 4, in the same way.
    ///
    /// # Errors
    /// [`WeightsError::Io`], and those of [`to_pdparams`](Checkpoint::to_pdparams).
    pub fn save_pdparams(&self, path: &Path) -> Result<(), WeightsError> {
        save::replace(path, &self.to_pdparams(4)?)
    }
}

impl Default for Checkpoint {
    fn default() -> Checkpoint {
        Checkpoint::new()
    }
}

/// Tensors and metadata decide; the name does not.
impl PartialEq for Checkpoint {
    fn eq(&self, other: &Checkpoint) -> bool {
        self.metadata == other.metadata && self.tensors.iter().eq(other.tensors.iter())
    }
}

/// The bytes of a file, not more than the limit.
fn read(path: &Path, name: &str) -> Result<Vec<u8>, WeightsError> {
    let failed = |cause| WeightsError::Io { file: name.to_owned(), cause };
    let mut file = File::open(path).map_err(failed)?;
    let announced = file.metadata().map_err(failed)?.len();
    let too_large =
        || WeightsError::Limit { file: name.to_owned(), what: format!("a file of weights may have {} bytes", limits::FILE_BYTES) };
    if announced > limits::FILE_BYTES {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    bytes
        .try_reserve_exact(usize::try_from(announced).map_err(|_| too_large())?)
        .map_err(|_| failed(std::io::ErrorKind::OutOfMemory.into()))?;
    // A device or a pipe announces no length: it is read up to the limit.
    let read = file.by_ref().take(limits::FILE_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if read as u64 > limits::FILE_BYTES {
        return Err(too_large());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, ErrorKind};

    #[test]
    fn without_an_ending_the_content_decides() {
        let mut checkpoint = Checkpoint::new();
        checkpoint.insert("w", Tensor::from_f32(&[1], &[1.0]).unwrap());
        for bytes in [checkpoint.to_pdparams(4).unwrap(), checkpoint.to_safetensors().unwrap()] {
            assert!(Checkpoint::from_bytes("model.bin", &bytes).unwrap() == checkpoint);
            assert!(Checkpoint::from_bytes("-", &bytes).unwrap() == checkpoint);
        }
        for (bytes, class, word) in [
            (&b""[..], ErrorKind::Empty, "empty"),
            (b"hello", ErrorKind::UnknownFormat, "a text"),
            (b"\xfe\xfe\xfe", ErrorKind::UnknownFormat, "of no known format"),
        ] {
            let error = Checkpoint::from_bytes("model.bin", bytes).unwrap_err();
            assert_eq!(error.kind(), class);
            assert!(error.to_string().starts_with("model.bin ") && error.to_string().contains(word), "{error}");
        }
    }

    #[test]
    fn values_that_are_not_finite_are_found_without_a_network() {
        let mut checkpoint = Checkpoint::new();
        checkpoint.insert("steps", Tensor::new(DType::I64, &[], vec![0xff; 8]).unwrap());
        checkpoint.insert("w", Tensor::from_f32(&[2], &[1.0, 2.0]).unwrap());
        checkpoint.check_finite().unwrap();
        checkpoint.insert("w", Tensor::new(DType::F16, &[2], vec![0, 0, 0, 0x7c]).unwrap());
        let error = checkpoint.check_finite().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFinite);
        assert!(error.to_string().contains("w has inf at element 1"), "{error}");
    }
}
