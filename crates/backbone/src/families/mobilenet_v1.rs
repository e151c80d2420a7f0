//! MobileNetV1: depthwise separable blocks with ReLU, the base that PP-LCNet improves on.
//!
//! PaddleClas, ppcls/arch/backbone/legendary_models/mobilenet_v1.py. Channels are scaled without rounding to eights.

use vtk_nn::{NetBuilder, NnError, Var};

use crate::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable};
use crate::family::Family;
use crate::head::Fc;
use crate::options;
use crate::shapes::Shapes;
use crate::stride::Walked;
use crate::{Act, KeyMap, Tap, Toolkit};

/// Output channels at width 1 and stride of each block.
const BLOCKS: [(usize, usize); 13] =
    [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)];

/// PaddleDetection's names of the blocks.
const DET: [&str; 13] = [
    "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv4_1", "conv4_2", "conv5_1", "conv5_2", "conv5_3", "conv5_4", "conv5_5", "conv5_6",
    "conv6",
];

/// The last block of each stage.
const ENDS: [usize; 5] = [0, 2, 4, 10, 12];

const WIDTHS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

/// MobileNetV1. It has no options.
#[derive(Debug, Clone, PartialEq)]
pub struct MobileNetV1Config {
    /// Factor on all channels. Published: 0.25, 0.5, 0.75, 1.
    pub width: f64,
}

impl MobileNetV1Config {
    /// The network of this width.
    pub fn new(width: f64) -> Self {
        Self { width }
    }

    fn channels(&self, at_width_1: usize) -> usize {
        ((at_width_1 as f64 * self.width) as usize).max(1)
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        match keys.toolkit() {
            Toolkit::PaddleDetection => ConvBnKeys::underscored(&keys.at("conv1")),
            _ => ConvBnKeys::paddle(&keys.at("conv")),
        }
    }

    /// The depthwise and the pointwise convolution of block `n`.
    fn block(keys: &KeyMap, n: usize) -> [ConvBnKeys; 2] {
        match keys.toolkit() {
            Toolkit::PaddleDetection => {
                ["_depthwise_conv", "_pointwise_conv"].map(|part| ConvBnKeys::underscored(&keys.at(format_args!("{}.{part}", DET[n]))))
            }
            _ => ["depthwise_conv", "pointwise_conv"].map(|part| ConvBnKeys::paddle(&keys.at(format_args!("blocks.{n}.{part}")))),
        }
    }
}

impl Family for MobileNetV1Config {
    const FORM: &'static str = "mobilenetv1-xW (x0.25, x0.5, x0.75, x1.0)";
    const TOOLKITS: &'static [Toolkit] = &[Toolkit::PaddleClas, Toolkit::PaddleDetection];

    fn published() -> Vec<Self> {
        WIDTHS.map(Self::new).into()
    }

    fn named(name: &str) -> Option<Self> {
        options::width(name.strip_prefix("mobilenetv1-")?).map(Self::new)
    }

    fn name(&self) -> String {
        format!("mobilenetv1-{}", options::width_text(self.width))
    }

    fn taps(&self) -> Vec<Tap> {
        let mut walked = Walked::START;
        walked.step([2, 2]);
        let mut taps = Vec::with_capacity(ENDS.len());
        for (n, (channels, stride)) in BLOCKS.into_iter().enumerate() {
            walked.step([stride, stride]);
            if ENDS.contains(&n) {
                taps.push(Tap { stage: taps.len() + 1, stride: walked.0, channels: self.channels(channels) });
            }
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let mut channels = self.channels(32);
        let mut x = ConvBn::new(Self::stem(keys), channels, 3).stride([2, 2]).act(Act::Relu).grow(net, x)?;
        let mut features = Vec::with_capacity(ENDS.len());
        for (n, (out, stride)) in BLOCKS.into_iter().enumerate() {
            let [depthwise, pointwise] = Self::block(keys, n);
            let block = DepthwiseSeparable {
                depthwise: ConvBn::depthwise(depthwise, channels, 3).stride([stride, stride]).act(Act::Relu),
                squeeze: None,
                pointwise: ConvBn::pointwise(pointwise, self.channels(out)).act(Act::Relu),
            };
            x = block.grow(net, x)?;
            channels = self.channels(out);
            if ENDS.contains(&n) {
                features.push(x);
            }
        }
        Ok(features)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, "fc")
    }

    fn stem_key(keys: &KeyMap) -> String {
        Self::stem(keys).weight
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let [_, pointwise] = Self::block(keys, 12);
        let channels = file.outputs_of(&pointwise.weight)?;
        Self::published().into_iter().find(|config| config.channels(1024) == channels)
    }
}
