//! `vtk cls`: what pictures show, or which way up they stand: one class out of many.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use serde::{Serialize, Serializer};
use vtk_cls::{Class, Classification, Classifier, ClsError, DEFAULT_MODEL, LoadOptions};
use vtk_imaging::draw::Font;
use vtk_imaging::{Alpha, Prepared, RgbImage};

use crate::cli::Shared;
use crate::failure::Failure;
use crate::model::{ModelArgs, read_labels};
use crate::pictures::{self, Problem, Spread, Task, drawn};
use crate::print::{Out, plain};
use crate::status::ExitStatus;
use crate::talk::Talk;
use crate::timing::{Laps, Stage};

/// Say what pictures show
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    shared: Shared,

    /// How many classes to name, best first; without it 5, or 1 where the model knows fewer than ten
    #[arg(short = 'k', long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    topk: Option<u32>,

    #[command(flatten)]
    model: ModelArgs,

    /// The names of the classes: a text file with one on each line, or a JSON array
    #[arg(long, value_name = "FILE", help_heading = "Model")]
    labels: Option<PathBuf>,
}

/// Where fewer classes than this are known, one is the answer and the rest is noise.
const FEW_CLASSES: usize = 10;

/// So many are named of many classes, as published accuracies count them.
const USUAL_TOP: usize = 5;

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let load = |spread: &Spread, talk: &Talk, laps: &mut Laps| {
        let classifier = laps.time(Stage::Load, || load(&args.model, args.labels.as_ref(), talk))?;
        let classifier = classifier.with_threads(spread.network.clone());
        laps.time(Stage::Plan, || classifier.plan())?;
        Ok(Classify { classifier, topk: args.topk.and_then(|k| usize::try_from(k).ok()) })
    };
    pictures::run(&args.shared, load, out)
}

/// The classifier that the flags ask for.
pub(crate) fn load(model: &ModelArgs, labels: Option<&PathBuf>, talk: &Talk) -> anyhow::Result<Classifier> {
    let labels = labels.map(|path| read_labels(path)).transpose()?;
    let options = LoadOptions { arch: model.arch.clone(), recipe: model.recipe.clone(), labels, ..LoadOptions::default() };
    let classifier = Classifier::from_model(&model.open(DEFAULT_MODEL, talk)?, &options)?;
    if let Some(arch) = classifier.arch() {
        talk.detail(&format!("network: {arch}"));
    }
    talk.detail(&format!("recipe: {}", classifier.recipe()));
    Ok(classifier)
}

/// The task: a classifier, and how many classes it shall name.
struct Classify {
    classifier: Classifier,
    topk: Option<usize>,
}

impl Classify {
    fn line(&self, place: usize, class: &Class, sure: bool) -> String {
        line(self.classifier.meaning(), self.classifier.unit(), place, class, sure)
    }
}

/// The best classes.
#[derive(Serialize)]
struct Answer {
    #[serde(serialize_with = "classes")]
    classes: Vec<Class>,
    #[serde(skip)]
    sure: bool,
}

impl Task for Classify {
    const NAME: &'static str = "cls";
    type Ready = Prepared;
    type Answer = Answer;

    fn model(&self) -> &str {
        self.classifier.name()
    }

    fn alpha(&self) -> Alpha {
        self.classifier.recipe().alpha()
    }

    fn prepare(&self, picture: &Arc<RgbImage>) -> Result<Prepared, Problem> {
        Ok(self.classifier.prepare(picture)?)
    }

    fn answer(&self, ready: Prepared, laps: &mut Laps) -> Result<Answer, Problem> {
        let raw = laps.time(Stage::Run, || self.classifier.run(&ready))?;
        let Classification { mut classes, sure } = laps.time(Stage::Results, || self.classifier.decode(&raw))?;
        let usual = if classes.len() < FEW_CLASSES { 1 } else { USUAL_TOP };
        classes.truncate(self.topk.unwrap_or(usual));
        Ok(Answer { classes, sure })
    }

    fn write_text(&self, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
        for (place, class) in answer.classes.iter().enumerate() {
            writeln!(out, "{}", self.line(place, class, answer.sure))?;
        }
        Ok(())
    }

    fn draw(&self, answer: &Answer, picture: &RgbImage, font: &Font) -> Result<RgbImage, Failure> {
        Ok(drawn(picture, font, |drawing| {
            answer.classes.iter().enumerate().for_each(|(place, class)| drawing.caption(&self.line(place, class, answer.sure)));
        }))
    }
}

/// One class as people read it: what it is a class of, the class, and how likely. `place` counts from 0, the best.
fn line(meaning: &str, unit: &str, place: usize, class: &Class, sure: bool) -> String {
    let remark = match place {
        0 if sure => String::new(),
        0 => ", not sure".to_owned(),
        _ => format!(", {}", ordinal(place + 1)),
    };
    let label = class.label.clone().unwrap_or_else(|| class.index.to_string());
    format!("{}{remark}: {}{} ({:.2})", plain(meaning), plain(&label), plain(unit), class.score)
}

/// 1st, 2nd, 3rd, 4th, 11th, 21st.
fn ordinal(n: usize) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// A picture of odd proportions can be too much for a preparation or a network; all else is the model's fault.
impl From<ClsError> for Problem {
    fn from(error: ClsError) -> Self {
        match error {
            ClsError::Imaging(error) => Self::Picture(error.into()),
            ClsError::Network { .. } => Self::Picture(Failure::new("network", error.to_string())),
            error => Self::Model(anyhow!(error)),
        }
    }
}

fn classes<S: Serializer>(classes: &[Class], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Fields<'a> {
        index: usize,
        label: Option<&'a str>,
        score: f32,
    }
    serializer.collect_seq(classes.iter().map(|class| Fields { index: class.index, label: class.label.as_deref(), score: class.score }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_what_its_number_means() {
        let class = |label: Option<&str>, score| Class { index: 7, label: label.map(str::to_owned), score };
        assert_eq!(line("page orientation", "°", 0, &class(Some("90"), 0.981), true), "page orientation: 90° (0.98)");
        assert_eq!(line("ImageNet class", "", 0, &class(Some("tiger cat"), 0.39), false), "ImageNet class, not sure: tiger cat (0.39)");
        assert_eq!(line("ImageNet class", "", 1, &class(Some("tabby"), 0.3), false), "ImageNet class, 2nd: tabby (0.30)");
        assert_eq!(line("class", "", 0, &class(None, 1.0), true), "class: 7 (1.00)");
        assert_eq!(line("class", "", 0, &class(Some("\u{1b}[2J"), 1.0), true), "class: \\u{1b}[2J (1.00)");
    }

    #[test]
    fn ordinals() {
        let said: Vec<String> = [1, 2, 3, 4, 11, 12, 13, 21, 111, 122].map(ordinal).to_vec();
        assert_eq!(said, ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "111th", "122nd"]);
    }
}
