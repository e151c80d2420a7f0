//! `vtk det`: which objects are where in pictures.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::anyhow;
use clap::ValueEnum;
use serde::Serialize;
use vtk_det::coco::{ResultRow, category_numbers};
use vtk_det::decode::{Decoding, Rule};
use vtk_det::{DEFAULT_MODEL, DetError, DetectOptions, Detection, Detector, LoadOptions, PicoDetConfig};
use vtk_imaging::draw::{Font, mark_color};
use vtk_imaging::{Alpha, Prepared, RgbImage};

use crate::cli::{Form, Forms, Shared};
use crate::failure::Failure;
use crate::inputs::Input;
use crate::model::{ModelArgs, read_labels};
use crate::pictures::{self, Document, Problem, Spread, Task, drawn};
use crate::print::{Out, plain, write_json};
use crate::save::SAVING;
use crate::status::ExitStatus;
use crate::talk::Talk;
use crate::timing::{Laps, Stage};

/// Find objects in pictures
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    shared: Shared<Format>,

    /// Show objects of this score and more
    #[arg(short, long, default_value_t = DetectOptions::SHOWN, value_name = "SCORE", value_parser = fraction)]
    threshold: f32,

    /// By which of PaddleDetection's two rules boxes are made of the network's outputs
    #[arg(long, value_enum, default_value_t, value_name = "RULE")]
    rule: RuleName,

    /// The largest overlap (intersection over union) of two boxes of a class; without it the rule's own, 0.6 or 0.5
    #[arg(long, value_name = "IOU", value_parser = fraction)]
    iou: Option<f32>,

    /// Look for these classes only: names or numbers from 0, with commas between them
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    classes: Vec<String>,

    /// At most so many objects in a picture; without it the rule's own limit, 100 (of each class with the rule deploy)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_det: Option<u32>,

    /// Save each object's part of the picture to a folder, as NAME.det-1.png and so on, best first
    #[arg(long, value_name = "DIR", group = SAVING)]
    save_crops: Option<PathBuf>,

    #[command(flatten)]
    model: ModelArgs<PicoDetConfig>,

    /// The names of the classes: a text file with one on each line, or a JSON array
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    labels: Option<PathBuf>,
}

/// The forms of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// JSON Lines: one object per input
    Json,
    /// COCO's results: one list for all inputs, whose image_id is the number that a file is named by, else its name
    Coco,
}

impl Forms for Format {
    fn form(&self) -> Form {
        match self {
            Self::Json => Form::Json,
            Self::Text | Self::Coco => Form::Text,
        }
    }
}

/// The official rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuleName {
    /// As average precision is measured
    #[default]
    Network,
    /// As PaddleDetection's deployment scripts do it
    Deploy,
}

impl From<RuleName> for Rule {
    fn from(name: RuleName) -> Self {
        match name {
            RuleName::Network => Self::Network,
            RuleName::Deploy => Self::Deploy,
        }
    }
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let load = |spread: &Spread, talk: &Talk, laps: &mut Laps| {
        let detector = laps.time(Stage::Load, || load(&args.model, args.labels.as_deref(), talk))?;
        let detector = args.options(&detector).and_then(|options| detector.with_options(options)).map_err(as_flag)?;
        let detector = detector.with_threads(spread.network.clone());
        laps.time(Stage::Plan, || detector.plan())?;
        let categories = category_numbers(detector.classes().unwrap_or(0));
        Ok(Detect {
            detector,
            threshold: args.threshold,
            categories,
            as_coco: args.shared.format() == Format::Coco,
            parts_folder: args.save_crops.clone(),
        })
    };
    pictures::run(&args.shared, load, out)
}

impl Args {
    fn options(&self, detector: &Detector) -> Result<DetectOptions, DetError> {
        let decoding = Decoding::from(Rule::from(self.rule)).shown_from(self.threshold);
        Ok(DetectOptions {
            decoding: self.iou.map_or(decoding, |iou| decoding.with_iou(iou)),
            classes: detector.class_numbers(&self.classes)?,
            max_detections: self.max_det.and_then(|n| usize::try_from(n).ok()),
            ..DetectOptions::default()
        })
    }
}

/// An error about an option under the name of its flag.
fn as_flag(error: DetError) -> anyhow::Error {
    let DetError::Option { option, what } = error else { return error.into() };
    let flag = match option {
        "score_threshold" => "threshold",
        "iou_threshold" => "iou",
        "max_detections" => "max-det",
        option => option,
    };
    anyhow!("--{flag}: {what}")
}

/// The detector that the flags ask for.
pub(crate) fn load(model: &ModelArgs<PicoDetConfig>, labels: Option<&Path>, talk: &Talk) -> anyhow::Result<Detector> {
    let labels = labels.map(read_labels).transpose()?;
    let options = LoadOptions { arch: model.arch.clone(), recipe: model.recipe.clone(), labels };
    let detector = Detector::from_model(&model.open(DEFAULT_MODEL, talk)?, &options)?;
    if let Some(arch) = detector.arch() {
        talk.detail(&format!("network: {arch}"));
    }
    talk.detail(&format!("recipe: {}", detector.recipe()));
    Ok(detector)
}

