//! ResNet50_vd: the large network that the light ones are measured against, and the teacher of many.
//!
//! PaddleClas, ppcls/arch/backbone/legendary_models/resnet.py: a stem of three 3×3 convolutions, the stride in a bottleneck's 3×3
//! convolution, an average pool before a shortcut's.

use vtk_nn::{NetBuilder, NnError, Padding, Pool, Var};

use crate::blocks::{Bottleneck, ConvBn, ConvBnKeys};
use crate::family::Family;
use crate::head::Fc;
use crate::shapes::Shapes;
use crate::{Act, KeyMap, Tap};

/// Blocks and filters of each stage; four times as many channels come out.
const STAGES: [(usize, usize); 4] = [(3, 64), (4, 128), (6, 256), (3, 512)];

const STEM: [(usize, usize); 3] = [(32, 2), (32, 1), (64, 1)];

/// ResNet50_vd. It has no options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ResNet50VdConfig {}

impl ResNet50VdConfig {
    const NAME: &'static str = "resnet50-vd";

    fn stem(keys: &KeyMap, n: usize) -> ConvBnKeys {
        ConvBnKeys::paddle(&keys.at(format_args!("stem.{n}")))
    }

    /// Block `n`, the first of a stage or not.
    fn block(keys: &KeyMap, n: usize, filters: usize, first: bool) -> Bottleneck {
        let part = |name: &str| ConvBnKeys::paddle(&keys.at(format_args!("blocks.{n}.{name}")));
        let stride = if first && n > 0 { 2 } else { 1 };
        Bottleneck {
            convs: [
                ConvBn::pointwise(part("conv0"), filters).act(Act::Relu),
                ConvBn::new(part("conv1"), filters, 3).stride([stride, stride]).act(Act::Relu),
                ConvBn::pointwise(part("conv2"), 4 * filters),
            ],
            shortcut: first.then(|| ConvBn::pointwise(part("short"), 4 * filters)),
            pooled: stride == 2,
        }
    }
}

impl Family for ResNet50VdConfig {
    const FORM: &'static str = Self::NAME;

    fn published() -> Vec<Self> {
        vec![Self {}]
    }

    fn named(name: &str) -> Option<Self> {
        (name == Self::NAME).then_some(Self {})
    }

    fn name(&self) -> String {
        Self::NAME.to_owned()
    }

    fn taps(&self) -> Vec<Tap> {
        let mut taps = vec![Tap { stage: 1, stride: (2, 2), channels: 64 }];
        for (n, (_, filters)) in STAGES.into_iter().enumerate() {
            let stride = 4 << n;
            taps.push(Tap { stage: n + 2, stride: (stride, stride), channels: 4 * filters });
        }
        taps
    }

    fn trunk(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let mut x = x;
        for (n, (channels, stride)) in STEM.into_iter().enumerate() {
            x = ConvBn::new(Self::stem(keys, n), channels, 3).stride([stride, stride]).act(Act::Relu).grow(net, x)?;
        }
        let mut features = vec![x];
        let pool = Pool { kernel: [3, 3], stride: [2, 2], padding: Padding::symmetric(1, 1), ceil: false, count_padding: false };
        x = net.max_pool(x, &pool)?;
        let mut n = 0;
        for (blocks, filters) in STAGES {
            for index in 0..blocks {
                x = Self::block(keys, n, filters, index == 0).grow(net, x)?;
                n += 1;
            }
            features.push(x);
        }
        Ok(features)
    }

    fn fc(&self, keys: &KeyMap) -> Fc {
        Fc::new(keys, "fc")
    }

    fn stem_key(keys: &KeyMap) -> String {
        Self::stem(keys, 0).weight
    }

    fn inferred(file: &dyn Shapes, keys: &KeyMap) -> Option<Self> {
        file.has(&keys.at("blocks.15.conv2.conv.weight")).then_some(Self {})
    }
}
