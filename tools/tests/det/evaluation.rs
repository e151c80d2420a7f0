//! `vtk eval det` on a small data set of the sample photos.

use std::fs;

use serde_json::json;

use crate::support::{CAT, Done, STREET, Sandbox};

/// The sample photos, annotated with what is found on them: so all is right.
fn data() -> Sandbox {
    let sandbox = Sandbox::new();
    fs::create_dir_all(sandbox.path("set/images")).unwrap();
    fs::copy(STREET, sandbox.path("set/images/street.jpg")).unwrap();
    fs::copy(CAT, sandbox.path("set/images/cat.png")).unwrap();
    let found = sandbox.det(&[STREET, CAT, "--json", "-t", "0.3"]).status(0).json();
    let mut annotations = Vec::new();
    for (image, line) in found.iter().enumerate() {
        for object in line["detections"].as_array().unwrap() {
            let b: Vec<f64> = object["box"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
            let (w, h) = (b[2] - b[0], b[3] - b[1]);
            annotations
                .push(json!({"id": annotations.len() + 1, "image_id": image + 1, "category_id": object["class"].as_u64().unwrap() + 100,
                "bbox": [b[0], b[1], w, h], "area": w * h, "iscrowd": 0}));
        }
    }
    let names = include_str!("../../../crates/zoo/catalogue/lists/coco-80.txt").lines().enumerate();
    let categories: Vec<_> = names.map(|(class, name)| json!({"id": class + 100, "name": name})).collect();
    let images = json!([{"id": 2, "file_name": "cat.png"}, {"id": 1, "file_name": "street.jpg"}]);
    sandbox.write("set/instances.json", json!({"images": images, "categories": categories, "annotations": annotations}).to_string());
    sandbox
}

fn eval(sandbox: &Sandbox, args: &[&str]) -> Done {
    Done::of(&mut sandbox.vtk(&[&["eval", "det", "--data", "set/instances.json"], args].concat()))
}

#[test]
fn what_it_finds_itself_is_all_right() {
    let sandbox = data();
    let done = eval(&sandbox, &["--json", "--results", "boxes.json"]).status(0).silent();
    let report = &done.json()[0];
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["data", "model", "n", "ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "failed"]);
    assert_eq!((report["n"].as_u64(), report["failed"].as_u64()), (Some(2), Some(0)));
    // All but the boxes that were cut at the picture's edge, which count uncut, fit to the last digit.
    assert!(report["ap"].as_f64().unwrap() > 0.95 && report["ap50"].as_f64().unwrap() > 0.999, "{report}");
    let text = eval(&sandbox, &["--threads", "1"]).status(0).silent();
    assert!(
        text.out.starts_with("picodet-xs-416: 2 pictures, AP 9") || text.out.starts_with("picodet-xs-416: 2 pictures, AP 100"),
        "{text:#?}"
    );
    // The rule `network`, uncut: 100 boxes a picture, under the data's own numbers of categories.
    let rows: serde_json::Value = serde_json::from_slice(&fs::read(sandbox.path("boxes.json")).unwrap()).unwrap();
    let rows = rows.as_array().unwrap();
    assert!(rows.len() == 200 && rows.iter().all(|row| row["category_id"].as_u64().unwrap() >= 100));
    assert!(rows.iter().any(|row| row["bbox"].as_array().unwrap().iter().any(|v| v.as_f64().unwrap() < 0.0)));
}

#[test]
fn results_overwrite_nothing() {
    let sandbox = data();
    let before = fs::read(sandbox.path("set/instances.json")).unwrap();
    eval(&sandbox, &["--results", "set/instances.json", "--force"]).status(2).says(&["is one of the inputs"]);
    eval(&sandbox, &["--results", "set/images/cat.png", "--force"]).status(2).says(&["is one of the inputs"]);
    sandbox.write("mine.json", "mine");
    eval(&sandbox, &["--results", "mine.json"]).status(2).says(&["mine.json exists; --force overwrites it"]);
    eval(&sandbox, &["--results", "nowhere/boxes.json"]).status(2).says(&["no folder nowhere"]);
    assert_eq!(fs::read(sandbox.path("mine.json")).unwrap(), b"mine");
    assert_eq!(fs::read(sandbox.path("set/instances.json")).unwrap(), before);
    eval(&sandbox, &["--results", "mine.json", "--force"]).status(0);
}

#[test]
fn what_is_wrong_with_data_is_said() {
    let sandbox = data();
    fs::write(sandbox.path("set/images/cat.png"), "text").unwrap();
    let done = eval(&sandbox, &["--json"]).status(1).says(&["cat.png: not a picture"]);
    assert_eq!((done.json()[0]["n"].as_u64(), done.json()[0]["failed"].as_u64()), (Some(1), Some(1)));
    fs::remove_file(sandbox.path("set/images/cat.png")).unwrap();
    eval(&sandbox, &[]).status(1).says(&["cat.png: cannot be read"]);
    sandbox.write("set/instances.json", r#"{"images": [], "categories": [{"id": 1, "name": "tram"}]}"#);
    eval(&sandbox, &[]).status(2).says(&["knows 80 classes", "1 categories"]);
    sandbox.write("set/instances.json", "[]");
    eval(&sandbox, &[]).status(2).says(&["set/instances.json: ", "annotations"]);
    fs::remove_file(sandbox.path("set/instances.json")).unwrap();
    eval(&sandbox, &[]).status(2).says(&["set/instances.json: cannot be read"]);
}
