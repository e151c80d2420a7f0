//! The pictures of a folder.

use std::cmp::Ordering;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{begins_as_picture, natural};

/// What a folder holds.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// Pictures, and what could not be looked at, in natural order.
    pub(super) found: Vec<Result<PathBuf, (PathBuf, io::Error)>>,
    /// Whether there are folders inside that were not looked into.
    pub(super) has_folders: bool,
}

/// The pictures of a folder by content, in natural order of their names; with `recursive` those of the folders inside it where those
/// stand in that order. Hidden files and folders are left out.
pub(super) fn pictures(folder: &Path, recursive: bool) -> Walked {
    let mut walked = Walked::default();
    walked.enter(folder, recursive, &mut Vec::new());
    walked
}

impl Walked {
    /// `inside` holds the folders around this one: a link back to one of them would never end.
    fn enter(&mut self, folder: &Path, recursive: bool, inside: &mut Vec<PathBuf>) {
        let (place, names) = match fs::canonicalize(folder).and_then(|place| Ok((place, names(folder)?))) {
            Ok(read) => read,
            Err(error) => return self.found.push(Err((folder.to_owned(), error))),
        };
        if inside.contains(&place) {
            return;
        }
        inside.push(place);
        for path in names {
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() && recursive => self.enter(&path, recursive, inside),
                Ok(found) if found.is_dir() => self.has_folders = true,
                // Anything else that is no plain file may block who opens it.
                Ok(found) if found.is_file() => match begins_as_picture(&path) {
                    Ok(true) => self.found.push(Ok(path)),
                    Ok(false) => {}
                    Err(error) => self.found.push(Err((path, error))),
                },
                // Neither is a link to nothing a picture.
                _ => {}
            }
        }
        inside.pop();
    }
}

/// The paths in a folder, in natural order, without hidden ones.
fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort_by(|a, b| by_name(a, b));
    Ok(paths)
}

fn by_name(a: &Path, b: &Path) -> Ordering {
    let text = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    natural::compare(&text(a), &text(b)).then_with(|| a.cmp(b))
}
