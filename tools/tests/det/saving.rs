//! `--save` and `--save-crops`.

use std::fs;

use vtk_imaging::{DecodeOptions, RgbImage, decode};

use crate::support::{CAT, STREET, Sandbox};

fn read(sandbox: &Sandbox, name: &str) -> RgbImage {
    decode(name, &fs::read(sandbox.path(name)).unwrap(), &DecodeOptions::default()).unwrap()
}

#[test]
fn boxes_are_drawn() {
    let sandbox = Sandbox::new();
    sandbox.det(&[STREET, "--save", "drawn.png"]).status(0).silent();
    let before = decode("street.jpg", &fs::read(STREET).unwrap(), &DecodeOptions::default()).unwrap();
    let after = read(&sandbox, "drawn.png");
    assert_eq!(after.size(), before.size());
    let changed = before.data().iter().zip(after.data()).filter(|(a, b)| a != b).count();
    assert!(changed > 5000 && changed < before.data().len() / 4, "{changed} values changed");
    // Nothing found, nothing drawn.
    sandbox.det(&[STREET, "-q", "-t", "0.99", "--save", "plain.png"]).status(0);
    assert!(read(&sandbox, "plain.png") == before);
}

#[test]
fn each_object_becomes_a_picture_best_first() {
    let sandbox = Sandbox::with_pictures(&["none.ppm"]);
    let done = sandbox.det(&[STREET, CAT, "none.ppm", "--save-crops", "crops/in", "--json"]).status(0).silent();
    let made: Vec<String> = sandbox.files().into_iter().filter(|name| name.starts_with("crops/")).collect();
    let expected = ["cat.det-1", "street.det-1", "street.det-2", "street.det-3", "street.det-4", "street.det-5", "street.det-6"];
    assert_eq!(made, expected.map(|name| format!("crops/in/{name}.png")));
    let photo = decode("street.jpg", &fs::read(STREET).unwrap(), &DecodeOptions::default()).unwrap();
    let bbox: Vec<f64> = done.json()[0]["detections"][0]["box"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    let (left, top) = (bbox[0].floor() as usize, bbox[1].floor() as usize);
    let (width, height) = (bbox[2].ceil() as usize - left, bbox[3].ceil() as usize - top);
    assert!(read(&sandbox, "crops/in/street.det-1.png") == photo.crop(left, top, width, height).unwrap());
}

#[test]
fn existing_files_stay_without_force_and_inputs_always() {
    let sandbox = Sandbox::new();
    fs::copy(CAT, sandbox.path("cat.png")).unwrap();
    sandbox.write("out/cat.det-1.png", "mine");
    let done = sandbox.det(&["cat.png", "--save-crops", "out", "--json"]).status(1).says(&["out/cat.det-1.png", "--force"]);
    assert_eq!(done.json()[0]["error"]["kind"], "save");
    assert_eq!(fs::read(sandbox.path("out/cat.det-1.png")).unwrap(), b"mine");
    sandbox.det(&["cat.png", "--save-crops", "out", "--force"]).status(0).silent();
    assert_ne!(fs::read(sandbox.path("out/cat.det-1.png")).unwrap(), b"mine");
    // An input that has the name of a part to come.
    fs::copy(CAT, sandbox.path("cat.det-2.png")).unwrap();
    sandbox.det(&["cat.png", "cat.det-2.png", "--save-crops", ".", "--force"]).status(2).says(&["inputs are never overwritten"]);
    sandbox.det(&["cat.png", "--save-crops", "cat.png"]).status(2).says(&["--save-crops: cat.png is a file"]);
    sandbox.det(&["cat.png", "--force"]).status(2).says(&["--save"]);
    // Both at once.
    sandbox.det(&["cat.png", "--save-crops", "both", "--save", "both"]).status(0).silent();
    let made: Vec<String> = sandbox.files().into_iter().filter(|name| name.starts_with("both/")).collect();
    assert_eq!(made, ["both/cat.det-1.png", "both/cat.det.png"]);
}
