//! What is answered: the classes, how many, how they are called, and that the machine's threads don't matter.

use std::fs;

use vtk_imaging::{DecodeOptions, RgbImage, decode, encode_png};

use crate::support::{CAT, PAGE, Sandbox};

/// A quarter turn clockwise.
fn turned(picture: &RgbImage) -> RgbImage {
    let (width, height) = (picture.width(), picture.height());
    let pixels = (0..width).flat_map(|y| (0..height).map(move |x| (y, height - 1 - x)));
    let data = pixels.flat_map(|(x, y)| picture.pixel(x, y).unwrap()).collect();
    RgbImage::new(height, width, data).unwrap()
}

#[test]
fn the_sample_photo_is_a_cat_and_not_surely_which() {
    let done = Sandbox::new().cls(&[CAT]).status(0).silent();
    let lines: Vec<&str> = done.out.lines().collect();
    assert_eq!(lines.len(), 5, "{done:#?}");
    assert!(lines[0].starts_with("ImageNet class, not sure: ") && lines[0].contains("cat"), "{done:#?}");
    for (line, place) in lines[1..].iter().zip(["2nd", "3rd", "4th", "5th"]) {
        assert!(line.starts_with(&format!("ImageNet class, {place}: ")), "{done:#?}");
    }
}

#[test]
fn the_sample_page_is_turned_right_in_all_four_ways() {
    let sandbox = Sandbox::new();
    let mut page = decode(PAGE, &fs::read(PAGE).unwrap(), &DecodeOptions::default()).unwrap();
    for angle in [0, 90, 180, 270] {
        sandbox.write(&format!("{angle}.png"), encode_png(&page).unwrap());
        page = turned(&page);
    }
    let done = sandbox.cls(&["--model", "page-orientation", "0.png", "90.png", "180.png", "270.png"]).status(0).silent();
    let lines: Vec<&str> = done.out.lines().filter(|line| line.contains('°')).collect();
    assert_eq!(lines.len(), 4, "{done:#?}");
    for (line, angle) in lines.iter().zip([0, 90, 180, 270]) {
        assert!(line.starts_with(&format!("page orientation: {angle}° (")), "{done:#?}");
    }
}

#[test]
fn topk_names_so_many() {
    let sandbox = Sandbox::new();
    for (k, lines) in [("1", 1), ("3", 3), ("100000", 1000)] {
        assert_eq!(sandbox.cls(&[CAT, "--topk", k]).status(0).out.lines().count(), lines);
    }
    assert_eq!(sandbox.cls(&[CAT, "--model", "page-orientation"]).status(0).out.lines().count(), 1);
    assert_eq!(sandbox.cls(&[CAT, "--model", "page-orientation", "-k", "4"]).status(0).out.lines().count(), 4);
    sandbox.cls(&[CAT, "--topk", "0"]).status(2).says(&["--topk", "'0'"]);
}

#[test]
fn labels_of_the_user_go_first() {
    let sandbox = Sandbox::new();
    sandbox.write("lines.txt", "upright\nleft\nupside down\nright\n");
    sandbox.write("list.json", r#"["a", "b", "c", "d"]"#);
    sandbox.write("three.txt", "a\nb\nc\n");
    let run = |labels: &str| sandbox.cls(&[PAGE, "--model", "page-orientation", "--labels", labels, "--json"]);
    assert_eq!(run("lines.txt").status(0).json()[0]["classes"][0]["label"], "upright");
    assert_eq!(run("list.json").status(0).json()[0]["classes"][0]["label"], "a");
    let done = run("three.txt").status(2).says(&["3 labels for 4 classes"]);
    assert_eq!(done.out, "");
    run("absent.txt").status(2).says(&["absent.txt: the labels cannot be read"]);
}

#[test]
fn a_recipe_of_the_user_goes_first() {
    let sandbox = Sandbox::new();
    let usual = sandbox.cls(&[CAT, "--json"]).status(0);
    let own = "resize:width=224,height=224+scale:over=255";
    assert_ne!(sandbox.cls(&[CAT, "--json", "--recipe", own]).status(0).json(), usual.json());
    sandbox.cls(&[CAT, "--recipe", "resise:width=224"]).status(2).says(&["--recipe", "resise"]);
}

#[test]
fn results_do_not_depend_on_threads() {
    let names: Vec<String> = (0..7).map(|i| format!("p{i}.ppm")).collect();
    let sandbox = Sandbox::with_pictures(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let run = |threads: &str, inputs: &[&str]| {
        let args = [&["--json", "--model", "page-orientation", "-k", "4", "--threads", threads], inputs].concat();
        sandbox.cls(&args).status(0).silent().out
    };
    let (many, single) = (run("1", &["."]), run("1", &["p3.ppm"]));
    assert_eq!(many.lines().count(), 7);
    assert_eq!(many.lines().nth(3).unwrap().replace("./p3", "p3"), single.trim_end());
    for threads in ["0", "2", "3", "16"] {
        assert_eq!(run(threads, &["."]), many, "{threads} threads");
        assert_eq!(run(threads, &["p3.ppm"]), single, "{threads} threads");
    }
    sandbox.cls(&["p3.ppm", "--threads", "1000000000"]).status(2).says(&["--threads"]);
}
