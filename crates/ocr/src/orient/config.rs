//! Classifiers of a line's orientation by name, and how PaddleOCR's own grows.

use std::fmt;
use std::str::FromStr;

use vtk_backbone::{Arch, Backbone, KeyMap, MobileNetV3Config, MobileNetV3Size, Stride, Toolkit};
use vtk_nn::{Linear, LinearLayout, NetBuilder, Network, NnError, Padding, Pool, Var};
use vtk_weights::Checkpoint;

use crate::OcrError;

/// The name of PaddleOCR's own.
const OFFICIAL: &str = "ppocr-mobile-v2.0-cls";

/// What stands before the name of another backbone under the same head.
const FAMILY: &str = "ppocr-cls+";

/// Where the backbone's keys begin.
const BACKBONE: &str = "backbone.";

/// A network that classifies text lines: PaddleOCR's (`ppocr-mobile-v2.0-cls`, or `ppocr-cls+BACKBONE` on another backbone), or any
/// backbone with its own classifier (`pplcnet-x0.25:strides=…`), which is what PaddleClas trained.
#[derive(Clone, Debug, PartialEq)]
pub enum LineNetConfig {
    /// Backbone, max pool, mean, one fully connected layer (`ppocr/modeling/heads/cls_head.py`).
    PaddleOcr(Arch),
    /// The backbone's own classifier.
    PaddleClas(Arch),
}

impl LineNetConfig {
    /// PaddleOCR's: MobileNetV3-small x0.35 whose strides shrink the height only
    /// (`configs/cls/cls_mv3.yml`).
    pub fn official() -> Self {
        let mut trunk = MobileNetV3Config::new(MobileNetV3Size::Small, 0.35);
        trunk.strides = [Stride::Both(2), Stride::Pair(2, 1), Stride::Pair(2, 1), Stride::Pair(2, 1), Stride::Pair(2, 1)];
        Self::paddleocr(trunk.into())
    }

    /// PaddleOCR's head on a backbone. A MobileNetV3's features are taken behind its widening convolution.
    fn paddleocr(mut backbone: Arch) -> Self {
        if let Arch::MobileNetV3(trunk) = &mut backbone {
            trunk.widened = true;
        }
        Self::PaddleOcr(backbone)
    }

    /// The network whose keys are the file's, if there is one.
    pub(super) fn fitting(weights: &Checkpoint) -> Option<Self> {
        if weights.get("head.fc.weight").is_none() {
            return Arch::fitting(weights).into_iter().next().map(|(arch, _)| Self::PaddleClas(arch));
        }
        let (backbone, _) = Arch::fitting(&weights.part(BACKBONE)).into_iter().next()?;
        // Strides leave no trace in a file: a MobileNetV3 under this head is the official one.
        Some(if matches!(backbone, Arch::MobileNetV3(_)) { Self::official() } else { Self::paddleocr(backbone) })
    }

    /// The network that a checkpoint grows into: outputs `probabilities` `[batch, classes]` and, where `stages` asks for it, before that
    /// `backbone`, what the classifier of [`Self::PaddleOcr`] averages. `input` is `[batch, 3, height, width]`.
    ///
    /// # Errors
    /// Those of [`Network::grow`].
    pub fn network(&self, weights: &Checkpoint, input: [usize; 4], stages: bool) -> Result<Network, NnError> {
        match self.clone() {
            Self::PaddleOcr(backbone) => {
                let keys = backbone.key_map_of(&weights.part(BACKBONE)).unwrap_or_else(|| KeyMap::new(Toolkit::PaddleOcrRec));
                let keys = keys.with_prefix(BACKBONE);
                Network::grow(weights, input, move |net, x| {
                    let (features, probabilities) = paddleocr(net, x, &backbone, &keys)?;
                    let all = [("backbone", features), ("probabilities", probabilities)];
                    Ok(all[usize::from(!stages)..].iter().map(|(name, value)| ((*name).to_owned(), *value)).collect())
                })
            }
            Self::PaddleClas(arch) => {
                let keys = arch.key_map_of(weights).unwrap_or_default();
                let classes = arch.classes_in(weights, &keys).unwrap_or(2);
                Network::grow(weights, input, move |net, x| {
                    let logits = arch.grow_classifier(net, x, &keys, classes)?.logits;
                    Ok(vec![("probabilities".to_owned(), net.softmax(logits, 1)?)])
                })
            }
        }
    }
}

/// What is averaged, and the probabilities.
fn paddleocr(net: &mut NetBuilder, x: Var, backbone: &Arch, keys: &KeyMap) -> Result<(Var, Var), NnError> {
    let last = backbone.grow(net, x, keys)?.last().copied().unwrap_or(x);
    let pool = Pool { kernel: [2, 2], stride: [2, 2], padding: Padding::none(), ceil: false, count_padding: false };
    let features = net.max_pool(last, &pool)?;
    let mean = net.global_avg_pool(features)?;
    let mean = net.flatten(mean)?;
    let classes = net.key_shape("head.fc.weight").and_then(|shape| shape.get(1).copied()).unwrap_or(2);
    let linear = Linear {
        weight: "head.fc.weight".to_owned(),
        bias: Some("head.fc.bias".to_owned()),
        inputs: net.channels(features),
        outputs: classes,
        layout: LinearLayout::InOut,
    };
    let logits = net.linear(mean, &linear)?;
    Ok((features, net.softmax(logits, 1)?))
}

impl fmt::Display for LineNetConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            _ if *self == Self::official() => f.write_str(OFFICIAL),
            Self::PaddleOcr(backbone) => write!(f, "{FAMILY}{backbone}"),
            Self::PaddleClas(arch) => arch.fmt(f),
        }
    }
}

impl FromStr for LineNetConfig {
    type Err = OcrError;

    fn from_str(name: &str) -> Result<Self, OcrError> {
        match name.strip_prefix(FAMILY) {
            _ if name == OFFICIAL => Ok(Self::official()),
            Some(backbone) => Ok(Self::paddleocr(backbone.parse()?)),
            None => Ok(Self::PaddleClas(name.parse()?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_printed() {
        for name in [OFFICIAL, "ppocr-cls+pplcnet-x0.25:strides=2-2x1-2x1-2x1-2x1", "pplcnet-x1.0"] {
            assert_eq!(name.parse::<LineNetConfig>().unwrap().to_string(), name);
        }
        let spelled_out = "ppocr-cls+mobilenetv3-small-x0.35:strides=2-2x1-2x1-2x1-2x1";
        assert_eq!(spelled_out.parse::<LineNetConfig>().unwrap(), LineNetConfig::official());
        assert!("ppocr-v2-det".parse::<LineNetConfig>().is_err());
    }
}
