//! `network.ocr`: the native networks of text reading, on tensors and on pictures.

use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Outcome, Packages};

use super::recognize;

#[derive(Deserialize)]
struct Spec {
    arch: String,
}

pub(super) fn replay(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let Spec { arch } = case.spec_as()?;
    match arch.as_str() {
        arch if arch.ends_with("-rec") => recognize::network(case, packages),
        other => Err(case.fault(format!("`arch` is `{other}`; a recognizer was expected"))),
    }
}
