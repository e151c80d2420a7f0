//! Tab-separated values with tesseract's columns.

use std::io::{self, Write};

use super::page::confidence;
use super::safe::safe;
use super::{Bounds, PageText, words};

/// Writes the head of the table.
pub(super) fn begin(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext")
}

/// Writes page `number` (from 1): a row for the page (level 1), each block (2), paragraph (3), line (4) and word (5). Only words have a
/// confidence, 0 to 100, and a text.
pub(super) fn page(out: &mut impl Write, page: &PageText<'_>, number: usize) -> io::Result<()> {
    entry(out, 1, [number, 0, 0, 0, 0], page.bounds(), None)?;
    for (block, block_num) in page.layout.blocks.iter().zip(1..) {
        entry(out, 2, [number, block_num, 0, 0, 0], page.around_all(&block.paragraphs), None)?;
        for (paragraph, par_num) in block.paragraphs.iter().zip(1..) {
            entry(out, 3, [number, block_num, par_num, 0, 0], page.around(&paragraph.rows), None)?;
            for (row, line_num) in paragraph.rows.iter().zip(1..) {
                entry(out, 4, [number, block_num, par_num, line_num, 0], page.around([row]), None)?;
                for (word, word_num) in page.lines_of(row).flat_map(words).zip(1..) {
                    let bounds = Bounds::around([&word.quad], page.bounds());
                    let said = Some((word.score, word.text.as_str()));
                    entry(out, 5, [number, block_num, par_num, line_num, word_num], bounds, said)?;
                }
            }
        }
    }
    Ok(())
}

fn entry(out: &mut impl Write, level: u32, numbers: [usize; 5], bounds: Bounds, said: Option<(f32, &str)>) -> io::Result<()> {
    let [page, block, paragraph, line, word] = numbers;
    let (left, top, width, height) = (bounds.left, bounds.top, bounds.width(), bounds.height());
    write!(out, "{level}\t{page}\t{block}\t{paragraph}\t{line}\t{word}\t{left}\t{top}\t{width}\t{height}\t")?;
    match said {
        None => writeln!(out, "-1\t"),
        Some((score, text)) => writeln!(out, "{:.2}\t{}", 100.0 * confidence(score), safe(text).collect::<String>()),
    }
}
