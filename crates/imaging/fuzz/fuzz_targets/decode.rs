//! Any bytes, decoded as a picture: no panic reaches us, memory and time stay bounded, and what is read keeps its promises.
//!
//! `cargo fuzz run decode fuzz/corpus/decode tests/forms` from the crate's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vtk_imaging::{Alpha, DecodeOptions, decode, is_picture, pages};

fuzz_target!(|bytes: &[u8]| {
    let alpha = [Alpha::Drop, Alpha::Auto, Alpha::On([1, 2, 3])][bytes.len() % 3];
    let page = 1 + bytes.first().map_or(0, |byte| usize::from(*byte % 3));
    let options = DecodeOptions { max_pixels: 1 << 18, alpha, page };
    match decode("fuzz", bytes, &options) {
        Ok(picture) => {
            assert!(is_picture(bytes));
            assert!(picture.size().pixels() <= options.max_pixels);
            assert_eq!(picture.data().len(), picture.width() * picture.height() * 3);
        }
        Err(error) => assert!(error.to_string().len() < 4000),
    }
    let _ = pages("fuzz", bytes);
});
