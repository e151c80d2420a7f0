//! Replays the reference cases of detectors: the repository's own selection, and the full set of `VTK_REFERENCE`, whose packages must
//! lie in the cache of models (`vtk golden --pull` gets them).

#![allow(clippy::print_stderr)]

use std::path::PathBuf;

use libtest_mimic::{Arguments, Failed, Trial};
use vtk_det::replay::DetReplay;
use vtk_golden::{GoldenError, Packages, Suite};
use vtk_zoo::{Zoo, default_folder};

/// Files of Python packages, as they lie in the cache of models.
struct Cached;

impl Packages for Cached {
    fn member(&self, package: &str, member: &str, sha256: &str) -> Result<PathBuf, GoldenError> {
        let zoo = Zoo::new(default_folder().map_err(GoldenError::product)?);
        zoo.package_member(package, member, sha256).map_err(GoldenError::product)
    }
}

fn main() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference");
    let suite = Suite::new(&[&DetReplay], &Cached, own, std::env::var_os("VTK_REFERENCE"));
    suite.notice().inspect(|notice| eprintln!("{notice}"));
    let trials = suite.into_trials().into_iter();
    let tests = trials.map(|trial| Trial::test(trial.name().to_owned(), move || trial.run().map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), tests.collect()).exit();
}
