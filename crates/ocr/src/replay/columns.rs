//! Columns of a CTC network against a case with `reduce` = `ctc`: the best class of each column, its probability, the text, the score.

use std::collections::BTreeMap;

use ndarray::{Array1, ArrayD, ArrayView1, ArrayView2, Axis, Ix3};
use serde::Deserialize;
use vtk_golden::{Array, Case, GoldenError, Outcome, Packages};

use super::dictionary::Named;
use crate::recognize::{Scale, edit_distance, greedy};

/// Scores are within so much.
const SCORE: f64 = 0.002;

/// What of a case's settings concerns the text.
#[derive(Deserialize)]
struct Spec {
    dictionary: Option<Named>,
    #[serde(default)]
    texts: Vec<String>,
    #[serde(default)]
    scores: Vec<f64>,
}

/// Compares the outputs of one run a picture, each `[1, columns, classes]`, with what a case of any kind with `reduce` = `ctc` expects.
/// `metadata` is that of the graph, in which its dictionary may lie.
///
/// # Errors
/// Where the case is not what it should be, or an output is no `[1, columns, classes]`.
pub fn compare_columns(
    case: &Case,
    packages: &dyn Packages,
    metadata: &BTreeMap<String, String>,
    outputs: &[ArrayD<f32>],
    scale: Scale,
) -> Result<Vec<Outcome>, GoldenError> {
    let spec: Spec = case.spec_as()?;
    let expected = case.expected()?;
    let dictionary = spec.dictionary.map(|named| named.load(case, packages, metadata)).transpose()?;
    let mut got: Vec<Array> = Vec::new();
    let mut outcomes = Vec::new();
    for (run, output) in outputs.iter().enumerate() {
        let columns = output.view().into_dimensionality::<Ix3>().map_err(GoldenError::product)?;
        let columns = columns.index_axis(Axis(0), 0);
        let want = expected.get(got.len()).map(|(_, want)| want);
        let (classes, probabilities) = best(columns, scale);
        let (classes, close) = open_where_close(classes, want);
        // Some cases keep the axis of the batch.
        let batch = want.is_some_and(|want| want.shape().len() == 2);
        got.extend(match batch {
            true => [classes.insert_axis(Axis(0)).into(), probabilities.insert_axis(Axis(0)).into()],
            false => [Array::from(classes), Array::from(probabilities)],
        });
        let (Some(dictionary), Some(text)) = (&dictionary, spec.texts.get(run)) else { continue };
        let read = greedy(columns, dictionary, scale, None);
        let slack = usize::from(close);
        let edits = edit_distance(&read.text, text);
        let said = || format!("{:?}, expected {text:?}", read.text);
        outcomes.push(Outcome::new(format!("text{run}"), edits as f64, format!("edits {slack}"), edits <= slack, said));
        let score = spec.scores.get(run).copied().unwrap_or(f64::NAN);
        outcomes.push(Outcome::number(format!("score{run}"), f64::from(read.score), score, SCORE));
    }
    let mut all = case.compare(&got)?;
    all.extend(outcomes);
    Ok(all)
}

/// The best class of each column and its probability.
fn best(columns: ArrayView2<'_, f32>, scale: Scale) -> (Array1<i32>, Array1<f32>) {
    let of_column = |column: ArrayView1<'_, f32>| {
        let first = column.iter().enumerate().fold((-1, f32::NEG_INFINITY), |best, (i, v)| if *v > best.1 { (i as i32, *v) } else { best });
        match scale {
            Scale::Probabilities => first,
            Scale::Logits => (first.0, 1.0 / column.iter().map(|v| (v - first.1).exp()).sum::<f32>()),
        }
    };
    let (classes, probabilities): (Vec<i32>, Vec<f32>) = columns.outer_iter().map(of_column).unzip();
    (classes.into(), probabilities.into())
}

/// Where the case holds −1 two classes are too close to call, and any passes; and whether there is such a column.
fn open_where_close(mut classes: Array1<i32>, want: Option<&Array>) -> (Array1<i32>, bool) {
    let mut close = false;
    if let Some(Array::I32(want)) = want.filter(|w| w.shape().iter().product::<usize>() == classes.len()) {
        for (class, _) in classes.iter_mut().zip(want).filter(|(_, want)| **want == -1) {
            (*class, close) = (-1, true);
        }
    }
    (classes, close)
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, arr2};

    use super::*;

    #[test]
    fn best_classes_and_open_ones() {
        let columns = arr2(&[[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]]);
        let (classes, probabilities) = best(columns.view(), Scale::Probabilities);
        assert_eq!((&classes, &probabilities), (&arr1(&[1, 0]), &arr1(&[0.7, 0.5])));
        let want = Array::from(arr1(&[-1, 2]));
        assert_eq!(open_where_close(classes.clone(), Some(&want)), (arr1(&[-1, 0]), true));
        assert_eq!(open_where_close(classes, None), (arr1(&[1, 0]), false));
        let (_, probabilities) = best(arr2(&[[0.0, 0.0]]).view(), Scale::Logits);
        assert_eq!(probabilities, arr1(&[0.5]));
    }
}
