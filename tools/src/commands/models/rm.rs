//! `vtk models rm`: makes room.

use vtk_zoo::{Event, Removed, ZooError};

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
        let mut waiting = |event: &Event<'_>| {
            if matches!(event, Event::Waiting) {
                talk.note(&format!("{name}: a pull of it is running; waiting for its end"));
            }
        };
        let embedded = zoo.info(name)?.embedded.is_some();
        let removed = match zoo.remove(name, &mut waiting) {
            // Where nothing can lie, nothing is to be removed of what is inside the program.
            Err(ZooError::Embedded { .. } | ZooError::NoCacheFolder) if embedded => Removed::default(),
            removed => removed?,
        };
        let forgot = args.forget && !(embedded && removed.files.is_empty()) && zoo.forget(name, &mut waiting)?;
        match removed.files.len() {
            0 if embedded => talk.note(&format!("{name}: is inside the program and can't be removed from it")),
            0 => talk.note(&format!("{name}: was not here")),
            files => talk.note(&format!("{name}: {files} file{} removed, {} bytes", if files == 1 { "" } else { "s" }, removed.bytes)),
        }
        if forgot {
            talk.note(&format!("{name}: the recorded hash is forgotten"));
        }
    }
    Ok(ExitStatus::Done)
}
