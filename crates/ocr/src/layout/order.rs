//! The orders in which programs return lines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{OcrError, Quad};

/// The most rows that two corners may be apart and still count as one line, in both official orders.
const SAME_LINE: f32 = 10.0;

/// In which order the lines of a page come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadingOrder {
    /// As a person reads: [`read_order`](super::read_order). vtk's own.
    #[default]
    Human,
    /// [`sort_paddleocr`]: PaddleOCR's, and RapidOCR's up to 1.4.4.
    #[serde(rename = "paddleocr")]
    PaddleOcr,
    /// [`sort_rapidocr`]: RapidOCR's from 3.10.
    #[serde(rename = "rapidocr-3.10")]
    RapidOcr,
}

impl ReadingOrder {
    /// Every order, the default first.
    pub const ALL: [Self; 3] = [Self::Human, Self::PaddleOcr, Self::RapidOcr];

    /// Its name: `human`, `paddleocr` or `rapidocr-3.10`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::PaddleOcr => "paddleocr",
            Self::RapidOcr => "rapidocr-3.10",
        }
    }

    /// The page's layout in this order. The official orders know no blocks: there each line is a row of one paragraph.
    #[must_use]
    pub fn layout(self, quads: &[Quad]) -> super::PageLayout {
        match self {
            Self::Human => super::read_order(quads),
            Self::PaddleOcr => super::PageLayout::listed(&sort_paddleocr(quads)),
            Self::RapidOcr => super::PageLayout::listed(&sort_rapidocr(quads)),
        }
    }
}

impl fmt::Display for ReadingOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ReadingOrder {
    type Err = OcrError;

    fn from_str(name: &str) -> Result<Self, OcrError> {
        Self::ALL.into_iter().find(|order| order.name() == name).ok_or_else(|| OcrError::Option {
            option: "order",
            what: format!("there is no reading order `{name}`; there are human, paddleocr and rapidocr-3.10"),
        })
    }
}

/// PaddleOCR's order (`sorted_boxes` of tools/infer/predict_system.py), also RapidOCR's up to 1.4.4: the indices of `quads`, first line
/// first.
///
/// By the first corner's row, then its column; then each line walks up past its neighbor while their first corners are less than 10
/// pixels apart in height and it stands further left.
#[must_use]
pub fn sort_paddleocr(quads: &[Quad]) -> Vec<usize> {
    let corner = |i: usize| quads.get(i).map_or([0.0; 2], |quad| quad[0]);
    let mut order: Vec<usize> = (0..quads.len()).collect();
    order.sort_by(|&a, &b| corner(a)[1].total_cmp(&corner(b)[1]).then(corner(a)[0].total_cmp(&corner(b)[0])));
    for last in 1..order.len() {
        for at in (1..=last).rev() {
            let (above, below) = (corner(order[at - 1]), corner(order[at]));
            if (below[1] - above[1]).abs() < SAME_LINE && below[0] < above[0] {
                order.swap(at - 1, at);
            } else {
                break;
            }
        }
    }
    order
}

/// RapidOCR 3.10's order: the indices of `quads`, first line first.
///
/// By the first corner's row; a new line begins where a row lies 10 pixels or more below that of the box before it, so a staircase of
/// small steps is one line; within a line by column.
#[must_use]
pub fn sort_rapidocr(quads: &[Quad]) -> Vec<usize> {
    let corner = |i: usize| quads.get(i).map_or([0.0; 2], |quad| quad[0]);
    let mut order: Vec<usize> = (0..quads.len()).collect();
    order.sort_by(|&a, &b| corner(a)[1].total_cmp(&corner(b)[1]));
    for line in order.chunk_by_mut(|&above, &below| corner(below)[1] - corner(above)[1] < SAME_LINE) {
        line.sort_by(|&a, &b| corner(a)[0].total_cmp(&corner(b)[0]));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(corners: &[[f32; 2]]) -> Vec<Quad> {
        corners.iter().map(|&[x, y]| [[x, y], [x + 50.0, y], [x + 50.0, y + 20.0], [x, y + 20.0]]).collect()
    }

    #[test]
    fn a_staircase_tells_the_two_official_orders_apart() {
        let stairs = at(&[[200.0, 0.0], [100.0, 8.0], [0.0, 16.0]]);
        assert_eq!(sort_paddleocr(&stairs), [1, 0, 2], "the last stands 16 below the first of its line, which stops it");
        assert_eq!(sort_rapidocr(&stairs), [2, 1, 0], "each is less than 10 below the one before");
    }

    #[test]
    fn ten_pixels_are_a_new_line() {
        let two = at(&[[100.0, 0.0], [0.0, 10.0]]);
        assert_eq!(sort_paddleocr(&two), [0, 1]);
        assert_eq!(sort_rapidocr(&two), [0, 1]);
        let one = at(&[[100.0, 0.0], [0.0, 9.0]]);
        assert_eq!(sort_paddleocr(&one), [1, 0]);
        assert_eq!(sort_rapidocr(&one), [1, 0]);
    }

    #[test]
    fn names_parse_and_print() {
        for order in ReadingOrder::ALL {
            assert_eq!(order.to_string().parse::<ReadingOrder>().unwrap(), order);
            assert_eq!(serde_json::to_value(order).unwrap(), order.name());
        }
        let error = "columns".parse::<ReadingOrder>().unwrap_err().to_string();
        assert!(error.contains("`columns`") && error.contains("rapidocr-3.10"), "{error}");
    }

    #[test]
    fn numbers_that_are_none_keep_every_line() {
        let odd = at(&[[f32::NAN, 0.0], [0.0, f32::INFINITY], [f32::NAN, f32::NAN], [1.0, 1.0]]);
        for order in ReadingOrder::ALL {
            let mut lines = order.layout(&odd).order();
            lines.sort_unstable();
            assert_eq!(lines, [0, 1, 2, 3], "{order}");
        }
    }
}
