//! PP-LCNetV2: PP-LCNet's blocks, some of them with several depthwise kernels that melt into one, a 1×1 convolution split in two, or a
//! shortcut.
//!
//! PaddleClas, ppcls/arch/backbone/legendary_models/pp_lcnet_v2.py; PP-ShiTu's form: variant_models/pp_lcnetv2_variant.py. Unlike
//! PP-LCNet the activation is ReLU and the gate a real sigmoid. Checkpoints from training hold a fused kernel too, with numbers that
//! mean nothing: it is left unused.

use vtk_nn::{Activation, BatchNorm, Conv, NetBuilder, NnError, Var};

use crate::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable, EPSILON, Squeeze, make_divisible};
use crate::family::Family;
use crate::head::{Fc, LastConv, dropout};
use crate::options::{self, OptionSpec};
use crate::shapes::Shapes;
use crate::stride::Walked;
use crate::{Act, KeyMap, Tap};

const ACT: Act = Act::Relu;

/// Which of the three networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum V2Size {
    /// Channels × 0.75.
    Small,
    /// Channels × 1.
    Base,
    /// Channels × 1.25.
    Large,
}

impl V2Size {
    const ALL: [Self; 3] = [Self::Small, Self::Base, Self::Large];

    fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Base => "base",
            Self::Large => "large",
        }
    }

    fn width(self) -> f64 {
        match self {
            Self::Small => 0.75,
            Self::Base => 1.0,
            Self::Large => 1.25,
        }
    }

    /// Blocks in each stage.
    fn depths(self) -> [usize; 4] {
        match self {
            Self::Small => [2, 2, 4, 2],
            Self::Base => [2, 2, 6, 2],
            Self::Large => [2, 2, 8, 2],
        }
    }
}

/// How the blocks with several depthwise kernels lie in the checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepForm {
    /// As they are trained: a kernel and a batch norm for each branch.
    Training,
    /// As they are deployed: one kernel with a bias.
    Fused,
}

/// What the network is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum V2Variant {
    /// Classification.
    Standard,
    /// PP-ShiTu's embedder: the last stage keeps its size, the last convolution has a bias and nothing behind it.
    ShiTu,
}

/// PP-LCNetV2 with its options.
#[derive(Debug, Clone, PartialEq)]
pub struct PpLcNetV2Config {
    /// Small, base or large (in the name).
    pub size: V2Size,
    /// Form of the checkpoint (`form`). Read from the file where there is one.
    pub form: RepForm,
    /// What it is for (`variant`).
    pub variant: V2Variant,
    /// Whether there is a 1×1 convolution between pooling and fully connected layer (`last_conv`). Read from the file where there
    /// is one.
    pub last_conv: bool,
    /// Its output channels (`class_expand`). Read from the file where there is one.
    pub class_expand: usize,
    /// Probability of dropout in training (`dropout`): inference multiplies by one minus it.
    pub dropout: f32,
}

/// What a stage's blocks have.
struct Stage {
    /// Channels in, at width 1; twice as many come out.
    channels: usize,
    kernel: usize,
    /// The 1×1 convolution is two, by way of half the channels.
    split: bool,
    /// Kernels 5, 3 and 1 side by side.
    rep: bool,
    squeeze: bool,
    /// Blocks that keep size and channels add their input.
    shortcut: bool,
}

const STAGES: [Stage; 4] = [
    Stage { channels: 64, kernel: 3, split: false, rep: false, squeeze: false, shortcut: false },
    Stage { channels: 128, kernel: 3, split: false, rep: false, squeeze: false, shortcut: false },
    Stage { channels: 256, kernel: 5, split: true, rep: true, squeeze: true, shortcut: false },
    Stage { channels: 512, kernel: 5, split: false, rep: true, squeeze: false, shortcut: true },
];

/// A block with everything worked out.
struct Unit {
    at: String,
    input: usize,
    out: usize,
    stride: usize,
}

impl PpLcNetV2Config {
    /// The official network in its training form.
    pub fn new(size: V2Size) -> Self {
        Self { size, form: RepForm::Training, variant: V2Variant::Standard, last_conv: true, class_expand: 1280, dropout: 0.2 }
    }

