//! `vtk man [COMMAND]`: the manual page, made from the same definitions as the help.

use std::io::Write;

use anyhow::anyhow;
use clap::CommandFactory;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::print::Out;
use crate::status::ExitStatus;

/// Print the manual page of vtk or of one of its commands (roff)
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command; without it, the page of the whole program
    command: Option<String>,
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut program = Cli::command();
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| anyhow!("there is no command `{name}`; `vtk --help` lists them"))?
        }
    };
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    out.write_all(&page)?;
    Ok(ExitStatus::Done)
}
