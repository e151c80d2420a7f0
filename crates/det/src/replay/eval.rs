//! `eval.det`: average precision of a results file.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Outcome, Tolerance};

use crate::coco::{Instances, parse_results};
use crate::eval::{AveragePrecision, PrecisionReport, Scored};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    annotations: String,
    results: String,
    iou_type: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    stats: BTreeMap<String, f64>,
    ap_per_class: BTreeMap<i64, Option<f64>>,
}

pub(super) fn replay(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let expected: Expected = case.expected_json_as()?;
    let Tolerance::Absolute(bound) = case.tolerance()? else {
        return Err(case.fault("`eval.det` wants a tolerance `abs`"));
    };
    if spec.iou_type != "bbox" {
        return Err(case.fault("only `bbox` is built"));
    }
    let data = Instances::parse(&spec.annotations, &case.text(&spec.annotations)?).map_err(GoldenError::product)?;
    let rows = parse_results(&spec.results, &case.text(&spec.results)?).map_err(GoldenError::product)?;
    let mut by_picture: HashMap<i64, Vec<Scored>> = HashMap::new();
    for row in rows {
        if let Some(class) = data.class_of(row.category_id) {
            by_picture.entry(row.image_id).or_default().push(Scored { class, score: row.score, bbox: row.bbox });
        }
    }
    let mut ap = AveragePrecision::new(data.categories.len());
    for picture in &data.pictures {
        ap.add(by_picture.get(&picture.id).map_or(&[], Vec::as_slice), data.truths_of(picture.id));
    }
    let report = ap.finish();

    let number = |value: Option<f64>| value.unwrap_or(-1.0);
    let mut outcomes = Vec::new();
    for (name, want) in &expected.stats {
        let got = figure(&report, name).ok_or_else(|| case.fault(format!("the figure `{name}` is unknown")))?;
        outcomes.push(Outcome::number(name, number(got), *want, bound));
    }
    for (category, want) in &expected.ap_per_class {
        let got = data.class_of(*category).and_then(|class| report.ap_per_class[class]);
        outcomes.push(Outcome::number(format!("AP of {category}"), number(got), number(*want), bound));
    }
    Ok(outcomes)
}

/// A figure by pycocotools's name.
fn figure(report: &PrecisionReport, name: &str) -> Option<Option<f64>> {
    Some(match name {
        "AP" => report.ap,
        "AP50" => report.ap50,
        "AP75" => report.ap75,
        "APs" => report.ap_small,
        "APm" => report.ap_medium,
        "APl" => report.ap_large,
        "AR1" => report.ar[0],
        "AR10" => report.ar[1],
        "AR100" => report.ar[2],
        "ARs" => report.ar_by_area[0],
        "ARm" => report.ar_by_area[1],
        "ARl" => report.ar_by_area[2],
        _ => return None,
    })
}
