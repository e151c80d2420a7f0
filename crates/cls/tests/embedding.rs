//! Embeddings come from where they were asked for.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use vtk_cls::{Classifier, ClsError, EmbeddingAt, LoadOptions};
use vtk_imaging::RgbImage;
use vtk_kernels::Threads;
use vtk_weights::Checkpoint;

const WEIGHTS: &[u8] = include_bytes!("../../../reference/models/pplcnet_x0_25_textline_ori.safetensors");

fn classifier(embedding: Option<EmbeddingAt>) -> Result<Classifier, ClsError> {
    Classifier::from_bytes("line.safetensors", WEIGHTS, &LoadOptions { embedding, ..LoadOptions::default() })
}

#[test]
fn a_stage_or_the_last_vector() {
    let picture = RgbImage::filled(160, 80, [200, 30, 90]).unwrap();
    // Without a last convolution the classifier's own vector is the mean over the last stage.
    let last = classifier(Some(EmbeddingAt::Last)).unwrap().embed(&picture).unwrap();
    let fifth = classifier(Some(EmbeddingAt::Stage(5))).unwrap().embed(&picture).unwrap();
    assert_eq!((last.len(), &last), (128, &fifth));
    assert_eq!(classifier(Some(EmbeddingAt::Stage(3))).unwrap().embed(&picture).unwrap().len(), 32);
    // The last layer on the embedding gives the logits.
    let weights = Checkpoint::from_bytes("line.safetensors", WEIGHTS).unwrap();
    let value = |key: &str| weights.get(key).unwrap().to_f32().unwrap();
    let (w, b) = (value("fc.weight"), value("fc.bias"));
    let plain = classifier(None).unwrap();
    let raw = plain.run(&plain.prepare(&picture).unwrap()).unwrap();
    for (class, logit) in raw.iter().enumerate() {
        let sum: f32 = last.iter().enumerate().map(|(i, x)| x * w[i * 2 + class]).sum::<f32>() + b[class];
        assert!((sum - logit).abs() < 1e-4 * logit.abs().max(1.0), "{sum} instead of {logit}");
    }
}

#[test]
fn what_was_not_asked_for_is_an_error() {
    let picture = RgbImage::filled(16, 8, [0; 3]).unwrap();
    assert!(classifier(None).unwrap().embed(&picture).unwrap_err().to_string().contains("embedding"));
    let error = classifier(Some(EmbeddingAt::Stage(6))).expect_err("there are five stages").to_string();
    assert!(error.contains("1, 2, 3, 4, 5"), "{error}");
}

#[test]
fn a_batch_is_its_pictures() {
    let classifier = classifier(None).unwrap();
    let pictures: Vec<RgbImage> = (0..7).map(|i| RgbImage::filled(60 + i, 20, [(i * 30) as u8, 100, 50]).unwrap()).collect();
    let alone: Vec<_> = pictures.iter().map(|p| classifier.classify(p).unwrap()).collect();
    for threads in [Threads::one(), Threads::count(3)] {
        let together = classifier.classify_batch(&pictures, &threads);
        assert!(together.into_iter().map(Result::unwrap).eq(alone.iter().cloned()));
    }
}
