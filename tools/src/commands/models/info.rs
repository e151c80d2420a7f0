//! `vtk models info`: all that is known of a model.

use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value};
use vtk_zoo::{Entry, FileState, Info, Zoo};

use super::list::state;
use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::wrap::{beside, width, wrap};

/// All that is known of a model: architecture, preparation, labels, files and their hashes, licence, published figures
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of models or sets (`vtk models list`)
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// One JSON object a model
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let zoo = zoo();
    for (i, name) in members(&zoo, &args.names).into_iter().enumerate() {
        let info = zoo.info(&name)?;
        if args.json {
            out.json(&Described::of(&info))?;
        } else {
            writeln!(out, "{}{}", if i == 0 { "" } else { "\n" }, sheet(&info))?;
        }
    }
    Ok(ExitStatus::Done)
}

/// The names with each set in place of which its models stand.
pub(super) fn members(zoo: &Zoo, names: &[String]) -> Vec<String> {
    names.iter().flat_map(|name| zoo.catalogue().set(name).map_or_else(|| vec![name.clone()], <[String]>::to_vec)).collect()
}

/// The JSON object of a model.
#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'a Entry>,
    files: Vec<DescribedFile<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

#[derive(Serialize)]
struct DescribedFile<'a> {
    file: &'a str,
    path: String,
    here: bool,
}

impl<'a> Described<'a> {
    fn of(info: &'a Info<'a>) -> Self {
        let files = info.files.iter().map(|f| DescribedFile { file: &f.file.file, path: f.path.display().to_string(), here: f.here });
        Self {
            name: info.name,
            state: state(info.state).1,
            entry: info.entry,
            files: if info.embedded.is_some() { Vec::new() } else { files.collect() },
            notice: info.embedded.map(|e| e.notice),
        }
    }
}

/// The column in which values begin.
const COLUMN: usize = 15;

/// The sheet that describes a model to people.
fn sheet(info: &Info<'_>) -> String {
    let width = width();
    let mut lines = vec![info.name.to_owned()];
    let mut say = |term: &str, text: &str| lines.push(beside(term, text, COLUMN, width));
    if let Some(entry) = info.entry {
        lines_of_entry(entry, &mut say);
        match entry.verified {
            true => say("verified", "yes: the file was in this project's hands when the catalogue was written"),
            false => {
                say("verified", "no: address and hash are from documents; the first pull records the hash, and later pulls are held to it")
            }
        }
        entry.notes.iter().for_each(|note| say("note", note));
    }
    match info.embedded {
        Some(embedded) => say("file", &format!("{}, {} bytes, inside the program", embedded.file, embedded.bytes.len())),
        None => info.files.iter().for_each(|file| lines_of_file(file, &mut say)),
    }
    if let Some(embedded) = info.embedded {
        lines.push(String::new());
        lines.extend(embedded.notice.lines().flat_map(|line| if line.is_empty() { vec![String::new()] } else { wrap(line, width) }));
    }
    lines.join("\n")
}

fn lines_of_entry(entry: &Entry, say: &mut impl FnMut(&str, &str)) {
    say("", &entry.summary);
    say("task", &entry.task);
    say("arch", &arch(entry));
    if let Some(recipe) = &entry.recipe {
        say("recipe", &text(recipe));
    }
    if let Some(labels) = labels(entry) {
        say("labels", &labels);
    }
    if let Some(dictionary) = &entry.dictionary {
        say("characters", &fields(dictionary));
    }
    if !entry.thresholds.is_empty() {
        say("thresholds", &pairs(&entry.thresholds));
    }
    say("licence", &entry.licence);
    say("origin", &entry.origin);
    if !entry.figures.is_empty() {
        say("published", &pairs(&entry.figures));
    }
    if let Some(from) = &entry.figures_from {
        say("", &format!("({from})"));
    }
}

fn arch(entry: &Entry) -> String {
    let name = entry.arch.as_deref().unwrap_or("only the graph is known");
    let options = if entry.options.is_empty() { String::new() } else { format!("; {}", pairs(&entry.options)) };
    format!("{name}{options} ({})", entry.format)
}

fn labels(entry: &Entry) -> Option<String> {
    let Some(names) = entry.label_names() else { return entry.labels.as_ref().map(fields) };
    let some: Vec<&str> = names.iter().take(4).map(String::as_str).collect();
    let more = if names.len() > some.len() { "; …" } else { "" };
    Some(format!("{}: {}{more}", names.len(), some.join("; ")))
}

fn lines_of_file(state: &FileState<'_>, say: &mut impl FnMut(&str, &str)) {
    let file = state.file;
    let bytes = file.bytes.map_or_else(String::new, |bytes| format!(", {bytes} bytes"));
    say("file", &format!("{}{bytes}", file.file));
    match (file.hash(), &state.recorded) {
        (Some(hash), _) => say("  hash", &hash.to_string()),
        (None, Some(record)) => say("  hash", &format!("recorded by the first pull in {}", record.display())),
        (None, None) => say("  hash", "not known"),
    }
    file.places.iter().for_each(|place| say("  from", &place.to_string()));
    let at = if state.here { "  lies at" } else { "  would lie at" };
    say(at, &state.path.display().to_string());
}

/// `key value, key value`.
fn pairs(map: &Map<String, Value>) -> String {
    map.iter().map(|(key, value)| format!("{key} {}", text(value))).collect::<Vec<_>>().join(", ")
}

/// A value as a person writes it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn fields(value: &Value) -> String {
    value.as_object().map_or_else(|| text(value), pairs)
}
