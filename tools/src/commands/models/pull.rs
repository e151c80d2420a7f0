//! `vtk models pull`: the one command that is there to fetch.

use anyhow::bail;
use vtk_zoo::default_folder;

use crate::model::zoo;
use crate::pulling;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Fetch models, check them, and keep them in the folder of models
///
/// What is there already is left as it is. A download that was cut goes on where it ended. A file gets its name only after its hash was
/// checked. Licence and origin are shown before anything is fetched.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of models or sets (`vtk models list`)
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    #[command(flatten)]
    talk: TalkArgs,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitStatus> {
    let (zoo, talk) = (zoo(), Talk::new(args.talk));
    default_folder()?;
    // A slip of the finger in the last name should not be found after an hour of fetching the first.
    for name in &args.names {
        if zoo.catalogue().set(name).is_none() {
            zoo.info(name)?;
        }
    }
    if let [only] = args.names.as_slice() {
        pulling::pull(&zoo, only, &talk)?;
        return Ok(ExitStatus::Done);
    }
    let mut failed = 0;
    for name in &args.names {
        if let Err(error) = pulling::pull(&zoo, name, &talk) {
            failed += 1;
            talk.error(&format!("{name}: {error}"));
        }
    }
    if failed == args.names.len() {
        bail!("none of them was pulled");
    }
    Ok(if failed > 0 { ExitStatus::Failed } else { ExitStatus::Done })
}
