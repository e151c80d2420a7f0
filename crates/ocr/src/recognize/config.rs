//! What a recognizer is made of, and its written form: a backbone whose strides suit lines of text, under the one CTC head.

use std::fmt;
use std::str::FromStr;

use vtk_backbone::{Arch, Backbone, MobileNetV3Config, MobileNetV3Size, PpLcNetConfig, Stride};
use vtk_weights::Checkpoint;

use super::keys;
use crate::OcrError;

/// A recognizer that grows from weights: backbone, 2×2 max pooling, two bidirectional LSTM layers, one or two linear layers.
///
/// Its written form is `ppocr-v2-rec` (on PP-LCNet), `ppocr-mobile-v2.0-rec` (on MobileNetV3, the one before it), or
/// `ppocr-rec+BACKBONE` for any backbone whose strides can be chosen. A backbone named without strides gets those of text lines.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognizerConfig {
    /// The trunk. PP-OCRv2's is PP-LCNet x1.0 with other strides (PaddleOCR calls it `MobileNetV1Enhance` x0.5).
    pub backbone: Arch,
    /// States of an LSTM layer in each direction. A file says it by its shapes.
    pub hidden: usize,
    /// Values between the two linear layers of the head; none where there is one layer only. A file says it by its shapes.
    pub mid: Option<usize>,
    /// Classes: blank, characters, space. A file says it by its shapes.
    pub classes: usize,
}

/// Strides for lines of text: the height shrinks sixteenfold, the width twofold.
const PP_LCNET: [Stride; 5] = [Stride::Both(2), Stride::Both(1), Stride::Pair(2, 1), Stride::Pair(2, 1), Stride::Pair(2, 1)];
/// Here the 1 is a pair: PaddleOCR's `rec_mobilenet_v3.py` compares it with the number 1, so that the first block has no shortcut.
const MOBILENET_V3: [Stride; 5] = [Stride::Both(2), Stride::Pair(1, 1), Stride::Pair(2, 1), Stride::Pair(2, 1), Stride::Pair(2, 1)];
/// The strides of a backbone for pictures, which stand for "none were chosen".
const PICTURES: [Stride; 5] = [Stride::Both(2); 5];

/// Blank, the 6623 characters of PaddleOCR's list for Chinese and English, space.
const CLASSES: usize = 6625;

impl RecognizerConfig {
    /// PP-OCRv2's: PP-LCNet x1.0, LSTM of 64, two linear layers.
    pub fn v2() -> Self {
        let backbone = PpLcNetConfig { strides: PP_LCNET, ..PpLcNetConfig::new(1.0) };
        Self { backbone: backbone.into(), hidden: 64, mid: Some(96), classes: CLASSES }
    }

    /// PP-OCR mobile v2.0's, which PP-OCRv2 replaced: MobileNetV3-small x0.5, LSTM of 48, one linear layer.
    pub fn mobile_v2_0() -> Self {
        let backbone = MobileNetV3Config { strides: MOBILENET_V3, widened: true, ..MobileNetV3Config::new(MobileNetV3Size::Small, 0.5) };
        Self { backbone: backbone.into(), hidden: 48, mid: None, classes: CLASSES }
    }

    /// PP-OCRv2's head on another backbone, with strides for lines of text where the backbone has those for pictures.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a backbone whose strides can't be chosen.
    pub fn on(backbone: Arch) -> Result<Self, OcrError> {
        let name = backbone.to_string();
        let backbone = match backbone {
            Arch::PpLcNet(config) => PpLcNetConfig { strides: text_lines(config.strides, PP_LCNET), ..config }.into(),
            Arch::MobileNetV3(config) => {
                MobileNetV3Config { strides: text_lines(config.strides, MOBILENET_V3), widened: true, ..config }.into()
            }
            _ => {
                let what = format!(
                    "{name} has no strides that can be set for lines of text; pplcnet-xW, mobilenetv3-small-xW and mobilenetv3-large-xW have"
                );
                return Err(OcrError::Option { option: "arch", what });
            }
        };
        Ok(Self { backbone, ..Self::v2() })
    }

    /// The height of the pictures of lines that this network reads: its pooled map must be one row high.
    pub fn height(&self) -> usize {
        self.backbone.taps().last().map_or(32, |tap| tap.stride.0 as usize * 2)
    }

