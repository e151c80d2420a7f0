//! Maps carried back: a network's map over the prepared picture, moved onto the picture that came in.

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, Axis, Slice};

use crate::placement::{Move, Placement};
use crate::resize::scale;
use crate::{ImagingError, Size, resize_f32};

impl Placement {
    /// Maps [channels, height, width] over the prepared picture, such as the logits of classes, over the picture that came in: resizes
    /// are undone bilinearly (pixel centers, as Paddle's `interpolate` with `align_corners` false), padding is cut off, and where a part
    /// was cropped out the rest is 0. Choose the largest class after this, not before: other borders come out otherwise.
    ///
    /// # Errors
    /// [`ImagingError::Map`] if the maps haven't the prepared picture's size or there is no channel.
    pub fn maps_to_source(&self, maps: ArrayView3<'_, f32>) -> Result<Array3<f32>, ImagingError> {
        let (channels, height, width) = maps.dim();
        self.check_map(Size::new(width, height), channels)?;
        let mut result = maps.to_owned();
        for movement in self.moves().iter().rev() {
            result = match *movement {
                Move::Resize { from, to } if from == to => result,
                Move::Resize { from, to } => resized(&result, to, from)?,
                Move::Pad { from, .. } => result.slice_each_axis(|axis| cut(axis.axis.index().checked_sub(1), from)).to_owned(),
                Move::Crop { from, left, top, .. } => {
                    let mut whole = Array3::zeros((channels, from.height, from.width));
                    for ((c, y, x), value) in result.indexed_iter() {
                        whole[[c, y + top, x + left]] = *value;
                    }
                    whole
                }
                Move::Turn { from, quarters } => {
                    let turned: Vec<Array2<f32>> = result.axis_iter(Axis(0)).map(|map| turned(map, 4 - quarters % 4)).collect();
                    Array3::from_shape_fn((channels, from.height, from.width), |(c, y, x)| turned[c][[y, x]])
                }
            };
        }
        Ok(result)
    }

    /// A map of labels [height, width] over the prepared picture, over the picture that came in: every pixel gets the label at its
    /// center, and `outside` where a part was cropped out.
    ///
    /// # Errors
    /// [`ImagingError::Map`] if the map hasn't the prepared picture's size.
    pub fn labels_to_source<T: Copy>(&self, labels: ArrayView2<'_, T>, outside: T) -> Result<Array2<T>, ImagingError> {
        let (height, width) = labels.dim();
        self.check_map(Size::new(width, height), 1)?;
        let mut result = labels.to_owned();
        for movement in self.moves().iter().rev() {
            result = match *movement {
                Move::Resize { from, to } => {
                    let nearest = |side: usize, of: usize| -> Vec<usize> {
                        (0..side).map(|i| (((i as f64 + 0.5) * scale(of, side)) as usize).min(of - 1)).collect()
                    };
                    let (rows, columns) = (nearest(from.height, to.height), nearest(from.width, to.width));
                    Array2::from_shape_fn((from.height, from.width), |(y, x)| result[[rows[y], columns[x]]])
                }
                Move::Pad { from, .. } => result.slice_each_axis(|axis| cut(Some(axis.axis.index()), from)).to_owned(),
                Move::Crop { from, left, top, to } => Array2::from_shape_fn((from.height, from.width), |(y, x)| {
                    let place = y.checked_sub(top).zip(x.checked_sub(left)).filter(|(y, x)| *y < to.height && *x < to.width);
                    place.map_or(outside, |(y, x)| result[[y, x]])
                }),
                Move::Turn { quarters, .. } => turned(result.view(), 4 - quarters % 4),
            };
        }
        Ok(result)
    }

    fn check_map(&self, found: Size, channels: usize) -> Result<(), ImagingError> {
        if found != self.size() || channels == 0 {
            return Err(ImagingError::Map { found, channels, expected: self.size() });
        }
        Ok(())
    }
}