    fn channels(&self, at_width_1: usize) -> usize {
        make_divisible(at_width_1 as f64 * self.size.width())
    }

    /// The stride of a stage's first block.
    fn stride(&self, stage: usize) -> usize {
        if stage == 3 && self.variant == V2Variant::ShiTu { 1 } else { 2 }
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        ConvBnKeys::paddle(&keys.at("stem.0"))
    }

    fn grow_stem(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let narrow = self.channels(32);
        let x = ConvBn::new(Self::stem(keys), narrow, 3).stride([2, 2]).act(ACT).grow(net, x)?;
        let part = |name: &str| ConvBnKeys::paddle(&keys.at(format_args!("stem.1.{name}")));
        DepthwiseSeparable {
            depthwise: ConvBn::depthwise(part("dw_conv"), narrow, 3).act(ACT),
            squeeze: None,
            pointwise: ConvBn::pointwise(part("pw_conv"), self.channels(64)).act(ACT),
        }
        .grow(net, x)
    }

    fn grow_block(&self, net: &mut NetBuilder, x: Var, stage: &Stage, unit: &Unit) -> Result<Var, NnError> {
        let Unit { at, input, out, stride } = unit;
        let part = |name: &str| ConvBnKeys::paddle(&format!("{at}.{name}"));
        let strides = [*stride, *stride];
        let mut y = if stage.rep {
            self.grow_branches(net, x, unit)?
        } else {
            ConvBn::depthwise(part("dw_conv"), *input, stage.kernel).stride(strides).act(ACT).grow(net, x)?
        };
        if stage.squeeze {
            y = Squeeze::paddle(&format!("{at}.se"), *input, Activation::Sigmoid).grow(net, y)?;
        }
        if stage.split {
            y = ConvBn::pointwise(part("pw_conv_1"), out / 2).act(ACT).grow(net, y)?;
            y = ConvBn::pointwise(part("pw_conv_2"), *out).act(ACT).grow(net, y)?;
        } else {
            y = ConvBn::pointwise(part("pw_conv"), *out).act(ACT).grow(net, y)?;
        }
        if stage.shortcut && *stride == 1 && input == out { net.add(x, y) } else { Ok(y) }
    }

    /// Depthwise kernels of 5, 3 and, at stride 1, 1, summed; or the one kernel that they come to.
    fn grow_branches(&self, net: &mut NetBuilder, x: Var, unit: &Unit) -> Result<Var, NnError> {
        let Unit { at, input, stride, .. } = unit;
        let [weight, bias] = [format!("{at}.dw_conv.weight"), format!("{at}.dw_conv.bias")];
        let depthwise = |weight: String, kernel| Conv::new(weight, *input, kernel).stride([*stride, *stride]).groups(*input);
        let y = match self.form {
            RepForm::Fused => net.conv(x, &depthwise(weight, 5).bias(bias))?,
            RepForm::Training => {
                let kernels: &[usize] = if *stride == 1 { &[5, 3, 1] } else { &[5, 3] };
                let branch = |(n, &kernel): (usize, &usize)| -> (Conv, BatchNorm) {
                    let keys = ConvBnKeys::paddle(&format!("{at}.dw_conv_list.{n}"));
                    let norm = keys.norm(EPSILON);
                    (depthwise(keys.weight, kernel), norm)
                };
                let branches: Vec<_> = kernels.iter().enumerate().map(branch).collect();
                let y = net.conv_bn_sum(x, &branches)?;
                // A file of training has the fused kernel too; one that was cleaned of it is as good.
                if net.contains(&weight) || !net.contains(&branches[0].0.weight) {
                    net.discard(&weight, &[*input, 1, 5, 5])?;
                    net.discard(&bias, &[*input])?;
                }
                y
            }
        };
        net.activate(y, ACT.into())
    }
}

