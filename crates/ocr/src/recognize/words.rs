//! Boxes of words and of characters, out of the columns in which characters were read.
//!
//! The rules are PaddleOCR's `get_word_info` and RapidOCR's `cal_rec_boxes`: a column's middle is a character's middle, and all
//! characters of a line are taken to be equally wide.

use std::ops::Range;

use vtk_imaging::{Perspective, quad_size};

use crate::{Character, Quad, TextLine};

/// Characters that belong together: neighbors of one script without white space or a wide gap between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Which of the line's characters.
    pub characters: Range<usize>,
    /// Whether they are Chinese (ideographs, and the punctuation of their width).
    pub chinese: bool,
}

/// What a box is to be drawn around.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    /// Words where the line has no Chinese, else single characters.
    #[default]
    Word,
    /// Single characters always.
    Character,
}

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// Which of the line's characters.
    pub characters: Range<usize>,
    /// Where it begins, in pixels from the line's left edge.
    pub start: f32,
    /// Where it ends.
    pub end: f32,
}

/// A word or character with its place on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct WordBox {
    /// What it says.
    pub text: String,
    /// Mean confidence of its characters, 0 to 1.
    pub score: f32,
    /// Where it stands.
    pub quad: Quad,
}

/// A group ends where the next character stands more than so many columns behind.
const WIDEST_GAP: u32 = 5;

/// The groups of a line, from left to right; white space belongs to none.
pub fn groups(characters: &[Character]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // Whether the character before ended its group.
    let mut apart = true;
    for (index, character) in characters.iter().enumerate() {
        if character.text.chars().all(char::is_whitespace) {
            apart = true;
            continue;
        }
        let chinese = character.text.chars().any(is_chinese);
        let gap = index.checked_sub(1).map_or(0, |before| character.column.saturating_sub(characters[before].column));
        match groups.last_mut() {
            Some(group) if !apart && group.chinese == chinese && gap <= WIDEST_GAP => group.characters.end = index + 1,
            _ => groups.push(Group { characters: index..index + 1, chinese }),
        }
        apart = false;
    }
    groups
}

/// Ideographs, and punctuation and letters of their width: what stands in a square.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

/// Where the words or characters of a line stand on it. The line is `columns` columns long ([`TextLine::columns`]) and `width` whole
/// pixels; borders are whole pixels, or half ones where two neighbors that overlapped meet.
///
/// Nothing comes of a line without characters or without length.
pub fn spans(characters: &[Character], columns: f32, width: usize, unit: Unit) -> Vec<Span> {
    let groups = groups(characters);
    if groups.is_empty() || !(columns > 0.0 && columns.is_finite()) {
        return Vec::new();
    }
    let width = width as f64;
    let column = width / f64::from(columns);
    let wide = character_width(characters, &groups).map_or(width / characters.len() as f64, |columns| columns * column);
    let cell = |index: usize| {
        let middle = (f64::from(characters[index].column) + 0.5) * column;
        let (start, end) = ((middle - wide / 2.0).trunc().max(0.0), (middle + wide / 2.0).trunc().min(width));
        Span { characters: index..index + 1, start: start as f32, end: end as f32 }
    };
    let whole = |group: &Group| {
        let (first, last) = (cell(group.characters.start), cell(group.characters.end - 1));
        Span { characters: group.characters.clone(), start: first.start, end: last.end }
    };
    let mut spans: Vec<Span> = if unit == Unit::Word && groups.iter().all(|group| !group.chinese) {
        groups.iter().map(whole).collect()
    } else {
        groups.iter().flat_map(|group| group.characters.clone()).map(cell).collect()
    };
    for index in 1..spans.len() {
        let overlap = spans[index - 1].end - spans[index].start;
        if overlap > 0.0 {
            spans[index - 1].end -= overlap / 2.0;
            spans[index].start += overlap / 2.0;
        }
    }
    spans
}

/// Columns from one character to the next, the mean over groups of several characters; none where there is no such group.
fn character_width(characters: &[Character], groups: &[Group]) -> Option<f64> {
    let several = groups.iter().map(|group| &characters[group.characters.clone()]).filter(|characters| characters.len() > 1);
    let widths = several.map(|group| {
        let length = group[group.len() - 1].column.saturating_sub(group[0].column);
        f64::from(length) / (group.len() - 1) as f64
    });
    let widths: Vec<f64> = widths.collect();
    (!widths.is_empty()).then(|| widths.iter().sum::<f64>() / widths.len() as f64)
}

