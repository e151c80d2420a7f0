//! The tensors of a case as arrays, by what their numbers are.

use std::path::PathBuf;

use ndarray::{ArrayD, IxDyn};
use vtk_weights::{DType, Tensor};

/// A tensor in memory. Half-precision floats of a file are widened to f32.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Array {
    /// 32-bit floats.
    F32(ArrayD<f32>),
    /// Bytes: pictures, masks, class maps.
    U8(ArrayD<u8>),
    /// 32-bit integers.
    I32(ArrayD<i32>),
    /// 64-bit integers.
    I64(ArrayD<i64>),
}

/// One input of a case.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// 32-bit floats.
    F32(ArrayD<f32>),
    /// Bytes.
    U8(ArrayD<u8>),
    /// 32-bit integers.
    I32(ArrayD<i32>),
    /// 64-bit integers.
    I64(ArrayD<i64>),
    /// An encoded picture.
    Picture {
        /// The file.
        path: PathBuf,
        /// Its content.
        bytes: Vec<u8>,
    },
}

impl Array {
    /// The sizes, outermost first.
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::F32(a) => a.shape(),
            Self::U8(a) => a.shape(),
            Self::I32(a) => a.shape(),
            Self::I64(a) => a.shape(),
        }
    }

    /// What the numbers are: `f32`, `u8`, `i32` or `i64`.
    pub fn dtype(&self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::U8(_) => "u8",
            Self::I32(_) => "i32",
            Self::I64(_) => "i64",
        }
    }

    /// The array of a tensor of a checkpoint; the error says what is wrong with it.
    pub(crate) fn from_tensor(tensor: &Tensor) -> Result<Self, String> {
        let shape = IxDyn(tensor.shape());
        let bytes = tensor.bytes();
        let misfit = |_| "its data do not fill its shape".to_owned();
        Ok(match tensor.dtype() {
            DType::F32 | DType::F16 | DType::Bf16 => {
                let numbers = tensor.to_f32().map_err(|error| error.to_string())?;
                Self::F32(ArrayD::from_shape_vec(shape, numbers).map_err(misfit)?)
            }
            DType::U8 => Self::U8(ArrayD::from_shape_vec(shape, bytes.to_vec()).map_err(misfit)?),
            DType::I32 => Self::I32(ArrayD::from_shape_vec(shape, numbers(bytes, i32::from_le_bytes)).map_err(misfit)?),
            DType::I64 => Self::I64(ArrayD::from_shape_vec(shape, numbers(bytes, i64::from_le_bytes)).map_err(misfit)?),
            other => return Err(format!("its numbers are {other}: f16, bf16, f32, u8, i32 or i64 are expected")),
        })
    }
}

/// The numbers in a row of little-endian bytes.
fn numbers<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|&chunk| read(chunk)).collect()
}

impl From<Array> for Input {
    fn from(array: Array) -> Self {
        match array {
            Array::F32(a) => Self::F32(a),
            Array::U8(a) => Self::U8(a),
            Array::I32(a) => Self::I32(a),
            Array::I64(a) => Self::I64(a),
        }
    }
}

macro_rules! from_arrays {
    ($($variant:ident $number:ty),+) => {
        $(impl<D: ndarray::Dimension> From<ndarray::Array<$number, D>> for Array {
            fn from(array: ndarray::Array<$number, D>) -> Self {
                Self::$variant(array.into_dyn())
            }
        })+
    };
}

from_arrays!(F32 f32, U8 u8, I32 i32, I64 i64);

#[cfg(test)]
mod tests {
    use ndarray::arr1;

    use super::*;

    #[test]
    fn tensors_become_arrays_of_their_numbers() {
        let array = |dtype, bytes: &[u8]| Array::from_tensor(&Tensor::new(dtype, &[2], bytes.to_vec()).unwrap());
        assert_eq!(array(DType::U8, &[1, 255]).unwrap(), arr1(&[1_u8, 255]).into());
        assert_eq!(array(DType::I32, &[1, 0, 0, 0, 255, 255, 255, 255]).unwrap(), arr1(&[1_i32, -1]).into());
        assert_eq!(array(DType::F16, &[0, 0x3c, 0, 0xc0]).unwrap(), arr1(&[1.0_f32, -2.0]).into());
        assert_eq!(array(DType::Bf16, &[0x80, 0x3f, 0, 0xc0]).unwrap(), arr1(&[1.0_f32, -2.0]).into());
        let long: Vec<u8> = [7_i64, i64::MIN].iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!(array(DType::I64, &long).unwrap(), arr1(&[7_i64, i64::MIN]).into());
        assert!(array(DType::Bool, &[0, 1]).unwrap_err().contains("are expected"));
    }
}
