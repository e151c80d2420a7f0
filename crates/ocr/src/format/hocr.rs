//! hOCR 1.2: what was read as XHTML whose `title` attributes say where.

use std::io::{self, Write};

use super::page::{Outline, Part, confidence};
use super::xml::Escaped;
use super::{Bounds, PageText, Word};

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
    page.outline(&mut Hocr { out, page: number }, true)?;
    writeln!(out, "  </div>")
}

/// The parts of a page, written.
struct Hocr<'a, W> {
    out: &'a mut W,
    page: usize,
}

impl<W: Write> Outline for Hocr<'_, W> {
    fn begin(&mut self, part: Part, number: usize, bounds: Bounds) -> io::Result<()> {
        let (page, place) = (self.page, at(bounds));
        match part {
            Part::Block => writeln!(self.out, r#"   <div class="ocr_carea" id="block_{page}_{number}" title="{place}">"#),
            Part::Paragraph => writeln!(self.out, r#"    <p class="ocr_par" id="par_{page}_{number}" title="{place}">"#),
            Part::Row => writeln!(self.out, r#"     <span class="ocr_line" id="line_{page}_{number}" title="{place}">"#),
        }
    }

    fn end(&mut self, part: Part) -> io::Result<()> {
        self.out.write_all(match part {
            Part::Block => b"   </div>\n",
            Part::Paragraph => b"    </p>\n",
            Part::Row => b"     </span>\n",
        })
    }

    fn word(&mut self, word: &Word, number: usize, bounds: Bounds, _: Option<Bounds>) -> io::Result<()> {
        let (page, place, text) = (self.page, at(bounds), Escaped(&word.text));
        let confidence = (100.0 * confidence(word.score)).round() as u32;
        let title = format!("{place}; x_wconf {confidence}");
        writeln!(self.out, r#"      <span class="ocrx_word" id="word_{page}_{number}" title="{title}">{text}</span>"#)
    }
}

fn at(bounds: Bounds) -> String {
    format!("bbox {} {} {} {}", bounds.left, bounds.top, bounds.right, bounds.bottom)
}
