//! `vtk models info`: all that is known of a model.

use std::io::Write;

use serde::Serialize;
use serde_json::{Map, Value};
use vtk_zoo::{Entry, FileState, Info, Zoo, sha256_hex};

use super::list::state;
use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::wrap::{beside, width, wrap};

/// All that is known of a model or of those of a set: architecture, preparation, labels, files and their hashes, licence, published figures
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
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    files: Vec<DescribedFile<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
}

#[derive(Serialize)]
struct DescribedFile<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    here: bool,
}

impl<'a> Described<'a> {
    fn of(info: &'a Info<'a>) -> Self {
        let shown = |f: &FileState<'_>| f.path.as_ref().map(|path| path.display().to_string());
        let files = info.files.iter().map(|f| DescribedFile { file: &f.file.file, path: shown(f), here: f.here });
        Self {
            name: info.name,
            state: state(info.state).1,
            entry: info.entry,
            sha256: info.embedded.map(|e| sha256_hex(e.bytes)),
            // Of a model inside the program only those that lie in the folder besides.
            files: files.filter(|file| info.embedded.is_none() || file.here).collect(),
            notice: info.embedded.map(|e| e.notice),
        }
    }
}

/// The column in which values begin.
const COLUMN: usize = 15;

/// What a reader can rely on: whether the file was seen, and what it is held to if it was not.
fn verified(entry: &Entry) -> &'static str {
    match (entry.verified, entry.file.hash()) {
        (true, _) => "yes: the file was in this project's hands when the catalogue was written",
        (false, Some(_)) => "no: address and hash are from documents or a repository's listing; a file is held to that hash",
        (false, None) if entry.is_embeddable() => "no: the file of this project's own making is inside the program",
        (false, None) => "no: the address is from documents; the first pull records the hash, and later pulls are held to it",
    }
}

/// The sheet that describes a model to people.
fn sheet(info: &Info<'_>) -> String {
    let width = width();
    let mut lines = vec![info.name.to_owned()];
    let mut say = |term: &str, text: &str| lines.push(beside(term, text, COLUMN, width));
    if let Some(entry) = info.entry {
        lines_of_entry(entry, &mut say);
        say("verified", verified(entry));
        entry.notes.iter().for_each(|note| say("note", note));
    }
    if let Some(embedded) = info.embedded {
        say("file", &format!("{}, {} bytes, inside the program", embedded.file, embedded.bytes.len()));
        say("  hash", &format!("sha256 {}", sha256_hex(embedded.bytes)));
    }
    for file in &info.files {
        match info.embedded {
            Some(_) if !file.here => places(file, &mut say),
            _ => lines_of_file(file, &mut say),
        }
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
    match (entry.figures.is_empty(), &entry.figures_from) {
        (false, from) => {
            say("published", &pairs(&entry.figures));
            from.iter().for_each(|from| say("", &format!("({from})")));
        }
        (true, Some(from)) => say("published", &format!("no figures here; see {from}")),
        (true, None) => {}
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
    places(state, say);
    let at = if state.here { "  lies at" } else { "  would lie at" };
    match &state.path {
        Some(path) => say(at, &path.display().to_string()),
        None => say(at, "nowhere: there is no folder for models; set VTK_HOME to one"),
    }
}

fn places(state: &FileState<'_>, say: &mut impl FnMut(&str, &str)) {
    state.file.places.iter().for_each(|place| say("  from", &place.to_string()));
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
