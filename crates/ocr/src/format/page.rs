//! A page as the formats see it: its lines, how they belong together, and the walk through its parts.

use std::io;

use vtk_imaging::Size;

use super::{Bounds, Word, words};
use crate::TextLine;
use crate::layout::{PageLayout, Paragraph, Row};

/// A page that was read.
#[derive(Clone, Copy, Debug)]
pub struct PageText<'a> {
    /// The name of its picture, for formats that tell it.
    pub name: &'a str,
    /// The size of its picture, to which boxes are cut.
    pub size: Size,
    /// Its lines.
    pub lines: &'a [TextLine],
    /// How they belong together; a line that is not in it is not written.
    pub layout: &'a PageLayout,
}

impl<'a> PageText<'a> {
    pub(super) fn bounds(&self) -> Bounds {
        Bounds::page(self.size)
    }

    /// The lines of a row.
    pub(super) fn lines_of(&self, row: &'a Row) -> impl Iterator<Item = &'a TextLine> {
        let lines = self.lines;
        row.pieces.iter().filter_map(move |piece| lines.get(piece.line))
    }

    /// The box around rows.
    pub(super) fn around(&self, rows: impl IntoIterator<Item = &'a Row>) -> Bounds {
        Bounds::around(rows.into_iter().flat_map(|row| self.lines_of(row)).map(|line| &line.quad), self.bounds())
    }

    /// The box around paragraphs.
    pub(super) fn around_all(&self, paragraphs: &'a [Paragraph]) -> Bounds {
        self.around(paragraphs.iter().flat_map(|paragraph| &paragraph.rows))
    }
}

/// What structured formats write of a page: its blocks, their paragraphs, the paragraphs' rows and the words in those, from the outside in.
///
/// Each is told of with its number, from 1, among its kind on the page, and with its bounds.
pub(super) trait Outline {
    /// A kind of part begins.
    fn begin(&mut self, part: Part, number: usize, bounds: Bounds) -> io::Result<()>;

    /// The part of this kind that began last ends.
    fn end(&mut self, part: Part) -> io::Result<()>;

    /// A word of the row that began last; `before` stands the word before it in the row.
    fn word(&mut self, word: &Word, number: usize, bounds: Bounds, before: Option<Bounds>) -> io::Result<()>;
}

/// A kind of part of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Block,
    Paragraph,
    Row,
}

impl PageText<'_> {
    /// Tells of everything on the page in order. Rows without words are left out where `bare` is not set.
    pub(super) fn outline(&self, to: &mut impl Outline, bare: bool) -> io::Result<()> {
        let [mut paragraphs, mut rows, mut words_so_far] = [0; 3];
        for (block, number) in self.layout.blocks.iter().zip(1..) {
            to.begin(Part::Block, number, self.around_all(&block.paragraphs))?;
            for paragraph in &block.paragraphs {
                paragraphs += 1;
                to.begin(Part::Paragraph, paragraphs, self.around(&paragraph.rows))?;
                for row in &paragraph.rows {
                    let found: Vec<Word> = self.lines_of(row).flat_map(words).collect();
                    if found.is_empty() && !bare {
                        continue;
                    }
                    rows += 1;
                    to.begin(Part::Row, rows, self.around([row]))?;
                    let mut before = None;
                    for word in &found {
                        words_so_far += 1;
                        let bounds = Bounds::around([&word.quad], self.bounds());
                        to.word(word, words_so_far, bounds, before.replace(bounds))?;
                    }
                    to.end(Part::Row)?;
                }
                to.end(Part::Paragraph)?;
            }
            to.end(Part::Block)?;
        }
        Ok(())
    }
}

/// A score as formats may hold it: 0 to 1.
pub(super) fn confidence(score: f32) -> f32 {
    if score.is_finite() { score.clamp(0.0, 1.0) } else { 0.0 }
}
