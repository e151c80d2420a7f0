//! `vtk models rm`: makes room.

use super::info::members;
use crate::model::zoo;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Remove pulled models from this machine
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names of models or sets
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// Forget the hash that the first pull has recorded, too, so that the next pull may bring another version
    #[arg(long)]
    forget: bool,

    #[command(flatten)]
    talk: TalkArgs,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitStatus> {
    let (zoo, talk) = (zoo(), Talk::new(args.talk));
    let names = members(&zoo, &args.names);
    for name in &names {
        zoo.info(name)?;
    }
    for name in &names {
        let removed = zoo.remove(name)?;
        let forgot = args.forget && zoo.forget(name)?;
        match removed.files.len() {
            0 => talk.note(&format!("{name}: was not here")),
            files => talk.note(&format!("{name}: {files} file{} removed, {} bytes", if files == 1 { "" } else { "s" }, removed.bytes)),
        }
        if forgot {
            talk.note(&format!("{name}: the recorded hash is forgotten"));
        }
    }
    Ok(ExitStatus::Done)
}
