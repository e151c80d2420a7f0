//! Where a network that is being grown gets its numbers from.
//!
//! The first growth reads a checkpoint strictly: each wanted key is looked up, checked and noted, and what is left over is an error.
//! The finished constants (batch norms folded, kernels turned) are kept, so that the network can be grown again for another input
//! size from the same memory, without the checkpoint. A dry run has no file at all and only notes what is wanted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tract_onnx::prelude::Tensor;
use vtk_weights::{Checkpoint, StrictLoad};

use crate::NnError;

/// What a growth leaves behind: constants to grow again from, and the count of the numbers.
#[derive(Clone, Default)]
pub(crate) struct Store {
    constants: HashMap<String, Arc<Tensor>>,
    file_shapes: HashMap<String, Vec<usize>>,
    /// Numbers in the file that training moves: all but the statistics of batch norms.
    pub(crate) trainable: usize,
    /// All numbers in the file that the network asks for.
    pub(crate) stored: usize,
}

impl Store {
    /// Bytes of the constants.
    pub(crate) fn bytes(&self) -> usize {
        self.constants.values().map(|t| t.len() * t.datum_type().size_of()).sum()
    }
}

enum Source<'a> {
    File(StrictLoad<'a>),
    Dry(Vec<(String, Vec<usize>)>),
    Kept,
}

/// The numbers of one growth.
pub(crate) struct Params<'a> {
    source: Source<'a>,
    store: Store,
    seen: HashSet<String>,
}

impl<'a> Params<'a> {
    pub(crate) fn from_file(checkpoint: &'a Checkpoint) -> Self {
        let file_shapes = checkpoint.iter().map(|(k, t)| (k.to_owned(), t.shape().to_vec())).collect();
        Self { source: Source::File(StrictLoad::new(checkpoint)), store: Store { file_shapes, ..Store::default() }, seen: HashSet::new() }
    }

    pub(crate) fn dry() -> Self {
        Self { source: Source::Dry(Vec::new()), store: Store::default(), seen: HashSet::new() }
    }

    pub(crate) fn kept(store: &Store) -> Params<'static> {
        Params { source: Source::Kept, store: store.clone(), seen: HashSet::new() }
    }

    /// Shape of a key in the file; `None` where the file lacks it or in a dry run.
    pub(crate) fn file_shape(&self, key: &str) -> Option<&[usize]> {
        self.store.file_shapes.get(key).map(Vec::as_slice)
    }

    /// The key may be in the file and stays unused.
    pub(crate) fn ignore(&mut self, key: &str) {
        if let Source::File(load) = &mut self.source {
            load.ignore(key);
        }
    }

    /// The numbers of a key, checked. What is wrong with it is noted and zeros are given, so that one report names everything.
    pub(crate) fn take(&mut self, key: &str, shape: &[usize], role: Role) -> Result<Vec<f32>, NnError> {
        let len = shape
            .iter()
            .try_fold(1usize, |n, d| n.checked_mul(*d))
            .filter(|n| *n <= MAX_NUMBERS)
            .ok_or_else(|| NnError::layer(key, format!("a weight of shape {shape:?} is too large")))?;
        if self.seen.insert(key.to_owned()) && !matches!(self.source, Source::Kept) {
            self.store.stored += len;
            if role == Role::Trained {
                self.store.trainable += len;
            }
            if let Source::Dry(wanted) = &mut self.source {
                wanted.push((key.to_owned(), shape.to_vec()));
            }
        }
        match &mut self.source {
            Source::File(load) => Ok(load.take(key, shape).unwrap_or_else(|| vec![0.0; len])),
            Source::Dry(_) => Ok(vec![0.0; len]),
            Source::Kept => Err(NnError::layer(key, "a network must ask for the same weights at every input size")),
        }
    }

    /// The constants under these names: kept ones, or made now and kept.
    pub(crate) fn constants<const N: usize>(
        &mut self,
        names: [String; N],
        make: impl FnOnce(&mut Self) -> Result<[Tensor; N], NnError>,
    ) -> Result<[Arc<Tensor>; N], NnError> {
        if names.iter().any(|n| !self.store.constants.contains_key(n)) {
            let made = make(self)?;
            for (name, tensor) in names.iter().zip(made) {
                self.store.constants.insert(name.clone(), Arc::new(tensor));
            }
        }
        Ok(names.map(|n| Arc::clone(&self.store.constants[&n])))
    }

    /// Ends a growth: what was wrong with the checkpoint, or what is kept.
    pub(crate) fn finish(self) -> Result<Store, NnError> {
        if let Source::File(load) = self.source {
            load.finish()?;
        }
        Ok(self.store)
    }

    /// Ends a dry run: the keys and shapes in the order of asking.
    pub(crate) fn into_wanted(self) -> Vec<(String, Vec<usize>)> {
        match self.source {
            Source::Dry(wanted) => wanted,
            Source::File(_) | Source::Kept => Vec::new(),
        }
    }
}

/// No weight of this family comes near: a class count read from a file can't make us reserve more than a gigabyte.
const MAX_NUMBERS: usize = 1 << 28;

/// What training does with a number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Moved by the optimizer.
    Trained,
    /// A running statistic of a batch norm.
    Statistic,
}
