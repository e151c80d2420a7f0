//! The blocks that light networks are built from, written once for all backbones and for the heads on top of them.
//!
//! Each layer carries the keys of its numbers, so that a block can be spelled any toolkit's way; the order in which a block asks for
//! them is the order of the official checkpoints.

use vtk_nn::{Activation, BatchNorm, Conv, NetBuilder, NnError, Padding, Pool, SqueezeExcite, Var};

/// ε of batch norm in Paddle and torch.
pub const EPSILON: f32 = 1e-5;

/// How a toolkit names the running statistics of a batch norm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statistics {
    /// `_mean`, `_variance`.
    Paddle,
    /// `running_mean`, `running_var`, and a `num_batches_tracked` that nobody needs.
    Torch,
}

/// Where a convolution without bias and the batch norm behind it lie in a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvBnKeys {
    /// Key of the convolution's weights.
    pub weight: String,
    /// Where the batch norm lies, without the point at the end.
    pub norm: String,
    /// How its statistics are named.
    pub statistics: Statistics,
}

impl ConvBnKeys {
    /// `AT.conv.weight`, `AT.bn.*`: most of Paddle.
    pub fn paddle(at: &str) -> Self {
        Self::separate(&format!("{at}.conv"), &format!("{at}.bn"))
    }

    /// `AT._conv.weight`, `AT._batch_norm.*`: Paddle's older networks.
    pub fn underscored(at: &str) -> Self {
        Self::separate(&format!("{at}._conv"), &format!("{at}._batch_norm"))
    }

    /// Paddle, with a place for each: `CONV.weight`, `NORM.*`.
    pub fn separate(conv: &str, norm: &str) -> Self {
        Self { weight: format!("{conv}.weight"), norm: norm.to_owned(), statistics: Statistics::Paddle }
    }

    /// torch, with a place for each.
    pub fn torch(conv: &str, norm: &str) -> Self {
        Self { statistics: Statistics::Torch, ..Self::separate(conv, norm) }
    }

    /// Every key that a file may have for the two, in its order.
    pub fn all(&self) -> Vec<String> {
        let BatchNorm { weight, bias, mean, variance, .. } = self.norm(EPSILON);
        [self.weight.clone(), weight, bias, mean, variance].into_iter().chain(self.unused()).collect()
    }

    /// The batch norm.
    pub fn norm(&self, epsilon: f32) -> BatchNorm {
        let at = |name: &str| format!("{}.{name}", self.norm);
        let (mean, variance) = match self.statistics {
            Statistics::Paddle => ("_mean", "_variance"),
            Statistics::Torch => ("running_mean", "running_var"),
        };
        BatchNorm { weight: at("weight"), bias: at("bias"), mean: at(mean), variance: at(variance), epsilon }
    }

    /// What torch counts beside a batch norm.
    fn unused(&self) -> Option<String> {
        (self.statistics == Statistics::Torch).then(|| format!("{}.num_batches_tracked", self.norm))
    }
}

/// A convolution without bias, batch norm, activation.
#[derive(Debug, Clone)]
pub struct ConvBn {
    /// Where the numbers lie.
    pub keys: ConvBnKeys,
    /// The convolution; its weight's key is that of `keys`.
    pub conv: Conv,
    /// ε of the batch norm.
    pub epsilon: f32,
    /// What follows.
    pub activation: Activation,
}

impl ConvBn {
    /// A square kernel of odd size at stride 1, padded so that the map keeps its size; no activation.
    pub fn new(keys: ConvBnKeys, out: usize, kernel: usize) -> Self {
        let conv = Conv::new(keys.weight.clone(), out, kernel);
        Self { keys, conv, epsilon: EPSILON, activation: Activation::Identity }
    }

    /// The same with one filter per channel.
    pub fn depthwise(keys: ConvBnKeys, channels: usize, kernel: usize) -> Self {
        let mut layer = Self::new(keys, channels, kernel);
        layer.conv.groups = channels;
        layer
    }

    /// 1×1.
    pub fn pointwise(keys: ConvBnKeys, out: usize) -> Self {
        Self::new(keys, out, 1)
    }

    /// With this activation behind it.
    pub fn act(mut self, activation: impl Into<Activation>) -> Self {
        self.activation = activation.into();
        self
    }

    /// With these strides, `[vertical, horizontal]`.
    pub fn stride(mut self, stride: [usize; 2]) -> Self {
        self.conv.stride = stride;
        self
    }

    /// With this dilation, and as much more padding.
    pub fn dilation(mut self, dilation: usize) -> Self {
        let [height, width] = self.conv.kernel.map(|kernel| kernel.saturating_sub(1) / 2 * dilation);
        self.conv.dilation = [dilation, dilation];
        self.conv.padding = Padding::symmetric(height, width);
        self
    }

    /// With TensorFlow's padding.
    pub fn same(mut self) -> Self {
        self.conv.padding = Padding::Same;
        self
    }

    /// With this ε.
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.epsilon = epsilon;
        self
    }

    /// Grows the layer on a `[batch, channels, height, width]` map.
    ///
    /// # Errors
    /// As [`NetBuilder::conv_bn`].
    pub fn grow(&self, net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
        let x = net.conv_bn(x, &self.conv, &self.keys.norm(self.epsilon))?;
        if let Some(key) = self.keys.unused() {
            net.ignore(&key);
        }
        if self.activation == Activation::Identity { Ok(x) } else { net.activate(x, self.activation) }
    }
}

