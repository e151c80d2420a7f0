//! What every measurement does: each item's picture is decoded, prepared and answered, many side by side; results are added up in the
//! order of the items, and one report comes out.

use std::fs;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{anyhow, bail};
use serde::Serialize;
use vtk_imaging::{Alpha, DecodeOptions, RgbImage, decode};

use crate::ahead::{self, Limits};
use crate::cli::thread_count;
use crate::failure::Failure;
use crate::machine;
use crate::pictures::Problem;
use crate::print::{Out, plain};
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// The flags of every measurement.
#[derive(Debug, clap::Args)]
pub(super) struct MeasureArgs {
    /// Results as one JSON object on the last line
    #[arg(long)]
    pub(super) json: bool,

    /// Threads to compute with, each with a picture of its own; 0 takes all cores
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = thread_count, allow_negative_numbers = true)]
    threads: usize,

    #[command(flatten)]
    pub(super) talk: TalkArgs,
}

impl MeasureArgs {
    /// Has every item prepared and run, and `add`s the results in order. Pictures that fail are named and counted: how many, is returned.
    pub(super) fn each<'a, T: Sync, P: Send, R: Send>(
        &self,
        talk: &mut Talk,
        items: &'a [T],
        prepare: impl Fn(&'a T) -> Result<P, Problem> + Sync,
        run: impl Fn(P) -> Result<R, Problem> + Sync,
        mut add: impl FnMut(&'a T, R),
    ) -> anyhow::Result<usize> {
        talk.expect(items.len());
        let mut failed = 0;
        let limits = Limits::for_threads(machine::threads(self.threads).min(items.len()));
        let run = |ready: Result<P, Problem>| ready.and_then(&run);
        let end = ahead::in_order(items, limits, prepare, run, |item, result| {
            talk.step();
            match result {
                Ok(result) => add(item, result),
                Err(Problem::Picture(failure)) => {
                    failed += 1;
                    talk.error(&failure.message);
                }
                Err(Problem::Model(error)) => return ControlFlow::Break(error),
            }
            ControlFlow::Continue(())
        });
        talk.finish();
        match end {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) if failed == items.len() => bail!("nothing was measured: none of the pictures could be used"),
            ControlFlow::Continue(()) => Ok(failed),
        }
    }
}

/// A labelled picture's pixels. A failure is the picture's, and names it.
pub(super) fn pixels(path: &Path, alpha: Alpha) -> Result<RgbImage, Problem> {
    let name = plain(&path.to_string_lossy()).to_string();
    let bytes = fs::read(path).map_err(|error| Failure::new("unreadable", format!("{name}: cannot be read: {error}")))?;
    decoded(&name, &bytes, alpha)
}

/// The pixels of an encoded picture.
pub(super) fn decoded(name: &str, bytes: &[u8], alpha: Alpha) -> Result<RgbImage, Problem> {
    let options = DecodeOptions { alpha, ..DecodeOptions::default() };
    Ok(decode(name, bytes, &options).map_err(Failure::from)?)
}

/// What came out. It serializes as the one object that JSON has for it.
#[derive(Serialize)]
pub(super) struct Report<'a, F> {
    data: String,
    pub(super) model: &'a str,
    #[serde(flatten)]
    pub(super) figures: F,
    failed: usize,
}

impl<'a, F: Serialize> Report<'a, F> {
    /// The figures of a model on the data of this path.
    pub(super) fn new(data: &Path, model: &'a str, figures: F, failed: usize) -> Self {
        Self { data: data.display().to_string(), model, figures, failed }
    }

    /// Writes it as JSON or, by `text`, for people.
    pub(super) fn write(&self, json: bool, out: &mut Out, text: impl FnOnce(&F, &mut Out) -> io::Result<()>) -> anyhow::Result<ExitStatus> {
        if json {
            out.json(self)?;
        } else {
            text(&self.figures, out)?;
            if self.failed > 0 {
                writeln!(out, "{} more could not be read and are left out", self.failed)?;
            }
        }
        Ok(if self.failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
    }
}

/// A share, 0 to 1, for people.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// `1 word`, `2 words`.
pub(super) fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Data that says nothing that could be measured.
pub(super) fn unusable(data: &Path, what: &str) -> anyhow::Error {
    anyhow!("--data: {}: {what}", plain(&data.to_string_lossy()))
}
