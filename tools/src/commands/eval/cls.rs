//! `vtk eval cls`: top-1 and top-5 accuracy.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use vtk_cls::{Accuracy, AccuracyReport, Classifier};
use vtk_imaging::Prepared;
use vtk_kernels::Threads;

use super::measure::{MeasureArgs, Report, counted, decoded, percent};
use crate::commands::cls;
use crate::failure::Failure;
use crate::labelled::{self, Labelled};
use crate::model::ModelArgs;
use crate::pictures::Problem;
use crate::print::{Out, plain};
use crate::status::ExitStatus;
use crate::talk::Talk;

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

    #[command(flatten)]
    measure: MeasureArgs,

    #[command(flatten)]
    model: ModelArgs,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.measure.talk);
    let classifier = cls::load(&args.model, None, &talk)?.with_threads(Threads::one());
    let pictures = labelled::open(&args.data, classifier.labels())?;
    classifier.plan()?;
    check_classes(&classifier, &pictures)?;
    let mut accuracy = Accuracy::default();
    let failed = args.measure.each(
        &mut talk,
        &pictures,
        |picture| prepared(&classifier, picture),
        |ready| Ok(classifier.run(&ready).and_then(|raw| classifier.probabilities(&raw))?),
        |picture, scores| accuracy.add(&scores, picture.class),
    )?;
    Report::new(&args.data, classifier.name(), accuracy.finish(), failed).write(args.measure.json, out, |figures, out| {
        let AccuracyReport { n, top1, top5 } = *figures;
        let name = plain(classifier.name());
        writeln!(out, "{name}: {}, top-1 {}, top-5 {}", counted(n, "picture"), percent(top1), percent(top5))
    })
}

/// Before anything is computed: the classes must be some that the model knows.
fn check_classes(classifier: &Classifier, pictures: &[Labelled]) -> anyhow::Result<()> {
    let Some(known) = classifier.classes()? else { return Ok(()) };
    if let Some(Labelled { name, class, .. }) = pictures.iter().find(|picture| picture.class >= known) {
        bail!("{name}: is of class {class}, but {} knows {known} classes (from 0)", classifier.name());
    }
    Ok(())
}

fn prepared(classifier: &Classifier, picture: &Labelled) -> Result<Prepared, Problem> {
    let name = &picture.name;
    let bytes = picture.read().map_err(|error| Failure::new("unreadable", format!("{name}: cannot be read: {error}")))?;
    Ok(classifier.prepare(&decoded(name, &bytes, classifier.recipe().alpha())?)?)
}
