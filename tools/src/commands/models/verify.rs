//! `vtk models verify`: are the files what they should be?

use std::io::Write;

use serde::Serialize;
use vtk_zoo::{Verdict, Verified};

use super::info::members;
use crate::model::zoo;
use crate::print::{Out, plain};
use crate::status::ExitStatus;

/// Check the hashes of the models that are here
///
/// Exit status 1 where a file is damaged or can't be read, or where a named model is not here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of models or sets; without any, all that are here
    #[arg(value_name = "NAME")]
    names: Vec<String>,

    /// One JSON object a file
    #[arg(long)]
    json: bool,
}

/// A checked file in JSON.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    path: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let zoo = zoo();
    let names = members(&zoo, &args.names);
    let verified = zoo.verify(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    for file in &verified {
        let (verdict, why) = words(&file.verdict);
        if args.json {
            out.json(&Row { name: &file.name, path: file.path.display().to_string(), verdict, why })?;
            continue;
        }
        let why = why.map_or_else(String::new, |why| format!(": {why}"));
        let line = format!("{verdict:<10} {}  {}{why}", file.name, file.path.display());
        writeln!(out, "{}", plain(&line))?;
    }
    Ok(if verified.iter().all(is_sound) { ExitStatus::Done } else { ExitStatus::Failed })
}

/// Whether nothing is wrong with a file, as far as can be known.
pub(crate) fn is_sound(file: &Verified) -> bool {
    matches!(file.verdict, Verdict::Intact | Verdict::Embedded | Verdict::Unknown)
}

/// A verdict in a word, and what there is to say besides.
pub(crate) fn words(verdict: &Verdict) -> (&'static str, Option<String>) {
    match verdict {
        Verdict::Intact => ("intact", None),
        Verdict::Embedded => ("embedded", None),
        Verdict::Unknown => {
            ("unknown", Some("no hash of it is known; somebody has put it there, and its first use records the hash".to_owned()))
        }
        Verdict::Damaged(mismatch) => ("damaged", Some(format!("{mismatch}; `vtk models rm` and `vtk models pull` replace it"))),
        Verdict::Missing => ("missing", None),
        Verdict::Unreadable(why) => ("unreadable", Some(why.clone())),
        _ => ("unknown", None),
    }
}
