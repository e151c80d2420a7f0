//! Replays reference cases of detectors, each by the functions that users call: networks on tensors (`network.det`), decoders
//! (`decode.picodet`, `det.nms`), pictures to boxes (`detect`), average precision (`eval.det`).

mod decode;
mod detect;
mod eval;
mod network;

use vtk_golden::{Case, GoldenError, Outcome, Packages, Replay};

/// The kinds about detectors. (Preparation, `prepare`, is replayed by vtk-imaging.)
pub struct DetReplay;

impl Replay for DetReplay {
    fn kinds(&self) -> &'static [&'static str] {
        &["network.det", "decode.picodet", "det.nms", "detect", "eval.det"]
    }

    fn replay(&self, case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        match case.kind.as_str() {
            "network.det" => network::replay(case, packages),
            "decode.picodet" => decode::picodet(case),
            "det.nms" => decode::nms(case),
            "detect" => detect::replay(case, packages),
            _ => eval::replay(case),
        }
    }
}
