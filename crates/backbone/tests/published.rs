//! Every network of every published width against what was counted on the official ones: numbers, keys, multiply-adds.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use vtk_backbone::{Arch, Backbone, KeyMap, Toolkit};
use vtk_nn::Network;
use vtk_weights::{Checkpoint, Tensor};

type Wanted = Vec<(String, Vec<usize>)>;

/// arch; keys, trainable numbers, all numbers of a classifier of 1000 classes; all numbers of its trunk (0: not counted); multiply-adds
/// at 224×224. PP-LCNetV2's training form runs fused, so that its multiply-adds are those of the fused form.
#[rustfmt::skip]
const COUNTED: [(&str, usize, usize, usize, usize, u64); 44] = [
    ("pplcnet-x0.25", 146, 1_521_184, 1_523_936, 79_096, 16_773_440),
    ("pplcnet-x0.35", 146, 1_643_090, 1_646_930, 140_650, 27_357_832),
    ("pplcnet-x0.5", 146, 1_879_576, 1_885_048, 276_368, 44_731_008),
    ("pplcnet-x0.75", 146, 2_357_008, 2_365_232, 592_712, 94_786_496),
    ("pplcnet-x1.0", 146, 2_952_520, 2_963_464, 1_027_104, 155_700_480),
    ("pplcnet-x1.5", 146, 4_499_832, 4_516_248, 2_252_208, 334_188_416),
    ("pplcnet-x2.0", 146, 6_521_512, 6_543_400, 3_951_680, 580_194_816),
    ("pplcnet-x2.5", 146, 9_017_560, 9_044_920, 6_125_520, 893_719_680),
    ("pplcnetv2-small", 216, 4_193_448, 4_217_160, 0, 280_320_896),
    ("pplcnetv2-small:form=fused", 136, 4_092_840, 4_102_728, 0, 280_320_896),
    ("pplcnetv2-base", 278, 6_800_360, 6_841_192, 0, 593_875_456),
    ("pplcnetv2-base:form=fused", 168, 6_624_232, 6_640_488, 0, 593_875_456),
    ("pplcnetv2-large", 340, 10_716_840, 10_779_400, 0, 1_082_089_600),
    ("pplcnetv2-large:form=fused", 200, 10_444_200, 10_468_360, 0, 1_082_089_600),
    ("mobilenetv1-x0.25", 137, 470_072, 475_544, 218_544, 41_030_272),
    ("mobilenetv1-x0.5", 137, 1_331_592, 1_342_536, 829_536, 149_497_088),
    ("mobilenetv1-x0.75", 137, 2_585_560, 2_601_976, 1_832_976, 325_400_448),
    ("mobilenetv1-x1.0", 137, 4_231_976, 4_253_864, 3_228_864, 568_740_352),
    ("mobilenetv2-x0.25", 267, 1_517_392, 1_527_856, 139_336, 30_480_864),
    ("mobilenetv2-x0.5", 267, 1_965_736, 1_984_104, 493_184, 92_271_040),
    ("mobilenetv2-x0.75", 267, 2_628_592, 2_654_864, 1_061_544, 186_650_528),
    ("mobilenetv2-x1.0", 267, 3_505_960, 3_540_136, 1_844_416, 313_619_328),
    ("mobilenetv2-x1.5", 267, 6_852_712, 6_903_976, 4_053_696, 681_017_664),
    ("mobilenetv2-x2.0", 267, 11_262_312, 11_330_664, 7_121_024, 1_188_808_448),
    ("mobilenetv3-small-x0.35", 214, 1_665_954, 1_670_226, 126_026, 13_161_528),
    ("mobilenetv3-small-x0.5", 214, 1_902_536, 1_908_696, 244_080, 20_759_280),
    ("mobilenetv3-small-x0.75", 214, 2_375_106, 2_384_338, 517_546, 43_048_536),
    ("mobilenetv3-small-x1.0", 214, 2_939_958, 2_952_102, 876_222, 60_119_520),
    ("mobilenetv3-small-x1.25", 214, 3_627_370, 3_642_650, 1_350_770, 95_364_424),
    ("mobilenetv3-large-x0.35", 270, 2_104_328, 2_112_920, 381_680, 37_188_872),
    ("mobilenetv3-large-x0.5", 270, 2_673_422, 2_685_790, 750_070, 66_704_432),
    ("mobilenetv3-large-x0.75", 270, 3_912_248, 3_930_696, 1_638_816, 143_780_440),
    ("mobilenetv3-large-x1.0", 270, 5_480_206, 5_504_638, 2_837_398, 219_799_200),
    ("mobilenetv3-large-x1.25", 270, 7_443_308, 7_473_948, 4_412_148, 349_965_896),
    ("shufflenetv2-x0.25", 282, 603_688, 607_712, 43_512, 17_575_760),
    ("shufflenetv2-x0.33", 282, 647_272, 652_264, 71_680, 22_454_592),
    ("shufflenetv2-x0.5", 282, 1_366_792, 1_374_744, 149_040, 40_476_448),
    ("shufflenetv2-x1.0", 282, 2_278_604, 2_294_784, 790_552, 144_907_992),
    ("shufflenetv2-x1.5", 282, 3_503_624, 3_527_064, 1_777_072, 295_759_392),
    ("shufflenetv2-x2.0", 282, 7_393_996, 7_427_712, 3_371_672, 583_253_464),
    ("efficientnet-lite0", 247, 4_652_008, 4_694_024, 2_998_304, 385_187_552),
    ("efficientnet-lite1", 322, 5_416_680, 5_470_344, 3_774_624, 502_467_680),
    ("efficientnet-lite2", 322, 6_092_072, 6_150_168, 4_413_488, 576_509_424),
    ("resnet50-vd", 277, 25_576_264, 25_629_512, 0, 4_328_824_832),
];

