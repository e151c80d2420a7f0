//! The program `vtk`. Everything of substance is in the libraries; here are arguments, inputs, outputs and exit statuses.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod ahead;
mod bench;
mod cli;
mod commands;
mod failure;
mod inputs;
mod labelled;
mod machine;
mod model;
mod pictures;
mod print;
mod pulling;
mod save;
mod status;
mod talk;
mod timing;
mod usage;
mod wrap;

use std::io::{self, Write};
use std::panic;
use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use print::{Out, plain_lines};
use status::ExitStatus;

fn main() -> ExitCode {
    hush_caught_panics();
    let mut out = Out::stdout();
    let result = match Cli::try_parse() {
        Ok(cli) => cli.run(&mut out).and_then(|status| Ok(out.flush().map(|()| status)?)),
        Err(error) => Ok(usage::explain(&error)),
    };
    result.unwrap_or_else(|error| fatal(&error, &out)).into()
}

/// An error that ended the run. A reader that has gone away is none.
fn fatal(error: &anyhow::Error, out: &Out) -> ExitStatus {
    if out.is_closed() {
        return ExitStatus::Done;
    }
    // Where standard error is closed too, the exit status has to say it.
    let _ = writeln!(io::stderr(), "error: {}", plain_lines(&format!("{error:#}")));
    ExitStatus::Unusable
}

/// A panic that is caught and becomes an error message says nothing of its own; any other is as loud as ever.
fn hush_caught_panics() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if !vtk_kernels::guard::active() {
            loud(info);
        }
    }));
}
