//! MobileNetV3, small and large, as Paddle has it: the gate of squeeze-and-excitation has slope 0.2, ε is 1e-5, and every block has
//! its expanding convolution. (Google's and torchvision's differ in all three.)
//!
//! PaddleClas, ppcls/arch/backbone/legendary_models/mobilenet_v3.py; dilated forms: PaddleSeg, paddleseg/models/backbones/
//! mobilenetv3.py; without squeeze-and-excitation and with the widening convolution in the trunk: PaddleOCR.

use vtk_nn::{Activation, NetBuilder, NnError, Var};

use crate::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable, InvertedResidual, Squeeze, make_divisible};
use crate::family::Family;
use crate::head::{Fc, LastConv, dropout};
use crate::options::{self, OptionSpec};
use crate::shapes::Shapes;
use crate::stride::Walked;
use crate::{Act, KeyMap, Stride, Tap, Toolkit};

/// A block of the tables: kernel, channels between and out at width 1, squeeze-and-excitation, activation.
struct Block {
    kernel: usize,
    wide: usize,
    out: usize,
    squeeze: bool,
    act: Act,
}

const fn block(kernel: usize, wide: usize, out: usize, squeeze: bool, act: Act) -> Block {
    Block { kernel, wide, out, squeeze, act }
}

const RELU: Act = Act::Relu;
const HS: Act = Act::HardSwish;

const LARGE: [Block; 15] = [
    block(3, 16, 16, false, RELU),
    block(3, 64, 24, false, RELU),
    block(3, 72, 24, false, RELU),
    block(5, 72, 40, true, RELU),
    block(5, 120, 40, true, RELU),
    block(5, 120, 40, true, RELU),
    block(3, 240, 80, false, HS),
    block(3, 200, 80, false, HS),
    block(3, 184, 80, false, HS),
    block(3, 184, 80, false, HS),
    block(3, 480, 112, true, HS),
    block(3, 672, 112, true, HS),
    block(5, 672, 160, true, HS),
    block(5, 960, 160, true, HS),
    block(5, 960, 160, true, HS),
];

const SMALL: [Block; 11] = [
    block(3, 16, 16, true, RELU),
    block(3, 72, 24, false, RELU),
    block(3, 88, 24, false, RELU),
    block(5, 96, 40, true, HS),
    block(5, 240, 40, true, HS),
    block(5, 240, 40, true, HS),
    block(5, 120, 48, true, HS),
    block(5, 144, 48, true, HS),
    block(5, 288, 96, true, HS),
    block(5, 576, 96, true, HS),
    block(5, 576, 96, true, HS),
];

const WIDTHS: [f64; 5] = [0.35, 0.5, 0.75, 1.0, 1.25];

/// Which of the two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MobileNetV3Size {
    /// 11 blocks.
    Small,
    /// 15 blocks.
    Large,
}

impl MobileNetV3Size {
    const ALL: [Self; 2] = [Self::Small, Self::Large];

    fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
        }
    }

    fn blocks(self) -> &'static [Block] {
        match self {
            Self::Small => &SMALL,
            Self::Large => &LARGE,
        }
    }

    /// The blocks that have a stride of their own, in the order of the list of strides behind the stem's.
    fn strided(self) -> [usize; 4] {
        match self {
            Self::Small => [0, 1, 3, 8],
            Self::Large => [1, 3, 6, 12],
        }
    }

    /// How many blocks each stage ends behind.
    fn ends(self) -> [usize; 5] {
        match self {
            Self::Small => [0, 1, 3, 8, 11],
            Self::Large => [1, 3, 6, 12, 15],
        }
    }

    /// Channels of the 1×1 convolution behind the blocks, at width 1.
    fn widest(self) -> usize {
        match self {
            Self::Small => 576,
            Self::Large => 960,
        }
    }
}

