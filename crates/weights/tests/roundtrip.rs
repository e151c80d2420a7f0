//! What is written is read again, for any tensors, in both formats.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use vtk_weights::{Checkpoint, DType, ErrorKind, Tensor};

fn tensors() -> impl Strategy<Value = Tensor> {
    let shapes = prop::collection::vec(0usize..5, 0..5);
    let params = prop::option::of("[a-z0-9_.]{0,12}");
    (prop::sample::select(DType::ALL.to_vec()), shapes, params, any::<u64>()).prop_map(|(dtype, shape, param, seed)| {
        let size = shape.iter().product::<usize>() * dtype.size();
        let bytes = (0..size as u64).map(|i| (seed.wrapping_mul(i + 1) >> 13) as u8).collect();
        let tensor = Tensor::new(dtype, &shape, bytes).unwrap();
        match param {
            Some(param) => tensor.with_param(param),
            None => tensor,
        }
    })
}

/// Tables of up to a dozen tensors under any keys.
fn checkpoints() -> impl Strategy<Value = Checkpoint> {
    let keys = prop_oneof!["[a-z]{1,6}(\\.[a-z_]{1,8}){0,3}", any::<String>()];
    prop::collection::vec((keys, tensors()), 1..12).prop_map(|entries| {
        let mut checkpoint = Checkpoint::new();
        for (key, tensor) in entries {
            checkpoint.insert(key, tensor);
        }
        checkpoint
    })
}

/// The same tensors without their internal names, sorted: what a `.safetensors` file keeps.
fn without_params(checkpoint: &Checkpoint) -> Checkpoint {
    let sorted: BTreeMap<&str, &Tensor> = checkpoint.iter().collect();
    let mut plain = Checkpoint::new();
    for (key, tensor) in sorted {
        plain.insert(key, Tensor::new(tensor.dtype(), tensor.shape(), tensor.bytes().to_vec()).unwrap());
    }
    for (key, value) in checkpoint.metadata() {
        plain.set_metadata(key, value);
    }
    plain
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pdparams(checkpoint in checkpoints(), protocol in 2u8..=4) {
        let bytes = checkpoint.to_pdparams(protocol).unwrap();
        prop_assert_eq!(&Checkpoint::from_bytes("x.pdparams", &bytes).unwrap(), &checkpoint);
        prop_assert_eq!(Checkpoint::from_bytes("by content", &bytes).unwrap(), checkpoint);
    }

    #[test]
    fn safetensors(mut checkpoint in checkpoints(), metadata in prop::collection::btree_map(any::<String>(), any::<String>(), 0..4)) {
        for (key, value) in metadata {
            checkpoint.set_metadata(key, value);
        }
        let bytes = checkpoint.to_safetensors().unwrap();
        let read = Checkpoint::from_bytes("by content", &bytes).unwrap();
        prop_assert_eq!(&read, &without_params(&checkpoint));
        prop_assert_eq!(read.to_safetensors().unwrap(), bytes);
    }
}

#[test]
fn a_large_table_is_written_in_batches_and_frames() {
    let mut checkpoint = Checkpoint::new();
    for index in 0..2500 {
        let values: Vec<f32> = (0..index % 50).map(|i| i as f32).collect();
        let tensor = Tensor::from_f32(&[values.len()], &values).unwrap();
        checkpoint.insert(format!("layer{index}.weight"), tensor.with_param(format!("linear_{index}.w_0")));
    }
    checkpoint.insert("large", Tensor::from_f32(&[70_000], &vec![0.5; 70_000]).unwrap());
    for protocol in 2..=4 {
        let bytes = checkpoint.to_pdparams(protocol).unwrap();
        assert!(Checkpoint::from_bytes("x.pdparams", &bytes).unwrap() == checkpoint, "protocol {protocol}");
    }
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let one = Tensor::from_f32(&[], &[1.0]).unwrap();
    let with_key = |key: &str| {
        let mut checkpoint = Checkpoint::new();
        checkpoint.insert(key, one.clone());
        checkpoint
    };
    let long = "k".repeat(1025);
    let refused = [
        Checkpoint::new().to_pdparams(4),
        with_key("w").to_pdparams(1),
        with_key("w").to_pdparams(5),
        with_key("StructuredToParameterName@@").to_pdparams(4),
        with_key("UnpackBigParamInfor@@").to_pdparams(2),
        with_key(&long).to_pdparams(4),
        with_key(&long).to_safetensors(),
        with_key("__metadata__").to_safetensors(),
    ];
    for result in refused {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Argument);
    }
}

#[test]
fn half_precision_is_for_matrices_and_kernels_only() {
    let mut checkpoint = Checkpoint::new();
    checkpoint.insert("conv.weight", Tensor::from_f32(&[1, 1, 1, 2], &[0.1, -2.0]).unwrap().with_param("conv2d_0.w_0"));
    checkpoint.insert("bn.mean", Tensor::from_f32(&[2], &[0.1, -2.0]).unwrap());
    checkpoint.insert("large", Tensor::from_f32(&[1, 1], &[1e6]).unwrap());
    checkpoint.insert("steps", Tensor::new(DType::I64, &[1, 1], vec![0; 8]).unwrap());
    checkpoint.set_metadata("arch", "test");
    let half = checkpoint.to_half();
    let dtypes: Vec<DType> = half.iter().map(|(_, tensor)| tensor.dtype()).collect();
    assert_eq!(dtypes, [DType::F16, DType::F32, DType::F32, DType::I64]);
    let weight = half.get("conv.weight").unwrap();
    assert_eq!((weight.param(), weight.to_f32().unwrap()), (Some("conv2d_0.w_0"), vec![0.099_975_586, -2.0]));
    assert_eq!(half.metadata(), checkpoint.metadata());
    assert!(half.to_half() == half);
}

#[test]
fn files_are_saved_and_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut checkpoint = Checkpoint::new();
    checkpoint.insert("w", Tensor::from_f32(&[2], &[1.0, 2.0]).unwrap());
    let [tensors, pickle] = ["w.safetensors", "w.pdparams"].map(|name| folder.path().join(name));
    checkpoint.save_safetensors(&tensors).unwrap();
    checkpoint.save_pdparams(&pickle).unwrap();
    for path in [&tensors, &pickle] {
        let read = Checkpoint::from_path(path).unwrap();
        assert!(read == checkpoint);
        assert_eq!(read.name(), path.display().to_string());
    }
    let renamed = folder.path().join("w.bin");
    fs::rename(&pickle, &renamed).unwrap();
    assert!(Checkpoint::from_path(&renamed).unwrap() == checkpoint);
    // A name that says something else than the content is not passed over.
    fs::rename(&renamed, &tensors).unwrap();
    assert_eq!(Checkpoint::from_path(&tensors).unwrap_err().kind(), ErrorKind::UnknownFormat);
    for path in [folder.path(), &folder.path().join("absent.pdparams")] {
        let error = Checkpoint::from_path(path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}

/// Where a file can have a length without having bytes.
#[cfg(unix)]
#[test]
fn a_file_too_large_is_refused_before_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.safetensors");
    fs::File::create(&path).unwrap().set_len((4 << 30) + 1).unwrap();
    assert_eq!(Checkpoint::from_path(&path).unwrap_err().kind(), ErrorKind::Limit);
}
