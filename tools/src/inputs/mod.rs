//! What the user named, as a list of pictures to come: files, folders, patterns and standard input.
//!
//! A name that exists is that file or folder, even where it looks like a pattern (`photo[1].jpg`). A folder stands for its pictures:
//! those files that begin as a picture does, in natural order, without hidden ones; `-r` takes the folders inside it too. What can't be
//! had keeps its place in the list as a failure, so that results come in the order in which inputs were named.

mod input;
mod natural;
mod pages;
mod pattern;
mod walk;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use crate::print::plain;

use input::Source;
pub(crate) use input::{Input, begins_as_picture};
pub(crate) use pages::Pages;

/// The inputs in order, and what should be said about them.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The inputs, named ones and those found in folders and by patterns.
    pub(crate) inputs: Vec<Input>,
    /// Whether results need a name above them: of several inputs, and of those that were not named themselves.
    pub(crate) headed: bool,
    /// Remarks, such as a folder without pictures.
    pub(crate) notes: Vec<String>,
}

/// Lists what `names` stand for. `recursive` looks into the folders inside a folder.
pub(crate) fn list(names: &[OsString], recursive: bool) -> Listing {
    let mut listing = Listing { headed: names.len() > 1, ..Listing::default() };
    for name in names {
        if name == "-" {
            listing.stdin();
        } else {
            listing.named(Path::new(name), recursive);
        }
    }
    listing.inputs.iter_mut().enumerate().for_each(|(place, input)| input.place = place);
    listing
}

impl Listing {
    fn stdin(&mut self) {
        let twice = self.inputs.iter().any(|input| matches!(input.source, Source::Stdin));
        let input = Input::stdin();
        self.inputs.push(if twice { input.fail("usage", "named twice, and it can be read only once") } else { input });
    }

    fn named(&mut self, path: &Path, recursive: bool) {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => self.folder(path, recursive),
            Ok(_) => self.inputs.push(Input::file(path)),
            Err(error) if is_absent(&error) => match pattern::expand(path) {
                None => self.fail(path, "not-found", "no such file or folder"),
                Some(Err(problem)) => self.fail(path, "not-found", &problem),
                Some(Ok(found)) if found.is_empty() => self.fail(path, "not-found", "no such file, and no file matches it as a pattern"),
                Some(Ok(found)) => {
                    self.headed = true;
                    found.iter().for_each(|path| self.named_by_pattern(path, recursive));
                }
            },
            Err(error) => self.fail(path, "unreadable", &format!("cannot be read: {error}")),
        }
    }

    /// As a shell's patterns: what they match counts as named.
    fn named_by_pattern(&mut self, path: &Path, recursive: bool) {
        if path.is_dir() { self.folder(path, recursive) } else { self.inputs.push(Input::file(path)) }
    }

    fn folder(&mut self, path: &Path, recursive: bool) {
        self.headed = true;
        let before = self.inputs.len();
        let walked = walk::pictures(path, recursive);
        self.inputs.extend(walked.found.into_iter().map(|found| match found {
            Ok(path) => Input::file(&path),
            Err((path, error)) => Input::failed(&path, "unreadable", &format!("cannot be read: {error}")),
        }));
        if self.inputs.len() == before {
            let advice = if walked.has_folders { "; -r looks into the folders inside it" } else { "" };
            self.notes.push(format!("{}: no picture in this folder{advice}", plain(&path.to_string_lossy())));
        }
    }

    fn fail(&mut self, path: &Path, kind: &'static str, problem: &str) {
        self.inputs.push(Input::failed(path, kind, problem));
    }
}

/// Whether a name ends as pictures' names do. What a file is, its content says; this is for files that are yet to be written or found.
pub(crate) fn ends_as_picture(path: &Path) -> bool {
    const ENDINGS: [&str; 12] = ["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif", "pnm", "ppm", "pgm", "pbm"];
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// Whether nothing has that name, so that it may be meant as a pattern. (Windows refuses `*` and `?` in names by another error.)
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename | ErrorKind::InvalidInput)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_input_comes_once() {
        let listing = list(&["-".into(), "-".into()], false);
        assert_eq!(listing.inputs[0].name(), "-");
        assert_eq!(listing.inputs[0].stem(), "stdin");
        assert!(listing.inputs[1].read().unwrap_err().message.contains("twice"));
    }
}
