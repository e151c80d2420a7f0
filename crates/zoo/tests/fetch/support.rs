//! What the tests of pulling share: a zoo with one model, and a look into its folder.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use vtk_zoo::{Catalogue, Pulled, Zoo, ZooError, sha256_hex};

use super::server::Server;

pub const ALL: usize = usize::MAX;

/// Bytes without a pattern that a shift could hide in.
pub fn body(len: usize) -> Vec<u8> {
    (0..len as u64).map(|i| (i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56) as u8).collect()
}

/// A zoo in a folder of its own that knows one model `m`, whose file is `m.bin`; `more` are further keys of the entry.
pub fn zoo(folder: &Path, place: &str, more: &str) -> Zoo {
    let mut catalogue = Catalogue::default();
    let text = format!(
        r#"{{"task": "cls", "groups": [{{"models": [{{"name": "m", "summary": "s", "format": "bin", "licence": "MIT", "origin": "t",
            "file": "m.bin", "places": [{place}]{more}}}]}}]}}"#
    );
    catalogue.add("test.json", &text).unwrap();
    Zoo::new(folder).with_catalogue(catalogue).with_loopback_http()
}

pub fn url(server: &Server) -> String {
    format!(r#"{{"url": "{}"}}"#, server.url("m.bin"))
}

pub fn known(body: &[u8]) -> String {
    format!(r#", "sha256": "{}""#, sha256_hex(body))
}

pub fn pull(zoo: &Zoo) -> Result<Vec<u8>, ZooError> {
    match zoo.pull("m", &mut |_| {})? {
        Pulled::Ready(path) => Ok(fs::read(path).unwrap()),
        Pulled::Embedded => panic!("nothing is embedded here"),
    }
}

/// The names of what lies in the model's folder.
pub fn left(folder: &TempDir) -> Vec<String> {
    let listing = fs::read_dir(folder.path().join("models/m")).into_iter().flatten();
    let mut names: Vec<String> = listing.map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} did not happen");
        std::thread::sleep(Duration::from_millis(10));
    }
}
