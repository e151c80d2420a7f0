//! Recipes: how a picture becomes a network's input, as a value.
//!
//! A recipe is an ordered list of steps with named fields. It parses and prints ([`Recipe`]'s `FromStr` and `Display`), serializes as
//! a list of tagged objects, and stands in catalogues beside the weights it belongs to. [`Recipe::prepare`] carries it out;
//! [`Recipe::plan`] tells the sizes that it would give without touching a pixel; what comes out knows its way back ([`Placement`](crate::Placement)).

mod form;
mod named;
mod plan;
mod prepare;
mod step;
mod text;

pub(crate) use plan::MAX_PIXELS;
pub use plan::Plan;
pub use prepare::{Batch, Prepared};
pub use step::{Arithmetic, LineWidth, Order, ResizeTo, SideType, Step};

use crate::{Alpha, ImagingError};

/// An ordered list of [`Step`]s that makes sense: every number is in its range, and no step comes before one that it needs.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Recipe {
    steps: Vec<Step>,
}

impl Recipe {
    /// A recipe of these steps.
    ///
    /// # Errors
    /// [`ImagingError::Recipe`] if there is no step, a number is out of its range (a side of 0, a deviation of 0, a value that is not finite), a step
    /// works on 8-bit pixels but follows `scale` or `normalize`, `pad-line` has no `line` before it, or a step that moves pixels follows it.
    pub fn new(steps: Vec<Step>) -> Result<Self, ImagingError> {
        if steps.is_empty() {
            return Err(ImagingError::Recipe("there are no steps".to_owned()));
        }
        let (mut scaled, mut line, mut padded) = (false, false, false);
        for (i, step) in steps.iter().enumerate() {
            step.check()?;
            let early = match step {
                Step::Decode { .. } => i > 0,
                Step::Scale { .. } | Step::Normalize { .. } | Step::Layout => false,
                Step::PadLine { .. } => !line,
                _ => scaled,
            };
            // The padding of a line is laid round the finished numbers: nothing can move it any more.
            if early || padded && step.moves() {
                let place = match step {
                    _ if !early => "must come before `pad-line`",
                    Step::Decode { .. } => "must be the first step",
                    Step::PadLine { .. } => "must follow `line`",
                    _ => "must come before `scale` and `normalize`",
                };
                return Err(ImagingError::Recipe(format!("step {} (`{}`) {place}", i + 1, step.name())));
            }
            scaled |= matches!(step, Step::Scale { .. } | Step::Normalize { .. });
            line |= matches!(step, Step::Line { .. });
            padded |= matches!(step, Step::PadLine { .. });
        }
        Ok(Self { steps })
    }

    /// The steps in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// What `decode` asks for where the picture has transparent pixels; [`Alpha::Drop`] without such a step.
    #[must_use]
    pub fn alpha(&self) -> Alpha {
        match self.steps.first() {
            Some(Step::Decode { alpha }) => *alpha,
            _ => Alpha::Drop,
        }
    }

    /// The order of the channels in the tensor; [`Order::Rgb`] without a `channels` step.
    #[must_use]
    pub fn order(&self) -> Order {
        let order = |step: &Step| if let Step::Channels { order } = step { Some(*order) } else { None };
        self.steps.iter().rev().find_map(order).unwrap_or(Order::Rgb)
    }

    /// Height and width of the tensor, where the recipe gives the same to every picture.
    #[must_use]
    pub fn input_size(&self) -> Option<(usize, usize)> {
        let mut fixed = None;
        for step in &self.steps {
            fixed = match step {
                Step::Resize { to: ResizeTo::Exact { width, height }, .. } | Step::Crop { width, height } => Some((*height, *width)),
                Step::Line { height, width: LineWidth::Fixed(width), .. } => Some((*height, *width)),
                Step::Pad { width, height, .. } => fixed.filter(|(h, w)| h <= height && w <= width).map(|_| (*height, *width)),
                Step::Resize { .. } | Step::LimitLong { .. } | Step::Fit { .. } | Step::LimitSide { .. } | Step::Line { .. } => None,
                Step::PadSmall { .. } => None,
                _ => fixed,
            };
        }
        fixed
    }
}

impl TryFrom<Vec<Step>> for Recipe {
    type Error = ImagingError;

    fn try_from(steps: Vec<Step>) -> Result<Self, Self::Error> {
        Self::new(steps)
    }
}

impl From<Recipe> for Vec<Step> {
    fn from(recipe: Recipe) -> Self {
        recipe.steps
    }
}
