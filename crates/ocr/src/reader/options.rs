//! What a reader does besides its recipe.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use vtk_imaging::Alpha;

use crate::layout::ReadingOrder;
use crate::{OcrError, OcrRecipe};

/// What a reader does besides its recipe. The default is vtk's own way; [`ReaderOptions::reference`] is that of the recipe's program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReaderOptions {
    /// What becomes of transparent pixels: for whoever decodes the picture.
    pub alpha: Alpha,
    /// Which way up pages are taken to stand.
    pub page: PageTurn,
    /// Whether pictures whose text would be made too small are looked at in overlapping windows.
    pub windows: bool,
    /// Where spaces come from.
    pub spaces: Spaces,
    /// In which order lines come.
    pub order: ReadingOrder,
    /// Whether lines go through the recognizer in the batches and exact widths of the recipe; else each goes alone, padded to one of few
    /// widths, and several are read side by side.
    pub exact: bool,
    /// Lines of a lower score are not reported, 0 to 1; the recipe's where none is given.
    pub min_score: Option<f32>,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self {
            alpha: Alpha::Auto,
            page: PageTurn::Auto,
            windows: true,
            spaces: Spaces::Auto,
            order: ReadingOrder::Human,
            exact: false,
            min_score: None,
        }
    }
}

impl ReaderOptions {
    /// Nothing but what the recipe's program does, for comparisons.
    #[must_use]
    pub fn reference(recipe: &OcrRecipe) -> Self {
        Self {
            alpha: Alpha::Drop,
            page: PageTurn::Off,
            windows: false,
            spaces: Spaces::Model,
            order: recipe.order,
            exact: true,
            min_score: None,
        }
    }

    /// That every number is in its range.
    ///
    /// # Errors
    /// [`OcrError::Option`].
    pub fn check(&self) -> Result<(), OcrError> {
        match self.min_score {
            Some(score) if !(0.0..=1.0).contains(&score) => {
                Err(OcrError::Option { option: "min_score", what: format!("{score} is no score from 0 to 1") })
            }
            _ => Ok(()),
        }
    }
}

/// Which way up pages are taken to stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PageTurn {
    /// A network looks; a page is turned only where it is sure.
    #[default]
    Auto,
    /// Upright.
    Off,
    /// Turned clockwise by so many quarters, 0 to 3.
    Quarters(u8),
}

impl FromStr for PageTurn {
    type Err = OcrError;

    fn from_str(text: &str) -> Result<Self, OcrError> {
        match text {
            "auto" => Ok(Self::Auto),
            "off" => Ok(Self::Off),
            "0" => Ok(Self::Quarters(0)),
            "90" => Ok(Self::Quarters(1)),
            "180" => Ok(Self::Quarters(2)),
            "270" => Ok(Self::Quarters(3)),
            _ => Err(OcrError::Option { option: "page-orient", what: format!("`{text}` is none of auto, off, 0, 90, 180, 270") }),
        }
    }
}

impl fmt::Display for PageTurn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Off => f.write_str("off"),
            Self::Quarters(quarters) => write!(f, "{}", u32::from(*quarters % 4) * 90),
        }
    }
}

impl From<PageTurn> for String {
    fn from(turn: PageTurn) -> Self {
        turn.to_string()
    }
}

impl TryFrom<String> for PageTurn {
    type Error = OcrError;

    fn try_from(text: String) -> Result<Self, OcrError> {
        text.parse()
    }
}

/// Where the spaces between words come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Spaces {
    /// From the recognizer and from gaps in the ink.
    #[default]
    Auto,
    /// From the recognizer alone.
    Model,
}

impl FromStr for Spaces {
    type Err = OcrError;

    fn from_str(text: &str) -> Result<Self, OcrError> {
        match text {
            "auto" => Ok(Self::Auto),
            "model" => Ok(Self::Model),
            _ => Err(OcrError::Option { option: "spaces", what: format!("`{text}` is neither auto nor model") }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_parse_and_print() {
        for text in ["auto", "off", "0", "90", "180", "270"] {
            assert_eq!(text.parse::<PageTurn>().unwrap().to_string(), text);
        }
        for text in ["", "45", "360", "-90", "Auto"] {
            assert!(text.parse::<PageTurn>().unwrap_err().to_string().contains("auto, off, 0, 90, 180, 270"));
        }
    }

    #[test]
    fn a_score_is_a_fraction() {
        for (score, good) in [(0.0, true), (1.0, true), (1.1, false), (-0.1, false), (f32::NAN, false)] {
            assert_eq!(ReaderOptions { min_score: Some(score), ..ReaderOptions::default() }.check().is_ok(), good, "{score}");
        }
    }
}
