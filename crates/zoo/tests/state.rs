//! What is here, whether it is intact, and what a missing model's message says.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;
use vtk_zoo::{Catalogue, Embedded, Origin, Pulled, State, Verdict, Zoo, ZooError, git_blob_id, sha256_hex};

const OWN: Embedded =
    Embedded { name: "own", file: "own.safetensors", bytes: b"own bytes", licence: "the licence's text", notice: "made for a test" };

/// A zoo with a model of each kind of place; only `packed` has a companion.
fn stage() -> (TempDir, Zoo) {
    let mut catalogue = Catalogue::default();
    let text = format!(
        r#"{{"task": "cls", "groups": [{{"shared": {{"summary": "s", "format": "onnx", "licence": "MIT", "origin": "t"}}, "models": [
            {{"name": "packed", "file": "p.onnx", "sha256": "{}", "places": [{{"package": "pkg==1.0", "member": "pkg/p.onnx"}}],
              "companions": [{{"file": "d.txt", "sha256": "{}", "places": [{{"package": "pkg==1.0", "member": "pkg/d.txt"}}]}}]}},
            {{"name": "blob", "file": "b.onnx", "git_blob": "{}", "places": [{{"url": "https://example.org/b.onnx"}}]}},
            {{"name": "loose", "file": "l.onnx", "places": [{{"url": "https://example.org/l.onnx"}}]}},
            {{"name": "tarred", "file": "t.pdparams", "places": [{{"archive": "https://example.org/t.tar", "member": "t.pdparams"}}]}},
            {{"name": "inside", "file": "i.safetensors", "places": [{{"embedded": "vtk-model-inside"}}]}}
        ]}}]}}"#,
        sha256_hex(b"packed"),
        sha256_hex(b"words"),
        git_blob_id(b"blob")
    );
    catalogue.add("test.json", &text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let zoo = Zoo::new(folder.path()).with_catalogue(catalogue).with_embedded(&[OWN]);
    (folder, zoo)
}

fn put(folder: &TempDir, path: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    path
}

fn states(zoo: &Zoo) -> Vec<(&str, State)> {
    zoo.list(None).into_iter().map(|model| (model.name, model.state)).collect()
}