    /// This network with its sizes taken from a file's shapes, as far as the file has them.
    pub fn adapted(&self, file: &Checkpoint) -> Self {
        let outputs = |key: &str| file.get(key).and_then(|tensor| tensor.shape().get(1).copied());
        let hidden = keys::recurrent_weight(file).and_then(|tensor| tensor.shape().get(1).copied()).unwrap_or(self.hidden);
        let one = outputs("head.fc.weight");
        let two = outputs("head.fc2.weight");
        let mid = if one.is_some() { None } else { outputs("head.fc1.weight").or(self.mid) };
        Self { backbone: self.backbone.clone(), hidden, mid, classes: one.or(two).unwrap_or(self.classes) }
    }
}

fn text_lines(strides: [Stride; 5], of_lines: [Stride; 5]) -> [Stride; 5] {
    if strides == PICTURES { of_lines } else { strides }
}

/// A backbone as it would be named with no word about lines of text.
fn plainly(backbone: &Arch) -> Arch {
    let plain = |strides: [Stride; 5], of_lines| if strides == of_lines { PICTURES } else { strides };
    match backbone.clone() {
        Arch::PpLcNet(config) => PpLcNetConfig { strides: plain(config.strides, PP_LCNET), ..config }.into(),
        Arch::MobileNetV3(config) => MobileNetV3Config { strides: plain(config.strides, MOBILENET_V3), widened: false, ..config }.into(),
        other => other,
    }
}

impl fmt::Display for RecognizerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let official = [("ppocr-v2-rec", Self::v2()), ("ppocr-mobile-v2.0-rec", Self::mobile_v2_0())];
        match official.iter().find(|(_, config)| config.backbone == self.backbone) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "ppocr-rec+{}", plainly(&self.backbone)),
        }
    }
}

impl FromStr for RecognizerConfig {
    type Err = OcrError;

    fn from_str(text: &str) -> Result<Self, OcrError> {
        match text {
            "ppocr-v2-rec" | "ppocr-rec" => Ok(Self::v2()),
            "ppocr-mobile-v2.0-rec" => Ok(Self::mobile_v2_0()),
            _ => match text.strip_prefix("ppocr-rec+") {
                Some(backbone) => Self::on(backbone.parse()?),
                None => {
                    let what = format!(
                        "no recognizer is called \"{text}\"; there are ppocr-v2-rec, ppocr-mobile-v2.0-rec and ppocr-rec+BACKBONE (ppocr-rec+pplcnet-x0.5)"
                    );
                    Err(OcrError::Option { option: "arch", what })
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_and_print() {
        for name in ["ppocr-v2-rec", "ppocr-mobile-v2.0-rec", "ppocr-rec+pplcnet-x0.5", "ppocr-rec+mobilenetv3-large-x0.5:se=none"] {
            let config: RecognizerConfig = name.parse().unwrap();
            assert_eq!(config.to_string(), name);
            assert_eq!(config.height(), 32, "{name}");
        }
        let same = |text: &str| text.parse::<RecognizerConfig>().unwrap().to_string();
        assert_eq!(same("ppocr-rec"), "ppocr-v2-rec");
        assert_eq!(same("ppocr-rec+pplcnet-x1.0"), "ppocr-v2-rec");
        assert_eq!(same("ppocr-rec+mobilenetv3-small-x0.5"), "ppocr-mobile-v2.0-rec");
        let deeper: RecognizerConfig = "ppocr-rec+pplcnet-x1.0:strides=2-2x1-2x1-2x1-2x1".parse().unwrap();
        assert_eq!(deeper.height(), 64);
    }

    #[test]
    fn what_is_no_recognizer_is_told() {
        let message = |text: &str| text.parse::<RecognizerConfig>().unwrap_err().to_string();
        assert!(message("ppocr-v2-det").contains("ppocr-mobile-v2.0-rec"));
        assert!(message("ppocr-rec+resnet50-vd").contains("strides"), "{}", message("ppocr-rec+resnet50-vd"));
        assert!(message("ppocr-rec+pplcnett-x0.5").contains("pplcnet-x0.5"));
    }
}
