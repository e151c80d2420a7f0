//! The layers that networks of this family are made of, as plain descriptions: which checkpoint keys hold the numbers, and the
//! geometry. [`crate::NetBuilder`] turns them into operators.
//!
//! Pairs are `[vertical, horizontal]` throughout.

/// How a convolution or pooling window meets the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// So many zeros (for max pooling: −∞) on each side.
    Explicit {
        /// Rows above.
        top: usize,
        /// Columns to the left.
        left: usize,
        /// Rows below.
        bottom: usize,
        /// Columns to the right.
        right: usize,
    },
    /// TensorFlow's `SAME`: the output has ⌈size / stride⌉ rows; the padding that this takes depends on the size of the map and is
    /// split with the larger half below and to the right.
    Same,
}

impl Padding {
    /// `vertical` rows above and below, `horizontal` columns left and right.
    pub fn symmetric(vertical: usize, horizontal: usize) -> Self {
        Self::Explicit { top: vertical, left: horizontal, bottom: vertical, right: horizontal }
    }

    /// No padding.
    pub fn none() -> Self {
        Self::symmetric(0, 0)
    }
}

/// A convolution. Weights lie in the checkpoint as `[out, in / groups, kernel height, kernel width]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Conv {
    /// Key of the weights.
    pub weight: String,
    /// Key of the bias `[out]`.
    pub bias: Option<String>,
    /// Output channels.
    pub out: usize,
    /// Kernel size.
    pub kernel: [usize; 2],
    /// Strides.
    pub stride: [usize; 2],
    /// Dilation, 1 for none.
    pub dilation: [usize; 2],
    /// Padding.
    pub padding: Padding,
    /// Groups; as many as channels for a depthwise convolution.
    pub groups: usize,
}

impl Conv {
    /// A square kernel of odd size at stride 1, padded by (kernel − 1) / 2 on all sides, without bias.
    pub fn new(weight: impl Into<String>, out: usize, kernel: usize) -> Self {
        let pad = kernel.saturating_sub(1) / 2;
        Self {
            weight: weight.into(),
            bias: None,
            out,
            kernel: [kernel, kernel],
            stride: [1, 1],
            dilation: [1, 1],
            padding: Padding::symmetric(pad, pad),
            groups: 1,
        }
    }

    /// With these strides.
    pub fn stride(self, stride: [usize; 2]) -> Self {
        Self { stride, ..self }
    }

    /// With so many groups.
    pub fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    /// With a bias under this key.
    pub fn bias(self, key: impl Into<String>) -> Self {
        Self { bias: Some(key.into()), ..self }
    }

    /// With this padding.
    pub fn padding(self, padding: Padding) -> Self {
        Self { padding, ..self }
    }

    /// With this dilation; the padding stays as it is.
    pub fn dilation(self, dilation: [usize; 2]) -> Self {
        Self { dilation, ..self }
    }
}

/// A transposed convolution. Weights lie in the checkpoint as `[in, out / groups, kernel height, kernel width]`.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvTranspose {
    /// Key of the weights.
    pub weight: String,
    /// Key of the bias `[out]`.
    pub bias: Option<String>,
    /// Output channels.
    pub out: usize,
    /// Kernel size.
    pub kernel: [usize; 2],
    /// Strides: the output is about so many times larger.
    pub stride: [usize; 2],
    /// Rows and columns taken off on each side.
    pub padding: [usize; 2],
    /// Rows and columns added at the bottom and right.
    pub output_padding: [usize; 2],
    /// Groups.
    pub groups: usize,
}

/// Batch normalization in inference form: `(x − mean) / √(variance + ε) · weight + bias`, per channel.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchNorm {
    /// Key of the scale (γ).
    pub weight: String,
    /// Key of the shift (β).
    pub bias: String,
    /// Key of the running mean.
    pub mean: String,
    /// Key of the running variance.
    pub variance: String,
    /// ε.
    pub epsilon: f32,
}

/// Layer normalization over the last axis.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerNorm {
    /// Key of the scale `[n]`.
    pub weight: String,
    /// Key of the shift `[n]`.
    pub bias: String,
    /// ε.
    pub epsilon: f32,
}

/// A function of each value by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// x
    Identity,
    /// max(x, 0)
    Relu,
    /// min(max(x, 0), 6)
    Relu6,
    /// x · min(max(x + 3, 0), 6) / 6
    HardSwish,
    /// min(max(slope · x + offset, 0), 1)
    HardSigmoid {
        /// Slope: 1/6 in most networks, 0.2 in Paddle's MobileNetV3.
        slope: f32,
        /// Offset, 0.5 everywhere so far.
        offset: f32,
    },
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// x · sigmoid(x)
    Swish,
    /// x · Φ(x), Φ the normal distribution (the exact form, by erf)
    Gelu,
}

/// Squeeze-and-excitation: global average pool → `reduce` → `inner` → `expand` → `gate`, multiplied onto the input.
#[derive(Debug, Clone, PartialEq)]
pub struct SqueezeExcite {
    /// 1×1 convolution to fewer channels.
    pub reduce: Conv,
    /// 1×1 convolution back.
    pub expand: Conv,
    /// After `reduce`.
    pub inner: Activation,
    /// After `expand`.
    pub gate: Activation,
}

/// A pooling window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pool {
    /// Window.
    pub kernel: [usize; 2],
    /// Strides.
    pub stride: [usize; 2],
    /// Padding.
    pub padding: Padding,
    /// Round the output size up, so that a last, partial window counts.
    pub ceil: bool,
    /// Average pooling: whether padding counts in the average.
    pub count_padding: bool,
}

/// How a map is brought to another size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resize {
    /// Nearest: source = ⌊out · in_size / out_size⌋ (Paddle's and ONNX's `asymmetric`, `floor`).
    Nearest,
    /// Bilinear, corners of the outer pixels aligned to corners (half-pixel centers).
    Bilinear,
    /// Bilinear, centers of the outer pixels aligned (`align_corners`).
    BilinearAlignCorners,
}

/// Which way round a fully connected layer's weights lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinearLayout {
    /// `[inputs, outputs]`: Paddle.
    InOut,
    /// `[outputs, inputs]`: torch, ONNX's transposed Gemm.
    OutIn,
}

/// A fully connected layer over the last axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// Key of the weights.
    pub weight: String,
    /// Key of the bias `[outputs]`.
    pub bias: Option<String>,
    /// Size of the last axis going in.
    pub inputs: usize,
    /// Size of the last axis coming out.
    pub outputs: usize,
    /// How the weights lie.
    pub layout: LinearLayout,
}

/// The keys of one direction of an LSTM layer, in Paddle's and torch's form: gates in the order input, forget, cell, output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LstmDirection {
    /// Key of the input weights `[4 · hidden, inputs]`.
    pub weight_ih: String,
    /// Key of the recurrent weights `[4 · hidden, hidden]`.
    pub weight_hh: String,
    /// Key of the input bias `[4 · hidden]`.
    pub bias_ih: String,
    /// Key of the recurrent bias `[4 · hidden]`.
    pub bias_hh: String,
}

/// An LSTM layer over `[batch, time, inputs]`, giving `[batch, time, hidden]`, or `[batch, time, 2 · hidden]` (forward, then
/// backward) where it runs both ways. States start at zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lstm {
    /// Size of the state.
    pub hidden: usize,
    /// The forward direction.
    pub forward: LstmDirection,
    /// The backward direction, if it runs both ways.
    pub backward: Option<LstmDirection>,
}
