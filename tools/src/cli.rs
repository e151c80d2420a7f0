//! What can be typed: the program, its commands, and the flags that all tasks on pictures share.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::commands::{bench, cls, completions, det, doctor, eval, golden, man, models, ocr};
use crate::print::Out;
use crate::save::SaveArgs;
use crate::status::ExitStatus;
use crate::talk::TalkArgs;

/// Vision on a plain CPU: PP-LCNet and its task heads.
#[derive(Debug, Parser)]
#[command(name = "vtk", version, after_long_help = sections())]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What belongs to the whole program: sections of the long help and of every manual page, each a list of terms and what they mean.
pub(crate) const SECTIONS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Exit status",
        &[
            ("0", "everything was done; finding nothing is no failure"),
            ("1", "some inputs failed, or a check did"),
            ("2", "nothing could be done: a usage error, or a model that is missing or broken"),
        ],
    ),
    (
        "Environment",
        &[
            ("VTK_HOME", "the folder of pulled models, in place of the usual folder for caches"),
            ("HTTPS_PROXY", "the proxy through which `vtk models pull` reaches out"),
            ("SSL_CERT_FILE", "certificates of the authorities to trust, in place of Mozilla's list"),
        ],
    ),
    (
        "Examples",
        &[
            ("vtk ocr scan.png > scan.txt", "what does it say?"),
            ("vtk cls photo.jpg", "what does it show?"),
            ("vtk cls --model page-orientation scan.png", "which way up does it stand?"),
            ("vtk cls -r --json photos > answers.jsonl", "a line of JSON for each picture"),
            ("vtk cls photos --save drawn", "pictures with the answers on them"),
            ("vtk det photo.jpg --save boxes.png", "which objects are where?"),
        ],
    ),
];

fn sections() -> String {
    let section = |(title, entries): &(&str, &[(&str, &str)])| {
        let width = entries.iter().map(|(term, _)| term.len()).max().unwrap_or(0);
        let lines: String = entries.iter().map(|(term, meaning)| format!("\n  {term:width$}  {meaning}")).collect();
        format!("{title}:{lines}")
    };
    SECTIONS.iter().map(section).collect::<Vec<_>>().join("\n\n")
}

/// One variant a file of `commands/`.
#[derive(Debug, Subcommand)]
enum Command {
    Ocr(Box<ocr::Args>),
    Cls(cls::Args),
    Det(det::Args),
    Eval(eval::Args),
    Bench(bench::Args),
    Models(models::Args),
    Doctor(doctor::Args),
    Golden(golden::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Cli {
    /// Runs the command that was typed.
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<ExitStatus> {
        match self.command {
            Command::Ocr(args) => ocr::run(*args, out),
            Command::Cls(args) => cls::run(args, out),
            Command::Det(args) => det::run(args, out),
            Command::Eval(args) => eval::run(args, out),
            Command::Bench(args) => bench::run(args, out),
            Command::Models(args) => models::run(args, out),
            Command::Doctor(args) => doctor::run(&args, out),
            Command::Golden(args) => golden::run(args, out),
            Command::Completions(args) => completions::run(args, out),
            Command::Man(args) => man::run(args, out),
        }
    }
}

/// The flags of every task on pictures; `F` are the forms that its results have.
#[derive(Debug, clap::Args)]
pub(crate) struct Shared<F: Forms = Format> {
    /// Pictures: files, folders, patterns; `-` is standard input
    ///
    /// A name that exists is that file, even if it looks like a pattern. A folder means its pictures, told by their content, in natural
    /// order and without hidden ones. Without any name, standard input is read, unless that is a terminal.
    #[arg(value_name = "INPUT")]
    inputs: Vec<OsString>,

    /// Look into the folders inside a folder too
    #[arg(short, long)]
    pub(crate) recursive: bool,

    /// The form of the results
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    format: F,

    /// Results as JSON, one object per input and line; the same as --format json
    #[arg(long, overrides_with = "format")]
    json: bool,

    /// Threads to compute with; 0 takes all cores
    ///
    /// Many pictures are read and answered side by side with one thread each; a single picture gets all threads. Results don't depend
    /// on it.
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = thread_count, allow_negative_numbers = true)]
    pub(crate) threads: usize,

    /// The most pixels that a picture may have
    #[arg(long, default_value_t = vtk_imaging::DecodeOptions::default().max_pixels, value_name = "N")]
    pub(crate) max_pixels: u64,

    #[command(flatten)]
    pub(crate) save: SaveArgs,

    /// Exit with status 1 where nothing was found
    #[arg(long)]
    pub(crate) fail_if_empty: bool,

    /// Print the time of each stage to standard error
    #[arg(long)]
    pub(crate) timing: bool,

    #[command(flatten)]
    pub(crate) talk: TalkArgs,
}

/// The forms of results that a task has: what `--format` takes.
pub(crate) trait Forms: ValueEnum + Default + Send + Sync + 'static {
    /// What is to be written.
    fn form(&self) -> Form;
}

/// What is to be written, where the task makes no document of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lines for people.
    Text,
    /// An object for each input.
    Json,
}

/// The forms that every task's results have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// JSON Lines: one object per input
    Json,
}

impl Forms for Format {
    fn form(&self) -> Form {
        match self {
            Self::Text => Form::Text,
            Self::Json => Form::Json,
        }
    }
}

impl<F: Forms> Shared<F> {
    /// What was named; standard input where nothing was. None where that is a terminal: somebody is waiting for advice.
    pub(crate) fn names(&self) -> Option<Vec<OsString>> {
        match self.inputs.as_slice() {
            [] if io::stdin().is_terminal() => None,
            [] => Some(vec!["-".into()]),
            names => Some(names.to_vec()),
        }
    }

    /// What `--format` says.
    pub(crate) fn format(&self) -> F
    where
        F: Copy,
    {
        self.format
    }

    /// The form of the results.
    pub(crate) fn form(&self) -> Form {
        if self.json { Form::Json } else { self.format.form() }
    }
}

/// Reads a number of threads: more than this would only be a slip of the finger, and few machines could start them.
pub(crate) fn thread_count(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count <= 1024).ok_or_else(|| "a number from 0 (all cores) to 1024 was expected".to_owned())
}

/// The short help of a command, as `vtk COMMAND -h` prints it.
pub(crate) fn short_help(command: &str) -> String {
    let mut program = Cli::command();
    program.build();
    program.find_subcommand_mut(command).map(|found| found.render_help().to_string()).unwrap_or_default()
}
