//! What can be named.

use std::fs::{self, OpenOptions};
use std::io::IsTerminal;
use std::path::Path;

use crate::TASKS;
use crate::support::{Done, Sandbox};

/// A bitmap without compression.
fn bitmap(width: u32, height: u32) -> Vec<u8> {
    let pixels: Vec<u8> = (0..width * height * 3).map(|i| (i % 251) as u8).collect();
    let mut file = b"BM".to_vec();
    for value in [54 + pixels.len() as u32, 0, 54, 40, width, height, 1 | 24 << 16, 0, 0, 0, 0, 0, 0] {
        file.extend(value.to_le_bytes());
    }
    file.extend(pixels);
    file
}

/// A sandbox with a folder of every format, under names that say nothing; most larger than what is read of other files.
fn formats() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/imaging/tests/forms");
    let take = |name: &str| fs::read(cases.join(name)).unwrap();
    let padded = |mut bytes: Vec<u8>, tail: &[u8]| {
        // Behind the picture's end any bytes may follow, in these formats.
        bytes.extend(std::iter::repeat_n(tail, 5000).flatten());
        bytes
    };
    let files = [
        ("bmp", bitmap(64, 48)),
        ("gif", padded(take("animated.gif"), b"\0")),
        ("jpeg", fs::read(crate::support::STREET).unwrap()),
        ("png", fs::read(crate::support::CAT).unwrap()),
        ("pnm", [b"P6 64 48 255\n".as_slice(), &[99; 64 * 48 * 3]].concat()),
        ("tiff", padded(take("pages.tif"), b"\0")),
        ("webp", take("animated.webp")),
    ];
    for (name, bytes) in &files {
        sandbox.write(&format!("f/{name}"), bytes);
    }
    let names = files.iter().map(|(name, _)| format!("f/{name}")).collect();
    (sandbox, names)
}

/// The inputs of a run in which all is well, each once: `ocr` has an object for each page.
fn answered(done: Done) -> Vec<String> {
    let mut names = done.status(0).names();
    names.dedup();
    names
}

#[test]
fn every_format_is_known_by_its_content_in_a_folder_named_and_from_standard_input() {
    let (sandbox, names) = formats();
    sandbox.write("f/notes.png", "no picture");
    sandbox.write("f/bmw.txt", format!("BMW{}", " built this".repeat(1000)));
    for task in TASKS {
        assert_eq!(answered(sandbox.task(task, &["--json", "f"])), names, "{task}");
        let named: Vec<&str> = std::iter::once("--json").chain(names.iter().map(String::as_str)).collect();
        assert_eq!(answered(sandbox.task(task, &named)), names, "{task}");
        for name in &names {
            let bytes = fs::read(sandbox.path(name)).unwrap();
            let fed = Done::fed(&mut sandbox.vtk(&[task, "--json", "-"]), &bytes);
            assert_eq!(answered(fed), ["-"], "{task} {name}");
        }
    }
}

#[test]
fn what_is_no_picture_is_skipped_in_a_folder_and_an_error_where_it_is_named() {
    let sandbox = Sandbox::with_pictures(&["f/a.ppm"]);
    sandbox.write("f/notes.txt", "notes");
    for task in TASKS {
        assert_eq!(sandbox.task(task, &["--json", "f"]).status(0).names(), ["f/a.ppm"]);
        let done = sandbox.task(task, &["--json", "f/notes.txt", "f"]).status(1).says(&["f/notes.txt: not a picture"]);
        assert_eq!(done.names(), ["f/notes.txt", "f/a.ppm"]);
        assert_eq!(done.json()[0]["error"]["kind"], "not-a-picture");
    }
}

#[test]
fn names_patterns_folders_and_the_folders_inside_them_come_in_natural_order() {
    let sandbox = Sandbox::with_pictures(&["f/p10.ppm", "f/p2.ppm", "f/in/q.ppm", "f/.hidden.ppm", "photo[1].ppm"]);
    for task in TASKS {
        let names = |args: &[&str]| sandbox.task(task, &[&["--json"], args].concat()).status(0).names();
        assert_eq!(names(&["photo[1].ppm"]), ["photo[1].ppm"]);
        assert_eq!(names(&["f/p*.ppm"]), ["f/p2.ppm", "f/p10.ppm"]);
        assert_eq!(names(&["f"]), ["f/p2.ppm", "f/p10.ppm"]);
        assert_eq!(names(&["-r", "f"]), ["f/in/q.ppm", "f/p2.ppm", "f/p10.ppm"]);
    }
}

#[cfg(unix)]
#[test]
fn no_input_on_a_terminal_prints_short_help() {
    for task in TASKS {
        // The master side of a pseudo-terminal is a terminal itself.
        let terminal = OpenOptions::new().read(true).write(true).open("/dev/ptmx");
        let Some(terminal) = terminal.ok().filter(IsTerminal::is_terminal) else {
            eprintln!("skipped: no pseudo-terminal is to be had here, so nothing was tested");
            return;
        };
        let usage = format!("Usage: vtk {task}");
        let done = Done::of(Sandbox::new().vtk(&[task]).stdin(terminal)).status(2).says(&[&usage, "--model"]);
        assert_eq!(done.out, "");
        assert!(!done.err.contains("Possible values:"), "the long help: {done:#?}");
    }
}

/// A pipe is read once, whatever its name is.
#[cfg(unix)]
#[test]
fn a_pipe_by_name_is_an_input() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    for task in TASKS {
        let done = Done::fed(&mut sandbox.vtk(&[task, "--json", "/dev/stdin"]), &crate::support::picture(0)).status(0);
        assert_eq!(done.names(), ["/dev/stdin"]);
    }
}

#[test]
fn a_pattern_with_many_ways_to_the_same_file_ends() {
    let deep = "deep/".repeat(20);
    let sandbox = Sandbox::with_pictures(&[&format!("{deep}a.ppm")]);
    let pattern = format!("{}a.ppm", "**/".repeat(12));
    assert_eq!(sandbox.cls(&["--json", &pattern]).status(0).names(), [format!("{deep}a.ppm")]);
}

#[test]
fn a_file_with_a_name_like_a_flag_is_told_from_one() {
    let sandbox = Sandbox::with_pictures(&["-dash.ppm"]);
    for task in TASKS {
        sandbox.task(task, &["-dash.ppm"]).status(2).says(&["./-dash.ppm"]);
        sandbox.task(task, &["./-dash.ppm"]).status(0);
    }
    sandbox.cls(&[""]).status(1).says(&["\"\": no such file"]);
}