/// The task: a detector, and what is asked of it beside its boxes.
struct Detect {
    detector: Detector,
    threshold: f32,
    /// COCO's number of each class.
    categories: Vec<i64>,
    as_coco: bool,
    parts_folder: Option<PathBuf>,
}

/// Objects, best first.
#[derive(Serialize)]
struct Answer {
    detections: Vec<Detection>,
}

impl Task for Detect {
    const NAME: &'static str = "det";
    type Ready = Prepared;
    type Answer = Answer;

    fn model(&self) -> &str {
        self.detector.name()
    }

    fn alpha(&self) -> Alpha {
        self.detector.recipe().alpha()
    }

    fn prepare(&self, picture: &Arc<RgbImage>) -> Result<Prepared, Problem> {
        Ok(self.detector.prepare(picture)?)
    }

    fn answer(&self, ready: Prepared, laps: &mut Laps) -> Result<Answer, Problem> {
        let raw = laps.time(Stage::Run, || self.detector.run(&ready))?;
        let detections = laps.time(Stage::Results, || self.detector.decode(&raw, &ready.back))?;
        Ok(Answer { detections })
    }

    fn write_text(&self, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
        answer.detections.iter().try_for_each(|detection| writeln!(out, "{}", line(detection)))
    }

    fn draw(&self, answer: &Answer, picture: &RgbImage, font: &Font) -> Result<RgbImage, Failure> {
        Ok(drawn(picture, font, |drawing| {
            for detection in &answer.detections {
                let label = format!("{} {:.2}", detection.name(), detection.score);
                drawing.rectangle(detection.bbox, mark_color(detection.class), Some(&label));
            }
        }))
    }

    fn found(&self, answer: &Answer) -> usize {
        answer.detections.len()
    }

    fn nothing(&self) -> Option<String> {
        Some(format!("nothing was found with a score of {} or more; --threshold shows more", self.threshold))
    }

    fn parts_folder(&self) -> Option<&Path> {
        self.parts_folder.as_deref()
    }

    fn parts(&self, answer: &Answer) -> Vec<[f32; 4]> {
        answer.detections.iter().map(|detection| detection.bbox).collect()
    }

    fn document(&self) -> Option<Box<dyn Document<Answer> + '_>> {
        self.as_coco.then(|| Box::new(CocoResults { categories: &self.categories, rows: 0 }) as Box<dyn Document<Answer> + '_>)
    }
}

/// COCO's results: a JSON array with a line for each object.
struct CocoResults<'a> {
    categories: &'a [i64],
    rows: usize,
}

impl Document<Answer> for CocoResults<'_> {
    fn add(&mut self, input: &Input, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
        for detection in &answer.detections {
            let class = detection.class;
            let category = self.categories.get(class).copied().unwrap_or(class as i64 + 1);
            out.write_all(if self.rows > 0 { b",\n" } else { b"[\n" })?;
            write_json(&ResultRow::new(ImageId::of(input), category, detection), out)?;
            self.rows += 1;
        }
        out.flush()
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", if self.rows > 0 { "\n]" } else { "[\n]" })
    }
}

/// What tells a picture from others in COCO's results.
#[derive(Serialize)]
#[serde(untagged)]
enum ImageId {
    /// Files of the data set are named by their number: `000000343937.jpg`.
    Number(i64),
    /// Any other name.
    Name(String),
}

impl ImageId {
    fn of(input: &Input) -> Self {
        let stem = input.stem().to_string_lossy();
        stem.parse().map_or_else(|_| Self::Name(input.name().to_owned()), Self::Number)
    }
}

/// One object as people read it: what it is, how surely, and its corners in whole pixels.
fn line(detection: &Detection) -> String {
    let [x0, y0, x1, y1] = detection.bbox.map(|v| v.round() as i64);
    format!("{} ({:.2}): {x0},{y0} to {x1},{y1}", plain(&detection.name()), detection.score)
}

/// Reads a number from 0 to 1.
fn fraction(text: &str) -> Result<f32, String> {
    text.parse().ok().filter(|v| (0.0..=1.0).contains(v)).ok_or_else(|| "a number from 0 to 1 was expected".to_owned())
}

/// A picture of odd proportions can be too much for a preparation or a network; all else is the model's fault.
impl From<DetError> for Problem {
    fn from(error: DetError) -> Self {
        match error {
            DetError::Imaging(error) => Self::Picture(error.into()),
            DetError::Network { .. } => Self::Picture(Failure::new("network", error.to_string())),
            error => Self::Model(anyhow!(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_and_where() {
        let detection =
            |label: Option<&str>| Detection { class: 7, label: label.map(str::to_owned), score: 0.849, bbox: [100.5, 8.4, 154.6, 0.2] };
        assert_eq!(line(&detection(Some("person"))), "person (0.85): 101,8 to 155,0");
        assert_eq!(line(&detection(None)), "7 (0.85): 101,8 to 155,0");
        assert_eq!(line(&detection(Some("\u{1b}c"))), "\\u{1b}c (0.85): 101,8 to 155,0");
    }

    #[test]
    fn fractions() {
        assert_eq!((fraction("0"), fraction("0.5"), fraction("1")), (Ok(0.0), Ok(0.5), Ok(1.0)));
        for bad in ["-0.1", "1.1", "nan", "half", ""] {
            assert!(fraction(bad).is_err(), "{bad}");
        }
    }
}
