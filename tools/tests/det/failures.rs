//! Models that are missing, unknown, broken or something else.

use std::fs;
use std::path::PathBuf;

use vtk_det::{Grown, PicoDetConfig};
use vtk_golden::synthetic;
use vtk_nn::Network;
use vtk_weights::Checkpoint;

use crate::support::{STREET, Sandbox};

#[test]
fn a_known_model_that_is_not_here_says_how_to_get_it() {
    let sandbox = Sandbox::new();
    let done = sandbox.det(&[STREET, "--model", "picodet-l-640"]).status(2);
    let done = done.says(&["the model `picodet-l-640` is not on this machine", "no-models", "vtk models pull picodet-l-640"]);
    assert_eq!(done.out, "");
    assert_eq!(sandbox.files(), Vec::<String>::new());
}

#[test]
fn names_and_files_that_are_no_detectors() {
    let sandbox = Sandbox::new();
    sandbox.det(&[STREET, "--model", "picodet-xs-417"]).status(2).says(&["`picodet-xs-417`", "picodet-xs-416"]);
    sandbox
        .det(&[STREET, "--model", "page-orientation"])
        .status(2)
        .says(&["page-orientation is a model for cls", "vtk cls --model page-orientation"]);
    sandbox.det(&[STREET, "--arch", "picodet-xl-320"]).status(2).says(&["--arch", "picodet-xl-320", "picodet-xs-320"]);
    sandbox.det(&[STREET, "--arch", "picodet-s-320+pplcnet-x9"]).status(2).says(&["pplcnet-x9"]);
    for (name, bytes) in [("empty.safetensors", &b""[..]), ("text.pdparams", b"hello"), ("cut.onnx", b"\x08\x07\x12\x99")] {
        sandbox.write(name, bytes);
        sandbox.det(&[STREET, "--model", name]).status(2).says(&[&format!("error: {name}")]);
    }
    let classifier = concat!(env!("CARGO_MANIFEST_DIR"), "/../reference/cases/onnx/old-form/graph.onnx");
    sandbox.det(&[STREET, "--model", classifier]).status(2).says(&["graph.onnx"]);
}

/// The weights of an architecture, made up and without a word about what they are.
fn made_up(sandbox: &Sandbox, arch: &str) -> PathBuf {
    let config: PicoDetConfig = arch.parse().unwrap();
    let wanted = Network::wanted([1, 3, 64, 64], |net, x| config.grow(net, x, 3).map(|grown: Grown| grown.outputs())).unwrap();
    let weights: Checkpoint = synthetic::checkpoint(&wanted, 5, &Default::default(), &Default::default()).unwrap();
    let path = sandbox.path("weights.pdparams");
    fs::write(&path, weights.to_pdparams(4).unwrap()).unwrap();
    path
}

#[test]
fn keys_decide_what_weights_are() {
    let sandbox = Sandbox::new();
    let model = made_up(&sandbox, "picodet-s-320").to_str().unwrap().to_owned();
    let run = |args: &[&str]| sandbox.det(&[&[STREET, "-q", "--model", &model], args].concat());
    // Sizes leave no trace in keys, and pedestrians are people.
    run(&[]).status(2).says(&["--arch", "picodet-s-320 and picodet-s-416"]);
    run(&["--arch", "picodet-s-416"]).status(0);
    run(&["--arch", "picodet-legacy-lcnet-x1.0-416"]).status(2).says(&[
        "picodet-legacy-lcnet-x1.0-416 has neck csppan and head v1",
        "the keys of these weights are those of neck lcpan and head v2",
        "picodet-s-320",
    ]);
    run(&["--arch", "picodet-m-320"]).status(2).says(&["128 channels", "96 channels"]);
    // The same neck and head on another trunk: its weights are missing, by name.
    run(&["--arch", "picodet-s-320+pplcnet-x0.5"]).status(2).says(&["backbone.conv1.conv.weight"]);
}

#[test]
fn another_trunk_is_a_plus() {
    let sandbox = Sandbox::new();
    let arch = "picodet-s-320+mobilenetv3-large-x1.0";
    let model = made_up(&sandbox, arch).to_str().unwrap().to_owned();
    sandbox.det(&[STREET, "-q", "--model", &model, "--arch", arch]).status(0);
    sandbox.det(&[STREET, "-q", "--model", &model]).status(2).says(&["picodet-s-320+mobilenetv3-large-x1.0"]);
}

#[test]
fn bare_pictures_suggest_the_task() {
    let sandbox = Sandbox::new();
    crate::support::Done::of(&mut sandbox.vtk(&[STREET])).status(2).says(&["vtk det ", "Find objects"]);
}
