//! Lines that stand on their heads.

use std::path::Path;

use serde::{Deserialize, Serialize};
use vtk_imaging::{Alpha, Arithmetic, Filter, LineWidth, Order, Recipe, RgbImage, Step};
use vtk_kernels::Threads;
use vtk_nn::Network;
use vtk_zoo::{Model, Zoo};

use super::LineNetConfig;
use super::classifier::Classifier;
use crate::OcrError;

/// The model for lines: PP-LCNet x0.25.
pub const LINE_MODEL: &str = "textline-orientation";

/// How a line's orientation is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineOptions {
    /// A line counts as upside down if the score of that is above this, 0 to 1.
    pub threshold: f32,
    /// How crops are prepared.
    pub preparation: LinePreparation,
}

impl Default for LineOptions {
    /// PaddleOCR's tools' threshold, 0.9.
    fn default() -> Self {
        Self { threshold: 0.9, preparation: LinePreparation::Model }
    }
}

/// How crops are prepared for a classifier of lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinePreparation {
    /// As the model was trained: MobileNetV3 with proportions kept, 48 high and up to 192 wide; PP-LCNet squeezed to 160 × 80.
    #[default]
    Model,
    /// At the model's size, but as if it were a MobileNetV3: proportions kept, blue first, to −1 … 1, zeros at the right. What RapidOCR
    /// 3.10.0 feeds to any.
    KeepRatio,
}

/// Which way up a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LineOrientation {
    /// Whether it stands on its head, surely enough to be turned.
    pub upside_down: bool,
    /// The score of what the network holds for more likely, 0 to 1; not above the threshold for an upside-down line that stays.
    pub score: f32,
}

/// Tells lines that stand on their heads. Cloning is cheap and shares the network.
#[derive(Clone, Debug)]
pub struct LineOrienter {
    classifier: Classifier,
    /// The preparation of the model.
    own: Recipe,
    options: LineOptions,
    threads: Threads,
}

impl LineOrienter {
    /// The model of this name, or the file at this path. `arch` is for weights that don't say what they are.
    ///
    /// # Errors
    /// Those of the zoo for a model that is not there, and those of [`Self::from_bytes`].
    pub fn from_zoo(zoo: &Zoo, name_or_path: &str, arch: Option<&LineNetConfig>) -> Result<Self, OcrError> {
        Self::from_model(&zoo.open(name_or_path)?, arch)
    }

    /// A model that the zoo opened.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_model(model: &Model, arch: Option<&LineNetConfig>) -> Result<Self, OcrError> {
        Ok(Self::new(Classifier::from_model(model, arch)?))
    }

    /// A weight file (`.pdparams`, `.safetensors`) or graph (`.onnx`).
    ///
    /// # Errors
    /// [`OcrError::Zoo`] for a file that can't be read, and those of [`Self::from_bytes`].
    pub fn from_path(path: &Path, arch: Option<&LineNetConfig>) -> Result<Self, OcrError> {
        // A path needs no cache folder.
        Self::from_model(&Zoo::new("").open_path(path)?, arch)
    }

    /// The bytes of a weight file or graph; `name` is for messages, and its ending `.onnx` tells a graph.
    ///
    /// # Errors
    /// [`OcrError::Weights`], [`OcrError::Network`] for bytes that are no model; [`OcrError::Metadata`] where the file does not say which
    /// network it is; [`OcrError::Output`] for one that tells no orientation.
    pub fn from_bytes(name: &str, bytes: &[u8], arch: Option<&LineNetConfig>) -> Result<Self, OcrError> {
        Ok(Self::new(Classifier::from_bytes(name, name, bytes, None, arch)?))
    }

    fn new(classifier: Classifier) -> Self {
        Self { own: classifier.preparation.clone(), classifier, options: LineOptions::default(), threads: Threads::one() }
    }

    /// The same with other options.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a threshold that is no probability.
    pub fn with_options(&self, options: LineOptions) -> Result<Self, OcrError> {
        if !(0.0..=1.0).contains(&options.threshold) {
            let what = format!("{} is not a number from 0 to 1", options.threshold);
            return Err(OcrError::Option { option: "threshold", what });
        }
        let mut this = self.clone();
        this.classifier.preparation = match (options.preparation, self.own.input_size()) {
            (LinePreparation::KeepRatio, Some((height, width))) => padded(height, width)?,
            _ => self.own.clone(),
        };
        Ok(Self { options, ..this })
    }

    /// The same, lines side by side on these threads.
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self { threads, ..self.clone() }
    }

    /// Which way up each of these crops stands; results in their order. Crops are brought to one size, so that a crop's result does not
    /// depend on its neighbors (the batches of six that PaddleOCR makes change nothing but speed).
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a crop that can't be prepared; [`OcrError::Network`], [`OcrError::Output`].
    pub fn orient(&self, crops: &[RgbImage]) -> Result<Vec<LineOrientation>, OcrError> {
        let orientation = |crop: &RgbImage| {
            let (quarters, score) = self.classifier.turn_of(crop)?;
            Ok(LineOrientation { upside_down: quarters == 2 && score > self.options.threshold, score })
        };
        self.threads.map(crops, orientation).into_iter().collect()
    }

    /// The model's name or path.
    pub fn name(&self) -> &str {
        &self.classifier.name
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.classifier.network
    }

    /// The preparation in force.
    pub fn preparation(&self) -> &Recipe {
        &self.classifier.preparation
    }

    /// The options in force.
    pub fn options(&self) -> &LineOptions {
        &self.options
    }
}

/// A line with its proportions kept, in a tensor of this size.
fn padded(height: usize, width: usize) -> Result<Recipe, OcrError> {
    let (filter, arithmetic) = (Filter::Linear, Arithmetic::U8);
    Ok(Recipe::new(vec![
        Step::Decode { alpha: Alpha::Drop },
        Step::Channels { order: Order::Bgr },
        Step::Line { height, width: LineWidth::Fixed(width), filter, arithmetic },
        Step::Scale { over: 255.0 },
        Step::Normalize { mean: [0.5; 3], std: [0.5; 3] },
        Step::PadLine { value: 0.0 },
        Step::Layout,
    ])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobilenet_is_prepared_the_same_either_way() {
        assert_eq!(padded(48, 192).unwrap().name(), Some("paddleocr-cls"));
    }
}
