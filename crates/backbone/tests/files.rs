//! What is read from a file: the form of the network, and which network it is.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use vtk_backbone::{Arch, Backbone, KeyMap, Toolkit};
use vtk_nn::{Network, NnError};
use vtk_weights::{Checkpoint, DType, Tensor};

/// A file of zeros with what the network wants.
fn file(arch: &str, keys: &KeyMap, classes: Option<usize>) -> Checkpoint {
    let (arch, keys) = (arch.parse::<Arch>().unwrap(), keys.clone());
    let wanted = Network::wanted([1, 3, 64, 64], move |net, x| {
        let output = match classes {
            Some(classes) => arch.grow_classifier(net, x, &keys, classes)?.logits,
            None => arch.grow(net, x, &keys)?[4],
        };
        Ok(vec![("output".into(), output)])
    });
    let mut file = Checkpoint::new();
    for (key, shape) in wanted.unwrap() {
        let count = shape.iter().product();
        file.insert(key, Tensor::from_f32(&shape, &vec![0.0; count]).unwrap());
    }
    file
}

fn classify(arch: &str, file: &Checkpoint, keys: &KeyMap) -> Result<Network, NnError> {
    let (arch, keys) = (arch.parse::<Arch>().unwrap(), keys.clone());
    Network::grow(file, [1, 3, 32, 32], move |net, x| Ok(vec![("logits".into(), arch.grow_classifier(net, x, &keys, 5)?.logits)]))
}

fn logits(net: &Network) -> Vec<usize> {
    let x = vec![0f32; 3 * 32 * 32];
    let x = ndarray_of(&x);
    net.run(&[x.view()]).unwrap()[0].shape().to_vec()
}

fn ndarray_of(values: &[f32]) -> ndarray::ArrayD<f32> {
    ndarray::ArrayD::from_shape_vec(vec![1, 3, 32, 32], values.to_vec()).unwrap()
}

#[test]
fn every_network_is_found_again_in_its_own_file() {
    for arch in Arch::all() {
        let found = Arch::fitting(&file(&arch.to_string(), &KeyMap::default(), Some(17)));
        assert_eq!(found, [(arch, KeyMap::default())]);
    }
}

#[test]
fn options_that_show_in_shapes_are_found_too() {
    for arch in [
        "pplcnet-x0.5:se=all",
        "pplcnet-x0.5:se=none,large_kernel=1100000000000",
        "pplcnet-x0.25:last_conv=false",
        "pplcnet-x0.25:class_expand=512,last_bias=true",
        "pplcnetv2-small:form=fused",
        "pplcnetv2-base:variant=shitu,class_expand=512",
        "mobilenetv3-large-x0.5:se=none",
        "mobilenetv3-small-x0.35:last_conv=false",
        "shufflenetv2-x2.0:stage2=224",
    ] {
        let found = Arch::fitting(&file(arch, &KeyMap::default(), Some(4)));
        assert_eq!(found, [(arch.parse().unwrap(), KeyMap::default())]);
    }
}

#[test]
fn spellings_and_prefixes_are_found() {
    for (arch, toolkit, classes) in [
        ("pplcnet-x0.75", Toolkit::Timm, Some(1000)),
        ("shufflenetv2-x1.0", Toolkit::TorchVision, Some(10)),
        ("mobilenetv1-x0.5", Toolkit::PaddleDetection, None),
        ("mobilenetv3-large-x1.0", Toolkit::PaddleDetection, None),
        ("mobilenetv3-large-x0.5:se=none,widened=true", Toolkit::PaddleOcrDet, None),
        ("mobilenetv3-small-x0.5:widened=true", Toolkit::PaddleOcrRec, None),
        ("pplcnet-x0.5", Toolkit::PaddleOcrRec, None),
        ("pplcnet-x0.5", Toolkit::PaddleClas, None),
    ] {
        for prefix in ["", "backbone.", "Student."] {
            let keys = KeyMap::new(toolkit).with_prefix(prefix);
            let file = file(arch, &keys, classes);
            let arch: Arch = arch.parse().unwrap();
            assert_eq!(arch.key_map_of(&file), Some(keys.clone()), "{arch} {prefix}");
            assert_eq!(Arch::fitting(&file), [(arch, keys)], "{prefix}");
        }
    }
}

