//! `vtk doctor`: what a person who asks for help would be asked.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;
use vtk_zoo::{State, Zoo, default_folder};

use crate::commands::models::verify::{is_sound, words};
use crate::machine;
use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::wrap::{beside, width};

/// Say how this machine and this program are set up, and what is wrong
///
/// Touches no network. Exit status 1 where something is wrong that keeps commands from working.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Serialize)]
struct Findings {
    version: &'static str,
    platform: String,
    features: Vec<&'static str>,
    instruction_set: String,
    threads: usize,
    folder: Option<String>,
    folder_state: String,
    python: Option<String>,
    embedded: Vec<String>,
    files: Vec<File>,
    unfinished: Vec<Left>,
    trouble: Vec<String>,
}

/// A file of a pulled model.
#[derive(Serialize)]
struct File {
    model: String,
    path: String,
    verdict: &'static str,
}

/// What a broken pull has left.
#[derive(Serialize)]
struct Left {
    model: String,
    path: String,
    bytes: u64,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let found = look(&zoo());
    if args.json {
        out.json(&found)?;
    } else {
        writeln!(out, "{}", found.sheet())?;
    }
    Ok(if found.trouble.is_empty() { ExitStatus::Done } else { ExitStatus::Failed })
}

fn look(zoo: &Zoo) -> Findings {
    let mut trouble = Vec::new();
    let folder = default_folder().map_err(|error| trouble.push(error.to_string())).ok();
    let folder_state = match folder.as_deref().map(folder_state) {
        None => "there is none".to_owned(),
        Some(Ok(state)) => state.to_owned(),
        Some(Err(error)) => {
            let shown = folder.as_deref().map(shown).unwrap_or_default();
            trouble.push(format!("{shown}: models can't be kept there: {error}; set VTK_HOME to a folder of yours"));
            format!("no file can be made there: {error}")
        }
    };
    let embedded = zoo.list(None).into_iter().filter(|m| m.state == State::Embedded).map(|m| m.name.to_owned()).collect();
    Findings {
        version: env!("CARGO_PKG_VERSION"),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        features: features(),
        instruction_set: machine::instruction_set(),
        threads: machine::threads(0),
        folder: folder.as_deref().map(shown),
        folder_state,
        python: pip_version(),
        embedded,
        files: files(zoo, &mut trouble),
        unfinished: zoo
            .unfinished()
            .into_iter()
            .map(|left| Left { model: left.name, path: shown(&left.path), bytes: left.bytes })
            .collect(),
        trouble,
    }
}

/// A path as text; bytes that are no UTF-8 are replaced.
fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// What the program was built with.
fn features() -> Vec<&'static str> {
    [("fetch", cfg!(feature = "fetch"))].into_iter().filter_map(|(name, on)| on.then_some(name)).collect()
}

/// Whether models can be kept in this folder. Where it is not there yet, whether it can be made: that is said by the nearest folder above
/// it that is there.
fn folder_state(folder: &Path) -> io::Result<&'static str> {
    for (i, at) in folder.ancestors().enumerate() {
        match fs::metadata(at) {
            Ok(meta) if meta.is_dir() => {
                probe(at).map_err(|e| if i == 0 { e } else { io::Error::new(e.kind(), format!("{}: {e}", at.display())) })?;
                return Ok(if i == 0 { "files can be made there" } else { "not there yet; the first pull makes it" });
            }
            Ok(_) => return Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is not a folder", at.display()))),
            // A link that leads to nowhere is not there either, and still in the way.
            Err(_) if fs::symlink_metadata(at).is_ok() => {
                return Err(io::Error::new(io::ErrorKind::NotADirectory, format!("{} is a link that leads nowhere", at.display())));
            }
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(e) => return Err(io::Error::new(e.kind(), format!("{}: {e}", at.display()))),
        }
    }
    Ok("not there yet; the first pull makes it")
}

/// Makes a file, writes it through to the disk, and removes it: a full disk lets empty files be made.
fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".vtk-doctor-{}", std::process::id()));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
    let written = file.write_all(&[0x5a; 64 << 10]).and_then(|()| file.sync_all());
    drop(file);
    fs::remove_file(&path)?;
    written
}

/// The version of pip that would fetch packages.
fn pip_version() -> Option<String> {
    let python = if cfg!(windows) { "python" } else { "python3" };
    let output = Command::new(python).args(["-m", "pip", "--version"]).stdin(Stdio::null()).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout);
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    (output.status.success() && words.len() == 2).then(|| words.join(" "))
}

/// The files of models that were pulled, checked.
fn files(zoo: &Zoo, trouble: &mut Vec<String>) -> Vec<File> {
    let verified = match zoo.verify(&[]) {
        Ok(verified) => verified,
        Err(error) => {
            trouble.push(error.to_string());
            return Vec::new();
        }
    };
    let pulled = verified.into_iter().filter(|file| file.verdict != vtk_zoo::Verdict::Embedded);
    let file = |file: vtk_zoo::Verified| {
        let (verdict, why) = words(&file.verdict);
        if !is_sound(&file) {
            let why = why.unwrap_or_else(|| format!("a file of the model {}; `vtk models pull` fetches it", file.name));
            trouble.push(format!("{}: {verdict}: {why}", file.path.display()));
        }
        File { model: file.name, path: shown(&file.path), verdict }
    };
    pulled.map(file).collect()
}

impl Findings {
    /// For people.
    fn sheet(&self) -> String {
        const COLUMN: usize = 14;
        let width = width();
        let mut lines = Vec::new();
        let mut say = |term: &str, text: &str| lines.push(beside(term, text, COLUMN, width));
        say("vtk", &format!("{} on {}", self.version, self.platform));
        say("features", &if self.features.is_empty() { "none".to_owned() } else { self.features.join(", ") });
        say("processor", &self.instruction_set);
        say("threads", &self.threads.to_string());
        let folder = self.folder.as_ref().map_or_else(String::new, |folder| format!("{}: ", folder));
        say("models in", &format!("{folder}{}", self.folder_state));
        say("pip", self.python.as_deref().unwrap_or("python3 with pip was not found: models in Python packages can't be pulled"));
        say("inside", &self.embedded.join(", "));
        for file in &self.files {
            say("pulled", &format!("{} ({}): {}", file.model, file.verdict, file.path));
        }
        if self.files.is_empty() {
            say("pulled", "no model; `vtk models list` names those that there are");
        }
        for left in &self.unfinished {
            let (model, path, bytes) = (&left.model, &left.path, left.bytes);
            say(
                "unfinished",
                &format!(
                    "{model}: {bytes} bytes of a broken pull, {path}; `vtk models pull {model}` goes on, `vtk models rm {model}` removes them"
                ),
            );
        }
        match self.trouble.as_slice() {
            [] => say("trouble", "none found"),
            all => all.iter().for_each(|trouble| say("trouble", trouble)),
        }
        lines.join("\n")
    }
}
