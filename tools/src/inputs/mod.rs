//! What the user named, as a list of pictures to come: files, folders, patterns and standard input.
//!
//! A name that exists is that file or folder, even where it looks like a pattern (`photo[1].jpg`). A folder stands for its pictures:
//! those files that begin as a picture does, in natural order, without hidden ones; `-r` takes the folders inside it too. What can't be
//! had keeps its place in the list as a failure, so that results come in the order in which inputs were named.

mod natural;
mod pages;
mod pattern;
mod walk;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vtk_imaging::is_picture;

use crate::failure::Failure;
use crate::print::plain;

/// No picture file is larger than this many bytes.
const MOST_BYTES: u64 = 1 << 30;
/// So many bytes tell whether a file is a picture.
const SIGNATURE: u64 = 16;
/// So many bytes tell what it is instead.
const BEGINNING: u64 = 4096;

use pages::PageNumber;
pub(crate) use pages::Pages;

/// One input.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    name: String,
    shown: String,
    source: Source,
    page: Option<PageNumber>,
}

#[derive(Clone, Debug)]
enum Source {
    Stdin,
    /// What came by standard input, where it is read more than once.
    Memory(Arc<Vec<u8>>),
    File(PathBuf),
    Failed(Failure),
}

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
    listing
}

impl Listing {
    fn stdin(&mut self) {
        let input = if self.inputs.iter().any(|input| matches!(input.source, Source::Stdin)) {
            let message = "standard input: named twice, and it can be read only once";
            Input { name: "-".into(), shown: "standard input".into(), source: Source::Failed(Failure::new("usage", message)), page: None }
        } else {
            Input { name: "-".into(), shown: "standard input".into(), source: Source::Stdin, page: None }
        };
        self.inputs.push(input);
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

impl Input {
    fn new(path: &Path, source: Source) -> Self {
        let name = path.to_string_lossy().into_owned();
        Self { shown: plain(&name).to_string(), name, source, page: None }
    }

    fn file(path: &Path) -> Self {
        Self::new(path, Source::File(path.to_owned()))
    }

    fn failed(path: &Path, kind: &'static str, problem: &str) -> Self {
        let mut input = Self::new(path, Source::Stdin);
        input.source = Source::Failed(Failure::new(kind, format!("{}: {problem}", input.shown)));
        input
    }

    /// The name for machines: the path as it was given or found; `-` for standard input. Bytes that are no UTF-8 are replaced.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name for people, fit for a terminal.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The page to decode, counted from 1.
    pub(crate) fn page(&self) -> usize {
        self.page.map_or(1, |page| page.number)
    }

    /// The page for machines, where inputs are taken by pages.
    pub(crate) fn page_number(&self) -> Option<usize> {
        self.page.map(|page| page.number)
    }

    /// Whether it is the whole file or the first of its pages that come.
    pub(crate) fn begins(&self) -> bool {
        self.page.is_none_or(|page| page.first)
    }

    /// What tells this page's files from those of the file's other pages.
    pub(crate) fn page_mark(&self) -> Option<String> {
        self.page.filter(|page| page.several).map(|page| format!("-p{}", page.number))
    }

    /// Whether a file begins as a TIFF does, the one form with pages.
    fn begins_as_tiff(&self) -> bool {
        let mut start = [0; 4];
        let read = self.path().and_then(|path| File::open(path).ok()).is_some_and(|mut file| file.read_exact(&mut start).is_ok());
        read && matches!(&start, b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+")
    }

    /// The file, where it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        if let Source::File(path) = &self.source { Some(path) } else { None }
    }

    /// The file's name without folders and ending; `stdin` for standard input.
    pub(crate) fn stem(&self) -> &OsStr {
        self.path().and_then(Path::file_stem).unwrap_or(OsStr::new("stdin"))
    }

    /// All bytes of a picture. Of what does not begin as a picture only the beginning, which tells what it is instead.
    pub(crate) fn read(&self) -> Result<Vec<u8>, Failure> {
        let read = match &self.source {
            Source::Failed(failure) => return Err(failure.clone()),
            Source::Memory(bytes) => return Ok(bytes.to_vec()),
            Source::Stdin => read_picture(&mut io::stdin().lock(), 0),
            Source::File(path) => File::open(path).and_then(|mut file| {
                let size = file.metadata().map_or(0, |about| about.len());
                read_picture(&mut file, size)
            }),
        };
        let bytes = read.map_err(|error| Failure::new("unreadable", format!("{}: cannot be read: {error}", self.shown)))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Failure::new(
                "too-large",
                format!("{}: more than {MOST_BYTES} bytes, the most that a picture may have", self.shown),
            ));
        }
        Ok(bytes)
    }
}

fn read_picture(from: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(SIGNATURE).read_to_end(&mut bytes)?;
    let limit = if is_picture(&bytes) { MOST_BYTES } else { BEGINNING };
    let expected = usize::try_from(size.min(limit)).unwrap_or(0);
    bytes.try_reserve_exact(expected).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
    from.take(limit + 1 - SIGNATURE).read_to_end(&mut bytes)?;
    Ok(bytes)
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
    fn of_what_is_no_picture_only_the_beginning_is_read() {
        let mut endless = io::repeat(b'x');
        assert!(read_picture(&mut endless, 0).unwrap().len() as u64 <= BEGINNING + 1);
        let gif = [b"GIF89a".as_slice(), &[0; 9000]].concat();
        assert_eq!(read_picture(&mut gif.as_slice(), 9006).unwrap(), gif);
        assert_eq!(read_picture(&mut b"".as_slice(), 0).unwrap(), b"");
    }

    #[test]
    fn standard_input_comes_once() {
        let listing = list(&["-".into(), "-".into()], false);
        assert_eq!(listing.inputs[0].name(), "-");
        assert_eq!(listing.inputs[0].stem(), "stdin");
        assert!(listing.inputs[1].read().unwrap_err().message.contains("twice"));
    }
}
