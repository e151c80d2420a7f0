//! What every trunk offers: places where features can be taken, and three ways to grow.

use vtk_nn::{NetBuilder, NnError, Var};

use crate::KeyMap;
use crate::family::Family;

/// A place where features can be taken from a trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tap {
    /// Number of the stage that ends here, from 1. In a trunk with its usual strides stage n ends at stride 2ⁿ, so that stages 3, 4, 5
    /// are what detectors call C3, C4, C5; changed strides leave the numbers as they are.
    pub stage: usize,
    /// Input pixels per feature, vertical and horizontal.
    pub stride: (u32, u32),
    /// Channels of the map.
    pub channels: usize,
}

/// A trunk grown up to the vector that its last, fully connected layer would take.
#[derive(Debug, Clone)]
pub struct Embedding {
    /// One map per tap.
    pub features: Vec<Var>,
    /// `[batch, values]`.
    pub embedding: Var,
}

/// A trunk grown as a classifier.
#[derive(Debug, Clone)]
pub struct Classification {
    /// One map per tap.
    pub features: Vec<Var>,
    /// The vector that the last layer takes, `[batch, values]`.
    pub embedding: Var,
    /// `[batch, classes]`, before softmax.
    pub logits: Var,
}

/// A network that heads stand on.
///
/// The input `x` is `[batch, 3, height, width]`, of any size. Where the checkpoint behind `net` decides a shape (form of PP-LCNetV2's
/// blocks, channels of ShuffleNetV2 x2.0, last convolution, classes) the file's is grown; in a dry run, without a file, the
/// configuration's.
///
/// # Errors
/// Growing passes on what [`NetBuilder`] refuses; a checkpoint that doesn't fit is reported by [`vtk_nn::Network::grow`] as a whole.
pub trait Backbone {
    /// Where features can be taken, in order of depth: stages 1 to 5.
    fn taps(&self) -> Vec<Tap>;

    /// Grows the trunk; one map per tap. A classifier's head in the file is left unused.
    fn grow(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError>;

    /// Grows the trunk, the pooling and the last convolution, but not the fully connected layer, which is left unused in the file.
    fn grow_embedding(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Embedding, NnError>;

    /// Grows the whole classifier. `classes` counts in a dry run only; a file says by itself how many it has.
    fn grow_classifier(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap, classes: usize) -> Result<Classification, NnError>;
}

impl<F: Family> Backbone for F {
    fn taps(&self) -> Vec<Tap> {
        Family::taps(self)
    }

    fn grow(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        let this = self.adapted(net, keys);
        let features = this.trunk(net, x, keys)?;
        for key in this.head_keys(keys).into_iter().chain(this.fc(keys).keys()) {
            net.ignore(&key);
        }
        Ok(features)
    }

    fn grow_embedding(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Embedding, NnError> {
        let this = self.adapted(net, keys);
        let grown = pooled(&this, net, x, keys)?;
        for key in this.fc(keys).keys() {
            net.ignore(&key);
        }
        Ok(grown)
    }

    fn grow_classifier(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap, classes: usize) -> Result<Classification, NnError> {
        let this = self.adapted(net, keys);
        let Embedding { features, embedding } = pooled(&this, net, x, keys)?;
        let fc = this.fc(keys);
        let classes = fc.classes(net).unwrap_or(classes);
        let logits = fc.grow(net, embedding, classes)?;
        Ok(Classification { features, embedding, logits })
    }
}

fn pooled<F: Family>(family: &F, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Embedding, NnError> {
    let features = family.trunk(net, x, keys)?;
    let last = features.last().copied().unwrap_or(x);
    let embedding = family.pooled(net, last, keys)?;
    Ok(Embedding { features, embedding })
}
