//! What goes wrong: pictures one by one and with exit status 1, models and slips of the finger at once and with 2.

use std::fs;

use crate::support::{Sandbox, case};

const FAST: [&str; 2] = ["--model", "page-orientation"];

#[test]
fn one_bad_picture_among_good_ones_is_named_and_the_good_are_answered() {
    let sandbox = Sandbox::with_pictures(&["f/1.ppm", "f/3.ppm", "f/10.ppm"]);
    sandbox.write("f/2.jpg", case("decode-broken/half.jpg"));
    let done = sandbox.cls(&[&FAST[..], &["f"]].concat()).status(1).says(&["error: f/2.jpg: ", "cut short"]);
    let heads: Vec<&str> = done.out.lines().filter(|line| line.starts_with("==>")).collect();
    assert_eq!(heads, ["==> f/1.ppm <==", "==> f/3.ppm <==", "==> f/10.ppm <=="]);
    assert_eq!(done.err.lines().count(), 1, "{done:#?}");
    let json = sandbox.cls(&[&FAST[..], &["--json", "f"]].concat()).status(1);
    assert_eq!(json.names(), ["f/1.ppm", "f/2.jpg", "f/3.ppm", "f/10.ppm"]);
    assert_eq!(json.json()[1]["error"]["kind"], "truncated");
}

#[test]
fn every_kind_of_bad_picture_says_what_it_is() {
    let sandbox = Sandbox::new();
    sandbox.write("truncated.jpg", case("decode-broken/half.jpg"));
    sandbox.write("text.jpg", "this was never a picture\n");
    sandbox.write("huge.png", case("decode-broken/claims-60000x60000.png"));
    sandbox.write("empty.jpg", "");
    sandbox.write("scan.pdf", "%PDF-1.7\n...");
    sandbox.write("half.png", case("decode-broken/half.png"));
    let expected = [
        ("truncated.jpg", "truncated", "get a complete copy"),
        ("text.jpg", "not-a-picture", "it is a text file"),
        ("huge.png", "too-large", "60000 × 60000"),
        ("empty.jpg", "empty", "the file is empty"),
        ("scan.pdf", "not-a-picture", "PDF"),
        ("half.png", "truncated", "cut short"),
        ("absent.jpg", "not-found", "no such file"),
    ];
    let names = expected.map(|(name, ..)| name);
    let done = sandbox.cls(&[&FAST[..], &["--json"], &names].concat()).status(1);
    assert_eq!(done.names(), names);
    for (line, (name, kind, part)) in done.json().iter().zip(expected) {
        let (found, message) = (line["error"]["kind"].as_str().unwrap(), line["error"]["message"].as_str().unwrap());
        assert!(found == kind && message.starts_with(name) && message.contains(part), "{line}");
        assert!(done.err.contains(&format!("error: {message}\n")), "{done:#?}");
    }
    // Each alone, as text: nothing but the message.
    for (name, _, part) in expected {
        let alone = sandbox.cls(&[&FAST[..], &[name]].concat()).status(1).says(&[name, part]);
        assert_eq!((alone.out.as_str(), alone.err.lines().count()), ("", 1), "{alone:#?}");
    }
}

#[test]
fn the_limit_of_pixels_can_be_moved() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    sandbox.cls(&[&FAST[..], &["a.ppm", "--max-pixels", "191"]].concat()).status(1).says(&["16 × 12 pixels, above the limit of 191"]);
    sandbox.cls(&[&FAST[..], &["a.ppm", "--max-pixels", "192"]].concat()).status(0);
}

#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_an_error_even_in_a_folder() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::with_pictures(&["f/a.ppm", "f/b.ppm"]);
    fs::set_permissions(sandbox.path("f/a.ppm"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(sandbox.path("f/a.ppm")).is_ok() {
        eprintln!("skipped: this user may read everything, so nothing was tested");
        return;
    }
    let done = sandbox.cls(&[&FAST[..], &["--json", "f"]].concat()).status(1).says(&["f/a.ppm: cannot be read"]);
    assert_eq!(done.names(), ["f/a.ppm", "f/b.ppm"]);
}

#[test]
fn slips_of_the_finger_end_with_2() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    sandbox.cls(&["a.ppm", "--jsn"]).status(2).says(&["--jsn", "--json"]);
    sandbox.cls(&["a.ppm", "--threads", "many"]).status(2).says(&["--threads", "many"]);
    sandbox.cls(&["a.ppm", "--format", "xml"]).status(2).says(&["--format", "xml", "json"]);
    sandbox.cls(&["a.ppm", "--arch", "pplcnett-x0.5"]).status(2).says(&["--arch", "pplcnett-x0.5"]);
    sandbox.cls(&["a.ppm", "--arch", "pplcnet-x0.5:colour=1"]).status(2).says(&["--arch", "colour", "act"]);
    sandbox.cls(&["a.ppm", "--force"]).status(2).says(&["--save"]);
}

#[test]
fn a_model_that_is_missing_or_broken_ends_with_2() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    let run = |model: &str| {
        let done = sandbox.cls(&["a.ppm", "--json", "--model", model]).status(2);
        assert_eq!(done.out, "", "{done:#?}");
        done
    };
    run("page-orientaton").says(&["error: no model and no file is named `page-orientaton`", "page-orientation"]);
    run("zzz").says(&["`zzz`", "vtk models list"]);
    run("absent.onnx").says(&["absent.onnx: no such file"]);
    run("./").says(&["not a regular file"]);
    // Known, but not here: nothing is fetched, the ways to get it are named.
    run("page-orientation-onnx").says(&["page-orientation-onnx", "no-models", "vtk models pull page-orientation-onnx"]);
    assert_eq!(sandbox.files(), ["a.ppm"]);
    for (name, bytes) in [("empty.safetensors", &b""[..]), ("text.pdparams", b"hello"), ("cut.onnx", b"\x08\x07\x12\x99")] {
        sandbox.write(name, bytes);
        run(name).says(&[&format!("error: {name}")]);
    }
}

#[test]
fn a_model_is_looked_at_before_pictures_are() {
    let sandbox = Sandbox::new();
    let done = sandbox.cls(&["absent.jpg", "--model", "zzz"]).status(2).says(&["`zzz`"]);
    assert!(!done.err.contains("absent.jpg"), "{done:#?}");
}