fn classifier(arch: &str, keys: KeyMap, classes: usize) -> Wanted {
    let arch: Arch = arch.parse().unwrap();
    Network::wanted([1, 3, 64, 64], move |net, x| Ok(vec![("logits".into(), arch.grow_classifier(net, x, &keys, classes)?.logits)]))
        .unwrap()
}

fn trunk(arch: &str, keys: KeyMap) -> Wanted {
    let arch: Arch = arch.parse().unwrap();
    Network::wanted([1, 3, 64, 64], move |net, x| Ok(vec![("c5".into(), arch.grow(net, x, &keys)?[4])])).unwrap()
}

fn numbers<'a>(wanted: impl IntoIterator<Item = &'a (String, Vec<usize>)>) -> usize {
    wanted.into_iter().map(|(_, shape)| shape.iter().product::<usize>()).sum()
}

fn trainable(wanted: &Wanted) -> usize {
    let statistic = |key: &str| ["_mean", "_variance", "running_mean", "running_var"].iter().any(|end| key.ends_with(end));
    numbers(wanted.iter().filter(|(key, _)| !statistic(key)))
}

fn zeros(wanted: &Wanted) -> Checkpoint {
    let mut file = Checkpoint::new();
    for (key, shape) in wanted {
        let count = shape.iter().product();
        file.insert(key.clone(), Tensor::from_f32(shape, &vec![0.0; count]).unwrap());
    }
    file
}

#[test]
fn every_published_network_is_counted_here() {
    for arch in Arch::all() {
        assert!(COUNTED.iter().any(|(name, ..)| *name == arch.name()), "{arch}");
    }
}

#[test]
fn keys_and_numbers_are_the_official_ones() {
    for (arch, keys, trained, all, in_trunk, _) in COUNTED {
        let wanted = classifier(arch, KeyMap::default(), 1000);
        assert_eq!((wanted.len(), trainable(&wanted), numbers(&wanted)), (keys, trained, all), "{arch}");
        let trunk = trunk(arch, KeyMap::default());
        assert_eq!(trunk[..], wanted[..trunk.len()], "{arch}: the trunk's keys come first");
        if in_trunk > 0 {
            assert_eq!(numbers(&trunk), in_trunk, "{arch}: trunk");
        }
    }
}

fn multiply_adds(name: &str) -> u64 {
    let arch: Arch = name.parse().unwrap();
    let file = zeros(&classifier(name, KeyMap::default(), 1000));
    let net = Network::grow(&file, [1, 3, 32, 32], move |net, x| {
        Ok(vec![("logits".into(), arch.grow_classifier(net, x, &KeyMap::default(), 7)?.logits)])
    });
    net.unwrap().multiply_adds(&[1, 3, 224, 224]).unwrap()
}

#[test]
fn multiply_adds_are_the_official_ones() {
    for (name, .., expected) in COUNTED {
        assert_eq!(multiply_adds(name), expected, "{name}");
    }
}

#[test]
fn the_narrower_shufflenet_of_older_files_is_the_published_one() {
    let narrow = "shufflenetv2-x2.0:stage2=224";
    let wanted = classifier(narrow, KeyMap::default(), 1000);
    assert_eq!((trainable(&wanted), numbers(&wanted), multiply_adds(narrow)), (7_366_536, 7_399_952, 564_370_824));
}

