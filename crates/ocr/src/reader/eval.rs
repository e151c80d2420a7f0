//! How well pages were read: their characters, their order, and the places of their lines.

use serde::{Deserialize, Serialize};
use vtk_imaging::geometry::{area, common_area, iou};

use super::Page;
use crate::Quad;
use crate::recognize::CharacterErrors;

/// A line that truly stands on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueLine {
    /// What it says.
    pub text: String,
    /// Where it stands, in the picture's pixels; none where nobody has noted it.
    #[serde(default)]
    pub quad: Option<Quad>,
}

/// Counts pages that were read, against what truly stands on them.
#[derive(Clone, Debug, Default)]
pub struct PageAccuracy {
    pages: usize,
    lines: CharacterErrors,
    whole: CharacterErrors,
    placed: bool,
    found: usize,
    truths: usize,
    right: usize,
}

/// What [`PageAccuracy`] counted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PageReport {
    /// Pages.
    pub n: usize,
    /// Edits per character of the truth, line by line: what was read in several pieces on one true line counts as joined by spaces, what
    /// was read where no line stands as too much. Where places are not known, as `page_cer`.
    pub cer: f64,
    /// Edits per character of the truth of whole pages in reading order, white space made one.
    pub page_cer: f64,
    /// The share of boxes that are right, at an overlap (intersection over union) of at least one half; none without places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// The share of true lines that were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// Their harmonic mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hmean: Option<f64>,
}

/// Two boxes are the same line from this overlap on.
const SAME: f64 = 0.5;

impl PageAccuracy {
    /// Counts a page; `truth` is in reading order.
    pub fn add(&mut self, page: &Page, truth: &[TrueLine]) {
        self.pages += 1;
        let read: Vec<&str> = page.lines.iter().map(|line| line.text.as_str()).collect();
        let expected: Vec<&str> = truth.iter().map(|line| line.text.as_str()).collect();
        self.whole.add(&one_line(&read), &one_line(&expected));
        let quads: Option<Vec<Quad>> = truth.iter().map(|line| line.quad).collect();
        match quads {
            Some(quads) if !quads.is_empty() => {
                self.add_lines(page, truth, &quads);
                self.add_places(page, &quads);
            }
            _ => self.lines.add(&one_line(&read), &one_line(&expected)),
        }
    }

    fn add_lines(&mut self, page: &Page, truth: &[TrueLine], quads: &[Quad]) {
        let mut pieces: Vec<Vec<&str>> = vec![Vec::new(); truth.len()];
        for line in &page.lines {
            let own = area(&line.quad).abs();
            let covers = quads.iter().map(|quad| common_area(&line.quad, quad)).enumerate();
            // Most of a box must lie on the true line, or most of the line in the box.
            let best = covers.max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(at, common)| 2.0 * common >= own.min(area(&quads[*at]).abs()));
            match best {
                Some((at, _)) => pieces[at].push(&line.text),
                None => self.lines.add(&line.text, ""),
            }
        }
        for (pieces, line) in pieces.iter().zip(truth) {
            self.lines.add(&one_line(pieces), &line.text);
        }
    }

    fn add_places(&mut self, page: &Page, quads: &[Quad]) {
        self.placed = true;
        self.found += page.lines.len();
        self.truths += quads.len();
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (at, line) in page.lines.iter().enumerate() {
            let overlaps = quads.iter().map(|quad| iou(&line.quad, quad)).enumerate();
            pairs.extend(overlaps.filter(|(_, overlap)| *overlap >= SAME).map(|(truth, overlap)| (overlap, at, truth)));
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut taken, mut given) = (vec![false; page.lines.len()], vec![false; quads.len()]);
        for (_, at, truth) in pairs {
            if !taken[at] && !given[truth] {
                (taken[at], given[truth]) = (true, true);
                self.right += 1;
            }
        }
    }

    /// The shares.
    #[must_use]
    pub fn finish(&self) -> PageReport {
        let share = |of: usize| if of == 0 { 0.0 } else { self.right as f64 / of as f64 };
        let (precision, recall) = (share(self.found), share(self.truths));
        let hmean = if self.right == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
        let places = |value: f64| self.placed.then_some(value);
        PageReport {
            n: self.pages,
            cer: self.lines.rate(),
            page_cer: self.whole.rate(),
            precision: places(precision),
            recall: places(recall),
            hmean: places(hmean),
        }
    }
}

/// Texts after each other, white space made one space.
fn one_line(texts: &[&str]) -> String {
    texts.iter().flat_map(|text| text.split_whitespace()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use vtk_imaging::Size;

    use super::*;
    use crate::TextLine;
    use crate::layout::ReadingOrder;

    fn quad(x: f32, y: f32, width: f32) -> Quad {
        [[x, y], [x + width, y], [x + width, y + 20.0], [x, y + 20.0]]
    }

    fn page(lines: &[(&str, Quad)]) -> Page {
        let line = |(text, quad): &(&str, Quad)| TextLine {
            text: (*text).to_owned(),
            score: 1.0,
            quad: *quad,
            characters: Vec::new(),
            columns: 0.0,
        };
        Page::arranged(Size::new(400, 300), lines.iter().map(line).collect(), ReadingOrder::Human)
    }

    fn truth(lines: &[(&str, Quad)]) -> Vec<TrueLine> {
        lines.iter().map(|(text, quad)| TrueLine { text: (*text).to_owned(), quad: Some(*quad) }).collect()
    }

    #[test]
    fn a_line_in_pieces_is_whole_and_what_is_too_much_counts() {
        let mut accuracy = PageAccuracy::default();
        let read = page(&[("one", quad(10.0, 10.0, 90.0)), ("two", quad(110.0, 10.0, 90.0)), ("xy", quad(10.0, 200.0, 40.0))]);
        accuracy.add(&read, &truth(&[("one two", quad(10.0, 10.0, 190.0)), ("gone", quad(10.0, 100.0, 100.0))]));
        let report = accuracy.finish();
        assert!((report.cer - 6.0 / 11.0).abs() < 1e-9, "two letters too much, four that are missing: {report:?}");
        assert_eq!((report.precision, report.recall), (Some(0.0), Some(0.0)), "neither half covers half of the line");
    }

    #[test]
    fn places_count_one_for_one() {
        let mut accuracy = PageAccuracy::default();
        let read = page(&[("a", quad(10.0, 10.0, 100.0)), ("a", quad(12.0, 10.0, 100.0)), ("b", quad(10.0, 50.0, 100.0))]);
        accuracy.add(&read, &truth(&[("a", quad(10.0, 10.0, 100.0)), ("b", quad(10.0, 50.0, 100.0))]));
        let report = accuracy.finish();
        assert_eq!((report.precision, report.recall), (Some(2.0 / 3.0), Some(1.0)));
        assert!((report.hmean.unwrap() - 0.8).abs() < 1e-9);
    }

    #[test]
    fn without_places_the_page_counts_as_a_whole() {
        let mut accuracy = PageAccuracy::default();
        accuracy.add(&page(&[("left", quad(10.0, 10.0, 50.0))]), &[TrueLine { text: "lift".to_owned(), quad: None }]);
        let report = accuracy.finish();
        assert_eq!((report.cer, report.page_cer, report.hmean), (0.25, 0.25, None));
        assert_eq!(PageAccuracy::default().finish().cer, 0.0);
    }
}
