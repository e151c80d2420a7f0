//! Where results and messages go, in which form, and what happens when they can't.

use std::io::Read;
use std::process::Stdio;

use crate::support::{CAT, Done, Sandbox};

const FAST: [&str; 2] = ["--model", "page-orientation"];

#[test]
fn one_input_gives_the_bare_result_several_are_headed() {
    let sandbox = Sandbox::with_pictures(&["f/a.ppm", "f/b.ppm", "g/c.ppm"]);
    let text = |inputs: &[&str]| sandbox.cls(&[&FAST, inputs].concat()).status(0).silent().out;
    let a = text(&["f/a.ppm"]);
    let b = text(&["f/b.ppm"]);
    assert!(a.starts_with("page orientation") && a.lines().count() == 1, "{a}");
    assert_eq!(text(&["f/b.ppm", "f/a.ppm"]), format!("==> f/b.ppm <==\n{b}\n==> f/a.ppm <==\n{a}"));
    assert_eq!(text(&["f"]), format!("==> f/a.ppm <==\n{a}\n==> f/b.ppm <==\n{b}"));
    // Who names a folder has not named the picture in it.
    assert!(text(&["g"]).starts_with("==> g/c.ppm <==\n"));
}

#[test]
fn json_is_one_compact_object_a_line_in_the_order_of_inputs() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    let done = sandbox.cls(&[&FAST[..], &["--json", "b.ppm", "absent.ppm", "a.ppm"]].concat()).status(1);
    assert_eq!(done.names(), ["b.ppm", "absent.ppm", "a.ppm"]);
    let lines = done.json();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&lines[0]), ["input", "model", "classes"]);
    assert_eq!(lines[0]["model"], "page-orientation");
    assert_eq!(keys(&lines[0]["classes"][0]), ["index", "label", "score"]);
    assert_eq!(keys(&lines[1]), ["input", "error"]);
    assert_eq!(keys(&lines[1]["error"]), ["kind", "message"]);
    assert_eq!(lines[1]["error"]["kind"], "not-found");
    // Never pretty-printed.
    let compact: Vec<String> = lines.iter().map(ToString::to_string).collect();
    assert_eq!(done.out.lines().collect::<Vec<_>>(), compact, "{done:#?}");
    assert!(done.out.starts_with(r#"{"input":"b.ppm","model":"page-orientation","classes":[{"index":"#), "{done:#?}");
    let long = sandbox.cls(&[&FAST[..], &["--format", "json", "b.ppm", "absent.ppm", "a.ppm"]].concat()).status(1);
    assert_eq!(long.out, done.out);
}

#[test]
fn scores_are_fractions_and_come_best_first() {
    let done = Sandbox::new().cls(&["--json", "--topk", "1000", CAT]).status(0);
    let scores: Vec<f64> = done.json()[0]["classes"].as_array().unwrap().iter().map(|c| c["score"].as_f64().unwrap()).collect();
    assert_eq!(scores.len(), 1000);
    assert!(scores.is_sorted_by(|a, b| a >= b));
    assert!((scores.iter().sum::<f64>() - 1.0).abs() < 1e-4);
    // 32-bit numbers print as such, without digits that they don't have.
    assert!(done.out.split("\"score\":").skip(1).all(|rest| rest.find('}').unwrap() < 16), "{}", done.out);
}

#[cfg(unix)]
#[test]
fn control_characters_never_reach_a_terminal() {
    let name = "a\u{1b}[31m\u{9b}2J\nb.ppm";
    let sandbox = Sandbox::with_pictures(&[name, "c.ppm"]);
    sandbox.write("bad\u{1b}c.png", "text");
    for format in ["text", "json"] {
        let done = sandbox.cls(&[&FAST[..], &["--format", format, name, "c.ppm", "bad\u{1b}c.png"]].concat()).status(1);
        for text in [&done.out, &done.err] {
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        }
        match format {
            "text" => assert!(done.out.starts_with("==> a\\u{1b}[31m\\u{9b}2J\\nb.ppm <==\n"), "{done:#?}"),
            _ => assert_eq!(done.names(), [name, "c.ppm", "bad\u{1b}c.png"]),
        }
    }
}

#[test]
fn control_characters_of_a_slip_are_not_repeated() {
    let done = Sandbox::new().cls(&["--no\u{202e}\u{1b}[31m", "x"]).status(2).says(&["--no\\u{202e}"]);
    assert!(!done.err.contains(['\u{1b}', '\u{202e}']), "{done:#?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let names: Vec<String> = (0..40).map(|i| format!("{i}.ppm")).collect();
    let sandbox = Sandbox::with_pictures(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for args in [&["cls", ".", "--model", "page-orientation"][..], &["completions", "bash"], &["--help"]] {
        let mut child = sandbox.vtk(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut err = String::new();
        child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    for args in [&["cls", "a.ppm"][..], &["cls", "--json", "a.ppm"], &["completions", "zsh"], &["man"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let done = Done::of(sandbox.vtk(args).stdout(full)).status(2);
        assert!(done.err.starts_with("error: cannot write to standard output: "), "{done:#?}");
        assert_eq!(done.err.lines().count(), 1, "{done:#?}");
    }
}

#[test]
fn verbose_says_what_is_used_and_quiet_nothing() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    let plain = sandbox.cls(&[&FAST[..], &["a.ppm", "b.ppm"]].concat()).status(0).silent();
    let loud = sandbox.cls(&[&FAST[..], &["-v", "--threads", "3", "a.ppm", "b.ppm"]].concat()).status(0);
    let loud =
        loud.says(&["instruction set: ", "threads: 3", "model: page-orientation (", "SHA-256 ", "network: pplcnet-x1.0", "recipe: "]);
    let hash = loud.err.split("SHA-256 ").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{loud:#?}");
    assert_eq!(loud.out, plain.out);
    // Errors are said all the same.
    sandbox.cls(&[&FAST[..], &["-q", "a.ppm", "absent.ppm"]].concat()).status(1).says(&["error: absent.ppm"]);
    sandbox.cls(&["-q", "-v", "a.ppm"]).status(2);
}

#[test]
fn timing_goes_to_standard_error_and_names_the_stages() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    let done = sandbox.cls(&[&FAST[..], &["--json", "--timing", "a.ppm", "b.ppm", "--save", "out"]].concat()).status(0);
    assert_eq!(done.names(), ["a.ppm", "b.ppm"]);
    let stages = ["load model", "plan network", "decode picture", "prepare", "run network", "decode results", "draw and save"];
    for (stage, times) in stages.iter().zip([1, 1, 2, 2, 2, 2, 2]) {
        let line = done.err.lines().find(|line| line.starts_with(stage)).unwrap_or_else(|| panic!("{stage}: {done:#?}"));
        assert_eq!(line[stage.len()..].split_whitespace().next(), Some(times.to_string().as_str()), "{line}");
    }
    assert!(done.err.contains("first result after "), "{done:#?}");
}