/// Squeeze-and-excitation: global average pool, 1×1 to `hidden` channels, ReLU, 1×1 back, gate, multiplied onto the map.
#[derive(Debug, Clone)]
pub struct Squeeze {
    /// Where the two convolutions lie: `.weight`, `.bias` below each.
    pub at: [String; 2],
    /// Channels between them.
    pub hidden: usize,
    /// The gate: hard-sigmoid in most networks, with a slope of their own.
    pub gate: Activation,
}

impl Squeeze {
    /// Paddle's: `AT.conv1`, `AT.conv2`, a quarter of the channels between them.
    pub fn paddle(at: &str, channels: usize, gate: Activation) -> Self {
        Self { at: [format!("{at}.conv1"), format!("{at}.conv2")], hidden: channels / 4, gate }
    }

    /// Grows the block.
    ///
    /// # Errors
    /// As [`NetBuilder::squeeze_excite`].
    pub fn grow(&self, net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
        let conv = |at: &str, out| Conv::new(format!("{at}.weight"), out, 1).bias(format!("{at}.bias"));
        let channels = net.channels(x);
        let squeeze = SqueezeExcite {
            reduce: conv(&self.at[0], self.hidden),
            expand: conv(&self.at[1], channels),
            inner: Activation::Relu,
            gate: self.gate,
        };
        net.squeeze_excite(x, &squeeze)
    }
}

/// A depthwise convolution, squeeze-and-excitation if any, a 1×1 convolution.
#[derive(Debug, Clone)]
pub struct DepthwiseSeparable {
    /// The depthwise convolution.
    pub depthwise: ConvBn,
    /// On the depthwise convolution's channels.
    pub squeeze: Option<Squeeze>,
    /// The 1×1 convolution.
    pub pointwise: ConvBn,
}

impl DepthwiseSeparable {
    /// Grows the block.
    ///
    /// # Errors
    /// As its layers.
    pub fn grow(&self, net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
        let mut x = self.depthwise.grow(net, x)?;
        if let Some(squeeze) = &self.squeeze {
            x = squeeze.grow(net, x)?;
        }
        self.pointwise.grow(net, x)
    }
}

/// An inverted residual: 1×1 to more channels, then a depthwise separable convolution whose end has no activation.
#[derive(Debug, Clone)]
pub struct InvertedResidual {
    /// To more channels, where there is such a convolution.
    pub expand: Option<ConvBn>,
    /// The rest.
    pub separable: DepthwiseSeparable,
    /// Whether the input is added.
    pub shortcut: bool,
}

impl InvertedResidual {
    /// Grows the block.
    ///
    /// # Errors
    /// As its layers.
    pub fn grow(&self, net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
        let expanded = match &self.expand {
            Some(expand) => expand.grow(net, x)?,
            None => x,
        };
        let y = self.separable.grow(net, expanded)?;
        if self.shortcut { net.add(x, y) } else { Ok(y) }
    }
}

/// A bottleneck of ResNet: three convolutions, the last without activation, added to a shortcut, ReLU.
#[derive(Debug, Clone)]
pub struct Bottleneck {
    /// 1×1, 3×3 (with the stride), 1×1.
    pub convs: [ConvBn; 3],
    /// A 1×1 convolution on the way past; absent where the input is added as it is.
    pub shortcut: Option<ConvBn>,
    /// Whether the shortcut's convolution stands behind a 2×2 average pool of stride 2 (ResNet's variant d).
    pub pooled: bool,
}

impl Bottleneck {
    /// Paddle pads odd sizes at the right and bottom, and leaves the padding out of the average.
    const POOL: Pool = Pool { kernel: [2, 2], stride: [2, 2], padding: Padding::Same, ceil: false, count_padding: false };

    /// Grows the block.
    ///
    /// # Errors
    /// As its layers.
    pub fn grow(&self, net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
        let mut y = x;
        for conv in &self.convs {
            y = conv.grow(net, y)?;
        }
        let short = match &self.shortcut {
            Some(conv) if self.pooled => {
                let pooled = net.avg_pool(x, &Self::POOL)?;
                conv.grow(net, pooled)?
            }
            Some(conv) => conv.grow(net, x)?,
            None => x,
        };
        let sum = net.add(y, short)?;
        net.activate(sum, Activation::Relu)
    }
}

/// Channels brought to a multiple of 8, at least 8, and one step up where rounding would take off more than a tenth: how PP-LCNet,
/// MobileNetV3 and EfficientNet scale their widths.
pub fn make_divisible(channels: f64) -> usize {
    let rounded = ((channels + 4.0) / 8.0).floor().max(1.0) * 8.0;
    let kept = if rounded < 0.9 * channels { rounded + 8.0 } else { rounded };
    kept as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_round_to_eights_but_not_far_down() {
        for (channels, expected) in [(0.0, 8), (5.6, 8), (8.8, 8), (9.0, 16), (11.9, 16), (22.4, 24), (89.6, 88), (179.2, 176)] {
            assert_eq!(make_divisible(channels), expected, "{channels}");
        }
    }
}