/// The words or characters of a line on its page, each with a quadrilateral cut out of the line's.
pub fn word_boxes(line: &TextLine, unit: Unit) -> Vec<WordBox> {
    let size = quad_size(line.quad);
    let (width, height) = (size.width as f32, size.height as f32);
    let Some(onto_page) = Perspective::between([[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]], line.quad) else {
        return Vec::new();
    };
    let place = |span: Span| {
        let characters = &line.characters[span.characters];
        let corners = [[span.start, 0.0], [span.end, 0.0], [span.end, height], [span.start, height]];
        WordBox {
            text: characters.iter().map(|c| c.text.as_str()).collect(),
            score: characters.iter().map(|c| c.score).sum::<f32>() / characters.len() as f32,
            quad: corners.map(|corner| onto_page.apply(corner)),
        }
    };
    spans(&line.characters, line.columns, size.width, unit).into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn characters(text: &str, columns: &[u32]) -> Vec<Character> {
        text.chars().zip(columns).map(|(c, column)| Character { text: c.into(), score: 0.5, column: *column }).collect()
    }

    fn grouped(text: &str, columns: &[u32]) -> Vec<String> {
        let characters = characters(text, columns);
        let text = |group: &Group| characters[group.characters.clone()].iter().map(|c| c.text.as_str()).collect();
        groups(&characters).iter().map(text).collect()
    }

    #[test]
    fn what_parts_groups() {
        assert_eq!(grouped("ab c", &[0, 2, 4, 6]), ["ab", "c"]);
        assert_eq!(grouped("ab中，c", &[0, 2, 5, 9, 13]), ["ab", "中，", "c"]);
        assert_eq!(grouped("abc", &[0, 5, 11]), ["ab", "c"]);
        assert_eq!(grouped("\u{3000} ", &[0, 3]), [""; 0]);
    }

    #[test]
    fn words_and_characters_of_a_line() {
        let characters = characters("ab c", &[1, 3, 5, 7]);
        let words = spans(&characters, 10.0, 100, Unit::Word);
        assert_eq!(words.iter().map(|w| (w.start, w.end)).collect::<Vec<_>>(), [(5.0, 45.0), (65.0, 85.0)]);
        let single = spans(&characters, 10.0, 100, Unit::Character);
        assert_eq!(single.iter().map(|w| (w.start, w.end)).collect::<Vec<_>>(), [(5.0, 25.0), (25.0, 45.0), (65.0, 85.0)]);
        let line = TextLine {
            text: "ab c".into(),
            score: 0.5,
            quad: [[10.0, 20.0], [110.0, 20.0], [110.0, 40.0], [10.0, 40.0]],
            characters,
            columns: 10.0,
        };
        let boxes = word_boxes(&line, Unit::Word);
        assert_eq!(boxes.iter().map(|b| b.text.as_str()).collect::<Vec<_>>(), ["ab", "c"]);
        let expected = [[15.0, 20.0], [55.0, 20.0], [55.0, 40.0], [15.0, 40.0]];
        let near = boxes[0].quad.iter().flatten().zip(expected.iter().flatten()).all(|(got, want)| (got - want).abs() < 1e-3);
        assert!(near, "{:?}", boxes[0].quad);
        let nowhere = TextLine { quad: [[1.0, 1.0]; 4], ..line };
        assert_eq!(word_boxes(&nowhere, Unit::Word), []);
    }

    proptest! {
        #[test]
        fn any_line_has_spans_in_order(
            text in "[a中 ，]{0,12}",
            columns in prop::collection::vec(0u32..80, 12),
            length in prop_oneof![0f32..100.0, Just(f32::NAN), Just(f32::INFINITY), Just(-1.0)],
            width in 0usize..2000,
            single: bool,
        ) {
            let mut columns = columns;
            columns.sort_unstable();
            let line = characters(&text, &columns);
            let unit = if single { Unit::Character } else { Unit::Word };
            let spans = spans(&line, length, width, unit);
            prop_assert!(spans.windows(2).all(|pair| pair[0].characters.end <= pair[1].characters.start));
            prop_assert!(spans.iter().all(|s| !s.characters.is_empty() && s.characters.end <= line.len()));
        }
    }
}
