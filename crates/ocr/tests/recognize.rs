//! What a recognizer promises beyond its numbers: any line, any order, any threads; files as others write them.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use vtk_backbone::{KeyMap, Toolkit};
use vtk_imaging::{RgbImage, Size};
use vtk_kernels::Threads;
use vtk_nn::Network;
use vtk_ocr::recognize::{DictionaryText, LoadOptions, Reading, RecognizeOptions, RecognizerConfig, TextRecognizer};
use vtk_weights::{Checkpoint, Tensor};

/// A quick one.
const SMALL: &str = "ppocr-rec+pplcnet-x0.25";

/// Weights of a recognizer of 7 classes with numbers of no meaning.
fn weights(arch: &str) -> Checkpoint {
    let config = RecognizerConfig { classes: 7, hidden: 8, ..arch.parse().unwrap() };
    let keys = KeyMap::new(Toolkit::PaddleOcrRec).with_prefix("backbone.");
    let grow = |net: &mut vtk_nn::NetBuilder<'_>, x| Ok(vec![("logits".to_owned(), config.grow(net, x, &keys)?.logits)]);
    let mut made = Checkpoint::new();
    for (key, shape) in Network::wanted([1, 3, 32, 320], grow).unwrap() {
        let mut state = key.bytes().fold(7u64, |sum, b| sum.wrapping_mul(31).wrapping_add(u64::from(b)));
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        };
        let numbers: usize = shape.iter().product();
        let is_scale = ["_variance", "norm.weight", "bn.weight"].iter().any(|end| key.ends_with(end));
        let inputs = shape[1..].iter().product::<usize>() as f32;
        // A head that answers loudly, so that small differences are heard.
        let spread = if key == "head.fc2.weight" {
            40.0
        } else if shape.len() > 1 {
            3.0 / inputs.sqrt()
        } else {
            0.1
        };
        let values: Vec<f32> = (0..numbers).map(|_| uniform() * spread + f32::from(u8::from(is_scale))).collect();
        made.insert(key, Tensor::from_f32(&shape, &values).unwrap());
    }
    made.set_metadata("arch", arch);
    made.set_metadata("dictionary", r#"{"lines": ["a", "b", "c", "d", "e"], "blank": true, "space": true}"#);
    made
}

fn recognizer(weights: &Checkpoint) -> TextRecognizer {
    TextRecognizer::from_checkpoint("made-up", weights, None, &LoadOptions::default()).unwrap()
}

/// A line with something on it: blocks of any level.
fn line(width: usize, height: usize) -> RgbImage {
    let block = |x: usize, y: usize| ((x / 9 * 7919 + y / 7 * 104_729) as u32).wrapping_mul(2_654_435_761) >> 24;
    let pixel = |i: usize| block(i / 3 % width, i / 3 / width) as u8;
    RgbImage::new(width, height, (0..width * height * 3).map(pixel).collect()).unwrap()
}

fn texts(readings: &[Reading]) -> Vec<&str> {
    readings.iter().map(|reading| reading.text.as_str()).collect()
}

#[test]
fn readings_come_in_the_order_of_lines_for_any_threads() {
    let alone = recognizer(&weights(SMALL));
    let lines: Vec<RgbImage> = [(400, 30), (20, 30), (900, 41), (33, 77), (350, 32), (1, 1)].map(|(w, h)| line(w, h)).into();
    let one_by_one: Vec<Reading> = lines.iter().map(|l| alone.recognize(std::slice::from_ref(l)).unwrap().remove(0)).collect();
    assert!(one_by_one.iter().filter(|r| !r.text.is_empty()).count() > 2, "{one_by_one:?}");
    assert_eq!(alone.recognize(&lines).unwrap(), one_by_one);
    assert_eq!(alone.with_threads(Threads::count(3)).recognize(&lines).unwrap(), one_by_one);
    assert_eq!(alone.recognize(&[]).unwrap(), []);
    let wide = one_by_one[2].columns;
    assert!((wide - 32.0 * 900.0 / 41.0 / 4.0).abs() < 0.5, "{wide} columns of 4 pixels");
}

#[test]
fn steps_of_width_keep_plans_few_and_exact_widths_are_exact() {
    let weights = weights("ppocr-mobile-v2.0-rec");
    let lines: Vec<RgbImage> = (0..12).map(|i| line(330 + i, 32)).collect();
    let stepped = recognizer(&weights);
    stepped.recognize(&lines).unwrap();
    assert_eq!(stepped.network().plan_stats().plans, 1);
    let exact = recognizer(&weights).with_options(RecognizeOptions::exact(1)).unwrap();
    exact.plan(&lines.iter().map(RgbImage::size).collect::<Vec<_>>()).unwrap();
    assert_eq!(exact.network().plan_stats().plans, 12);
    exact.recognize(&lines).unwrap();
    assert_eq!(exact.network().plan_stats().misses, 12);
    let batches = recognizer(&weights).with_options(RecognizeOptions::exact(6)).unwrap();
    assert_eq!(batches.recognize(&lines).unwrap().len(), 12);
    assert_eq!(batches.network().plan_stats().plans, 2);
    let error = exact.with_options(RecognizeOptions { batch: 0, ..RecognizeOptions::default() }).unwrap_err().to_string();
    assert!(error.contains("batch") && error.contains("1 to 64"), "{error}");
}