#[test]
fn timm_has_a_bias_more() {
    for (arch, expected) in [
        ("pplcnet-x0.35", 1_644_370),
        ("pplcnet-x0.5", 1_880_856),
        ("pplcnet-x0.75", 2_358_288),
        ("pplcnet-x1.0", 2_953_800),
        ("pplcnet-x1.5", 4_501_112),
    ] {
        let wanted = classifier(arch, Toolkit::Timm.into(), 1000);
        assert_eq!((wanted.len(), trainable(&wanted)), (147, expected), "{arch}");
        let fc = wanted.iter().find(|(key, _)| key == "classifier.weight").unwrap();
        assert_eq!(fc.1, [1000, 1280]);
    }
}

#[test]
fn the_paper_s_ablations_change_what_they_should() {
    let shape = |arch: &str, key: &str| classifier(arch, KeyMap::default(), 10).into_iter().find(|(k, _)| k == key).map(|(_, shape)| shape);
    let squeeze = "blocks2.0.se.conv1.weight";
    assert_eq!(shape("pplcnet-x0.5", squeeze), None);
    assert_eq!(shape("pplcnet-x0.5:se=all", squeeze), Some(vec![2, 8, 1, 1]));
    assert_eq!(shape("pplcnet-x0.5:se=none", "blocks6.1.se.conv1.weight"), None);
    let kernel = "blocks2.0.dw_conv.conv.weight";
    assert_eq!(shape("pplcnet-x0.5", kernel), Some(vec![8, 1, 3, 3]));
    assert_eq!(shape("pplcnet-x0.5:large_kernel=all", kernel), Some(vec![8, 1, 5, 5]));
    assert_eq!(shape("pplcnet-x0.5:class_expand=512", "fc.weight"), Some(vec![512, 10]));
    assert_eq!(shape("pplcnet-x0.5:last_conv=false", "fc.weight"), Some(vec![256, 10]));
    assert_eq!(shape("pplcnet-x0.5:last_bias=true", "last_conv.bias"), Some(vec![1280]));
}

#[test]
fn each_toolkit_s_spelling_names_every_key() {
    let first = |arch: &str, toolkit: Toolkit, n: usize| {
        let keys = KeyMap::new(toolkit).with_prefix("backbone.");
        trunk(arch, keys)
            .into_iter()
            .map(|(key, _)| key)
            .filter(|key| key.ends_with(".weight") && !key.contains("bn") && !key.contains("norm"))
            .nth(n)
    };
    for (arch, toolkit, n, expected) in [
        ("pplcnet-x0.5", Toolkit::Timm, 13, "backbone.blocks.3.1.conv_dw.weight"),
        ("pplcnet-x0.5", Toolkit::Timm, 21, "backbone.blocks.4.3.conv_dw.weight"),
        ("pplcnet-x0.5", Toolkit::Timm, 23, "backbone.blocks.5.0.conv_dw.weight"),
        ("pplcnet-x0.5", Toolkit::PaddleDetection, 1, "backbone.blocks2.0.dw_conv.conv.weight"),
        ("pplcnet-x0.5", Toolkit::PaddleOcrRec, 1, "backbone.block_list.0._depthwise_conv._conv.weight"),
        ("pplcnet-x0.5:se=all", Toolkit::PaddleOcrRec, 2, "backbone.block_list.0._se.conv1.weight"),
        ("mobilenetv3-large-x1.0", Toolkit::PaddleDetection, 0, "backbone.conv1.conv.weight"),
        ("mobilenetv3-large-x1.0", Toolkit::PaddleDetection, 1, "backbone.conv2.expand_conv.conv.weight"),
        ("mobilenetv3-small-x0.5:widened=true", Toolkit::PaddleOcrRec, 0, "backbone.conv1.conv.weight"),
        ("mobilenetv3-small-x0.5:widened=true", Toolkit::PaddleOcrRec, 52, "backbone.conv2.conv.weight"),
        ("mobilenetv3-large-x0.5:se=none,widened=true", Toolkit::PaddleOcrDet, 10, "backbone.stage1.0.expand_conv.conv.weight"),
        ("mobilenetv3-large-x0.5:se=none,widened=true", Toolkit::PaddleOcrDet, 46, "backbone.stage3.3.conv.weight"),
        ("mobilenetv1-x0.5", Toolkit::PaddleDetection, 26, "backbone.conv6._pointwise_conv._conv.weight"),
    ] {
        assert_eq!(first(arch, toolkit, n).as_deref(), Some(expected), "{arch} as {toolkit}");
    }
}
