//! `vtk models …`: which models there are, and their files. A file an action.

mod convert;
mod info;
mod list;
mod path;
mod pull;
mod rm;
pub(crate) mod verify;

use clap::Subcommand;

use crate::print::Out;
use crate::status::ExitStatus;

/// Models by name: list, describe, fetch, check, remove; convert weight files
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::Args),
    Info(info::Args),
    Pull(pull::Args),
    Verify(verify::Args),
    Path(path::Args),
    Rm(rm::Args),
    Convert(Box<convert::Args>),
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    match args.action {
        Action::List(args) => list::run(&args, out),
        Action::Info(args) => info::run(&args, out),
        Action::Pull(args) => pull::run(&args),
        Action::Verify(args) => verify::run(&args, out),
        Action::Path(args) => path::run(&args, out),
        Action::Rm(args) => rm::run(&args),
        Action::Convert(args) => convert::run(&args),
    }
}
