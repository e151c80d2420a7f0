//! The strict load: a network names the tensors it wants, and whatever doesn't fit is reported at the end, all at once.

use std::collections::HashSet;

use crate::checkpoint::Checkpoint;
use crate::error::WeightsError;
use crate::mismatch::{Mismatch, Misshaped, NotFinite, NotFloat, Shaped};
use crate::tensor::first_not_finite;

/// A load of a checkpoint into a network. Each wanted tensor is asked for by [`take`](StrictLoad::take), which records what does not fit
/// and goes on; [`finish`](StrictLoad::finish) is the verdict.
#[derive(Debug)]
pub struct StrictLoad<'a> {
    checkpoint: &'a Checkpoint,
    /// Keys that were asked for or may stay unused, in the file or not.
    known: HashSet<String>,
    mismatch: Mismatch,
}

impl<'a> StrictLoad<'a> {
    /// Begins a load of this checkpoint.
    pub fn new(checkpoint: &'a Checkpoint) -> StrictLoad<'a> {
        let mismatch = Mismatch { file: checkpoint.name().to_owned(), ..Mismatch::default() };
        StrictLoad { checkpoint, known: HashSet::new(), mismatch }
    }

    /// Whether the file has a tensor of this key. Asking is not using.
    pub fn contains(&self, key: &str) -> bool {
        self.checkpoint.get(key).is_some()
    }

    /// The shape of a tensor in the file: where the file decides, such as the number of classes. Asking is not using.
    pub fn shape(&self, key: &str) -> Option<&'a [usize]> {
        self.checkpoint.get(key).map(|tensor| tensor.shape())
    }

    /// The values of a wanted tensor in single precision, row-major. `None`, and a line in the report, where the file lacks it, or where
    /// its shape is another, its type is no float, or a value is NaN or infinite. A key may be taken more than once.
    pub fn take(&mut self, key: &str, shape: &[usize]) -> Option<Vec<f32>> {
        let first = self.known.insert(key.to_owned());
        let taken = self.fit(key, shape);
        match taken {
            Ok(values) => Some(values),
            Err(misfit) => {
                if first {
                    misfit.record(&mut self.mismatch);
                }
                None
            }
        }
    }

    /// Says that a tensor may be in the file and stay unused.
    pub fn ignore(&mut self, key: &str) {
        self.known.insert(key.to_owned());
    }

    /// The verdict: every wanted tensor was there and fitted, and no other tensor was.
    ///
    /// # Errors
    /// [`WeightsError::Mismatch`] with every tensor that is missing, unused, of another shape, not of a float type or not finite.
    pub fn finish(self) -> Result<(), WeightsError> {
        let mut mismatch = self.mismatch;
        mismatch.unused = self
            .checkpoint
            .iter()
            .filter(|(key, _)| !self.known.contains(*key))
            .map(|(key, tensor)| Shaped { key: key.to_owned(), shape: tensor.shape().to_vec() })
            .collect();
        if mismatch.is_empty() { Ok(()) } else { Err(WeightsError::Mismatch(Box::new(mismatch))) }
    }

    fn fit(&self, key: &str, shape: &[usize]) -> Result<Vec<f32>, Misfit> {
        let key = key.to_owned();
        let Some(tensor) = self.checkpoint.get(&key) else {
            return Err(Misfit::Missing(Shaped { key, shape: shape.to_vec() }));
        };
        if tensor.shape() != shape {
            let found = tensor.shape().to_vec();
            return Err(Misfit::Misshaped(Misshaped { key, found, wanted: shape.to_vec() }));
        }
        let Ok(values) = tensor.to_f32() else {
            return Err(Misfit::NotFloat(NotFloat { key, dtype: tensor.dtype() }));
        };
        match first_not_finite(&values) {
            Some((index, value)) => Err(Misfit::NotFinite(NotFinite { key, index, value })),
            None => Ok(values),
        }
    }
}

enum Misfit {
    Missing(Shaped),
    Misshaped(Misshaped),
    NotFloat(NotFloat),
    NotFinite(NotFinite),
}

impl Misfit {
    fn record(self, mismatch: &mut Mismatch) {
        match self {
            Misfit::Missing(tensor) => mismatch.missing.push(tensor),
            Misfit::Misshaped(tensor) => mismatch.misshaped.push(tensor),
            Misfit::NotFloat(tensor) => mismatch.not_float.push(tensor),
            Misfit::NotFinite(tensor) => mismatch.not_finite.push(tensor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DType, ErrorKind, Tensor};

    fn checkpoint() -> Checkpoint {
        let mut checkpoint = Checkpoint::new();
        checkpoint.insert("conv.weight", Tensor::from_f32(&[2, 1, 1, 1], &[1.0, 2.0]).unwrap());
        checkpoint.insert("bn.mean", Tensor::from_f32(&[2], &[0.0, f32::NAN]).unwrap());
        checkpoint.insert("fc.weight", Tensor::from_f32(&[1, 2], &[1.0, 2.0]).unwrap());
        checkpoint.insert("fc.bias", Tensor::new(DType::I64, &[1], vec![0; 8]).unwrap());
        checkpoint.insert("steps", Tensor::new(DType::I64, &[], vec![0; 8]).unwrap());
        checkpoint
    }

    #[test]
    fn everything_that_does_not_fit_is_reported_at_once() {
        let checkpoint = checkpoint();
        let mut load = StrictLoad::new(&checkpoint);
        assert_eq!(load.take("conv.weight", &[2, 1, 1, 1]), Some(vec![1.0, 2.0]));
        assert_eq!(load.take("bn.mean", &[2]), None);
        assert_eq!(load.take("bn.variance", &[2]), None);
        assert_eq!(load.take("bn.variance", &[2]), None);
        assert_eq!(load.take("fc.weight", &[2, 1]), None);
        assert_eq!(load.take("fc.bias", &[1]), None);
        let error = load.finish().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingKey);
        let text = error.to_string();
        for part in [
            "1 missing: bn.variance [2]",
            "1 of another shape: fc.weight is [1, 2], [2, 1] is wanted",
            "fc.bias is i64, a float type is wanted",
            "bn.mean has NaN at element 1",
            "1 not wanted: steps []",
        ] {
            assert!(text.contains(part), "{text} lacks {part}");
        }
        let WeightsError::Mismatch(mismatch) = error else { panic!("{error}") };
        assert_eq!(mismatch.missing, [Shaped { key: "bn.variance".into(), shape: vec![2] }]);
        assert_eq!(mismatch.not_finite.len(), 1);
    }

    #[test]
    fn asking_is_not_using_and_ignored_keys_may_stay() {
        let mut checkpoint = Checkpoint::new();
        checkpoint.insert("w", Tensor::from_f32(&[], &[1.0]).unwrap());
        let mut load = StrictLoad::new(&checkpoint);
        assert!(load.contains("w") && !load.contains("v"));
        assert_eq!(load.shape("w"), Some(&[][..]));
        assert_eq!(load.finish().unwrap_err().kind(), ErrorKind::ExtraKey);
        load = StrictLoad::new(&checkpoint);
        load.ignore("w");
        load.ignore("not there");
        load.finish().unwrap();
    }

    #[test]
    fn a_double_too_large_for_single_precision_is_not_finite() {
        let mut checkpoint = Checkpoint::new();
        checkpoint.insert("w", Tensor::new(DType::F64, &[], 1e300f64.to_le_bytes().to_vec()).unwrap());
        let mut load = StrictLoad::new(&checkpoint);
        assert_eq!(load.take("w", &[]), None);
        assert_eq!(load.finish().unwrap_err().kind(), ErrorKind::NotFinite);
    }
}
