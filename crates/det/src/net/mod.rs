//! The network: a trunk, a neck, a head, each a field of [`PicoDetConfig`].

mod config;
mod head;
mod keys;
mod kinds;
mod neck;
mod official;

pub use config::PicoDetConfig;
pub(crate) use keys::identify;
pub use kinds::{Head, Neck};

use vtk_backbone::{Backbone, KeyMap, Toolkit};
use vtk_nn::{NetBuilder, NnError, Var};

use crate::decode::STRIDES;

/// Where a checkpoint holds the vector of distances that the bins of a distribution stand for.
pub(crate) const PROJECT_KEY: &str = "head.distribution_project.project";

/// A PicoDet grown into a network, fine maps first.
#[derive(Debug, Clone)]
pub struct Grown {
    /// The trunk's maps of strides 8, 16, 32.
    pub trunk: [Var; 3],
    /// The neck's maps of strides 8, 16, 32, 64.
    pub neck: [Var; 4],
    /// The score of each class, `[batch, cells, classes]`, for each stride: final, no sigmoid is missing.
    pub scores: [Var; 4],
    /// Logits over 8 bins for left, top, right, bottom, `[batch, cells, 32]`, for each stride.
    pub distributions: [Var; 4],
}

impl Grown {
    /// What an export without post-processing gives, in its order: scores, then distributions.
    pub fn outputs(&self) -> Vec<(String, Var)> {
        let name = |what: &str, vars: [Var; 4]| STRIDES.iter().zip(vars).map(|(s, v)| (format!("{what}_{s}"), v)).collect::<Vec<_>>();
        [name("score", self.scores), name("dfl", self.distributions)].concat()
    }
}

impl PicoDetConfig {
    /// Grows the network on a `[batch, 3, height, width]` input whose sides are multiples of 32, from the keys of PaddleDetection's
    /// checkpoints. `classes` counts in a dry run only; a file says by itself how many it has.
    ///
    /// # Errors
    /// [`NnError::Layer`] for other sides, or a backbone without features at strides 8, 16 and 32.
    pub fn grow(&self, net: &mut NetBuilder<'_>, x: Var, classes: usize) -> Result<Grown, NnError> {
        let layer = |reason: String| NnError::Layer { layer: self.to_string(), reason };
        let [_, _, h, w] = neck::sizes(net, x);
        if h % 32 != 0 || w % 32 != 0 {
            return Err(layer(format!("a picture {h} high and {w} wide; both sides must be multiples of 32")));
        }
        let taps = self.taps().map_err(layer)?;
        let keys = KeyMap::new(Toolkit::PaddleDetection).with_prefix("backbone.");
        let maps = self.backbone.grow(net, x, &keys)?;
        let trunk = taps.map(|tap| maps[tap]);
        let neck = self.grow_neck(net, trunk)?;
        let mut branches = Vec::new();
        for (level, map) in neck.into_iter().enumerate() {
            branches.push(self.grow_head(net, level, map, classes)?);
        }
        for level in 3..7 {
            let key = format!("head.p{level}_feat.scale_reg");
            // Official checkpoints hold it, and no network needs it: counted where it is there, never missed.
            if net.contains(&key) {
                net.discard(&key, &[1])?;
            }
        }
        net.ignore(PROJECT_KEY);
        let each = |pick: fn(&head::Branches) -> Var| std::array::from_fn(|level| pick(&branches[level]));
        Ok(Grown { trunk, neck, scores: each(|b| b.scores), distributions: each(|b| b.distribution) })
    }
}
