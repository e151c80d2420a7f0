//! `vtk man [COMMAND]`: manual pages, made from the same definitions as the help.

use std::io::{self, Write};

use anyhow::bail;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::{Cli, SECTIONS};
use crate::print::{Out, plain};
use crate::status::ExitStatus;

/// Print the manual page of vtk or of one of its commands (roff)
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command (`vtk man cls`); without it, the page of the whole program
    command: Vec<String>,
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut program = Cli::command();
    // Names and usages of commands inside commands are known only then.
    program.build();
    let mut command = &program;
    for (depth, name) in args.command.iter().enumerate() {
        let Some(inner) = command.find_subcommand(name) else {
            let typed = args.command[..=depth].join(" ");
            bail!("there is no command `vtk {}`; `vtk --help` lists them", plain(&typed));
        };
        command = inner;
    }
    let mut bytes = Vec::new();
    page(command.clone(), &mut bytes)?;
    out.write_all(&bytes)?;
    Ok(ExitStatus::Done)
}

/// The sections that such pages have, in their usual order.
fn page(command: Command, to: &mut Vec<u8>) -> io::Result<()> {
    let has_commands = command.has_subcommands();
    let man = Man::new(command);
    man.render_title(to)?;
    man.render_name_section(to)?;
    man.render_synopsis_section(to)?;
    man.render_description_section(to)?;
    man.render_options_section(to)?;
    if has_commands {
        man.render_subcommands_section(to)?;
    }
    let mut roff = Roff::new();
    for (title, entries) in SECTIONS {
        roff.control("SH", [title.to_uppercase().as_str()]);
        for (term, meaning) in entries {
            roff.control("TP", []).text([bold(*term)]).text([roman(*meaning)]);
        }
    }
    roff.to_writer(to)
}
