//! `vtk eval rec`: how many words a recognizer reads right.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use vtk_imaging::{Alpha, RgbImage};
use vtk_kernels::Threads;
use vtk_ocr::recognize::{
    DEFAULT_RECOGNIZER, DictionaryText, LoadOptions, RecognizeOptions, RecognizerConfig, TextRecognizer, WordAccuracy, WordReport,
};

use super::measure::{MeasureArgs, Report, counted, percent, pixels};
use crate::commands::ocr::models;
use crate::labelled;
use crate::pictures::Problem;
use crate::print::{Out, plain};
use crate::status::ExitStatus;
use crate::talk::Talk;

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

    #[command(flatten)]
    measure: MeasureArgs,

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

    /// Fetch the model if it is not on this machine: the same as `vtk models pull` before
    #[arg(long, help_heading = "Model")]
    pull: bool,
}

/// The figures of words.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    words: WordReport,
    /// Preparing, running, decoding; not reading the file and planning the network.
    ms_per_item: f64,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.measure.talk);
    let recognizer = load(args, &talk)?;
    let pictures = labelled::worded(&args.data)?;
    let (mut words, mut time) = (WordAccuracy::default(), Duration::ZERO);
    let failed = args.measure.each(
        &mut talk,
        &pictures,
        |picture| pixels(&picture.path, Alpha::Drop),
        |picture| read(&recognizer, picture),
        |picture, (text, took)| {
            words.add(&text, &picture.text);
            time += took;
        },
    )?;
    let words = words.finish();
    let figures = Figures { ms_per_item: time.as_secs_f64() * 1e3 / words.n.max(1) as f64, words };
    Report::new(&args.data, recognizer.name(), figures, failed).write(args.measure.json, out, |figures, out| {
        let WordReport { n, accuracy, exact, cer } = figures.words;
        let [accuracy, exact, cer] = [accuracy, exact, cer].map(percent);
        writeln!(out, "{}: {}, {accuracy} right, {exact} letter by letter", plain(recognizer.name()), counted(n, "word"))?;
        writeln!(out, "character error rate {cer}, {:.2} ms per word", figures.ms_per_item)
    })
}

fn load(args: &Args, talk: &Talk) -> anyhow::Result<TextRecognizer> {
    let dictionary = args.dict.as_deref().map(DictionaryText::read).transpose()?;
    let options = LoadOptions { arch: args.arch.clone(), dictionary, ..LoadOptions::default() };
    let model = models::open(args.model.as_deref().unwrap_or(DEFAULT_RECOGNIZER), args.pull, talk)?;
    let recognizer = TextRecognizer::from_model(&model, &options)?;
    if let Some(config) = recognizer.config() {
        talk.detail(&format!("network: {config}"));
    }
    talk.detail(&format!("recipe: {}, {} classes", recognizer.recipe(), recognizer.dictionary().classes().len()));
    Ok(recognizer.with_options(RecognizeOptions::exact(1))?.with_threads(Threads::one()))
}

/// The text of a picture, and how long it took.
fn read(recognizer: &TextRecognizer, picture: RgbImage) -> Result<(String, Duration), Problem> {
    recognizer.plan(&[picture.size()])?;
    let start = Instant::now();
    let readings = recognizer.recognize(&[picture])?;
    Ok((readings.into_iter().map(|reading| reading.text).collect(), start.elapsed()))
}