#[test]
fn what_is_no_such_network_fits_none() {
    assert_eq!(Arch::fitting(&Checkpoint::new()), []);
    let mut more = file("pplcnet-x0.25", &KeyMap::default(), Some(10));
    more.insert("neck.weight", Tensor::from_f32(&[1], &[0.0]).unwrap());
    assert_eq!(Arch::fitting(&more), []);
    let mut wrong = file("mobilenetv1-x0.25", &KeyMap::default(), Some(10));
    wrong.insert("blocks.3.pointwise_conv.conv.weight", Tensor::from_f32(&[2, 2, 1, 1], &[0.0; 4]).unwrap());
    assert_eq!(Arch::fitting(&wrong), []);
    let resnet: Arch = "resnet50-vd".parse().unwrap();
    assert_eq!(resnet.key_map_of(&wrong), None);
}

#[test]
fn the_file_decides_the_head() {
    let keys = KeyMap::default();
    let plain: Arch = "pplcnet-x0.25".parse().unwrap();
    for (written, classes) in [("pplcnet-x0.25:last_conv=false", 3), ("pplcnet-x0.25:class_expand=96,last_bias=true", 8)] {
        let file = file(written, &keys, Some(classes));
        assert_eq!(plain.adapted(&file, &keys).to_string(), written);
        assert_eq!(plain.classes_in(&file, &keys), Some(classes));
        assert_eq!(logits(&classify("pplcnet-x0.25", &file, &keys).unwrap()), [1, classes]);
    }
    let older = file("shufflenetv2-x2.0:stage2=224", &keys, Some(6));
    assert_eq!(logits(&classify("shufflenetv2-x2.0", &older, &keys).unwrap()), [1, 6]);
    let fused = file("pplcnetv2-small:form=fused", &keys, Some(6));
    assert_eq!(logits(&classify("pplcnetv2-small", &fused, &keys).unwrap()), [1, 6]);
}

#[test]
fn what_torch_counts_is_left_unused() {
    let keys = KeyMap::new(Toolkit::Timm);
    let mut file = file("pplcnet-x0.35", &keys, Some(6));
    let norms: Vec<String> = file.keys().filter_map(|key| key.strip_suffix(".running_mean")).map(str::to_owned).collect();
    for norm in norms {
        file.insert(format!("{norm}.num_batches_tracked"), Tensor::new(DType::I64, &[], vec![0; 8]).unwrap());
    }
    assert_eq!(file.len(), 174);
    assert_eq!(logits(&classify("pplcnet-x0.35", &file, &keys).unwrap()), [1, 6]);
    assert_eq!(Arch::fitting(&file).len(), 1);
}

#[test]
fn a_classifier_s_file_serves_as_trunk_and_as_embedder() {
    for arch in Arch::all() {
        let keys = KeyMap::default();
        let file = file(&arch.to_string(), &keys, Some(9));
        let (grown, map) = (arch.clone(), keys.clone());
        let trunk = Network::grow(&file, [1, 3, 64, 96], move |net, x| {
            let features = grown.grow(net, x, &map)?;
            Ok(features.into_iter().enumerate().map(|(n, var)| (format!("stage{}", n + 1), var)).collect())
        });
        let x = ndarray::ArrayD::zeros(vec![1, 3, 64, 96]);
        let maps = trunk.unwrap().run(&[x.view()]).unwrap();
        for (map, tap) in maps.iter().zip(arch.taps()) {
            let (vertical, horizontal) = (tap.stride.0 as usize, tap.stride.1 as usize);
            assert_eq!(map.shape(), [1, tap.channels, 64 / vertical, 96 / horizontal], "{arch} stage {}", tap.stage);
        }
        let embedder = Network::grow(&file, [1, 3, 32, 32], move |net, x| {
            Ok(vec![("embedding".into(), arch.grow_embedding(net, x, &keys)?.embedding)])
        });
        assert_eq!(embedder.unwrap().run(&[ndarray_of(&[0.0; 3 * 32 * 32]).view()]).unwrap()[0].ndim(), 2);
    }
}

#[test]
fn a_file_of_another_network_is_refused_by_name() {
    let file = file("pplcnet-x0.25", &KeyMap::default(), Some(5));
    let error = classify("pplcnet-x0.35", &file, &KeyMap::default()).err().unwrap().to_string();
    assert!(error.contains("blocks2.0.pw_conv.conv.weight"), "{error}");
    let error = classify("mobilenetv2-x0.25", &file, &KeyMap::default()).err().unwrap().to_string();
    assert!(error.contains("conv1._conv.weight"), "{error}");
}
