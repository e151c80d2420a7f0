//! `vtk cls` and what every task shares, on the built program: a test for each rule of the command line. No network is needed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

mod answers;
mod failures;
mod inputs;
mod outputs;
mod saving;
#[path = "../support/mod.rs"]
mod support;
mod usage;
