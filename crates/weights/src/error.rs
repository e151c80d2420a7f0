//! What can be wrong with a checkpoint, by whose fault it is.

use std::fmt;
use std::io;

use crate::dtype::DType;
use crate::mismatch::Mismatch;
use crate::shown::Shown;

/// Why a checkpoint could not be read, written or loaded into a network. Every message names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// The file could not be opened, read or written.
    #[error("{}: {cause}", Shown(file))]
    Io {
        /// The file.
        file: String,
        /// What the system said: a part of the message, and so no source of it.
        cause: io::Error,
    },
    /// The file has no bytes.
    #[error("{} is empty: get the file again, its download or copy was cut off", Shown(file))]
    Empty {
        /// The file.
        file: String,
    },
    /// The file is not in the format that its name says, or in none that is known.
    #[error("{} is {found}, not {expected}{}", Shown(file), advice.map_or_else(String::new, |advice| format!("; {advice}")))]
    UnknownFormat {
        /// The file.
        file: String,
        /// What it looks like.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
        /// What to do, where that is known.
        advice: Option<&'static str>,
    },
    /// The file ends too early.
    #[error("{} is cut off: {what}, but the file has only {len} bytes; get it again", Shown(file))]
    Truncated {
        /// The file.
        file: String,
        /// The file's length.
        len: usize,
        /// What should be there, and where.
        what: String,
    },
    /// The structure of the file is broken.
    #[error("{} is malformed: {what}", Shown(file))]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong, with the tensor's key or the place in the file.
        what: String,
    },
    /// A pickle asks for a function, a class or an instruction that weights don't need. Nothing of it was executed.
    #[error(
        "{} asks for {what} at byte {at}, which no file of weights needs; nothing was executed. Load it in Python only if you trust \
         its source, and save its state dict again with paddle.save",
        Shown(file)
    )]
    Unsafe {
        /// The file.
        file: String,
        /// The place of the instruction.
        at: usize,
        /// What was asked for.
        what: String,
    },
    /// A tensor of the file has elements of a type that a checkpoint can't hold.
    #[error("{}: tensor {} holds {found}; f32, f64, f16, bf16, i64, i32, i8, u8 and bool can be read", Shown(file), Shown(key))]
    UnsupportedDtype {
        /// The file.
        file: String,
        /// The tensor's key.
        key: String,
        /// What it holds.
        found: String,
    },
    /// Single-precision values were asked of a tensor of integers or booleans.
    #[error("a tensor of {found} can't serve as a weight: f32, f64, f16 or bf16 was expected")]
    NotFloat {
        /// The type that the tensor has.
        found: DType,
    },
    /// A well-formed pickle without a table of tensors.
    #[error("{} holds {found}; a table of tensors was expected, as paddle.save(layer.state_dict(), path) writes it", Shown(file))]
    NotAStateDict {
        /// The file.
        file: String,
        /// What the file holds.
        found: &'static str,
    },
    /// Two values stand under one key.
    #[error("{}: the key {} stands there twice, so that its value is not certain", Shown(file), Shown(key))]
    DuplicateKey {
        /// The file.
        file: String,
        /// The key.
        key: String,
    },
    /// A limit was passed that no file of weights comes near.
    #[error("{} goes past a limit: {what}", Shown(file))]
    Limit {
        /// The file.
        file: String,
        /// Which limit, and what it is.
        what: String,
    },
    /// The tensors don't fit the network.
    #[error("{0}")]
    Mismatch(Box<Mismatch>),
    /// The caller asked for something that can't be.
    #[error("{what}")]
    Argument {
        /// What was asked for, and what would be right.
        what: String,
    },
}

impl WeightsError {
    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            WeightsError::Io { .. } => ErrorKind::Io,
            WeightsError::Empty { .. } => ErrorKind::Empty,
            WeightsError::UnknownFormat { .. } => ErrorKind::UnknownFormat,
            WeightsError::Truncated { .. } => ErrorKind::Truncated,
            WeightsError::Malformed { .. } => ErrorKind::Malformed,
            WeightsError::Unsafe { .. } => ErrorKind::Unsafe,
            WeightsError::UnsupportedDtype { .. } | WeightsError::NotFloat { .. } => ErrorKind::UnsupportedDtype,
            WeightsError::NotAStateDict { .. } => ErrorKind::NotAStateDict,
            WeightsError::DuplicateKey { .. } => ErrorKind::DuplicateKey,
            WeightsError::Limit { .. } => ErrorKind::Limit,
            WeightsError::Mismatch(mismatch) => mismatch.kind(),
            WeightsError::Argument { .. } => ErrorKind::Argument,
        }
    }
}

/// The classes of errors, as reference cases and machine output name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Opening, reading or writing failed.
    Io,
    /// No bytes.
    Empty,
    /// Not the format that the name says.
    UnknownFormat,
    /// The file ends too early, or announces more than it has.
    Truncated,
    /// The structure is broken.
    Malformed,
    /// A pickle asks for more than weights need.
    Unsafe,
    /// Elements that can't be read, or that are no weights.
    UnsupportedDtype,
    /// A pickle without a table of tensors.
    NotAStateDict,
    /// A key twice.
    DuplicateKey,
    /// NaN or infinity in a weight.
    NotFinite,
    /// The network wants a tensor that the file lacks.
    MissingKey,
    /// The file has a tensor that the network doesn't want.
    ExtraKey,
    /// A tensor has another shape than the network wants.
    WrongShape,
    /// A limit on counts, depth or bytes was passed.
    Limit,
    /// The caller's own mistake.
    Argument,
}

impl ErrorKind {
    /// The name of the class: `unsafe`, `malformed`, `truncated` …
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorKind::Io => "io",
            ErrorKind::Empty => "empty",
            ErrorKind::UnknownFormat => "unknown-format",
            ErrorKind::Truncated => "truncated",
            ErrorKind::Malformed => "malformed",
            ErrorKind::Unsafe => "unsafe",
            ErrorKind::UnsupportedDtype => "unsupported-dtype",
            ErrorKind::NotAStateDict => "not-a-state-dict",
            ErrorKind::DuplicateKey => "duplicate-key",
            ErrorKind::NotFinite => "not-finite",
            ErrorKind::MissingKey => "missing-key",
            ErrorKind::ExtraKey => "extra-key",
            ErrorKind::WrongShape => "wrong-shape",
            ErrorKind::Limit => "limit",
            ErrorKind::Argument => "argument",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
