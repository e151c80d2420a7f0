//! Answers that are no file of ours: other bytes, redirects away, errors, bodies without an end.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use vtk_zoo::{Event, Zoo, ZooError, sha256_hex};

use super::server::{Server, good, send, whole};
use super::support::{ALL, body, known, left, pull, url, zoo};

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

/// What a network with a page to sign in answers, whatever is asked.
const PAGE: &[u8] = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>";

/// As a graph begins.
const MODEL: &[u8] = b"\x08\x07\x12\x07pytorch";

#[test]
fn a_page_in_place_of_the_file_is_not_taken_for_the_model() {
    for head in ["content-type: text/html; charset=utf-8\r\n", "content-type: application/octet-stream\r\n"] {
        let folder = tempfile::tempdir().unwrap();
        let signed_in = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&signed_in);
        let server = Server::new(move |_, _, stream| match flag.load(Ordering::SeqCst) {
            true => whole(stream, MODEL, "v1"),
            false => send(stream, "200 OK", &format!("content-length: {}\r\n{head}", PAGE.len()), PAGE),
        });
        let zoo = zoo(folder.path(), &url(&server), r#", "format": "onnx""#);
        let error = pull(&zoo).unwrap_err();
        assert!(error.to_string().contains("web page"), "{error}");
        assert!(left(&folder).is_empty(), "neither a file nor a record: {:?}", left(&folder));
        // So nothing is in the real one's way.
        signed_in.store(true, Ordering::SeqCst);
        assert_eq!(pull(&zoo).unwrap(), MODEL);
    }
}

#[test]
fn a_file_of_another_form_is_not_taken_for_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::new(|_, _, stream| whole(stream, b"{\"error\": \"no such key\"}", "v1"));
    let error = pull(&zoo(folder.path(), &url(&server), r#", "format": "pdparams""#)).unwrap_err();
    assert!(matches!(error, ZooError::WrongForm { .. }) && error.to_string().contains("not those of a .pdparams file"), "{error}");
    assert!(left(&folder).is_empty());
}

#[test]
fn a_refusal_leaves_what_an_earlier_pull_has_brought() {
    let body = body(500_000);
    let refusals = [
        ("404 Not Found", "content-length: 0\r\n"),
        ("403 Forbidden", "content-length: 0\r\n"),
        ("302 Found", "location: http://example.org/\r\ncontent-length: 0\r\n"),
        ("200 OK", "content-type: text/html\r\ncontent-length: 9\r\n"),
        ("200 OK", "content-length: 9\r\n"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let (sent, stage) = (body.clone(), Arc::new(AtomicUsize::new(0)));
    let now = Arc::clone(&stage);
    let server = Server::new(move |_, request, stream| match now.load(Ordering::SeqCst) {
        0 => good(stream, request, &sent, "v1", 300_000usize.saturating_sub(request.from.unwrap_or(0))),
        n => match refusals.get(n - 1) {
            Some((status, head)) => send(stream, status, head, b""),
            None => good(stream, request, &sent, "v1", ALL),
        },
    });
    let zoo = zoo(folder.path(), &url(&server), r#", "bytes": 500000"#);
    assert!(pull(&zoo).unwrap_err().to_string().contains("300000 bytes are kept"));
    for (i, refusal) in refusals.iter().enumerate() {
        stage.store(i + 1, Ordering::SeqCst);
        let error = pull(&zoo).unwrap_err();
        assert!(error.to_string().contains("300000 bytes are kept"), "{refusal:?}: {error}");
    }
    stage.store(refusals.len() + 1, Ordering::SeqCst);
    assert_eq!(pull(&zoo).unwrap(), body);
    assert_eq!(server.asked().last().unwrap().from, Some(300_000), "it went on");
}
