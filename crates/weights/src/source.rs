//! The file under the reader's eyes: its name, its bytes, and the errors that speak of both.

use std::fmt::Display;

use crate::error::WeightsError;
use crate::format::Stranger;
use crate::shown::Shown;

/// A file that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) bytes: &'a [u8],
}

impl Source<'_> {
    pub(crate) fn malformed(&self, what: impl Into<String>) -> WeightsError {
        WeightsError::Malformed { file: self.file.to_owned(), what: what.into() }
    }

    /// What is wrong with one tensor.
    pub(crate) fn malformed_tensor(&self, key: &str, what: impl Display) -> WeightsError {
        self.malformed(format!("tensor {} {what}", Shown(key)))
    }

    pub(crate) fn truncated(&self, what: impl Into<String>) -> WeightsError {
        WeightsError::Truncated { file: self.file.to_owned(), len: self.bytes.len(), what: what.into() }
    }

    pub(crate) fn unsafe_at(&self, at: usize, what: impl Into<String>) -> WeightsError {
        WeightsError::Unsafe { file: self.file.to_owned(), at, what: what.into() }
    }

    pub(crate) fn limit(&self, what: impl Into<String>) -> WeightsError {
        WeightsError::Limit { file: self.file.to_owned(), what: what.into() }
    }

    pub(crate) fn unknown_format(&self, found: Option<Stranger>, expected: &'static str) -> WeightsError {
        let Stranger { found, advice } = found.unwrap_or(Stranger { found: "of no known format", advice: None });
        WeightsError::UnknownFormat { file: self.file.to_owned(), found, expected, advice }
    }

    pub(crate) fn unsupported(&self, key: &str, found: impl Into<String>) -> WeightsError {
        WeightsError::UnsupportedDtype { file: self.file.to_owned(), key: key.to_owned(), found: found.into() }
    }

    pub(crate) fn duplicate(&self, key: &str) -> WeightsError {
        WeightsError::DuplicateKey { file: self.file.to_owned(), key: key.to_owned() }
    }

    pub(crate) fn not_a_state_dict(&self, found: &'static str) -> WeightsError {
        WeightsError::NotAStateDict { file: self.file.to_owned(), found }
    }
}
