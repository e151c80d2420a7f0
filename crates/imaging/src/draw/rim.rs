//! Rims of the areas of a class map: a blend of colors alone is lost on a ground that is like the blend.

use ndarray::ArrayView2;

use super::color::{lay, opposite};
use crate::RgbImage;

/// The way to a neighbor in thirds of a pixel: straight, and across a corner (a chamfer distance).
const STRAIGHT: u8 = 3;
const ACROSS: u8 = 4;

/// Draws a rim of `line` / 2 pixels along the inside of each area, in its color, and a thinner one that stands out from it around those
/// that border on a class without color.
pub(super) fn draw_rims(picture: &mut RgbImage, classes: ArrayView2<'_, u8>, line: f32, color: impl Fn(u8) -> Option<[u8; 3]>) {
    let colors: Vec<Option<[u8; 3]>> = (0..=255).map(color).collect();
    let rims = Rims::new(classes, &colors);
    let thirds = |pixels: f32| (pixels.max(1.0) * f32::from(STRAIGHT)).min(250.0) as u8;
    let (inner, outer) = (thirds(line / 2.0), thirds(line / 4.0));
    for ((pixel, class), (distance, near)) in picture.data_mut().chunks_exact_mut(3).zip(&classes).zip(rims.distance.iter().zip(rims.near))
    {
        if colors[usize::from(*class)].is_none() {
            let Some(color) = colors[usize::from(near)].filter(|_| *distance <= outer) else { continue };
            lay(pixel, opposite(color), 150);
        } else if let Some(color) = colors[usize::from(*class)].filter(|_| *distance <= inner) {
            lay(pixel, color, 255);
        }
    }
}

/// For each pixel the distance to the nearest border of its area, and the class beyond it.
struct Rims {
    distance: Vec<u8>,
    near: Vec<u8>,
}

impl Rims {
    fn new(classes: ArrayView2<'_, u8>, colors: &[Option<[u8; 3]>]) -> Self {
        let (height, width) = classes.dim();
        let pixels: Vec<u8> = classes.iter().copied().collect();
        let mut rims = Self { distance: vec![u8::MAX; pixels.len()], near: vec![0; pixels.len()] };
        // All classes without color are one ground.
        let ground = |class: u8| colors[usize::from(class)].is_none();
        let mut step = |at: usize, from: usize, length: u8| {
            let (own, other) = (pixels[at], pixels[from]);
            let (distance, near) = if own == other || ground(own) && ground(other) {
                (rims.distance[from].saturating_add(length), rims.near[from])
            } else {
                (length, other)
            };
            if distance < rims.distance[at] {
                (rims.distance[at], rims.near[at]) = (distance, near);
            }
        };
        // Two passes, as usual for chamfer distances: from the top left, then from the bottom right.
        for y in 0..height {
            for x in 0..width {
                let at = y * width + x;
                if y > 0 {
                    (x > 0).then(|| step(at, at - width - 1, ACROSS));
                    step(at, at - width, STRAIGHT);
                    (x + 1 < width).then(|| step(at, at - width + 1, ACROSS));
                }
                (x > 0).then(|| step(at, at - 1, STRAIGHT));
            }
        }
        for y in (0..height).rev() {
            for x in (0..width).rev() {
                let at = y * width + x;
                if y + 1 < height {
                    (x > 0).then(|| step(at, at + width - 1, ACROSS));
                    step(at, at + width, STRAIGHT);
                    (x + 1 < width).then(|| step(at, at + width + 1, ACROSS));
                }
                (x + 1 < width).then(|| step(at, at + 1, STRAIGHT));
            }
        }
        rims
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_gets_two_rims_and_keeps_its_middle() {
        let classes = ndarray::Array2::from_shape_fn((9, 9), |(y, x)| u8::from((2..7).contains(&x) && (2..7).contains(&y)));
        let mut picture = RgbImage::filled(9, 9, [100; 3]).unwrap();
        draw_rims(&mut picture, classes.view(), 2.0, |class| (class == 1).then_some([250, 240, 0]));
        let row: Vec<u8> = (0..9).map(|x| picture.pixel(x, 4).unwrap()[0]).collect();
        assert_eq!(row, [100, 41, 250, 100, 100, 100, 250, 41, 100]);
        // A map without areas, or all of one class, has no rims.
        for class in [0, 1] {
            let mut plain = RgbImage::filled(3, 2, [7; 3]).unwrap();
            draw_rims(&mut plain, ndarray::Array2::from_elem((2, 3), class).view(), 9.0, |class| (class == 1).then_some([1; 3]));
            assert_eq!(plain.data(), [7; 18]);
        }
    }
}
