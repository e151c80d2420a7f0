//! Any text, read as a recipe: no panic, what is read is written and read again, and it prepares a small picture or says why not.
//!
//! `cargo fuzz run recipe` from the crate's folder.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vtk_imaging::{Recipe, RgbImage, Size};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let from_text = text.parse::<Recipe>();
    let from_json = serde_json::from_str::<Recipe>(text);
    for recipe in from_text.into_iter().chain(from_json) {
        assert_eq!(recipe.to_string().parse::<Recipe>().expect("what was written can be read"), recipe);
        let json = serde_json::to_string(&recipe).expect("a recipe can be written");
        assert_eq!(serde_json::from_str::<Recipe>(&json).expect("what was written can be read"), recipe);
        let picture = RgbImage::filled(5, 3, [1, 2, 3]).expect("a small picture");
        match recipe.plan(Size::new(5, 3)) {
            // A larger one takes too long here.
            Ok(plan) if plan.placement.moves().iter().all(|movement| movement.to().pixels() < 1 << 16) => {
                let prepared = recipe.prepare(&picture).expect("what can be planned can be done");
                assert_eq!(prepared.back, plan.placement);
                let size = plan.placement.size();
                assert_eq!(prepared.tensor.shape(), [1, 3, size.height, size.width]);
            }
            Ok(_) => {}
            Err(error) => assert!(error.to_string().len() < 4000),
        }
    }
});
