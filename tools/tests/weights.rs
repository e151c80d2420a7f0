//! Weight files through the program: what an official file would do, what a damaged one does, and the embedded models on their samples.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use vtk_backbone::{Arch, Backbone, KeyMap};
use vtk_golden::synthetic;
use vtk_imaging::{DecodeOptions, decode, encode_png};
use vtk_nn::Network;
use vtk_weights::{Checkpoint, Tensor};

/// A folder of a test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("vtk-weights-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn vtk(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vtk")).args(args).output().unwrap()
}

fn out(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn sample(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name).to_str().unwrap().to_owned()
}

/// A classifier's weights with numbers of no meaning.
fn made_up(arch: &str, classes: usize) -> Checkpoint {
    let arch: Arch = arch.parse().unwrap();
    let wanted = Network::wanted([1, 3, 64, 64], |net, x| {
        Ok(vec![("logits".into(), arch.grow_classifier(net, x, &KeyMap::default(), classes)?.logits)])
    });
    synthetic::checkpoint(&wanted.unwrap(), 7, &Default::default(), &Default::default()).unwrap()
}

#[test]
fn the_sample_photo_is_a_cat() {
    let done = vtk(&["cls", &sample("cat.png")]);
    assert!(done.status.success());
    assert!(out(&done).lines().next().unwrap().starts_with("ImageNet class, not sure: tiger cat (0.3"), "{}", out(&done));
}

#[test]
fn the_sample_page_stands_each_way() {
    let folder = Folder::new("page");
    let page = decode("page.png", &fs::read(sample("page.png")).unwrap(), &DecodeOptions::default()).unwrap();
    for (quarters, label) in [(0, "0"), (1, "90"), (2, "180"), (3, "270")] {
        let turned = folder.write("turned.png", &encode_png(&page.rotate(quarters)).unwrap());
        let done = vtk(&["cls", "--model", "page-orientation", &turned]);
        assert!(out(&done).starts_with(&format!("page orientation: {label}° (")), "{quarters} quarters clockwise: {}", out(&done));
    }
}

#[test]
fn an_official_file_runs_as_it_is() {
    let folder = Folder::new("official");
    let weights = folder.write("PPLCNet_x1_0_pretrained.pdparams", &made_up("pplcnet-x1.0", 1000).to_pdparams(4).unwrap());
    let done = vtk(&["cls", "--json", "--model", &weights, &sample("cat.png")]);
    let answer: serde_json::Value = serde_json::from_str(&out(&done)).unwrap();
    assert_eq!(answer["classes"].as_array().unwrap().len(), 5, "{answer}");
    let list = folder.write("list.tsv", format!("{}\t{}\n", sample("cat.png"), answer["classes"][0]["index"]).as_bytes());
    let eval = |data: &str| vtk(&["eval", "cls", "--json", "--model", &weights, "--data", data]);
    let report: serde_json::Value = serde_json::from_str(out(&eval(&list)).lines().last().unwrap()).unwrap();
    assert_eq!((&report["n"], &report["top1"], &report["top5"]), (&1.into(), &1.0.into(), &1.0.into()), "{report}");
    let beyond = folder.write("beyond.tsv", format!("{}\t1000\n", sample("cat.png")).as_bytes());
    let done = eval(&beyond);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("knows 1000 classes"));
    // The same through the converter, half as large.
    let half = folder.0.join("half.safetensors").to_str().unwrap().to_owned();
    assert!(vtk(&["models", "convert", "--f16", &weights, &half]).status.success());
    assert!(fs::metadata(&half).unwrap().len() * 10 < fs::metadata(&weights).unwrap().len() * 6);
    assert!(vtk(&["cls", "--model", &half, &sample("cat.png")]).status.success());
}

