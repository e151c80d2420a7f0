//! `--save`: which files come to be, and which never change.

use std::fs;

use vtk_imaging::{DecodeOptions, decode};

use crate::support::{CAT, Sandbox, picture};

const FAST: [&str; 2] = ["--model", "page-orientation"];

fn save(sandbox: &Sandbox, args: &[&str]) -> crate::support::Done {
    sandbox.cls(&[&FAST, args].concat())
}

#[test]
fn a_picture_is_saved_with_its_answer_drawn_on_it() {
    let sandbox = Sandbox::new();
    sandbox.cls(&[CAT, "--save", "drawn.png"]).status(0).silent();
    let read = |name: &str, bytes: Vec<u8>| decode(name, &bytes, &DecodeOptions::default()).unwrap();
    let (before, after) = (read(CAT, fs::read(CAT).unwrap()), read("drawn.png", fs::read(sandbox.path("drawn.png")).unwrap()));
    assert_eq!(after.size(), before.size());
    let changed = before.data().iter().zip(after.data()).filter(|(a, b)| a != b).count();
    assert!(changed > 1000 && changed < before.data().len() / 2, "{changed} values changed");
    let once = fs::read(sandbox.path("drawn.png")).unwrap();
    sandbox.cls(&[CAT, "--save", "drawn.png", "--force", "--threads", "1"]).status(0);
    assert!(once == fs::read(sandbox.path("drawn.png")).unwrap(), "another picture on the second run");
}

#[test]
fn a_folder_is_made_and_holds_a_picture_for_each_input() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b c.ppm", "照片.ppm"]);
    save(&sandbox, &["a.ppm", "b c.ppm", "照片.ppm", "--save", "out/deep"]).status(0).silent();
    assert_eq!(sandbox.files(), ["a.ppm", "b c.ppm", "out/deep/a.cls.png", "out/deep/b c.cls.png", "out/deep/照片.cls.png", "照片.ppm"]);
    // What exists is a folder, whatever its name.
    fs::create_dir(sandbox.path("folder.png")).unwrap();
    save(&sandbox, &["a.ppm", "--save", "folder.png"]).status(0);
    assert!(sandbox.path("folder.png/a.cls.png").is_file());
}

#[test]
fn inputs_of_the_same_name_get_numbers() {
    let sandbox = Sandbox::with_pictures(&["x/photo.ppm", "y/photo.ppm", "z/PHOTO.ppm", "photo-2.ppm"]);
    save(&sandbox, &["x/photo.ppm", "y/photo.ppm", "z/PHOTO.ppm", "photo-2.ppm", "--save", "out"]).status(0).silent();
    let made: Vec<String> = sandbox.files().into_iter().filter(|name| name.starts_with("out/")).collect();
    assert_eq!(made, ["out/PHOTO-3.cls.png", "out/photo-2-2.cls.png", "out/photo-2.cls.png", "out/photo.cls.png"]);
    let alone = Sandbox::with_pictures(&["one", "y/photo.ppm"]);
    save(&alone, &["y/photo.ppm", "--save", "out"]).status(0);
    fs::copy(sandbox.path("y/photo.ppm"), alone.path("y/photo.ppm")).unwrap();
    save(&alone, &["y/photo.ppm", "--save", "out", "--force"]).status(0);
    // The second of the name is the second input's.
    assert!(fs::read(alone.path("out/photo.cls.png")).unwrap() == fs::read(sandbox.path("out/photo-2.cls.png")).unwrap());
}

#[test]
fn one_file_is_for_one_input() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    let done = save(&sandbox, &["a.ppm", "b.ppm", "--save", "out.png"]).status(2).says(&["out.png is one file", "2 inputs", "folder"]);
    assert_eq!(done.out, "");
    sandbox.cls(&["a.ppm", "--save", "out", "--model", "zzz"]).status(2).says(&["zzz"]);
    save(&sandbox, &["a.ppm", "--save", "out.jpg"]).status(2).says(&["only PNG is written; name it out.png"]);
    assert_eq!(sandbox.files(), ["a.ppm", "b.ppm"]);
    assert!(!sandbox.path("out").exists());
}

