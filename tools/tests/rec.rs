//! `vtk eval rec` as a whole: its figures, and what it says where something is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use vtk_backbone::{KeyMap, Toolkit};
use vtk_golden::synthetic;
use vtk_nn::Network;
use vtk_ocr::recognize::RecognizerConfig;

/// A folder of a test's own, gone afterwards.
struct Folder(PathBuf);

/// How a run ended, and what it said.
struct Done {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rec-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    /// Runs the command in this folder.
    fn eval(&self, args: &[&str]) -> Done {
        let mut vtk = Command::new(env!("CARGO_BIN_EXE_vtk"));
        let done = vtk.args(["eval", "rec"]).args(args).current_dir(&self.0).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done { status: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
    }

    /// With a recognizer of no meaning, its five characters, and a list of two words.
    fn prepared(name: &str) -> Self {
        let folder = Self::new(name);
        let config = RecognizerConfig { classes: 7, hidden: 4, ..SMALL.parse().unwrap() };
        let keys = KeyMap::new(Toolkit::PaddleOcrRec).with_prefix("backbone.");
        let wanted =
            Network::wanted([1, 3, 32, 320], |net, x| Ok(vec![("logits".to_owned(), config.grow(net, x, &keys)?.logits)])).unwrap();
        let weights = synthetic::checkpoint(&wanted, 3, &Default::default(), &Default::default()).unwrap();
        folder.write("model.safetensors", weights.to_safetensors().unwrap());
        folder.write("five.txt", "a\nb\nc\nd\ne\n");
        folder.write("1.ppm", picture(60, 20));
        folder.write("2.ppm", picture(500, 24));
        folder.write("labels.tsv", "1.ppm\tWord one\n2.ppm\ttwo\n");
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SMALL: &str = "ppocr-rec+pplcnet-x0.25";

fn picture(width: usize, height: usize) -> Vec<u8> {
    let mut file = format!("P6\n{width} {height}\n255\n").into_bytes();
    file.extend((0..width * height * 3).map(|i| (i / 21 * 97 % 256) as u8));
    file
}

#[test]
fn a_report_is_the_last_line() {
    let folder = Folder::prepared("report");
    // The file does not say what it is: its keys do.
    let model = ["--model", "model.safetensors", "--dict", "five.txt", "--data", "labels.tsv"];
    let done = folder.eval(&[&model[..], &["--json", "--threads", "2"]].concat());
    assert_eq!((done.status, done.err.as_str()), (Some(0), ""), "{}", done.out);
    let report: Value = serde_json::from_str(done.out.lines().last().unwrap()).unwrap();
    assert_eq!((&report["n"], &report["failed"], &report["model"]), (&2.into(), &0.into(), &"model.safetensors".into()), "{report}");
    assert!(report["ms_per_item"].as_f64().unwrap() > 0.0 && report["cer"].as_f64().unwrap() > 0.0, "{report}");
    assert!(["accuracy", "exact"].iter().all(|rate| (0.0..=1.0).contains(&report[rate].as_f64().unwrap())), "{report}");
    let text = folder.eval(&[&model[..], &["--arch", SMALL, "-v"]].concat());
    assert!(text.out.starts_with("model.safetensors: 2 words, ") && text.out.contains(" ms per word"), "{}", text.out);
    assert!(text.err.contains(&format!("network: {SMALL}")) && text.err.contains("7 classes"), "{}", text.err);
}

#[test]
fn a_picture_that_cannot_be_read_is_named_and_left_out() {
    let folder = Folder::prepared("picture");
    folder.write("text.png", "no picture");
    folder.write("labels.tsv", "absent.png\tx\n1.ppm\tword\ntext.png\ty\n");
    let done = folder.eval(&["--model", "model.safetensors", "--dict", "five.txt", "--data", "labels.tsv", "--json"]);
    assert_eq!(done.status, Some(1), "{}", done.err);
    assert!(done.err.contains("error: absent.png: ") && done.err.contains("error: text.png: "), "{}", done.err);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!((&report["n"], &report["failed"]), (&1.into(), &2.into()));
}

#[test]
fn what_is_wrong_ends_with_2() {
    let folder = Folder::prepared("wrong");
    folder.write("bad.tsv", "1.ppm\tgood\nno tab\n");
    folder.write("empty.tsv", "\n");
    folder.write("four.txt", "a\nb\nc\nd\n\u{e9}\nf\ng\nh");
    folder.write("list.yml", "character_dict:\n- 'a\n");
    let model = ["--model", "model.safetensors"];
    let with = |list: &'static str, more: &[&'static str]| [&model[..], &["--data", list], more].concat();
    let dict = ["--dict", "five.txt"];
    for (args, parts) in [
        (with("absent.tsv", &dict), vec!["absent.tsv", "cannot be read"]),
        (with("bad.tsv", &dict), vec!["bad.tsv, line 2", "no tab"]),
        (with("empty.tsv", &dict), vec!["empty.tsv", "holds no picture"]),
        (with("labels.tsv", &[]), vec!["model.safetensors", "7 classes", "--dict"]),
        (with("labels.tsv", &["--dict", "absent.txt"]), vec!["absent.txt", "cannot be read"]),
        (with("labels.tsv", &["--dict", "four.txt"]), vec!["four.txt", "8 characters", "7 classes"]),
        (with("labels.tsv", &["--dict", "list.yml"]), vec!["list.yml", "line 2"]),
        (with("labels.tsv", &["--arch", "ppocr-v2-det"]), vec!["--arch", "ppocr-mobile-v2.0-rec"]),
        (with("labels.tsv", &["--arch", "ppocr-v2-rec", "--dict", "five.txt"]), vec!["model.safetensors", "backbone.conv1._conv.weight"]),
        (vec!["--model", "ppocr-v9-rec", "--data", "labels.tsv"], vec!["ppocr-v9-rec", "ppocr-v5-rec"]),
        (vec!["--model", ".", "--data", "labels.tsv"], vec!["not a regular file"]),
        (vec!["--model", "five.txt", "--data", "labels.tsv"], vec!["five.txt"]),
        (vec![], vec!["--data"]),
    ] {
        let done = folder.eval(&args);
        assert_eq!((done.status, done.out.as_str()), (Some(2), ""), "{args:?}: {}", done.err);
        assert!(!done.err.contains("panicked"), "{args:?}: {}", done.err);
        for part in parts {
            assert!(done.err.contains(part), "{args:?}: {part:?} is missing: {}", done.err);
        }
    }
}
