//! What can be chosen about detection: how a picture becomes the network's input, and how its map becomes boxes. The defaults are
//! PaddleOCR's tools' (`tools/infer/utility.py` of 2.7.3).

use serde::{Deserialize, Serialize};
use vtk_imaging::{Alpha, Arithmetic, Filter, Order, Recipe, SideType, Step};

use super::Frame;
use crate::OcrError;

/// Everything about detection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectOptions {
    /// What is done to the picture before anything else; crops for reading are taken from what comes out. None leaves it as it is.
    pub frame: Option<Frame>,
    /// How the picture becomes the network's input.
    pub preparation: DetectPreparation,
    /// How the map becomes boxes.
    pub db: DbOptions,
    /// Which corner of a box is its first.
    pub corners: CornerOrder,
}

impl DetectOptions {
    /// That every number is in its range.
    ///
    /// # Errors
    /// [`OcrError::Option`] with the first that is not, [`OcrError::Imaging`] for one of the preparation.
    pub fn check(&self) -> Result<(), OcrError> {
        self.frame.as_ref().map_or(Ok(()), Frame::check)?;
        self.preparation.recipe()?;
        self.db.check()
    }
}

/// From a picture to the network's input: sides to multiples of `multiple` by a limit, then 8-bit levels to numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetectPreparation {
    /// The limit in pixels, 1 to 65536.
    pub limit: usize,
    /// Which side is limited: the long one from above, the short one from below, or the long one to exactly that.
    pub side: SideType,
    /// What both sides are brought to a multiple of: the network's largest stride.
    pub multiple: usize,
    /// Whether pictures whose sides sum to less than 64 are first put on a black ground of at least 32 × 32.
    pub pad_small: bool,
    /// The order of the channels.
    pub order: Order,
    /// What is taken off each channel, after a division by 255, in that order.
    pub mean: [f64; 3],
    /// What each channel is then divided by.
    pub std: [f64; 3],
}

impl DetectPreparation {
    /// ImageNet's means, as PaddleOCR applies them: to blue, green, red in this order.
    pub const IMAGENET_MEAN: [f64; 3] = [0.485, 0.456, 0.406];
    /// ImageNet's deviations, likewise.
    pub const IMAGENET_STD: [f64; 3] = [0.229, 0.224, 0.225];

    /// The same as a recipe.
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a number that is out of its range.
    pub fn recipe(&self) -> Result<Recipe, OcrError> {
        let mut steps = vec![Step::Decode { alpha: Alpha::Drop }, Step::Channels { order: self.order }];
        if self.pad_small {
            steps.push(Step::PadSmall { below: 64, width: 32, height: 32, value: 0.0 });
        }
        let (filter, arithmetic) = (Filter::Linear, Arithmetic::U8);
        steps.extend([
            Step::LimitSide { limit: self.limit, side: self.side, multiple: self.multiple, filter, arithmetic },
            Step::Scale { over: 255.0 },
            Step::Normalize { mean: self.mean, std: self.std },
            Step::Layout,
        ]);
        Ok(Recipe::new(steps)?)
    }
}

impl Default for DetectPreparation {
    fn default() -> Self {
        Self {
            limit: 960,
            side: SideType::Max,
            multiple: 32,
            pad_small: true,
            order: Order::Bgr,
            mean: Self::IMAGENET_MEAN,
            std: Self::IMAGENET_STD,
        }
    }
}

/// From a map to boxes (`ppocr/postprocess/db_postprocess.py`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DbOptions {
    /// A pixel is text if its probability is above this, 0 to 1.
    pub thresh: f32,
    /// The least mean probability of a box, 0 to 1.
    pub box_thresh: f32,
    /// By how much a box grows: so many times its area over its perimeter, in pixels of the map; above 0, at most 10.
    pub unclip_ratio: f32,
    /// So many areas are looked at, those at the bottom of the map first; at least 1.
    pub max_candidates: usize,
    /// The shortest side of an area, in pixels of the map; a grown box must have two pixels more. 0 to 1000.
    pub min_size: f32,
    /// Whether each pixel of text also counts its right, lower and lower right neighbors as text: joins what is a pixel apart.
    pub dilation: bool,
    /// What a box's mean probability is taken over.
    pub score_mode: ScoreMode,
    /// What is drawn around an area.
    pub box_type: BoxType,
}

