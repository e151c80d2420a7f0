//! `vtk models …`: which models there are, and their files. A file an action.

mod convert;
mod list;

use clap::Subcommand;

use crate::print::Out;
use crate::status::ExitStatus;

/// List the models that are known by name; convert weight files
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::Args),
    Convert(Box<convert::Args>),
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    match args.action {
        Action::List(args) => list::run(&args, out),
        Action::Convert(args) => convert::run(&args),
    }
}