#[test]
fn an_input_is_never_overwritten() {
    let sandbox = Sandbox::with_pictures(&["a.png", "f/x.cls.png", "f/x.ppm"]);
    for args in
        [&["a.png", "--save", "a.png", "--force"][..], &["a.png", "--save", "./f/../a.png", "--force"], &["f", "--save", "f", "--force"]]
    {
        let done = save(&sandbox, args).status(2).says(&["is one of the inputs"]);
        assert_eq!(done.out, "");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.png", sandbox.path("link.png")).unwrap();
        save(&sandbox, &["a.png", "--save", "link.png", "--force"]).status(2).says(&["is one of the inputs"]);
    }
    for (i, name) in ["a.png", "f/x.cls.png", "f/x.ppm"].iter().enumerate() {
        assert_eq!(fs::read(sandbox.path(name)).unwrap(), picture(i), "{name}");
    }
}

#[test]
fn another_file_is_overwritten_only_by_force() {
    let sandbox = Sandbox::with_pictures(&["a.ppm", "b.ppm"]);
    sandbox.write("out/b.cls.png", "mine");
    let done = save(&sandbox, &["a.ppm", "b.ppm", "--save", "out"]).status(2).says(&["b.cls.png exists; --force overwrites it"]);
    assert_eq!(done.out, "");
    assert_eq!(sandbox.files(), ["a.ppm", "b.ppm", "out/b.cls.png"]);
    assert_eq!(fs::read(sandbox.path("out/b.cls.png")).unwrap(), b"mine");
    save(&sandbox, &["a.ppm", "b.ppm", "--save", "out", "--force"]).status(0).silent();
    assert_ne!(fs::read(sandbox.path("out/b.cls.png")).unwrap(), b"mine");
}

#[test]
fn a_place_that_can_not_be_is_an_error() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    sandbox.write("file", "");
    fs::create_dir_all(sandbox.path("out/a.cls.png")).unwrap();
    save(&sandbox, &["a.ppm", "--save", "file"]).status(2).says(&["file is a file"]);
    save(&sandbox, &["a.ppm", "--save", "file/deeper"]).status(2).says(&["cannot be made"]);
    save(&sandbox, &["a.ppm", "--save", "out", "--force"]).status(2).says(&["is a folder"]);
    save(&sandbox, &["a.ppm", "--save", "absent/out.png"]).status(1).says(&["absent/out.png: cannot be written"]);
    save(&sandbox, &["a.ppm", "--save", "x.png", "--font", "absent.ttf"]).status(2).says(&["--font: absent.ttf cannot be read"]);
    save(&sandbox, &["a.ppm", "--save", "x.png", "--font", "a.ppm"]).status(2).says(&["a.ppm"]);
}

#[test]
fn a_failed_input_is_not_saved() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    sandbox.write("bad.png", "text");
    save(&sandbox, &["a.ppm", "bad.png", "--save", "out"]).status(1);
    assert_eq!(sandbox.files(), ["a.ppm", "bad.png", "out/a.cls.png"]);
}

/// A limit on the size of files fails a write in its middle, as a full disk does.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_half_of_a_picture() {
    let sandbox = Sandbox::with_pictures(&["small.ppm"]);
    fs::copy(CAT, sandbox.path("cat.png")).unwrap();
    let command = format!(
        "trap '' XFSZ; ulimit -f 40; exec '{}' cls --model page-orientation --json cat.png small.ppm --save out",
        env!("CARGO_BIN_EXE_vtk")
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &command]).current_dir(sandbox.path("")).env("VTK_HOME", sandbox.path("no-models"));
    let done = crate::support::Done::of(&mut shell).status(1).says(&["out/cat.cls.png: cannot be written"]);
    assert_eq!(done.json()[0]["error"]["kind"], "save");
    assert_eq!(done.json()[1]["input"], "small.ppm");
    assert_eq!(sandbox.files(), ["cat.png", "out/small.cls.png", "small.ppm"]);
}
