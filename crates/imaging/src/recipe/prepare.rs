//! Carrying a recipe out.

use std::borrow::Cow;

use ndarray::Array4;
use vtk_kernels::normalize::{self, Levels};

use super::{Arithmetic, Order, Recipe, Step};
use crate::placement::{Move, Placement};
use crate::resize::{resize_f32, resize_u8_in_f32};
use crate::{Filter, ImagingError, RgbImage, Size};

/// A picture made ready for a network.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The tensor, [1, 3, height, width], in the numbers and channel order of the recipe.
    pub tensor: Array4<f32>,
    /// The way back to the picture's own pixels.
    pub back: Placement,
}

/// Several pictures made ready for one run of a network.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The tensor, [pictures, 3, height, width].
    pub tensor: Array4<f32>,
    /// The way back for each picture.
    pub back: Vec<Placement>,
}

impl Recipe {
    /// Makes a network's input of one picture.
    ///
    /// # Errors
    /// [`ImagingError::Step`] if a step can't be done with a picture of this size.
    pub fn prepare(&self, picture: &RgbImage) -> Result<Prepared, ImagingError> {
        let Batch { tensor, back } = self.prepare_batch(&[picture])?;
        let back = back.into_iter().next().unwrap_or_else(|| Placement::new(picture.size()));
        Ok(Prepared { tensor, back })
    }

    /// Makes one input of several pictures. Text lines all get the width that the widest needs.
    ///
    /// # Errors
    /// [`ImagingError::Step`] if a step can't be done with one of them; [`ImagingError::Recipe`] if there is no picture or the recipe
    /// gives them different sizes.
    pub fn prepare_batch(&self, pictures: &[&RgbImage]) -> Result<Batch, ImagingError> {
        let sizes: Vec<Size> = pictures.iter().map(|picture| picture.size()).collect();
        let plans = self.plan_batch(&sizes)?;
        let Some(size) = plans.first().map(|plan| plan.placement.size()) else {
            return Err(ImagingError::Recipe("there is no picture to prepare".to_owned()));
        };
        if let Some(other) = plans.iter().map(|plan| plan.placement.size()).find(|other| *other != size) {
            return Err(ImagingError::Recipe(format!(
                "the pictures of one batch become {size} and {other} pixels; prepare them one by one"
            )));
        }
        let values = size.width * size.height * 3;
        let mut data = vec![0.0; values * pictures.len()];
        let ratio = self.line_ratio(&sizes);
        for (picture, out) in pictures.iter().zip(data.chunks_exact_mut(values)) {
            let (canvas, _) = self.arrange(picture, ratio)?;
            self.number(&canvas, size, out);
        }
        // The lengths agree by construction; the fallback is never taken.
        let tensor = Array4::from_shape_vec((pictures.len(), 3, size.height, size.width), data).unwrap_or_default();
        Ok(Batch { tensor, back: plans.into_iter().map(|plan| plan.placement).collect() })
    }

    /// The 8-bit picture that the network looks at, red first, before levels become numbers; and the way back from it.
    ///
    /// # Errors
    /// [`ImagingError::Step`] if a step can't be done with a picture of this size; [`ImagingError::Recipe`] if the recipe works in f32.
    pub fn picture(&self, picture: &RgbImage) -> Result<(RgbImage, Placement), ImagingError> {
        match self.arrange(picture, self.line_ratio(&[picture.size()]))? {
            (Canvas { pixels: Pixels::U8(pixels), size }, back) => Ok((RgbImage::new(size.width, size.height, pixels.into_owned())?, back)),
            _ => Err(ImagingError::Recipe(format!("`{self}` works in f32: there is no 8-bit picture on its way"))),
        }
    }

