//! What can be named: files, folders, patterns, standard input.

use crate::support::{Done, Sandbox, picture};

const FAST: [&str; 3] = ["--json", "--model", "page-orientation"];

/// The inputs that are answered, in order.
fn answered(sandbox: &Sandbox, args: &[&str]) -> Vec<String> {
    sandbox.cls(&[&FAST, args].concat()).status(0).names()
}

#[test]
fn a_name_that_exists_is_a_file_even_if_it_looks_like_a_pattern() {
    let sandbox = Sandbox::with_pictures(&["photo[1].ppm", "photo1.ppm", "in [x]/a.ppm", "in [x]/b.ppm"]);
    assert_eq!(answered(&sandbox, &["photo[1].ppm"]), ["photo[1].ppm"]);
    assert_eq!(answered(&sandbox, &["photo[12].ppm"]), ["photo1.ppm"]);
    assert_eq!(answered(&sandbox, &["in [x]/*.ppm"]), ["in [x]/a.ppm", "in [x]/b.ppm"]);
}

#[test]
fn names_may_have_spaces_other_scripts_and_a_dash_in_front() {
    let names = ["my photo (2).ppm", "我的 照片.ppm", "Größe.ppm", "-x.ppm"];
    let sandbox = Sandbox::with_pictures(&names);
    assert_eq!(answered(&sandbox, &[names[0], names[1], names[2], "./-x.ppm"]), [names[0], names[1], names[2], "./-x.ppm"]);
    assert_eq!(answered(&sandbox, &["--", "-x.ppm"]), ["-x.ppm"]);
    let text = sandbox.cls(&[names[1], names[0], "--model", "page-orientation"]).status(0).silent();
    assert!(text.out.starts_with("==> 我的 照片.ppm <==\n"), "{text:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.ppm");
    std::fs::write(sandbox.path("").join(name), picture(0)).unwrap();
    for input in [name, std::ffi::OsStr::new("."), std::ffi::OsStr::new("caf*.ppm")] {
        let names = sandbox.cls(&[std::ffi::OsStr::new("--json"), input]).status(0).silent().names();
        assert!(names.len() == 1 && names[0].ends_with("caf\u{fffd}.ppm"), "{names:?}");
    }
    sandbox.cls(&[std::ffi::OsStr::new("--save=out"), name]).status(0);
    assert!(sandbox.path("out").join(std::ffi::OsStr::from_bytes(b"caf\xe9.cls.png")).is_file());
}

#[test]
fn a_pattern_is_expanded_in_natural_order() {
    let sandbox = Sandbox::with_pictures(&["p10.ppm", "p2.ppm", "p1.ppm", "q1.ppm", ".p3.ppm", "sub/p4.ppm"]);
    sandbox.write("p5.txt", "no picture");
    assert_eq!(answered(&sandbox, &["p*.ppm"]), ["p1.ppm", "p2.ppm", "p10.ppm"]);
    assert_eq!(answered(&sandbox, &["?1.ppm"]), ["p1.ppm", "q1.ppm"]);
    assert_eq!(answered(&sandbox, &["**/p*.ppm"]), ["p1.ppm", "p2.ppm", "p10.ppm", "sub/p4.ppm"]);
    // What a pattern names is named: as with a shell's own patterns.
    let done = sandbox.cls(&[&FAST[..], &["p*"]].concat()).status(1).says(&["p5.txt: not a picture"]);
    assert_eq!(done.names(), ["p1.ppm", "p2.ppm", "p5.txt", "p10.ppm"]);
    sandbox.cls(&["x*.ppm"]).status(1).says(&["x*.ppm: no such file, and no file matches it as a pattern"]);
    sandbox.cls(&["x[.ppm"]).status(1).says(&["x[.ppm: no such file, and no pattern"]);
}

#[test]
fn a_folder_means_its_pictures_by_content_in_natural_order() {
    let sandbox = Sandbox::with_pictures(&["f/p10.ppm", "f/p9.ppm", "f/no ending", "f/wrong.txt", "f/.hidden.ppm"]);
    sandbox.write("f/text.jpg", "not a picture at all");
    sandbox.write("f/empty.png", "");
    sandbox.write("f/notes.txt", "notes");
    assert_eq!(answered(&sandbox, &["f"]), ["f/no ending", "f/p9.ppm", "f/p10.ppm", "f/wrong.txt"]);
    assert_eq!(answered(&sandbox, &["f/"]), ["f/no ending", "f/p9.ppm", "f/p10.ppm", "f/wrong.txt"]);
}

#[test]
fn the_folders_inside_a_folder_are_for_r() {
    let sandbox = Sandbox::with_pictures(&["f/b.ppm", "f/a/2.ppm", "f/a/10.ppm", "f/c/d/e.ppm", "f/.git/x.ppm", "bare/in/x.ppm"]);
    assert_eq!(answered(&sandbox, &["f"]), ["f/b.ppm"]);
    assert_eq!(answered(&sandbox, &["-r", "f"]), ["f/a/2.ppm", "f/a/10.ppm", "f/b.ppm", "f/c/d/e.ppm"]);
    let done = sandbox.cls(&["bare"]).status(0).says(&["note: bare: no picture in this folder; -r looks into the folders inside it"]);
    assert_eq!(done.out, "");
    sandbox.cls(&["-q", "bare"]).status(0).silent();
    sandbox.cls(&["--fail-if-empty", "bare"]).status(1);
    sandbox.cls(&["--fail-if-empty", "-r", "bare"]).status(0).silent();
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_a_circle_of_them_ends() {
    use std::os::unix::fs::symlink;
    let sandbox = Sandbox::with_pictures(&["f/a.ppm", "elsewhere/z.ppm"]);
    symlink("..", sandbox.path("f/up")).unwrap();
    symlink("nowhere", sandbox.path("f/broken.ppm")).unwrap();
    symlink("../elsewhere", sandbox.path("f/linked")).unwrap();
    symlink("a.ppm", sandbox.path("f/b.ppm")).unwrap();
    let found = answered(&sandbox, &["-r", "f"]);
    assert!(found.starts_with(&["f/a.ppm".into(), "f/b.ppm".into(), "f/linked/z.ppm".into()]), "{found:?}");
    assert!(found.len() < 10, "{found:?}");
}

#[test]
fn standard_input_is_a_dash_or_nothing_at_all() {
    let sandbox = Sandbox::with_pictures(&["a.ppm"]);
    for args in [vec!["-"], vec![]] {
        let args = [&["cls"], &FAST[..], &args].concat();
        let done = Done::fed(&mut sandbox.vtk(&args), &picture(3)).status(0).silent();
        assert_eq!(done.names(), ["-"]);
    }
    let done = Done::fed(&mut sandbox.vtk(&["cls", "--model", "page-orientation", "a.ppm", "-"]), &picture(3)).status(0);
    assert!(done.out.contains("==> standard input <=="), "{done:#?}");
    let done = Done::fed(&mut sandbox.vtk(&[&["cls"], &FAST[..], &["-", "a.ppm", "-"]].concat()), &picture(3)).status(1);
    assert_eq!(done.names(), ["-", "a.ppm", "-"]);
    assert!(done.err.contains("standard input: named twice"), "{done:#?}");
    Done::fed(&mut sandbox.vtk(&["cls"]), b"").status(1).says(&["standard input: the file is empty"]);
}
