//! Replaying whole trees of cases, and the door through which a crate brings its kinds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::case::Head;
use crate::report::{CaseReport, Status, Summary};
use crate::walk::{FoundCase, find_cases};
use crate::{Case, GoldenError, Outcome, Packages};

/// Replays the cases of some kinds by calling the public functions of the crate that brings it.
pub trait Replay: Sync {
    /// The kinds that this one replays.
    fn kinds(&self) -> &'static [&'static str];

    /// Replays a case of one of these kinds: an outcome for each compared output, at least one.
    ///
    /// # Errors
    /// Where it comes to no comparison: the case is not what its kind needs, a package is not at hand, or the functions under test
    /// answered with an error ([`GoldenError::product`]).
    fn replay(&self, case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError>;
}

/// Replays every case in the trees `dirs`, in natural order, and hands each report to `each` as soon as it is there.
///
/// `kinds` limits which cases there are at all: with some given, cases of other kinds are not looked at and not counted; empty, all are.
/// A case whose kind can't be read counts always. A replay that panics has failed.
///
/// # Errors
/// [`GoldenError::Io`] if a folder can't be read. Whatever is wrong with a case is told in its report.
pub fn run(
    dirs: &[PathBuf],
    replays: &[&dyn Replay],
    kinds: &[String],
    packages: &dyn Packages,
    each: &mut dyn FnMut(&CaseReport),
) -> Result<Summary, GoldenError> {
    let mut summary = Summary::default();
    for dir in dirs {
        for found in find_cases(dir)? {
            let kind = Head::load(&found.dir).map(|head| head.kind);
            if !kinds.is_empty() && kind.as_ref().is_ok_and(|kind| !kinds.contains(kind)) {
                continue;
            }
            let report = replay_one(found, kind, replays, packages);
            summary.count(report.status);
            each(&report);
        }
    }
    Ok(summary)
}

/// The report on one found case, whose kind has been read or could not be.
pub(crate) fn replay_one(
    FoundCase { dir, name }: FoundCase,
    kind: Result<String, GoldenError>,
    replays: &[&dyn Replay],
    packages: &dyn Packages,
) -> CaseReport {
    let mut report = CaseReport { name, dir, kind: String::new(), status: Status::Failed, outcomes: Vec::new(), error: None };
    let result = kind.and_then(|kind| {
        report.kind = kind;
        let Some(replay) = replays.iter().find(|replay| replay.kinds().contains(&report.kind.as_str())) else {
            return Ok(None);
        };
        let case = Case { name: report.name.clone(), ..Case::load(&report.dir)? };
        let unwound = catch_unwind(AssertUnwindSafe(|| replay.replay(&case, packages)));
        unwound.unwrap_or_else(|panic| Err(GoldenError::Product(format!("panic: {}", panic_text(&*panic))))).map(Some)
    });
    match result {
        Ok(None) => report.status = Status::NotBuilt,
        Ok(Some(outcomes)) if outcomes.is_empty() => report.error = Some(GoldenError::case(&report.dir, "nothing was compared")),
        Ok(Some(outcomes)) => {
            if outcomes.iter().all(|outcome| outcome.ok) {
                report.status = Status::Passed;
            }
            report.outcomes = outcomes;
        }
        Err(error) => report.error = Some(error),
    }
    report
}

/// What a panic says of itself.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::NoPackages;

    /// Does what the case's spec says.
    struct Obedient;

    impl Replay for Obedient {
        fn kinds(&self) -> &'static [&'static str] {
            &["a.one", "a.two"]
        }

        fn replay(&self, case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
            match case.spec["do"].as_str() {
                Some("pass") => Ok(vec![Outcome::same("y", &1, &1)]),
                Some("differ") => Ok(vec![Outcome::same("y", &1, &1), Outcome::same("z", &1, &2)]),
                Some("nothing") => Ok(vec![]),
                Some("refuse") => Err(GoldenError::product("refused")),
                Some("package") => packages.member("p==1", "m", "00").map(|_| vec![]),
                _ => panic!("no word I know: {}", case.name),
            }
        }
    }

    fn put(root: &Path, name: &str, text: &str) {
        let dir = root.join(name);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("case.json"), text).unwrap();
    }

    fn case(kind: &str, action: &str) -> String {
        format!(r#"{{"format": 1, "kind": "{kind}", "spec": {{"do": "{action}"}}, "expected_json": 1}}"#)
    }

    /// The summary, and status and text of each report.
    fn reports(root: &Path, kinds: &[&str]) -> (Summary, Vec<(Status, String)>) {
        let kinds: Vec<String> = kinds.iter().map(|&kind| kind.to_owned()).collect();
        let mut reports = Vec::new();
        let summary = run(&[root.to_path_buf()], &[&Obedient], &kinds, &NoPackages, &mut |report| {
            reports.push((report.status, report.to_string()));
        });
        (summary.unwrap(), reports)
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (name, kind, action) in [
            ("x/1", "a.one", "pass"),
            ("x/2", "a.two", "differ"),
            ("x/3", "a.one", "nothing"),
            ("x/4", "a.one", "refuse"),
            ("x/5", "a.one", "package"),
            ("x/6", "a.two", "shout"),
            ("x/7", "b", "pass"),
        ] {
            put(root.path(), name, &case(kind, action));
        }
        put(root.path(), "x/8", "{");
        put(root.path(), "x/9", r#"{"format": 1, "kind": "a.one", "spec": {}}"#);
        root
    }

    #[test]
    fn every_found_case_counts_once() {
        let root = tree();
        let (summary, reports) = reports(root.path(), &[]);
        assert_eq!(summary, Summary { cases: 9, passed: 1, failed: 7, not_built: 1 });
        for ((status, text), (expected, part)) in reports.iter().zip([
            (Status::Passed, "x/1  y  error 0  (exact)  ok"),
            (Status::Failed, "x/2  z  error inf  (exact)  FAIL"),
            (Status::Failed, "nothing was compared"),
            (Status::Failed, "x/4  FAIL: refused"),
            (Status::Failed, "vtk golden --pull"),
            (Status::Failed, "panic: no word I know: x/6"),
            (Status::NotBuilt, "x/7  NOT BUILT"),
            (Status::Failed, "x/8  FAIL: "),
            (Status::Failed, "must expect something"),
        ]) {
            assert_eq!(*status, expected, "{text}");
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn a_filter_limits_what_is_counted_but_hides_no_broken_case() {
        let root = tree();
        let (summary, _) = reports(root.path(), &["a.two"]);
        assert_eq!(summary, Summary { cases: 3, passed: 0, failed: 3, not_built: 0 }, "two of the kind, and the unreadable one");
        fs::remove_dir_all(root.path().join("x/8")).unwrap();
        assert_eq!(reports(root.path(), &["a.two", "b"]).0, Summary { cases: 3, passed: 0, failed: 2, not_built: 1 });
        assert_eq!(reports(root.path(), &["none"]).0, Summary::default());
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let error = run(&["/no/such/folder".into()], &[], &[], &NoPackages, &mut |_| {}).unwrap_err();
        assert!(error.to_string().contains("/no/such/folder"), "{error}");
    }
}
