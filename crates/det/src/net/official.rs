//! The official configurations (PaddleDetection, configs/picodet), by the names that vtk gives them.

use vtk_backbone::Act;

use super::kinds::{Head, Neck};

/// One official configuration.
#[derive(Debug, PartialEq)]
pub(super) struct Official {
    pub(super) name: &'static str,
    pub(super) backbone: &'static str,
    pub(super) neck: Neck,
    pub(super) head: Head,
    pub(super) act: Act,
    pub(super) channels: usize,
    pub(super) convs: usize,
    pub(super) classes: usize,
    /// Height, width.
    pub(super) input: [usize; 2],
    /// Whether pictures are prepared with ImageNet's means and deviations.
    pub(super) normalized: bool,
}

const fn current(name: &'static str, backbone: &'static str, channels: usize, convs: usize, side: usize) -> Official {
    let (neck, head, act) = (Neck::LcPan, Head::V2, Act::HardSwish);
    Official { name, backbone, neck, head, act, channels, convs, classes: 80, input: [side; 2], normalized: true }
}

const fn xs(name: &'static str, side: usize) -> Official {
    current(name, "pplcnet-x0.35", 96, 2, side)
}

const fn s(name: &'static str, side: usize) -> Official {
    current(name, "pplcnet-x0.75", 96, 2, side)
}

const fn m(name: &'static str, side: usize) -> Official {
    current(name, "pplcnet-x1.5", 128, 4, side)
}

const fn l(name: &'static str, side: usize) -> Official {
    current(name, "pplcnet-x2.0", 160, 4, side)
}

const fn legacy(name: &'static str, backbone: &'static str, channels: usize, side: usize) -> Official {
    Official { neck: Neck::CspPan, head: Head::V1, ..current(name, backbone, channels, 4, side) }
}

/// Sizes XS to L in all three input sizes (officially XS, S and M end at 416: the networks are the same at any size), then those made
/// for one purpose. The class counts of main body and layout are those of the published models, not of the files.
pub(super) const OFFICIAL: &[Official] = &[
    xs("picodet-xs-320", 320),
    xs("picodet-xs-416", 416),
    xs("picodet-xs-640", 640),
    s("picodet-s-320", 320),
    s("picodet-s-416", 416),
    s("picodet-s-640", 640),
    m("picodet-m-320", 320),
    m("picodet-m-416", 416),
    m("picodet-m-640", 640),
    l("picodet-l-320", 320),
    l("picodet-l-416", 416),
    l("picodet-l-640", 640),
    Official { classes: 1, ..s("picodet-s-192-pedestrian", 192) },
    Official { classes: 1, ..s("picodet-s-320-pedestrian", 320) },
    // The one official mixture of both generations, for chips that do 8 bits best.
    Official {
        neck: Neck::CspPan,
        act: Act::Relu6,
        normalized: false,
        ..current("picodet-s-416-npu", "pplcnet-x0.75:act=relu6", 96, 4, 416)
    },
    legacy("picodet-legacy-lcnet-x1.0-416", "pplcnet-x1.0", 128, 416),
    legacy("picodet-legacy-lcnet-x1.5-416", "pplcnet-x1.5", 128, 416),
    legacy("picodet-legacy-lcnet-x1.5-640", "pplcnet-x1.5", 160, 640),
    legacy("picodet-legacy-lcnet-x2.5-416", "pplcnet-x2.5", 128, 416),
    legacy("picodet-legacy-mobilenetv3-large-x1.0-416", "mobilenetv3-large-x1.0", 128, 416),
    Official { classes: 1, ..legacy("picodet-mainbody-640", "pplcnet-x2.5", 128, 640) },
    Official { classes: 5, input: [800, 608], ..legacy("picodet-layout-800x608", "pplcnet-x1.0", 128, 800) },
];