#[test]
fn a_missing_model_says_which_file_where_and_how() {
    let (folder, zoo) = stage();
    let at = |path: &str| folder.path().join(path).display().to_string();
    for (name, path, ways) in [
        (
            "packed",
            "packages/pkg-1.0/pkg/p.onnx",
            vec!["vtk models pull packed", "pkg/p.onnx in the Python package pkg==1.0", "https://pypi.org/project/pkg/1.0/"],
        ),
        ("loose", "models/loose/l.onnx", vec!["https://example.org/l.onnx", "put it there by hand"]),
        ("tarred", "models/tarred/t.pdparams", vec!["t.pdparams of", "https://example.org/t.tar"]),
        ("inside", "models/inside/i.safetensors", vec!["vtk-model-inside", "feature `embedded`"]),
    ] {
        let error = zoo.open(name).unwrap_err();
        let text = error.to_string();
        assert!(matches!(&error, ZooError::Missing { name: said, .. } if said == name), "{text}");
        for part in ways.into_iter().chain([at(path).as_str(), name, path.rsplit('/').next().unwrap()]) {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(zoo.path(name).unwrap_err().to_string(), text);
        let pulls = cfg!(feature = "fetch") && name != "inside" || name == "packed";
        assert_eq!(text.contains("vtk models pull"), pulls, "{text}");
    }
    // A missing companion is named for itself.
    put(&folder, "packages/pkg-1.0/pkg/p.onnx", b"packed");
    assert!(zoo.open("packed").unwrap_err().to_string().contains("d.txt"));
}

#[test]
fn what_cannot_be_pulled_says_so() {
    let (folder, zoo) = stage();
    assert!(matches!(zoo.pull("inside", &mut |_| {}), Err(ZooError::Missing { .. })));
    assert_eq!(zoo.pull("own", &mut |_| {}).unwrap(), Pulled::Embedded);
    assert!(matches!(zoo.pull("nothing", &mut |_| {}), Err(ZooError::UnknownModel { .. })));
    #[cfg(not(feature = "fetch"))]
    for name in ["loose", "tarred"] {
        let error = zoo.pull(name, &mut |_| {}).unwrap_err();
        assert!(matches!(&error, ZooError::NoFetch { .. }) && error.to_string().contains("https://example.org"), "{error}");
    }
    drop(folder);
}

#[test]
fn what_is_here_is_listed_and_checked() {
    let (folder, zoo) = stage();
    let absent = |name| (name, State::Absent);
    assert_eq!(
        states(&zoo),
        [absent("packed"), absent("blob"), absent("loose"), absent("tarred"), absent("inside"), ("own", State::Embedded)]
    );
    assert_eq!(zoo.verify(&[]).unwrap().len(), 1, "the embedded one");

    let packed = put(&folder, "packages/pkg-1.0/pkg/p.onnx", b"packed");
    let blob = put(&folder, "models/blob/b.onnx", b"blob");
    let loose = put(&folder, "models/loose/l.onnx", b"loose");
    assert_eq!(states(&zoo)[..3], [("packed", State::Partial), ("blob", State::Cached), ("loose", State::Cached)]);
    let verdicts = |zoo: &Zoo| -> Vec<(String, Verdict)> {
        zoo.verify(&[])
            .unwrap()
            .into_iter()
            .map(|file| (file.path.file_name().unwrap().to_string_lossy().into_owned(), file.verdict))
            .collect()
    };
    let expected = |file: &str, verdict| (file.to_owned(), verdict);
    assert_eq!(
        verdicts(&zoo),
        [
            expected("p.onnx", Verdict::Intact),
            expected("d.txt", Verdict::Missing),
            expected("b.onnx", Verdict::Intact),
            expected("l.onnx", Verdict::Unknown),
            expected("own.safetensors", Verdict::Embedded),
        ]
    );
    // A file put there by hand can be opened, and is said to be unverified.
    assert_eq!(zoo.open("loose").unwrap().origin(), &Origin::Cache { path: loose.clone(), checked: false });
    assert!(zoo.open("loose").unwrap().origin().to_string().ends_with("(unverified)"));
    assert_eq!(zoo.open("blob").unwrap().origin(), &Origin::Cache { path: blob.clone(), checked: true });

    // A record holds it from then on.
    put(&folder, "models/loose/l.onnx.sha256", format!("{}  l.onnx\n", sha256_hex(b"loose")).as_bytes());
    fs::write(&packed, b"bent").unwrap();
    fs::write(&blob, b"bent").unwrap();
    let after = verdicts(&zoo);
    assert!(matches!(&after[0].1, Verdict::Damaged(mismatch) if mismatch.recorded.is_none()));
    assert!(matches!(&after[2].1, Verdict::Damaged(_)));
    assert_eq!(after[3].1, Verdict::Intact);
    assert_eq!(zoo.info("loose").unwrap().files[0].recorded, Some(folder.path().join("models/loose/l.onnx.sha256")));
    fs::write(&loose, b"bent").unwrap();
    assert!(matches!(&zoo.verify(&["loose"]).unwrap()[0].verdict, Verdict::Damaged(mismatch) if mismatch.recorded.is_some()));
    assert!(matches!(zoo.verify(&["nothing"]), Err(ZooError::UnknownModel { .. })));
}

#[test]
fn info_tells_all_and_lists_are_by_task() {
    let (folder, zoo) = stage();
    put(&folder, "packages/pkg-1.0/pkg/d.txt", b"words");
    let info = zoo.info("packed").unwrap();
    assert_eq!((info.state, info.entry.unwrap().licence.as_str(), info.embedded.is_none()), (State::Partial, "MIT", true));
    let files: Vec<_> = info.files.iter().map(|state| (state.file.file.as_str(), state.here)).collect();
    assert_eq!(files, [("p.onnx", false), ("d.txt", true)]);
    let own = zoo.info("own").unwrap();
    assert_eq!((own.state, own.entry.is_none(), own.embedded.unwrap().notice), (State::Embedded, true, "made for a test"));
    assert_eq!((zoo.list(Some("cls")).len(), zoo.list(Some("det")).len()), (5, 0));
    assert!(matches!(zoo.info("paked"), Err(ZooError::UnknownModel { near, .. }) if near == ["packed"]));
}

#[test]
fn removing_takes_all_of_a_model_and_nothing_else() {
    let (folder, zoo) = stage();
    let packed = put(&folder, "packages/pkg-1.0/pkg/p.onnx", b"packed");
    let other = put(&folder, "packages/pkg-1.0/pkg/other", b"other");
    put(&folder, "packages/pkg-1.0/pkg/d.txt.part", b"wo");
    let blob = put(&folder, "models/blob/b.onnx", b"blob");
    put(&folder, "models/loose/l.onnx.part", b"loo");
    put(&folder, "models/loose/l.onnx.part.json", b"{}");
    put(&folder, "models/tarred/t.pdparams.tar.part", b"tar");

    assert_eq!(zoo.path("packed").unwrap(), packed);
    let removed = zoo.remove("packed", &mut |_| {}).unwrap();
    assert_eq!((removed.bytes, removed.files.len()), (8, 2));
    assert!(!packed.exists() && other.exists(), "what another put into the package stays");
    for name in ["blob", "loose", "tarred"] {
        zoo.remove(name, &mut |_| {}).unwrap();
        assert!(!folder.path().join("models").join(name).exists(), "{name}");
    }
    assert!(!blob.exists() && folder.path().exists());
    assert_eq!(zoo.remove("blob", &mut |_| {}).unwrap().files.len(), 0);
    assert!(matches!(zoo.remove("own", &mut |_| {}), Err(ZooError::Embedded { .. })));
    assert!(matches!(zoo.path("own"), Err(ZooError::Embedded { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_cache_is_read_but_never_written_through() {
    let (folder, zoo) = stage();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("kept");
    fs::write(&target, b"blob").unwrap();
    fs::create_dir_all(folder.path().join("models/blob")).unwrap();
    std::os::unix::fs::symlink(&target, folder.path().join("models/blob/b.onnx")).unwrap();
    assert_eq!(zoo.open("blob").unwrap().bytes(), b"blob");
    zoo.remove("blob", &mut |_| {}).unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"blob", "only the link is gone");
}

#[test]
fn a_file_that_was_put_there_is_recorded_at_its_first_use() {
    let (folder, zoo) = stage();
    let path = put(&folder, "models/loose/l.onnx", b"\x08\x07graph");
    let checked = |zoo: &Zoo| zoo.open("loose").map(|model| model.origin().clone());
    assert_eq!(checked(&zoo).unwrap(), Origin::Cache { path: path.clone(), checked: false });
    assert_eq!(checked(&zoo).unwrap(), Origin::Cache { path: path.clone(), checked: true });
    fs::write(&path, b"\x08\x07other").unwrap();
    let error = checked(&zoo).unwrap_err();
    assert!(matches!(&error, ZooError::Damaged { .. }) && error.to_string().contains("vtk models rm --forget loose"), "{error}");
}

#[test]
fn a_record_that_cannot_be_read_does_not_end_the_trust() {
    let (folder, zoo) = stage();
    let path = put(&folder, "models/loose/l.onnx", b"\x08\x07graph");
    for bent in [&b""[..], b"not a hash", &[0xff; 70]] {
        put(&folder, "models/loose/l.onnx.sha256", bent);
        for error in [zoo.open("loose").unwrap_err(), zoo.pull("loose", &mut |_| {}).unwrap_err()] {
            assert!(matches!(&error, ZooError::Record { .. }) && error.to_string().contains("vtk models rm --forget loose"), "{error}");
        }
        assert!(matches!(zoo.verify(&["loose"]).unwrap()[0].verdict, Verdict::Unreadable(_)));
        assert!(path.exists());
    }
    assert!(zoo.forget("loose", &mut |_| {}).unwrap());
    assert!(zoo.open("loose").is_ok());
}

#[test]
fn without_a_folder_nothing_is_looked_for_anywhere() {
    let (_folder, zoo) = stage();
    let catalogue = zoo.catalogue().clone();
    for zoo in [Zoo::without_folder(), Zoo::new("")].map(|zoo| zoo.with_catalogue(catalogue.clone()).with_embedded(&[OWN])) {
        assert_eq!(zoo.folder(), None);
        let none = |error: ZooError| assert!(matches!(error, ZooError::NoCacheFolder), "{error}");
        for name in ["packed", "loose"] {
            none(zoo.open(name).unwrap_err());
            none(zoo.path(name).unwrap_err());
            none(zoo.pull(name, &mut |_| {}).unwrap_err());
            none(zoo.verify(&[name]).unwrap_err());
            none(zoo.remove(name, &mut |_| {}).unwrap_err());
            none(zoo.forget(name, &mut |_| {}).unwrap_err());
            assert_eq!(zoo.info(name).unwrap().files[0].path, None);
        }
        none(zoo.package_member("pkg==1.0", "pkg/p.onnx", &sha256_hex(b"packed")).unwrap_err());
        assert!(zoo.open("own").is_ok() && zoo.unfinished().is_empty());
        assert_eq!(zoo.verify(&[]).unwrap().len(), 1);
        assert!(states(&zoo)[..5].iter().all(|(_, state)| *state == State::Absent));
    }
    // A relative folder is one, and does not move with the user.
    assert!(Zoo::new("models").folder().unwrap().is_absolute());
}

#[test]
fn what_stands_in_the_way_of_looking_is_not_absence() {
    let (folder, zoo) = stage();
    fs::create_dir_all(folder.path().join("models/blob/b.onnx")).unwrap();
    assert_eq!(states(&zoo)[1], ("blob", State::Unreadable));
    assert!(matches!(&zoo.verify(&[]).unwrap()[0].verdict, Verdict::Unreadable(why) if why.contains("a folder or a device")));
    for error in [zoo.open("blob").unwrap_err(), zoo.path("blob").unwrap_err(), zoo.pull("blob", &mut |_| {}).unwrap_err()] {
        assert!(matches!(error, ZooError::Io { .. }), "{error}");
    }
}

#[test]
fn what_is_here_and_intact_needs_no_folder_that_can_be_written() {
    let (folder, zoo) = stage();
    let path = put(&folder, "models/blob/b.onnx", b"blob");
    // No lock can be made here, whoever runs this.
    put(&folder, "locks", b"a file");
    assert_eq!(zoo.pull("blob", &mut |_| {}).unwrap(), Pulled::Ready(path));
    assert!(matches!(zoo.pulls().anew(true).pull("blob", &mut |_| {}), Err(ZooError::Io { .. })));
}

#[test]
fn unfinished_files_are_found() {
    let (folder, zoo) = stage();
    let part = put(&folder, "models/loose/l.onnx.part", b"loo");
    let tar = put(&folder, "models/tarred/t.pdparams.tar.part", b"tarr");
    let found: Vec<_> = zoo.unfinished().into_iter().map(|left| (left.name, left.path, left.bytes)).collect();
    assert_eq!(found, [("loose".to_owned(), part, 3), ("tarred".to_owned(), tar, 4)]);
}

#[cfg(unix)]
#[test]
fn a_removal_says_that_it_waits() {
    let (folder, zoo) = stage();
    put(&folder, "models/blob/b.onnx", b"blob");
    put(&folder, "locks/model-blob", b"");
    let lock = fs::File::open(folder.path().join("locks/model-blob")).unwrap();
    lock.lock().unwrap();
    let mut lock = Some(lock);
    let mut waited = 0;
    zoo.remove("blob", &mut |_| {
        waited += 1;
        drop(lock.take());
    })
    .unwrap();
    assert_eq!(waited, 1);
}