/// MobileNetV3 with its options.
#[derive(Debug, Clone, PartialEq)]
pub struct MobileNetV3Config {
    /// Small or large (in the name).
    pub size: MobileNetV3Size,
    /// Factor on all channels but the last convolution's (in the name: `x0.5`). Published: 0.35, 0.5, 0.75, 1, 1.25.
    pub width: f64,
    /// Strides of the stem and of the four blocks that have any: 0, 1, 3, 8 of small, 1, 3, 6, 12 of large (`strides`). A block
    /// whose stride is written as a pair has no shortcut.
    pub strides: [Stride; 5],
    /// Whether the blocks that have squeeze-and-excitation officially have it (`se`: all or none).
    pub squeeze: bool,
    /// Slope of its gate (`gate_slope`).
    pub gate_slope: f32,
    /// Offset of its gate (`gate_offset`).
    pub gate_offset: f32,
    /// Input pixels per feature at most (`output_stride`: 8, 16 or 32): strides beyond become dilations. PaddleSeg has 8 and 32.
    pub output_stride: usize,
    /// Whether the widening 1×1 convolution belongs to the trunk, so that stage 5 ends behind it (`widened`): PaddleOCR's trunks.
    pub widened: bool,
    /// Whether there is a 1×1 convolution between pooling and fully connected layer (`last_conv`). Read from the file where there
    /// is one.
    pub last_conv: bool,
    /// Its output channels (`class_expand`). Read from the file where there is one.
    pub class_expand: usize,
    /// Probability of dropout in training (`dropout`): inference multiplies by one minus it.
    pub dropout: f32,
}

/// A block with everything worked out.
struct Unit {
    block: &'static Block,
    channels: usize,
    wide: usize,
    out: usize,
    stride: Stride,
    dilation: usize,
}

impl MobileNetV3Config {
    /// The official network.
    pub fn new(size: MobileNetV3Size, width: f64) -> Self {
        Self {
            size,
            width,
            strides: [Stride::Both(2); 5],
            squeeze: true,
            gate_slope: 0.2,
            gate_offset: 0.5,
            output_stride: 32,
            widened: false,
            last_conv: true,
            class_expand: 1280,
            dropout: 0.2,
        }
    }

    fn channels(&self, at_width_1: usize) -> usize {
        make_divisible(at_width_1 as f64 * self.width)
    }

    /// The blocks in order. A stride that would go beyond `output_stride` is left out, and the blocks behind it are dilated by it;
    /// the block itself keeps the dilation of those before it.
    fn units(&self) -> Vec<Unit> {
        let strided = self.size.strided();
        let mut channels = self.channels(16);
        let mut walked = self.strides[0].pair();
        let mut dilation = 1;
        let mut units = Vec::new();
        for (n, block) in self.size.blocks().iter().enumerate() {
            let entry = strided.iter().position(|&at| at == n);
            let mut stride = entry.map_or(Stride::Both(1), |entry| self.strides[entry + 1]);
            let own = dilation;
            let [vertical, horizontal] = stride.pair();
            if (walked[0] * vertical).max(walked[1] * horizontal) > self.output_stride {
                dilation *= vertical.max(horizontal);
                stride = Stride::Both(1);
            }
            let [vertical, horizontal] = stride.pair();
            walked = [walked[0] * vertical, walked[1] * horizontal];
            let (wide, out) = (self.channels(block.wide), self.channels(block.out));
            units.push(Unit { block, channels, wide, out, stride, dilation: own });
            channels = out;
        }
        units
    }

    fn grow_unit(&self, net: &mut NetBuilder, x: Var, n: usize, unit: &Unit, keys: &KeyMap) -> Result<Var, NnError> {
        let Unit { block, channels, wide, out, stride, dilation } = *unit;
        let at = self.block_at(keys, n);
        let part = |name: &str| ConvBnKeys::paddle(&format!("{at}.{name}"));
        let gate = Activation::HardSigmoid { slope: self.gate_slope, offset: self.gate_offset };
        let depthwise = ConvBn::depthwise(part("bottleneck_conv"), wide, block.kernel).dilation(dilation);
        InvertedResidual {
            expand: Some(ConvBn::pointwise(part("expand_conv"), wide).act(block.act)),
            separable: DepthwiseSeparable {
                depthwise: depthwise.stride(stride.pair()).act(block.act),
                squeeze: (block.squeeze && self.squeeze).then(|| Squeeze::paddle(&format!("{at}.mid_se"), wide, gate)),
                pointwise: ConvBn::pointwise(part("linear_conv"), out),
            },
            shortcut: stride.is_plain_one() && channels == out,
        }
        .grow(net, x)
    }

