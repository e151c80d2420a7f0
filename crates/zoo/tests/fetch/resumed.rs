//! Connections that break, fall silent or come back with another file: a pull goes on where it can, and never mixes two versions.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use vtk_zoo::{State, ZooError};

use super::server::{Server, good, send};
use super::support::{ALL, body, known, left, pull, url, zoo};

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
