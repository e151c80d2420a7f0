//! Plain text, as a person would type it off the page.

use std::io::{self, Write};

use super::PageText;
use super::safe::{cells, safe};
use crate::layout::{Block, Row};

/// From this many line heights on, a gap between two pieces of a row is one between columns, not between words.
const WIDE_GAP: f32 = 1.5;

/// No piece is moved further right than this many cells.
const MOST_CELLS: usize = 160;

/// Writes page `number` (from 1).
pub(super) fn page(out: &mut impl Write, page: &PageText<'_>, number: usize) -> io::Result<()> {
    if number > 1 {
        out.write_all(b"\x0c")?;
    }
    let mut first = true;
    for block in &page.layout.blocks {
        let grid = Grid::of(block, page);
        for paragraph in &block.paragraphs {
            if !std::mem::take(&mut first) {
                writeln!(out)?;
            }
            for row in &paragraph.rows {
                writeln!(out, "{}", grid.row(row, page))?;
            }
        }
    }
    Ok(())
}

/// How a block's pixels become a terminal's cells.
struct Grid {
    left: f32,
    /// Pixels a cell.
    cell: f32,
}

impl Grid {
    fn of(block: &Block, page: &PageText<'_>) -> Self {
        let pieces = || block.paragraphs.iter().flat_map(|paragraph| &paragraph.rows).flat_map(|row| &row.pieces);
        let left = pieces().map(|piece| piece.start).fold(f32::INFINITY, f32::min);
        let mut cells: Vec<f32> = pieces()
            .filter_map(|piece| {
                let cells = cells(&page.lines.get(piece.line)?.text);
                (cells >= 3).then(|| (piece.end - piece.start) / cells as f32)
            })
            .collect();
        let middle = cells.len() / 2;
        let cell = if cells.is_empty() {
            pieces().map(|piece| 0.5 * piece.height).fold(0.0, f32::max)
        } else {
            *cells.select_nth_unstable_by(middle, f32::total_cmp).1
        };
        Self { left, cell: cell.max(1.0) }
    }

    /// The text of a row: words apart by a space; columns where they stand on the page, but at least two spaces apart.
    fn row(&self, row: &Row, page: &PageText<'_>) -> String {
        let wide = row.pieces.windows(2).any(|pair| is_wide(pair[0].end, pair[1].start, pair[0].height.min(pair[1].height)));
        let mut text = String::new();
        let mut filled = 0;
        for (at, piece) in row.pieces.iter().enumerate() {
            let Some(line) = page.lines.get(piece.line) else { continue };
            let column = (((piece.start - self.left) / self.cell).round() as usize).min(MOST_CELLS);
            let before = at.checked_sub(1).and_then(|before| row.pieces.get(before));
            let blanks = match before {
                None if wide => column,
                None => 0,
                Some(before) if is_wide(before.end, piece.start, before.height.min(piece.height)) => column.saturating_sub(filled).max(2),
                Some(_) => 1,
            };
            let words: String = safe(line.text.trim()).collect();
            text.extend(std::iter::repeat_n(' ', blanks));
            text.push_str(&words);
            filled += blanks + cells(&words);
        }
        text
    }
}

fn is_wide(end: f32, start: f32, height: f32) -> bool {
    start - end >= WIDE_GAP * height
}

#[cfg(test)]
mod tests {
    use vtk_imaging::Size;

    use super::*;
    use crate::TextLine;
    use crate::layout::{PageLayout, ReadingOrder, read_order};

    fn line(text: &str, x: f32, y: f32, width: f32) -> TextLine {
        let quad = [[x, y], [x + width, y], [x + width, y + 20.0], [x, y + 20.0]];
        TextLine { text: text.to_owned(), score: 1.0, quad, characters: Vec::new(), columns: 0.0 }
    }

    fn written(lines: &[TextLine], layout: &PageLayout) -> String {
        let mut out = Vec::new();
        page(&mut out, &PageText { name: "", size: Size::new(900, 900), lines, layout }, 1).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn read(lines: &[TextLine]) -> String {
        written(lines, &read_order(&lines.iter().map(|line| line.quad).collect::<Vec<_>>()))
    }

    #[test]
    fn a_receipt_keeps_its_columns() {
        let receipt = [
            line("1.29", 300.0, 10.0, 40.0),
            line("Milk", 20.0, 10.0, 40.0),
            line("Wholemeal bread", 20.0, 40.0, 150.0),
            line("13.49", 300.0, 40.0, 50.0),
            line("Tea", 20.0, 70.0, 30.0),
            line("4.00", 300.0, 70.0, 40.0),
        ];
        let expected = "\
Milk                        1.29
Wholemeal bread             13.49
Tea                         4.00
";
        assert_eq!(read(&receipt), expected);
    }

    #[test]
    fn words_are_joined_and_paragraphs_apart() {
        let page = [
            line("Hello", 20.0, 10.0, 60.0),
            line("world", 90.0, 11.0, 60.0),
            line("again", 20.0, 36.0, 60.0),
            line("Later", 20.0, 110.0, 60.0),
        ];
        assert_eq!(read(&page), "Hello world\nagain\n\nLater\n");
    }

    #[test]
    fn a_listed_order_is_a_line_each() {
        let page = [line("b", 100.0, 10.0, 20.0), line("a", 20.0, 10.0, 20.0)];
        let layout = ReadingOrder::PaddleOcr.layout(&page.each_ref().map(|line| line.quad));
        assert_eq!(written(&page, &layout), "a\nb\n");
    }

    #[test]
    fn pages_are_apart_and_an_empty_page_is_empty() {
        assert_eq!(read(&[]), "");
        let mut out = Vec::new();
        page(&mut out, &PageText { name: "", size: Size::new(9, 9), lines: &[], layout: &PageLayout::default() }, 2).unwrap();
        assert_eq!(out, b"\x0c");
    }

    #[test]
    fn control_characters_are_harmless() {
        assert_eq!(read(&[line("\u{1b}]0;x\u{7}", 20.0, 10.0, 60.0)]), "\u{fffd}]0;x\u{fffd}\n");
    }
}
