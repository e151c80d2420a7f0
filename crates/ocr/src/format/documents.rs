//! Tests of whole documents: what they hold, and that they are well-formed whatever the text.

use proptest::prelude::*;
use vtk_imaging::Size;

use super::*;
use crate::layout::{PageLayout, read_order};
use crate::{Character, Quad, TextLine};

fn line(text: &str, x: f32, y: f32) -> TextLine {
    let width = 10.0 * text.chars().count() as f32;
    let quad: Quad = [[x, y], [x + width, y], [x + width, y + 20.0], [x, y + 20.0]];
    let characters = (0..).zip(text.chars()).map(|(column, c)| Character { text: c.to_string(), score: 0.875, column });
    TextLine { text: text.to_owned(), score: 0.875, quad, characters: characters.collect(), columns: text.chars().count() as f32 }
}

/// Two pages: a heading, a row of two pieces, a paragraph apart; then an empty one.
fn document(format: DocumentFormat) -> String {
    let lines = [line("Two words", 20.0, 10.0), line("name", 20.0, 40.0), line("<1.29>", 200.0, 41.0), line("apart", 20.0, 130.0)];
    let layout = read_order(&lines.each_ref().map(|line| line.quad));
    let mut writer = DocumentWriter::new(Vec::new(), format);
    writer.page(&PageText { name: "a \"b\" & c.tif", size: Size::new(300, 200), lines: &lines, layout: &layout }).unwrap();
    writer.page(&PageText { name: "a.tif", size: Size::new(300, 200), lines: &[], layout: &PageLayout::default() }).unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

#[test]
fn text_reads_as_the_page() {
    assert_eq!(document(DocumentFormat::Text), "Two words\nname              <1.29>\n\napart\n\u{c}");
}

#[test]
fn tsv_has_tesseracts_levels() {
    let expected = "\
level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t300\t200\t-1\t
2\t1\t1\t0\t0\t0\t20\t10\t240\t140\t-1\t
3\t1\t1\t1\t0\t0\t20\t10\t240\t51\t-1\t
4\t1\t1\t1\t1\t0\t20\t10\t90\t20\t-1\t
5\t1\t1\t1\t1\t1\t20\t10\t30\t20\t87.50\tTwo
5\t1\t1\t1\t1\t2\t60\t10\t50\t20\t87.50\twords
4\t1\t1\t1\t2\t0\t20\t40\t240\t21\t-1\t
5\t1\t1\t1\t2\t1\t20\t40\t40\t20\t87.50\tname
5\t1\t1\t1\t2\t2\t200\t41\t60\t20\t87.50\t<1.29>
3\t1\t1\t2\t0\t0\t20\t130\t50\t20\t-1\t
4\t1\t1\t2\t1\t0\t20\t130\t50\t20\t-1\t
5\t1\t1\t2\t1\t1\t20\t130\t50\t20\t87.50\tapart
1\t2\t0\t0\t0\t0\t0\t0\t300\t200\t-1\t
";
    assert_eq!(document(DocumentFormat::Tsv), expected);
}

#[test]
fn hocr_nests_and_names_its_places() {
    let hocr = document(DocumentFormat::Hocr);
    assert_eq!(well_formed(&hocr), Ok(()), "{hocr}");
    for part in [
        r#"<div class="ocr_page" id="page_1" title="image &quot;a &#39;b&#39; &amp; c.tif&quot;; bbox 0 0 300 200; ppageno 0">"#,
        r#"<div class="ocr_page" id="page_2" title="image &quot;a.tif&quot;; bbox 0 0 300 200; ppageno 1">"#,
        r#"<p class="ocr_par" id="par_1_2" title="bbox 20 130 70 150">"#,
        r#"<span class="ocr_line" id="line_1_2" title="bbox 20 40 260 61">"#,
        r#"<span class="ocrx_word" id="word_1_4" title="bbox 200 41 260 61; x_wconf 88">&lt;1.29&gt;</span>"#,
    ] {
        assert!(hocr.contains(part), "{part}\n{hocr}");
    }
}

#[test]
fn alto_has_strings_with_spaces_between() {
    let alto = document(DocumentFormat::Alto);
    assert_eq!(well_formed(&alto), Ok(()), "{alto}");
    for part in [
        r#"<fileName>a &quot;b&quot; &amp; c.tif</fileName>"#,
        r#"<Page ID="page_2" PHYSICAL_IMG_NR="2" WIDTH="300" HEIGHT="200">"#,
        r#"<String ID="word_1_1" HPOS="20" VPOS="10" WIDTH="30" HEIGHT="20" WC="0.8750" CONTENT="Two"/>"#,
        r#"<SP WIDTH="10" HPOS="50" VPOS="10"/>"#,
        r#"CONTENT="&lt;1.29&gt;"/>"#,
    ] {
        assert!(alto.contains(part), "{part}\n{alto}");
    }
}

#[test]
fn a_document_without_pages_is_whole() {
    for format in DocumentFormat::ALL {
        let out = DocumentWriter::new(Vec::new(), format).finish().unwrap();
        let out = String::from_utf8(out).unwrap();
        match format {
            DocumentFormat::Text => assert_eq!(out, ""),
            DocumentFormat::Tsv => assert_eq!(out.lines().count(), 1),
            DocumentFormat::Hocr | DocumentFormat::Alto => assert_eq!(well_formed(&out), Ok(()), "{out}"),
        }
    }
}

#[test]
fn a_layout_of_lines_that_are_not_there_is_no_harm() {
    let layout = PageLayout::listed(&[7, 0]);
    for format in DocumentFormat::ALL {
        let mut writer = DocumentWriter::new(Vec::new(), format);
        writer.page(&PageText { name: "x", size: Size::new(30, 20), lines: &[line("a", 0.0, 0.0)], layout: &layout }).unwrap();
        assert!(String::from_utf8(writer.finish().unwrap()).unwrap().contains('a'));
    }
}

#[test]
fn format_names_parse_and_print() {
    for format in DocumentFormat::ALL {
        assert_eq!(format.to_string().parse::<DocumentFormat>().unwrap(), format);
    }
    assert!("pdf".parse::<DocumentFormat>().unwrap_err().to_string().contains("`pdf`"));
}

/// Whether a document is well-formed XML, as far as these writers go: tags that nest, quoted attributes, no bare `&` or `<`, nothing
/// that XML forbids.
fn well_formed(document: &str) -> Result<(), String> {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if let Some(c) = document.chars().find(|c| !allowed(*c)) {
        return Err(format!("{c:?} is forbidden"));
    }
    let entities = |text: &str| {
        text.split('&').skip(1).all(|after| ["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| after.starts_with(known)))
    };
    let mut open = Vec::new();
    let mut rest = document;
    while let Some(start) = rest.find('<') {
        if !entities(&rest[..start]) || rest[..start].contains('>') {
            return Err(format!("bare markup in {:?}", &rest[..start]));
        }
        let end = rest[start..].find('>').ok_or("a tag without an end")? + start;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("</{name}> closes nothing"));
            }
            continue;
        }
        let (inner, empty) = tag.strip_suffix('/').map_or((tag, false), |inner| (inner, true));
        let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
        let quoted: Vec<&str> = attributes.split('"').collect();
        let names_well = quoted.iter().step_by(2).all(|name| name.is_empty() || name.ends_with('='));
        if quoted.len() % 2 != 1 || !names_well || !quoted.iter().all(|value| entities(value) && !value.contains('<')) {
            return Err(format!("bad attributes: {attributes}"));
        }
        if !empty {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("left open: {open:?}")) }
}

