//! What the comparison of one output with the expected one came to.

use std::fmt;

use serde::Serialize;

use crate::report::short;

/// One compared output. Made by the functions of this crate that compare.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Outcome {
    /// The output's name.
    pub output: String,
    /// The largest error, in the terms of `bound`; infinite where no number can tell it (another shape, a NaN). JSON has `null` then.
    pub error: f64,
    /// What the error had to keep to, such as `rel 1e-4` or `exact`.
    pub bound: String,
    /// Whether it did.
    pub ok: bool,
    /// What is wrong, where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Outcome {
    /// The outcome of an own comparison: `error` was measured, `bound` says what it had to keep to, and `ok` whether it did. `detail` is
    /// asked for what is wrong only if it did not.
    pub fn new(output: impl Into<String>, error: f64, bound: impl Into<String>, ok: bool, detail: impl FnOnce() -> String) -> Self {
        Self { output: output.into(), error, bound: bound.into(), ok, detail: (!ok).then(detail) }
    }

    /// A number that may be off by `bound` at most.
    pub fn number(output: impl Into<String>, got: f64, want: f64, bound: f64) -> Self {
        // Equal infinities differ by NaN, and are equal.
        let error = if got == want || got.is_nan() && want.is_nan() { 0.0 } else { (got - want).abs() };
        let error = if error.is_nan() { f64::INFINITY } else { error };
        Self::new(output, error, format!("abs {}", short(bound)), error <= bound, || format!("{got}, expected {want}"))
    }

    /// A value that must be equal.
    pub fn same<T: PartialEq + fmt::Debug + ?Sized>(output: impl Into<String>, got: &T, want: &T) -> Self {
        let ok = got == want;
        Self::new(output, if ok { 0.0 } else { f64::INFINITY }, "exact", ok, || {
            format!("{}, expected {}", abridged(&format!("{got:?}")), abridged(&format!("{want:?}")))
        })
    }

    /// An output that can't be right, whatever its numbers: `bound` says what was asked, `detail` what is wrong.
    pub fn failed(output: impl Into<String>, bound: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(output, f64::INFINITY, bound, false, || detail.into())
    }
}

impl fmt::Display for Outcome {
    /// `OUTPUT  error E  (BOUND)  ok`, or `FAIL` and what is wrong.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { output, error, bound, ok, detail } = self;
        let output = if output.is_empty() { "\"\"" } else { output };
        write!(f, "{output}  error {}  ({bound})  {}", short(*error), if *ok { "ok" } else { "FAIL" })?;
        detail.iter().try_for_each(|detail| write!(f, ": {detail}"))
    }
}

/// The text, or its beginning where it is long.
fn abridged(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_to_their_bound() {
        assert!(Outcome::number("score", 0.5, 0.75, 0.25).ok);
        assert!(!Outcome::number("score", 0.5, 0.75, 0.2).ok);
        assert!(Outcome::number("score", f64::NAN, f64::NAN, 0.0).ok);
        assert!(Outcome::number("score", f64::INFINITY, f64::INFINITY, 0.0).ok);
        assert!(!Outcome::number("score", f64::NAN, 1.0, 1e9).ok);
        assert!(!Outcome::number("score", f64::INFINITY, f64::NEG_INFINITY, 1e9).ok);
    }

    #[test]
    fn a_line_tells_output_error_bound_and_verdict() {
        assert_eq!(Outcome::number("score", 1.0, 1.0, 0.02).to_string(), "score  error 0  (abs 0.02)  ok");
        assert_eq!(Outcome::same("class", &3, &4).to_string(), "class  error inf  (exact)  FAIL: 3, expected 4");
        assert_eq!(Outcome::failed("", "as many", "none").to_string(), "\"\"  error inf  (as many)  FAIL: none");
        let long = Outcome::same("text", "é".repeat(300).as_str(), "").to_string();
        assert!(long.len() < 500 && long.contains('…'), "{long}");
    }

    #[test]
    fn json_has_detail_only_of_failures() {
        let json = |outcome| serde_json::to_string(&outcome).unwrap();
        assert_eq!(json(Outcome::same("a", &1, &1)), r#"{"output":"a","error":0.0,"bound":"exact","ok":true}"#);
        assert_eq!(json(Outcome::failed("a", "b", "c")), r#"{"output":"a","error":null,"bound":"b","ok":false,"detail":"c"}"#);
    }
}
