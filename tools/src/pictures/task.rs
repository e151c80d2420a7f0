//! What a command says of its network: how a picture is prepared and answered, and how an answer is written, drawn and cut out.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use vtk_imaging::draw::{Drawing, Font};
use vtk_imaging::{Alpha, RgbImage};

use crate::failure::Failure;
use crate::inputs::Input;
use crate::timing::Laps;

/// One network and its answers about a picture.
pub(crate) trait Task: Sync {
    /// The command's name.
    const NAME: &'static str;

    /// A picture made ready for the network.
    type Ready: Send;

    /// The answer. It serializes as the fields that follow `input` and `model`.
    type Answer: Send + Serialize;

    /// The model's name or path.
    fn model(&self) -> &str;

    /// What becomes of transparent pixels.
    fn alpha(&self) -> Alpha;

    /// Makes a picture ready. What is kept of the picture itself is shared, not copied.
    fn prepare(&self, picture: &Arc<RgbImage>) -> Result<Self::Ready, Problem>;

    /// Runs the network and reads its outputs, each timed as a stage of its own.
    fn answer(&self, ready: Self::Ready, laps: &mut Laps) -> Result<Self::Answer, Problem>;

    /// Writes an answer for people.
    fn write_text(&self, answer: &Self::Answer, out: &mut dyn Write) -> io::Result<()>;

    /// The picture with its answer drawn on it.
    fn draw(&self, answer: &Self::Answer, picture: &RgbImage, font: &Font) -> Result<RgbImage, Failure>;

    /// How much an answer says; 0 where nothing was found.
    fn found(&self, _: &Self::Answer) -> usize {
        1
    }

    /// What to tell a person where nothing was found in any picture.
    fn nothing(&self) -> Option<String> {
        None
    }

    /// The folder for parts of the pictures, where they are to be saved.
    fn parts_folder(&self) -> Option<&Path> {
        None
    }

    /// The parts of a picture that its answer is about: x0, y0, x1, y1.
    fn parts(&self, _: &Self::Answer) -> Vec<[f32; 4]> {
        Vec::new()
    }

    /// The one document that all answers make, where one is asked for in place of text or JSON.
    fn document(&self) -> Option<Box<dyn Document<Self::Answer> + '_>> {
        None
    }
}

/// A document of many answers, written as they come.
pub(crate) trait Document<A> {
    /// Writes an answer, and what stands before it.
    fn add(&mut self, input: &Input, answer: &A, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what stands behind the last, so that the document is whole; also that of no answers.
    fn end(&mut self, out: &mut dyn Write) -> io::Result<()>;
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The picture is at fault; others may do better.
    Picture(Failure),
    /// The model is at fault, and will be for every picture.
    Model(anyhow::Error),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Picture(failure)
    }
}

/// Draws on a copy of a picture, with marks and letters of a size that suits it.
pub(crate) fn drawn(picture: &RgbImage, font: &Font, draw: impl FnOnce(&mut Drawing)) -> RgbImage {
    let mut drawing = Drawing::on(picture).with_font(font.clone());
    draw(&mut drawing);
    drawing.finish()
}
