//! `--save`: which files come to be, and which never change.

use std::fs;
use std::process::Stdio;

use crate::TASKS;
use crate::support::{CAT, Done, Sandbox, picture};

#[test]
fn files_and_folders() {
    for task in TASKS {
        let sandbox = Sandbox::with_pictures(&["x/a.ppm", "y/a.ppm"]);
        let save = |args: &[&str]| sandbox.task(task, &[&["-q"], args].concat());
        save(&["x/a.ppm", "--save", "one.png"]).status(0).silent();
        save(&["x/a.ppm", "y/a.ppm", "--save", "one.png", "--force"]).status(2).says(&["is one file", "2 inputs"]);
        save(&["x/a.ppm", "absent.ppm", "y/a.ppm", "--save", "out"]).status(1);
        let made: Vec<String> = sandbox.files().into_iter().filter(|name| name.contains(".png")).collect();
        assert_eq!(made, ["one.png".to_owned(), format!("out/a-2.{task}.png"), format!("out/a.{task}.png")]);
        save(&["x/a.ppm", "--save", "out"]).status(2).says(&["exists; --force overwrites it"]);
        save(&["x/a.ppm", "--save", "out", "--force"]).status(0);
    }
}

/// What one thread has finished is no business of another that is in the middle of its own.
#[test]
fn many_that_are_saved_side_by_side_are_all_there() {
    let names: Vec<String> = (0..200).map(|i| format!("in/{i}.ppm")).collect();
    let sandbox = Sandbox::with_pictures(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for _ in 0..3 {
        sandbox.cls(&["in", "--model", "textline-orientation", "--threads", "8", "--save", "out", "--force", "-q"]).status(0).silent();
        assert_eq!(fs::read_dir(sandbox.path("out")).unwrap().count(), 200);
        fs::remove_dir_all(sandbox.path("out")).unwrap();
    }
}

#[test]
fn an_input_is_never_overwritten_not_even_one_that_fails() {
    for task in TASKS {
        let sandbox = Sandbox::with_pictures(&["a.png"]);
        let broken = format!("a.{task}.png");
        sandbox.write(&broken, b"\x89PNG\r\n\x1a\nbroken");
        for args in [&["a.png", "--save", "a.png", "--force"][..], &["a.png", &broken, "--save", ".", "--force"]] {
            sandbox.task(task, args).status(2).says(&["is one of the inputs"]);
        }
        assert_eq!(fs::read(sandbox.path("a.png")).unwrap(), picture(0));
        assert_eq!(fs::read(sandbox.path(&broken)).unwrap(), b"\x89PNG\r\n\x1a\nbroken");
    }
}

/// A page that is not there makes an input that can't be had, and is the user's file all the same.
#[test]
fn a_named_file_without_the_page_that_is_asked_for_stays() {
    let sandbox = Sandbox::with_pictures(&["b.ocr.png"]);
    let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/imaging/tests/forms/pages.tif");
    fs::copy(pages, sandbox.path("b.tif")).unwrap();
    fs::rename(sandbox.path("b.ocr.png"), sandbox.path("b-p2.ocr.png")).unwrap();
    sandbox.task("ocr", &["b.tif", "b-p2.ocr.png", "--pages", "2", "--save", ".", "--force"]).status(2).says(&["is one of the inputs"]);
    assert_eq!(fs::read(sandbox.path("b-p2.ocr.png")).unwrap(), picture(0));
}

#[cfg(unix)]
#[test]
fn the_file_behind_standard_input_is_an_input() {
    for task in TASKS {
        let sandbox = Sandbox::with_pictures(&["a.png"]);
        let file = fs::File::open(sandbox.path("a.png")).unwrap();
        let done = Done::of(sandbox.vtk(&[task, "--save", "a.png", "--force"]).stdin(Stdio::from(file)));
        done.status(2).says(&["is one of the inputs"]);
        assert_eq!(fs::read(sandbox.path("a.png")).unwrap(), picture(0));
    }
}

#[test]
fn a_lost_input_takes_no_name() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    sandbox.write("out/nope.cls.png", "mine");
    let done = Done::fed(&mut sandbox.vtk(&["cls", "nope.png", "also-nope.png", "-", "a.ppm", "--save", "out"]), &picture(0)).status(1);
    assert!(done.err.contains("nope.png: no such file"), "{done:#?}");
    assert_eq!(sandbox.files(), ["a.ppm", "out/a.cls.png", "out/nope.cls.png", "out/stdin.cls.png"]);
}

#[cfg(unix)]
#[test]
fn a_name_as_long_as_names_can_be_is_saved() {
    let stem = "n".repeat(255 - ".cls.png".len());
    let sandbox = Sandbox::with_pictures(&[&format!("{stem}.ppm")]);
    sandbox.cls(&[&format!("{stem}.ppm"), "--save", "out"]).status(0);
    assert!(sandbox.path(&format!("out/{stem}.cls.png")).is_file());
}

/// A signal in the middle of a write: the shell stops the program by a pipe that takes long to be written.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_leaves_no_unfinished_file() {
    use std::time::{Duration, Instant};
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("in")).unwrap();
    for number in 0..40 {
        fs::copy(CAT, sandbox.path(&format!("in/{number}.png"))).unwrap();
    }
    let unfinished =
        || fs::read_dir(sandbox.path("out")).into_iter().flatten().flatten().any(|e| e.file_name().as_encoded_bytes().starts_with(b"."));
    for signal in ["INT", "TERM"] {
        let mut child = sandbox.vtk(&["cls", "in", "--save", "out", "--force", "-q"]).stdout(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while sandbox.path("out").read_dir().map_or(0, Iterator::count) == 0 && start.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(1));
        }
        let kill = std::process::Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        // It ends by the signal, so that a shell's loop ends with it.
        use std::os::unix::process::ExitStatusExt;
        assert!(child.wait().unwrap().signal().is_some());
        assert!(!unfinished(), "{signal}");
        fs::remove_dir_all(sandbox.path("out")).unwrap();
    }
}
