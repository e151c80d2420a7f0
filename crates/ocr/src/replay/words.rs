//! `ocr.words`: columns of characters to groups and to boxes of words or characters.

use serde::Deserialize;
use vtk_golden::{Case, GoldenError, Outcome};

use crate::recognize::words::{Group, Unit, groups, word_boxes};
use crate::{Character, Quad, TextLine};

/// Corners are within so many pixels.
const CORNER: f64 = 1.0;

/// PaddleOCR turns crops of this height / width.
const TALL: f32 = 1.5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    text: String,
    chosen: Vec<u32>,
    columns: u32,
    wh_ratio: f64,
    max_wh_ratio: f64,
    crop: Crop,
    quad: Quad,
    single_char: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Crop {
    width: f32,
    height: f32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    groups: Vec<String>,
    types: Vec<String>,
    columns: Vec<Vec<u32>>,
    line_columns: f64,
    boxes: Vec<(String, Quad)>,
}

pub(super) fn replay(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let Spec { rows } = case.spec_as()?;
    let expected: Vec<Expected> = case.expected_json_as()?;
    let mut outcomes = vec![Outcome::same("rows", &rows.len(), &expected.len())];
    for (index, (row, want)) in rows.into_iter().zip(&expected).enumerate() {
        outcomes.extend(compare(index, row, want));
    }
    Ok(outcomes)
}

fn compare(index: usize, row: Row, want: &Expected) -> Vec<Outcome> {
    let characters: Vec<Character> =
        row.text.chars().zip(&row.chosen).map(|(c, column)| Character { text: c.into(), score: 1.0, column: *column }).collect();
    let columns = f64::from(row.columns) * row.wh_ratio / row.max_wh_ratio;
    let found = groups(&characters);
    let text = |group: &Group| characters[group.characters.clone()].iter().map(|c| c.text.as_str()).collect::<String>();
    let kind = |group: &Group| if group.chinese { "CN" } else { "EN_NUM" }.to_owned();
    let at = |group: &Group| characters[group.characters.clone()].iter().map(|c| c.column).collect::<Vec<_>>();
    let mut outcomes = vec![
        Outcome::same(format!("{index} groups"), &found.iter().map(text).collect::<Vec<_>>(), &want.groups),
        Outcome::same(format!("{index} types"), &found.iter().map(kind).collect::<Vec<_>>(), &want.types),
        Outcome::same(format!("{index} columns"), &found.iter().map(at).collect::<Vec<_>>(), &want.columns),
        Outcome::number(format!("{index} line_columns"), columns, want.line_columns, 1e-5),
    ];
    // The case has the corners as they stand on the page, a line has them as it is read: a tall crop begins at the top right.
    let tall = row.crop.width / row.crop.height >= TALL && is_tall(row.quad);
    let quad = if tall { turned(row.quad, 1) } else { row.quad };
    let line = TextLine { text: row.text, score: 1.0, quad, characters, columns: columns as f32 };
    let unit = if row.single_char { Unit::Character } else { Unit::Word };
    let boxes = word_boxes(&line, unit);
    let texts = |list: &[(String, Quad)]| list.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>();
    let got: Vec<(String, Quad)> =
        boxes.into_iter().map(|b| (b.text, if tall { turned(b.quad, 3) } else { b.quad }.map(|p| p.map(f32::trunc)))).collect();
    outcomes.push(Outcome::same(format!("{index} boxes"), &texts(&got), &texts(&want.boxes)));
    for ((text, got), (_, want)) in got.iter().zip(&want.boxes) {
        let errors = got.iter().flatten().zip(want.iter().flatten()).map(|(got, want)| f64::from((got - want).abs()));
        let worst = errors.fold(0.0, f64::max);
        let detail = || format!("{got:?}, expected {want:?}");
        outcomes.push(Outcome::new(format!("{index} box of {text}"), worst, format!("abs {CORNER}"), worst <= CORNER, detail));
    }
    outcomes
}

fn is_tall(quad: Quad) -> bool {
    let side = |a: usize, b: usize| (quad[a][0] - quad[b][0]).hypot(quad[a][1] - quad[b][1]);
    side(1, 2).max(side(3, 0)) / side(0, 1).max(side(2, 3)) >= TALL
}

/// The corners from another one on.
fn turned(mut quad: Quad, by: usize) -> Quad {
    quad.rotate_left(by);
    quad
}
