//! Names with options: parsing, printing, JSON, and what is said about mistakes.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use vtk_backbone::{Arch, Backbone};

fn options(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[test]
fn every_published_name_parses_and_prints() {
    let names: Vec<String> = Arch::all().iter().map(Arch::to_string).collect();
    assert_eq!(names.len(), 41);
    for name in names {
        assert_eq!(name.parse::<Arch>().unwrap().to_string(), name);
    }
}

#[test]
fn options_print_the_shortest_way() {
    for (written, printed) in [
        ("pplcnet-x0.5:se=1111111111111", "pplcnet-x0.5:se=all"),
        ("pplcnet-x0.5:act=relu,large_kernel=none", "pplcnet-x0.5:large_kernel=none,act=relu"),
        ("pplcnet-x1.0:strides=2-2x1-2x1-2x1-2x1", "pplcnet-x1.0:strides=2-2x1-2x1-2x1-2x1"),
        ("pplcnet-x1.0:se=0000000000011,dropout=0.2,act=hard_swish,strides=2-2-2-2-2", "pplcnet-x1.0"),
        ("pplcnet-x1.0:stride_list=2-2-2-2-1,use_last_conv=false", "pplcnet-x1.0:strides=2-2-2-2-1,last_conv=false"),
        ("pplcnet-x1.0:last_act=same,gate_slope=0.2,last_bias=true", "pplcnet-x1.0:last_bias=true,gate_slope=0.2"),
        ("mobilenetv3-small-x0.5:strides=2-1x1-2x1-2x1-2x1", "mobilenetv3-small-x0.5:strides=2-1x1-2x1-2x1-2x1"),
        ("mobilenetv3-large-x1.0:se=all,output_stride=8", "mobilenetv3-large-x1.0:output_stride=8"),
        ("pplcnetv2-base:variant=shitu,class_expand=512", "pplcnetv2-base:variant=shitu,class_expand=512"),
        ("shufflenetv2-x1.0:act=swish", "shufflenetv2-x1.0:act=swish"),
        ("pplcnet-x0.6", "pplcnet-x0.6"),
    ] {
        assert_eq!(written.parse::<Arch>().unwrap().to_string(), printed, "{written}");
    }
}

#[test]
fn json_options_are_the_same_options() {
    for (arch, json, expected) in [
        ("pplcnet-x1.0", json!({"stride_list": [2, [2, 1], [2, 1], [2, 1], [2, 1]]}), "pplcnet-x1.0:strides=2-2x1-2x1-2x1-2x1"),
        (
            "pplcnet-x0.25",
            json!({"stride_list": [[1, 2], 2, 2, 2, 2], "use_last_conv": false}),
            "pplcnet-x0.25:strides=1x2-2-2-2-2,last_conv=false",
        ),
        (
            "pplcnet-x0.5",
            json!({"use_se": "1100000000000", "large_kernel": "0000000000000", "act": "relu"}),
            "pplcnet-x0.5:se=1100000000000,large_kernel=none,act=relu",
        ),
        ("pplcnet-x0.5", json!({"dropout": 0.5, "class_expand": 512}), "pplcnet-x0.5:class_expand=512,dropout=0.5"),
        ("mobilenetv3-large-x0.5", json!({"use_se": false, "dropout": null}), "mobilenetv3-large-x0.5:se=none,dropout=0"),
        ("pplcnetv2-base", json!({"form": "fused"}), "pplcnetv2-base:form=fused"),
        ("efficientnet-lite0", json!({}), "efficientnet-lite0"),
    ] {
        let arch = arch.parse::<Arch>().unwrap().with_options(&options(json)).unwrap();
        assert_eq!(arch.to_string(), expected);
    }
}

#[test]
fn serde_reads_and_writes_the_written_form() {
    let arch: Arch = serde_json::from_value(json!("pplcnet-x0.5:se=none")).unwrap();
    assert_eq!(serde_json::to_value(&arch).unwrap(), json!("pplcnet-x0.5:se=none"));
    let error = serde_json::from_value::<Arch>(json!("pplcnet-x0.5:se=some")).unwrap_err().to_string();
    assert!(error.contains("none, all, or a 0 or 1 for each of the 13 blocks"), "{error}");
}

#[test]
fn mistakes_are_answered_with_what_there_is() {
    for (written, expected) in [
        ("pplcnet-x05", &["no architecture is called \"pplcnet-x05\"", "did you mean pplcnet-x0.5", "pplcnet-xW", "resnet50-vd"][..]),
        ("PPLCNet_x0_25", &["did you mean pplcnet-x0.25"]),
        ("MobileNetV3_large_x1_0", &["did you mean mobilenetv3-large-x1.0"]),
        ("pplcnet-x0.50", &["did you mean pplcnet-x0.5"]),
        ("shufflenetv2-x0.75", &["no architecture", "shufflenetv2-xW (x0.25, x0.33"]),
        ("vgg16", &["no architecture is called \"vgg16\"; there are"]),
        ("", &["no architecture is called \"\""]),
        ("pplcnet-xnan", &["no architecture"]),
        ("pplcnet-x-1.0", &["no architecture"]),
        ("pplcnet-x1e300", &["no architecture"]),
        ("pplcnet-x0.5:sse=none", &["pplcnet-x0.5 has no option \"sse\"", "se (none, all", "large_kernel", "gate_offset"]),
        ("resnet50-vd:act=relu", &["resnet50-vd has no option \"act\"; it takes none"]),
        ("pplcnet-x0.5:", &["has no option \"\""]),
        ("pplcnet-x0.5:se", &["se can't be \"\"; it takes none, all"]),
        ("pplcnet-x0.5:se=11111", &["se can't be \"11111\""]),
        ("pplcnet-x0.5:act=tanh", &["act can't be \"tanh\"; it takes relu, relu6, hardswish or swish"]),
        ("pplcnet-x0.5:strides=2-2-2", &["five strides"]),
        ("pplcnet-x0.5:strides=2-2-2-2-0", &["five strides"]),
        ("pplcnet-x0.5:dropout=1", &["dropout can't be \"1\""]),
        ("pplcnet-x0.5:dropout=nan", &["dropout can't be \"nan\""]),
        ("pplcnet-x0.5:class_expand=0", &["class_expand can't be \"0\""]),
        ("pplcnet-x0.5:class_expand=1.5", &["class_expand can't be \"1.5\""]),
        ("pplcnet-x0.5:act=relu,act=relu6", &["act is given twice"]),
        ("shufflenetv2-x2.0:stage2=223", &["an even number"]),
    ] {
        let error = written.parse::<Arch>().unwrap_err().to_string();
        for part in expected {
            assert!(error.contains(part), "{written}: {error}");
        }
    }
    let error = Arch::all()[0].with_options(&options(json!({"stride_list": {"stem": 2}}))).unwrap_err().to_string();
    assert!(error.contains("strides can't be"), "{error}");
}

#[test]
fn taps_follow_the_strides() {
    let taps = |arch: &str| -> Vec<((u32, u32), usize)> {
        arch.parse::<Arch>().unwrap().taps().iter().map(|tap| (tap.stride, tap.channels)).collect()
    };
    let square = |channels: [usize; 5]| -> Vec<_> { (1..).map(|n| (1 << n, 1 << n)).zip(channels).collect() };
    assert_eq!(taps("pplcnet-x1.0"), square([32, 64, 128, 256, 512]));
    assert_eq!(taps("pplcnetv2-base"), square([64, 128, 256, 512, 1024]));
    assert_eq!(taps("mobilenetv1-x0.25"), square([16, 32, 64, 128, 256]));
    assert_eq!(taps("mobilenetv2-x0.25"), square([4, 6, 8, 24, 80]));
    assert_eq!(taps("mobilenetv3-small-x1.0"), square([16, 16, 24, 48, 96]));
    assert_eq!(taps("mobilenetv3-large-x1.0"), square([16, 24, 40, 112, 160]));
    assert_eq!(taps("shufflenetv2-x1.0"), square([24, 24, 116, 232, 464]));
    assert_eq!(taps("efficientnet-lite2"), square([16, 24, 48, 120, 352]));
    assert_eq!(taps("resnet50-vd"), square([64, 256, 512, 1024, 2048]));
    assert_eq!(taps("pplcnet-x0.5:strides=2-1-2x1-2x1-2x1")[4], ((16, 2), 256));
    assert_eq!(taps("pplcnetv2-base:variant=shitu")[4], ((16, 16), 1024));
    assert_eq!(taps("mobilenetv3-large-x1.0:output_stride=8")[4], ((8, 8), 160));
    assert_eq!(taps("mobilenetv3-large-x0.5:widened=true")[4], ((32, 32), 480));
    let arch: Arch = "pplcnet-x1.0".parse().unwrap();
    assert_eq!((arch.tap_at(8), arch.tap_at(64)), (Some(2), None));
}

fn mask() -> impl Strategy<Value = String> {
    prop_oneof![Just("none".to_owned()), Just("all".to_owned()), "[01]{13}"]
}

fn strides() -> impl Strategy<Value = String> {
    prop::collection::vec("[1-8](x[1-8])?", 5).prop_map(|strides| strides.join("-"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_prints_parses_to_the_same(
        width in 5u32..1000,
        se in mask(),
        kernel in mask(),
        act in "relu|relu6|hardswish|swish",
        strides in strides(),
        expand in 1usize..=65536,
        last_act in "same|none|relu|swish",
        flags: [bool; 2],
        dropout in 0f32..1.0,
        slope in 0.01f32..10.0,
        offset in -10f32..10.0,
    ) {
        let [last_conv, last_bias] = flags;
        let text = format!(
            "pplcnet-x{:?}:se={se},large_kernel={kernel},act={act},strides={strides},last_conv={last_conv},class_expand={expand},\
             last_bias={last_bias},last_act={last_act},dropout={dropout},gate_slope={slope},gate_offset={offset}",
            f64::from(width) / 100.0,
        );
        let arch: Arch = text.parse().unwrap();
        let printed = arch.to_string();
        prop_assert!(printed.len() <= text.len());
        prop_assert_eq!(printed.parse::<Arch>().unwrap(), arch);
        prop_assert!(printed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:=,_".contains(&b)), "{}", printed);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}", name in 0usize..41) {
        prop_assert!(text.parse::<Arch>().is_err());
        if let Ok(arch) = format!("{}:{text}", Arch::all()[name]).parse::<Arch>() {
            prop_assert_eq!(arch.to_string().parse::<Arch>().unwrap(), arch);
        }
    }
}
