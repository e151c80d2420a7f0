//! `vtk eval cls`: top-1 and top-5 accuracy.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::anyhow;
use serde::Serialize;
use vtk_cls::{Accuracy, AccuracyReport, Classifier, ClsError};
use vtk_imaging::{DecodeOptions, Prepared, decode};
use vtk_kernels::Threads;

use crate::ahead::{self, Limits};
use crate::commands::cls;
use crate::labelled::{self, Labelled};
use crate::machine;
use crate::model::ModelArgs;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Top-1 and top-5 accuracy of a classifier
///
/// The preparation and the network are those of `vtk cls`. Pictures that can't be read are named, counted as `failed` and left out of
/// the rates.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The labelled pictures: a text of FILE, tab, CLASS on each line; a folder for each class; or an .imgpack
    ///
    /// Classes count from 0. Paths in a text are relative to its folder.
    #[arg(long, value_name = "LIST")]
    data: PathBuf,

    /// Results as one JSON object on the last line
    #[arg(long)]
    json: bool,

    /// Threads to compute with, each with a picture of its own; 0 takes all cores
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,

    #[command(flatten)]
    model: ModelArgs,

    #[command(flatten)]
    talk: TalkArgs,
}

/// The JSON object of `vtk eval cls`.
#[derive(Serialize)]
struct Report<'a> {
    data: String,
    model: &'a str,
    #[serde(flatten)]
    accuracy: AccuracyReport,
    failed: usize,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.talk);
    let classifier = cls::load(&args.model, None, &talk)?.with_threads(Threads::one());
    let pictures = labelled::open(&args.data, classifier.labels())?;
    classifier.plan()?;
    talk.expect(pictures.len());
    let (mut accuracy, mut failed) = (Accuracy::default(), 0);
    let end = ahead::in_order(
        &pictures,
        Limits::for_threads(machine::threads(args.threads).min(pictures.len())),
        |picture| prepared(&classifier, picture),
        |ready| ready.and_then(|ready| scores(&classifier, &ready)),
        |picture, scores| {
            talk.step();
            match scores {
                Ok(scores) if picture.class >= scores.len() => {
                    let (name, class, known) = (&picture.name, picture.class, scores.len());
                    return ControlFlow::Break(anyhow!(
                        "{name}: is of class {class}, but {} knows {known} classes (from 0)",
                        classifier.name()
                    ));
                }
                Ok(scores) => accuracy.add(&scores, picture.class),
                Err(Trouble::Picture(message)) => {
                    failed += 1;
                    talk.error(&message);
                }
                Err(Trouble::Model(error)) => return ControlFlow::Break(error.into()),
            }
            ControlFlow::Continue(())
        },
    );
    talk.finish();
    if let ControlFlow::Break(error) = end {
        return Err(error);
    }
    let report = Report { data: args.data.display().to_string(), model: classifier.name(), accuracy: accuracy.finish(), failed };
    if args.json {
        out.json(&report)?;
    } else {
        let AccuracyReport { n, top1, top5 } = report.accuracy;
        writeln!(out, "{}: {n} pictures, top-1 {:.1} %, top-5 {:.1} %", report.model, top1 * 100.0, top5 * 100.0)?;
        if failed > 0 {
            writeln!(out, "{failed} more could not be read and are left out")?;
        }
    }
    Ok(if failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
}

/// Why a picture has no scores.
enum Trouble {
    Picture(String),
    Model(ClsError),
}

fn prepared(classifier: &Classifier, picture: &Labelled) -> Result<Prepared, Trouble> {
    let unreadable = |e: std::io::Error| Trouble::Picture(format!("{}: cannot be read: {e}", picture.name));
    let bytes = picture.read().map_err(unreadable)?;
    let options = DecodeOptions { alpha: classifier.recipe().alpha(), ..DecodeOptions::default() };
    let pixels = decode(&picture.name, &bytes, &options).map_err(|e| Trouble::Picture(e.to_string()))?;
    classifier.prepare(&pixels).map_err(|e| Trouble::Picture(format!("{}: {e}", picture.name)))
}

fn scores(classifier: &Classifier, ready: &Prepared) -> Result<Vec<f32>, Trouble> {
    classifier.run(ready).and_then(|raw| classifier.probabilities(&raw)).map_err(Trouble::Model)
}
