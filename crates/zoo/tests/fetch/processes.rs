//! Several pulls at once, and processes that are killed or run out of disk in the middle.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use vtk_zoo::{Event, Pulled, ZooError};

use super::server::{Server, good, send};
use super::support::{ALL, body, left, pull, until, url, zoo};

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
    let mut process = child("processes::killed_in_the_middle", folder.path(), &url(&server), "").spawn().unwrap();
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
    let limited = child("processes::full_disk", folder.path(), &url(&server), "trap '' XFSZ; ulimit -f 1024;").output().unwrap();
    let said = String::from_utf8(limited.stdout).unwrap();
    assert!(said.contains("failed:") && said.contains("m.bin.part: cannot write"), "{said}");
    assert!(left(&folder).is_empty(), "what did not fit is removed: {:?}", left(&folder));
    let free = child("processes::full_disk", folder.path(), &url(&server), "").output().unwrap();
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
    let start = || child("processes::two_processes", folder.path(), &url(&server), "").spawn().unwrap();
    let both = [start(), start()].map(|process| String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap());
    assert!(both.iter().all(|said| said.contains("pulled 200000")), "{both:?}");
    assert_eq!(server.asked().len(), 1);
}
