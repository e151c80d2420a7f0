//! The recipes that published models use, by name. Where each comes from is stated in its toolkit's configuration files.

use super::{Arithmetic, LineWidth, Order, Recipe, ResizeTo, SideType, Step};
use crate::{Alpha, Filter};

/// The channel means and deviations of ImageNet's pictures, red first, as all of PaddlePaddle's toolkits write them.
const IMAGENET: Step = Step::Normalize { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };

/// To −1 … 1.
const HALF: Step = Step::Normalize { mean: [0.5; 3], std: [0.5; 3] };

const NAMES: [&str; 9] = [
    "imagenet-224",
    "imagenet-lite-224",
    "textline-160x80",
    "picodet-320",
    "picodet-416",
    "seg-whole",
    "paddleocr-det",
    "paddleocr-rec",
    "paddleocr-cls",
];

impl Recipe {
    /// The recipe of that name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let linear = |to| Step::Resize { to, filter: Filter::Linear, arithmetic: Arithmetic::U8 };
        let cubic =
            |side| Step::Resize { to: ResizeTo::Exact { width: side, height: side }, filter: Filter::Cubic, arithmetic: Arithmetic::U8 };
        let line = |height, width| Step::Line { height, width, filter: Filter::Linear, arithmetic: Arithmetic::U8 };
        let short_256 = linear(ResizeTo::Short { side: 256, max_long: None });
        let crop_224 = Step::Crop { width: 224, height: 224 };
        let pad_line = Step::PadLine { value: 0.0 };
        let (order, middle, normalize, end) = match name {
            "imagenet-224" => (Order::Rgb, vec![short_256, crop_224], IMAGENET, None),
            "imagenet-lite-224" => (Order::Rgb, vec![short_256, crop_224], HALF, None),
            "textline-160x80" => (Order::Rgb, vec![linear(ResizeTo::Exact { width: 160, height: 80 })], IMAGENET, None),
            "picodet-320" => (Order::Rgb, vec![cubic(320)], IMAGENET, None),
            "picodet-416" => (Order::Rgb, vec![cubic(416)], IMAGENET, None),
            "seg-whole" => (Order::Rgb, vec![], HALF, None),
            "paddleocr-det" => {
                let pad = Step::PadSmall { below: 64, width: 32, height: 32, value: 0.0 };
                let (filter, arithmetic) = (Filter::Linear, Arithmetic::U8);
                let limit = Step::LimitSide { limit: 960, side: SideType::Max, multiple: 32, filter, arithmetic };
                (Order::Bgr, vec![pad, limit], IMAGENET, None)
            }
            "paddleocr-rec" => (Order::Bgr, vec![line(32, LineWidth::AtLeast(320))], HALF, Some(pad_line)),
            "paddleocr-cls" => (Order::Bgr, vec![line(48, LineWidth::Fixed(192))], HALF, Some(pad_line)),
            _ => return None,
        };
        let mut steps = vec![Step::Decode { alpha: Alpha::Drop }, Step::Channels { order }];
        steps.extend(middle);
        steps.extend([Step::Scale { over: 255.0 }, normalize]);
        steps.extend(end);
        steps.push(Step::Layout);
        Self::new(steps).ok()
    }

    /// The names that [`Recipe::named`] knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter()
    }

    /// The name under which [`Recipe::named`] gives this recipe.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        NAMES.into_iter().find(|name| Self::named(name).as_ref() == Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_recipe_that_knows_its_name() {
        for name in Recipe::names() {
            let recipe = Recipe::named(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(recipe.name(), Some(name));
            assert_eq!(recipe.to_string(), name);
        }
        assert_eq!(Recipe::named("imagenet-224").unwrap().input_size(), Some((224, 224)));
        assert_eq!(Recipe::named("textline-160x80").unwrap().input_size(), Some((80, 160)));
        assert_eq!(Recipe::named("paddleocr-rec").unwrap().input_size(), None);
        assert_eq!(Recipe::named("paddleocr-cls").unwrap().input_size(), Some((48, 192)));
        assert_eq!(Recipe::named("no-such"), None);
    }
}
