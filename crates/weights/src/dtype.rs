//! Element types, and how the two file formats spell them.

use std::fmt;

/// The type of a tensor's elements: those that Paddle and safetensors have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DType {
    /// IEEE single precision.
    F32,
    /// IEEE double precision.
    F64,
    /// IEEE half precision.
    F16,
    /// The upper half of single precision.
    Bf16,
    /// Signed, 64 bits.
    I64,
    /// Signed, 32 bits.
    I32,
    /// Signed, 8 bits.
    I8,
    /// Unsigned, 8 bits.
    U8,
    /// One byte, 0 or 1.
    Bool,
}

impl DType {
    /// Every type.
    pub const ALL: [DType; 9] =
        [DType::F32, DType::F64, DType::F16, DType::Bf16, DType::I64, DType::I32, DType::I8, DType::U8, DType::Bool];

    /// Bytes of one element: 1, 2, 4 or 8.
    pub fn size(self) -> usize {
        match self {
            DType::F64 | DType::I64 => 8,
            DType::F32 | DType::I32 => 4,
            DType::F16 | DType::Bf16 => 2,
            DType::I8 | DType::U8 | DType::Bool => 1,
        }
    }

    /// Whether values of this type can be weights: f32, f64, f16 and bf16.
    pub fn is_float(self) -> bool {
        matches!(self, DType::F32 | DType::F64 | DType::F16 | DType::Bf16)
    }

    /// The name in vtk's own texts and reference cases: `f32`, `bf16`, `bool` …
    pub fn name(self) -> &'static str {
        match self {
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::F16 => "f16",
            DType::Bf16 => "bf16",
            DType::I64 => "i64",
            DType::I32 => "i32",
            DType::I8 => "i8",
            DType::U8 => "u8",
            DType::Bool => "bool",
        }
    }

    /// The name in a safetensors header.
    pub(crate) fn safetensors_name(self) -> &'static str {
        match self {
            DType::F32 => "F32",
            DType::F64 => "F64",
            DType::F16 => "F16",
            DType::Bf16 => "BF16",
            DType::I64 => "I64",
            DType::I32 => "I32",
            DType::I8 => "I8",
            DType::U8 => "U8",
            DType::Bool => "BOOL",
        }
    }

    /// The type of a safetensors name.
    pub(crate) fn from_safetensors_name(name: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|dtype| dtype.safetensors_name() == name)
    }

    /// numpy's type code as Paddle uses it. `u2` stands for bfloat16: numpy has no such type, Paddle has no unsigned 16-bit tensors.
    pub(crate) fn numpy_code(self) -> &'static str {
        match self {
            DType::F32 => "f4",
            DType::F64 => "f8",
            DType::F16 => "f2",
            DType::Bf16 => "u2",
            DType::I64 => "i8",
            DType::I32 => "i4",
            DType::I8 => "i1",
            DType::U8 => "u1",
            DType::Bool => "b1",
        }
    }

    /// The type of a numpy code.
    pub(crate) fn from_numpy_code(code: &str) -> Option<DType> {
        DType::ALL.into_iter().find(|dtype| dtype.numpy_code() == code)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
