//! `vtk eval det`: COCO's average precision.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use vtk_det::coco::{Instances, Picture, ResultRow};
use vtk_det::eval::{AveragePrecision, PrecisionReport, Scored};
use vtk_det::{DetError, DetectOptions, Detection, Detector, PicoDetConfig};
use vtk_imaging::{DecodeOptions, Prepared, decode};
use vtk_kernels::Threads;

use crate::ahead::{self, Limits};
use crate::commands::det;
use crate::machine;
use crate::model::ModelArgs;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

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

    /// Results as one JSON object on the last line
    #[arg(long)]
    json: bool,

    /// Threads to compute with, each with a picture of its own; 0 takes all cores
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,

    #[command(flatten)]
    model: ModelArgs<PicoDetConfig>,

    #[command(flatten)]
    talk: TalkArgs,
}

/// The JSON object of `vtk eval det`.
#[derive(Serialize)]
struct Report<'a> {
    data: String,
    model: &'a str,
    #[serde(flatten)]
    precision: PrecisionReport,
    failed: usize,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.talk);
    let detector = det::load(&args.model, None, &talk)?.with_options(DetectOptions::evaluation())?.with_threads(Threads::one());
    let name = args.data.display().to_string();
    let text = fs::read_to_string(&args.data).with_context(|| format!("{name}: cannot be read"))?;
    let data = Instances::parse(&name, &text)?;
    let classes = data.classes_of(detector.name(), detector.labels(), detector.classes())?;
    let folder = args.data.parent().unwrap_or(Path::new("")).join("images");
    detector.plan()?;
    talk.expect(data.pictures.len());
    let (mut precision, mut failed, mut rows) = (AveragePrecision::new(data.categories.len()), 0, Vec::new());
    let categories: Vec<i64> = classes.iter().map(|class| data.categories[*class].id).collect();
    let end = ahead::in_order(
        &data.pictures,
        Limits::for_threads(machine::threads(args.threads).min(data.pictures.len())),
        |picture| prepared(&detector, &folder, picture),
        |ready| ready.and_then(|ready| found(&detector, &ready)),
        |picture, found| {
            talk.step();
            match found {
                Ok(found) => {
                    rows.extend(found.iter().filter_map(|d| Some(ResultRow::new(picture.id, *categories.get(d.class)?, d))));
                    let scored = |d: &Detection| Some(Scored { class: *classes.get(d.class)?, ..Scored::from(d) });
                    precision.add(&found.iter().filter_map(scored).collect::<Vec<_>>(), data.truths_of(picture.id));
                }
                Err(Trouble::Picture(message)) => {
                    failed += 1;
                    talk.error(&message);
                }
                Err(Trouble::Model(error)) => return ControlFlow::Break(anyhow::Error::from(error)),
            }
            ControlFlow::Continue(())
        },
    );
    talk.finish();
    if let ControlFlow::Break(error) = end {
        return Err(error);
    }
    if let Some(path) = &args.results {
        fs::write(path, serde_json::to_vec(&rows)?).with_context(|| format!("--results: {} cannot be written", path.display()))?;
    }
    let report = Report { data: name, model: detector.name(), precision: precision.finish(), failed };
    if args.json {
        out.json(&report)?
    } else {
        write_text(&report, out)?
    }
    Ok(if failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
}

fn write_text(report: &Report<'_>, out: &mut Out) -> std::io::Result<()> {
    let percent = |share: Option<f64>| share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0));
    let PrecisionReport { n, ap, ap50, ap75, ap_small, ap_medium, ap_large, .. } = report.precision;
    writeln!(out, "{}: {n} pictures, AP {}, AP50 {}, AP75 {}", report.model, percent(ap), percent(ap50), percent(ap75))?;
    writeln!(out, "AP of small objects {}, medium {}, large {}", percent(ap_small), percent(ap_medium), percent(ap_large))?;
    if report.failed > 0 {
        writeln!(out, "{} more could not be read and are left out", report.failed)?;
    }
    Ok(())
}

/// Why a picture has no boxes.
enum Trouble {
    Picture(String),
    Model(DetError),
}

fn prepared(detector: &Detector, folder: &Path, picture: &Picture) -> Result<Prepared, Trouble> {
    let path = folder.join(&picture.file_name);
    let name = path.display().to_string();
    let bytes = fs::read(&path).map_err(|e| Trouble::Picture(format!("{name}: cannot be read: {e}")))?;
    let options = DecodeOptions { alpha: detector.recipe().alpha(), ..DecodeOptions::default() };
    let pixels = decode(&name, &bytes, &options).map_err(|e| Trouble::Picture(e.to_string()))?;
    detector.prepare(&pixels).map_err(|e| Trouble::Picture(format!("{name}: {e}")))
}

fn found(detector: &Detector, ready: &Prepared) -> Result<Vec<Detection>, Trouble> {
    detector.run(ready).and_then(|raw| detector.decode(&raw, &ready.back)).map_err(Trouble::Model)
}
