//! What was read, written down.
//!
//! A [`DocumentWriter`] takes pages one after the other and writes them as plain text, as TSV with tesseract's columns, as hOCR 1.2 or as
//! ALTO 4.4. All of them follow the page's [`PageLayout`](crate::layout::PageLayout): its blocks, paragraphs and rows are the document's,
//! and what stands between two spaces of a line is a word ([`words`]).
//!
//! No control character of a text comes through: each, and each character that turns the direction of writing, stands as `U+FFFD`, a tab
//! or a line feed as a space.

mod alto;
mod bounds;
mod document;
mod hocr;
mod page;
mod safe;
mod text;
mod tsv;
mod words;
mod xml;

pub use bounds::Bounds;
pub use document::{DocumentFormat, DocumentWriter};
pub use page::PageText;
pub use words::{Word, words};

#[cfg(test)]
mod documents;