impl Family for PpLcNetV2Config {
    const FORM: &'static str = "pplcnetv2-small, pplcnetv2-base, pplcnetv2-large";
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec::new("form", "form", "training or fused"),
        OptionSpec::new("variant", "variant", "standard or shitu"),
        options::LAST_CONV,
        options::CLASS_EXPAND,
        options::DROPOUT,
    ];

    fn published() -> Vec<Self> {
        V2Size::ALL.map(Self::new).into()
    }

    fn named(name: &str) -> Option<Self> {
        let size = name.strip_prefix("pplcnetv2-")?;
        V2Size::ALL.into_iter().find(|known| known.name() == size).map(Self::new)
    }

    fn name(&self) -> String {
        format!("pplcnetv2-{}", self.size.name())
    }

    fn get(&self, option: &str) -> String {
        match option {
            "form" => match self.form {
                RepForm::Training => "training".to_owned(),
                RepForm::Fused => "fused".to_owned(),
            },
            "variant" => match self.variant {
                V2Variant::Standard => "standard".to_owned(),
                V2Variant::ShiTu => "shitu".to_owned(),
            },
            "last_conv" => self.last_conv.to_string(),
            "class_expand" => self.class_expand.to_string(),
            "dropout" => self.dropout.to_string(),
            _ => String::new(),
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Option<()> {
        match (option, value) {
            ("form", "training") => self.form = RepForm::Training,
            ("form", "fused") => self.form = RepForm::Fused,
            ("variant", "standard") => self.variant = V2Variant::Standard,
            ("variant", "shitu") => self.variant = V2Variant::ShiTu,
            ("last_conv", _) => self.last_conv = options::flag(value)?,
            ("class_expand", _) => self.class_expand = options::channels(value)?,
            ("dropout", _) => self.dropout = options::dropout(value)?,
            _ => return None,
        }
        Some(())
    }

    fn taps(&self) -> Vec<Tap> {
        let mut walked = Walked::START;
        walked.step([2, 2]);
        let mut taps = vec![Tap { stage: 1, stride: walked.0, channels: self.channels(64) }];
        for (n, stage) in STAGES.iter().enumerate() {
            walked.step([self.stride(n), self.stride(n)]);
            taps.push(Tap { stage: n + 2, stride: walked.0, channels: self.channels(2 * stage.channels) });
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let mut x = self.grow_stem(net, x, keys)?;
        let mut features = vec![x];
        for ((n, stage), depth) in STAGES.iter().enumerate().zip(self.size.depths()) {
            let out = self.channels(2 * stage.channels);
            for index in 0..depth {
                let (input, stride) = if index == 0 { (self.channels(stage.channels), self.stride(n)) } else { (out, 1) };
                let unit = Unit { at: keys.at(format_args!("stages.{n}.{index}")), input, out, stride };
                x = self.grow_block(net, x, stage, &unit)?;
            }
            features.push(x);
        }
        Ok(features)
    }

    fn pooled(&self, net: &mut NetBuilder, last: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let mut x = net.global_avg_pool(last)?;
        if self.last_conv {
            let shitu = self.variant == V2Variant::ShiTu;
            let activation = if shitu { Activation::Identity } else { ACT.into() };
            let conv = LastConv { at: keys.at("last_conv"), out: self.class_expand, bias: shitu, activation };
            x = conv.grow(net, x)?;
            x = dropout(net, x, self.dropout, keys)?;
        }
        net.flatten(x)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, "fc")
    }

    fn head_keys(&self, keys: &KeyMap) -> Vec<String> {
        LastConv::keys(&keys.at("last_conv"))
    }

    fn stem_key(keys: &KeyMap) -> String {
        Self::stem(keys).weight
    }

    fn read(mut self, file: &dyn Shapes, keys: &KeyMap) -> Self {
        let fc = self.fc(keys);
        LastConv::read(file, &keys.at("last_conv"), &fc, &mut self.last_conv, &mut self.class_expand);
        let branches = file.has(&keys.at("stages.2.0.dw_conv_list.0.conv.weight"));
        self.form = if branches { RepForm::Training } else { RepForm::Fused };
        self
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let stem = file.outputs_of(&Self::stem(keys).weight)?;
        let mut config = Self::published().into_iter().find(|config| config.channels(32) == stem)?;
        if file.has(&keys.at("last_conv.bias")) {
            config.variant = V2Variant::ShiTu;
        }
        Some(config)
    }

    fn is_spare(key: &str) -> bool {
        key.ends_with(".dw_conv.weight") || key.ends_with(".dw_conv.bias")
    }
}
