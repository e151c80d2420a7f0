//! The crates depend on each other downwards only, as the house is laid out.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeMap;
use std::process::Command;

/// Which crates of ours each may name. Tests may name more.
const ARROWS: [(&str, &[&str]); 14] = [
    ("vtk-kernels", &[]),
    ("vtk-weights", &[]),
    ("vtk-golden", &["vtk-weights"]),
    ("vtk-zoo", &[]),
    ("vtk-nn", &["vtk-golden", "vtk-kernels", "vtk-weights"]),
    ("vtk-imaging", &["vtk-golden", "vtk-kernels"]),
    ("vtk-backbone", &["vtk-nn", "vtk-weights"]),
    ("vtk-model-det", &["vtk-zoo"]),
    ("vtk-model-imagenet", &["vtk-zoo"]),
    ("vtk-model-ocr", &["vtk-zoo"]),
    ("vtk-model-orient", &["vtk-zoo"]),
    ("vtk-cls", &["vtk-backbone", "vtk-golden", "vtk-imaging", "vtk-kernels", "vtk-nn", "vtk-weights", "vtk-zoo"]),
    ("vtk-det", &["vtk-backbone", "vtk-golden", "vtk-imaging", "vtk-kernels", "vtk-nn", "vtk-weights", "vtk-zoo"]),
    ("vtk-ocr", &["vtk-backbone", "vtk-golden", "vtk-imaging", "vtk-kernels", "vtk-nn", "vtk-weights", "vtk-zoo"]),
    ("vtk-cli", &["*"]),
];

/// The one crate that may name the engine.
const ENGINE_DOOR: &str = "vtk-nn";

#[test]
fn arrows_point_down() {
    let metadata = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--no-deps",
            "--offline",
            "--manifest-path",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        ])
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into();
    let packages = metadata["packages"].as_array().unwrap();
    assert_eq!(packages.len(), allowed.len(), "a crate came or went: say in ARROWS what it may name");
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let may = allowed.get(name).unwrap_or_else(|| panic!("{name} is not in ARROWS"));
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            let engine = on.starts_with("tract") && name != ENGINE_DOOR;
            assert!(!engine, "{name} names {on}: only {ENGINE_DOOR} may");
            let ours = on.starts_with("vtk-") && dependency["kind"] != "dev" && *may != ["*"];
            assert!(!ours || may.contains(&on), "{name} must not depend on {on}");
        }
    }
}
