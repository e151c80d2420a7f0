//! Replays the reference cases of text reading: each a call of the public functions that a reader calls.

mod columns;
mod decode_ctc;
mod detect;
mod dictionary;
mod network;
mod order;
mod orient;
mod recognize;
mod words;

use vtk_golden::{Case, GoldenError, Outcome, Packages, Replay};

pub use columns::compare_columns;

/// Replays one kind.
type Kind = fn(&Case, &dyn Packages) -> Result<Vec<Outcome>, GoldenError>;

/// Every kind that is replayed here.
const KINDS: [(&str, Kind); 6] = [
    ("network.ocr", network::replay),
    ("decode.db", |case, _| detect::decoded(case)),
    ("decode.ctc", decode_ctc::replay),
    ("ocr.dictionary", dictionary::replay),
    ("ocr.order", |case, _| order::replay(case)),
    ("ocr.words", |case, _| words::replay(case)),
];

/// The kinds of text reading.
#[derive(Clone, Copy, Debug, Default)]
pub struct OcrReplay;

impl Replay for OcrReplay {
    fn kinds(&self) -> &'static [&'static str] {
        const NAMES: [&str; KINDS.len()] = {
            let mut names = [""; KINDS.len()];
            let mut i = 0;
            while i < KINDS.len() {
                names[i] = KINDS[i].0;
                i += 1;
            }
            names
        };
        &NAMES
    }

    fn replay(&self, case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        match KINDS.iter().find(|(kind, _)| *kind == case.kind) {
            Some((_, replay)) => replay(case, packages),
            None => Err(case.fault(format!("kind `{}` is not replayed here", case.kind))),
        }
    }
}
