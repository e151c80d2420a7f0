//! Where results and messages go, in which form, and what happens when they can't.

use std::io::Read;
use std::process::Stdio;

use crate::support::{CAT, Done, Sandbox};
use crate::{FORMS, TASKS};

#[test]
fn one_input_gives_the_bare_result_several_are_headed() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    for task in TASKS {
        assert!(!sandbox.task(task, &[CAT]).status(0).out.contains("==>"), "{task}");
        let several = sandbox.task(task, &["a.ppm", "absent.ppm", "b.ppm"]).status(1).out;
        let heads: Vec<&str> = several.lines().filter(|line| line.starts_with("==>")).collect();
        assert_eq!(heads, ["==> a.ppm <==", "==> b.ppm <=="], "{task}");
    }
}

#[test]
fn json_is_an_object_an_input_in_their_order_and_a_failure_in_its_place() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    sandbox.write("text.png", "text");
    for task in TASKS {
        let done = sandbox.task(task, &["--json", "b.ppm", "absent.ppm", "text.png", "a.ppm"]).status(1);
        assert_eq!(done.names(), ["b.ppm", "absent.ppm", "text.png", "a.ppm"]);
        let lines = done.json();
        for (line, kind) in [(&lines[1], "not-found"), (&lines[2], "not-a-picture")] {
            assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), ["input", "error"], "{task}");
            assert_eq!(line["error"].as_object().unwrap().keys().collect::<Vec<_>>(), ["kind", "message"], "{task}");
            assert_eq!(line["error"]["kind"], kind);
        }
        assert!(lines[0]["model"].is_string() && lines[0]["error"].is_null(), "{task}");
        assert_eq!(done.out.lines().collect::<Vec<_>>(), lines.iter().map(ToString::to_string).collect::<Vec<_>>(), "not compact");
        assert_eq!(sandbox.task(task, &["--format", "json", "b.ppm", "absent.ppm", "text.png", "a.ppm"]).status(1).out, done.out);
        // Both at once say the same; of two that contradict each other, the later counts.
        assert_eq!(sandbox.task(task, &["--format", "text", "--json", "--format", "json", "b.ppm"]).status(0).names(), ["b.ppm"]);
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let names: Vec<String> = (0..6).map(|i| format!("{i}.ppm")).collect();
    let sandbox = Sandbox::with_pictures(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for task in TASKS {
        let with = |threads: &str| sandbox.task(task, &["--json", "--threads", threads, ".", CAT]).status(0).out;
        let one = with("1");
        assert_eq!(one.lines().count(), 7);
        assert!(one == with("0") && one == with("3"), "{task}");
        sandbox.task(task, &["--threads", "-1", CAT]).status(2).says(&["0 (all cores) to 1024"]);
        sandbox.task(task, &["--threads", "many", CAT]).status(2).says(&["0 (all cores) to 1024"]);
    }
}

#[test]
fn quiet_verbose_and_timing() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    for task in TASKS {
        let quiet = sandbox.task(task, &["-q", "a.ppm"]).status(0).silent();
        let loud = sandbox.task(task, &["-v", "--timing", "a.ppm"]).status(0);
        let loud =
            loud.says(&["instruction set: ", "threads: ", "model: ", "SHA-256 ", "recipe: ", "decode picture", "first result after"]);
        assert_eq!(loud.out, quiet.out, "{task}");
        sandbox.task(task, &["-q", "absent.ppm"]).status(1).says(&["error: absent.ppm: no such file"]);
    }
}

#[test]
fn finding_nothing_is_no_failure_unless_that_is_asked_for() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    for task in ["det", "ocr"] {
        assert_eq!(sandbox.task(task, &["a.ppm"]).status(0).says(&["note: "]).out, "", "{task}");
        sandbox.task(task, &["--fail-if-empty", "a.ppm"]).status(1);
    }
    for task in TASKS {
        std::fs::create_dir_all(sandbox.path("bare")).unwrap();
        sandbox.task(task, &["--fail-if-empty", "bare"]).status(1);
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    std::fs::copy(CAT, sandbox.path("cat.png")).unwrap();
    for [task, form] in FORMS {
        let mut command = sandbox.vtk(&[task, "-q", "--format", form, "cat.png", "a.ppm", "cat.png", "a.ppm"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{task} {form}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let sandbox = Sandbox::new();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let receipt = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/receipt.png");
    let commands = FORMS.iter().map(|[task, form]| vec![*task, "--format", form, if *task == "ocr" { receipt } else { CAT }]);
    for args in commands.chain([vec!["--help"], vec!["--version"], vec!["doctor"]]) {
        let done = Done::of(sandbox.vtk(&args).stdout(full())).status(2);
        assert!(done.err.starts_with("error: cannot write to standard output: "), "{args:?}: {done:#?}");
    }
}

/// Progress is for terminals: everywhere else the tests above find standard error empty.
#[cfg(target_os = "linux")]
#[test]
fn progress_shows_on_a_terminal_for_more_than_one_picture() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm", "c.ppm"]);
    for task in TASKS {
        let in_terminal = |args: &str| {
            let command = format!("'{}' {task} --json {args} >/dev/null", env!("CARGO_BIN_EXE_vtk"));
            let mut script = std::process::Command::new("script");
            script.args(["-qec", &command, "/dev/null"]).current_dir(sandbox.path("")).stdin(Stdio::null()).env("TERM", "xterm");
            script.output().ok().filter(|output| output.status.success()).map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let Some(several) = in_terminal("a.ppm b.ppm c.ppm") else {
            eprintln!("skipped: the program `script` is not here, so nothing was tested");
            return;
        };
        assert!(several.contains("of 3"), "{task}: {several:?}");
        assert_eq!(in_terminal("a.ppm").as_deref(), Some(""), "{task}");
        assert_eq!(in_terminal("-q a.ppm b.ppm c.ppm").as_deref(), Some(""), "{task}");
    }
}

#[test]
fn help_is_there_in_every_way_it_is_asked_for() {
    let sandbox = Sandbox::new();
    for task in TASKS {
        let long = Done::of(&mut sandbox.vtk(&[task, "--help"])).status(0).out;
        assert_eq!(Done::of(&mut sandbox.vtk(&["help", task])).status(0).out, long);
        let page = Done::of(&mut sandbox.vtk(&["man", task])).status(0).out;
        assert!(long.contains("Usage: vtk") && page.starts_with(".ie"), "{page}");
    }
}
