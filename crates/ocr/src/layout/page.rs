//! A page as a person reads it.

use serde::{Deserialize, Serialize};

use super::boxes::{Placed, straighten, thickness};
use super::columns::{Region, regions};
use super::paragraphs::paragraphs;
use super::rows::rows;
use crate::Quad;

/// How the lines of a page belong together. Lines are named by their index; each stands in it once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageLayout {
    /// Columns, tables, headings: what is read one after the other.
    pub blocks: Vec<Block>,
}

/// A part of the page that is read row by row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its paragraphs in reading order.
    pub paragraphs: Vec<Paragraph>,
    /// Whether its rows run from top to bottom, the first one at the right.
    pub vertical: bool,
}

/// Rows that belong together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Paragraph {
    /// Its rows in reading order.
    pub rows: Vec<Row>,
}

/// A line of text as a person sees it: one detected line, or several beside each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What stands on it, in reading order.
    pub pieces: Vec<Piece>,
}

/// A detected line on its row.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// The index of the line.
    pub line: usize,
    /// Where it begins along the row, in pixels of the straightened page.
    pub start: f32,
    /// Where it ends.
    pub end: f32,
    /// How high its letters' box is.
    pub height: f32,
}

impl PageLayout {
    /// The lines' indices in reading order.
    #[must_use]
    pub fn order(&self) -> Vec<usize> {
        self.rows().flat_map(|row| row.pieces.iter().map(|piece| piece.line)).collect()
    }

    /// Its rows in reading order.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.blocks.iter().flat_map(|block| &block.paragraphs).flat_map(|paragraph| &paragraph.rows)
    }

    /// Names lines by their places in reading order: for lines that were brought into it.
    pub(crate) fn renumber(&mut self) {
        let paragraphs = self.blocks.iter_mut().flat_map(|block| &mut block.paragraphs);
        let pieces = paragraphs.flat_map(|paragraph| &mut paragraph.rows).flat_map(|row| &mut row.pieces);
        pieces.enumerate().for_each(|(place, piece)| piece.line = place);
    }

    /// A layout that knows nothing but an order: one paragraph, a row for each line.
    #[must_use]
    pub fn listed(order: &[usize]) -> Self {
        if order.is_empty() {
            return Self::default();
        }
        let row = |&line: &usize| Row { pieces: vec![Piece { line, start: 0.0, end: 0.0, height: 0.0 }] };
        let paragraph = Paragraph { rows: order.iter().map(row).collect() };
        Self { blocks: vec![Block { paragraphs: vec![paragraph], vertical: false }] }
    }
}

/// The lines of a page in the order in which a person reads them.
///
/// The page is straightened first, by the angle of most of its lines. Where text stands in columns, they come one after the other, a
/// heading over them before, what follows below them after. Boxes beside each other that are no columns of running text, such as the
/// name and the price on a receipt or the cells of a table, make one row. Where most lines run from top to bottom, rows are read from
/// right to left.
///
/// Every index of `quads` comes exactly once; a quad with a coordinate that is no number comes last.
#[must_use]
pub fn read_order(quads: &[Quad]) -> PageLayout {
    let (placed, unplaced) = straighten(quads);
    let thickness = thickness(&placed);
    let mut blocks: Vec<Block> = regions(placed, thickness).into_iter().map(block).collect();
    blocks.extend(PageLayout::listed(&unplaced).blocks);
    PageLayout { blocks }
}

fn block(region: Region) -> Block {
    let piece = |place: &Placed| Piece { line: place.line, start: place.x0 as f32, end: place.x1 as f32, height: place.height() as f32 };
    let row = |places: Vec<Placed>| Row { pieces: places.iter().map(piece).collect() };
    let paragraph = |rows: Vec<Vec<Placed>>| Paragraph { rows: rows.into_iter().map(row).collect() };
    let paragraphs = paragraphs(rows(region.places)).into_iter().map(paragraph).collect();
    Block { paragraphs, vertical: region.vertical }
}
