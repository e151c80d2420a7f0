//! The three forms of results.

use serde_json::Value;

use crate::support::{CAT, Done, STREET, Sandbox};

#[test]
fn a_line_for_each_object() {
    let done = Sandbox::new().det(&[CAT]).status(0).silent();
    let line = done.out.trim_end();
    let (name, rest) = line.split_once(" (").unwrap();
    let (score, place) = rest.split_once("): ").unwrap();
    assert_eq!(name, "cat");
    assert!(score.len() == 4 && score.parse::<f32>().unwrap() > 0.8, "{line}");
    let corners: Vec<i64> = place.split([',', ' ']).filter(|word| *word != "to").map(|n| n.parse().unwrap()).collect();
    assert!(corners.len() == 4 && corners[3] == 300, "{line}");
}

#[test]
fn json_is_one_object_a_picture() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    let done = sandbox.det(&["--json", CAT, "absent.jpg", "a.ppm"]).status(1);
    let lines = done.json();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&lines[0]), ["input", "model", "detections"]);
    assert_eq!(lines[0]["model"], "picodet-xs-416");
    assert_eq!(keys(&lines[0]["detections"][0]), ["class", "label", "score", "box"]);
    assert_eq!((lines[0]["detections"][0]["class"].as_u64(), lines[0]["detections"][0]["label"].as_str()), (Some(15), Some("cat")));
    assert_eq!(keys(&lines[1]), ["input", "error"]);
    assert_eq!(lines[2]["detections"], Value::Array(Vec::new()));
}

/// What COCO's own tools would read.
fn coco(done: &Done) -> Vec<Value> {
    serde_json::from_str::<Value>(&done.out).unwrap_or_else(|e| panic!("{e}: {}", done.out)).as_array().unwrap().clone()
}

#[test]
fn coco_is_one_list() {
    let sandbox = Sandbox::with_pictures(&["none.ppm"]);
    std::fs::copy(CAT, sandbox.path("000000000139.png")).unwrap();
    std::fs::copy(CAT, sandbox.path("cat\u{202e}.png")).unwrap();
    let done = sandbox.det(&["--format", "coco", "none.ppm", "000000000139.png", "cat\u{202e}.png", "none.ppm"]).status(0).silent();
    let rows = coco(&done);
    let ids: Vec<&Value> = rows.iter().map(|row| &row["image_id"]).collect();
    assert_eq!(ids, [&Value::from(139), &Value::from("cat\u{202e}.png")]);
    assert!(!done.out.contains('\u{202e}'), "{done:#?}");
    assert_eq!(rows[0]["category_id"], 17);
    let bbox: Vec<f64> = rows[0]["bbox"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert!((bbox[1] + bbox[3] - 300.0).abs() < 0.01, "x, y, width, height: {bbox:?}");
    assert_eq!(coco(&sandbox.det(&["--format", "coco", "none.ppm"]).status(0)), Vec::<Value>::new());
    // A picture that fails is said on standard error; the list goes on.
    let done = sandbox.det(&["--format", "coco", "absent.jpg", "000000000139.png"]).status(1).says(&["absent.jpg"]);
    assert_eq!(coco(&done).len(), 1);
    assert_eq!(coco(&sandbox.det(&["--format", "coco", STREET]).status(0)).len(), 6);
}

#[test]
fn finding_nothing_is_no_failure_but_is_said() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    let done = sandbox.det(&["a.ppm"]).status(0).says(&["nothing was found with a score of 0.5 or more", "--threshold"]);
    assert_eq!(done.out, "");
    sandbox.det(&["-q", "a.ppm"]).status(0).silent();
    sandbox.det(&["--json", "a.ppm"]).status(0).silent();
    sandbox.det(&["--fail-if-empty", "-q", "a.ppm", "b.ppm"]).status(1);
    sandbox.det(&["--fail-if-empty", "a.ppm", CAT]).status(0).silent();
}

#[test]
fn verbose_names_network_and_preparation() {
    let done = Sandbox::new().det(&["-v", CAT]).status(0);
    done.says(&["model: picodet-xs-416 (picodet-xs-416.safetensors, embedded)", "network: picodet-xs-416", "recipe: picodet-416"]);
}

#[test]
fn the_short_help_names_the_threshold() {
    let help = Sandbox::new().det(&["-h"]).status(0).silent().out;
    for part in ["--threshold", "[default: 0.5]", "network, deploy", "text, json", "coco", "--save-crops", "picodet-s-320"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
