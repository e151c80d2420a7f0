//! One input: what it is called, and where its bytes come from.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use vtk_imaging::{SIGNATURE_LENGTH, is_picture};

use crate::failure::Failure;
use crate::print::plain;

/// No picture file is larger than this many bytes.
const MOST_BYTES: u64 = 1 << 30;
/// So many bytes tell what a file is that is no picture.
const BEGINNING: u64 = 4096;

/// One input.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    name: String,
    shown: String,
    path: Option<PathBuf>,
    pub(super) source: Source,
    pub(super) place: usize,
    page: Option<PageNumber>,
}

/// The page that an input stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PageNumber {
    /// Counted from 1.
    number: usize,
    /// Whether its file has more than one.
    several: bool,
}

/// Where the bytes come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Stdin,
    File,
    /// What comes only once and is read more than once.
    Memory(Arc<Vec<u8>>),
    /// A file that is read more than once.
    Shared(Arc<SharedFile>),
    Failed(Failure),
}

impl Input {
    /// Standard input.
    pub(super) fn stdin() -> Self {
        Self { name: "-".into(), shown: "standard input".into(), path: None, source: Source::Stdin, place: 0, page: None }
    }

    /// A file.
    pub(super) fn file(path: &Path) -> Self {
        let name = path.to_string_lossy().into_owned();
        let shown = if name.is_empty() { "\"\"".to_owned() } else { plain(&name).to_string() };
        Self { shown, name, path: Some(path.to_owned()), source: Source::File, place: 0, page: None }
    }

    /// A path that is no input; the problem follows its name.
    pub(super) fn failed(path: &Path, kind: &'static str, problem: &str) -> Self {
        Self::file(path).fail(kind, problem)
    }

    /// This input, which can't be had; the problem follows its name.
    pub(super) fn fail(self, kind: &'static str, problem: &str) -> Self {
        let failure = Failure::new(kind, format!("{}: {problem}", self.shown));
        Self { source: Source::Failed(failure), ..self }
    }

