//! PP-LCNet (arXiv 2109.15099): depthwise separable blocks and nothing that a CPU dislikes. Hard-swish throughout, 5×5 kernels and
//! squeeze-and-excitation only near the end, and a wide 1×1 convolution after the pooling, where it costs one pixel's work.
//!
//! Numbers and order of keys: PaddleClas, ppcls/arch/backbone/legendary_models/pp_lcnet.py. Every choice that the paper studies is a
//! field of [`PpLcNetConfig`]. PaddleOCR's `MobileNetV1Enhance` is this network with other strides and keys; its table begins twice as wide,
//! so that its scale 0.5 is width 1 here.

use vtk_nn::{Activation, NetBuilder, NnError, Var};

use crate::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable, Squeeze, make_divisible};
use crate::family::Family;
use crate::head::{Fc, LastConv, dropout};
use crate::options::{self, OptionSpec};
use crate::shapes::Shapes;
use crate::stride::Walked;
use crate::{Act, KeyMap, Stride, Tap, Toolkit};

/// A block of the table.
struct Block {
    /// Number in the official key: `blocksS.I`.
    stage: usize,
    /// Place in the stage.
    index: usize,
    /// Channels in and out at width 1.
    channels: [usize; 2],
    /// Its entry in the list of strides; stride 1 without.
    stride: Option<usize>,
}

const fn block(stage: usize, index: usize, input: usize, output: usize, stride: Option<usize>) -> Block {
    Block { stage, index, channels: [input, output], stride }
}

const BLOCKS: [Block; 13] = [
    block(2, 0, 16, 32, None),
    block(3, 0, 32, 64, Some(1)),
    block(3, 1, 64, 64, None),
    block(4, 0, 64, 128, Some(2)),
    block(4, 1, 128, 128, None),
    block(5, 0, 128, 256, Some(3)),
    block(5, 1, 256, 256, None),
    block(5, 2, 256, 256, None),
    block(5, 3, 256, 256, None),
    block(5, 4, 256, 256, None),
    block(5, 5, 256, 256, None),
    block(6, 0, 256, 512, Some(4)),
    block(6, 1, 512, 512, None),
];

/// The last block of each stage.
const ENDS: [usize; 5] = [0, 2, 4, 10, 12];

const WIDTHS: [f64; 8] = [0.25, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5];

/// PP-LCNet with every choice open.
#[derive(Debug, Clone, PartialEq)]
pub struct PpLcNetConfig {
    /// Factor on all channels but the last convolution's (option in the name: `x0.5`). Published: 0.25, 0.35, 0.5, 0.75, 1, 1.5, 2, 2.5.
    pub width: f64,
    /// Strides of the stem and of the first block of blocks3, blocks4, blocks5, blocks6 (`strides`, PaddleClas's `stride_list`).
    pub strides: [Stride; 5],
    /// Which of the 13 blocks have squeeze-and-excitation (`se`): officially the last two.
    pub squeeze: [bool; 13],
    /// Which of the 13 blocks have 5×5 kernels in place of 3×3 (`large_kernel`): officially the last seven.
    pub large_kernel: [bool; 13],
    /// Activation of stem and blocks (`act`).
    pub act: Act,
    /// Slope of the gate of squeeze-and-excitation (`gate_slope`): Paddle's default, the literal 0.1666667.
    pub gate_slope: f32,
    /// Offset of the gate (`gate_offset`).
    pub gate_offset: f32,
    /// Whether there is a 1×1 convolution between pooling and fully connected layer (`last_conv`); without it there is no dropout
    /// either. Read from the file where there is one.
    pub last_conv: bool,
    /// Its output channels (`class_expand`). Read from the file where there is one.
    pub class_expand: usize,
    /// Whether it has a bias (`last_bias`); timm's always has. Read from the file where there is one.
    pub last_bias: bool,
    /// What follows it (`last_act`); `None`: `act`.
    pub last_act: Option<Act>,
    /// Probability of dropout in training (`dropout`): inference multiplies by one minus it. Not applied with timm's keys.
    pub dropout: f32,
}

impl PpLcNetConfig {
    /// The official network of this width.
    pub fn new(width: f64) -> Self {
        Self {
            width,
            strides: [Stride::Both(2); 5],
            squeeze: std::array::from_fn(|n| n >= 11),
            large_kernel: std::array::from_fn(|n| n >= 6),
            act: Act::HardSwish,
            gate_slope: 0.166_666_7,
            gate_offset: 0.5,
            last_conv: true,
            class_expand: 1280,
            last_bias: false,
            last_act: None,
            dropout: 0.2,
        }
    }

