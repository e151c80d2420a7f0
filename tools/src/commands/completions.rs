//! `vtk completions SHELL`: what a shell needs to complete vtk's commands and flags.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::print::Out;
use crate::status::ExitStatus;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    // The generator panics where its writer fails: it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "vtk", &mut script);
    out.write_all(&script)?;
    Ok(ExitStatus::Done)
}
