//! From a name or a path to bytes, without any pull.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;

use vtk_zoo::{Catalogue, Embedded, Origin, Zoo, ZooError, sha256_hex};

const PAGE: Embedded = Embedded {
    name: "page-orientation",
    file: "page.safetensors",
    bytes: b"embedded bytes",
    licence: "the licence's text",
    notice: "trained on pages",
};
const OWN: Embedded = Embedded { name: "a-model-of-mine", ..PAGE };

#[test]
fn an_embedded_model_needs_no_folder() {
    let zoo = Zoo::new("/nonexistent/vtk").with_embedded(&[PAGE, OWN]);
    let model = zoo.open("page-orientation").unwrap();
    assert_eq!((model.name(), model.file(), model.bytes()), ("page-orientation", "page.safetensors", PAGE.bytes));
    assert_eq!((model.origin(), model.notice()), (&Origin::Embedded, Some("trained on pages")));
    assert_eq!(model.sha256(), sha256_hex(PAGE.bytes));
    let entry = model.entry().unwrap();
    assert_eq!(entry.recipe.as_ref().unwrap(), "imagenet-224");
    assert_eq!(entry.label_names().unwrap(), ["0", "90", "180", "270"]);
    assert!(zoo.open("a-model-of-mine").unwrap().entry().is_none());
}

#[test]
fn without_its_data_crate_the_message_names_it() {
    let error = Zoo::new("/nonexistent/vtk").open("page-orientation").unwrap_err();
    assert!(matches!(&error, ZooError::Missing { ways, .. } if ways.len() == 1 && ways[0].contains("vtk-model-orient")), "{error}");
}

#[test]
fn a_path_is_a_file_and_known_by_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut catalogue = Catalogue::default();
    let text = format!(
        r#"{{"task": "cls", "groups": [{{"models": [{{"name": "known", "summary": "s", "format": "onnx", "licence": "MIT",
            "origin": "t", "file": "k.onnx", "sha256": "{}"}}]}}]}}"#,
        sha256_hex(b"known bytes")
    );
    catalogue.add("t.json", &text).unwrap();
    let zoo = Zoo::new(folder.path().join("cache")).with_catalogue(catalogue);
    let path = folder.path().join("renamed.bin");
    fs::write(&path, b"known bytes").unwrap();
    let model = zoo.open(path.to_str().unwrap()).unwrap();
    assert_eq!(model.entry().unwrap().name, "known");
    assert_eq!((model.origin(), model.file()), (&Origin::Path(path.clone()), "renamed.bin"));

    fs::write(&path, b"other bytes").unwrap();
    assert!(zoo.open(path.to_str().unwrap()).unwrap().entry().is_none());
    assert!(matches!(zoo.clone().with_limit(3).open_path(&path), Err(ZooError::TooLarge { limit: 3, .. })));
    assert!(matches!(zoo.open_path(folder.path()), Err(ZooError::NotAFile { .. })));
    assert!(matches!(zoo.open("no/such/file"), Err(ZooError::NoSuchFile { .. })));
    assert!(matches!(zoo.open("nothing.pdparams"), Err(ZooError::NoSuchFile { .. })));
    assert!(!folder.path().join("cache").exists(), "opening makes nothing");
}

#[test]
fn a_slip_in_a_name_is_answered_with_names() {
    let error = Zoo::new("/nonexistent").with_embedded(&[OWN]).open("page_orientation").unwrap_err();
    assert!(matches!(&error, ZooError::UnknownModel { near, .. } if near[0] == "page-orientation"), "{error}");
    let error = Zoo::new("/nonexistent").open("ppocr-v5").unwrap_err();
    assert!(matches!(&error, ZooError::UnknownModel { near, .. } if *near == ["ppocr-v5-det", "ppocr-v5-rec"]), "{error}");
    let error = Zoo::new("/nonexistent").open("qqqqqqqq").unwrap_err();
    assert!(error.to_string().contains("vtk models list"), "{error}");
}
