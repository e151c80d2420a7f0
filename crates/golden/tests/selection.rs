//! The repository's own selection of cases is what its index says: complete, attributed, small.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use vtk_golden::{Case, TensorSource, WeightSource, find_cases};

/// The most that all files together may have.
const MOST_BYTES: u64 = 8_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    cases: Vec<Entry>,
    /// Files that lie in no case's folder.
    files: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    kind: Option<String>,
    licence: String,
    origin: String,
    #[serde(default)]
    needs: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reference")
}

fn index() -> Index {
    serde_json::from_slice(&fs::read(root().join("index.json")).unwrap()).unwrap()
}

/// Every file below `dir`, with its size.
fn files(dir: &Path, found: &mut Vec<(PathBuf, u64)>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push((entry.path(), entry.metadata().unwrap().len()));
        }
    }
}

#[test]
fn the_index_lists_what_is_there() {
    let listed: BTreeSet<(String, String)> =
        index().cases.into_iter().map(|entry| (entry.path, entry.kind.expect("a case has a kind"))).collect();
    let there: BTreeSet<(String, String)> =
        find_cases(&root()).unwrap().into_iter().map(|found| (found.name, Case::load(&found.dir).unwrap().kind)).collect();
    assert_eq!(listed, there);
}

#[test]
fn every_file_has_a_licence_and_an_origin() {
    let Index { cases, files: shared } = index();
    for entry in cases.iter().chain(&shared) {
        let known = ["MIT OR Apache-2.0", "Apache-2.0", "CC0-1.0"];
        assert!(known.contains(&entry.licence.as_str()) && !entry.origin.is_empty(), "{}", entry.path);
    }
    let mut there = Vec::new();
    for part in ["cases", "models"] {
        files(&root().join(part), &mut there);
    }
    for (path, _) in there {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let in_case = cases.iter().any(|entry| name.strip_prefix(&entry.path).is_some_and(|rest| rest.starts_with('/')));
        assert!(in_case || shared.iter().any(|entry| entry.path == name), "{name} is not in the index");
    }
}

#[test]
fn every_case_has_its_files_in_the_selection() {
    let root = root().canonicalize().unwrap();
    for entry in index().cases {
        let case = Case::load(&root.join(&entry.path)).unwrap();
        let pictures = case.inputs.iter().filter_map(|input| match input {
            TensorSource::Stored(stored) => Some(&stored.file),
            TensorSource::Picture { path, .. } => Some(path),
            TensorSource::Synthetic { .. } => None,
        });
        let weights = case.weights.as_ref().and_then(|weights| match &weights.source {
            WeightSource::File(file) => Some(file),
            WeightSource::Package { .. } => panic!("{}: needs a package", entry.path),
            WeightSource::Synthetic { .. } => None,
        });
        let named: BTreeSet<String> = pictures
            .chain(weights)
            .chain(case.expected.iter().map(|stored| &stored.file))
            .map(|file| case.path(file).unwrap().canonicalize().unwrap_or_else(|error| panic!("{}: {file}: {error}", entry.path)))
            .map(|path| path.strip_prefix(&root).expect("in the selection").to_str().unwrap().replace('\\', "/"))
            .filter(|path| !path.starts_with(&format!("{}/", entry.path)))
            .collect();
        assert_eq!(named, entry.needs.into_iter().collect(), "{}", entry.path);
    }
}

/// Whatever a case names can be read or made: here, and in the full set where `VTK_REFERENCE` tells its folder.
#[test]
fn every_case_opens() {
    let full = std::env::var_os("VTK_REFERENCE").filter(|full| !full.is_empty()).map(PathBuf::from);
    for found in [Some(root()), full].iter().flatten().flat_map(|root| find_cases(root).unwrap()) {
        let case = Case::load(&found.dir).unwrap_or_else(|error| panic!("{error}"));
        for input in 0..case.inputs.len() {
            case.input(input).unwrap_or_else(|error| panic!("{error}"));
        }
        if !case.expected.is_empty() {
            case.expected_tensors().unwrap_or_else(|error| panic!("{error}"));
        }
        case.names().unwrap_or_else(|error| panic!("{error}"));
        if case.weights.as_ref().is_some_and(|weights| matches!(weights.source, WeightSource::Synthetic { .. })) {
            let made = case.checkpoint().unwrap_or_else(|error| panic!("{error}"));
            assert!(!made.is_empty() && made.check_finite().is_ok(), "{}", found.name);
        }
    }
}

#[test]
fn the_selection_is_small() {
    let mut there = Vec::new();
    files(&root(), &mut there);
    let bytes: u64 = there.iter().map(|(_, size)| size).sum();
    assert!(bytes <= MOST_BYTES, "{bytes} bytes");
}
