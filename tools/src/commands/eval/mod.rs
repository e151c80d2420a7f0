//! `vtk eval TASK`: a model's figures on labelled data. A file a task, and what they share.

mod cls;
mod det;
mod measure;
mod ocr;
mod rec;

use clap::Subcommand;

use crate::print::Out;
use crate::status::ExitStatus;

/// Measure a model on labelled data
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    Cls(cls::Args),
    Rec(rec::Args),
    Ocr(Box<ocr::Args>),
    Det(det::Args),
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    match args.task {
        Task::Cls(args) => cls::run(&args, out),
        Task::Rec(args) => rec::run(&args, out),
        Task::Ocr(args) => ocr::run(&args, out),
        Task::Det(args) => det::run(&args, out),
    }
}