/// Each way of being wrong says which, names the file, and ends with 2.
#[test]
fn a_broken_file_says_what_is_wrong_with_it() {
    let folder = Folder::new("broken");
    let good = made_up("pplcnet-x0.25", 4);
    let bytes = good.to_pdparams(4).unwrap();
    let with = |change: &dyn Fn(&mut Checkpoint)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.to_pdparams(4).unwrap()
    };
    let infinite = Tensor::from_f32(&[4], &[0.0, f32::INFINITY, 0.0, 0.0]).unwrap();
    let missing = {
        let mut left = Checkpoint::new();
        good.iter().filter(|(key, _)| *key != "conv1.bn.bias").for_each(|(key, tensor)| drop(left.insert(key, tensor.clone())));
        left.to_pdparams(4).unwrap()
    };
    let system = b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.".to_vec();
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("empty.pdparams", vec![], "empty"),
        ("text.pdparams", b"<html>not found</html>".to_vec(), "HTML"),
        ("cut.pdparams", bytes[..bytes.len() / 2].to_vec(), "cut"),
        ("evil.pdparams", system, "system"),
        ("nan.pdparams", with(&|c| drop(c.insert("fc.bias", infinite.clone()))), "fc.bias"),
        ("shape.pdparams", with(&|c| drop(c.insert("fc.bias", Tensor::from_f32(&[3], &[0.0; 3]).unwrap()))), "fc.bias"),
        ("extra.pdparams", with(&|c| drop(c.insert("left.over", Tensor::from_f32(&[1], &[0.0]).unwrap()))), "left.over"),
        ("missing.pdparams", missing, "conv1.bn.bias"),
        ("graph.onnx", b"\x08\x07not a graph".to_vec(), "graph"),
    ];
    let mut said = Vec::new();
    for (name, bytes, word) in cases {
        let path = folder.write(name, &bytes);
        let done = vtk(&["cls", "--arch", "pplcnet-x0.25", "--model", &path, &sample("cat.png")]);
        let error = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{name}: {error}");
        assert!(error.contains(name) && error.contains(word) && !error.contains("panicked"), "{name}: {error}");
        assert!(out(&done).is_empty());
        said.push(error.replace(name, ""));
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 9, "each class of damage has words of its own: {said:#?}");
}

#[test]
fn an_arch_that_contradicts_the_model_is_refused() {
    let done = vtk(&["cls", "--arch", "pplcnet-x0.5", &sample("cat.png")]);
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(2));
    assert!(error.contains("pplcnet-x0.5") && error.contains("efficientnet-lite0"), "{error}");
}

#[test]
fn models_are_listed_by_task() {
    let all = out(&vtk(&["models", "list"]));
    assert!(all.lines().count() > 100, "{all}");
    let cls = out(&vtk(&["models", "list", "--json", "--task", "cls"]));
    let rows: Vec<serde_json::Value> = cls.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let state = |name: &str| rows.iter().find(|r| r["name"] == name).map(|r| r["state"].clone());
    assert_eq!(state("page-orientation"), Some("embedded".into()));
    assert!(state("pplcnet-x1.0").is_some() && rows.iter().all(|r| r["task"] == "cls"));
    let done = vtk(&["models", "list", "--task", "nonsense"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("cls, "));
}

#[test]
fn labels_that_are_not_as_many_as_the_classes_write_nothing() {
    let folder = Folder::new("labels");
    let weights = folder.write("w.safetensors", &made_up("pplcnet-x0.25", 3).to_safetensors().unwrap());
    let labels = folder.write("labels.txt", b"cat\ndog\n");
    let target = folder.0.join("out.safetensors");
    let convert = |more: &[&str]| vtk(&[&["models", "convert", &weights, target.to_str().unwrap(), "--labels", &labels], more].concat());
    for more in [&[][..], &["--arch", "pplcnet-x0.25"]] {
        let done = convert(more);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains("--labels: 2 names") && said.contains("3 classes"), "{said}");
        assert!(!target.exists());
    }
    folder.write("labels.txt", b"cat\ndog\nhorse\n");
    assert_eq!(convert(&[]).status.code(), Some(0));
}
