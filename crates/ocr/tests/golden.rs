//! Replays the reference cases of text reading: the repository's own selection, and the full set of `VTK_REFERENCE`.

#![allow(clippy::print_stderr)]

use libtest_mimic::{Arguments, Failed, Trial};
use vtk_golden::{NoPackages, Suite};
use vtk_ocr::replay::OcrReplay;

fn main() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference");
    let suite = Suite::new(&[&OcrReplay], &NoPackages, own, std::env::var_os("VTK_REFERENCE"));
    suite.notice().inspect(|notice| eprintln!("{notice}"));
    let trials = suite.into_trials().into_iter();
    let tests = trials.map(|trial| Trial::test(trial.name().to_owned(), move || trial.run().map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), tests.collect()).exit();
}
