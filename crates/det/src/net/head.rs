//! The head: on each map a stack of separable convolutions of its own, then scores and distributions.
//!
//! PaddleDetection, ppdet/modeling/heads/pico_head.py, with the options that every official configuration has: convolutions shared by
//! scores and boxes (`share_cls_reg`), and in V2 the gate (`use_se`) and the alignment branch (`use_align_head`). Scores come out final;
//! boxes as logits over 8 bins for each side.

use vtk_backbone::blocks::{ConvBn, ConvBnKeys};
use vtk_nn::{Activation, Conv, NetBuilder, NnError, Var};

use super::config::PicoDetConfig;
use super::kinds::Head;
use super::neck::{KERNEL, dp_keys, sizes};
use crate::decode::BINS;

/// Numbers of a box's distribution: bins of four sides.
pub(super) const DISTRIBUTION: usize = 4 * BINS;

/// Keeps a score's square root from standing on nothing.
const LEAST: f32 = 1e-9;

/// What the head gives for one map: `[1, cells, classes]` and `[1, cells, 32]`.
pub(super) struct Branches {
    pub(super) scores: Var,
    pub(super) distribution: Var,
}

impl PicoDetConfig {
    /// Grows the head on one map. `classes` counts where no file says it.
    pub(super) fn grow_head(&self, net: &mut NetBuilder<'_>, level: usize, x: Var, classes: usize) -> Result<Branches, NnError> {
        let shared = self.stack(net, level, x)?;
        let (scores, distribution) = match self.head {
            Head::V1 => joint(net, level, shared, classes)?,
            Head::V2 => self.aligned(net, level, shared, classes)?,
        };
        Ok(Branches { scores: cells_first(net, scores)?, distribution: cells_first(net, distribution)? })
    }

    /// The separable convolutions in front of both branches.
    fn stack(&self, net: &mut NetBuilder<'_>, level: usize, x: Var) -> Result<Var, NnError> {
        (0..self.convs).try_fold(x, |x, i| {
            let keys = |which: &str| norm_keys(&format!("head.conv_feat.cls_conv_{which}{level}.{i}"));
            let x = ConvBn::depthwise(keys("dw"), self.channels, KERNEL).act(self.act).grow(net, x)?;
            ConvBn::pointwise(keys("pw"), self.channels).act(self.act).grow(net, x)
        })
    }

    /// Head V2. The gate is a plain sigmoid of one layer; the alignment branch looks at the features in front of the gate, through a
    /// full convolution to one channel.
    fn aligned(&self, net: &mut NetBuilder<'_>, level: usize, shared: Var, classes: usize) -> Result<(Var, Var), NnError> {
        let gate = format!("head.conv_feat.se.{level}");
        let pooled = net.global_avg_pool(shared)?;
        let weights = net.conv(pooled, &biased(&format!("{gate}.fc"), self.channels))?;
        let weights = net.activate(weights, Activation::Sigmoid)?;
        let gated = net.mul(shared, weights)?;
        let gated = ConvBn::pointwise(norm_keys(&format!("{gate}.conv")), self.channels).act(self.act).grow(net, gated)?;

        let [dw, pw] = dp_keys(&format!("head.cls_align.{level}"));
        let align = ConvBn::new(dw, 1, KERNEL).act(self.act).grow(net, shared)?;
        let align = ConvBn::pointwise(pw, 1).act(Activation::Sigmoid).grow(net, align)?;

        let cls = branch(net, "head_cls", level);
        let classes = classes_of(net, &cls).unwrap_or(classes);
        let scores = net.conv(gated, &biased(&cls, classes))?;
        let scores = net.activate(scores, Activation::Sigmoid)?;
        let scores = net.mul(scores, align)?;
        let least = net.constant(&[], &[LEAST])?;
        let scores = net.add(scores, least)?;
        let reg = branch(net, "head_reg", level);
        let distribution = net.conv(gated, &biased(&reg, DISTRIBUTION))?;
        Ok((net.sqrt(scores)?, distribution))
    }
}

/// Head V1: one convolution, its output cut in two.
fn joint(net: &mut NetBuilder<'_>, level: usize, shared: Var, classes: usize) -> Result<(Var, Var), NnError> {
    let at = format!("head.head_cls{level}");
    let classes = classes_of(net, &at).and_then(|out| out.checked_sub(DISTRIBUTION)).filter(|n| *n > 0).unwrap_or(classes);
    let both = net.conv(shared, &biased(&at, classes + DISTRIBUTION))?;
    let scores = net.slice(both, 1, 0..classes)?;
    let distribution = net.slice(both, 1, classes..classes + DISTRIBUTION)?;
    Ok((net.activate(scores, Activation::Sigmoid)?, distribution))
}

/// Where a branch of head V2 lies: checkpoints written since September 2022 hold it under a second name too, and may hold that alone.
fn branch(net: &mut NetBuilder<'_>, name: &str, level: usize) -> String {
    let (usual, list) = (format!("head.{name}{level}"), format!("head.{name}_list.{level}"));
    let (taken, other) =
        if net.contains(&format!("{usual}.weight")) || !net.contains(&format!("{list}.weight")) { (usual, list) } else { (list, usual) };
    for part in ["weight", "bias"] {
        net.ignore(&format!("{other}.{part}"));
    }
    taken
}

/// How many outputs the file's convolution has.
fn classes_of(net: &NetBuilder<'_>, at: &str) -> Option<usize> {
    net.key_shape(&format!("{at}.weight"))?.first().copied().filter(|n| *n > 0)
}

/// 1×1 with bias.
fn biased(at: &str, out: usize) -> Conv {
    Conv::new(format!("{at}.weight"), out, 1).bias(format!("{at}.bias"))
}

/// `AT.conv.weight`, `AT.norm.*`.
fn norm_keys(at: &str) -> ConvBnKeys {
    ConvBnKeys::separate(&format!("{at}.conv"), &format!("{at}.norm"))
}

/// `[n, c, h, w]` → `[n, h · w, c]`.
fn cells_first(net: &mut NetBuilder<'_>, x: Var) -> Result<Var, NnError> {
    let [n, c, h, w] = sizes(net, x);
    let flat = net.reshape(x, &[n, c, h * w])?;
    net.transpose(flat, &[0, 2, 1])
}
