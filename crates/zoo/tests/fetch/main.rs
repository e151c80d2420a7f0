//! Pulling from addresses, against a server on this machine that cuts, lies and dawdles. Whatever happens, the right file or a clear
//! error comes out, and never half a file under the final name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, unreachable_pub)]

mod server;

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use server::{Server, good, send, whole};
use tempfile::TempDir;
use vtk_zoo::{Catalogue, Event, Pulled, State, Zoo, ZooError, sha256_hex};

const ALL: usize = usize::MAX;

/// Bytes without a pattern that a shift could hide in.
fn body(len: usize) -> Vec<u8> {
    (0..len as u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

/// A zoo in a folder of its own that knows one model `m`, whose file is `m.bin`; `more` are further keys of the entry.
fn zoo(folder: &Path, place: &str, more: &str) -> Zoo {
    let mut catalogue = Catalogue::default();
    let text = format!(
        r#"{{"task": "cls", "groups": [{{"models": [{{"name": "m", "summary": "s", "format": "onnx", "licence": "MIT", "origin": "t",
            "file": "m.bin", "places": [{place}]{more}}}]}}]}}"#
    );
    catalogue.add("test.json", &text).unwrap();
    Zoo::new(folder).with_catalogue(catalogue).with_loopback_http()
}

fn url(server: &Server) -> String {
    format!(r#"{{"url": "{}"}}"#, server.url("m.bin"))
}

fn known(body: &[u8]) -> String {
    format!(r#", "sha256": "{}""#, sha256_hex(body))
}

fn pull(zoo: &Zoo) -> Result<Vec<u8>, ZooError> {
    match zoo.pull("m", &mut |_| {})? {
        Pulled::Ready(path) => Ok(fs::read(path).unwrap()),
        Pulled::Embedded => panic!("nothing is embedded here"),
    }
}

/// The names of what lies in the model's folder.
fn left(folder: &TempDir) -> Vec<String> {
    let listing = fs::read_dir(folder.path().join("models/m")).into_iter().flatten();
    let mut names: Vec<String> = listing.map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

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
fn a_cut_connection_is_gone_on_with() {
    for hash_known in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let body = body(500_000);
        let sent = body.clone();
        let server = Server::new(move |_, request, stream| good(stream, request, &sent, "v1", 200_000));
        let zoo = zoo(folder.path(), &url(&server), &if hash_known { known(&body) } else { String::new() });
        assert_eq!(pull(&zoo).unwrap(), body);
        let asked = server.asked();
        let from: Vec<_> = asked.iter().map(|request| request.from).collect();
        assert_eq!(from, [None, Some(200_000), Some(400_000)]);
        assert_eq!(asked[1].if_range.as_deref(), Some("\"v1\""));
        assert!(!left(&folder).iter().any(|name| name.contains(".part")), "{:?}", left(&folder));
    }
}

#[test]
fn a_pull_that_gave_up_is_gone_on_with_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let body = body(500_000);
    let sent = body.clone();
    let dead = Arc::new(AtomicUsize::new(1));
    let flag = Arc::clone(&dead);
    let server = Server::new(move |_, request, stream| {
        // While it is dead it sends the first 200 000 bytes and never a byte more.
        let most = if flag.load(Ordering::SeqCst) == 0 { ALL } else { 200_000usize.saturating_sub(request.from.unwrap_or(0)) };
        good(stream, request, &sent, "v1", most);
    });
    let first = zoo(folder.path(), &url(&server), &known(&body));
    let error = pull(&first).unwrap_err();
    assert!(matches!(error, ZooError::Http { .. }) && error.to_string().contains("200000 bytes are kept"), "{error}");
    assert_eq!(left(&folder), ["m.bin.part", "m.bin.part.json"]);
    assert!(matches!(first.open("m"), Err(ZooError::Missing { .. })));
    assert_eq!(first.list(None)[0].state, State::Absent);

    dead.store(0, Ordering::SeqCst);
    let before = server.asked().len();
    assert_eq!(pull(&zoo(folder.path(), &url(&server), &known(&body))).unwrap(), body);
    assert_eq!(server.asked()[before..].iter().map(|r| r.from).collect::<Vec<_>>(), [Some(200_000)]);
    assert_eq!(left(&folder), ["m.bin"]);
}

#[test]
fn a_part_that_was_whole_already_is_no_trouble() {
    // As a kill between the last byte and the rename leaves it: the range after the end does not exist.
    let folder = tempfile::tempdir().unwrap();
    let body = body(1000);
    let sent = body.clone();
    let server = Server::new(move |_, request, stream| good(stream, request, &sent, "v1", ALL));
    let part = folder.path().join("models/m/m.bin.part");
    fs::create_dir_all(part.parent().unwrap()).unwrap();
    fs::write(&part, &body).unwrap();
    let note = format!(r#"{{"url": "{}", "validator": "\"v1\"", "bytes": 1000}}"#, server.url("m.bin"));
    fs::write(folder.path().join("models/m/m.bin.part.json"), note).unwrap();
    assert_eq!(pull(&zoo(folder.path(), &url(&server), "")).unwrap(), body);
    assert_eq!(server.asked().iter().map(|r| r.from).collect::<Vec<_>>(), [Some(1000), None]);
}

#[test]
fn a_server_that_falls_silent_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let body = body(200_000);
    let sent = body.clone();
    let server = Server::new(move |before, request, stream| {
        good(stream, request, &sent, "v1", if before == 0 { 80_000 } else { ALL });
        if before == 0 {
            std::thread::sleep(Duration::from_secs(20));
        }
    });
    let zoo = zoo(folder.path(), &url(&server), "").with_patience(Duration::from_secs(3));
    let start = Instant::now();
    assert_eq!(pull(&zoo).unwrap(), body);
    assert_eq!(server.asked().iter().map(|r| r.from).collect::<Vec<_>>(), [None, Some(80_000)]);
    assert!(start.elapsed() < Duration::from_secs(15));
}

#[test]
fn a_server_that_ignores_ranges_sends_it_all_again() {
    let folder = tempfile::tempdir().unwrap();
    let body = body(400_000);
    let sent = body.clone();
    let server = Server::new(move |before, _, stream| {
        let head = format!("content-length: {}\r\n", sent.len());
        send(stream, "200 OK", &head, &sent[..if before == 0 { 150_000 } else { sent.len() }]);
    });
    assert_eq!(pull(&zoo(folder.path(), &url(&server), &known(&body))).unwrap(), body);
    assert_eq!(server.asked().iter().map(|r| r.from).collect::<Vec<_>>(), [None, Some(150_000)]);
}

#[test]
fn two_versions_are_never_mixed() {
    // The file changes while it is fetched, and no hash is known. A good server then sends the new one whole; one that takes no notice
    // of If-Range sends the rest of the new one, and its ETag gives it away.
    for honours in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let new = body(300_000);
        let old: Vec<u8> = new.iter().map(|byte| !byte).collect();
        let sent = new.clone();
        let server = Server::new(move |before, request, stream| {
            let mut request = request.clone();
            if !honours {
                request.if_range = None;
            }
            if before == 0 { good(stream, &request, &old, "v1", 100_000) } else { good(stream, &request, &sent, "v2", ALL) }
        });
        assert_eq!(pull(&zoo(folder.path(), &url(&server), "")).unwrap(), new, "{honours}");
        assert_eq!(server.asked().len(), if honours { 2 } else { 3 });
    }
}

