//! The steps that a recipe is made of, typed, and their form in JSON.

use serde::{Deserialize, Serialize};

use super::form::Form;
use crate::{Alpha, Filter, ImagingError};

/// The order of the channels in the tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Red, green, blue.
    #[default]
    Rgb,
    /// Blue, green, red, as OpenCV decodes.
    Bgr,
}

/// The numbers that a resize is computed in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arithmetic {
    /// 8 bits in, 8 bits out.
    #[default]
    U8,
    /// The picture is turned to f32 first and nothing is rounded (PaddleSeg); only with [`Filter::Linear`].
    F32,
}

/// Which sides `limit-side` looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SideType {
    /// The long side is brought down to the limit if it is above.
    Max,
    /// The short side is brought up to the limit if it is below.
    Min,
    /// The long side is brought to the limit.
    Long,
}

/// The size that `resize` aims at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ResizeTo {
    /// Straight to that size, whatever the proportions.
    Exact {
        /// Width in pixels.
        width: usize,
        /// Height in pixels.
        height: usize,
    },
    /// The short side to `side`, the long one in proportion; if that would exceed `max_long`, the short one gives way.
    Short {
        /// The short side in pixels.
        side: usize,
        /// The most that the long side may become.
        max_long: Option<usize>,
    },
    /// The long side to this many pixels, the short one in proportion.
    Long(usize),
}

/// The width of a text line's tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineWidth {
    /// The same for every line; longer ones are squeezed.
    Fixed(usize),
    /// At least this many pixels, and as many as the widest line of the batch needs.
    AtLeast(usize),
}

/// One step from picture to tensor. Sizes are computed in f64; "round" means to the nearest integer, halves to the even one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub enum Step {
    /// Bytes to 8-bit pixels, EXIF orientation applied.
    Decode {
        /// What becomes of transparent pixels.
        alpha: Alpha,
    },
    /// The order of the channels from here to the tensor; `mean` and `std` are in this order.
    Channels {
        /// The order.
        order: Order,
    },
    /// If width + height is less than `below`: the picture is put, top left, on a ground of `value` of at least `width` × `height`.
    PadSmall {
        /// The sum of the sides from which nothing is done.
        below: usize,
        /// Least width after the step.
        width: usize,
        /// Least height after the step.
        height: usize,
        /// The ground, 0 to 255.
        value: f64,
    },
    /// A resize by the picture's own proportions or straight to a size.
    Resize {
        /// The size aimed at.
        to: ResizeTo,
        /// Whose resizing.
        filter: Filter,
        /// In which numbers.
        arithmetic: Arithmetic,
    },
    /// A long side above `max` is brought down to it, one below `min` up to it; else nothing changes.
    LimitLong {
        /// The most pixels on the long side.
        max: Option<usize>,
        /// The fewest pixels on the long side.
        min: Option<usize>,
        /// Whose resizing.
        filter: Filter,
        /// In which numbers.
        arithmetic: Arithmetic,
    },
    /// The largest size of the picture's proportions whose long side is at most max(`width`, `height`) and whose short side is at most
    /// min(`width`, `height`); each side then goes up to a multiple of `multiple`.
    Fit {
        /// Width of the frame.
        width: usize,
        /// Height of the frame.
        height: usize,
        /// What the sides are a multiple of.
        multiple: usize,
        /// Whose resizing.
        filter: Filter,
        /// In which numbers.
        arithmetic: Arithmetic,
    },
    /// PaddleOCR's detector sizes: a factor by one side's limit, then each side to the nearest multiple of `multiple`, at least one.
    LimitSide {
        /// The limit in pixels.
        limit: usize,
        /// Which side is limited.
        side: SideType,
        /// What the sides are a multiple of.
        multiple: usize,
        /// Whose resizing.
        filter: Filter,
        /// In which numbers.
        arithmetic: Arithmetic,
    },
    /// A text line: to `height`, the width in proportion but at most the line's.
    Line {
        /// Height of the line in pixels.
        height: usize,
        /// Width of the tensor.
        width: LineWidth,
        /// Whose resizing.
        filter: Filter,
        /// In which numbers.
        arithmetic: Arithmetic,
    },
    /// The middle part; left and top are rounded down.
    Crop {
        /// Width of the part.
        width: usize,
        /// Height of the part.
        height: usize,
    },
    /// To that size at the right and bottom; a side that is longer already stays.
    Pad {
        /// Width after the step.
        width: usize,
        /// Height after the step.
        height: usize,
        /// The ground, in the picture's levels (0 to 255).
        value: f64,
    },
    /// x / `over` in f32.
    Scale {
        /// The divisor.
        over: f64,
    },
    /// (x − `mean`) / `std` in f32, per channel in the order of `channels`.
    Normalize {
        /// Means.
        mean: [f64; 3],
        /// Deviations.
        std: [f64; 3],
    },
    /// To the line's width at the right, with `value` in the tensor's own numbers.
    PadLine {
        /// The ground.
        value: f64,
    },
    /// The tensor's layout: `chw`, that is [1, 3, height, width]; the only one.
    Layout,
}

