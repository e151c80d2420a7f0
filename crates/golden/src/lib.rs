//! Reference cases: what the reference implementations compute, kept as files, against what vtk computes.
//!
//! A case is a folder with a `case.json` and, where it needs them, `.safetensors` files, pictures and weights. It says what is to be
//! replayed (its *kind*), with which weights, on which inputs, and what must come out within which tolerance. This crate reads cases
//! ([`Case`]), makes the tensors that a case only names by a seed ([`synthetic`]), compares ([`compare`], [`Outcome`]), walks folders of
//! cases and reports ([`run`], [`CaseReport`], [`Summary`]). It knows no task: each crate that has something to replay brings a
//! [`Replay`] which calls the same public functions that a user of the crate would call. Only the kinds of checkpoint files stand here
//! ([`CheckpointReplay`]), because the crate of checkpoints lies below this one.
//!
//! ```
//! use vtk_golden::{CheckpointReplay, NoPackages, run};
//!
//! let folders = [concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference/cases/formats").into()];
//! let mut failing = Vec::new();
//! let summary = run(&folders, &[&CheckpointReplay], &[], &NoPackages, &mut |report| {
//!     if !report.passed() {
//!         failing.push(report.to_string());
//!     }
//! })?;
//! assert_eq!(failing, Vec::<String>::new());
//! assert_eq!(summary.to_string(), "130 cases: 130 passed, 0 failed, 0 not built");
//! # Ok::<(), vtk_golden::GoldenError>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod array;
mod case;
mod checkpoint;
mod compare;
mod content;
mod error;
mod form;
mod outcome;
mod packages;
mod report;
mod run;
mod suite;
pub mod synthetic;
mod walk;

pub use array::{Array, Input};
pub use case::Case;
pub use checkpoint::CheckpointReplay;
pub use compare::{Element, compare, compare_arrays};
pub use error::GoldenError;
pub use form::{StoredTensor, TensorSource, Tolerance, WeightSource, Weights};
pub use outcome::Outcome;
pub use packages::{NoPackages, Packages};
pub use report::{CaseReport, Status, Summary};
pub use run::{Replay, run};
pub use suite::{Suite, Trial};
pub use walk::{FoundCase, find_cases};
