//! `vtk models list`: what is known by name.

use std::io::Write;

use anyhow::bail;
use serde::Serialize;
use vtk_zoo::{Listed, State};

use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;

/// The models that are known by name, and whether they are here
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those of one task: cls, det, ocr, shitu
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// One JSON object a model
    #[arg(long)]
    json: bool,
}

/// A model in a list.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    task: &'a str,
    state: &'static str,
    summary: &'a str,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let zoo = zoo();
    let rows: Vec<Row<'_>> = zoo.list(args.task.as_deref()).into_iter().map(|model| row(&model)).collect();
    if rows.is_empty() {
        let mut tasks: Vec<&str> = zoo.catalogue().entries().map(|e| e.task.as_str()).collect();
        tasks.dedup();
        bail!("no model is known for the task {:?}; there are some for {}", args.task.as_deref().unwrap_or_default(), tasks.join(", "));
    }
    let width = rows.iter().map(|r| r.name.chars().count()).max().unwrap_or(0);
    for row in &rows {
        match args.json {
            true => out.json(row)?,
            false => writeln!(out, "{:<5} {:<width$} {:<8} {}", row.task, row.name, row.state, row.summary)?,
        }
    }
    Ok(ExitStatus::Done)
}

fn row<'a>(model: &Listed<'a>) -> Row<'a> {
    let state = match model.state {
        State::Embedded => "embedded",
        State::Cached => "here",
        State::Partial => "partly",
        State::Absent => "-",
    };
    let (task, summary) = model.entry.map_or(("", ""), |e| (e.task.as_str(), e.summary.as_str()));
    Row { name: model.name, task, state, summary }
}
