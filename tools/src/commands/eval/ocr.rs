//! `vtk eval ocr`: how well whole pages are read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use vtk_kernels::Threads;
use vtk_ocr::reader::{PageAccuracy, PageReport, TrueLine};

use super::measure::{MeasureArgs, Report, counted, percent, pixels, unusable};
use crate::commands::ocr::{models::ModelFlags, name_of};
use crate::print::{Out, plain};
use crate::status::ExitStatus;
use crate::talk::Talk;

/// Character error rate of pages, and how well their lines are found
///
/// Pages that can't be read are named, counted as `failed` and left out of the rates.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the pages: for each PAGE.truth.json the picture that it names
    ///
    /// A truth is {"picture": FILE, "lines": [{"text", "quad": [[x, y] × 4]}, …]}, its lines in reading order; quads may be left out.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,

    #[command(flatten)]
    measure: MeasureArgs,

    /// Also say how each page was read
    #[arg(long)]
    pages: bool,

    #[command(flatten)]
    model: ModelFlags,
}

/// A file `*.truth.json`.
#[derive(Deserialize)]
struct Truth {
    picture: String,
    lines: Vec<TrueLine>,
}

/// The figures of all pages and, where they are asked for, of each.
#[derive(Serialize)]
struct Figures {
    #[serde(flatten)]
    all: PageReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    pages: Option<Vec<PageFigures>>,
}

/// The figures of a page.
#[derive(Serialize)]
struct PageFigures {
    picture: String,
    #[serde(flatten)]
    figures: PageReport,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.measure.talk);
    let reader = args.model.load(Threads::one(), &talk)?;
    let truths = truths(&args.data)?;
    let (mut all, mut pages) = (PageAccuracy::default(), Vec::new());
    let failed = args.measure.each(
        &mut talk,
        &truths,
        |truth| pixels(&args.data.join(&truth.picture), reader.alpha()),
        |picture| Ok(reader.read(&picture)?),
        |truth, page| {
            all.add(&page, &truth.lines);
            let mut alone = PageAccuracy::default();
            alone.add(&page, &truth.lines);
            pages.push(PageFigures { picture: truth.picture.clone(), figures: alone.finish() });
        },
    )?;
    let figures = Figures { all: all.finish(), pages: args.pages.then_some(pages) };
    Report::new(&args.data, &name_of(&reader), figures, failed).write(args.measure.json, out, |figures, out| {
        figures.pages.iter().flatten().try_for_each(|page| write_text(&page.picture, &page.figures, out))?;
        write_text(&args.data.to_string_lossy(), &figures.all, out)
    })
}

fn write_text(name: &str, figures: &PageReport, out: &mut Out) -> io::Result<()> {
    let PageReport { n, cer, page_cer, hmean, .. } = *figures;
    let places = hmean.map_or_else(String::new, |hmean| format!(", lines found {} (hmean)", percent(hmean)));
    let (name, pages, cer, page_cer) = (plain(name), counted(n, "page"), percent(cer), percent(page_cer));
    writeln!(out, "{name}: {pages}, characters wrong {cer} line by line, {page_cer} in reading order{places}")
}

/// The truths of a folder, by their names.
fn truths(folder: &Path) -> anyhow::Result<Vec<Truth>> {
    let listing = fs::read_dir(folder).with_context(|| format!("--data: {} cannot be read as a folder", folder.display()))?;
    let mut files: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".truth.json")));
    files.sort();
    if files.is_empty() {
        return Err(unusable(folder, "holds no file whose name ends in .truth.json"));
    }
    files.iter().map(|path| truth(path)).collect()
}

fn truth(path: &Path) -> anyhow::Result<Truth> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown}: cannot be read"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{shown}: is no truth of a page: {{\"picture\", \"lines\": [{{\"text\", \"quad\"}}]}}"))
}
