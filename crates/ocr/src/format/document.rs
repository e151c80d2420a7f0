//! Documents of many pages, written page by page.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use super::{PageText, alto, hocr, text, tsv};
use crate::OcrError;

/// The form of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DocumentFormat {
    /// Plain text: a row a line, paragraphs and columns apart by an empty line, pages by a form feed. Where the pieces of a row stand far
    /// apart, as in a table or on a receipt, they stand below each other as on the page.
    #[default]
    Text,
    /// A table with tesseract's columns: `level page_num block_num par_num line_num word_num left top width height conf text`.
    Tsv,
    /// hOCR 1.2: XHTML with `ocr_page`, `ocr_carea`, `ocr_par`, `ocr_line` and `ocrx_word`.
    Hocr,
    /// ALTO 4.4, the XML of libraries.
    Alto,
}

impl DocumentFormat {
    /// Every format, the default first.
    pub const ALL: [Self; 4] = [Self::Text, Self::Tsv, Self::Hocr, Self::Alto];

    /// Its name: `text`, `tsv`, `hocr` or `alto`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Tsv => "tsv",
            Self::Hocr => "hocr",
            Self::Alto => "alto",
        }
    }
}

impl fmt::Display for DocumentFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for DocumentFormat {
    type Err = OcrError;

    fn from_str(name: &str) -> Result<Self, OcrError> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| OcrError::Option {
            option: "format",
            what: format!("there is no document format `{name}`; there are text, tsv, hocr and alto"),
        })
    }
}

/// Writes a document, page by page. What it holds of a page does not outlive the call.
///
/// ```
/// use vtk_imaging::Size;
/// use vtk_ocr::format::{DocumentFormat, DocumentWriter, PageText};
/// use vtk_ocr::layout::read_order;
/// use vtk_ocr::TextLine;
///
/// let line = |text: &str, y: f32| TextLine {
///     text: text.to_owned(),
///     score: 0.9,
///     quad: [[10.0, y], [200.0, y], [200.0, y + 20.0], [10.0, y + 20.0]],
///     characters: Vec::new(),
///     columns: 0.0,
/// };
/// let lines = [line("below", 40.0), line("above", 10.0)];
/// let layout = read_order(&lines.each_ref().map(|line| line.quad));
/// let mut writer = DocumentWriter::new(Vec::new(), DocumentFormat::Text);
/// writer.page(&PageText { name: "page.png", size: Size::new(300, 100), lines: &lines, layout: &layout })?;
/// assert_eq!(writer.finish()?, b"above\nbelow\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct DocumentWriter<W> {
    out: W,
    format: DocumentFormat,
    pages: usize,
}

impl<W: Write> DocumentWriter<W> {
    /// A document without pages. Nothing is written yet.
    pub fn new(out: W, format: DocumentFormat) -> Self {
        Self { out, format, pages: 0 }
    }

    /// Writes the next page.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn page(&mut self, page: &PageText<'_>) -> io::Result<()> {
        if self.pages == 0 {
            self.begin(page.name)?;
        }
        self.pages += 1;
        match self.format {
            DocumentFormat::Text => text::page(&mut self.out, page, self.pages),
            DocumentFormat::Tsv => tsv::page(&mut self.out, page, self.pages),
            DocumentFormat::Hocr => hocr::page(&mut self.out, page, self.pages),
            DocumentFormat::Alto => alto::page(&mut self.out, page, self.pages),
        }
    }

    /// What is written to.
    pub fn get_ref(&self) -> &W {
        &self.out
    }

    /// What is written to: where that is a buffer, to empty it between pages.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.out
    }

    /// Ends the document and gives back what it was written to, flushed. A document without pages is whole as well.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn finish(mut self) -> io::Result<W> {
        self.end()?;
        Ok(self.out)
    }

    /// Ends the document. Nothing may be written after it.
    ///
    /// # Errors
    /// What `out` answers.
    pub fn end(&mut self) -> io::Result<()> {
        if self.pages == 0 {
            self.begin("")?;
        }
        match self.format {
            DocumentFormat::Text | DocumentFormat::Tsv => {}
            DocumentFormat::Hocr => hocr::end(&mut self.out)?,
            DocumentFormat::Alto => alto::end(&mut self.out)?,
        }
        self.out.flush()
    }

    fn begin(&mut self, name: &str) -> io::Result<()> {
        match self.format {
            DocumentFormat::Text => Ok(()),
            DocumentFormat::Tsv => tsv::begin(&mut self.out),
            DocumentFormat::Hocr => hocr::begin(&mut self.out, name),
            DocumentFormat::Alto => alto::begin(&mut self.out, name),
        }
    }
}
