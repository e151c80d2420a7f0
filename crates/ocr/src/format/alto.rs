//! ALTO 4.4: the XML in which libraries keep what was read.

use std::io::{self, Write};

use super::document::confidence;
use super::xml::Escaped;
use super::{Bounds, PageText, words};
use crate::layout::{Block, Paragraph, Row};

/// Writes the head. `name` is that of the first page's picture.
pub(super) fn begin(out: &mut impl Write, name: &str) -> io::Result<()> {
    let (namespace, schema) = ("http://www.loc.gov/standards/alto/ns-v4#", "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd");
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    let instance = "http://www.w3.org/2001/XMLSchema-instance";
    writeln!(out, r#"<alto xmlns="{namespace}" xmlns:xsi="{instance}" xsi:schemaLocation="{namespace} {schema}">"#)?;
    writeln!(out, " <Description>\n  <MeasurementUnit>pixel</MeasurementUnit>")?;
    writeln!(out, "  <sourceImageInformation><fileName>{}</fileName></sourceImageInformation>", Escaped(name))?;
    let version = env!("CARGO_PKG_VERSION");
    let software = format!("<softwareName>vtk</softwareName><softwareVersion>{version}</softwareVersion>");
    writeln!(out, r#"  <Processing ID="vtk"><processingSoftware>{software}</processingSoftware></Processing>"#)?;
    writeln!(out, " </Description>\n <Layout>")
}

/// Writes the end.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, " </Layout>\n</alto>")
}

/// Writes page `number` (from 1).
pub(super) fn page(out: &mut impl Write, page: &PageText<'_>, number: usize) -> io::Result<()> {
    let (width, height) = (page.size.width, page.size.height);
    writeln!(out, r#"  <Page ID="page_{number}" PHYSICAL_IMG_NR="{number}" WIDTH="{width}" HEIGHT="{height}">"#)?;
    writeln!(out, "   <PrintSpace {}>", at(page.bounds()))?;
    let mut ids = Ids { page: number, ..Ids::default() };
    page.layout.blocks.iter().try_for_each(|block| ids.block(out, page, block))?;
    writeln!(out, "   </PrintSpace>\n  </Page>")
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
        writeln!(out, r#"    <ComposedBlock ID="block_{}_{}" {place}>"#, self.page, self.blocks)?;
        block.paragraphs.iter().try_for_each(|paragraph| self.paragraph(out, page, paragraph))?;
        writeln!(out, "    </ComposedBlock>")
    }

    fn paragraph(&mut self, out: &mut impl Write, page: &PageText<'_>, paragraph: &Paragraph) -> io::Result<()> {
        self.paragraphs += 1;
        let place = at(page.around(&paragraph.rows));
        writeln!(out, r#"     <TextBlock ID="par_{}_{}" {place}>"#, self.page, self.paragraphs)?;
        paragraph.rows.iter().try_for_each(|row| self.line(out, page, row))?;
        writeln!(out, "     </TextBlock>")
    }

    /// A row; the schema asks for a word at least, so one without words is left out.
    fn line(&mut self, out: &mut impl Write, page: &PageText<'_>, row: &Row) -> io::Result<()> {
        let mut words = page.lines_of(row).flat_map(words).peekable();
        if words.peek().is_none() {
            return Ok(());
        }
        self.lines += 1;
        let place = at(page.around([row]));
        writeln!(out, r#"      <TextLine ID="line_{}_{}" {place}>"#, self.page, self.lines)?;
        let mut before: Option<Bounds> = None;
        for word in words {
            let bounds = Bounds::around([&word.quad], page.bounds());
            if let Some(before) = before.replace(bounds) {
                let width = bounds.left.saturating_sub(before.right);
                writeln!(out, r#"       <SP WIDTH="{width}" HPOS="{}" VPOS="{}"/>"#, before.right, before.top)?;
            }
            self.words += 1;
            let id = format!("word_{}_{}", self.page, self.words);
            let score = confidence(word.score);
            writeln!(out, r#"       <String ID="{id}" {} WC="{score:.4}" CONTENT="{}"/>"#, at(bounds), Escaped(&word.text))?;
        }
        writeln!(out, "      </TextLine>")
    }
}

fn at(bounds: Bounds) -> String {
    format!(r#"HPOS="{}" VPOS="{}" WIDTH="{}" HEIGHT="{}""#, bounds.left, bounds.top, bounds.width(), bounds.height())
}
