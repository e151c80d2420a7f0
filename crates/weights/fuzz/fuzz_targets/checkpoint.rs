//! Any bytes, read as a checkpoint of either format: no panic, no more memory than a few times the file, and what is read is written and
//! read again.
//!
//! `cargo fuzz run checkpoint fuzz/corpus/checkpoint tests/corpus/*/` from the crate's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vtk_weights::{Checkpoint, Format, StrictLoad};

fuzz_target!(|bytes: &[u8]| {
    for format in [Format::Pdparams, Format::Safetensors] {
        match Checkpoint::from_bytes_as("fuzz", bytes, format) {
            Ok(checkpoint) => check(&checkpoint, bytes),
            Err(error) => assert!(error.to_string().len() < 4000),
        }
    }
});

fn check(checkpoint: &Checkpoint, bytes: &[u8]) {
    let size: usize = checkpoint.iter().map(|(_, tensor)| tensor.bytes().len()).sum();
    assert!(size <= 4 * bytes.len());
    let mut load = StrictLoad::new(checkpoint);
    for (key, tensor) in checkpoint.iter() {
        load.take(key, tensor.shape());
    }
    // Integers and values that are not finite are legal in a file.
    let _ = load.finish();
    if checkpoint.get("__metadata__").is_none() {
        let written = checkpoint.to_safetensors().expect("a checkpoint that was read can be written");
        let read = Checkpoint::from_bytes_as("again", &written, Format::Safetensors).expect("what was written can be read");
        assert!(read.iter().all(|(key, tensor)| checkpoint.get(key).is_some_and(|other| other.bytes() == tensor.bytes())));
    }
    let reserved = ["StructuredToParameterName@@", "UnpackBigParamInfor@@"];
    if !checkpoint.is_empty() && checkpoint.keys().all(|key| !reserved.contains(&key)) {
        for protocol in 2..=4 {
            let written = checkpoint.to_pdparams(protocol).expect("a checkpoint that was read can be written");
            let read = Checkpoint::from_bytes_as("again", &written, Format::Pdparams).expect("what was written can be read");
            assert!(read.iter().eq(checkpoint.iter()));
        }
    }
}
