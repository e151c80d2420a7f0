//! `vtk eval ocr`: how well whole pages are read.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use vtk_imaging::{DecodeOptions, decode};
use vtk_kernels::Threads;
use vtk_ocr::OcrError;
use vtk_ocr::reader::{Page, PageAccuracy, PageReport, TextReader, TrueLine};

use crate::ahead::{self, Limits};
use crate::commands::ocr::{models::ModelFlags, name_of};
use crate::machine;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

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

    /// Results as one JSON object on the last line
    #[arg(long)]
    json: bool,

    /// Also say how each page was read
    #[arg(long)]
    pages: bool,

    /// Threads to compute with, each with a page of its own; 0 takes all cores
    #[arg(long, default_value_t = 0, value_name = "N")]
    threads: usize,

    #[command(flatten)]
    model: ModelFlags,

    #[command(flatten)]
    talk: TalkArgs,
}

/// A file `*.truth.json`.
#[derive(Deserialize)]
struct Truth {
    picture: String,
    lines: Vec<TrueLine>,
}

/// The JSON object of `vtk eval ocr`, and of a page of it.
#[derive(Serialize)]
struct Report<'a> {
    data: String,
    model: &'a str,
    #[serde(flatten)]
    pages: PageReport,
    failed: usize,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.talk);
    let reader = args.model.load(Threads::one(), &talk)?;
    let model = name_of(&reader);
    let truths = truths(&args.data)?;
    talk.expect(truths.len());
    let (mut all, mut failed) = (PageAccuracy::default(), 0);
    let end = ahead::in_order(
        &truths,
        Limits::for_threads(machine::threads(args.threads).min(truths.len())),
        |truth| Ok(args.data.join(&truth.picture)),
        |path: Result<PathBuf, anyhow::Error>| path.and_then(|path| read(&reader, &path)),
        |truth, page| {
            talk.step();
            match page {
                Ok(page) => {
                    all.add(&page, &truth.lines);
                    if args.pages {
                        let mut alone = PageAccuracy::default();
                        alone.add(&page, &truth.lines);
                        let report = Report { data: truth.picture.clone(), model: &model, pages: alone.finish(), failed: 0 };
                        if let Err(error) = write(&report, args.json, out) {
                            return ControlFlow::Break(error);
                        }
                    }
                }
                Err(error) => {
                    failed += 1;
                    talk.error(&format!("{error:#}"));
                }
            }
            ControlFlow::Continue(())
        },
    );
    talk.finish();
    if let ControlFlow::Break(error) = end {
        return Err(error);
    }
    write(&Report { data: args.data.display().to_string(), model: &model, pages: all.finish(), failed }, args.json, out)?;
    Ok(if failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
}

fn write(report: &Report<'_>, json: bool, out: &mut Out) -> anyhow::Result<()> {
    if json {
        out.json(report)?;
        return Ok(());
    }
    let PageReport { n, cer, page_cer, hmean, .. } = report.pages;
    let pages = if n == 1 { "1 page".to_owned() } else { format!("{n} pages") };
    let places = hmean.map_or_else(String::new, |hmean| format!(", lines found {:.1} % (hmean)", hmean * 100.0));
    let (cer, page_cer) = (cer * 100.0, page_cer * 100.0);
    writeln!(out, "{}: {pages}, characters wrong {cer:.2} % line by line, {page_cer:.2} % in reading order{places}", report.data)?;
    if report.failed > 0 {
        writeln!(out, "{} more could not be read and are left out", report.failed)?;
    }
    Ok(())
}

/// The truths of a folder, by their names.
fn truths(folder: &Path) -> anyhow::Result<Vec<Truth>> {
    let listing = fs::read_dir(folder).with_context(|| format!("--data: {} cannot be read as a folder", folder.display()))?;
    let mut files: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".truth.json")));
    files.sort();
    if files.is_empty() {
        bail!("--data: {} holds no file whose name ends in .truth.json", folder.display());
    }
    files.iter().map(|path| truth(path)).collect()
}

fn truth(path: &Path) -> anyhow::Result<Truth> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("{shown}: cannot be read"))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{shown}: is no truth of a page: {{\"picture\", \"lines\": [{{\"text\", \"quad\"}}]}}"))
}

fn read(reader: &TextReader, path: &Path) -> anyhow::Result<Page> {
    let shown = path.display().to_string();
    let bytes = fs::read(path).with_context(|| format!("{shown}: cannot be read"))?;
    let picture = decode(&shown, &bytes, &DecodeOptions { alpha: reader.alpha(), ..DecodeOptions::default() })?;
    reader.read(&picture).map_err(|error: OcrError| anyhow::anyhow!("{shown}: {error}"))
}
