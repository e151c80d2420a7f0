//! What is read, and how it is told.

use vtk_imaging::RgbImage;

use crate::support::{Done, Sandbox};
use crate::{RECEIPT, ocr, put, receipt};

/// A text without its line breaks and runs of blanks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_receipt_is_read_row_by_row() {
    let sandbox = Sandbox::new();
    let done = ocr(&sandbox, &[RECEIPT]).status(0).silent();
    let rows: Vec<String> = done.out.lines().map(words).collect();
    for row in ["CORNER BAKERY", "Receipt 004711 17.09.2021 08:42", "Butter croissant 1.95", "TOTAL EUR 19.10", "Thank you for your visit!"]
    {
        assert!(rows.iter().any(|read| read == row), "{row}: {}", done.out);
    }
    // One input gives the bare result; several are headed.
    assert!(!done.out.contains("==>"));
    put(&sandbox, "b.png", &receipt());
    let two = ocr(&sandbox, &[RECEIPT, "b.png"]).status(0);
    assert_eq!(two.out.matches("==> ").count(), 2, "{}", two.out);
}

#[test]
fn json_has_lines_with_scores_and_corners() {
    let sandbox = Sandbox::new();
    let done = ocr(&sandbox, &[RECEIPT, "--json", "--words"]).status(0);
    let [page] = &done.json()[..] else { panic!("{done:#?}") };
    assert_eq!((&page["page"], &page["turned"]), (&1.into(), &0.into()));
    assert_eq!(page["model"], "ppocr-v6-tiny-det + ppocr-v6-tiny-rec");
    let lines = page["lines"].as_array().unwrap();
    assert!(lines.len() >= 20, "{}", lines.len());
    for line in lines {
        let score = line["score"].as_f64().unwrap();
        assert!((0.5..=1.0).contains(&score));
        let corners = line["quad"].as_array().unwrap();
        assert!(
            corners.len() == 4 && corners.iter().flat_map(|c| c.as_array().unwrap()).all(|v| (0.0..=600.0).contains(&v.as_f64().unwrap()))
        );
        let said: Vec<&str> = line["words"].as_array().unwrap().iter().map(|word| word["text"].as_str().unwrap()).collect();
        assert_eq!(said.concat(), line["text"].as_str().unwrap().replace(' ', ""), "{line}");
    }
    let plain = ocr(&sandbox, &[RECEIPT, "--json"]).status(0).json();
    assert!(plain[0]["lines"][0].get("words").is_none());
}

#[test]
fn threads_and_runs_change_nothing() {
    let sandbox = Sandbox::new();
    let read = |threads: &str| ocr(&sandbox, &[RECEIPT, "--json", "--threads", threads]).status(0).out;
    let one = read("1");
    assert!(one == read("1") && one == read("2") && one == read("3"));
}

