//! Every official configuration has the size that was published, and any backbone goes under a head.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use vtk_det::{Detector, LoadOptions, PicoDetConfig};
use vtk_golden::synthetic;
use vtk_nn::Network;
use vtk_weights::Checkpoint;

fn config(name: &str) -> PicoDetConfig {
    name.parse().unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// A checkpoint as training would leave it, with numbers of no meaning.
fn made_up(config: &PicoDetConfig, classes: usize) -> Checkpoint {
    let mut wanted = Network::wanted([1, 3, 64, 64], |net, x| Ok(config.grow(net, x, classes)?.outputs())).unwrap();
    wanted.extend((3..7).map(|level| (format!("head.p{level}_feat.scale_reg"), vec![1])));
    wanted.push(("head.distribution_project.project".to_owned(), vec![8]));
    synthetic::checkpoint(&wanted, 3, &Default::default(), &Default::default()).unwrap()
}

fn load(weights: &Checkpoint, arch: &str) -> Result<Detector, vtk_det::DetError> {
    Detector::from_checkpoint("made-up", weights, None, &LoadOptions { arch: Some(config(arch)), ..LoadOptions::default() })
}

/// Parameters (without buffers) and multiply-adds counted in PaddleDetection's own networks.
#[test]
fn sizes_are_the_official_ones() {
    for (name, classes, parameters, giga) in [
        ("picodet-xs-320", 80, 704_258, 0.331),
        ("picodet-xs-416", 80, 704_258, 0.559),
        ("picodet-s-320", 80, 1_186_496, 0.481),
        ("picodet-m-320", 80, 3_465_320, 1.273),
        ("picodet-l-320", 80, 5_804_504, 2.086),
        ("picodet-l-640", 80, 5_804_504, 8.341),
        ("picodet-s-192-pedestrian", 1, 1_155_844, f64::NAN),
        ("picodet-s-416-npu", 80, 1_154_048, f64::NAN),
        ("picodet-legacy-lcnet-x1.0-416", 80, 1_830_692, f64::NAN),
        ("picodet-legacy-lcnet-x1.5-416", 80, 3_107_668, 1.861),
        ("picodet-legacy-lcnet-x1.5-640", 80, 3_499_604, f64::NAN),
        ("picodet-legacy-lcnet-x2.5-416", 80, 7_084_724, f64::NAN),
        ("picodet-legacy-mobilenetv3-large-x1.0-416", 80, 3_554_666, 1.348),
        ("picodet-mainbody-640", 1, 7_043_960, 9.058),
        ("picodet-layout-800x608", 5, 1_791_992, f64::NAN),
        ("picodet-layout-800x608", 10, 0, 3.30),
    ] {
        let config = config(name);
        let detector = load(&made_up(&config, classes), name).unwrap();
        let found = detector.network().parameters();
        assert!(parameters == 0 || found == parameters, "{name}: {found} parameters, {parameters} expected");
        let size = config.input_size();
        let adds = detector.network().multiply_adds(&[1, 3, size.height, size.width]).unwrap() as f64 / 1e9;
        assert!(giga.is_nan() || (adds - giga).abs() < 0.01, "{name}: {adds} G multiply-adds, {giga} expected");
        assert_eq!(detector.classes(), Some(classes), "{name}");
    }
}

#[test]
fn any_backbone_goes_under_any_head() {
    for backbone in [
        "pplcnet-x0.25",
        "pplcnet-x0.5:se=all,act=relu",
        "pplcnetv2-small",
        "mobilenetv1-x0.25",
        "mobilenetv2-x0.25",
        "mobilenetv3-small-x0.35",
        "mobilenetv3-large-x0.5",
        "shufflenetv2-x0.25",
        "efficientnet-lite0",
        "resnet50-vd",
    ] {
        for head in ["picodet-xs-320", "picodet-legacy-lcnet-x1.0-416"] {
            let name = format!("{head}+{backbone}");
            let detector = load(&made_up(&config(&name), 2), &name).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(detector.arch().unwrap().to_string(), name);
            assert!(detector.network().output_shapes(&[vec![1, 3, 64, 96]]).is_ok(), "{name}");
        }
    }
}

/// Since September 2022 PaddleDetection stores the head's last convolutions twice.
#[test]
fn both_vintages_of_head_keys_load() {
    let old = made_up(&config("picodet-xs-320"), 4);
    let listed = |key: &str| {
        let (name, rest) = key.strip_prefix("head.head_")?.split_once('.')?;
        let (kind, level) = name.split_at(3);
        Some(format!("head.head_{kind}_list.{level}.{rest}"))
    };
    let (mut both, mut alias_only) = (old.clone(), Checkpoint::new());
    for (key, tensor) in old.iter() {
        if let Some(alias) = listed(key) {
            both.insert(alias.clone(), tensor.clone());
            alias_only.insert(alias, tensor.clone());
        } else {
            alias_only.insert(key, tensor.clone());
        }
    }
    assert_eq!((both.len(), alias_only.len()), (old.len() + 16, old.len()));
    let picture = vtk_imaging::RgbImage::filled(64, 48, [200, 30, 90]).unwrap();
    let run = |weights: &Checkpoint| {
        let detector = load(weights, "picodet-xs-320").unwrap();
        detector.run(&detector.prepare(&picture).unwrap()).unwrap().outputs().to_vec()
    };
    let expected = run(&old);
    assert!(run(&both) == expected && run(&alias_only) == expected);
}

#[test]
fn what_is_missing_left_over_or_misshapen_is_named() {
    let good = made_up(&config("picodet-xs-320"), 4);
    let without = |gone: &str| {
        let mut rest = Checkpoint::new();
        good.iter().filter(|(key, _)| *key != gone).for_each(|(key, tensor)| {
            rest.insert(key, tensor.clone());
        });
        rest
    };
    let message = |weights: &Checkpoint| load(weights, "picodet-xs-320").unwrap_err().to_string();
    assert!(message(&without("head.head_reg2.bias")).contains("head.head_reg2.bias"));
    let mut more = good.clone();
    more.insert("head.surplus", good.get("head.head_reg2.bias").unwrap().clone());
    assert!(message(&more).contains("head.surplus"));
    let mut odd = good.clone();
    odd.insert("head.distribution_project.project", good.get("head.head_reg2.bias").unwrap().clone());
    assert!(message(&odd).contains("head.distribution_project.project"));
    assert!(message(&without("neck.top_down_blocks.0.0.dw_conv.conv.weight")).contains("no PicoDet"));
    assert!(message(&Checkpoint::new()).contains("no PicoDet"));
}
