//! `vtk golden` on the repository's own selection and, where `VTK_REFERENCE` says where it is, on the full set's graph files, whose
//! packages must lie in the cache (`vtk golden --pull` gets them).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

use std::process::{Command, Output};

fn golden(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vtk")).arg("golden").args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn all_but_ok(out: &str) -> String {
    out.lines().filter(|l| !l.ends_with(" ok")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_own_selection_passes() {
    let done = golden(&[concat!(env!("CARGO_MANIFEST_DIR"), "/../reference")]);
    let out = text(&done.stdout);
    let summary = out.lines().last().unwrap_or_default();
    assert!(done.status.success(), "{}", all_but_ok(&out));
    assert!(summary.ends_with("0 failed, 0 not built") && summary.contains(" cases: "), "{summary}");
}

#[test]
fn json_has_an_object_a_case_and_a_sum() {
    let done = golden(&["--json", "--kind", "resize", concat!(env!("CARGO_MANIFEST_DIR"), "/../reference")]);
    let objects: Vec<serde_json::Value> = text(&done.stdout).lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(objects.len() >= 2, "{objects:?}");
    assert_eq!(objects.last().unwrap()["passed"], objects.len() - 1);
}

#[test]
fn where_there_is_no_case_the_status_is_2() {
    let done = golden(&[concat!(env!("CARGO_MANIFEST_DIR"), "/tests")]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stdout).contains("0 cases: 0 passed"), "{}", text(&done.stdout));
    assert_eq!(golden(&["/no/such/folder"]).status.code(), Some(2));
}

#[test]
fn graph_files_of_the_full_set_pass() {
    let Some(full) = std::env::var_os("VTK_REFERENCE").filter(|v| !v.is_empty()) else {
        eprintln!("skipped: set VTK_REFERENCE to the folder of the full set of reference cases to replay graph files of packages");
        return;
    };
    let done = golden(&["--kind", "network.onnx", full.to_str().unwrap()]);
    assert!(done.status.success(), "{}", all_but_ok(&text(&done.stdout)));
}
