//! Class maps laid over pictures.

use ndarray::ArrayView2;

use crate::{ImagingError, RgbImage, Size};

/// Lays a class map over a picture of the same size: each pixel becomes `weight` · picture + (1 − `weight`) · its class's color, rounded
/// half to even. Classes for which `color` gives none stay as they are.
///
/// # Errors
/// [`ImagingError::Shape`] if the map has another size than the picture.
pub fn blend_classes(
    picture: &mut RgbImage,
    classes: ArrayView2<'_, u8>,
    weight: f32,
    color: impl Fn(u8) -> Option<[u8; 3]>,
) -> Result<(), ImagingError> {
    let (height, width) = classes.dim();
    if Size::new(width, height) != picture.size() {
        return Err(ImagingError::Shape {
            size: picture.size(),
            expected: "a class map of the same size and so many".to_owned(),
            found: classes.len(),
        });
    }
    let weight = if weight.is_nan() { 1.0 } else { weight.clamp(0.0, 1.0) };
    let colors: Vec<Option<[u8; 3]>> = (0..=255).map(color).collect();
    for (pixel, class) in picture.data_mut().chunks_exact_mut(3).zip(classes.iter()) {
        let Some(color) = colors[usize::from(*class)] else { continue };
        for (level, color) in pixel.iter_mut().zip(color) {
            *level = (f32::from(*level) * weight + f32::from(color) * (1.0 - weight)).round_ties_even() as u8;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_classes_are_laid_over() {
        let mut picture = RgbImage::filled(2, 1, [100; 3]).unwrap();
        let classes = ndarray::arr2(&[[0, 1]]);
        blend_classes(&mut picture, classes.view(), 0.6, |class| (class == 1).then_some([200, 0, 50])).unwrap();
        assert_eq!(picture.data(), [100, 100, 100, 140, 60, 80]);
        assert!(blend_classes(&mut picture, ndarray::arr2(&[[0], [1]]).view(), 0.6, |_| None).is_err());
    }
}