#[test]
fn bytes_of_an_older_version_are_fetched_anew_when_the_hash_tells() {
    let folder = tempfile::tempdir().unwrap();
    let new = body(300_000);
    let old: Vec<u8> = new.iter().map(|b| !b).collect();
    let (first, second) = (old, new.clone());
    let calls = Arc::new(AtomicUsize::new(0));
    let server = Server::new(move |_, request, stream| {
        // No ETag. The old version breaks off until the first pull gives up; then the new one stands there.
        let nth = calls.fetch_add(1, Ordering::SeqCst);
        let from = request.from.unwrap_or(0);
        let (sent, most) = if nth < 4 { (&first, 100_000usize.saturating_sub(from)) } else { (&second, ALL) };
        let head = format!("content-length: {}\r\ncontent-range: bytes {from}-{}/{}\r\n", sent.len() - from, sent.len() - 1, sent.len());
        let status = if from > 0 { "206 Partial Content" } else { "200 OK" };
        send(stream, status, &head, &sent[from..from + most.min(sent.len() - from)]);
    });
    let zoo = zoo(folder.path(), &url(&server), &known(&new));
    assert!(matches!(pull(&zoo), Err(ZooError::Http { .. })));
    assert_eq!(left(&folder), ["m.bin.part", "m.bin.part.json"]);
    assert_eq!(pull(&zoo).unwrap(), new);
    assert_eq!(left(&folder), ["m.bin"]);
}

