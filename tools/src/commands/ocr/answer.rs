//! What was read on a page, as the program tells it.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use vtk_ocr::format::{DocumentFormat, DocumentWriter, PageText};
use vtk_ocr::reader::{Explained, LineFate, Page, TextReader};
use vtk_ocr::recognize::words::{Unit, WordBox, word_boxes};
use vtk_ocr::{Quad, TextLine};

use crate::inputs::Input;
use crate::pictures::Document;
use crate::print::plain;

/// What was read on a page.
#[derive(Serialize)]
pub(super) struct Answer {
    /// By how many degrees clockwise the page was turned when it came.
    turned: u32,
    lines: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    boxes: Option<Vec<Looked>>,
    #[serde(skip)]
    page: Page,
}

/// A line in JSON.
#[derive(Serialize)]
struct Line {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    score: f32,
    #[serde(serialize_with = "corners")]
    quad: Quad,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Vec<Word>>,
}

/// A word, or a character, in JSON.
#[derive(Serialize)]
struct Word {
    text: String,
    score: f32,
    #[serde(serialize_with = "corners")]
    quad: Quad,
}

/// A place where the detector saw something, in JSON.
#[derive(Serialize)]
struct Looked {
    kept: bool,
    why: String,
    #[serde(serialize_with = "corners")]
    quad: Quad,
}

/// What is told of each line besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Detail {
    /// Whether lines were read at all.
    pub(super) read: bool,
    /// Words or characters.
    pub(super) words: Option<Unit>,
}

/// The model's name in results: detector and recognizer.
pub(crate) fn name_of(reader: &TextReader) -> String {
    format!("{} + {}", reader.detector().name(), reader.recognizer().name())
}

impl Answer {
    pub(super) fn of(page: Page, explained: Option<Vec<Explained>>, detail: Detail) -> Self {
        let lines = page.lines.iter().map(|line| Line::of(line, detail)).collect();
        let boxes = explained.map(|all| all.iter().map(Looked::of).collect());
        // The page was turned back by so many quarters clockwise: it stood turned by what is missing to a whole turn.
        Self { turned: (4 - page.turned.unsigned_abs() % 4) % 4 * 90, lines, boxes, page }
    }

    pub(super) fn page(&self) -> &Page {
        &self.page
    }

    /// For people: the text, or of boxes alone where they stand.
    pub(super) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(boxes) = &self.boxes {
            return boxes.iter().try_for_each(|one| writeln!(out, "{}: {}", place(one.quad), plain(&one.why)));
        }
        if self.lines.iter().any(|line| line.text.is_none()) {
            return self.lines.iter().try_for_each(|line| writeln!(out, "{} ({:.2})", place(line.quad), line.score));
        }
        let mut writer = DocumentWriter::new(out, DocumentFormat::Text);
        writer.page(&self.page_text(""))
    }

    fn page_text<'a>(&'a self, name: &'a str) -> PageText<'a> {
        PageText { name, size: self.page.size, lines: &self.page.lines, layout: &self.page.layout }
    }
}

impl Line {
    fn of(line: &TextLine, Detail { read, words }: Detail) -> Self {
        let word = |WordBox { text, score, quad }| Word { text, score, quad };
        let words = words.map(|unit| word_boxes(line, unit).into_iter().map(word).collect());
        Self { text: read.then(|| line.text.clone()), score: line.score, quad: line.quad, words: words.filter(|_| read) }
    }
}

impl Looked {
    fn of(explained: &Explained) -> Self {
        let (kept, why) = match &explained.fate {
            LineFate::NoBox(fate) => (false, fate.to_string()),
            LineFate::Empty => (false, "dropped: nothing was read in it".to_owned()),
            LineFate::LowScore { text, score, least } => (false, format!("dropped: read with score {score:.3}, below {least}: {text}")),
            LineFate::Kept { text, score } => (true, format!("kept: read with score {score:.3}: {text}")),
        };
        Self { kept, why, quad: explained.quad }
    }
}

/// Corners for people: `x,y x,y x,y x,y`.
fn place(quad: Quad) -> String {
    quad.map(|[x, y]| format!("{x:.0},{y:.0}")).join(" ")
}

/// Corners to a hundredth of a pixel: more is noise.
fn corners<S: Serializer>(quad: &Quad, serializer: S) -> Result<S::Ok, S::Error> {
    let rounded = quad.map(|corner| corner.map(|v| (f64::from(v) * 100.0).round() / 100.0));
    rounded.serialize(serializer)
}

/// A document of all pages: TSV, hOCR or ALTO.
pub(super) struct Paper {
    writer: DocumentWriter<Vec<u8>>,
}

impl Paper {
    pub(super) fn new(format: DocumentFormat) -> Self {
        Self { writer: DocumentWriter::new(Vec::new(), format) }
    }

    /// Hands on what has been written so far.
    fn hand_on(&mut self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.writer.get_ref())?;
        self.writer.get_mut().clear();
        out.flush()
    }
}

impl Document<Answer> for Paper {
    fn add(&mut self, input: &Input, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
        self.writer.page(&answer.page_text(input.name()))?;
        self.hand_on(out)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.writer.end()?;
        self.hand_on(out)
    }
}
