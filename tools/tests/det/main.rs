//! `vtk det` and `vtk eval det` on the built program, with the model inside it. No network is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

mod answers;
mod evaluation;
mod failures;
mod outputs;
mod saving;
#[path = "../support/mod.rs"]
mod support;
