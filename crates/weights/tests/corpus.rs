//! Every file of the corpus is read as it must be or refused with the class of its folder, quickly and with a small stack.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use vtk_weights::{Checkpoint, DType, WeightsError};

/// Files of the corpus, and the name of the folder they lie in.
fn files() -> Vec<(String, PathBuf)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut files = Vec::new();
    for folder in fs::read_dir(corpus).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        let class = folder.file_name().unwrap().to_str().unwrap().to_owned();
        files.extend(fs::read_dir(&folder).unwrap().map(|entry| (class.clone(), entry.unwrap().path())));
    }
    files.sort();
    files
}

/// Reads a file on a stack of 128 KiB: whatever nests in a file must not nest on the stack.
fn read(path: &Path) -> Result<Checkpoint, WeightsError> {
    let path = path.to_owned();
    let start = Instant::now();
    let reader = std::thread::Builder::new().stack_size(128 << 10);
    let read = reader.spawn(move || Checkpoint::from_path(&path)).unwrap().join().expect("no panic");
    assert!(start.elapsed() < Duration::from_secs(5));
    read
}

#[test]
fn hostile_files_are_refused_with_the_class_of_their_folder() {
    let mut count = 0;
    for (class, path) in files().into_iter().filter(|(class, _)| class != "good") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let error = read(&path).expect_err(name);
        assert_eq!(error.kind().as_str(), class, "{error}");
        assert!(error.to_string().contains(name) && error.to_string().len() < 1000, "{error}");
        count += 1;
    }
    assert_eq!(count, 88);
}

#[test]
fn all_forms_of_a_checkpoint_hold_the_same_tensors() {
    let mut count = 0;
    for (_, path) in files().into_iter().filter(|(class, path)| class == "good" && path.extension().unwrap() == "pdparams") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let twin = path.with_file_name(format!("{}.safetensors", name.split('.').next().unwrap()));
        let (found, wanted) = (read(&path).unwrap(), read(&twin).unwrap());
        let prefix = if name.contains("nested") { "model." } else { "" };
        assert_eq!(found.len(), wanted.len(), "{name}");
        for (key, wanted) in wanted.iter() {
            let found = found.get(&format!("{prefix}{key}")).expect(key);
            assert_eq!((found.dtype(), found.shape()), (wanted.dtype(), wanted.shape()), "{name}: {key}");
            assert_eq!(found.bytes(), wanted.bytes(), "{name}: {key}");
        }
        count += 1;
    }
    assert_eq!(count, 31);
}

#[test]
fn order_and_internal_names_are_kept() {
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/good");
    let order = ["conv.weight", "bn.weight", "bn.bias", "bn._mean", "bn._variance", "fc.weight", "fc.bias"];
    let state = read(&good.join("state.p4-numpy2.pdparams")).unwrap();
    assert_eq!(state.keys().collect::<Vec<_>>(), order);
    assert_eq!(state.get("bn._mean").unwrap().param(), Some("batch_norm2d_0.w_1"));
    let nested = read(&good.join("state.nested-p2-numpy1.pdparams")).unwrap();
    assert_eq!(nested.get("model.fc.bias").unwrap().param(), Some("linear_0.b_0"));
    // A joined tensor comes last.
    let split = read(&good.join("state.split-p3-numpy2.pdparams")).unwrap();
    assert_eq!(split.keys().last(), Some("conv.weight"));
    assert_eq!(split.get("conv.weight").unwrap().param(), Some("conv2d_0.w_0"));
    let sorted = read(&good.join("state.safetensors")).unwrap();
    assert!(sorted.keys().is_sorted());
    assert_eq!(sorted.metadata().get("arch").map(String::as_str), Some("test"));
}

#[test]
fn the_writer_writes_what_paddle_and_numpy_write() {
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/good");
    for protocol in 2..=4 {
        let path = good.join(format!("state.p{protocol}-numpy1.pdparams"));
        assert!(read(&path).unwrap().to_pdparams(protocol).unwrap() == fs::read(&path).unwrap(), "protocol {protocol}");
    }
}

#[test]
fn bfloat16_is_paddles_uint16() {
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/good");
    let mixed = read(&good.join("mixed.p4-numpy2.pdparams")).unwrap();
    let tensor = mixed.get("u2").unwrap();
    assert_eq!(tensor.dtype(), DType::Bf16);
    assert_eq!(tensor.to_f32().unwrap(), [1.0, -2.0, f32::from_bits(0x0001_0000)]);
}
