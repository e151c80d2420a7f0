//! EfficientNet-Lite0 to Lite2: inverted residuals without squeeze-and-excitation, ReLU6, TensorFlow's padding.
//!
//! Google's networks (tensorflow/tpu, models/official/efficientnet/lite) under the keys of efficientnet-lite-pytorch 0.1.0. ε is 1e-3,
//! and the padding of a stride depends on the size of the map.

use vtk_nn::{NetBuilder, NnError, Var};

use crate::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable, InvertedResidual, make_divisible};
use crate::family::Family;
use crate::head::Fc;
use crate::shapes::Shapes;
use crate::{Act, KeyMap, Tap};

const EPSILON: f32 = 1e-3;

/// Channels of the first and of the last convolution, which are never scaled.
const STEM: usize = 32;
const HEAD: usize = 1280;

/// A stage: kernel, stride of its first block, expansion, channels and blocks at Lite0, whether features are taken at its end.
type Stage = (usize, usize, usize, usize, usize, bool);

const STAGES: [Stage; 7] = [
    (3, 1, 1, 16, 1, true),
    (3, 2, 6, 24, 2, true),
    (5, 2, 6, 40, 2, true),
    (3, 2, 6, 80, 3, false),
    (5, 1, 6, 112, 3, true),
    (5, 2, 6, 192, 4, false),
    (3, 1, 6, 320, 1, true),
];

/// Which of the three networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiteSize {
    /// For 224×224.
    Lite0,
    /// For 240×240: deeper.
    Lite1,
    /// For 260×260: deeper and wider.
    Lite2,
}

impl LiteSize {
    const ALL: [Self; 3] = [Self::Lite0, Self::Lite1, Self::Lite2];

    fn name(self) -> &'static str {
        match self {
            Self::Lite0 => "lite0",
            Self::Lite1 => "lite1",
            Self::Lite2 => "lite2",
        }
    }

    /// Factors on channels and on blocks.
    fn scale(self) -> (f64, f64) {
        match self {
            Self::Lite0 => (1.0, 1.0),
            Self::Lite1 => (1.0, 1.1),
            Self::Lite2 => (1.1, 1.2),
        }
    }
}

/// EfficientNet-Lite. It has no options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfficientNetLiteConfig {
    /// Lite0, 1 or 2 (in the name).
    pub size: LiteSize,
}

/// A block with everything worked out.
struct Unit {
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
    out: usize,
    /// Whether features are taken behind it.
    tap: bool,
}

impl EfficientNetLiteConfig {
    /// The official network.
    pub fn new(size: LiteSize) -> Self {
        Self { size }
    }

    fn units(&self) -> Vec<Unit> {
        let (width, depth) = self.size.scale();
        let mut channels = STEM;
        let mut units = Vec::new();
        for (n, (kernel, stride, expansion, out, blocks, tap)) in STAGES.into_iter().enumerate() {
            let out = make_divisible(out as f64 * width);
            // The first and the last stage are not deepened.
            let blocks = if n == 0 || n == 6 { blocks } else { (blocks as f64 * depth).ceil() as usize };
            for index in 0..blocks {
                let stride = if index == 0 { stride } else { 1 };
                units.push(Unit { kernel, stride, expansion, channels, out, tap: tap && index + 1 == blocks });
                channels = out;
            }
        }
        units
    }

    fn stem(keys: &KeyMap) -> ConvBnKeys {
        ConvBnKeys::torch(&keys.at("_conv_stem"), &keys.at("_bn0"))
    }

    fn last(keys: &KeyMap) -> ConvBnKeys {
        ConvBnKeys::torch(&keys.at("_conv_head"), &keys.at("_bn1"))
    }

    /// Expanding, depthwise and projecting convolution of a block.
    fn block(keys: &KeyMap, n: usize) -> [ConvBnKeys; 3] {
        let at = keys.at(format_args!("_blocks.{n}"));
        [("_expand_conv", "_bn0"), ("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
            .map(|(conv, norm)| ConvBnKeys::torch(&format!("{at}.{conv}"), &format!("{at}.{norm}")))
    }
}

impl Family for EfficientNetLiteConfig {
    const FORM: &'static str = "efficientnet-lite0, efficientnet-lite1, efficientnet-lite2";

    fn published() -> Vec<Self> {
        LiteSize::ALL.map(Self::new).into()
    }

    fn named(name: &str) -> Option<Self> {
        let size = name.strip_prefix("efficientnet-")?;
        LiteSize::ALL.into_iter().find(|known| known.name() == size).map(Self::new)
    }

    fn name(&self) -> String {
        format!("efficientnet-{}", self.size.name())
    }

    fn taps(&self) -> Vec<Tap> {
        let mut stride = 2;
        let mut taps = Vec::new();
        for unit in self.units() {
            stride *= unit.stride as u32;
            if unit.tap {
                taps.push(Tap { stage: taps.len() + 1, stride: (stride, stride), channels: unit.out });
            }
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let stem = ConvBn::new(Self::stem(keys), STEM, 3).stride([2, 2]).same().epsilon(EPSILON).act(Act::Relu6);
        let mut x = stem.grow(net, x)?;
        let mut features = Vec::new();
        for (n, Unit { kernel, stride, expansion, channels, out, tap }) in self.units().into_iter().enumerate() {
            let [expand, depthwise, project] = Self::block(keys, n);
            let wide = channels * expansion;
            let depthwise = ConvBn::depthwise(depthwise, wide, kernel).stride([stride, stride]).same();
            let block = InvertedResidual {
                expand: (expansion > 1).then(|| ConvBn::pointwise(expand, wide).epsilon(EPSILON).act(Act::Relu6)),
                separable: DepthwiseSeparable {
                    depthwise: depthwise.epsilon(EPSILON).act(Act::Relu6),
                    squeeze: None,
                    pointwise: ConvBn::pointwise(project, out).epsilon(EPSILON),
                },
                shortcut: stride == 1 && channels == out,
            };
            x = block.grow(net, x)?;
            if tap {
                features.push(x);
            }
        }
        Ok(features)
    }

    fn pooled(&self, net: &mut NetBuilder, last: Var, keys: &KeyMap) -> Result<Var, NnError> {
        let x = ConvBn::pointwise(Self::last(keys), HEAD).epsilon(EPSILON).act(Act::Relu6).grow(net, last)?;
        let x = net.global_avg_pool(x)?;
        net.flatten(x)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::torch(keys, "_fc")
    }

    fn head_keys(&self, keys: &KeyMap) -> Vec<String> {
        Self::last(keys).all()
    }

    fn stem_key(keys: &KeyMap) -> String {
        Self::stem(keys).weight
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        let fits = |config: &Self| {
            let units = config.units();
            let outputs = |n| file.outputs_of(&Self::block(keys, n)[2].weight);
            outputs(units.len()).is_none() && units.iter().enumerate().all(|(n, unit)| outputs(n) == Some(unit.out))
        };
        Self::published().into_iter().find(fits)
    }
}