#[test]
fn a_turned_page_is_righted_and_its_places_are_those_of_the_picture() {
    let sandbox = Sandbox::new();
    let upright = receipt();
    let plain = words(&ocr(&sandbox, &[RECEIPT]).status(0).out);
    for (quarters, degrees) in [(1, 90), (2, 180), (3, 270)] {
        let turned = upright.rotate(quarters);
        put(&sandbox, "turned.png", &turned);
        let page = &ocr(&sandbox, &["turned.png", "--json"]).status(0).json()[0];
        assert_eq!(page["turned"], degrees);
        let title = page["lines"].as_array().unwrap().iter().find(|line| line["text"] == "CORNER BAKERY").unwrap();
        let corner = &title["quad"][0];
        let (x, y) = (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
        // The title's first corner, as read, lies near 105, 25 of the upright page of 420 × 600.
        let (want_x, want_y) = match quarters {
            1 => (575.0, 105.0),
            2 => (315.0, 575.0),
            _ => (25.0, 315.0),
        };
        assert!((x - want_x).abs() < 12.0 && (y - want_y).abs() < 12.0, "{degrees}: {x} {y}");
        assert_eq!(words(&ocr(&sandbox, &["turned.png"]).status(0).out), plain);
    }
    put(&sandbox, "turned.png", &upright.rotate(2));
    let told = words(&ocr(&sandbox, &["turned.png", "--page-orient", "180"]).status(0).out);
    assert_eq!(told, plain);
    assert_ne!(words(&ocr(&sandbox, &["turned.png", "--page-orient", "off"]).status(0).out), plain);
    // Line by line, without turning the page.
    let lines = ocr(&sandbox, &["turned.png", "--page-orient", "off", "--line-orient", "--json"]).status(0).json();
    assert!(lines[0]["lines"].as_array().unwrap().iter().any(|line| line["text"] == "CORNER BAKERY"), "{lines:?}");
}

#[test]
fn parts_of_the_way_can_be_had_alone() {
    let sandbox = Sandbox::new();
    let boxes = ocr(&sandbox, &[RECEIPT, "--det-only", "--json"]).status(0).json();
    let lines = boxes[0]["lines"].as_array().unwrap();
    assert!(lines.len() >= 20 && lines.iter().all(|line| line.get("text").is_none() && line["quad"].is_array()));
    put(&sandbox, "line.png", &receipt().crop(90, 20, 240, 38).unwrap());
    assert_eq!(words(&ocr(&sandbox, &["line.png", "--rec-only"]).status(0).out), "CORNER BAKERY");
    let explained = ocr(&sandbox, &[RECEIPT, "--explain"]).status(0);
    assert!(explained.out.contains("kept: read with score") && explained.out.contains("CORNER BAKERY"), "{}", explained.out);
    let strict = ocr(&sandbox, &[RECEIPT, "--explain", "--min-score", "0.999"]).status(0);
    assert!(strict.out.contains("dropped: read with score") && strict.out.contains("below 0.999"), "{}", strict.out);
}

#[test]
fn a_page_without_text_is_an_empty_result() {
    let sandbox = Sandbox::new();
    put(&sandbox, "blank.png", &RgbImage::filled(300, 200, [255; 3]).unwrap());
    let done = ocr(&sandbox, &["blank.png"]).status(0).says(&["note: no text was found"]);
    assert_eq!(done.out, "");
    ocr(&sandbox, &["blank.png", "-q"]).status(0).silent();
    assert_eq!(ocr(&sandbox, &["blank.png", "--json"]).status(0).json()[0]["lines"], serde_json::json!([]));
    ocr(&sandbox, &["blank.png", "--fail-if-empty"]).status(1);
    put(&sandbox, "dot.png", &RgbImage::filled(1, 1, [0; 3]).unwrap());
    ocr(&sandbox, &["dot.png"]).status(0);
}

#[test]
fn a_named_recipe_does_nothing_besides() {
    let sandbox = Sandbox::new();
    put(&sandbox, "turned.png", &receipt().rotate(2));
    let page = &ocr(&sandbox, &["turned.png", "--recipe", "tinyocr", "--json"]).status(0).json()[0];
    assert_eq!(page["turned"], 0);
    ocr(&sandbox, &[RECEIPT, "--recipe", "rapidocr-1.4"]).status(0).says(&["--line-orient"]);
}

#[test]
fn the_text_is_saved_beside_the_picture() {
    let sandbox = Sandbox::new();
    ocr(&sandbox, &[RECEIPT, "--save", "drawn.png"]).status(0);
    let drawn = vtk_imaging::decode("drawn.png", &std::fs::read(sandbox.path("drawn.png")).unwrap(), &Default::default()).unwrap();
    assert_eq!((drawn.width(), drawn.height()), (840, 600));
}

#[test]
fn pages_of_known_text_are_measured() {
    let sandbox = Sandbox::new();
    put(&sandbox, "data/a.png", &receipt());
    let truth = ocr(&sandbox, &[RECEIPT, "--json"]).status(0).json();
    let lines: Vec<serde_json::Value> =
        truth[0]["lines"].as_array().unwrap().iter().map(|l| serde_json::json!({"text": l["text"], "quad": l["quad"]})).collect();
    sandbox.write("data/a.truth.json", serde_json::json!({"picture": "a.png", "lines": lines}).to_string());
    let done = Done::of(&mut sandbox.vtk(&["eval", "ocr", "--data", "data", "--json"])).status(0);
    let report = done.json().pop().unwrap();
    assert_eq!((&report["n"], &report["cer"], &report["hmean"]), (&1.into(), &0.0.into(), &1.0.into()), "{report}");
    assert_eq!(done.out.lines().count(), 1);
    let each = Done::of(&mut sandbox.vtk(&["eval", "ocr", "--data", "data", "--json", "--pages"])).status(0);
    let pages = &each.json()[0]["pages"];
    assert_eq!((each.out.lines().count(), &pages[0]["picture"], &pages[0]["cer"]), (1, &"a.png".into(), &0.0.into()), "{pages}");
    let people = Done::of(&mut sandbox.vtk(&["eval", "ocr", "--data", "data"])).status(0);
    assert!(people.out.contains("1 page, characters wrong 0.0 %"), "{}", people.out);
    Done::of(&mut sandbox.vtk(&["eval", "ocr", "--data", "nowhere"])).status(2).says(&["nowhere"]);
    sandbox.write("empty/x.txt", "x");
    Done::of(&mut sandbox.vtk(&["eval", "ocr", "--data", "empty"])).status(2).says(&[".truth.json"]);
}
