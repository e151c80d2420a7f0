//! A file for each command: its arguments (`Args`) and what it does (`run`).

pub(crate) mod bench;
pub(crate) mod cls;
pub(crate) mod completions;
pub(crate) mod det;
pub(crate) mod doctor;
pub(crate) mod eval;
pub(crate) mod golden;
pub(crate) mod man;
pub(crate) mod models;
pub(crate) mod ocr;