#[test]
fn another_file_than_expected_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|_, _, stream| whole(stream, b"other bytes", "v1"));
    let error = pull(&zoo(folder.path(), &url(&server), &known(b"right bytes"))).unwrap_err();
    assert!(matches!(error, ZooError::WrongHash { .. }), "{error}");
    let text = error.to_string();
    assert!(text.contains(&sha256_hex(b"right bytes")) && text.contains(&sha256_hex(b"other bytes")) && text.contains("m.bin"), "{text}");
    assert!(left(&folder).is_empty());
    // The same by git's id, and by the length alone, which is found out before the body.
    let blob = format!(r#", "git_blob": "{}""#, vtk_zoo::git_blob_id(b"right bytes"));
    assert!(matches!(pull(&zoo(folder.path(), &url(&server), &blob)), Err(ZooError::WrongHash { .. })));
    let error = pull(&zoo(folder.path(), &url(&server), r#", "bytes": 10"#)).unwrap_err();
    assert!(error.to_string().contains("announces 11 bytes"), "{error}");
    let blob = format!(r#", "git_blob": "{}""#, vtk_zoo::git_blob_id(b"other bytes"));
    assert_eq!(pull(&zoo(folder.path(), &url(&server), &blob)).unwrap(), b"other bytes");
}

#[test]
fn redirects_are_followed_to_https_alone() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|_, request, stream| {
        let to = match request.path.as_str() {
            "m.bin" => "/a/b",
            "a/b" => "c?x=1",
            "a/c?x=1" => return whole(stream, b"bytes", "v1"),
            "loop" => "/loop",
            "nowhere" => return send(stream, "302 Found", "content-length: 0\r\n", b""),
            plain => &format!("{}://example.org/x", plain.split('/').next_back().unwrap()),
        };
        send(stream, "302 Found", &format!("location: {to}\r\ncontent-length: 0\r\n"), b"");
    });
    assert_eq!(pull(&zoo(folder.path(), &url(&server), "")).unwrap(), b"bytes");
    for (path, say) in
        [("loop", "more than 5"), ("nowhere", "to nowhere"), ("to/http", "not https"), ("to/file", "not https"), ("to/ftp", "not https")]
    {
        let folder = tempfile::tempdir().unwrap();
        let error = pull(&zoo(folder.path(), &format!(r#"{{"url": "{}"}}"#, server.url(path)), "")).unwrap_err();
        assert!(error.to_string().contains(say) && error.to_string().contains(path), "{path}: {error}");
        assert!(left(&folder).is_empty());
    }
}

#[test]
fn without_the_tests_own_leave_this_machine_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|_, _, stream| whole(stream, b"bytes", "v1"));
    let allowed = zoo(folder.path(), &url(&server), "");
    let usual = Zoo::new(folder.path()).with_catalogue(allowed.catalogue().clone());
    let error = pull(&usual).unwrap_err();
    assert!(error.to_string().contains("is not https"), "{error}");
    assert!(server.asked().is_empty());
}

#[test]
fn what_the_server_says_reaches_the_user() {
    for (status, tries) in [("404 Not Found", 1), ("403 Forbidden", 1), ("500 Internal Server Error", 1), ("204 No Content", 1)] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(move |_, _, stream| send(stream, status, "content-length: 0\r\n", b""));
        let error = pull(&zoo(folder.path(), &url(&server), "")).unwrap_err();
        assert!(error.to_string().contains(status) && error.to_string().contains(&server.url("m.bin")), "{error}");
        assert_eq!((server.asked().len(), left(&folder).len()), (tries, 0), "{status}");
    }
    // Out of order for a moment, in the middle of a file: waited out.
    let folder = tempfile::tempdir().unwrap();
    let body = body(100_000);
    let sent = body.clone();
    let server = Server::new(move |before, request, stream| match before {
        1 => send(stream, "503 Service Unavailable", "content-length: 0\r\n", b""),
        _ => good(stream, request, &sent, "v1", 60_000),
    });
    assert_eq!(pull(&zoo(folder.path(), &url(&server), "")).unwrap(), body);
    // Nobody there.
    let folder = tempfile::tempdir().unwrap();
    let error = pull(&zoo(folder.path(), r#"{"url": "http://127.0.0.1:1/m.bin"}"#, "")).unwrap_err();
    assert!(matches!(error, ZooError::Http { .. }), "{error}");
    assert!(left(&folder).is_empty());
}

#[test]
fn an_endless_body_is_stopped() {
    let endless = |head: &'static str, frame: bool| {
        Server::new(move |_, _, stream| {
            send(stream, "200 OK", head, b"");
            let block = vec![7u8; 4096];
            for _ in 0..100_000 {
                let sent = if frame {
                    write!(stream, "1000\r\n").and_then(|()| stream.write_all(&block)).and_then(|()| write!(stream, "\r\n"))
                } else {
                    stream.write_all(&block)
                };
                if sent.is_err() {
                    return;
                }
            }
        })
    };
    for (head, frame, more) in [
        ("transfer-encoding: chunked\r\n", true, String::new()),
        ("transfer-encoding: chunked\r\n", true, r#", "bytes": 10000"#.to_owned()),
        ("", false, known(b"x")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = endless(head, frame);
        let error = pull(&zoo(folder.path(), &url(&server), &more).with_limit(100_000)).unwrap_err();
        assert!(matches!(error, ZooError::TooLarge { .. }), "{error}");
        assert!(left(&folder).is_empty());
    }
    // One that announces it is not even begun.
    let folder = tempfile::tempdir().unwrap();
    let server = endless("content-length: 999999999999\r\n", false);
    let zoo = zoo(folder.path(), &url(&server), "").with_limit(100_000);
    let mut bytes = 0;
    let error = zoo.pull("m", &mut |event| bytes += usize::from(matches!(event, Event::Bytes { .. }))).unwrap_err();
    assert!(matches!(error, ZooError::TooLarge { limit: 100_000, .. }) && bytes == 0, "{error}");
}

#[test]
fn a_body_whose_end_cannot_be_told_needs_a_hash() {
    let server = Server::new(|_, _, stream| send(stream, "200 OK", "", b"all of it"));
    let folder = tempfile::tempdir().unwrap();
    let error = pull(&zoo(folder.path(), &url(&server), "")).unwrap_err();
    assert!(error.to_string().contains("does not say how long"), "{error}");
    assert!(left(&folder).is_empty());
    assert_eq!(pull(&zoo(folder.path(), &url(&server), &known(b"all of it"))).unwrap(), b"all of it");
    // Chunks have an end of their own.
    let folder = tempfile::tempdir().unwrap();
    let chunked =
        Server::new(|_, _, stream| send(stream, "200 OK", "transfer-encoding: chunked\r\n", b"3\r\nall\r\n6\r\n of it\r\n0\r\n\r\n"));
    assert_eq!(pull(&zoo(folder.path(), &url(&chunked), "")).unwrap(), b"all of it");
    let folder = tempfile::tempdir().unwrap();
    let torn = Server::new(|_, _, stream| send(stream, "200 OK", "transfer-encoding: chunked\r\n", b"3\r\nall\r\n6\r\n of"));
    assert!(matches!(pull(&zoo(folder.path(), &url(&torn), "")), Err(ZooError::Http { .. })));
    assert!(!left(&folder).contains(&"m.bin".to_owned()));
}

#[test]
fn odd_answers_are_refused() {
    for (status, head, say) in [
        ("200 OK", "content-encoding: gzip\r\ncontent-length: 4\r\n", "encoding"),
        ("206 Partial Content", "content-length: 4\r\n", "does not say which"),
        ("206 Partial Content", "content-length: 4\r\ncontent-range: bytes 0-1/4\r\n", "does not say which"),
        ("206 Partial Content", "content-length: 4\r\ncontent-range: bytes 5-8/9\r\n", "contradicts itself"),
        ("416 Range Not Satisfiable", "content-length: 0\r\n", "contradicts itself"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::new(move |_, _, stream| send(stream, status, head, b"1234"));
        let error = pull(&zoo(folder.path(), &url(&server), "")).unwrap_err();
        assert!(error.to_string().contains(say), "{head}: {error}");
        assert!(left(&folder).is_empty());
    }
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

    zoo.remove("m").unwrap();
    assert_eq!(left(&folder), ["m.bin.sha256"]);
    *now.lock().unwrap() = b"second".to_vec();
    let error = pull(&zoo).unwrap_err();
    assert!(matches!(&error, ZooError::WrongHash { mismatch, .. } if mismatch.recorded.is_some()), "{error}");
    assert!(error.to_string().contains("m.bin.sha256"), "{error}");
    assert_eq!(left(&folder), ["m.bin.sha256"]);

    assert!(zoo.forget("m").unwrap() && !zoo.forget("m").unwrap());
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
        let error = pull(&self::zoo(folder.path(), &place, "")).unwrap_err();
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
    let error = pull(&self::zoo(folder.path(), &places("lost"), "")).unwrap_err();
    assert!(matches!(&error, ZooError::Places { failures, .. } if failures.len() == 2), "{error}");
    assert!(error.to_string().contains("/gone") && error.to_string().contains("/lost"), "{error}");
}

#[test]
fn two_pulls_at_once_fetch_once() {
    let folder = tempfile::tempdir().unwrap();
    let body = body(200_000);
    let sent = body.clone();
    let waiting = Arc::new(AtomicUsize::new(0));
    let others = Arc::clone(&waiting);
    let server = Server::new(move |_, request, stream| {
        until("the others' waiting", || others.load(Ordering::SeqCst) == 3);
        good(stream, request, &sent, "v1", ALL);
    });
    let zoo = zoo(folder.path(), &url(&server), "");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let pulled = zoo.pull("m", &mut |event| {
                    waiting.fetch_add(usize::from(matches!(event, Event::Waiting)), Ordering::SeqCst);
                });
                assert!(matches!(pulled, Ok(Pulled::Ready(_))), "{pulled:?}");
            });
        }
    });
    assert_eq!(fs::read(folder.path().join("models/m/m.bin")).unwrap(), body);
    assert_eq!(server.asked().len(), 1);
}