    fn channels(&self, at_width_1: usize) -> usize {
        make_divisible(at_width_1 as f64 * self.width)
    }

    fn stride(&self, block: &Block) -> Stride {
        block.stride.map_or(Stride::Both(1), |entry| self.strides[entry])
    }

    fn grow_block(&self, net: &mut NetBuilder, x: Var, n: usize, keys: &KeyMap) -> Result<Var, NnError> {
        let block = &BLOCKS[n];
        let [input, output] = block.channels.map(|channels| self.channels(channels));
        let Names { depthwise, squeeze, pointwise, .. } = Names::of(keys, n);
        let kernel = if self.large_kernel[n] { 5 } else { 3 };
        let gate = Activation::HardSigmoid { slope: self.gate_slope, offset: self.gate_offset };
        DepthwiseSeparable {
            depthwise: ConvBn::depthwise(depthwise, input, kernel).stride(self.stride(block).pair()).act(self.act),
            squeeze: self.squeeze[n].then_some(Squeeze { at: squeeze, hidden: input / 4, gate }),
            pointwise: ConvBn::pointwise(pointwise, output).act(self.act),
        }
        .grow(net, x)
    }
}

/// Where a block's layers lie.
struct Names {
    depthwise: ConvBnKeys,
    squeeze: [String; 2],
    pointwise: ConvBnKeys,
}

impl Names {
    fn of(keys: &KeyMap, n: usize) -> Self {
        let Block { stage, index, .. } = BLOCKS[n];
        match keys.toolkit() {
            Toolkit::Timm => {
                // timm counts from blocks2 on, and puts the last four blocks of blocks5 into a stage of their own.
                let (stage, index) = match (stage, index) {
                    (2..=4, index) => (stage - 2, index),
                    (5, 0..=1) => (3, index),
                    (5, index) => (4, index - 2),
                    _ => (5, index),
                };
                let at = keys.at(format_args!("blocks.{stage}.{index}"));
                Self {
                    depthwise: ConvBnKeys::torch(&format!("{at}.conv_dw"), &format!("{at}.bn1")),
                    squeeze: [format!("{at}.se.conv_reduce"), format!("{at}.se.conv_expand")],
                    pointwise: ConvBnKeys::torch(&format!("{at}.conv_pw"), &format!("{at}.bn2")),
                }
            }
            Toolkit::PaddleOcrDet | Toolkit::PaddleOcrRec => {
                let at = keys.at(format_args!("block_list.{n}"));
                Self {
                    depthwise: ConvBnKeys::underscored(&format!("{at}._depthwise_conv")),
                    squeeze: [format!("{at}._se.conv1"), format!("{at}._se.conv2")],
                    pointwise: ConvBnKeys::underscored(&format!("{at}._pointwise_conv")),
                }
            }
            _ => {
                let at = keys.at(format_args!("blocks{stage}.{index}"));
                Self {
                    depthwise: ConvBnKeys::paddle(&format!("{at}.dw_conv")),
                    squeeze: [format!("{at}.se.conv1"), format!("{at}.se.conv2")],
                    pointwise: ConvBnKeys::paddle(&format!("{at}.pw_conv")),
                }
            }
        }
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        match keys.toolkit() {
            Toolkit::Timm => ConvBnKeys::torch(&keys.at("conv_stem"), &keys.at("bn1")),
            Toolkit::PaddleOcrDet | Toolkit::PaddleOcrRec => ConvBnKeys::underscored(&keys.at("conv1")),
            _ => ConvBnKeys::paddle(&keys.at("conv1")),
        }
    }

    fn last_conv(keys: &KeyMap) -> String {
        keys.at(if keys.toolkit() == Toolkit::Timm { "conv_head" } else { "last_conv" })
    }
}

