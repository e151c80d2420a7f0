//! `vtk eval det`: COCO's average precision.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use vtk_det::coco::{Instances, ResultRow};
use vtk_det::eval::{AveragePrecision, PrecisionReport, Scored};
use vtk_det::{DetectOptions, Detection, PicoDetConfig};
use vtk_kernels::Threads;

use super::measure::{MeasureArgs, Report, counted, percent, pixels};
use crate::commands::det;
use crate::model::ModelArgs;
use crate::print::{Out, plain};
use crate::save::{Own, Target};
use crate::status::ExitStatus;
use crate::talk::Talk;

/// COCO's average precision of a detector
///
/// Preparation and network are those of `vtk det`, boxes those of the rule `network` with its score threshold of 0.025, not cut to the
/// picture. Figures are those of pycocotools. Pictures that can't be read are named, counted as `failed` and left out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// COCO's annotations; the pictures lie in the folder images beside the file
    #[arg(long, value_name = "INSTANCES.json")]
    data: PathBuf,

    /// Write the boxes that were found to a file, as COCO's results
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,

    /// Overwrite the file of --results
    #[arg(long, requires = "results")]
    force: bool,

    #[command(flatten)]
    measure: MeasureArgs,

    #[command(flatten)]
    model: ModelArgs<PicoDetConfig>,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.measure.talk);
    let detector = det::load(&args.model, None, &talk)?.with_options(DetectOptions::evaluation())?.with_threads(Threads::one());
    let name = args.data.display().to_string();
    let text = fs::read_to_string(&args.data).with_context(|| format!("{name}: cannot be read"))?;
    let data = Instances::parse(&name, &text)?;
    let classes = data.classes_of(detector.name(), detector.labels(), detector.classes())?;
    let folder = args.data.parent().unwrap_or(Path::new("")).join("images");
    let target = args.target(data.pictures.iter().map(|picture| folder.join(&picture.file_name)))?;
    detector.plan()?;
    let categories: Vec<i64> = classes.iter().map(|class| data.categories[*class].id).collect();
    let (mut precision, mut rows) = (AveragePrecision::new(data.categories.len()), Vec::new());
    let failed = args.measure.each(
        &mut talk,
        &data.pictures,
        |picture| Ok(detector.prepare(&pixels(&folder.join(&picture.file_name), detector.recipe().alpha())?)?),
        |ready| Ok(detector.run(&ready).and_then(|raw| detector.decode(&raw, &ready.back))?),
        |picture, found| {
            rows.extend(found.iter().filter_map(|d| Some(ResultRow::new(picture.id, *categories.get(d.class)?, d))));
            let scored = |d: &Detection| Some(Scored { class: *classes.get(d.class)?, ..Scored::from(d) });
            precision.add(&found.iter().filter_map(scored).collect::<Vec<_>>(), data.truths_of(picture.id));
        },
    )?;
    let report = Report::new(&args.data, detector.name(), precision.finish(), failed);
    let status = report.write(args.measure.json, out, |figures, out| write_text(detector.name(), figures, out))?;
    if let Some(target) = target {
        target.write(&serde_json::to_vec(&rows)?).with_context(|| "--results")?;
    }
    Ok(status)
}

impl Args {
    /// The file for the boxes: settled before anything is computed, and none of the data's own.
    fn target(&self, pictures: impl Iterator<Item = PathBuf>) -> anyhow::Result<Option<Target>> {
        let Some(path) = &self.results else { return Ok(None) };
        let own = Own::files(std::iter::once(self.data.clone()).chain(pictures));
        Target::settled("--results", path, self.force, &own).map(Some)
    }
}

fn write_text(model: &str, figures: &PrecisionReport, out: &mut Out) -> io::Result<()> {
    let percent = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), percent);
    let PrecisionReport { n, ap, ap50, ap75, ap_small, ap_medium, ap_large, .. } = *figures;
    let pictures = counted(n, "picture");
    writeln!(out, "{}: {pictures}, AP {}, AP50 {}, AP75 {}", plain(model), percent(ap), percent(ap50), percent(ap75))?;
    writeln!(out, "AP of small objects {}, medium {}, large {}", percent(ap_small), percent(ap_medium), percent(ap_large))
}
