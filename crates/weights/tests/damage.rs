//! Good files, cut off at every byte and with bytes changed at random: an error or a checkpoint, never a panic, and at once.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use vtk_weights::{Checkpoint, ErrorKind, Format, StrictLoad};

/// The good files of the corpus that are small, with their names.
fn good() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/good");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// A sequence of numbers that looks random (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// What may be asked of any checkpoint that a damaged file still gives.
fn use_it(name: &str, bytes: &[u8], checkpoint: &Checkpoint) {
    let size: usize = checkpoint.iter().map(|(_, tensor)| tensor.bytes().len()).sum();
    assert!(size <= 4 * bytes.len(), "{name}: {size} bytes of tensors");
    let mut load = StrictLoad::new(checkpoint);
    for (key, tensor) in checkpoint.iter() {
        assert_eq!(tensor.bytes().len(), tensor.len() * tensor.dtype().size());
        load.take(key, tensor.shape());
    }
    if let Err(error) = load.finish() {
        assert!(matches!(error.kind(), ErrorKind::UnsupportedDtype | ErrorKind::NotFinite), "{error}");
    }
    if !checkpoint.is_empty() {
        assert!(checkpoint.to_pdparams(4).is_ok());
    }
}

#[test]
fn a_file_cut_off_anywhere_is_an_error() {
    let start = Instant::now();
    for (name, bytes) in good() {
        for len in 0..bytes.len() {
            let cut = bytes.get(..len).unwrap();
            let error = Checkpoint::from_bytes(&name, cut).expect_err(&name);
            let expected = match len {
                0 => &[ErrorKind::Empty][..],
                // One byte does not say yet what a file is.
                1 => &[ErrorKind::Truncated, ErrorKind::UnknownFormat],
                _ => &[ErrorKind::Truncated, ErrorKind::Malformed],
            };
            assert!(expected.contains(&error.kind()), "{name}, {len} bytes: {error}");
        }
    }
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn changed_bytes_give_an_error_or_a_checkpoint() {
    let (mut random, mut read, mut refused) = (Random(1), 0, 0);
    for (name, bytes) in good() {
        for round in 0..2000 {
            let mut damaged = bytes.clone();
            for _ in 0..=random.below(4) {
                // Half of the changes fall on the first part, where most of the structure stands.
                let end = if round % 2 == 0 { bytes.len() } else { bytes.len().min(200) };
                damaged[random.below(end)] = match random.below(3) {
                    0 => random.next() as u8,
                    1 => 0xff,
                    _ => damaged[random.below(bytes.len())],
                };
            }
            let start = Instant::now();
            match Checkpoint::from_bytes(&name, &damaged) {
                Ok(checkpoint) => {
                    use_it(&name, &damaged, &checkpoint);
                    read += 1;
                }
                Err(error) => {
                    assert!(error.to_string().len() < 2000, "{error}");
                    refused += 1;
                }
            }
            assert!(start.elapsed() < Duration::from_secs(2), "{name}");
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} read, {refused} refused");
}

#[test]
fn inserted_and_removed_stretches_give_an_error_or_a_checkpoint() {
    let mut random = Random(2);
    for (name, bytes) in good() {
        for _ in 0..500 {
            let [a, b] = [random.below(bytes.len()), random.below(bytes.len())];
            let (start, end) = (a.min(b), a.max(b));
            let removed = [&bytes[..start], &bytes[end..]].concat();
            let doubled = [&bytes[..end], &bytes[start..]].concat();
            for damaged in [removed, doubled] {
                if let Ok(checkpoint) = Checkpoint::from_bytes(&name, &damaged) {
                    use_it(&name, &damaged, &checkpoint);
                }
            }
        }
    }
}

#[test]
fn noise_is_an_error() {
    let mut random = Random(3);
    for _ in 0..20_000 {
        let mut noise: Vec<u8> = (0..random.below(64)).map(|_| random.next() as u8).collect();
        // Behind a true beginning more of the reader is reached.
        noise.splice(..0, [0x80, 2 + random.below(4) as u8, b'}']);
        for format in [Format::Pdparams, Format::Safetensors] {
            assert!(Checkpoint::from_bytes_as("noise", &noise, format).is_err());
        }
    }
}
