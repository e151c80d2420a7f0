//! Order, spaces and windows: from single lines to a page.
//!
//! Pure functions on quads, pictures and texts; no network runs here.
//!
//! - [`read_order`]: blocks, paragraphs and rows as a person reads them: columns one after the other, the left and right part of a
//!   receipt's line on one row. [`sort_paddleocr`] and [`sort_rapidocr`] are the orders of those programs, for comparisons.
//! - [`add_spaces`]: spaces between words that a recognizer left out, found in the ink.
//! - [`plan_windows`] and [`join_windows`]: pictures that are too long or too large for one look.

mod bearings;
mod boxes;
mod columns;
mod gutters;
mod ink;
mod order;
mod page;
mod paragraphs;
mod rows;
mod seams;
mod sides;
mod spaces;
mod spread;
mod windows;

pub use order::{ReadingOrder, sort_paddleocr, sort_rapidocr};
pub use page::{Block, PageLayout, Paragraph, Piece, Row, read_order};
pub use seams::join_windows;
pub use spaces::add_spaces;
pub use windows::{Window, plan_windows};

#[cfg(test)]
mod arrangements;
