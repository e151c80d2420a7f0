//! What can be typed: the program, its commands, and the flags that commands share.

use clap::{Parser, Subcommand};

use crate::commands::{completions, man};
use crate::print::Out;
use crate::status::ExitStatus;

/// Vision on a plain CPU: PP-LCNet and its task heads.
#[derive(Debug, Parser)]
#[command(name = "vtk", version, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// One variant a file of `commands/`.
#[derive(Debug, Subcommand)]
enum Command {
    Completions(completions::Args),
    Man(man::Args),
}

impl Cli {
    /// Runs the command that was typed.
    pub(crate) fn run(self, out: &mut Out) -> anyhow::Result<ExitStatus> {
        match self.command {
            Command::Completions(args) => completions::run(args, out),
            Command::Man(args) => man::run(args, out),
        }
    }
}