    /// The 1×1 convolution behind the blocks.
    fn widen(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Var, NnError> {
        ConvBn::pointwise(self.widening(keys), self.channels(self.size.widest())).act(HS).grow(net, x)
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        let name = match keys.toolkit() {
            Toolkit::PaddleDetection | Toolkit::PaddleOcrRec => "conv1",
            _ => "conv",
        };
        ConvBnKeys::paddle(&keys.at(name))
    }

    fn block_at(&self, keys: &KeyMap, n: usize) -> String {
        match keys.toolkit() {
            Toolkit::PaddleDetection => keys.at(format_args!("conv{}", n + 2)),
            Toolkit::PaddleOcrDet => {
                let (stage, index) = self.ocr_stage(n);
                keys.at(format_args!("stage{stage}.{index}"))
            }
            _ => keys.at(format_args!("blocks.{n}")),
        }
    }

    fn widening(&self, keys: &KeyMap) -> ConvBnKeys {
        let at = match keys.toolkit() {
            Toolkit::PaddleOcrDet => self.block_at(keys, self.size.blocks().len()),
            Toolkit::PaddleOcrRec => keys.at("conv2"),
            _ => keys.at("last_second_conv"),
        };
        ConvBnKeys::paddle(&at)
    }

    /// PaddleOCR's detectors number blocks within stages; a stage begins at each of the last three strides. The widening convolution
    /// counts as one more block of the last.
    fn ocr_stage(&self, n: usize) -> (usize, usize) {
        let starts = &self.size.strided()[1..];
        let stage = starts.iter().filter(|&&start| start <= n).count();
        let start = if stage == 0 { 0 } else { starts[stage - 1] };
        (stage, n - start)
    }
}

impl Family for MobileNetV3Config {
    const FORM: &'static str = "mobilenetv3-small-xW and mobilenetv3-large-xW (x0.35, x0.5, x0.75, x1.0, x1.25)";
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec::new("se", "use_se", "all or none"),
        options::STRIDES,
        OptionSpec::new("output_stride", "output_stride", "8, 16 or 32"),
        OptionSpec::new("widened", "widened", "true or false"),
        options::LAST_CONV,
        options::CLASS_EXPAND,
        options::DROPOUT,
        options::GATE_SLOPE,
        options::GATE_OFFSET,
    ];
    const TOOLKITS: &'static [Toolkit] = &[Toolkit::PaddleClas, Toolkit::PaddleDetection, Toolkit::PaddleOcrDet, Toolkit::PaddleOcrRec];

    fn published() -> Vec<Self> {
        MobileNetV3Size::ALL.into_iter().flat_map(|size| WIDTHS.map(|width| Self::new(size, width))).collect()
    }

    fn named(name: &str) -> Option<Self> {
        let (size, width) = name.strip_prefix("mobilenetv3-")?.split_once('-')?;
        let size = MobileNetV3Size::ALL.into_iter().find(|known| known.name() == size)?;
        options::width(width).map(|width| Self::new(size, width))
    }

    fn name(&self) -> String {
        format!("mobilenetv3-{}-{}", self.size.name(), options::width_text(self.width))
    }

