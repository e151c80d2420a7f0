//! A folder to run the program in, small pictures, and what came out. Shared by the tests of all tasks.
#![allow(dead_code, reason = "the tests of each task use a part of it")]

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// The sample photos, the sample page and the repository's reference cases.
pub(crate) const CAT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cat.png");
pub(crate) const STREET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/street.jpg");
pub(crate) const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/page.png");
const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../reference/cases/preprocess");

/// A file of the reference cases about pictures.
pub(crate) fn case(file: &str) -> Vec<u8> {
    fs::read(Path::new(CASES).join(file)).unwrap()
}

/// An empty folder that goes away with it.
pub(crate) struct Sandbox(PathBuf);

impl Sandbox {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("vtk-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// A sandbox with a small picture under each of these names.
    pub(crate) fn with_pictures(names: &[&str]) -> Self {
        let sandbox = Self::new();
        names.iter().enumerate().for_each(|(i, name)| sandbox.picture(name, i));
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn picture(&self, name: &str, number: usize) {
        self.write(name, picture(number));
    }

    /// All files below, by their names from here, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        fn collect(folder: &Path, root: &Path, into: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(&path, root, into);
                } else {
                    into.push(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
                }
            }
        }
        let mut files = Vec::new();
        collect(&self.0, &self.0, &mut files);
        files.sort();
        files
    }

    /// `vtk`, to be run in this folder, with nothing on standard input and no models pulled.
    pub(crate) fn vtk<S: AsRef<OsStr>>(&self, args: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vtk"));
        command.args(args).current_dir(&self.0).env("VTK_HOME", self.0.join("no-models")).stdin(Stdio::null());
        command
    }

    /// Runs `vtk cls` with these arguments.
    pub(crate) fn cls<S: AsRef<OsStr>>(&self, args: &[S]) -> Done {
        self.task("cls", args)
    }

    /// Runs `vtk det` with these arguments.
    pub(crate) fn det<S: AsRef<OsStr>>(&self, args: &[S]) -> Done {
        self.task("det", args)
    }

    /// Runs a task with these arguments.
    pub(crate) fn task<S: AsRef<OsStr>>(&self, task: &str, args: &[S]) -> Done {
        let all: Vec<&OsStr> = std::iter::once(OsStr::new(task)).chain(args.iter().map(AsRef::as_ref)).collect();
        Done::of(&mut self.vtk(&all))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A picture of 16 × 12 pixels, another one for each number.
pub(crate) fn picture(number: usize) -> Vec<u8> {
    let mut bytes = b"P6 16 12 255\n".to_vec();
    bytes.extend((0..16 * 12 * 3).map(|i| (i * (7 + number * 5) + number * 40) as u8));
    bytes
}

/// What a run has left.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn of(command: &mut Command) -> Self {
        Self::from(command.output().unwrap())
    }

    /// The same with bytes on standard input.
    pub(crate) fn fed(command: &mut Command, input: &[u8]) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that fails early does not read it all.
        let _ = child.stdin.take().unwrap().write_all(input);
        Self::from(child.wait_with_output().unwrap())
    }

    /// Asserts the exit status.
    pub(crate) fn status(self, expected: i32) -> Self {
        assert_eq!(self.status, Some(expected), "{self:#?}");
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self
    }

    /// Asserts that standard error says all of this.
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is missing: {self:#?}");
        }
        self
    }

    /// Asserts that standard error is empty.
    pub(crate) fn silent(self) -> Self {
        assert_eq!(self.err, "", "{self:#?}");
        self
    }

    /// The lines of JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// The `input` of each line of JSON.
    pub(crate) fn names(&self) -> Vec<String> {
        self.json().iter().map(|line| line["input"].as_str().unwrap().replace('\\', "/")).collect()
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