    /// Does every step that moves pixels of 0 … 255.
    fn arrange<'a>(&self, picture: &'a RgbImage, line_ratio: Option<f64>) -> Result<(Canvas<'a>, Placement), ImagingError> {
        let mut canvas = Canvas { pixels: Pixels::U8(Cow::Borrowed(picture.data())), size: picture.size() };
        let mut placement = Placement::new(picture.size());
        for step in self.steps().iter().filter(|step| !matches!(step, Step::PadLine { .. })) {
            if let Some(movement) = step.movement(canvas.size, line_ratio)? {
                canvas = canvas.moved(step, &movement)?;
                placement.push(movement);
            }
        }
        Ok((canvas, placement))
    }

    /// Turns levels into the tensor's numbers: planes of `size`, one after the other; what the picture doesn't cover is a line's padding.
    fn number(&self, canvas: &Canvas<'_>, size: Size, out: &mut [f32]) {
        let ground = self.steps().iter().find_map(|step| if let Step::PadLine { value } = step { Some(*value as f32) } else { None });
        let order = if self.order() == Order::Bgr { [2, 1, 0] } else { [0, 1, 2] };
        let width = canvas.size.width;
        let (first, rest) = out.split_at_mut(size.width * size.height);
        let (second, third) = rest.split_at_mut(size.width * size.height);
        let rows = first.chunks_exact_mut(size.width).zip(second.chunks_exact_mut(size.width)).zip(third.chunks_exact_mut(size.width));
        let levels: [Levels; 3] = std::array::from_fn(|plane| {
            let mut levels = std::array::from_fn(|level| level as f32);
            self.scale(&mut levels, plane);
            levels
        });
        for (y, ((a, b), c)) in rows.enumerate() {
            let range = y * width * 3..(y + 1) * width * 3;
            for row in [&mut *a, &mut *b, &mut *c] {
                row[width..].fill(ground.unwrap_or(0.0));
            }
            let planes = [&mut a[..width], &mut b[..width], &mut c[..width]];
            match &canvas.pixels {
                Pixels::U8(pixels) => normalize::planes(&pixels[range], order, &levels, planes),
                Pixels::F32(pixels) => {
                    for (plane, values) in planes.into_iter().enumerate() {
                        for (value, pixel) in values.iter_mut().zip(pixels[range.clone()].as_chunks::<3>().0) {
                            *value = pixel[order[plane]];
                        }
                        self.scale(values, plane);
                    }
                }
            }
        }
    }

    /// `scale` and `normalize`, each in f32, of values in the given plane.
    fn scale(&self, values: &mut [f32], plane: usize) {
        for step in self.steps() {
            match step {
                Step::Scale { over } => values.iter_mut().for_each(|x| *x /= *over as f32),
                Step::Normalize { mean, std } => {
                    let (mean, std) = (mean[plane] as f32, std[plane] as f32);
                    values.iter_mut().for_each(|x| *x = (*x - mean) / std);
                }
                _ => {}
            }
        }
    }
}

/// Interleaved red, green, blue on the way.
enum Pixels<'a> {
    U8(Cow<'a, [u8]>),
    F32(Vec<f32>),
}

struct Canvas<'a> {
    pixels: Pixels<'a>,
    size: Size,
}

impl<'a> Canvas<'a> {
    fn moved(self, step: &Step, movement: &Move) -> Result<Self, ImagingError> {
        let to = movement.to();
        let pixels = match *movement {
            Move::Resize { from, .. } => match (self.pixels, step.resizing().unwrap_or((Filter::Linear, Arithmetic::U8))) {
                (Pixels::U8(pixels), (_, Arithmetic::U8)) if from == to => Pixels::U8(pixels),
                (Pixels::U8(pixels), (filter, Arithmetic::U8)) => Pixels::U8(Cow::Owned(crate::resize_u8(&pixels, from, 3, to, filter)?)),
                (pixels, _) if from == to => Pixels::F32(pixels.into_f32()),
                (Pixels::U8(pixels), _) => Pixels::F32(resize_u8_in_f32(&pixels, from, 3, to)?),
                (Pixels::F32(pixels), _) => Pixels::F32(resize_f32(&pixels, from, 3, to)?),
            },
            Move::Pad { from, .. } => {
                let value = if let Step::Pad { value, .. } | Step::PadSmall { value, .. } = step { *value } else { 0.0 };
                match self.pixels {
                    Pixels::U8(pixels) if value.fract() == 0.0 => Pixels::U8(Cow::Owned(padded(&pixels, from, to, value as u8))),
                    pixels => Pixels::F32(padded(&pixels.into_f32(), from, to, value as f32)),
                }
            }
            Move::Crop { from, left, top, .. } => match self.pixels {
                Pixels::U8(pixels) => Pixels::U8(Cow::Owned(part(&pixels, from, left, top, to))),
                Pixels::F32(pixels) => Pixels::F32(part(&pixels, from, left, top, to)),
            },
            // No step turns a picture.
            Move::Turn { .. } => self.pixels,
        };
        Ok(Self { pixels, size: to })
    }
}

impl Pixels<'_> {
    fn into_f32(self) -> Vec<f32> {
        match self {
            Self::U8(pixels) => pixels.iter().map(|level| f32::from(*level)).collect(),
            Self::F32(pixels) => pixels,
        }
    }
}

fn padded<T: Copy>(pixels: &[T], from: Size, to: Size, value: T) -> Vec<T> {
    let mut result = Vec::with_capacity(to.width * to.height * 3);
    for row in pixels.chunks_exact(from.width * 3) {
        result.extend_from_slice(row);
        result.resize(result.len() + (to.width - from.width) * 3, value);
    }
    result.resize(to.width * to.height * 3, value);
    result
}

fn part<T: Copy>(pixels: &[T], from: Size, left: usize, top: usize, to: Size) -> Vec<T> {
    let rows = pixels.chunks_exact(from.width * 3).skip(top).take(to.height);
    rows.flat_map(|row| &row[left * 3..(left + to.width) * 3]).copied().collect()
}
