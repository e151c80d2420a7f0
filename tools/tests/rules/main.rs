//! The rules that hold for every command on pictures, each tried with every one of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod evaluation;
mod inputs;
mod outputs;
mod saving;

/// The commands on pictures.
const TASKS: [&str; 3] = ["cls", "det", "ocr"];

/// Every form of results that is no JSON, with the command that has it.
const FORMS: [[&str; 2]; 7] =
    [["cls", "text"], ["det", "text"], ["det", "coco"], ["ocr", "text"], ["ocr", "tsv"], ["ocr", "hocr"], ["ocr", "alto"]];