/// What this test program does when a test starts it as a process of its own: one pull. The test whose name is run has nothing to do
/// then but to call this.
fn as_child() -> bool {
    let Ok(place) = env::var("VTK_TEST_PLACE") else { return false };
    let zoo = zoo(Path::new(&env::var("VTK_TEST_FOLDER").unwrap()), &place, "");
    match pull(&zoo) {
        Ok(bytes) => println!("\npulled {}", bytes.len()),
        Err(error) => println!("\nfailed: {error}"),
    }
    true
}

/// This program as a child that pulls into `folder`, by way of a shell that may set limits first.
fn child(test: &str, folder: &Path, place: &str, shell: &str) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{shell} exec \"$0\" --exact {test} --nocapture --test-threads 1")).arg(env::current_exe().unwrap());
    command.env("VTK_TEST_PLACE", place).env("VTK_TEST_FOLDER", folder).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
#[cfg(unix)]
fn killed_in_the_middle() {
    if as_child() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let body = body(12 << 20);
    let sent = body.clone();
    let server = Server::new(move |before, request, stream| {
        if before == 0 {
            // Seven of twelve megabytes, then silence.
            send(stream, "200 OK", &format!("content-length: {}\r\netag: \"v1\"\r\n", sent.len()), &sent[..7 << 20]);
            std::thread::sleep(Duration::from_secs(60));
        } else {
            good(stream, request, &sent, "v1", ALL);
        }
    });
    let (part, note) = (folder.path().join("models/m/m.bin.part"), folder.path().join("models/m/m.bin.part.json"));
    let mut process = child("killed_in_the_middle", folder.path(), &url(&server), "").spawn().unwrap();
    until("the seventh megabyte", || note.exists() && fs::metadata(&part).is_ok_and(|meta| meta.len() == 7 << 20));
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(!folder.path().join("models/m/m.bin").exists());

    let zoo = zoo(folder.path(), &url(&server), "");
    assert!(matches!(zoo.open("m"), Err(ZooError::Missing { .. })));
    assert_eq!(pull(&zoo).unwrap(), body);
    let from = server.asked()[1].from.unwrap();
    assert!((4 << 20..=7 << 20).contains(&from), "gone on from byte {from}");
    assert_eq!(left(&folder), ["m.bin", "m.bin.sha256"]);
}

