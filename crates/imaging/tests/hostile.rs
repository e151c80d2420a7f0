//! Broken and hostile files: every prefix of seven small files in six formats and ten thousand damaged ones end in a picture or an error, in bounded
//! memory and time.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
#![cfg(feature = "decode")]

use std::path::Path;
use std::time::{Duration, Instant};

use vtk_imaging::{DecodeOptions, ImagingError, decode};

const FILES: [&str; 7] = ["420.jpg", "progressive.jpg", "interlaced-rgb.png", "animated.webp", "rle8.bmp", "g3-2d.tif", "animated.gif"];

/// More of the same formats, for damage only.
const MORE: [&str; 9] = [
    "ycck-adobe.jpg",
    "palette4-transparent.png",
    "lossy.webp",
    "rgb565.bmp",
    "jpeg-rgb-tiled.tif",
    "planes-tiled.tif",
    "bigtiff.tif",
    "pages.tif",
    "arbitrary.pam",
];

/// Small, so that a header that has been damaged into a large picture is refused.
fn options() -> DecodeOptions {
    DecodeOptions { max_pixels: 1 << 20, ..DecodeOptions::default() }
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/forms").join(name)).unwrap()
}

/// The most memory that this process ever held, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// splitmix64: the same damage on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

#[test]
fn a_prefix_is_an_error_or_the_whole_picture() {
    for name in FILES {
        let whole = file(name);
        let picture = decode(name, &whole, &options()).unwrap();
        let mut complete = 0;
        for length in 0..whole.len() {
            match decode(name, &whole[..length], &options()) {
                Ok(other) => {
                    assert!(other == picture, "{name} cut to {length} of {} bytes gives another picture", whole.len());
                    complete += 1;
                }
                Err(ImagingError::DecoderPanic { detail, .. }) => panic!("{name} cut to {length} bytes: {detail}"),
                Err(error) => assert!(error.to_string().starts_with(name), "{error}"),
            }
        }
        // What may be missing is an end marker, or the pictures that follow the first.
        let optional = if name.starts_with("animated") { whole.len() / 2 + 200 } else { 16 };
        assert!(complete <= optional, "{name}: {complete} of {} prefixes pass for whole", whole.len());
    }
}

#[test]
fn damaged_files_neither_panic_nor_eat_memory_or_time() {
    let files: Vec<(&str, Vec<u8>)> = FILES.iter().chain(&MORE).map(|name| (*name, file(name))).collect();
    let before = peak_memory();
    let mut random = Random(7);
    let (mut read, mut longest, mut panics) = (0, Duration::ZERO, Vec::new());
    for round in 0..10_000 {
        let (name, bytes) = &files[round % files.len()];
        let mut damaged = bytes.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(damaged.len());
            damaged[at] = if random.below(2) == 0 { damaged[at] ^ (1 << random.below(8)) } else { random.below(256) as u8 };
        }
        let start = Instant::now();
        match decode(name, &damaged, &options()) {
            Ok(_) => read += 1,
            Err(ImagingError::DecoderPanic { detail, .. }) => panics.push(format!("{name} in round {round}: {detail}")),
            Err(error) => assert!(error.to_string().starts_with(name), "{error}"),
        }
        longest = longest.max(start.elapsed());
    }
    assert!(read > 1000, "only {read} damaged files were read: the damage reaches no decoder");
    assert!(panics.is_empty(), "{} panics inside decoders:\n{}", panics.len(), panics.join("\n"));
    assert!(longest < Duration::from_secs(5), "the slowest file took {longest:?}");
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        let most = before.max(100 << 20);
        assert!(after < most + (200 << 20), "memory grew from {before} to {after} bytes");
    }
}
