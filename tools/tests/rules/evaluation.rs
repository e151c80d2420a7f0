//! `vtk eval`: one report, with the task's own model where none is named.

use std::fs;

use serde_json::{Value, json};
use vtk_imaging::{DecodeOptions, decode, encode_png};

use crate::support::{CAT, Done, Sandbox};

/// A little data for each task, under the task's name.
fn data() -> (Sandbox, [(&'static str, &'static str); 4]) {
    let sandbox = Sandbox::new();
    let receipt = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/receipt.png")).unwrap();
    let title = decode("receipt.png", &receipt, &DecodeOptions::default()).unwrap().crop(90, 15, 240, 40).unwrap();
    sandbox.write("set/images/cat.png", fs::read(CAT).unwrap());
    sandbox.write("set/receipt.png", receipt);
    sandbox.write("set/title.png", encode_png(&title).unwrap());
    sandbox.write("set/classes.tsv", "images/cat.png\t282\n");
    sandbox.write("set/words.tsv", "title.png\tCORNER BAKERY\n");
    sandbox.write("set/receipt.truth.json", json!({"picture": "receipt.png", "lines": [{"text": "CORNER BAKERY"}]}).to_string());
    let object = json!({"id": 1, "image_id": 1, "category_id": 17, "bbox": [40, 10, 200, 280], "area": 56000, "iscrowd": 0});
    let names = include_str!("../../../crates/zoo/catalogue/lists/coco-80.txt").lines().enumerate();
    let categories: Vec<Value> =
        names.map(|(class, name)| json!({"id": if name == "cat" { 17 } else { class + 100 }, "name": name})).collect();
    let instances = json!({"images": [{"id": 1, "file_name": "cat.png"}], "categories": categories, "annotations": [object]});
    sandbox.write("set/instances.json", instances.to_string());
    (sandbox, [("cls", "set/classes.tsv"), ("rec", "set/words.tsv"), ("ocr", "set"), ("det", "set/instances.json")])
}

#[test]
fn a_report_is_exactly_one_object_of_fractions() {
    let (sandbox, tasks) = data();
    for (task, data) in tasks {
        let done = Done::of(&mut sandbox.vtk(&["eval", task, "--data", data, "--json"])).status(0).silent();
        let reports = done.json();
        let report = reports[0].as_object().unwrap();
        assert_eq!((reports.len(), &report["n"], &report["failed"], &report["data"]), (1, &1.into(), &0.into(), &data.into()), "{task}");
        assert!(report["model"].as_str().is_some_and(|model| !model.is_empty()), "{task}");
        for rate in ["top1", "top5", "accuracy", "exact", "ap", "ap50", "hmean"] {
            let is_rate = |value: &Value| value.is_null() || value.as_f64().is_some_and(|v| (0.0..=1.0).contains(&v));
            assert!(report.get(rate).is_none_or(is_rate), "{task}: {report:?}");
        }
    }
}

#[test]
fn people_are_told_per_cent_with_one_decimal() {
    let (sandbox, tasks) = data();
    for (task, data) in tasks {
        let text = Done::of(&mut sandbox.vtk(&["eval", task, "--data", data])).status(0).silent().out;
        let rates: Vec<&str> = text.split(" %").filter_map(|before| before.rsplit(' ').next()).collect();
        // What stands behind the last sign is no rate.
        let (_, rates) = rates.split_last().unwrap();
        assert!(!rates.is_empty(), "{task}: {text}");
        for rate in rates {
            assert!(
                rate.parse::<f64>().is_ok() && rate.split('.').nth(1).is_some_and(|digits| digits.len() == 1),
                "{task}: {rate:?} in {text}"
            );
        }
    }
}

#[test]
fn where_no_picture_can_be_used_nothing_is_claimed() {
    let (sandbox, tasks) = data();
    for picture in ["set/images/cat.png", "set/receipt.png", "set/title.png"] {
        sandbox.write(picture, "text");
    }
    for (task, data) in tasks {
        let done = Done::of(&mut sandbox.vtk(&["eval", task, "--data", data, "--json"])).status(2);
        assert_eq!(done.says(&["not a picture", "nothing was measured"]).out, "", "{task}");
    }
}

/// What is wrong with the data is said before the work, not after half of it.
#[test]
fn classes_that_the_model_does_not_know_are_found_first() {
    let (sandbox, _) = data();
    sandbox.write("set/classes.tsv", "absent.png\t1\nimages/cat.png\t1000\n");
    let done = Done::of(&mut sandbox.vtk(&["eval", "cls", "--data", "set/classes.tsv"])).status(2);
    assert!(done.says(&["images/cat.png: is of class 1000", "knows 1000 classes"]).err.lines().count() == 1);
}
