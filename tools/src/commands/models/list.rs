//! `vtk models list`: what is known by name.

use std::io::Write;

use anyhow::bail;
use serde::Serialize;
use vtk_zoo::{Listed, State, Zoo};

use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::wrap::{beside, width};

/// The models that are known by name, and whether they are here
///
/// Before a name, `*` marks a model inside the program, `+` one that was pulled, `~` one of which only some files are here, `!` one whose
/// folder can't be read. A set is a name for models that work together, and is pulled and used as one.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those of one task: cls, det, ocr, shitu
    #[arg(long, value_name = "TASK")]
    task: Option<String>,

    /// Only those that are on this machine
    #[arg(long)]
    here: bool,

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
    licence: &'a str,
    verified: bool,
}

/// The column in which summaries begin.
const COLUMN: usize = 32;

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let zoo = zoo();
    let mut models = zoo.list(args.task.as_deref());
    if models.is_empty() {
        let mut tasks: Vec<&str> = zoo.catalogue().entries().map(|e| e.task.as_str()).collect();
        tasks.dedup();
        bail!("no model is known for the task {:?}; there are some for {}", args.task.as_deref().unwrap_or_default(), tasks.join(", "));
    }
    models.retain(|model| !args.here || matches!(model.state, State::Embedded | State::Cached));
    if args.json {
        for model in &models {
            out.json(&row(model))?;
        }
    } else {
        write_list(&zoo, &models, out)?;
    }
    Ok(ExitStatus::Done)
}

fn row<'a>(model: &Listed<'a>) -> Row<'a> {
    let entry = model.entry;
    Row {
        name: model.name,
        task: entry.map_or("", |e| &e.task),
        state: state(model.state).1,
        summary: entry.map_or("", |e| &e.summary),
        licence: entry.map_or("", |e| &e.licence),
        verified: entry.is_some_and(|e| e.verified),
    }
}

/// The mark before a name, and the word for it.
pub(super) fn state(state: State) -> (char, &'static str) {
    match state {
        State::Embedded => ('*', "embedded"),
        State::Cached => ('+', "here"),
        State::Partial => ('~', "partly"),
        State::Unreadable => ('!', "unreadable"),
        State::Absent => (' ', "absent"),
    }
}

fn write_list(zoo: &Zoo, models: &[Listed<'_>], out: &mut Out) -> anyhow::Result<()> {
    let width = width();
    let task_of = |model: &Listed<'_>| model.entry.map_or(String::new(), |e| e.task.clone());
    for (i, of_task) in models.chunk_by(|a, b| task_of(a) == task_of(b)).enumerate() {
        let task = of_task.first().map(task_of).unwrap_or_default();
        let (from, plural) = (if i == 0 { "" } else { "\n" }, if of_task.len() == 1 { "" } else { "s" });
        writeln!(out, "{from}{} ({task}): {} model{plural}", title(&task), of_task.len())?;
        for model in of_task {
            let name = format!("{} {}", state(model.state).0, model.name);
            writeln!(out, "{}", beside(&name, model.entry.map_or("", |e| &e.summary), COLUMN, width))?;
        }
        for (set, members) in zoo.catalogue().sets() {
            if members.iter().any(|name| of_task.iter().any(|model| model.name == name)) {
                writeln!(out, "{}", beside(&format!("  {set}"), &format!("the set of {}", members.join(", ")), COLUMN, width))?;
            }
        }
    }
    writeln!(
        out,
        "\n* inside the program   + pulled   ~ partly pulled   ! can't be looked at\n`vtk models info NAME` tells more, `vtk models pull NAME` fetches."
    )?;
    Ok(())
}

/// What a task does, for a heading.
fn title(task: &str) -> &'static str {
    match task {
        "cls" => "Classification",
        "det" => "Detection",
        "seg" => "Segmentation",
        "ocr" => "Text reading",
        "shitu" => "Retrieval",
        _ => "Other",
    }
}
