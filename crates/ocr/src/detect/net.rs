//! DBNet grown layer by layer: the feature pyramid DBFPN and the head of differentiable binarization (`ppocr/modeling/necks/db_fpn.py`
//! and `ppocr/modeling/heads/det_db_head.py`), on the features of any backbone.

use vtk_backbone::blocks::{ConvBnKeys, EPSILON};
use vtk_backbone::{Arch, Backbone, KeyMap, Toolkit};
use vtk_nn::{Activation, Conv, ConvTranspose, NetBuilder, Network, NnError, Resize, Var};
use vtk_weights::Checkpoint;

use super::DbNetConfig;
use crate::distilled::student;

/// The neck's channels where no file decides.
const CHANNELS: usize = 96;

/// Where the backbone's keys begin.
pub(super) const BACKBONE: &str = "backbone.";

/// A detector's values from the backbone to the map.
#[derive(Clone, Debug)]
pub struct DbFeatures {
    /// The backbone's features at strides 4, 8, 16, 32.
    pub stages: [Var; 4],
    /// The neck's output at stride 4.
    pub neck: Var,
    /// Probabilities `[batch, 1, height, width]`.
    pub map: Var,
}

impl DbNetConfig {
    /// How a file spells the backbone's keys. One that holds no such backbone gets the official spelling, so that growing says what it
    /// lacks.
    pub fn keys_in(&self, weights: &Checkpoint) -> KeyMap {
        let official = match self.backbone() {
            Arch::MobileNetV3(_) => Toolkit::PaddleOcrDet,
            _ => Toolkit::PaddleClas,
        };
        let found = self.backbone().key_map_of(&weights.part(BACKBONE));
        found.unwrap_or_else(|| KeyMap::new(official)).with_prefix(BACKBONE)
    }

    /// Grows the network on an input `[batch, 3, height, width]` whose sides are multiples of 32. `head.thresh`, which only training
    /// needs, may be in the file and is left unused.
    ///
    /// # Errors
    /// What [`NetBuilder`] refuses.
    pub fn grow(&self, net: &mut NetBuilder, x: Var, backbone: &KeyMap) -> Result<DbFeatures, NnError> {
        let features = self.backbone().grow(net, x, backbone)?;
        let stages = self.taps().map(|tap| features[tap]);
        let neck = neck(net, stages)?;
        let map = binarize(net, neck)?;
        for key in branch_keys("head.thresh") {
            net.ignore(&key);
        }
        Ok(DbFeatures { stages, neck, map })
    }

    /// The network that a checkpoint grows into, with the one output `maps`. Of a distilled checkpoint the student is taken.
    ///
    /// # Errors
    /// Those of [`Network::grow`].
    pub fn network(&self, weights: &Checkpoint) -> Result<Network, NnError> {
        let weights = student(weights);
        let (config, keys) = (self.clone(), self.keys_in(&weights));
        Network::grow(&weights, [1, 3, 64, 64], move |net, x| Ok(vec![("maps".to_owned(), config.grow(net, x, &keys)?.map)]))
    }
}

/// DBFPN: features brought to one width, added from the deepest up, smoothed, and put side by side at stride 4, the deepest first.
fn neck(net: &mut NetBuilder, stages: [Var; 4]) -> Result<Var, NnError> {
    let wide = net.key_shape("neck.in2_conv.weight").and_then(|shape| shape.first().copied()).unwrap_or(CHANNELS);
    let mut level = stages;
    for (n, x) in level.iter_mut().enumerate() {
        *x = net.conv(*x, &Conv::new(format!("neck.in{}_conv.weight", n + 2), wide, 1))?;
    }
    for n in (0..3).rev() {
        let above = enlarged(net, level[n + 1], level[n])?;
        level[n] = net.add(level[n], above)?;
    }
    let mut pyramid = Vec::with_capacity(4);
    for n in (0..4).rev() {
        let smooth = net.conv(level[n], &Conv::new(format!("neck.p{}_conv.weight", n + 2), wide / 4, 3))?;
        pyramid.push(enlarged(net, smooth, level[0])?);
    }
    net.concat(&pyramid, 1)
}

/// A map at the size of another: the nearest pixel by floor. Exports that lost this rule give another network.
fn enlarged(net: &mut NetBuilder, x: Var, like: Var) -> Result<Var, NnError> {
    match net.shape(like)[..] {
        [_, _, height, width] => net.resize(x, [height, width], Resize::Nearest),
        _ => Ok(x),
    }
}