impl DbOptions {
    /// That every number is in its range.
    ///
    /// # Errors
    /// [`OcrError::Option`] with the first that is not.
    pub fn check(&self) -> Result<(), OcrError> {
        let within = |option, value: f32, low: f32, high: f32| match (low..=high).contains(&value) {
            true => Ok(()),
            false => Err(OcrError::Option { option, what: format!("{value} is not a number from {low} to {high}") }),
        };
        within("thresh", self.thresh, 0.0, 1.0)?;
        within("box_thresh", self.box_thresh, 0.0, 1.0)?;
        within("unclip_ratio", self.unclip_ratio, f32::MIN_POSITIVE, 10.0)?;
        within("min_size", self.min_size, 0.0, 1000.0)?;
        if self.max_candidates == 0 {
            return Err(OcrError::Option { option: "max_candidates", what: "0 leaves nothing to look at; at least 1 was expected".into() });
        }
        Ok(())
    }
}

impl Default for DbOptions {
    fn default() -> Self {
        Self {
            thresh: 0.3,
            box_thresh: 0.6,
            unclip_ratio: 1.5,
            max_candidates: 1000,
            min_size: 3.0,
            dilation: false,
            score_mode: ScoreMode::Fast,
            box_type: BoxType::Quad,
        }
    }
}

/// What the mean probability of a box is taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreMode {
    /// The rectangle around the area.
    #[default]
    Fast,
    /// The area itself, holes filled. Polygons are scored the fast way all the same, as in PaddleOCR.
    Slow,
}

/// What is drawn around an area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoxType {
    /// The rectangle of the smallest area, at any angle.
    #[default]
    Quad,
    /// The area's outline with few corners: for curved lines.
    Poly,
}

/// How the four corners of a box are put in order, clockwise from the top left. The rules agree on boxes that lie about level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CornerOrder {
    /// The smallest x + y first and the largest third; of the others that with the smaller y − x second.
    #[default]
    #[serde(rename = "paddleocr")]
    PaddleOcr,
    /// By x; of the left two the upper is first and the lower last, of the right two the upper second and the lower third.
    #[serde(rename = "rapidocr")]
    RapidOcr,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_preparation_is_the_recipe_of_that_name() {
        assert_eq!(DetectPreparation::default().recipe().unwrap().name(), Some("paddleocr-det"));
    }

    #[test]
    fn numbers_out_of_range_are_refused_by_name() {
        let of = |change: fn(&mut DbOptions)| {
            let mut db = DbOptions::default();
            change(&mut db);
            let options = DetectOptions { db, ..DetectOptions::default() };
            options.check().map_err(|e| e.to_string())
        };
        assert!(of(|_| {}).is_ok());
        for (change, name) in [
            ((|o| o.thresh = -0.1) as fn(&mut DbOptions), "thresh"),
            (|o| o.box_thresh = f32::NAN, "box_thresh"),
            (|o| o.unclip_ratio = 0.0, "unclip_ratio"),
            (|o| o.min_size = f32::INFINITY, "min_size"),
            (|o| o.max_candidates = 0, "max_candidates"),
        ] {
            assert!(of(change).unwrap_err().contains(name), "{name}");
        }
        let preparation = DetectPreparation { limit: 0, ..DetectPreparation::default() };
        assert!(DetectOptions { preparation, ..DetectOptions::default() }.check().is_err());
    }

    #[test]
    fn options_are_read_as_they_are_written() {
        let options = DetectOptions { frame: Some(Frame::default()), corners: CornerOrder::RapidOcr, ..DetectOptions::default() };
        let text = serde_json::to_string(&options).unwrap();
        assert!(text.contains(r#""corners":"rapidocr""#), "{text}");
        assert_eq!(serde_json::from_str::<DetectOptions>(&text).unwrap(), options);
        assert!(serde_json::from_str::<DbOptions>(r#"{"thresh": 0.3, "other": 1}"#).is_err());
    }
}
