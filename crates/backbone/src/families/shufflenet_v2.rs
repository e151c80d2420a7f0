//! ShuffleNetV2: half of the channels pass by, the other half is worked on, and the two are shuffled together.
//!
//! PaddleClas, ppcls/arch/backbone/model_zoo/shufflenet_v2.py; torchvision's is the same network under other keys.

use vtk_nn::{NetBuilder, NnError, Padding, Pool, Var};

use crate::blocks::{ConvBn, ConvBnKeys};
use crate::family::Family;
use crate::head::Fc;
use crate::options::{self, OptionSpec};
use crate::shapes::Shapes;
use crate::{Act, KeyMap, Tap, Toolkit};

/// Blocks in stages 2, 3, 4.
const DEPTHS: [usize; 3] = [4, 8, 4];

/// Channels of the first convolution at every width.
const STEM: usize = 24;

/// The published widths. The table is not a multiple of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShuffleNetWidth {
    /// x0.25
    Quarter,
    /// x0.33
    Third,
    /// x0.5
    Half,
    /// x1.0
    One,
    /// x1.5
    OneAndHalf,
    /// x2.0
    Two,
}

impl ShuffleNetWidth {
    const ALL: [Self; 6] = [Self::Quarter, Self::Third, Self::Half, Self::One, Self::OneAndHalf, Self::Two];

    fn name(self) -> &'static str {
        match self {
            Self::Quarter => "x0.25",
            Self::Third => "x0.33",
            Self::Half => "x0.5",
            Self::One => "x1.0",
            Self::OneAndHalf => "x1.5",
            Self::Two => "x2.0",
        }
    }

    /// Channels of stage 2 (stages 3 and 4 have twice and four times as many), and of the last convolution.
    fn channels(self) -> (usize, usize) {
        match self {
            Self::Quarter => (24, 512),
            Self::Third => (32, 512),
            Self::Half => (48, 1024),
            Self::One => (116, 1024),
            Self::OneAndHalf => (176, 1024),
            Self::Two => (244, 2048),
        }
    }
}

/// ShuffleNetV2 with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShuffleNetV2Config {
    /// Width (in the name).
    pub width: ShuffleNetWidth,
    /// Activation (`act`); a published x1.0 has swish.
    pub act: Act,
    /// Channels of stage 2 alone (`stage2`): at x2.0 244, or 224 in PaddleClas until May 2022 and in PaddleSeg, before the same 488
    /// and 976. Read from the file where there is one. Even, at least 2.
    pub stage2: usize,
}

impl ShuffleNetV2Config {
    /// The network of this width with ReLU.
    pub fn new(width: ShuffleNetWidth) -> Self {
        Self { width, act: Act::Relu, stage2: width.channels().0 }
    }

    /// Channels of stage 2, 3 or 4.
    fn channels(&self, stage: usize) -> usize {
        if stage == 2 { self.stage2 } else { self.width.channels().0 << (stage - 2) }
    }

    fn down_block(&self, net: &mut NetBuilder, x: Var, stage: usize, keys: &KeyMap) -> Result<Var, NnError> {
        let half = self.channels(stage) / 2;
        let channels = net.channels(x);
        let [first_dw, first_pw, pw, dw, linear] = Names::down(keys, stage);
        let first = ConvBn::depthwise(first_dw, channels, 3).stride([2, 2]).grow(net, x)?;
        let first = ConvBn::pointwise(first_pw, half).act(self.act).grow(net, first)?;
        let second = self.branch(net, x, [pw, dw, linear], half, 2)?;
        shuffled(net, first, second)
    }

    fn block(&self, net: &mut NetBuilder, x: Var, stage: usize, index: usize, keys: &KeyMap) -> Result<Var, NnError> {
        let channels = self.channels(stage);
        let half = channels / 2;
        let passed = net.slice(x, 1, 0..half)?;
        let worked = net.slice(x, 1, half..channels)?;
        let worked = self.branch(net, worked, Names::block(keys, stage, index), half, 1)?;
        shuffled(net, passed, worked)
    }

    /// 1×1, depthwise 3×3 without activation, 1×1.
    fn branch(&self, net: &mut NetBuilder, x: Var, keys: [ConvBnKeys; 3], half: usize, stride: usize) -> Result<Var, NnError> {
        let [pw, dw, linear] = keys;
        let x = ConvBn::pointwise(pw, half).act(self.act).grow(net, x)?;
        let x = ConvBn::depthwise(dw, half, 3).stride([stride, stride]).grow(net, x)?;
        ConvBn::pointwise(linear, half).act(self.act).grow(net, x)
    }
}

/// The two halves joined so that their channels take turns: output channel 2i is the first's i, 2i + 1 the second's.
fn shuffled(net: &mut NetBuilder, first: Var, second: Var) -> Result<Var, NnError> {
    let x = net.concat(&[first, second], 1)?;
    let shape = net.shape(x);
    let half = shape[1] / 2;
    let x = net.reshape(x, &[shape[0], 2, half, shape[2] * shape[3]])?;
    let x = net.transpose(x, &[0, 2, 1, 3])?;
    net.reshape(x, &shape)
}

/// Where the layers lie.
struct Names;

impl Names {
    fn single(keys: &KeyMap, official: &str, torch: &str) -> ConvBnKeys {
        match keys.toolkit() {
            Toolkit::TorchVision => ConvBnKeys::torch(&keys.at(format_args!("{torch}.0")), &keys.at(format_args!("{torch}.1"))),
            _ => ConvBnKeys::underscored(&keys.at(official)),
        }
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        Self::single(keys, "_conv1", "conv1")
    }

