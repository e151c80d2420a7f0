//! Detectors by name: which backbone stands under the head.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vtk_backbone::{Arch, Backbone, MobileNetV3Config, MobileNetV3Size};

use crate::OcrError;

/// The official network's name.
const OFFICIAL: &str = "ppocr-v2-det";

/// What stands before the backbone's name, or alone for the official network.
const FAMILY: &str = "ppocr-det";

/// The strides at which the neck takes features.
const STRIDES: [u32; 4] = [4, 8, 16, 32];

/// DBNet on a backbone: `ppocr-v2-det` (also `ppocr-det`) is PP-OCRv2's own, `ppocr-det+BACKBONE` the same neck and head on another.
///
/// Its written form parses and prints, and is what serde reads and writes.
#[derive(Clone, Debug, PartialEq)]
pub struct DbNetConfig {
    backbone: Arch,
    taps: [usize; 4],
}

impl DbNetConfig {
    /// PP-OCRv2's: MobileNetV3-large x0.5 without squeeze-and-excitation
    /// (`configs/det/ch_PP-OCRv2/ch_PP-OCRv2_det_student.yml`).
    ///
    /// # Errors
    /// As [`Self::on`]; there is none in fact.
    pub fn official() -> Result<Self, OcrError> {
        let mut trunk = MobileNetV3Config::new(MobileNetV3Size::Large, 0.5);
        trunk.squeeze = false;
        Self::on(trunk.into())
    }

    /// On any backbone with features at strides 4, 8, 16 and 32. A MobileNetV3's deepest features are taken behind its widening
    /// convolution, as PaddleOCR does.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a backbone that lacks one of the strides.
    pub fn on(mut backbone: Arch) -> Result<Self, OcrError> {
        if let Arch::MobileNetV3(trunk) = &mut backbone {
            trunk.widened = true;
        }
        let mut taps = [0; 4];
        for (tap, stride) in taps.iter_mut().zip(STRIDES) {
            *tap = backbone.tap_at(stride).ok_or_else(|| {
                let there: Vec<String> = backbone.taps().iter().map(|t| format!("{}×{}", t.stride.0, t.stride.1)).collect();
                let what = format!(
                    "{backbone} has no features at stride {stride}, only at {}; a text detector needs 4, 8, 16, 32",
                    there.join(", ")
                );
                OcrError::Option { option: "arch", what }
            })?;
        }
        Ok(Self { backbone, taps })
    }

    /// The backbone.
    pub fn backbone(&self) -> &Arch {
        &self.backbone
    }

    /// Which of the backbone's taps the neck takes, by stride 4, 8, 16, 32.
    pub fn taps(&self) -> [usize; 4] {
        self.taps
    }
}

impl fmt::Display for DbNetConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::official() {
            Ok(official) if official == *self => f.write_str(OFFICIAL),
            _ => write!(f, "{FAMILY}+{}", self.backbone),
        }
    }
}

impl FromStr for DbNetConfig {
    type Err = OcrError;

    fn from_str(name: &str) -> Result<Self, OcrError> {
        match name.strip_prefix(FAMILY) {
            _ if name == OFFICIAL => Self::official(),
            Some("") => Self::official(),
            Some(rest) if rest.starts_with('+') => Self::on(rest[1..].parse()?),
            _ => {
                let what =
                    format!("no text detector is called \"{name}\"; there are {OFFICIAL} and {FAMILY}+BACKBONE (ppocr-det+pplcnet-x1.0)");
                Err(OcrError::Option { option: "arch", what })
            }
        }
    }
}

impl Serialize for DbNetConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DbNetConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> DbNetConfig {
        name.parse().unwrap()
    }

    #[test]
    fn the_official_network_has_two_names_and_prints_one() {
        assert_eq!(named("ppocr-det"), named("ppocr-v2-det"));
        assert_eq!(named("ppocr-det+mobilenetv3-large-x0.5:se=none"), named("ppocr-v2-det"));
        assert_eq!(named("ppocr-det").to_string(), "ppocr-v2-det");
        let official = named("ppocr-v2-det");
        let taps = official.backbone().taps();
        assert_eq!(official.taps().map(|tap| taps[tap].channels), [16, 24, 56, 480]);
        assert_eq!(serde_json::to_string(&named("ppocr-det")).unwrap(), "\"ppocr-v2-det\"");
    }

    #[test]
    fn names_are_read_as_they_are_printed() {
        for name in ["ppocr-det+pplcnet-x1.0", "ppocr-det+mobilenetv3-small-x1.0", "ppocr-det+resnet50-vd", "ppocr-det+pplcnetv2-base"] {
            let config = named(name);
            assert_eq!(named(&config.to_string()), config, "{name}");
            assert!(config.to_string().starts_with(name));
        }
    }

    #[test]
    fn what_is_no_detector_is_refused() {
        let refused = |name: &str| name.parse::<DbNetConfig>().unwrap_err().to_string();
        assert!(refused("pplcnet-x1.0").contains("ppocr-det+BACKBONE"));
        assert!(refused("ppocr-det+no-such-net").contains("no architecture"));
        assert!(refused("ppocr-detector").contains("ppocr-v2-det"));
        let flat = refused("ppocr-det+pplcnet-x1.0:strides=2-2x1-2x1-2x1-2x1");
        assert!(flat.contains("stride 4") && flat.contains("8×2"), "{flat}");
    }
}
