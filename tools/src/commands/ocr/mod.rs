//! `vtk ocr`: the text in pictures.

mod answer;
mod drawing;
pub(crate) mod models;

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::{anyhow, bail};
use clap::ValueEnum;
use vtk_imaging::draw::Font;
use vtk_imaging::{Alpha, RgbImage};
use vtk_ocr::OcrError;
use vtk_ocr::format::DocumentFormat;
use vtk_ocr::reader::TextReader;
use vtk_ocr::recognize::words::Unit;

pub(crate) use self::answer::name_of;
use self::answer::{Answer, Detail, Paper};
use self::models::ModelFlags;
use crate::cli::{Form, Forms, Shared};
use crate::failure::Failure;
use crate::inputs::Pages;
use crate::pictures::{self, Document, Problem, Spread, Task};
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::Talk;
use crate::timing::{Laps, Stage};

/// Read the text in pictures
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    shared: Shared<Format>,

    /// Which pages of a file with several: 3, 2-4, 5-, 1,3-5; without it all
    #[arg(long, value_name = "PAGES")]
    pages: Option<Pages>,

    /// Where words stand, too, in JSON: words, or characters
    #[arg(long, value_enum, value_name = "UNIT", num_args = 0..=1, require_equals = true, default_missing_value = "words")]
    words: Option<Words>,

    /// Find lines and don't read them
    #[arg(long, conflicts_with = "rec_only")]
    det_only: bool,

    /// Take each picture for a single line and read it
    #[arg(long)]
    rec_only: bool,

    /// Say of every place where the detector saw something what became of it, and by which rule
    #[arg(long, conflicts_with_all = ["det_only", "rec_only"])]
    explain: bool,

    #[command(flatten)]
    model: ModelFlags,
}

/// The forms of text that was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text in reading order
    #[default]
    Text,
    /// JSON Lines: one object per page
    Json,
    /// Tab-separated values, tesseract's columns
    Tsv,
    /// hOCR: a web page with places and scores
    Hocr,
    /// ALTO 4.4, the libraries' XML
    Alto,
}

impl Forms for Format {
    fn form(&self) -> Form {
        if *self == Self::Json { Form::Json } else { Form::Text }
    }
}

/// What is to be told of within lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Words {
    /// Words; of lines with Chinese in them, single characters
    Words,
    /// Single characters
    Characters,
}

/// What is done with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Read,
    Find,
    ReadLine,
    Explain,
}

impl Args {
    fn work(&self) -> Work {
        match (self.det_only, self.rec_only, self.explain) {
            (true, _, _) => Work::Find,
            (_, true, _) => Work::ReadLine,
            (_, _, true) => Work::Explain,
            _ => Work::Read,
        }
    }
}

/// Flags that would have no effect beside others are slips.
fn check(args: &Args) -> anyhow::Result<()> {
    let is_json = args.shared.form() == Form::Json;
    let is_document = !is_json && args.shared.format() != Format::Text;
    let refused = [
        ("--words", args.words.is_some() && !is_json, "add --json: it tells where words stand in JSON alone"),
        ("--explain", args.explain && is_document, "tells its reasons as text or JSON alone"),
        ("--det-only", args.det_only && is_document, "finds lines without their text, and tells of them as text or JSON alone"),
    ];
    match refused.into_iter().find(|(_, is_slip, _)| *is_slip) {
        Some((flag, _, what)) => bail!("{flag}: {what}"),
        None => Ok(()),
    }
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    check(&args)?;
    let load = |spread: &Spread, talk: &Talk, laps: &mut Laps| {
        let reader = laps.time(Stage::Load, || args.model.load(spread.network.clone(), talk))?;
        let words = args.words.map(|words| if words == Words::Words { Unit::Word } else { Unit::Character });
        let detail = Detail { read: !args.det_only, words };
        Ok(Ocr { name: name_of(&reader), reader, work: args.work(), detail, format: args.shared.format() })
    };
    let pages = args.pages.clone().unwrap_or_default();
    pictures::run_pages(&args.shared, Some(&pages), load, out)
}

/// The task: a reader, and what is asked of it.
struct Ocr {
    name: String,
    reader: TextReader,
    work: Work,
    detail: Detail,
    format: Format,
}

impl Task for Ocr {
    const NAME: &'static str = "ocr";
    type Ready = Arc<RgbImage>;
    type Answer = Answer;

    fn model(&self) -> &str {
        &self.name
    }

    fn alpha(&self) -> Alpha {
        self.reader.options().alpha
    }

    fn prepare(&self, picture: &Arc<RgbImage>) -> Result<Arc<RgbImage>, Problem> {
        Ok(Arc::clone(picture))
    }

    fn answer(&self, picture: Arc<RgbImage>, laps: &mut Laps) -> Result<Answer, Problem> {
        let page = laps.time(Stage::Run, || match self.work {
            Work::Read | Work::Explain => self.reader.read(&picture),
            Work::Find => self.reader.find(&picture),
            Work::ReadLine => self.reader.read_line(&picture),
        });
        let page = page?;
        let explained = match self.work {
            Work::Explain => Some(laps.time(Stage::Run, || self.reader.explain(&picture))?),
            _ => None,
        };
        Ok(laps.time(Stage::Results, || Answer::of(page, explained, self.detail)))
    }

    fn write_text(&self, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
        answer.write_text(out)
    }

    fn draw(&self, answer: &Answer, picture: &RgbImage, font: &Font) -> Result<RgbImage, Failure> {
        drawing::beside(answer.page(), picture, font)
    }

    fn found(&self, answer: &Answer) -> usize {
        answer.page().lines.len()
    }

    fn nothing(&self) -> Option<String> {
        Some("no text was found; --explain says what became of what the detector saw".to_owned()).filter(|_| self.work == Work::Read)
    }

    fn document(&self) -> Option<Box<dyn Document<Answer> + '_>> {
        let format = match self.format {
            Format::Text | Format::Json => return None,
            Format::Tsv => DocumentFormat::Tsv,
            Format::Hocr => DocumentFormat::Hocr,
            Format::Alto => DocumentFormat::Alto,
        };
        Some(Box::new(Paper::new(format)))
    }
}

/// A picture of odd proportions can be too much for a preparation or a network; all else is the model's fault.
impl From<OcrError> for Problem {
    fn from(error: OcrError) -> Self {
        match error {
            OcrError::Imaging(error) => Self::Picture(error.into()),
            OcrError::Network { .. } => Self::Picture(Failure::new("network", error.to_string())),
            error => Self::Model(anyhow!(error)),
        }
    }
}