#[test]
fn the_check_of_xml_finds_faults() {
    assert_eq!(well_formed(r#"<a b="1"><c/>x &amp; y</a>"#), Ok(()));
    for wrong in ["<a>", "<a></b>", "</a>", "<a>&</a>", "<a b=\"&x\"/>", "<a b=\"1/>", "<a>\u{1}</a>", "<a>></a>"] {
        assert!(well_formed(wrong).is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_text_gives_well_formed_xml(
        texts in prop::collection::vec(any::<String>(), 0..6),
        name in any::<String>(),
        score in any::<f32>(),
        corner in any::<f32>(),
    ) {
        let mut lines: Vec<TextLine> = texts.iter().zip(0..).map(|(text, at)| line(text, 5.0, 30.0 * at as f32)).collect();
        if let Some(line) = lines.first_mut() {
            line.quad[2][0] = corner;
            line.characters.iter_mut().for_each(|character| character.score = score);
        }
        let layout = read_order(&lines.iter().map(|line| line.quad).collect::<Vec<_>>());
        for format in DocumentFormat::ALL {
            let mut writer = DocumentWriter::new(Vec::new(), format);
            writer.page(&PageText { name: &name, size: Size::new(300, 200), lines: &lines, layout: &layout }).unwrap();
            let out = String::from_utf8(writer.finish().unwrap()).unwrap();
            match format {
                DocumentFormat::Hocr | DocumentFormat::Alto => prop_assert_eq!(well_formed(&out), Ok(())),
                DocumentFormat::Tsv => prop_assert!(out.split_terminator('\n').all(|row| row.matches('\t').count() == 11)),
                DocumentFormat::Text => prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n')),
            }
        }
    }
}