/// The part of an axis (0 rows, 1 columns; none: all) that the picture of size `from` takes up.
fn cut(axis: Option<usize>, from: Size) -> Slice {
    match axis {
        Some(0) => Slice::from(..from.height),
        Some(_) => Slice::from(..from.width),
        None => Slice::from(..),
    }
}

fn resized(maps: &Array3<f32>, from: Size, to: Size) -> Result<Array3<f32>, ImagingError> {
    let mut values = Vec::with_capacity(maps.len_of(Axis(0)) * to.width * to.height);
    for map in maps.axis_iter(Axis(0)) {
        let plane: Vec<f32> = map.iter().copied().collect();
        values.extend(resize_f32(&plane, from, 1, to)?);
    }
    let shape = (maps.len_of(Axis(0)), to.height, to.width);
    // The length is that of the shape by construction.
    Ok(Array3::from_shape_vec(shape, values).unwrap_or_default())
}

/// A map turned clockwise by so many quarter turns.
fn turned<T: Copy>(map: ArrayView2<'_, T>, quarters: u8) -> Array2<T> {
    let (height, width) = map.dim();
    match quarters % 4 {
        1 => Array2::from_shape_fn((width, height), |(y, x)| map[[height - 1 - x, y]]),
        2 => Array2::from_shape_fn((height, width), |(y, x)| map[[height - 1 - y, width - 1 - x]]),
        3 => Array2::from_shape_fn((width, height), |(y, x)| map[[x, width - 1 - y]]),
        _ => map.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Recipe, RgbImage};

    #[test]
    fn a_map_comes_back_where_its_picture_was() {
        let mut picture = RgbImage::filled(30, 20, [0; 3]).unwrap();
        for y in 4..8 {
            for x in 6..12 {
                let at = (y * 30 + x) * 3;
                picture.data_mut()[at..at + 3].fill(255);
            }
        }
        let recipe: Recipe = "resize:long=60,arithmetic=f32+pad:width=64,height=48,value=0+scale:over=255".parse().unwrap();
        let prepared = recipe.prepare(&picture).unwrap();
        let maps = prepared.tensor.index_axis(Axis(0), 0);
        let back = prepared.back.maps_to_source(maps).unwrap();
        assert_eq!(back.dim(), (3, 20, 30));
        let labels = prepared.back.labels_to_source(maps.index_axis(Axis(0), 0).mapv(|v| v > 0.5).view(), false).unwrap();
        for (y, x) in [(0, 0), (5, 8), (4, 6), (7, 11), (8, 11), (19, 29)] {
            let inside = (4..8).contains(&y) && (6..12).contains(&x);
            assert_eq!(labels[[y, x]], inside, "{y}, {x}");
            assert_eq!(back[[1, y, x]] > 0.5, inside, "{y}, {x}: {}", back[[1, y, x]]);
        }
        assert!(prepared.back.maps_to_source(Array3::zeros((1, 48, 63)).view()).is_err());
        assert!(prepared.back.maps_to_source(Array3::zeros((0, 48, 64)).view()).is_err());
    }

    #[test]
    fn crops_and_turns_are_undone() {
        let labels = ndarray::arr2(&[[1, 2, 3], [4, 5, 6]]);
        let source = Size::new(2, 5);
        let mut placement = Placement::turned(source, 1);
        placement.push(Move::Crop { from: Size::new(5, 2), left: 1, top: 0, to: Size::new(3, 2) });
        // Clockwise, the bottom row becomes the left column; columns 0 and 4 were cropped away.
        let back = placement.labels_to_source(labels.view(), 9).unwrap();
        assert_eq!(back, ndarray::arr2(&[[9, 9], [3, 6], [2, 5], [1, 4], [9, 9]]));
        let maps = labels.mapv(|v| v as f32).insert_axis(Axis(0));
        assert_eq!(placement.maps_to_source(maps.view()).unwrap().index_axis(Axis(0), 0)[[2, 1]], 5.0);
    }
}
