//! What is told about a replayed case and about all of them: text for people through `Display`, JSON through serde.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

use crate::{GoldenError, Outcome};

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Replayed, and every output is as expected.
    Passed,
    /// An output is not as expected, or the case could not be read or replayed.
    Failed,
    /// Nothing here replays cases of its kind.
    NotBuilt,
}

/// The report on one case.
///
/// As text it has a line for each output, `CASE  OUTPUT  error E  (BOUND)  ok`, or one line that says why there is none. As JSON it is
/// `{case, dir, kind, status, outputs: [{output, error, bound, ok, detail?}], error?: {kind, message}}`.
#[derive(Debug)]
pub struct CaseReport {
    /// The case's name in its tree.
    pub name: String,
    /// Its folder.
    pub dir: PathBuf,
    /// Its kind; empty where `case.json` does not tell.
    pub kind: String,
    /// What became of it.
    pub status: Status,
    /// The compared outputs.
    pub outcomes: Vec<Outcome>,
    /// Why it could not be read or replayed.
    pub error: Option<GoldenError>,
}

impl CaseReport {
    /// Whether every output is as expected.
    pub fn passed(&self) -> bool {
        self.status == Status::Passed
    }
}

impl fmt::Display for CaseReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, kind, status, outcomes, error, .. } = self;
        if *status == Status::NotBuilt {
            return write!(f, "{name}  NOT BUILT: nothing here replays the kind `{kind}`");
        }
        let mut separator = "";
        for outcome in outcomes {
            write!(f, "{separator}{name}  {outcome}")?;
            separator = "\n";
        }
        error.iter().try_for_each(|error| write!(f, "{separator}{name}  FAIL: {error}"))
    }
}

impl Serialize for CaseReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Error {
            kind: &'static str,
            message: String,
        }
        let mut object = serializer.serialize_struct("CaseReport", if self.error.is_some() { 6 } else { 5 })?;
        object.serialize_field("case", &self.name)?;
        object.serialize_field("dir", &self.dir.display().to_string())?;
        object.serialize_field("kind", &self.kind)?;
        object.serialize_field("status", &self.status)?;
        object.serialize_field("outputs", &self.outcomes)?;
        match &self.error {
            Some(error) => object.serialize_field("error", &Error { kind: error.kind(), message: error.to_string() })?,
            None => object.skip_field("error")?,
        }
        object.end()
    }
}

/// How many cases there were and what became of them. As text `N cases: P passed, F failed, S not built`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All cases found, those of other kinds than the asked ones left out.
    pub cases: usize,
    /// Replayed and as expected.
    pub passed: usize,
    /// Not as expected, or not replayable.
    pub failed: usize,
    /// Of a kind that nothing here replays.
    pub not_built: usize,
}

impl Summary {
    /// Whether every case passed, and there was one.
    pub fn all_passed(&self) -> bool {
        self.cases > 0 && self.passed == self.cases
    }

    pub(crate) fn count(&mut self, status: Status) {
        self.cases += 1;
        match status {
            Status::Passed => self.passed += 1,
            Status::Failed => self.failed += 1,
            Status::NotBuilt => self.not_built += 1,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cases, passed, failed, not_built } = self;
        write!(f, "{cases} cases: {passed} passed, {failed} failed, {not_built} not built")
    }
}

/// A number for people: as it is written where that is short, else with an exponent and at most three digits.
pub(crate) fn short(number: f64) -> String {
    let plain = number.to_string();
    if plain.len() <= 5 || number.abs() >= 1e-3 && plain.len() <= 7 {
        return plain;
    }
    let exponent = format!("{number:e}");
    if exponent.len() <= 7 { exponent } else { format!("{number:.2e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(status: Status, outcomes: Vec<Outcome>, error: Option<GoldenError>) -> CaseReport {
        CaseReport { name: "cls/a".into(), dir: "ref/cls/a".into(), kind: "network.cls".into(), status, outcomes, error }
    }

    #[test]
    fn text_has_a_line_for_each_output() {
        let outcomes = vec![Outcome::number("logits", 1.0, 1.0, 1e-4), Outcome::failed("stride8", "rel 1e-4", "shape")];
        assert_eq!(
            report(Status::Failed, outcomes, None).to_string(),
            "cls/a  logits  error 0  (abs 1e-4)  ok\ncls/a  stride8  error inf  (rel 1e-4)  FAIL: shape"
        );
        let error = Some(GoldenError::Product("no such arch".into()));
        assert_eq!(report(Status::Failed, vec![], error).to_string(), "cls/a  FAIL: no such arch");
        assert_eq!(report(Status::NotBuilt, vec![], None).to_string(), "cls/a  NOT BUILT: nothing here replays the kind `network.cls`");
    }

    #[test]
    fn json_is_one_object_a_case() {
        let json = |report: CaseReport| serde_json::to_string(&report).unwrap();
        assert_eq!(
            json(report(Status::Passed, vec![Outcome::same("a", &1, &1)], None)),
            r#"{"case":"cls/a","dir":"ref/cls/a","kind":"network.cls","status":"passed","outputs":[{"output":"a","error":0.0,"bound":"exact","ok":true}]}"#
        );
        let missing = GoldenError::Package { package: "p==1".into(), member: "m".into(), problem: "why".into() };
        assert_eq!(
            json(report(Status::Failed, vec![], Some(missing))),
            r#"{"case":"cls/a","dir":"ref/cls/a","kind":"network.cls","status":"failed","outputs":[],"error":{"kind":"package","message":"`m` of the Python package p==1 is not at hand: why"}}"#
        );
        assert!(json(report(Status::NotBuilt, vec![], None)).contains(r#""status":"not-built""#));
        let mut summary = Summary::default();
        assert!(!summary.all_passed(), "no case is no success");
        summary.count(Status::Passed);
        assert!(summary.all_passed());
        summary.count(Status::NotBuilt);
        summary.count(Status::Failed);
        assert_eq!(summary.to_string(), "3 cases: 1 passed, 1 failed, 1 not built");
        assert_eq!(serde_json::to_string(&summary).unwrap(), r#"{"cases":3,"passed":1,"failed":1,"not_built":1}"#);
    }

    #[test]
    fn numbers_are_short() {
        for (number, text) in [
            (0.0, "0"),
            (1e-4, "1e-4"),
            (0.0177, "0.0177"),
            (1.23456e-7, "1.23e-7"),
            (1e-5, "1e-5"),
            (0.123456789, "1.23e-1"),
            (255.0, "255"),
            (f64::INFINITY, "inf"),
            (1e300, "1e300"),
        ] {
            assert_eq!(short(number), text);
        }
    }
}
