//! How a picture is prepared for PicoDet where nobody says it otherwise: straight to the network's size by OpenCV's cubic resizing, in
//! RGB, with ImageNet's means and deviations (PaddleDetection, configs/picodet/_base_/picodet_320_reader.yml).

use vtk_imaging::{Alpha, Arithmetic, Filter, ImagingError, Order, Recipe, ResizeTo, Size, Step};

/// The official preparation for this size; `normalized` is false for the network for NPUs, which takes plain fractions.
pub(crate) fn official(Size { width, height }: Size, normalized: bool) -> Result<Recipe, ImagingError> {
    let mut steps = vec![
        Step::Decode { alpha: Alpha::Drop },
        Step::Channels { order: Order::Rgb },
        Step::Resize { to: ResizeTo::Exact { width, height }, filter: Filter::Cubic, arithmetic: Arithmetic::U8 },
        Step::Scale { over: 255.0 },
    ];
    if normalized {
        steps.push(Step::Normalize { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
    }
    steps.push(Step::Layout);
    Recipe::new(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_recipe_of_the_same_name() {
        assert_eq!(official(Size::new(320, 320), true).unwrap(), Recipe::named("picodet-320").unwrap());
        assert_eq!(official(Size::new(608, 800), true).unwrap().input_size(), Some((800, 608)));
        assert_ne!(official(Size::new(416, 416), false).unwrap(), Recipe::named("picodet-416").unwrap());
    }
}
