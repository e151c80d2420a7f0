//! MobileNetV2: inverted residuals with ReLU6.
//!
//! PaddleClas, ppcls/arch/backbone/model_zoo/mobilenet_v2.py: every block has its expanding convolution, also where it expands
//! nothing; channels are scaled without rounding to eights. torchvision's network differs in both.

use vtk_nn::{NetBuilder, NnError, Var};

use crate::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable, InvertedResidual};
use crate::family::Family;
use crate::head::Fc;
use crate::options;
use crate::shapes::Shapes;
use crate::stride::Walked;
use crate::{Act, KeyMap, Tap};

/// A row of the table: `convS`.
struct Stage {
    number: usize,
    expansion: usize,
    channels: usize,
    blocks: usize,
    stride: usize,
    /// Whether features are taken at its end.
    tap: bool,
}

const fn stage(number: usize, expansion: usize, channels: usize, blocks: usize, stride: usize, tap: bool) -> Stage {
    Stage { number, expansion, channels, blocks, stride, tap }
}

const STAGES: [Stage; 7] = [
    stage(2, 1, 16, 1, 1, true),
    stage(3, 6, 24, 2, 2, true),
    stage(4, 6, 32, 3, 2, true),
    stage(5, 6, 64, 4, 2, false),
    stage(6, 6, 96, 3, 1, true),
    stage(7, 6, 160, 3, 2, false),
    stage(8, 6, 320, 1, 1, true),
];

const WIDTHS: [f64; 6] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0];

/// MobileNetV2. It has no options.
#[derive(Debug, Clone, PartialEq)]
pub struct MobileNetV2Config {
    /// Factor on the channels; on the last convolution's only above 1. Published: 0.25, 0.5, 0.75, 1, 1.5, 2.
    pub width: f64,
}

impl MobileNetV2Config {
    /// The network of this width.
    pub fn new(width: f64) -> Self {
        Self { width }
    }

    fn channels(&self, at_width_1: usize) -> usize {
        ((at_width_1 as f64 * self.width) as usize).max(1)
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        ConvBnKeys::underscored(&keys.at("conv1"))
    }

    fn last(keys: &KeyMap) -> ConvBnKeys {
        ConvBnKeys::underscored(&keys.at("conv9"))
    }

    /// The three convolutions of block `index` (from 0) of a stage.
    fn block(keys: &KeyMap, stage: usize, index: usize) -> [ConvBnKeys; 3] {
        let at = match index {
            0 => keys.at(format_args!("conv{stage}._first_block")),
            _ => keys.at(format_args!("conv{stage}.conv{stage}_{}", index + 1)),
        };
        ["_expand_conv", "_bottleneck_conv", "_linear_conv"].map(|part| ConvBnKeys::underscored(&format!("{at}.{part}")))
    }
}

impl Family for MobileNetV2Config {
    const FORM: &'static str = "mobilenetv2-xW (x0.25, x0.5, x0.75, x1.0, x1.5, x2.0)";

    fn published() -> Vec<Self> {
        WIDTHS.map(Self::new).into()
    }

    fn named(name: &str) -> Option<Self> {
        options::width(name.strip_prefix("mobilenetv2-")?).map(Self::new)
    }

    fn name(&self) -> String {
        format!("mobilenetv2-{}", options::width_text(self.width))
    }

    fn taps(&self) -> Vec<Tap> {
        let mut walked = Walked::START;
        walked.step([2, 2]);
        let mut taps = Vec::new();
        for stage in &STAGES {
            walked.step([stage.stride, stage.stride]);
            if stage.tap {
                taps.push(Tap { stage: taps.len() + 1, stride: walked.0, channels: self.channels(stage.channels) });
            }
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let mut channels = self.channels(32);
        let mut x = ConvBn::new(Self::stem(keys), channels, 3).stride([2, 2]).act(Act::Relu6).grow(net, x)?;
        let mut features = Vec::new();
        for stage in &STAGES {
            let out = self.channels(stage.channels);
            for index in 0..stage.blocks {
                let [expand, depthwise, project] = Self::block(keys, stage.number, index);
                let wide = channels * stage.expansion;
                let stride = if index == 0 { stage.stride } else { 1 };
                let block = InvertedResidual {
                    expand: Some(ConvBn::pointwise(expand, wide).act(Act::Relu6)),
                    separable: DepthwiseSeparable {
                        depthwise: ConvBn::depthwise(depthwise, wide, 3).stride([stride, stride]).act(Act::Relu6),
                        squeeze: None,
                        pointwise: ConvBn::pointwise(project, out),
                    },
                    shortcut: index > 0,
                };
                x = block.grow(net, x)?;
                channels = out;
            }
            if stage.tap {
                features.push(x);
            }
        }
        Ok(features)
    }

    fn pooled(&self, net: &mut NetBuilder, last: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let out = (1280.0 * self.width.max(1.0)) as usize;
        let x = ConvBn::pointwise(Self::last(keys), out).act(Act::Relu6).grow(net, last)?;
        let x = net.global_avg_pool(x)?;
        net.flatten(x)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, "out")
    }

    fn head_keys(&self, keys: &KeyMap) -> Vec<String> {
        Self::last(keys).all()
    }

    fn stem_key(keys: &KeyMap) -> String {
        Self::stem(keys).weight
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let [_, _, project] = Self::block(keys, 8, 0);
        let channels = file.outputs_of(&project.weight)?;
        Self::published().into_iter().find(|config| config.channels(320) == channels)
    }
}