#[test]
fn a_line_of_a_hundred_heights_is_read_in_windows() {
    let recognizer = recognizer(&weights(SMALL));
    let readings = recognizer.recognize(&[line(32 * 100, 32), line(20_000, 10)]).unwrap();
    for (reading, ratio) in readings.iter().zip([100.0, 1000.0]) {
        assert!((reading.columns - ratio * 32.0 / 4.0).abs() <= 64.0 * 8.0, "{} columns", reading.columns);
        assert!(reading.characters.windows(2).all(|pair| pair[0].column < pair[1].column));
        let last = reading.characters.last().map_or(0, |c| c.column);
        assert!(last > 70 * 8, "the last of {} characters is in column {last}", reading.characters.len());
    }
    assert_eq!(recognizer.network().plan_stats().plans, 1, "all windows are alike");
    recognizer.plan(&[Size::new(65_000, 1)]).unwrap();
}

#[test]
fn either_name_of_an_lstm_and_a_distilled_student_are_the_same() {
    let plain = weights(SMALL);
    let lines = [line(200, 32), line(100, 32)];
    let expected = recognizer(&plain).recognize(&lines).unwrap();
    let renamed = |key: &str| {
        let Some(rest) = key.strip_prefix("neck.encoder.lstm.") else { return key.to_owned() };
        let parts: Vec<&str> = rest.split('.').collect();
        format!("neck.encoder.lstm.{}_l{}{}", parts[2], parts[0], if parts[1] == "cell_bw" { "_reverse" } else { "" })
    };
    let with = |rename: &dyn Fn(&str) -> Vec<String>| {
        let mut changed = Checkpoint::new();
        for (key, tensor) in plain.iter() {
            rename(key).into_iter().for_each(|key| drop(changed.insert(key, tensor.clone())));
        }
        plain.metadata().iter().for_each(|(key, value)| changed.set_metadata(key, value));
        changed
    };
    let by_layer = with(&|key| vec![renamed(key)]);
    let both = with(&|key| vec![key.to_owned(), renamed(key)]);
    let distilled = with(&|key| vec![format!("Teacher.{key}"), format!("Student.{key}")]);
    for changed in [by_layer, both, distilled] {
        assert_eq!(texts(&recognizer(&changed).recognize(&lines).unwrap()), texts(&expected));
    }
}

#[test]
fn a_file_without_a_word_about_itself_is_known_by_its_keys() {
    for arch in ["ppocr-v2-rec", "ppocr-mobile-v2.0-rec", "ppocr-rec+pplcnet-x0.25", "ppocr-rec+mobilenetv3-large-x0.35"] {
        let mut silent = Checkpoint::new();
        weights(arch).iter().for_each(|(key, tensor)| drop(silent.insert(key, tensor.clone())));
        let dictionary = Some(DictionaryText { name: "five.txt".into(), text: "a\nb\nc\nd\ne\n".into() });
        let options = LoadOptions { dictionary, ..LoadOptions::default() };
        let recognizer = TextRecognizer::from_checkpoint("silent", &silent, None, &options).unwrap();
        assert_eq!(recognizer.config().unwrap().to_string(), arch);
        assert_eq!((recognizer.height(), recognizer.dictionary().classes().len()), (32, 7));
    }
}

#[test]
fn what_is_no_recognizer_is_told() {
    let message = |weights: &Checkpoint, options: &LoadOptions| {
        TextRecognizer::from_checkpoint("file", weights, None, options).unwrap_err().to_string()
    };
    let plain = weights(SMALL);
    let other = LoadOptions { arch: Some("ppocr-mobile-v2.0-rec".parse().unwrap()), ..LoadOptions::default() };
    assert!(message(&plain, &other).contains("backbone.conv1.conv.weight"));
    let short = DictionaryText { name: "short.txt".into(), text: "a\nb".into() };
    let short = LoadOptions { dictionary: Some(short), ..LoadOptions::default() };
    assert!(message(&plain, &short).contains("short.txt: holds 2 characters"));
    assert!(message(&Checkpoint::new(), &LoadOptions::default()).contains("--rec-arch"));
    let graph = include_bytes!("../../../reference/cases/onnx/free-size/graph.onnx");
    let error = TextRecognizer::from_bytes("graph.onnx", graph, &LoadOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("graph.onnx: ") && error.contains("[lines, columns, classes]"), "{error}");
    assert!(TextRecognizer::from_bytes("empty.onnx", b"", &LoadOptions::default()).is_err());
}

/// A folder of a test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recognize-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_list_of_characters_may_lie_beside_the_file() {
    let mut made = weights(SMALL);
    let classes = |path: &Path| TextRecognizer::from_path(path, &LoadOptions::default()).map(|r| r.dictionary().classes().join("|"));
    let folder = Folder::new("beside");
    made.set_metadata("dictionary", r#"{"file": "keys.txt"}"#);
    let file = folder.write("model.safetensors", &made.to_safetensors().unwrap());
    assert!(classes(&file).unwrap_err().to_string().contains("no list lies beside it"));
    folder.write("inference.yml", b"PostProcess:\n  character_dict:\n  - v\n  - w\n  - x\n  - y\n  - 'z'\n");
    assert_eq!(classes(&file).unwrap(), "blank|v|w|x|y|z| ");
    folder.write("model.yml", b"character_dict: [p, q, r, s, t]\n");
    assert_eq!(classes(&file).unwrap(), "blank|p|q|r|s|t| ");
    folder.write("keys.txt", "1\r\n2\r\n\u{3000}\r\n4\r\n5\r\n \r\n".as_bytes());
    assert_eq!(classes(&file).unwrap(), "blank|1|2|\u{3000}|4|5| ");
    // A name out of a file leads to no other folder.
    made.set_metadata("dictionary", r#"{"file": "../keys.txt"}"#);
    let file = folder.write("model.safetensors", &made.to_safetensors().unwrap());
    assert_eq!(classes(&file).unwrap(), "blank|p|q|r|s|t| ");
}
