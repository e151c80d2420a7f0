//! `vtk models …` and `vtk doctor`, run as a person runs them. Nothing here needs a network.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "../support/mod.rs"]
mod support;

mod doctor;
mod listing;
mod missing;
mod pulling;

/// A text without its line breaks: where a sheet wraps depends on the length of paths.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