#[test]
#[cfg(target_os = "linux")]
fn full_disk() {
    if as_child() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let body = body(3 << 20);
    let sent = body.clone();
    let server = Server::new(move |_, request, stream| good(stream, request, &sent, "v1", ALL));
    // The shell's limit of a megabyte a file makes writing fail as a full disk does.
    let limited = child("full_disk", folder.path(), &url(&server), "trap '' XFSZ; ulimit -f 1024;").output().unwrap();
    let said = String::from_utf8(limited.stdout).unwrap();
    assert!(said.contains("failed:") && said.contains("m.bin.part: cannot write"), "{said}");
    assert!(left(&folder).is_empty(), "what did not fit is removed: {:?}", left(&folder));
    let free = child("full_disk", folder.path(), &url(&server), "").output().unwrap();
    assert!(String::from_utf8(free.stdout).unwrap().contains(&format!("pulled {}", body.len())));
}

#[test]
#[cfg(unix)]
fn two_processes() {
    if as_child() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let body = body(200_000);
    let sent = body.clone();
    let server = Server::new(move |_, request, stream| {
        std::thread::sleep(Duration::from_millis(500));
        good(stream, request, &sent, "v1", ALL);
    });
    let start = || child("two_processes", folder.path(), &url(&server), "").spawn().unwrap();
    let both = [start(), start()].map(|process| String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap());
    assert!(both.iter().all(|said| said.contains("pulled 200000")), "{both:?}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let server = Server::new(|_, _, stream| whole(stream, b"bytes", "v1"));
    let error = pull(&zoo(&PathBuf::from(file.path()).join("cache"), &url(&server), "")).unwrap_err();
    assert!(matches!(&error, ZooError::Io { .. }) && error.to_string().contains("cache"), "{error}");
    assert!(server.asked().is_empty());
}