    /// The name for machines: the path as it was given or found; `-` for standard input. Bytes that are no UTF-8 are replaced.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name for people, fit for a terminal.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// The name in messages, with the page where a file has several.
    pub(crate) fn called(&self) -> Cow<'_, str> {
        match self.page.filter(|page| page.several) {
            Some(page) => format!("{}, page {}", self.shown, page.number).into(),
            None => self.shown.as_str().into(),
        }
    }

    /// Which of the inputs it is, counted from 0. All pages of a file have the same.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// The page to decode, counted from 1.
    pub(crate) fn page(&self) -> usize {
        self.page.map_or(1, |page| page.number)
    }

    /// The page for machines, where inputs are taken by pages.
    pub(crate) fn page_number(&self) -> Option<usize> {
        self.page.map(|page| page.number)
    }

    /// Whether it is one page of a file that has several.
    pub(crate) fn is_one_of_several(&self) -> bool {
        self.page.is_some_and(|page| page.several)
    }

    /// Its path, whether anything is there or not. None for standard input.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether it comes from standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.path.is_none()
    }

    /// Whether it is known already that it can't be had.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self.source, Source::Failed(_))
    }

    /// The file's name without folders and ending; `stdin` for standard input.
    pub(crate) fn stem(&self) -> &OsStr {
        self.path().and_then(Path::file_stem).unwrap_or(OsStr::new("stdin"))
    }

    /// All bytes of a picture. Of what does not begin as a picture only the beginning, which tells what it is instead.
    pub(crate) fn read(&self) -> Result<Arc<Vec<u8>>, Failure> {
        let read = match &self.source {
            Source::Failed(failure) => return Err(failure.clone()),
            Source::Memory(bytes) => return Ok(Arc::clone(bytes)),
            Source::Stdin => read_picture(&mut io::stdin().lock(), 0).map(Arc::new),
            Source::File => read_file(self.path().unwrap_or(Path::new(""))).map(Arc::new),
            Source::Shared(file) => file.read(),
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

    /// One page of this input, which has `several` or that one.
    pub(super) fn at_page(&self, number: usize, several: bool) -> Self {
        Self { page: Some(PageNumber { number, several }), ..self.clone() }
    }

    /// This input, fit to be read more than once: what comes only once, from a pipe for instance, is read now.
    pub(super) fn kept(mut self) -> Self {
        let again = match (&self.source, &self.path) {
            (Source::File, Some(path)) if fs::metadata(path).is_ok_and(|found| found.is_file()) => {
                Ok(Source::Shared(Arc::new(SharedFile::new(path.clone()))))
            }
            (Source::File | Source::Stdin, _) => self.read().map(Source::Memory),
            _ => return self,
        };
        self.source = again.unwrap_or_else(Source::Failed);
        self
    }

    /// Whether it begins as a TIFF does, the one form with pages. Asked of what can be read more than once.
    pub(super) fn begins_as_tiff(&self) -> bool {
        let mut start = [0; 4];
        let read = match (&self.source, &self.path) {
            (Source::Memory(bytes), _) => bytes.as_slice().read_exact(&mut start),
            (Source::Shared(_), Some(path)) => File::open(path).and_then(|mut file| file.read_exact(&mut start)),
            _ => return false,
        };
        read.is_ok() && matches!(&start, b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+")
    }
}

/// A file whose pages are inputs of their own: its bytes are in memory once, and only while one of them is being decoded.
#[derive(Debug)]
pub(super) struct SharedFile {
    path: PathBuf,
    bytes: Mutex<Weak<Vec<u8>>>,
}

impl SharedFile {
    fn new(path: PathBuf) -> Self {
        Self { path, bytes: Mutex::default() }
    }

    fn read(&self) -> io::Result<Arc<Vec<u8>>> {
        // Whoever else wants the bytes meanwhile waits for these.
        let mut held = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = held.upgrade() {
            return Ok(bytes);
        }
        let bytes = Arc::new(read_file(&self.path)?);
        *held = Arc::downgrade(&bytes);
        Ok(bytes)
    }
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let size = file.metadata().map_or(0, |about| about.len());
    read_picture(&mut file, size)
}

fn read_picture(from: &mut impl Read, size: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(SIGNATURE_LENGTH as u64).read_to_end(&mut bytes)?;
    let limit = if is_picture(&bytes) { MOST_BYTES } else { BEGINNING };
    let expected = usize::try_from(size.min(limit)).unwrap_or(0);
    bytes.try_reserve_exact(expected).map_err(|_| io::Error::from(ErrorKind::OutOfMemory))?;
    from.take(limit + 1 - SIGNATURE_LENGTH as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a file begins as a picture does.
pub(crate) fn begins_as_picture(path: &Path) -> io::Result<bool> {
    let mut beginning = Vec::new();
    File::open(path)?.take(SIGNATURE_LENGTH as u64).read_to_end(&mut beginning)?;
    Ok(is_picture(&beginning))
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
        // Of all formats, a bitmap takes the most bytes to be known.
        let bitmap = [b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0".as_slice(), &[0; 9000]].concat();
        assert_eq!(read_picture(&mut bitmap.as_slice(), 0).unwrap(), bitmap);
        assert_eq!(read_picture(&mut b"".as_slice(), 0).unwrap(), b"");
    }

    #[test]
    fn pages_under_way_together_share_the_bytes_of_their_file() {
        let input = Input::file(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cat.png"))).kept();
        let (first, second) = (input.read().unwrap(), input.clone().read().unwrap());
        assert!(Arc::ptr_eq(&first, &second));
        drop((first, second));
        let Source::Shared(file) = &input.source else { panic!("{input:?}") };
        assert!(file.bytes.lock().unwrap().upgrade().is_none());
    }
}
