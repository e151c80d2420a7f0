//! ALTO 4.4: the XML in which libraries keep what was read.

use std::io::{self, Write};

use super::page::{Outline, Part, confidence};
use super::xml::Escaped;
use super::{Bounds, PageText, Word};

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
    // The schema asks for a word at least in each line.
    page.outline(&mut Alto { out, page: number }, false)?;
    writeln!(out, "   </PrintSpace>\n  </Page>")
}

/// The parts of a page, written.
struct Alto<'a, W> {
    out: &'a mut W,
    page: usize,
}

impl<W: Write> Outline for Alto<'_, W> {
    fn begin(&mut self, part: Part, number: usize, bounds: Bounds) -> io::Result<()> {
        let (page, place) = (self.page, at(bounds));
        match part {
            Part::Block => writeln!(self.out, r#"    <ComposedBlock ID="block_{page}_{number}" {place}>"#),
            Part::Paragraph => writeln!(self.out, r#"     <TextBlock ID="par_{page}_{number}" {place}>"#),
            Part::Row => writeln!(self.out, r#"      <TextLine ID="line_{page}_{number}" {place}>"#),
        }
    }

    fn end(&mut self, part: Part) -> io::Result<()> {
        self.out.write_all(match part {
            Part::Block => b"    </ComposedBlock>\n",
            Part::Paragraph => b"     </TextBlock>\n",
            Part::Row => b"      </TextLine>\n",
        })
    }

    fn word(&mut self, word: &Word, number: usize, bounds: Bounds, before: Option<Bounds>) -> io::Result<()> {
        if let Some(before) = before {
            let width = bounds.left.saturating_sub(before.right);
            writeln!(self.out, r#"       <SP WIDTH="{width}" HPOS="{}" VPOS="{}"/>"#, before.right, before.top)?;
        }
        let (id, score) = (format!("word_{}_{number}", self.page), confidence(word.score));
        writeln!(self.out, r#"       <String ID="{id}" {} WC="{score:.4}" CONTENT="{}"/>"#, at(bounds), Escaped(&word.text))
    }
}

fn at(bounds: Bounds) -> String {
    format!(r#"HPOS="{}" VPOS="{}" WIDTH="{}" HEIGHT="{}""#, bounds.left, bounds.top, bounds.width(), bounds.height())
}
