//! One tensor: its type, its shape, its elements as bytes.

use std::fmt;
use std::sync::Arc;

use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};

use crate::dtype::DType;
use crate::error::WeightsError;
use crate::limits;
use crate::shown::ShownShape;

/// A tensor of a checkpoint: row-major elements, each in little-endian order. A clone shares the bytes.
#[derive(Clone, PartialEq)]
pub struct Tensor {
    dtype: DType,
    shape: Vec<usize>,
    bytes: Arc<Vec<u8>>,
    param: Option<String>,
}

impl Tensor {
    /// A tensor of these little-endian, row-major bytes. A scalar has the shape `[]`.
    ///
    /// # Errors
    /// [`WeightsError::Argument`] where the bytes are not as many as the shape says.
    pub fn new(dtype: DType, shape: &[usize], bytes: Vec<u8>) -> Result<Tensor, WeightsError> {
        let size = limits::shape_size(shape, dtype.size()).map(|(_, bytes)| bytes);
        if size != Some(bytes.len()) {
            let size = size.map_or_else(|| "more than there can be".into(), |n| n.to_string());
            return Err(WeightsError::Argument {
                what: format!("a tensor of {dtype} and shape {} takes {size} bytes, {} were given", ShownShape(shape), bytes.len()),
            });
        }
        Ok(Tensor::from_checked(dtype, shape.to_vec(), bytes))
    }

    /// A tensor of bytes whose number the caller has checked.
    pub(crate) fn from_checked(dtype: DType, shape: Vec<usize>, bytes: Vec<u8>) -> Tensor {
        Tensor { dtype, shape, bytes: Arc::new(bytes), param: None }
    }

    /// A tensor of single-precision values, row-major.
    ///
    /// # Errors
    /// [`WeightsError::Argument`] where the values are not as many as the shape says.
    pub fn from_f32(shape: &[usize], values: &[f32]) -> Result<Tensor, WeightsError> {
        let bytes = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Tensor::new(DType::F32, shape, bytes)
    }

    /// The same tensor with Paddle's internal name (`conv2d_0.w_0`), which a `.pdparams` file keeps beside the key.
    #[must_use]
    pub fn with_param(mut self, param: impl Into<String>) -> Tensor {
        self.param = Some(param.into());
        self
    }

    pub(crate) fn set_param(&mut self, param: &str) {
        self.param = Some(param.to_owned());
    }

    /// The type of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The dimensions; empty for a scalar.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The elements: row-major, little-endian.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of elements: 1 for a scalar.
    pub fn len(&self) -> usize {
        self.bytes.len() / self.dtype.size()
    }

    /// Whether a dimension is 0.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Paddle's internal name of the parameter, where the file has one.
    pub fn param(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// The values in single precision: f16 and bf16 exactly, f64 rounded to the nearest.
    ///
    /// # Errors
    /// [`WeightsError::NotFloat`] for integers and booleans.
    pub fn to_f32(&self) -> Result<Vec<f32>, WeightsError> {
        match self.dtype {
            DType::F32 => Ok(self.elements(f32::from_le_bytes)),
            DType::F64 => Ok(self.elements(|bytes| f64::from_le_bytes(bytes) as f32)),
            DType::F16 => Ok(self.elements(f16::from_le_bytes).to_f32_vec()),
            DType::Bf16 => Ok(self.elements(bf16::from_le_bytes).to_f32_vec()),
            dtype => Err(WeightsError::NotFloat { found: dtype }),
        }
    }

    /// The tensor in half precision, rounded to the nearest, if it is f32 and none of its finite values is too large for that.
    pub(crate) fn to_half(&self) -> Option<Tensor> {
        if self.dtype != DType::F32 {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len() / 2);
        for value in self.elements(f32::from_le_bytes) {
            let half = f16::from_f32(value);
            if value.is_finite() && !half.is_finite() {
                return None;
            }
            bytes.extend_from_slice(&half.to_le_bytes());
        }
        let half = Tensor::from_checked(DType::F16, self.shape.clone(), bytes);
        Some(Tensor { param: self.param.clone(), ..half })
    }

    /// The place and value of the first element that is NaN or infinite in single precision; `None` for integers.
    pub(crate) fn first_not_finite(&self) -> Option<(usize, f32)> {
        first_not_finite(&self.to_f32().ok()?)
    }

    fn elements<const N: usize, T>(&self, read: impl Fn([u8; N]) -> T) -> Vec<T> {
        self.bytes.as_chunks::<N>().0.iter().map(|bytes| read(*bytes)).collect()
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor {{ {} {}", self.dtype, ShownShape(&self.shape))?;
        if let Some(param) = &self.param {
            write!(f, " {param:?}")?;
        }
        f.write_str(" }")
    }
}

/// The place and value of the first value that is NaN or infinite.
pub(crate) fn first_not_finite(values: &[f32]) -> Option<(usize, f32)> {
    let index = values.iter().position(|value| !value.is_finite())?;
    Some((index, *values.get(index)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_of_every_width_become_f32() {
        let half = Tensor::new(DType::F16, &[2], vec![0x00, 0x3c, 0x01, 0x00]).unwrap();
        assert_eq!(half.to_f32().unwrap(), [1.0, 2.0f32.powi(-24)]);
        let brain = Tensor::new(DType::Bf16, &[1], vec![0x80, 0x3f]).unwrap();
        assert_eq!(brain.to_f32().unwrap(), [1.0]);
        let double = Tensor::new(DType::F64, &[], 0.1f64.to_le_bytes().to_vec()).unwrap();
        assert_eq!(double.to_f32().unwrap(), [0.1f32]);
    }

    #[test]
    fn integers_are_no_weights() {
        let error = Tensor::new(DType::I64, &[1], vec![0; 8]).unwrap().to_f32().unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::UnsupportedDtype);
    }

    #[test]
    fn the_shape_must_fit_the_bytes() {
        assert!(Tensor::new(DType::F32, &[2, 2], vec![0; 15]).is_err());
        assert!(Tensor::new(DType::F32, &[1 << 40, 1 << 40], Vec::new()).is_err());
        assert!(Tensor::new(DType::F32, &[0, 1 << 40, 1 << 40], Vec::new()).is_err());
        assert_eq!(Tensor::new(DType::F32, &[0, 3], Vec::new()).unwrap().len(), 0);
    }

    #[test]
    fn half_precision_is_left_alone_where_it_would_overflow() {
        let fits = Tensor::from_f32(&[2], &[65504.0, -1.0]).unwrap().to_half().unwrap();
        assert_eq!(fits.to_f32().unwrap(), [65504.0, -1.0]);
        assert_eq!(Tensor::from_f32(&[1], &[70000.0]).unwrap().to_half(), None);
        assert!(Tensor::from_f32(&[1], &[f32::INFINITY]).unwrap().to_half().is_some());
    }
}
