//! Replays the reference cases of text reading: each a call of the public functions that a reader calls.

<<<<<<< HEAD
mod detect;
mod network;
mod orient;
=======
mod order;
>>>>>>> ocr-layout

use vtk_golden::{Case, GoldenError, Outcome, Packages, Replay};

/// Replays one kind.
type Kind = fn(&Case, &dyn Packages) -> Result<Vec<Outcome>, GoldenError>;

/// Every kind that is replayed here.
<<<<<<< HEAD
const KINDS: [(&str, Kind); 2] = [("network.ocr", |case, _| network::replay(case)), ("decode.db", |case, _| detect::decoded(case))];
=======
const KINDS: [(&str, Kind); 1] = [("ocr.order", |case, _| order::replay(case))];
>>>>>>> ocr-layout

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
