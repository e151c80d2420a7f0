//! The kind `ocr.order`: boxes put into the official reading orders.

use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Outcome};

use crate::Quad;
use crate::layout::{sort_paddleocr, sort_rapidocr};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    rows: Vec<Boxes>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Boxes {
    rule: String,
    boxes: Vec<Quad>,
}

/// The indices of each row's boxes, in order.
pub(super) fn replay(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let rows = case.spec_as::<Spec>()?.rows;
    let expected: Vec<Vec<usize>> = case.expected_json_as()?;
    if rows.len() != expected.len() {
        return Err(case.fault(format!("{} rows of boxes, but {} expected orders", rows.len(), expected.len())));
    }
    let outcome = |(at, (row, want)): (usize, (Boxes, Vec<usize>))| {
        let got = match row.rule.as_str() {
            "paddleocr" => sort_paddleocr(&row.boxes),
            "rapidocr-3.10" => sort_rapidocr(&row.boxes),
            rule => return Err(case.fault(format!("there is no rule `{rule}`"))),
        };
        Ok(Outcome::same(format!("row {at}, {}", row.rule), &got, &want))
    };
    rows.into_iter().zip(expected).enumerate().map(outcome).collect()
}
