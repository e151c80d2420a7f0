//! The neck: three maps of the trunk become four of one width, mixed from coarse to fine and back.
//!
//! LCPAN and CSPPAN are one graph (PaddleDetection, ppdet/modeling/necks/lc_pan.py, csp_pan.py) whose merging blocks differ. The map
//! that comes from the other level stands first where two are joined. Two stride-2 layers make the fourth map, from the coarsest map
//! before the mixing and from the one after it, added.

use vtk_backbone::blocks::{ConvBn, ConvBnKeys, DepthwiseSeparable};
use vtk_nn::{NetBuilder, NnError, Resize, Var};

use super::config::PicoDetConfig;
use super::kinds::Neck;

/// Kernels of depthwise convolutions in neck and head.
pub(super) const KERNEL: usize = 5;

impl PicoDetConfig {
    /// Grows the neck on maps of strides 8, 16, 32; gives maps of strides 8, 16, 32, 64.
    pub(super) fn grow_neck(&self, net: &mut NetBuilder<'_>, trunk: [Var; 3]) -> Result<[Var; 4], NnError> {
        let narrow = |net: &mut NetBuilder<'_>, level: usize| {
            let keys = ConvBnKeys::paddle(&format!("neck.conv_t.convs.{level}"));
            ConvBn::pointwise(keys, self.channels).act(self.act).grow(net, trunk[level])
        };
        let t3 = narrow(net, 0)?;
        let t4 = narrow(net, 1)?;
        let t5 = narrow(net, 2)?;
        let m4 = self.merge_down(net, 0, t5, t4)?;
        let p3 = self.merge_down(net, 1, m4, t3)?;
        let p4 = self.merge_up(net, 0, p3, m4)?;
        let p5 = self.merge_up(net, 1, p4, t5)?;
        let before = self.separable("neck.first_top_conv", self.channels, 2).grow(net, t5)?;
        let after = self.separable("neck.second_top_conv", self.channels, 2).grow(net, p5)?;
        Ok([p3, p4, p5, net.add(before, after)?])
    }

    /// A coarser map, enlarged, merged with a finer one.
    fn merge_down(&self, net: &mut NetBuilder<'_>, index: usize, coarse: Var, fine: Var) -> Result<Var, NnError> {
        let [_, _, h, w] = sizes(net, fine);
        let enlarged = net.resize(coarse, [h, w], Resize::Nearest)?;
        self.merge(net, &format!("neck.top_down_blocks.{index}"), enlarged, fine)
    }

    /// A finer map, made smaller, merged with a coarser one.
    fn merge_up(&self, net: &mut NetBuilder<'_>, index: usize, fine: Var, coarse: Var) -> Result<Var, NnError> {
        let smaller = self.separable(&format!("neck.downsamples.{index}"), self.channels, 2).grow(net, fine)?;
        self.merge(net, &format!("neck.bottom_up_blocks.{index}"), smaller, coarse)
    }

    fn merge(&self, net: &mut NetBuilder<'_>, at: &str, moved: Var, own: Var) -> Result<Var, NnError> {
        let both = net.concat(&[moved, own], 1)?;
        match self.neck {
            Neck::LcPan => self.separable_pair(net, at, both),
            Neck::CspPan => self.cross_stage_partial(net, at, both),
        }
    }

    /// Two depthwise separable blocks: as wide as what was joined, then half of it.
    fn separable_pair(&self, net: &mut NetBuilder<'_>, at: &str, x: Var) -> Result<Var, NnError> {
        let wide = 2 * self.channels;
        let block = |index: usize, out: usize| DepthwiseSeparable {
            depthwise: ConvBn::depthwise(ConvBnKeys::paddle(&format!("{at}.{index}.dw_conv")), wide, KERNEL).act(self.act),
            squeeze: None,
            pointwise: ConvBn::pointwise(ConvBnKeys::paddle(&format!("{at}.{index}.pw_conv")), out).act(self.act),
        };
        let x = block(0, wide).grow(net, x)?;
        block(1, self.channels).grow(net, x)
    }

    /// A cross-stage partial layer: one half goes through a block, the other passes by it.
    fn cross_stage_partial(&self, net: &mut NetBuilder<'_>, at: &str, x: Var) -> Result<Var, NnError> {
        let half = self.channels / 2;
        let pointwise = |name: &str, out| ConvBn::pointwise(ConvBnKeys::paddle(&format!("{at}.{name}")), out).act(self.act);
        let main = pointwise("main_conv", half).grow(net, x)?;
        let short = pointwise("short_conv", half).grow(net, x)?;
        let main = pointwise("blocks.0.conv1", half).grow(net, main)?;
        let main = self.separable(&format!("{at}.blocks.0.conv2"), half, 1).grow(net, main)?;
        let joined = net.concat(&[main, short], 1)?;
        pointwise("final_conv", self.channels).grow(net, joined)
    }

    /// PaddleDetection's `DPModule`: a depthwise separable block that keeps the channels.
    fn separable(&self, at: &str, channels: usize, stride: usize) -> DepthwiseSeparable {
        let [dw, pw] = dp_keys(at);
        DepthwiseSeparable {
            depthwise: ConvBn::depthwise(dw, channels, KERNEL).stride([stride; 2]).act(self.act),
            squeeze: None,
            pointwise: ConvBn::pointwise(pw, channels).act(self.act),
        }
    }
}

/// Where the two convolutions of a `DPModule` lie.
pub(super) fn dp_keys(at: &str) -> [ConvBnKeys; 2] {
    [("dwconv", "bn1"), ("pwconv", "bn2")].map(|(conv, norm)| ConvBnKeys::separate(&format!("{at}.{conv}"), &format!("{at}.{norm}")))
}

/// The four sizes of a map; zeros where it is none, which the next layer refuses.
pub(super) fn sizes(net: &NetBuilder<'_>, x: Var) -> [usize; 4] {
    <[usize; 4]>::try_from(net.shape(x).as_slice()).unwrap_or_default()
}