/// The longest side that a step may ask for; a guard against slips of the pen.
const MAX_SIDE: usize = 1 << 16;

impl Step {
    /// The names of all steps.
    pub(super) const NAMES: [&'static str; 14] = [
        "decode",
        "channels",
        "pad-small",
        "resize",
        "limit-long",
        "fit",
        "limit-side",
        "line",
        "crop",
        "pad",
        "scale",
        "normalize",
        "pad-line",
        "layout",
    ];

    /// The name in JSON and in the compact form.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Decode { .. } => "decode",
            Self::Channels { .. } => "channels",
            Self::PadSmall { .. } => "pad-small",
            Self::Resize { .. } => "resize",
            Self::LimitLong { .. } => "limit-long",
            Self::Fit { .. } => "fit",
            Self::LimitSide { .. } => "limit-side",
            Self::Line { .. } => "line",
            Self::Crop { .. } => "crop",
            Self::Pad { .. } => "pad",
            Self::Scale { .. } => "scale",
            Self::Normalize { .. } => "normalize",
            Self::PadLine { .. } => "pad-line",
            Self::Layout => "layout",
        }
    }

    /// How a step that resizes does it.
    pub(super) fn resizing(&self) -> Option<(Filter, Arithmetic)> {
        match *self {
            Self::Resize { filter, arithmetic, .. }
            | Self::LimitLong { filter, arithmetic, .. }
            | Self::Fit { filter, arithmetic, .. }
            | Self::LimitSide { filter, arithmetic, .. }
            | Self::Line { filter, arithmetic, .. } => Some((filter, arithmetic)),
            _ => None,
        }
    }

    /// That every number is in its range.
    pub(super) fn check(&self) -> Result<(), ImagingError> {
        let sides: &[usize] = match self {
            Self::PadSmall { below, width, height, .. } => &[*below, *width, *height],
            Self::Resize { to: ResizeTo::Exact { width, height }, .. } => &[*width, *height],
            Self::Resize { to: ResizeTo::Short { side, max_long }, .. } => &[*side, max_long.unwrap_or(1)],
            Self::Resize { to: ResizeTo::Long(side), .. } => &[*side],
            Self::LimitLong { max, min, .. } => &[max.unwrap_or(1), min.unwrap_or(1)],
            Self::Fit { width, height, multiple, .. } => &[*width, *height, *multiple],
            Self::LimitSide { limit, multiple, .. } => &[*limit, *multiple],
            Self::Line { height, width: LineWidth::Fixed(width) | LineWidth::AtLeast(width), .. } => &[*height, *width],
            Self::Crop { width, height } | Self::Pad { width, height, .. } => &[*width, *height],
            _ => &[],
        };
        if let Some(side) = sides.iter().find(|side| !(1..=MAX_SIDE).contains(side)) {
            return Err(ImagingError::Recipe(format!("step `{}`: {side} is not a number of pixels from 1 to {MAX_SIDE}", self.name())));
        }
        let numbers: &[f64] = match self {
            Self::PadSmall { value, .. } | Self::Pad { value, .. } => &[*value, if (0.0..=255.0).contains(value) { 0.0 } else { f64::NAN }],
            Self::PadLine { value } => &[*value],
            Self::Scale { over } => &[*over, 1.0 / over],
            Self::Normalize { mean, std } => {
                &[mean[0], mean[1], mean[2], 1.0 / std[0], 1.0 / std[1], 1.0 / std[2], std[0] + std[1] + std[2]]
            }
            _ => &[],
        };
        if numbers.iter().any(|x| !(*x as f32).is_finite()) {
            return Err(ImagingError::Recipe(format!("step `{}`: a number is out of its range", self.name())));
        }
        match self.resizing() {
            Some((filter, Arithmetic::F32)) if filter != Filter::Linear => Err(ImagingError::Recipe(format!(
                "step `{}`: arithmetic `f32` goes with filter `linear` only, not `{}`",
                self.name(),
                filter.name()
            ))),
            _ => Ok(()),
        }
    }
}
