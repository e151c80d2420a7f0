//! Replays the reference cases of text reading, a file a group of kinds.

mod columns;
mod decode_ctc;
mod dictionary;
mod network;
mod recognize;
mod words;

use vtk_golden::{Case, GoldenError, Outcome, Packages, Replay};

pub use columns::compare_columns;

/// The kinds of text reading.
pub struct OcrReplay;

impl Replay for OcrReplay {
    fn kinds(&self) -> &'static [&'static str] {
        &["network.ocr", "decode.ctc", "ocr.dictionary", "ocr.words"]
    }

    fn replay(&self, case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        match case.kind.as_str() {
            "network.ocr" => network::replay(case, packages),
            "decode.ctc" => decode_ctc::replay(case, packages),
            "ocr.dictionary" => dictionary::replay(case, packages),
            "ocr.words" => words::replay(case),
            other => Err(case.fault(format!("kind `{other}` is not replayed here"))),
        }
    }
}
