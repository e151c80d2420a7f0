//! The way of one picture: from its bytes to an answer, drawn and stored where that was asked for.

use std::sync::Arc;

use vtk_imaging::draw::Font;
use vtk_imaging::{DecodeOptions, RgbImage, decode, encode_png};

use super::{Problem, Task};
use crate::failure::Failure;
use crate::inputs::Input;
use crate::save::Targets;
use crate::timing::{Laps, Stage};

/// The two parts of a picture's way, which different threads go.
pub(super) struct Way<'a, T> {
    pub(super) task: &'a T,
    pub(super) max_pixels: u64,
    pub(super) font: Font,
}

/// A picture that the network can take, with itself where something of it is to be saved.
pub(super) struct Ready<'a, R> {
    ready: R,
    saved: Option<(Arc<RgbImage>, &'a Targets)>,
}

impl<T: Task> Way<'_, T> {
    /// From its bytes to what the network takes.
    pub(super) fn prepare<'t>(&self, input: &Input, targets: &'t Targets, laps: &mut Laps) -> Result<Ready<'t, T::Ready>, Problem> {
        let picture = laps.time(Stage::Decode, || {
            let options = DecodeOptions { max_pixels: self.max_pixels, alpha: self.task.alpha(), page: input.page() };
            decode(&input.called(), &input.read()?, &options).map(Arc::new).map_err(Failure::from)
        })?;
        let ready = laps.time(Stage::Prepare, || self.task.prepare(&picture))?;
        Ok(Ready { ready, saved: (!targets.are_none()).then_some((picture, targets)) })
    }

    /// From there to the answer, drawn and stored where that was asked for.
    pub(super) fn answer(&self, ready: Ready<'_, T::Ready>, laps: &mut Laps) -> Result<T::Answer, Problem> {
        let answer = self.task.answer(ready.ready, laps)?;
        if let Some((picture, targets)) = ready.saved {
            laps.time(Stage::Save, || self.save(&answer, &picture, targets))?;
        }
        Ok(answer)
    }

    fn save(&self, answer: &T::Answer, picture: &RgbImage, targets: &Targets) -> Result<(), Failure> {
        if let Some(target) = &targets.picture {
            target.write(&encode_png(&self.task.draw(answer, picture, &self.font)?)?)?;
        }
        let Some(parts) = &targets.parts else { return Ok(()) };
        for (number, part) in self.task.parts(answer).into_iter().enumerate() {
            parts.target(number + 1).write(&encode_png(&cut(picture, part)?)?)?;
        }
        Ok(())
    }
}

/// Every pixel of a picture that the box touches; at least one.
fn cut(picture: &RgbImage, [x0, y0, x1, y1]: [f32; 4]) -> Result<RgbImage, Failure> {
    let span = |low: f32, high: f32, side: usize| {
        let first = (low.floor().max(0.0) as usize).min(side - 1);
        (first, (high.ceil().max(0.0) as usize).clamp(first + 1, side) - first)
    };
    let (left, width) = span(x0, x1, picture.width());
    let (top, height) = span(y0, y1, picture.height());
    Ok(picture.crop(left, top, width, height)?)
}

/// What a picture has become so far, with the times that it took.
pub(super) struct Traveller<W> {
    pub(super) laps: Laps,
    pub(super) what: Result<W, Problem>,
}

impl<W> Traveller<W> {
    pub(super) fn begin(step: impl FnOnce(&mut Laps) -> Result<W, Problem>) -> Self {
        let mut laps = Laps::default();
        let what = step(&mut laps);
        Self { laps, what }
    }

    pub(super) fn and_then<U>(mut self, step: impl FnOnce(W, &mut Laps) -> Result<U, Problem>) -> Traveller<U> {
        let what = self.what.and_then(|what| step(what, &mut self.laps));
        Traveller { laps: self.laps, what }
    }
}
