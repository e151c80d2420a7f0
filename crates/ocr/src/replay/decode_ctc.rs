//! `decode.ctc`: columns of probabilities to text and score.

use std::collections::BTreeMap;

use ndarray::{Axis, Ix3};
use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Input, Outcome, Packages, Tolerance};

use super::dictionary::Named;
use crate::recognize::{Scale, greedy};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    dictionary: Named,
    /// Decimal places, by the name under which the results are expected.
    round: BTreeMap<String, Option<u8>>,
}

pub(super) fn replay(case: &Case, packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let Tolerance::Absolute(bound) = case.tolerance()? else {
        return Err(case.fault("`decode.ctc` wants a tolerance `abs`"));
    };
    let dictionary = spec.dictionary.load(case, packages, &BTreeMap::new())?;
    let Input::F32(probabilities) = case.input_named("probabilities")? else {
        return Err(case.fault("`probabilities` must be f32"));
    };
    let lines = probabilities.into_dimensionality::<Ix3>().map_err(|e| case.fault(format!("`probabilities`: {e}")))?;
    let expected: BTreeMap<String, Vec<(String, f64)>> = case.expected_json_as()?;
    let mut outcomes = Vec::new();
    for (name, want) in &expected {
        let decimals = spec.round.get(name).copied().flatten();
        outcomes.push(Outcome::same(format!("{name} lines"), &lines.len_of(Axis(0)), &want.len()));
        for (index, (line, (text, score))) in lines.outer_iter().zip(want).enumerate() {
            let read = greedy(line, &dictionary, Scale::Probabilities, decimals);
            outcomes.push(Outcome::same(format!("{name} text {index}"), &read.text, text));
            outcomes.push(Outcome::number(format!("{name} score {index}"), f64::from(read.score), *score, bound));
        }
    }
    Ok(outcomes)
}
