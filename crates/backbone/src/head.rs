//! The ends of classifiers: the 1×1 convolution after the pooling, and the fully connected layer.

use vtk_nn::{Activation, Conv, Linear, LinearLayout, NetBuilder, NnError, Var};

use crate::KeyMap;
use crate::shapes::Shapes;

/// The 1×1 convolution that PP-LCNet, PP-LCNetV2 and MobileNetV3 have after the global average pool, without batch norm.
#[derive(Debug, Clone)]
pub(crate) struct LastConv {
    /// Where it lies: `.weight`, `.bias` below it.
    pub(crate) at: String,
    /// Output channels.
    pub(crate) out: usize,
    /// Whether it has a bias.
    pub(crate) bias: bool,
    /// What follows it.
    pub(crate) activation: Activation,
}

impl LastConv {
    pub(crate) fn grow(&self, net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
        let mut conv = Conv::new(format!("{}.weight", self.at), self.out, 1);
        if self.bias {
            conv = conv.bias(format!("{}.bias", self.at));
        }
        let x = net.conv(x, &conv)?;
        if self.activation == Activation::Identity { Ok(x) } else { net.activate(x, self.activation) }
    }

    /// The keys of a last convolution at `at`.
    pub(crate) fn keys(at: &str) -> Vec<String> {
        vec![format!("{at}.weight"), format!("{at}.bias")]
    }

    /// Whether a file's classifier has a last convolution at `at`, and of how many channels. A file without any head leaves both as
    /// they are.
    pub(crate) fn read(file: &dyn Shapes, at: &str, fc: &Fc, last_conv: &mut bool, class_expand: &mut usize) {
        match file.outputs_of(&format!("{at}.weight")) {
            Some(channels) => (*last_conv, *class_expand) = (true, channels),
            None if file.has(&fc.weight()) => *last_conv = false,
            None => {}
        }
    }
}

/// Dropout as inference sees it. Paddle's networks are trained with `downscale_in_infer`, which leaves out nothing and scales nothing
/// while training, and multiplies by 1 − p afterwards; torch's dropout is the identity then.
pub(crate) fn dropout(net: &mut NetBuilder, x: Var, p: f32, keys: &KeyMap) -> Result<Var, NnError> {
    if p == 0.0 || keys.toolkit().is_torch() { Ok(x) } else { net.scale(x, 1.0 - p) }
}

/// The fully connected layer.
#[derive(Debug, Clone)]
pub(crate) struct Fc {
    at: String,
    layout: LinearLayout,
}

impl Fc {
    /// A layer whose weights lie the toolkit's way round.
    pub(crate) fn new(keys: &KeyMap, name: &str) -> Self {
        let layout = if keys.toolkit().is_torch() { LinearLayout::OutIn } else { LinearLayout::InOut };
        Self { at: keys.at(name), layout }
    }

    /// A layer of torch's layout in any toolkit.
    pub(crate) fn torch(keys: &KeyMap, name: &str) -> Self {
        Self { at: keys.at(name), layout: LinearLayout::OutIn }
    }

    fn weight(&self) -> String {
        format!("{}.weight", self.at)
    }

    fn bias(&self) -> String {
        format!("{}.bias", self.at)
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        vec![self.weight(), self.bias()]
    }

    /// How many classes the file has.
    pub(crate) fn classes(&self, file: &dyn Shapes) -> Option<usize> {
        match (file.shape_of(&self.weight())?.as_slice(), self.layout) {
            (&[_, classes], LinearLayout::InOut) | (&[classes, _], LinearLayout::OutIn) => Some(classes),
            _ => None,
        }
    }

    pub(crate) fn grow(&self, net: &mut NetBuilder, x: Var, classes: usize) -> Result<Var, NnError> {
        let inputs = net.shape(x).last().copied().unwrap_or(0);
        let linear = Linear { weight: self.weight(), bias: Some(self.bias()), inputs, outputs: classes, layout: self.layout };
        net.linear(x, &linear)
    }
}
