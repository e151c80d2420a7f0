//! Broken and hostile files: every prefix of eight small files in six formats and ten thousand damaged ones end in a picture or an error,
//! in bounded memory and time; so do JPEGs that lack data and have an end marker all the same, and TIFF files that state absurd tiles.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]
#![cfg(feature = "decode")]

use std::path::Path;
use std::time::{Duration, Instant};

use vtk_imaging::{DecodeOptions, Filter, ImagingError, RgbImage, Size, decode, pages, resize_u8};

const FILES: [&str; 8] =
    ["420.jpg", "progressive.jpg", "interlaced-rgb.png", "animated.webp", "rle8.bmp", "g3-2d.tif", "pages.tif", "animated.gif"];

/// More of the same formats, for damage only.
const MORE: [&str; 8] = [
    "ycck-adobe.jpg",
    "palette4-transparent.png",
    "lossy.webp",
    "rgb565.bmp",
    "jpeg-rgb-tiled.tif",
    "planes-tiled.tif",
    "bigtiff.tif",
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
        let optional = if name.starts_with("animated") || name == "pages.tif" { whole.len() / 2 + 400 } else { 16 };
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

#[test]
fn a_jpeg_that_lacks_data_is_truncated_even_with_an_end_marker() {
    let names = ["420.jpg", "411.jpg", "progressive.jpg", "restarts.jpg", "one-scan-a-channel.jpg", "grey-adobe0.jpg", "ycck-adobe.jpg"];
    for name in names {
        let whole = file(name);
        let scan = whole.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
        let data = scan + 2 + usize::from(whole[scan + 3]);
        for length in data..whole.len() - 2 {
            let cut = [&whole[..length], b"\xFF\xD9"].concat();
            let error = decode(name, &cut, &options()).expect_err(&format!("{name} cut to {length} bytes passes"));
            assert_eq!(error.kind(), "truncated", "{error}");
            // In mid data, with all that belongs there behind it. (Between scans it would shift a header: damage of another kind.)
            if ["progressive.jpg", "one-scan-a-channel.jpg"].contains(&name) {
                continue;
            }
            let marked = [&whole[..length], b"\xFF\xD9", &whole[length..]].concat();
            assert!(decode(name, &marked, &options()).is_err(), "{name} with an end marker at {length}");
        }
    }
}

#[test]
fn a_cut_file_of_several_pages_does_not_lose_pages() {
    let whole = file("pages.tif");
    for length in 0..whole.len() {
        let counted = pages("pages.tif", &whole[..length]);
        assert!(counted.as_ref().is_err() || counted.as_ref().is_ok_and(|n| *n == 3), "cut to {length} bytes: {counted:?}");
    }
}

/// A little-endian TIFF file of one page with these fields of one number each, kind LONG.
fn tiff(fields: &[(u16, u32)], next: u32, data: &[u8]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((fields.len() as u16).to_le_bytes());
    for (tag, value) in fields {
        file.extend([&tag.to_le_bytes()[..], &[4, 0, 1, 0, 0, 0], &value.to_le_bytes()].concat());
    }
    file.extend(next.to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn tiles_far_larger_than_the_picture_are_refused_at_once() {
    // Width, height, G4 or no compression, black is 0, tiles, all at the same place.
    let at = 8 + 2 + 8 * 12 + 4;
    for (width, height, tile) in [(1, 2_097_152, (4096, 1024)), (1000, 1000, (30_000, 30_000)), (16, 1 << 16, (1 << 22, 1))] {
        let page = [(256, width), (257, height), (259, 4), (262, 0), (322, tile.0), (323, tile.1), (324, at), (325, 128)];
        let start = Instant::now();
        let error = decode("tiles.tif", &tiff(&page, 0, &[0xFF; 128]), &DecodeOptions::default()).unwrap_err();
        assert!(error.kind() == "corrupt" && error.to_string().contains("tiles of"), "{error}");
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn chains_of_pages_that_do_not_end_are_named() {
    let page = [(256, 1), (257, 1), (258, 8), (262, 1), (273, 0)];
    for (next, word) in [(8, "run in a circle"), (999, "page 2 lies outside"), (2, "page 2")] {
        let error = pages("chain.tif", &tiff(&page, next, b"")).unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
        // The first page is there all the same.
        decode("chain.tif", &tiff(&page, next, b""), &DecodeOptions::default()).unwrap();
    }
    let mut many = b"II*\0\x08\0\0\0".to_vec();
    for i in 1..=70_000u32 {
        many.extend([&[1, 0, 0, 1, 4, 0, 1, 0, 0, 0, 7, 0, 0, 0][..], &(8 + 18 * i).to_le_bytes()].concat());
    }
    let error = pages("many.tif", &many).unwrap_err().to_string();
    assert!(error.contains("more than 65536 pages"), "{error}");
}

#[test]
fn pictures_beyond_memory_are_errors() {
    let dot = RgbImage::filled(1, 1, [0; 3]).unwrap();
    assert!(matches!(RgbImage::filled(10_000_000, 10_000_000, [0; 3]), Err(ImagingError::Shape { .. })));
    for filter in Filter::ALL {
        assert!(matches!(dot.resize(10_000_000, 10_000_000, filter), Err(ImagingError::Shape { .. })));
        let line = resize_u8(&[0], Size::new(1, 1), 1, Size::new(1 << 44, 1), filter);
        assert!(matches!(line, Err(ImagingError::Shape { .. })), "{filter:?}");
    }
}
