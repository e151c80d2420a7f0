//! The sizes that a recipe gives, without a pixel being touched.

use super::{LineWidth, Recipe, ResizeTo, SideType, Step};
use crate::placement::{Move, Placement};
use crate::{ImagingError, Size};

/// The most pixels that a prepared picture may have: a guard against a strip of 1 × 65500 that is asked to be 256 wide.
pub(crate) const MAX_PIXELS: u64 = 1 << 27;

/// What a recipe would do with a picture of a certain size.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// Every movement of pixels; its size is the tensor's.
    pub placement: Placement,
    /// The line's width / height, where there is a `line` step.
    pub line_ratio: Option<f64>,
}

impl Plan {
    /// The picture's size after the last resize, before any padding that follows; the picture's own where nothing is resized.
    #[must_use]
    pub fn resized(&self) -> Size {
        let moves = self.placement.moves().iter().rev();
        moves.filter(|m| matches!(m, Move::Resize { .. })).map(Move::to).next().unwrap_or(self.placement.source())
    }
}

impl Recipe {
    /// What the recipe would do with a picture of this size, alone in its batch.
    ///
    /// # Errors
    /// [`ImagingError::Step`] if a step can't be done with it.
    pub fn plan(&self, size: Size) -> Result<Plan, ImagingError> {
        self.plan_in(size, self.line_ratio(&[size]))
    }

    /// What the recipe would do with each of these pictures in one batch: text lines all get the width that the widest needs.
    ///
    /// # Errors
    /// [`ImagingError::Step`] if a step can't be done with one of them.
    pub fn plan_batch(&self, sizes: &[Size]) -> Result<Vec<Plan>, ImagingError> {
        let ratio = self.line_ratio(sizes);
        sizes.iter().map(|size| self.plan_in(*size, ratio)).collect()
    }

    fn plan_in(&self, size: Size, line_ratio: Option<f64>) -> Result<Plan, ImagingError> {
        let mut placement = Placement::new(size);
        for step in self.steps() {
            if let Some(movement) = step.movement(placement.size(), line_ratio)? {
                placement.push(movement);
            }
        }
        Ok(Plan { placement, line_ratio })
    }

    /// Width / height of the tensor of text lines of these sizes.
    pub(super) fn line_ratio(&self, sizes: &[Size]) -> Option<f64> {
        self.steps().iter().find_map(|step| match step {
            Step::Line { height, width: LineWidth::Fixed(width), .. } => Some(*width as f64 / *height as f64),
            Step::Line { height, width: LineWidth::AtLeast(width), .. } => {
                let least = *width as f64 / *height as f64;
                Some(sizes.iter().map(|s| s.width as f64 / s.height as f64).fold(least, f64::max))
            }
            _ => None,
        })
    }
}

impl Step {
    /// Whether the step can move pixels.
    pub(super) fn moves(&self) -> bool {
        !matches!(self, Self::Decode { .. } | Self::Channels { .. } | Self::Scale { .. } | Self::Normalize { .. } | Self::Layout)
    }

