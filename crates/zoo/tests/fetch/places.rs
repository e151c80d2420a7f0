//! Where a file comes from and where it goes: an address, a member of an archive, a second place, a folder that refuses.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use vtk_zoo::{Event, Pulled, ZooError, sha256_hex};

use super::server::{Server, good, send, whole};
use super::support::{body, known, left, pull, url, zoo};

#[test]
fn a_file_arrives_and_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let body = body(300_000);
    let sent = body.clone();
    let server = Server::new(move |_, _, stream| whole(stream, &sent, "v1"));
    let zoo = zoo(folder.path(), &url(&server), &format!(r#"{}, "bytes": 300000"#, known(&body)));
    let (mut last, mut begun, mut ready) = (0, false, false);
    let pulled = zoo.pull("m", &mut |event| match event {
        Event::Begin { file, .. } => begun = *file == "m.bin",
        Event::Bytes { done, total } => {
            assert!(*done > last && *total == Some(300_000));
            last = *done;
        }
        Event::Ready { before, .. } => ready = !before,
        other => panic!("{other:?}"),
    });
    assert_eq!(pulled.unwrap(), Pulled::Ready(folder.path().join("models/m/m.bin")));
    assert!(begun && ready && last == 300_000);
    assert_eq!(zoo.open("m").unwrap().bytes(), body);
    assert_eq!(left(&folder), ["m.bin"]);
    // It is there: nothing is asked again.
    pull(&zoo).unwrap();
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn the_first_pull_of_an_unknown_file_binds_later_ones() {
    let folder = tempfile::tempdir().unwrap();
    let now = Arc::new(Mutex::new(b"first".to_vec()));
    let sent = Arc::clone(&now);
    let server = Server::new(move |_, _, stream| whole(stream, &sent.lock().unwrap(), "v"));
    let zoo = zoo(folder.path(), &url(&server), "");
    assert_eq!(pull(&zoo).unwrap(), b"first");
    assert_eq!(left(&folder), ["m.bin", "m.bin.sha256"]);
    let record = fs::read_to_string(folder.path().join("models/m/m.bin.sha256")).unwrap();
    assert_eq!(record, format!("{}  m.bin\n", sha256_hex(b"first")), "the form of sha256sum");

    // A file that is not that one is noticed, and replaced.
    fs::write(folder.path().join("models/m/m.bin"), b"bent").unwrap();
    assert!(matches!(zoo.open("m"), Err(ZooError::Damaged { mismatch, .. }) if mismatch.recorded.is_some()));
    assert_eq!(pull(&zoo).unwrap(), b"first");

    zoo.remove("m", &mut |_| {}).unwrap();
    assert_eq!(left(&folder), ["m.bin.sha256"]);
    *now.lock().unwrap() = b"second".to_vec();
    let error = pull(&zoo).unwrap_err();
    assert!(matches!(&error, ZooError::WrongHash { mismatch, .. } if mismatch.recorded.is_some()), "{error}");
    assert!(error.to_string().contains("m.bin.sha256"), "{error}");
    assert_eq!(left(&folder), ["m.bin.sha256"]);

    assert!(zoo.forget("m", &mut |_| {}).unwrap() && !zoo.forget("m", &mut |_| {}).unwrap());
    assert_eq!(pull(&zoo).unwrap(), b"second");
}

/// A tar of regular files.
fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap()
}

#[test]
fn a_member_of_an_archive_is_unpacked_and_the_archive_goes() {
    let weights = body(250_000);
    let tar = tar_of(&[("x_train/train.log", b"log"), ("x_train/best.pdparams", &weights)]);
    let sent = tar.clone();
    let server = Server::new(move |_, request, stream| good(stream, request, &sent, "v1", 100_000));
    let place = format!(r#"{{"archive": "{}", "member": "best.pdparams"}}"#, server.url("x_train.tar"));
    let folder = tempfile::tempdir().unwrap();
    let zoo = zoo(folder.path(), &place, "");
    assert_eq!(pull(&zoo).unwrap(), weights);
    assert_eq!(left(&folder), ["m.bin", "m.bin.sha256"]);
    assert!(server.asked().len() == 3 && server.asked()[2].from == Some(200_000), "the archive too is gone on with");

    for (files, say) in [
        (vec![("x/other", &b"x"[..])], "has no file best.pdparams"),
        (vec![("best.pdparams", &weights[..]), ("../../evil", b"x")], "leads out of its folder"),
        (vec![("/best.pdparams", &weights[..])], "leads out of its folder"),
    ] {
        let sent = tar_of(&files);
        let server = Server::new(move |_, _, stream| whole(stream, &sent, "v1"));
        let place = format!(r#"{{"archive": "{}", "member": "best.pdparams"}}"#, server.url("x.tar"));
        let folder = tempfile::tempdir().unwrap();
        let error = pull(&super::support::zoo(folder.path(), &place, "")).unwrap_err();
        assert!(error.to_string().contains(say) && error.to_string().contains("x.tar"), "{error}");
        assert!(left(&folder).is_empty(), "{:?}", left(&folder));
    }
}

#[test]
fn a_second_place_helps_out_and_all_failures_are_told() {
    let server = Server::new(|_, request, stream| match request.path.as_str() {
        "good" => whole(stream, b"bytes", "v1"),
        _ => send(stream, "404 Not Found", "content-length: 0\r\n", b""),
    });
    let places = |second: &str| format!(r#"{{"url": "{}"}}, {{"url": "{}"}}"#, server.url("gone"), server.url(second));
    let folder = tempfile::tempdir().unwrap();
    let mut failed = 0;
    let zoo = zoo(folder.path(), &places("good"), "");
    zoo.pull("m", &mut |event| failed += usize::from(matches!(event, Event::Failed { .. }))).unwrap();
    assert_eq!((failed, zoo.open("m").unwrap().bytes()), (1, &b"bytes"[..]));
    let folder = tempfile::tempdir().unwrap();
    let error = pull(&super::support::zoo(folder.path(), &places("lost"), "")).unwrap_err();
    assert!(matches!(&error, ZooError::Places { failures, .. } if failures.len() == 2), "{error}");
    assert!(error.to_string().contains("/gone") && error.to_string().contains("/lost"), "{error}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let server = Server::new(|_, _, stream| whole(stream, b"bytes", "v1"));
    let error = pull(&zoo(&PathBuf::from(file.path()).join("cache"), &url(&server), "")).unwrap_err();
    assert!(matches!(&error, ZooError::Io { .. }) && error.to_string().contains("cache"), "{error}");
    assert!(server.asked().is_empty());
}

#[cfg(unix)]
#[test]
fn a_fault_of_this_machine_ends_a_pull_and_one_of_python_leaves_the_addresses() {
    let server = Server::new(|_, _, stream| whole(stream, b"bytes", "v1"));
    // Where the file belongs stands something else: no other place would help.
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("models/m/m.bin.part/x")).unwrap();
    let both = format!(r#"{{"url": "{}"}}, {{"url": "{}"}}"#, server.url("a"), server.url("b"));
    let mut asked = 0;
    let error =
        zoo(folder.path(), &both, "").pull("m", &mut |event| asked += usize::from(matches!(event, Event::Begin { .. }))).unwrap_err();
    assert!(matches!(&error, ZooError::Io { .. }) && error.to_string().contains("m.bin.part: cannot"), "{error}");
    assert_eq!(asked, 1);

    // Without Python a second package is in vain, and an address is not.
    let folder = tempfile::tempdir().unwrap();
    let places = format!(
        r#"{{"package": "a==1", "member": "m.bin"}}, {{"package": "b==1", "member": "m.bin"}}, {{"url": "{}"}}"#,
        server.url("m.bin")
    );
    let mut begun = Vec::new();
    let zoo = zoo(folder.path(), &places, &known(b"bytes")).with_python("/nonexistent/python");
    let pulled = zoo.pull("m", &mut |event| {
        if let Event::Begin { place, .. } = event {
            begun.push(place.to_string());
        }
    });
    assert!(pulled.is_ok() && begun.len() == 2 && begun[0].contains("a==1") && begun[1].contains("http"), "{pulled:?} {begun:?}");
}
