//! The report of a strict load: every tensor that does not fit, by name.

use std::collections::HashSet;
use std::fmt;

use crate::dtype::DType;
use crate::error::ErrorKind;
use crate::shown::{Shown, ShownShape};

/// Names shown of each list in a message; the lists themselves are complete.
const NAMED: usize = 8;

/// How a checkpoint differs from what a network wants. A list is empty where nothing is to be said.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Mismatch {
    /// The file.
    pub file: String,
    /// Wanted and absent, with the wanted shape, in the order of asking.
    pub missing: Vec<Shaped>,
    /// There and not wanted, with the shape in the file, in the order of the file.
    pub unused: Vec<Shaped>,
    /// There in another shape.
    pub misshaped: Vec<Misshaped>,
    /// There, but integers or booleans.
    pub not_float: Vec<NotFloat>,
    /// There, but with NaN or infinity among the values.
    pub not_finite: Vec<NotFinite>,
}

/// A key and a shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shaped {
    /// The tensor's key.
    pub key: String,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// A tensor of another shape than the wanted one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misshaped {
    /// The tensor's key.
    pub key: String,
    /// The shape in the file.
    pub found: Vec<usize>,
    /// The shape that the network wants.
    pub wanted: Vec<usize>,
}

/// A tensor whose elements can't be weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotFloat {
    /// The tensor's key.
    pub key: String,
    /// The type of its elements.
    pub dtype: DType,
}

/// A tensor with a value that is no number.
#[derive(Debug, Clone, PartialEq)]
pub struct NotFinite {
    /// The tensor's key.
    pub key: String,
    /// The row-major place of the first such element.
    pub index: usize,
    /// Its value in single precision: NaN or infinite.
    pub value: f32,
}

impl Mismatch {
    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty()
            && self.unused.is_empty()
            && self.misshaped.is_empty()
            && self.not_float.is_empty()
            && self.not_finite.is_empty()
    }

    /// The class of the gravest finding: missing, then wrong shape, type, not finite, unused.
    pub fn kind(&self) -> ErrorKind {
        if !self.missing.is_empty() {
            ErrorKind::MissingKey
        } else if !self.misshaped.is_empty() {
            ErrorKind::WrongShape
        } else if !self.not_float.is_empty() {
            ErrorKind::UnsupportedDtype
        } else if !self.not_finite.is_empty() {
            ErrorKind::NotFinite
        } else {
            ErrorKind::ExtraKey
        }
    }

    /// The prefix that the file's unused keys have before the missing ones, if one prefix explains every missing key.
    fn prefix(&self) -> Option<&str> {
        let first = &self.missing.first()?.key;
        let unused: HashSet<&str> = self.unused.iter().map(|tensor| tensor.key.as_str()).collect();
        let explains = |prefix: &str| self.missing.iter().all(|tensor| unused.contains(format!("{prefix}{}", tensor.key).as_str()));
        self.unused
            .iter()
            .filter_map(|tensor| tensor.key.strip_suffix(first.as_str()))
            .find(|prefix| prefix.ends_with('.') && explains(prefix))
    }

    /// What the findings together say, where they do.
    fn advice(&self) -> Option<String> {
        if let Some(prefix) = self.prefix() {
            return Some(format!("the file's keys begin with {}: take that prefix off", Shown(prefix)));
        }
        let transposed = |tensor: &Misshaped| tensor.found.len() == 2 && tensor.found.iter().eq(tensor.wanted.iter().rev());
        if !self.misshaped.is_empty() && self.misshaped.iter().all(transposed) {
            return Some("the matrices are transposed: the file follows another toolkit's layout".into());
        }
        if !self.missing.is_empty() && !self.unused.is_empty() {
            return Some("is it the file of another network? Name the network that it belongs to".into());
        }
        None
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values that are no numbers fit no network at all.
        let fault = if self.kind() == ErrorKind::NotFinite { "can't be used" } else { "does not fit the network" };
        write!(f, "{} {fault}", Shown(&self.file))?;
        list(f, "missing", &self.missing, |f, tensor| write!(f, "{} {}", Shown(&tensor.key), ShownShape(&tensor.shape)))?;
        list(f, "of another shape", &self.misshaped, |f, tensor| {
            let (found, wanted) = (ShownShape(&tensor.found), ShownShape(&tensor.wanted));
            write!(f, "{} is {found}, {wanted} is wanted", Shown(&tensor.key))
        })?;
        list(f, "of a type that is no weight's", &self.not_float, |f, tensor| {
            write!(f, "{} is {}, a float type is wanted", Shown(&tensor.key), tensor.dtype)
        })?;
        list(f, "with values that are not finite", &self.not_finite, |f, tensor| {
            write!(f, "{} has {} at element {}", Shown(&tensor.key), tensor.value, tensor.index)
        })?;
        list(f, "not wanted", &self.unused, |f, tensor| write!(f, "{} {}", Shown(&tensor.key), ShownShape(&tensor.shape)))?;
        match self.advice() {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

/// Writes one list of the report, shortened.
fn list<T>(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    tensors: &[T],
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    if tensors.is_empty() {
        return Ok(());
    }
    write!(f, "; {} {what}: ", tensors.len())?;
    for (index, tensor) in tensors.iter().take(NAMED).enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        show(f, tensor)?;
    }
    match tensors.len().saturating_sub(NAMED) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(keys: &[&str]) -> Vec<Shaped> {
        keys.iter().map(|key| Shaped { key: (*key).into(), shape: vec![4] }).collect()
    }

    #[test]
    fn long_lists_are_shortened_in_the_message_only() {
        let keys: Vec<String> = (0..300).map(|i| format!("conv{i}.weight")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let mismatch = Mismatch { file: "x".into(), missing: shaped(&keys), ..Mismatch::default() };
        let text = mismatch.to_string();
        assert!(text.contains("300 missing") && text.contains("and 292 more"), "{text}");
        assert!(text.len() < 400, "{text}");
        assert_eq!(mismatch.missing.len(), 300);
    }

    #[test]
    fn a_prefix_is_recognized() {
        let mismatch = Mismatch {
            file: "x".into(),
            missing: shaped(&["fc.weight", "fc.bias"]),
            unused: shaped(&["Student.fc.weight", "Student.fc.bias", "Teacher.fc.weight"]),
            ..Mismatch::default()
        };
        assert_eq!(mismatch.prefix(), Some("Student."));
        assert!(mismatch.to_string().contains("begin with Student."));
        assert_eq!(mismatch.kind(), ErrorKind::MissingKey);
    }

    #[test]
    fn a_transposed_matrix_is_recognized() {
        let mismatch = Mismatch {
            file: "x".into(),
            misshaped: vec![Misshaped { key: "fc.weight".into(), found: vec![2, 4], wanted: vec![4, 2] }],
            ..Mismatch::default()
        };
        let text = mismatch.to_string();
        assert!(text.contains("fc.weight is [2, 4], [4, 2] is wanted") && text.contains("transposed"));
    }
}