    fn get(&self, option: &str) -> String {
        match option {
            "se" => options::mask_text(&[self.squeeze]),
            "strides" => options::strides_text(&self.strides),
            "output_stride" => self.output_stride.to_string(),
            "widened" => self.widened.to_string(),
            "last_conv" => self.last_conv.to_string(),
            "class_expand" => self.class_expand.to_string(),
            "dropout" => self.dropout.to_string(),
            "gate_slope" => self.gate_slope.to_string(),
            "gate_offset" => self.gate_offset.to_string(),
            _ => String::new(),
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Option<()> {
        match option {
            "se" => [self.squeeze] = options::mask(value)?,
            "strides" => self.strides = options::strides(value)?,
            "output_stride" => self.output_stride = value.parse().ok().filter(|stride| matches!(stride, 8 | 16 | 32))?,
            "widened" => self.widened = options::flag(value)?,
            "last_conv" => self.last_conv = options::flag(value)?,
            "class_expand" => self.class_expand = options::channels(value)?,
            "dropout" => self.dropout = options::dropout(value)?,
            "gate_slope" => self.gate_slope = options::number(value, f32::MIN_POSITIVE, 10.0)?,
            "gate_offset" => self.gate_offset = options::number(value, -10.0, 10.0)?,
            _ => return None,
        }
        Some(())
    }

    fn taps(&self) -> Vec<Tap> {
        let ends = self.size.ends();
        let mut walked = Walked::START;
        walked.step(self.strides[0].pair());
        let mut taps = Vec::with_capacity(ends.len());
        if ends.contains(&0) {
            taps.push(Tap { stage: 1, stride: walked.0, channels: self.channels(16) });
        }
        for (n, unit) in self.units().iter().enumerate() {
            walked.step(unit.stride.pair());
            if ends.contains(&(n + 1)) {
                taps.push(Tap { stage: taps.len() + 1, stride: walked.0, channels: unit.out });
            }
        }
        if let (true, Some(last)) = (self.widened, taps.last_mut()) {
            last.channels = self.channels(self.size.widest());
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let stem = ConvBn::new(Self::stem(keys), self.channels(16), 3).stride(self.strides[0].pair()).act(HS);
        let mut x = stem.grow(net, x)?;
        let ends = self.size.ends();
        let units = self.units();
        let mut features = Vec::with_capacity(ends.len());
        if ends.contains(&0) {
            features.push(x);
        }
        for (n, unit) in units.iter().enumerate() {
            x = self.grow_unit(net, x, n, unit, keys)?;
            if self.widened && n + 1 == units.len() {
                x = self.widen(net, x, keys)?;
            }
            if ends.contains(&(n + 1)) {
                features.push(x);
            }
        }
        Ok(features)
    }

    fn pooled(&self, net: &mut NetBuilder, last: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let x = if self.widened { last } else { self.widen(net, last, keys)? };
        let mut x = net.global_avg_pool(x)?;
        if self.last_conv {
            let conv = LastConv { at: keys.at("last_conv"), out: self.class_expand, bias: false, activation: HS.into() };
            x = conv.grow(net, x)?;
            x = dropout(net, x, self.dropout, keys)?;
        }
        net.flatten(x)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, "fc")
    }

    fn head_keys(&self, keys: &KeyMap) -> Vec<String> {
        let widening = if self.widened { Vec::new() } else { self.widening(keys).all() };
        widening.into_iter().chain(LastConv::keys(&keys.at("last_conv"))).collect()
    }

    fn stem_key(keys: &KeyMap) -> String {
        Self::stem(keys).weight
    }

    fn read(mut self, file: &dyn Shapes, keys: &KeyMap) -> Self {
        let fc = self.fc(keys);
        LastConv::read(file, &keys.at("last_conv"), &fc, &mut self.last_conv, &mut self.class_expand);
        self
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let outputs = |config: &Self, n: usize| file.outputs_of(&format!("{}.linear_conv.conv.weight", config.block_at(keys, n)));
        let fits = |config: &Self| {
            let mut units = config.units().into_iter().enumerate();
            units.all(|(n, unit)| outputs(config, n) == Some(unit.out))
        };
        // Small's channels are not a beginning of large's, but its keys are of large's: the longer table is tried first.
        let mut config = Self::published().into_iter().rev().find(fits)?;
        let squeezed = config.size.blocks().iter().position(|block| block.squeeze)?;
        config.squeeze = file.has(&format!("{}.mid_se.conv1.weight", config.block_at(keys, squeezed)));
        config.widened = matches!(keys.toolkit(), Toolkit::PaddleOcrDet | Toolkit::PaddleOcrRec);
        Some(config)
    }
}