/// The probability of text: a convolution, and two transposed ones that bring the map back to the input's size.
fn binarize(net: &mut NetBuilder, x: Var) -> Result<Var, NnError> {
    let at = "head.binarize";
    let narrow = net.channels(x) / 4;
    let norm = |name: &str| ConvBnKeys::separate(&format!("{at}.{name}"), &format!("{at}.{name}")).norm(EPSILON);
    let up = |name: &str, out: usize| ConvTranspose {
        weight: format!("{at}.{name}.weight"),
        bias: Some(format!("{at}.{name}.bias")),
        out,
        kernel: [2, 2],
        stride: [2, 2],
        padding: [0, 0],
        output_padding: [0, 0],
        groups: 1,
    };
    let x = net.conv_bn(x, &Conv::new(format!("{at}.conv1.weight"), narrow, 3), &norm("conv_bn1"))?;
    let x = net.activate(x, Activation::Relu)?;
    let x = net.conv_transpose(x, &up("conv2", narrow))?;
    let x = net.batch_norm(x, &norm("conv_bn2"))?;
    let x = net.activate(x, Activation::Relu)?;
    let x = net.conv_transpose(x, &up("conv3", 1))?;
    net.activate(x, Activation::Sigmoid)
}

/// Every key of a branch of the head, in the order of the official checkpoint.
fn branch_keys(at: &str) -> Vec<String> {
    let norm = ["weight", "bias", "_mean", "_variance"];
    let parts: [(&str, &[&str]); 5] =
        [("conv1", &["weight"]), ("conv_bn1", &norm), ("conv2", &["weight", "bias"]), ("conv_bn2", &norm), ("conv3", &["weight", "bias"])];
    parts.iter().flat_map(|(part, names)| names.iter().map(move |name| format!("{at}.{part}.{name}"))).collect()
}

/// The keys and shapes that a detector asks a file for.
#[cfg(test)]
pub(super) fn wanted(config: &DbNetConfig) -> Vec<(String, Vec<usize>)> {
    let keys = config.keys_in(&Checkpoint::new());
    let grow = |net: &mut NetBuilder, x| Ok(vec![("maps".to_owned(), config.grow(net, x, &keys)?.map)]);
    Network::wanted([1, 3, 64, 64], grow).unwrap()
}

#[cfg(test)]
mod tests {
    use vtk_weights::Tensor;

    use super::*;

    /// Zeros under every key that the network wants, behind a prefix, and under some more.
    fn zeros(config: &DbNetConfig, prefix: &str, more: &[&str]) -> Checkpoint {
        let mut weights = Checkpoint::new();
        for (key, shape) in wanted(config) {
            let values = vec![0.0; shape.iter().product()];
            weights.insert(format!("{prefix}{key}"), Tensor::from_f32(&shape, &values).unwrap());
        }
        for key in more {
            weights.insert(*key, Tensor::from_f32(&[1], &[0.0]).unwrap());
        }
        weights
    }

    #[test]
    fn any_backbone_gives_a_map_of_the_inputs_size() {
        for name in ["ppocr-v2-det", "ppocr-det+pplcnet-x0.25", "ppocr-det+mobilenetv3-small-x0.35"] {
            let config: DbNetConfig = name.parse().unwrap();
            let network = config.network(&zeros(&config, "", &[])).unwrap();
            for [height, width] in [[32, 32], [96, 160]] {
                let map = network.run(&[ndarray::ArrayD::zeros(vec![1, 3, height, width]).view()]).unwrap().remove(0);
                assert_eq!(map.shape(), [1, 1, height, width], "{name}");
                assert!(map.iter().all(|p| *p == 0.5));
            }
        }
    }

    #[test]
    fn the_official_network_has_the_official_count() {
        let config = DbNetConfig::official().unwrap();
        let weights = zeros(&config, "", &[]);
        assert_eq!(weights.len(), 256);
        assert_eq!(config.network(&weights).unwrap().stored_numbers(), 572_441);
        assert_eq!(branch_keys("head.thresh").len(), 13);
    }

    #[test]
    fn what_only_training_needs_may_be_there() {
        let config = DbNetConfig::official().unwrap();
        assert!(config.network(&zeros(&config, "", &["head.thresh.conv1.weight", "head.thresh.conv_bn2._mean"])).is_ok());
        let student = zeros(&config, "Student.", &["Teacher.backbone.conv1.weight", "Student2.neck.in2_conv.weight"]);
        assert!(config.network(&student).is_ok());
        let error = config.network(&zeros(&config, "", &["head.other.weight"])).unwrap_err().to_string();
        assert!(error.contains("head.other.weight"), "{error}");
        let error = config.network(&Checkpoint::new()).unwrap_err().to_string();
        assert!(error.contains("backbone.stage0.0"), "{error}");
    }
}