impl Family for PpLcNetConfig {
    const FORM: &'static str = "pplcnet-xW (x0.25, x0.35, x0.5, x0.75, x1.0, x1.5, x2.0, x2.5)";
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec::new("se", "use_se", "none, all, or a 0 or 1 for each of the 13 blocks"),
        OptionSpec::new("large_kernel", "large_kernel", "none, all, or a 0 or 1 for each of the 13 blocks"),
        options::ACT,
        options::STRIDES,
        options::LAST_CONV,
        options::CLASS_EXPAND,
        options::LAST_BIAS,
        options::LAST_ACT,
        options::DROPOUT,
        options::GATE_SLOPE,
        options::GATE_OFFSET,
    ];
    const TOOLKITS: &'static [Toolkit] = &[Toolkit::PaddleClas, Toolkit::Timm, Toolkit::PaddleOcrRec];

    fn published() -> Vec<Self> {
        WIDTHS.map(Self::new).into()
    }

    fn named(name: &str) -> Option<Self> {
        options::width(name.strip_prefix("pplcnet-")?).map(Self::new)
    }

    fn name(&self) -> String {
        format!("pplcnet-{}", options::width_text(self.width))
    }

    fn get(&self, option: &str) -> String {
        match option {
            "se" => options::mask_text(&self.squeeze),
            "large_kernel" => options::mask_text(&self.large_kernel),
            "act" => self.act.name(),
            "strides" => options::strides_text(&self.strides),
            "last_conv" => self.last_conv.to_string(),
            "class_expand" => self.class_expand.to_string(),
            "last_bias" => self.last_bias.to_string(),
            "last_act" => self.last_act.map_or("same".to_owned(), Act::name),
            "dropout" => self.dropout.to_string(),
            "gate_slope" => self.gate_slope.to_string(),
            "gate_offset" => self.gate_offset.to_string(),
            _ => String::new(),
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Option<()> {
        match option {
            "se" => self.squeeze = options::mask(value)?,
            "large_kernel" => self.large_kernel = options::mask(value)?,
            "act" => self.act = Act::active(value)?,
            "strides" => self.strides = options::strides(value)?,
            "last_conv" => self.last_conv = options::flag(value)?,
            "class_expand" => self.class_expand = options::channels(value)?,
            "last_bias" => self.last_bias = options::flag(value)?,
            "last_act" => self.last_act = if value == "same" { None } else { Some(Act::named(value)?) },
            "dropout" => self.dropout = options::dropout(value)?,
            "gate_slope" => self.gate_slope = options::number(value, f32::MIN_POSITIVE, 10.0)?,
            "gate_offset" => self.gate_offset = options::number(value, -10.0, 10.0)?,
            _ => return None,
        }
        Some(())
    }

    fn taps(&self) -> Vec<Tap> {
        let mut walked = Walked::START;
        walked.step(self.strides[0].pair());
        let mut taps = Vec::with_capacity(ENDS.len());
        for (n, block) in BLOCKS.iter().enumerate() {
            walked.step(self.stride(block).pair());
            if ENDS.contains(&n) {
                taps.push(Tap { stage: taps.len() + 1, stride: walked.0, channels: self.channels(block.channels[1]) });
            }
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let stem = ConvBn::new(Names::stem(keys), self.channels(16), 3).stride(self.strides[0].pair()).act(self.act);
        let mut x = stem.grow(net, x)?;
        let mut features = Vec::with_capacity(ENDS.len());
        for n in 0..BLOCKS.len() {
            x = self.grow_block(net, x, n, keys)?;
            if ENDS.contains(&n) {
                features.push(x);
            }
        }
        Ok(features)
    }

    fn pooled(&self, net: &mut NetBuilder, last: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let mut x = net.global_avg_pool(last)?;
        if self.last_conv {
            let conv = LastConv {
                at: Names::last_conv(keys),
                out: self.class_expand,
                bias: self.last_bias || keys.toolkit() == Toolkit::Timm,
                activation: self.last_act.unwrap_or(self.act).into(),
            };
            x = conv.grow(net, x)?;
            x = dropout(net, x, self.dropout, keys)?;
        }
        net.flatten(x)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, if keys.toolkit() == Toolkit::Timm { "classifier" } else { "fc" })
    }

    fn head_keys(&self, keys: &KeyMap) -> Vec<String> {
        LastConv::keys(&Names::last_conv(keys))
    }

    fn stem_key(keys: &KeyMap) -> String {
        Names::stem(keys).weight
    }

    fn read(mut self, file: &dyn Shapes, keys: &KeyMap) -> Self {
        let at = Names::last_conv(keys);
        let fc = self.fc(keys);
        LastConv::read(file, &at, &fc, &mut self.last_conv, &mut self.class_expand);
        if file.has(&format!("{at}.weight")) {
            self.last_bias = file.has(&format!("{at}.bias")) && keys.toolkit() != Toolkit::Timm;
        }
        self
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let names: [Names; 13] = std::array::from_fn(|n| Names::of(keys, n));
        let fits = |config: &Self| {
            let outputs = names.iter().map(|names| file.outputs_of(&names.pointwise.weight));
            outputs.zip(&BLOCKS).all(|(outputs, block)| outputs == Some(config.channels(block.channels[1])))
        };
        let mut config = Self::published().into_iter().find(fits)?;
        for (n, names) in names.iter().enumerate() {
            config.squeeze[n] = file.has(&format!("{}.weight", names.squeeze[0]));
            config.large_kernel[n] = file.shape_of(&names.depthwise.weight)?.get(2) == Some(&5);
        }
        Some(config)
    }
}
