//! `vtk models path`: where a model's file lies.

use std::io::Write;

use vtk_zoo::default_folder;

use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;

/// Print where a pulled model's file lies; without a name, the folder of models
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A model's name
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let path = match &args.name {
        Some(name) => zoo().path(name)?,
        None => default_folder()?,
    };
    writeln!(out, "{}", path.display())?;
    Ok(ExitStatus::Done)
}
