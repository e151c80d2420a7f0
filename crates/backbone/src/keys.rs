//! How toolkits spell checkpoint keys.

use std::fmt;
use std::str::FromStr;

use crate::BackboneError;

/// The toolkit whose spelling of keys a checkpoint follows.
///
/// A toolkit that has no spelling of its own for a family (PaddleSeg has none at all) stands for the family's official one, which is
/// PaddleClas's, and for EfficientNet-Lite that of the package efficientnet-lite-pytorch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Toolkit {
    /// PaddleClas: what the official files use.
    #[default]
    PaddleClas,
    /// PaddleDetection; its own for MobileNetV1 and MobileNetV3.
    PaddleDetection,
    /// PaddleSeg.
    PaddleSeg,
    /// PaddleOCR's text detectors: MobileNetV3 in stages.
    PaddleOcrDet,
    /// PaddleOCR's text recognizers and line classifier: MobileNetV3 (`conv1`, `conv2`), and PP-LCNet as `MobileNetV1Enhance`.
    PaddleOcrRec,
    /// timm's `lcnet_*`. The network is timm's too: the last convolution has a bias, and dropout leaves no factor behind.
    Timm,
    /// torchvision; its own for ShuffleNetV2.
    TorchVision,
}

impl Toolkit {
    /// Every toolkit with its written name.
    const NAMES: [(Self, &'static str); 7] = [
        (Self::PaddleClas, "paddleclas"),
        (Self::PaddleDetection, "paddledet"),
        (Self::PaddleSeg, "paddleseg"),
        (Self::PaddleOcrDet, "paddleocr-det"),
        (Self::PaddleOcrRec, "paddleocr-rec"),
        (Self::Timm, "timm"),
        (Self::TorchVision, "torchvision"),
    ];

    /// Whether the toolkit stands on torch, where dropout is the identity at inference. Paddle's networks were trained with
    /// `downscale_in_infer`: there a dropout of p multiplies by 1 − p.
    pub(crate) fn is_torch(self) -> bool {
        matches!(self, Self::Timm | Self::TorchVision)
    }
}

impl fmt::Display for Toolkit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::NAMES.iter().find(|(toolkit, _)| toolkit == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Toolkit {
    type Err = BackboneError;

    fn from_str(name: &str) -> Result<Self, BackboneError> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(toolkit, _)| *toolkit)
            .ok_or_else(|| BackboneError::UnknownToolkit { name: name.to_owned(), known: Self::NAMES.map(|(_, name)| name).join(", ") })
    }
}

/// Where a network's tensors lie in a checkpoint: the toolkit's spelling, behind a prefix such as `backbone.`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyMap {
    toolkit: Toolkit,
    prefix: String,
}

impl KeyMap {
    /// The toolkit's spelling without prefix.
    pub fn new(toolkit: Toolkit) -> Self {
        Self { toolkit, prefix: String::new() }
    }

    /// The same behind a prefix, which ends in its own point (`backbone.`).
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// The toolkit.
    pub fn toolkit(&self) -> Toolkit {
        self.toolkit
    }

    /// The prefix, empty where there is none.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// `name` behind the prefix.
    pub(crate) fn at(&self, name: impl fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl From<Toolkit> for KeyMap {
    fn from(toolkit: Toolkit) -> Self {
        Self::new(toolkit)
    }
}
