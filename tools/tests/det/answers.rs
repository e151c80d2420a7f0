//! What is found, and how flags change it.

use serde_json::Value;

use crate::support::{CAT, Done, STREET, Sandbox};

/// The objects of the only picture.
fn objects(done: &Done) -> Vec<Value> {
    done.json()[0]["detections"].as_array().unwrap().clone()
}

fn labels(done: &Done) -> Vec<String> {
    objects(done).iter().map(|object| object["label"].as_str().unwrap().to_owned()).collect()
}

fn scores(done: &Done) -> Vec<f64> {
    objects(done).iter().map(|object| object["score"].as_f64().unwrap()).collect()
}

fn run(args: &[&str]) -> Done {
    Sandbox::new().det(&[args, &["--json"]].concat()).status(0).silent()
}

#[test]
fn the_sample_photos_have_what_is_on_them() {
    let street = run(&[STREET]);
    let mut found = labels(&street);
    assert_eq!(found[0], "bus");
    found.sort();
    assert_eq!(found, ["bus", "bus", "car", "car", "car", "car"]);
    assert!(scores(&street).is_sorted_by(|a, b| a >= b) && scores(&street).iter().all(|s| *s >= 0.5));
    for object in objects(&street) {
        let corners: Vec<f64> = object["box"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        let [x0, y0, x1, y1] = corners[..] else { panic!("{object}") };
        assert!(0.0 <= x0 && x0 < x1 && x1 <= 480.0 && 0.0 <= y0 && y0 < y1 && y1 <= 360.0, "{object}");
    }
    assert_eq!(labels(&run(&[CAT])), ["cat"]);
}

#[test]
fn a_threshold_shows_more_or_less() {
    let usual = run(&[STREET]);
    let fewer = run(&[STREET, "--threshold", "0.87"]);
    assert_eq!(objects(&fewer), objects(&usual)[..objects(&fewer).len()]);
    assert!(scores(&fewer).iter().all(|s| *s >= 0.87) && scores(&fewer).len() < scores(&usual).len());
    let more = run(&[STREET, "-t", "0.1"]);
    assert_eq!(objects(&more)[..scores(&usual).len()], objects(&usual));
    // The rule keeps 100 boxes of all classes, unless more are asked for.
    assert_eq!(scores(&run(&[STREET, "-t", "0"])).len(), 100);
    assert_eq!(scores(&run(&[STREET, "-t", "0", "--max-det", "300"])).len(), 300);
    assert_eq!(objects(&run(&[STREET, "--max-det", "2"])), objects(&usual)[..2]);
}

#[test]
fn only_the_classes_asked_for() {
    let cars = run(&[STREET, "--classes", "car", "-t", "0.3"]);
    assert!(labels(&cars).len() >= 4 && labels(&cars).iter().all(|label| label == "car"));
    assert_eq!(objects(&run(&[STREET, "--classes", "2,5"])), objects(&run(&[STREET, "--classes", "bus,car"])));
    let sandbox = Sandbox::new();
    sandbox.det(&[STREET, "--classes", "tram"]).status(2).says(&["has no class \"tram\"", "person, bicycle"]);
    sandbox.det(&[STREET, "--classes", "80"]).status(2).says(&["has no class \"80\""]);
}

#[test]
fn rules_and_overlaps_differ() {
    let at = |flags: &[&str]| run(&[&[STREET, "-t", "0.2"], flags].concat());
    let (network, deploy) = (at(&[]), at(&["--rule", "deploy"]));
    // Where no limit is met, the rules differ by the overlap that they let pass.
    assert!(scores(&deploy).len() <= scores(&network).len());
    assert_eq!(scores(&deploy), scores(&at(&["--iou", "0.5"])));
    assert_eq!(at(&["--iou", "0.6"]).out, network.out);
    assert_eq!(scores(&at(&["--rule", "deploy", "--iou", "0.6"])), scores(&network));
    let all = run(&[STREET, "-t", "0.3", "--iou", "1"]);
    assert!(scores(&all).len() > scores(&run(&[STREET, "-t", "0.3"])).len());
    let sandbox = Sandbox::new();
    sandbox.det(&[STREET, "--rule", "none"]).status(2).says(&["--rule", "network", "deploy"]);
    sandbox.det(&[STREET, "--iou", "1.5"]).status(2).says(&["--iou", "from 0 to 1"]);
    sandbox.det(&[STREET, "--threshold", "50"]).status(2).says(&["--threshold", "from 0 to 1"]);
    sandbox.det(&[STREET, "--max-det", "0"]).status(2).says(&["--max-det"]);
}

#[test]
fn labels_and_preparation_of_the_user_go_first() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..80).map(|n| format!("kind {n}")).collect();
    sandbox.write("names.txt", names.join("\n"));
    assert!(sandbox.det(&[STREET, "--labels", "names.txt"]).status(0).out.starts_with("kind 5 ("));
    sandbox.write("two.txt", "a\nb\n");
    sandbox.det(&[STREET, "--labels", "two.txt"]).status(2).says(&["2 labels for 80 classes"]);
    // The network takes any size of multiples of 32.
    let smaller = sandbox.det(&[STREET, "--recipe", "picodet-320", "--json"]).status(0);
    assert_ne!(objects(&smaller), objects(&run(&[STREET])));
    sandbox.det(&[STREET, "--recipe", "imagenet-224"]).status(0);
    sandbox.det(&[STREET, "--recipe", "resize:width=100,height=100"]).status(2).says(&["multiples of 32"]);
    sandbox.det(&[STREET, "--recipe", "seg-whole"]).status(2).says(&["several sizes"]);
}

#[test]
fn results_do_not_depend_on_threads() {
    let names: Vec<String> = (0..5).map(|i| format!("p{i}.ppm")).collect();
    let sandbox = Sandbox::with_pictures(&names.iter().map(String::as_str).collect::<Vec<_>>());
    std::fs::copy(STREET, sandbox.path("p5.jpg")).unwrap();
    let run = |threads: &str, input: &str| sandbox.det(&["--json", "-t", "0.05", "--threads", threads, input]).status(0).out;
    let (many, single) = (run("1", "."), run("1", "p5.jpg"));
    assert_eq!(many.lines().count(), 6);
    assert_eq!(many.lines().nth(5).unwrap().replace("./p5", "p5"), single.trim_end());
    for threads in ["2", "3"] {
        assert_eq!(run(threads, "."), many, "{threads} threads");
        assert_eq!(run(threads, "p5.jpg"), single, "{threads} threads");
    }
}
