//! hOCR 1.2: what was read as XHTML whose `title` attributes say where.

use std::io::{self, Write};

use super::document::confidence;
use super::xml::Escaped;
use super::{Bounds, PageText, words};
use crate::layout::{Block, Paragraph, Row};

/// Writes the head. `name` is that of the first page's picture.
pub(super) fn begin(out: &mut impl Write, name: &str) -> io::Result<()> {
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let dtd = "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd";
    writeln!(out, r#"<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "{dtd}">"#)?;
    writeln!(out, r#"<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">"#)?;
    writeln!(out, " <head>\n  <title>{}</title>", Escaped(name))?;
    writeln!(out, r#"  <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>"#)?;
    writeln!(out, r#"  <meta name="ocr-system" content="vtk {}"/>"#, env!("CARGO_PKG_VERSION"))?;
    writeln!(out, r#"  <meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf"/>"#)?;
    writeln!(out, r#"  <meta name="ocr-langs" content="unknown"/>"#)?;
    writeln!(out, " </head>\n <body>")
}

/// Writes the end.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, " </body>\n</html>")
}

/// Writes page `number` (from 1).
pub(super) fn page(out: &mut impl Write, page: &PageText<'_>, number: usize) -> io::Result<()> {
    // The name stands in quotes within the attribute, so it may hold none itself.
    let name = page.name.replace('"', "'");
    let (place, index) = (at(page.bounds()), number - 1);
    let title = format!(r#"image "{name}"; {place}; ppageno {index}"#);
    writeln!(out, r#"  <div class="ocr_page" id="page_{number}" title="{}">"#, Escaped(&title))?;
    let mut ids = Ids { page: number, ..Ids::default() };
    page.layout.blocks.iter().try_for_each(|block| ids.block(out, page, block))?;
    writeln!(out, "  </div>")
}

/// How many of each kind the page has so far.
#[derive(Default)]
struct Ids {
    page: usize,
    blocks: usize,
    paragraphs: usize,
    lines: usize,
    words: usize,
}

impl Ids {
    fn block(&mut self, out: &mut impl Write, page: &PageText<'_>, block: &Block) -> io::Result<()> {
        self.blocks += 1;
        let place = at(page.around_all(&block.paragraphs));
        writeln!(out, r#"   <div class="ocr_carea" id="block_{}_{}" title="{place}">"#, self.page, self.blocks)?;
        block.paragraphs.iter().try_for_each(|paragraph| self.paragraph(out, page, paragraph))?;
        writeln!(out, "   </div>")
    }

    fn paragraph(&mut self, out: &mut impl Write, page: &PageText<'_>, paragraph: &Paragraph) -> io::Result<()> {
        self.paragraphs += 1;
        let place = at(page.around(&paragraph.rows));
        writeln!(out, r#"    <p class="ocr_par" id="par_{}_{}" title="{place}">"#, self.page, self.paragraphs)?;
        paragraph.rows.iter().try_for_each(|row| self.line(out, page, row))?;
        writeln!(out, "    </p>")
    }

    fn line(&mut self, out: &mut impl Write, page: &PageText<'_>, row: &Row) -> io::Result<()> {
        self.lines += 1;
        let place = at(page.around([row]));
        writeln!(out, r#"     <span class="ocr_line" id="line_{}_{}" title="{place}">"#, self.page, self.lines)?;
        for word in page.lines_of(row).flat_map(words) {
            self.words += 1;
            let place = at(Bounds::around([&word.quad], page.bounds()));
            let confidence = (100.0 * confidence(word.score)).round() as u32;
            let id = format!("word_{}_{}", self.page, self.words);
            let text = Escaped(&word.text);
            writeln!(out, r#"      <span class="ocrx_word" id="{id}" title="{place}; x_wconf {confidence}">{text}</span>"#)?;
        }
        writeln!(out, "     </span>")
    }
}

fn at(bounds: Bounds) -> String {
    format!("bbox {} {} {} {}", bounds.left, bounds.top, bounds.right, bounds.bottom)
}