    fn last(keys: &KeyMap) -> ConvBnKeys {
        Self::single(keys, "_last_conv", "conv5")
    }

    fn down(keys: &KeyMap, stage: usize) -> [ConvBnKeys; 5] {
        match keys.toolkit() {
            Toolkit::TorchVision => [("branch1", 0, 1), ("branch1", 2, 3), ("branch2", 0, 1), ("branch2", 3, 4), ("branch2", 5, 6)].map(
                |(branch, conv, norm)| {
                    let at = keys.at(format_args!("stage{stage}.0.{branch}"));
                    ConvBnKeys::torch(&format!("{at}.{conv}"), &format!("{at}.{norm}"))
                },
            ),
            _ => ["_conv_dw_1", "_conv_linear_1", "_conv_pw_2", "_conv_dw_2", "_conv_linear_2"]
                .map(|part| ConvBnKeys::underscored(&keys.at(format_args!("{stage}_1.{part}")))),
        }
    }

    /// Block `index` of a stage, from 1: 0 is the down block.
    fn block(keys: &KeyMap, stage: usize, index: usize) -> [ConvBnKeys; 3] {
        match keys.toolkit() {
            Toolkit::TorchVision => [(0, 1), (3, 4), (5, 6)].map(|(conv, norm)| {
                let at = keys.at(format_args!("stage{stage}.{index}.branch2"));
                ConvBnKeys::torch(&format!("{at}.{conv}"), &format!("{at}.{norm}"))
            }),
            _ => ["_conv_pw", "_conv_dw", "_conv_linear"]
                .map(|part| ConvBnKeys::underscored(&keys.at(format_args!("{stage}_{}.{part}", index + 1)))),
        }
    }
}

impl Family for ShuffleNetV2Config {
    const FORM: &'static str = "shufflenetv2-xW (x0.25, x0.33, x0.5, x1.0, x1.5, x2.0)";
    const OPTIONS: &'static [OptionSpec] =
        &[options::ACT, OptionSpec::new("stage2", "stage2", "an even number of channels from 2 to 4096")];
    const TOOLKITS: &'static [Toolkit] = &[Toolkit::PaddleClas, Toolkit::TorchVision];

    fn published() -> Vec<Self> {
        ShuffleNetWidth::ALL.map(Self::new).into()
    }

    fn named(name: &str) -> Option<Self> {
        let width = name.strip_prefix("shufflenetv2-")?;
        ShuffleNetWidth::ALL.into_iter().find(|known| known.name() == width).map(Self::new)
    }

    fn name(&self) -> String {
        format!("shufflenetv2-{}", self.width.name())
    }

    fn get(&self, option: &str) -> String {
        match option {
            "act" => self.act.name(),
            "stage2" => self.stage2.to_string(),
            _ => String::new(),
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Option<()> {
        match option {
            "act" => self.act = Act::active(value)?,
            "stage2" => self.stage2 = options::channels(value).filter(|n| n % 2 == 0 && *n <= 4096)?,
            _ => return None,
        }
        Some(())
    }

    fn taps(&self) -> Vec<Tap> {
        let stem = [1, 2].map(|stage| Tap { stage, stride: (1 << stage, 1 << stage), channels: STEM });
        let stages = [3, 4, 5].map(|stage| Tap { stage, stride: (1 << stage, 1 << stage), channels: self.channels(stage - 1) });
        stem.into_iter().chain(stages).collect()
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let stem = ConvBn::new(Names::stem(keys), STEM, 3).stride([2, 2]).act(self.act).grow(net, x)?;
        let pool = Pool { kernel: [3, 3], stride: [2, 2], padding: Padding::symmetric(1, 1), ceil: false, count_padding: false };
        let mut x = net.max_pool(stem, &pool)?;
        let mut features = vec![stem, x];
        for (stage, depth) in (2..).zip(DEPTHS) {
            x = self.down_block(net, x, stage, keys)?;
            for index in 1..depth {
                x = self.block(net, x, stage, index, keys)?;
            }
            features.push(x);
        }
        Ok(features)
    }

    fn pooled(&self, net: &mut NetBuilder, last: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let (_, out) = self.width.channels();
        let x = ConvBn::pointwise(Names::last(keys), out).act(self.act).grow(net, last)?;
        let x = net.global_avg_pool(x)?;
        net.flatten(x)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, if keys.toolkit() == Toolkit::TorchVision { "fc" } else { "_fc" })
    }

    fn head_keys(&self, keys: &KeyMap) -> Vec<String> {
        Names::last(keys).all()
    }

    fn stem_key(keys: &KeyMap) -> String {
        Names::stem(keys).weight
    }

    fn read(mut self, file: &dyn Shapes, keys: &KeyMap) -> Self {
        // Only x2.0 comes in two forms; any other number is a mistake that the load reports.
        let [_, half, ..] = Names::down(keys, 2);
        if let (ShuffleNetWidth::Two, Some(half @ (112 | 122))) = (self.width, file.outputs_of(&half.weight)) {
            self.stage2 = 2 * half;
        }
        self
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let [_, half, ..] = Names::down(keys, 2);
        let half = file.outputs_of(&half.weight)?;
        let fits = |config: &Self| config.clone().read(file, keys).stage2 == 2 * half;
        Self::published().into_iter().find(fits)
    }
}
