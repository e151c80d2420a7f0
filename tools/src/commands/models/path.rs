//! `vtk models path`: where a model's file lies.

use std::io::Write;

use vtk_zoo::default_folder;

use super::info::members;
use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;

/// Print where a pulled model's file lies, of a set a line for each model; without a name, the folder of models
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A name of a model or set
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub(crate) fn run(args: &Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let Some(name) = &args.name else {
        writeln!(out, "{}", default_folder()?.display())?;
        return Ok(ExitStatus::Done);
    };
    let zoo = zoo();
    // All or nothing: a script that gets one line of two would not notice.
    let paths = members(&zoo, std::slice::from_ref(name)).iter().map(|model| zoo.path(model)).collect::<Result<Vec<_>, _>>()?;
    for path in paths {
        writeln!(out, "{}", path.display())?;
    }
    Ok(ExitStatus::Done)
}
