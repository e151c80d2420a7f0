//! `vtk eval rec`: how many words a recognizer reads right.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use vtk_imaging::{DecodeOptions, RgbImage, decode};
use vtk_kernels::Threads;
use vtk_ocr::OcrError;
use vtk_ocr::recognize::{
    DEFAULT_RECOGNIZER, DictionaryText, LoadOptions, RecognizeOptions, RecognizerConfig, TextRecognizer, WordAccuracy, WordReport,
};

use crate::ahead::{self, Limits};
use crate::labelled::{self, Worded};
use crate::machine;
use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Word accuracy of a text recognizer
///
/// Each word is read by itself, at a width of at least 320 pixels, as the published figures are measured. Pictures that can't be read
/// are named, counted as `failed` and left out of the rates.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The pictures of words: a text of FILE, tab, WORDS on each line
    ///
    /// Paths are relative to the text's folder.
    #[arg(long, value_name = "LIST")]
    data: PathBuf,

    /// Results as one JSON object on the last line
    #[arg(long)]
    json: bool,

    /// Threads to compute with, each with a picture of its own; 0 takes all cores
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,

    /// The recognizer: a name (`vtk models list`), a file of weights or a graph, or a folder with an inference.onnx
    #[arg(short, long, value_name = "NAME|PATH", help_heading = "Model")]
    model: Option<String>,

    /// The network that the weights belong to, for a file that does not say it: ppocr-v2-rec, ppocr-mobile-v2.0-rec, or
    /// ppocr-rec+BACKBONE
    #[arg(long, visible_alias = "rec-arch", value_name = "NAME", help_heading = "Model")]
    arch: Option<RecognizerConfig>,

    /// The characters: a text with one on each line, or an inference.yml; without it the model says them
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    dict: Option<PathBuf>,

    #[command(flatten)]
    talk: TalkArgs,
}

/// The JSON object of `vtk eval rec`.
#[derive(Serialize)]
struct Report<'a> {
    data: String,
    model: &'a str,
    #[serde(flatten)]
    words: WordReport,
    failed: usize,
    /// Preparing, running, decoding; not reading the file and planning the network.
    ms_per_item: f64,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.talk);
    let recognizer = load(args, &talk)?;
    let pictures = labelled::worded(&args.data)?;
    talk.expect(pictures.len());
    let (mut words, mut failed, mut time) = (WordAccuracy::default(), 0, Duration::ZERO);
    let end = ahead::in_order(
        &pictures,
        Limits::for_threads(machine::threads(args.threads).min(pictures.len())),
        pixels,
        |picture| picture.and_then(|picture| read(&recognizer, picture)),
        |picture, read| {
            talk.step();
            match read {
                Ok((text, took)) => {
                    words.add(&text, &picture.text);
                    time += took;
                }
                Err(Trouble::Picture(message)) => {
                    failed += 1;
                    talk.error(&message);
                }
                Err(Trouble::Model(error)) => return ControlFlow::Break(error),
            }
            ControlFlow::Continue(())
        },
    );
    talk.finish();
    if let ControlFlow::Break(error) = end {
        return Err(error.into());
    }
    let words = words.finish();
    let ms_per_item = time.as_secs_f64() * 1e3 / words.n.max(1) as f64;
    let report = Report { data: args.data.display().to_string(), model: recognizer.name(), words, failed, ms_per_item };
    if args.json {
        out.json(&report)?;
    } else {
        let WordReport { n, accuracy, exact, cer } = words;
        let [accuracy, exact, cer] = [accuracy, exact, cer].map(|share| share * 100.0);
        writeln!(out, "{}: {n} words, {accuracy:.1} % right, {exact:.1} % letter by letter", report.model)?;
        writeln!(out, "character error rate {cer:.1} %, {ms_per_item:.2} ms per word")?;
        if failed > 0 {
            writeln!(out, "{failed} more could not be read and are left out")?;
        }
    }
    Ok(if failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
}

fn load(args: &Args, talk: &Talk) -> anyhow::Result<TextRecognizer> {
    let dictionary = args.dict.as_deref().map(DictionaryText::read).transpose()?;
    let options = LoadOptions { arch: args.arch.clone(), dictionary, ..LoadOptions::default() };
    let recognizer = TextRecognizer::from_zoo(&zoo(), args.model.as_deref().unwrap_or(DEFAULT_RECOGNIZER), &options)?;
    if let Some(config) = recognizer.config() {
        talk.detail(&format!("network: {config}"));
    }
    talk.detail(&format!("recipe: {}, {} classes", recognizer.recipe(), recognizer.dictionary().classes().len()));
    Ok(recognizer.with_options(RecognizeOptions::exact(1))?.with_threads(Threads::one()))
}

/// Why a picture was not read.
enum Trouble {
    Picture(String),
    Model(OcrError),
}

fn pixels(picture: &Worded) -> Result<RgbImage, Trouble> {
    let name = picture.path.display().to_string();
    let bytes = fs::read(&picture.path).map_err(|e| Trouble::Picture(format!("{name}: cannot be read: {e}")))?;
    decode(&name, &bytes, &DecodeOptions::default()).map_err(|e| Trouble::Picture(e.to_string()))
}

/// The text of a picture, and how long it took.
fn read(recognizer: &TextRecognizer, picture: RgbImage) -> Result<(String, Duration), Trouble> {
    recognizer.plan(&[picture.size()]).map_err(Trouble::Model)?;
    let start = Instant::now();
    let readings = recognizer.recognize(&[picture]).map_err(Trouble::Model)?;
    Ok((readings.into_iter().map(|reading| reading.text).collect(), start.elapsed()))
}