    /// How the step moves the pixels of a picture of size `from`; none where it only changes numbers.
    pub(super) fn movement(&self, from: Size, line_ratio: Option<f64>) -> Result<Option<Move>, ImagingError> {
        let movement = match *self {
            Self::Decode { .. } | Self::Channels { .. } | Self::Scale { .. } | Self::Normalize { .. } | Self::Layout => return Ok(None),
            Self::PadSmall { below, width, height, .. } => {
                if from.width + from.height >= below {
                    return Ok(None);
                }
                Move::Pad { from, to: Size::new(from.width.max(width), from.height.max(height)) }
            }
            Self::Resize { to: ResizeTo::Exact { width, height }, .. } => Move::Resize { from, to: Size::new(width, height) },
            Self::Resize { to: ResizeTo::Short { side, max_long }, .. } => self.resized(from, by_short(from, side, max_long))?,
            Self::Resize { to: ResizeTo::Long(side), .. } => self.resized(from, by_factor(from, side as f64 / from.long() as f64))?,
            Self::LimitLong { max, min, .. } => {
                let long = from.long();
                let target = max.filter(|max| long > *max).or(min.filter(|min| long < *min));
                match target {
                    Some(side) => self.resized(from, by_factor(from, side as f64 / long as f64))?,
                    None => Move::Resize { from, to: from },
                }
            }
            Self::Fit { width, height, multiple, .. } => self.resized(from, fit(from, Size::new(width, height), multiple))?,
            Self::LimitSide { limit, side, multiple, .. } => self.resized(from, limit_side(from, limit, side, multiple))?,
            Self::Line { height, .. } => {
                let line = line_width(height, line_ratio);
                let width = (height as f64 * (from.width as f64 / from.height as f64)).ceil().min(line);
                self.resized(from, [width, height as f64])?
            }
            Self::PadLine { .. } => {
                let width = line_width(from.height, line_ratio) as usize;
                Move::Pad { from, to: Size::new(width.max(from.width), from.height) }
            }
            Self::Crop { width, height } => {
                if from.width < width || from.height < height {
                    return Err(self.fail(from, format!("has no middle part of {width} × {height} pixels")));
                }
                Move::Crop { from, left: (from.width - width) / 2, top: (from.height - height) / 2, to: Size::new(width, height) }
            }
            Self::Pad { width, height, .. } => Move::Pad { from, to: Size::new(from.width.max(width), from.height.max(height)) },
        };
        if movement.to().pixels() > MAX_PIXELS {
            return Err(self.fail(from, format!("would become {} pixels, more than {MAX_PIXELS}", movement.to())));
        }
        Ok(Some(movement))
    }

    fn resized(&self, from: Size, [width, height]: [f64; 2]) -> Result<Move, ImagingError> {
        if width < 1.0 || height < 1.0 || width * height > MAX_PIXELS as f64 {
            return Err(self.fail(from, format!("would become {width} × {height} pixels, outside 1 to {MAX_PIXELS} pixels")));
        }
        Ok(Move::Resize { from, to: Size::new(width as usize, height as usize) })
    }

    pub(super) fn fail(&self, from: Size, problem: String) -> ImagingError {
        ImagingError::Step { step: self.name(), from, problem }
    }
}

/// The tensor's width of a text line: `int(height · ratio)`, as PaddleOCR computes it.
fn line_width(height: usize, ratio: Option<f64>) -> f64 {
    (height as f64 * ratio.unwrap_or(0.0)).trunc()
}

/// Both sides times `factor`, rounded, halves to even as Python's `round`.
fn by_factor(from: Size, factor: f64) -> [f64; 2] {
    [from.width, from.height].map(|side| (side as f64 * factor).round_ties_even())
}

fn by_short(from: Size, side: usize, max_long: Option<usize>) -> [f64; 2] {
    let (short, long) = (from.short() as f64, from.long() as f64);
    let mut target = side as f64;
    if let Some(max) = max_long
        && target / short * long > max as f64
    {
        target = (max as f64 / long * short).trunc();
    }
    by_factor(from, target / short)
}

fn fit(from: Size, frame: Size, multiple: usize) -> [f64; 2] {
    let factor = (frame.long() as f64 / from.long() as f64).min(frame.short() as f64 / from.short() as f64);
    let multiple = multiple as f64;
    by_factor(from, factor).map(|side| (side / multiple).ceil() * multiple)
}

fn limit_side(from: Size, limit: usize, side: SideType, multiple: usize) -> [f64; 2] {
    let (limit, long, short) = (limit as f64, from.long() as f64, from.short() as f64);
    let ratio = match side {
        SideType::Max if long > limit => limit / long,
        SideType::Min if short < limit => limit / short,
        SideType::Long => limit / long,
        SideType::Max | SideType::Min => 1.0,
    };
    let multiple = multiple as f64;
    [from.width, from.height].map(|side| ((((side as f64 * ratio).trunc()) / multiple).round_ties_even() * multiple).max(multiple))
}
