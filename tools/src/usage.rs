//! What was typed and is no command: advice instead of a list.
//!
//! `vtk photo.jpg` is what anybody tries first. The answer names the tasks that could be meant.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error};
use vtk_imaging::{DecodeOptions, decode, is_picture};

use crate::cli::Cli;
use crate::inputs::ends_as_picture;
use crate::print::{plain, plain_lines};
use crate::status::ExitStatus;

/// Prints what clap has to say (help and version are errors to it, too), or something better.
pub(crate) fn explain(error: &Error) -> ExitStatus {
    let printed = match advice(error, &Cli::command()) {
        Some(advice) => writeln!(io::stderr(), "error: {}", plain_lines(&advice)),
        // Clap repeats what was typed as it stands.
        None if !is_inert_command() => writeln!(io::stderr(), "{}", plain_lines(&error.to_string())),
        None => error.print(),
    };
    match printed {
        // A reader that has gone away has seen enough.
        Err(failed) if failed.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io::stderr(), "error: cannot write to standard output: {failed}");
            ExitStatus::Unusable
        }
        _ if error.use_stderr() => ExitStatus::Unusable,
        _ => ExitStatus::Done,
    }
}

/// Whether nothing in what was typed would act on a terminal.
fn is_inert_command() -> bool {
    env::args_os().all(|typed| {
        let typed = typed.to_string_lossy();
        plain(&typed).to_string() == typed
    })
}

/// What to say in place of clap's message. None where clap says it well.
fn advice(error: &Error, program: &Command) -> Option<String> {
    if error.kind() == ErrorKind::UnknownArgument {
        return hyphened(env::args_os().skip(1));
    }
    let typed = match (error.kind(), error.get(ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(ContextValue::String(typed))) => typed,
        _ => return None,
    };
    let path = Path::new(typed);
    let shown = plain(typed);
    if path.is_dir() || could_be_picture(path) {
        return Some(format!("`{shown}` is no command; what is to be done with it?{}", suggestions(typed, program)));
    }
    let beginning = beginning(path)?;
    // The words that a task would say about it.
    let found = decode(&shown.to_string(), &beginning, &DecodeOptions::default()).err();
    Some(format!("`{shown}` is no command and no picture{}", found.map(|found| format!("\n{found}")).unwrap_or_default()))
}

/// What to say where a file whose name begins like a flag was taken for one.
fn hyphened(mut typed: impl Iterator<Item = OsString>) -> Option<String> {
    let name = typed.find(|typed| typed.as_encoded_bytes().starts_with(b"-") && typed != "-" && Path::new(typed).exists())?;
    let shown = name.to_string_lossy();
    Some(format!("`{}` is no flag; the file of that name is ./{}", plain(&shown), plain(&shown)))
}

/// A picture by content; where nothing is there, by its name.
fn could_be_picture(path: &Path) -> bool {
    match beginning(path) {
        Some(beginning) => is_picture(&beginning),
        None => ends_as_picture(path),
    }
}

fn beginning(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    path.is_file().then_some(())?;
    File::open(path).ok()?.take(4096).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The tasks as they would be typed, each with what it does.
fn suggestions(typed: &str, program: &Command) -> String {
    let name = quoted(typed).unwrap_or_else(|| "INPUT".to_owned());
    let line = |task: &Command| {
        let about = task.get_about().map(ToString::to_string).unwrap_or_default();
        format!("\n  vtk {} {name}    # {about}", task.get_name())
    };
    program.get_subcommands().filter(|command| takes_pictures(command)).map(line).collect()
}

fn takes_pictures(command: &Command) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == "inputs")
}

/// A name as a shell wants it. None where that would take more than quotes.
fn quoted(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./+,".contains(c);
    match name {
        name if name.chars().all(is_plain) => Some(name.to_owned()),
        name if name.contains(['\'', '"', '\\', '$', '`', '!', char::REPLACEMENT_CHARACTER]) || name.contains(char::is_control) => None,
        name => Some(format!("\"{name}\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_a_shell_wants_it() {
        assert_eq!(quoted("猫/photo-1.jpg").as_deref(), Some("猫/photo-1.jpg"));
        assert_eq!(quoted("my photo[1].jpg").as_deref(), Some("\"my photo[1].jpg\""));
        assert_eq!(quoted("it's $HOME.jpg"), None);
    }
}
