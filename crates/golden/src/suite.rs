//! Reference cases as tests: a named test for each case of the kinds that a crate replays.
//!
//! The cases come from two places: the repository's own selection, which is always there, and the full set, whose folder the caller
//! takes from the environment variable `VTK_REFERENCE`. Without a full set the suite says aloud that it was skipped; with one, a missing
//! folder, or one without a case of these kinds, is a failing test.
//!
//! A test target (`harness = false`) hands the trials to any runner:
//!
//! ```no_run
//! use libtest_mimic::{Arguments, Failed, Trial};
//! use vtk_golden::{CheckpointReplay, NoPackages, Suite};
//!
//! let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference");
//! let suite = Suite::new(&[&CheckpointReplay], &NoPackages, own, std::env::var_os("VTK_REFERENCE"));
//! suite.notice().inspect(|notice| eprintln!("{notice}"));
//! let trials = suite.into_trials().into_iter();
//! let tests = trials.map(|trial| Trial::test(trial.name().to_owned(), move || trial.run().map_err(Failed::from)));
//! libtest_mimic::run(&Arguments::from_args(), tests.collect()).exit();
//! ```

use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use crate::case::Head;
use crate::run::{Replay, replay_one};
use crate::walk::{FoundCase, find_cases};
use crate::{GoldenError, Packages};

/// The tests of a crate's kinds of cases.
#[derive(Debug)]
pub struct Suite {
    trials: Vec<Trial>,
    notice: Option<&'static str>,
}

/// One test: a case to be replayed, or what is wrong with a folder of cases.
pub struct Trial {
    name: String,
    run: Box<dyn FnOnce() -> Result<(), String> + Send>,
}

impl Suite {
    /// The cases of the kinds of `replays` in the tree `own` (the repository's selection) and in the tree `full`, the full set
    /// (`None` or empty: there is none here). Nothing is replayed yet.
    pub fn new(
        replays: &'static [&'static dyn Replay],
        packages: &'static dyn Packages,
        own: impl AsRef<Path>,
        full: Option<OsString>,
    ) -> Self {
        let mut trials = trials("reference", own.as_ref(), replays, packages);
        let full = full.filter(|full| !full.is_empty());
        let notice =
            full.is_none().then_some("skipped: set VTK_REFERENCE to the folder of the full set of reference cases to replay them too");
        if let Some(full) = full {
            trials.extend(self::trials("full", full.as_ref(), replays, packages));
        }
        Self { trials, notice }
    }

    /// What to say aloud before the tests run: that the full set is not there.
    pub fn notice(&self) -> Option<&'static str> {
        self.notice
    }

    /// The tests: `reference/NAME` for the repository's own cases, `full/NAME` for the full set's.
    pub fn into_trials(self) -> Vec<Trial> {
        self.trials
    }
}

impl Trial {
    /// The test's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs the test.
    ///
    /// # Errors
    /// The report on the case if it did not pass.
    pub fn run(self) -> Result<(), String> {
        (self.run)()
    }

    fn new(name: String, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Self {
        Self { name, run: Box::new(run) }
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The tests of the tree at `root`: its cases of the kinds of `replays`, those whose kind can't be read, and one failing test if the
/// folder can't be walked or has no case of these kinds.
fn trials(place: &'static str, root: &Path, replays: &'static [&'static dyn Replay], packages: &'static dyn Packages) -> Vec<Trial> {
    let wanted: Vec<&str> = replays.iter().flat_map(|replay| replay.kinds()).copied().collect();
    let broken = |problem: String| vec![Trial::new(format!("{place}: its cases are there"), || Err(problem))];
    let cases = match find_cases(root) {
        Ok(found) => found.into_iter().map(|case| (Head::load(&case.dir).map(|head| head.kind), case)),
        Err(error) => return broken(error.to_string()),
    };
    let mut of_kind = 0;
    let mut trials = Vec::new();
    for (kind, case) in cases {
        match &kind {
            Ok(kind) if !wanted.contains(&kind.as_str()) => continue,
            Ok(_) => of_kind += 1,
            Err(_) => {}
        }
        trials.push(trial(place, case, kind, replays, packages));
    }
    if of_kind == 0 {
        trials.extend(broken(format!("{}: no case of the kinds {wanted:?}", root.display())));
    }
    trials
}

fn trial(
    place: &str,
    case: FoundCase,
    kind: Result<String, GoldenError>,
    replays: &'static [&'static dyn Replay],
    packages: &'static dyn Packages,
) -> Trial {
    Trial::new(format!("{place}/{}", case.name), move || {
        let report = replay_one(case, kind, replays, packages);
        if report.passed() { Ok(()) } else { Err(report.to_string()) }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::{Case, NoPackages, Outcome};

    struct Equal;

    impl Replay for Equal {
        fn kinds(&self) -> &'static [&'static str] {
            &["equal"]
        }

        fn replay(&self, case: &Case, _: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
            Ok(vec![Outcome::same("value", &case.spec["value"], &case.expected_json_as()?)])
        }
    }

    fn put(root: &Path, name: &str, kind: &str, value: i32) {
        fs::create_dir_all(root.join(name)).unwrap();
        let text = format!(r#"{{"format": 1, "kind": "{kind}", "spec": {{"value": {value}}}, "expected_json": 1}}"#);
        fs::write(root.join(name).join("case.json"), text).unwrap();
    }

    fn suite(own: &Path, full: Option<OsString>) -> Suite {
        Suite::new(&[&Equal], &NoPackages, own, full)
    }

    /// Name and verdict of each test.
    fn verdicts(suite: Suite) -> Vec<(String, bool)> {
        suite.into_trials().into_iter().map(|trial| (trial.name().to_owned(), trial.run().is_ok())).collect()
    }

    #[test]
    fn each_case_of_the_kinds_is_a_test() {
        let (own, full) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        put(own.path(), "a/good", "equal", 1);
        put(own.path(), "a/other", "another", 1);
        put(full.path(), "bad", "equal", 2);
        fs::create_dir(full.path().join("broken")).unwrap();
        fs::write(full.path().join("broken/case.json"), "?").unwrap();

        let alone = suite(own.path(), None);
        assert!(alone.notice().is_some_and(|notice| notice.starts_with("skipped: set VTK_REFERENCE")));
        assert_eq!(verdicts(alone), [("reference/a/good".to_owned(), true)]);
        assert!(suite(own.path(), Some(OsString::new())).notice().is_some());

        let both = suite(own.path(), Some(full.path().into()));
        assert_eq!(both.notice(), None);
        let names = ["reference/a/good", "full/bad", "full/broken"].map(str::to_owned);
        assert_eq!(verdicts(both), names.into_iter().zip([true, false, false]).collect::<Vec<_>>());
    }

    #[test]
    fn a_folder_that_is_missing_or_has_no_such_case_fails() {
        let own = tempfile::tempdir().unwrap();
        put(own.path(), "other", "another", 1);
        assert_eq!(verdicts(suite(own.path(), None)), [("reference: its cases are there".to_owned(), false)]);
        put(own.path(), "good", "equal", 1);
        let verdicts = verdicts(suite(own.path(), Some(own.path().join("missing").into())));
        assert_eq!(verdicts[1..], [("full: its cases are there".to_owned(), false)]);
    }
}
