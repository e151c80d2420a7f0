//! From boxes to lines of text: cut out, turned upright, read.
//!
//! A page may have thousands of lines. They go through in groups, so that no more than a group's crops are in memory; the groups are
//! chosen in order of width / height, as the recipes' batches are, so that grouping changes no batch.

use vtk_imaging::{RgbImage, Size, quad_size};
use vtk_kernels::Threads;

use crate::layout::add_spaces;
use crate::orient::LineOrienter;
use crate::recognize::{Reading, TextRecognizer};
use crate::{OcrError, Quad, TextLine};

/// So many crops are in memory at once, or a little more.
const GROUP: usize = 64;

/// What reads the lines of a page.
pub(super) struct LineReader<'a> {
    pub(super) orienter: Option<&'a LineOrienter>,
    pub(super) recognizer: &'a TextRecognizer,
    /// A crop is turned a quarter counter-clockwise from this height / width on.
    pub(super) turn_from: f64,
    pub(super) spaces: bool,
    pub(super) threads: &'a Threads,
}

/// A line cut out of its page.
struct Crop {
    picture: RgbImage,
    /// The box's corners, clockwise from the top left as the crop is read.
    quad: Quad,
}

impl LineReader<'_> {
    /// Reads the lines in these boxes of a picture; one for each box, in their order, whatever was read in it.
    pub(super) fn read(&self, canvas: &RgbImage, quads: &[Quad]) -> Result<Vec<TextLine>, OcrError> {
        let mut order: Vec<usize> = (0..quads.len()).collect();
        order.sort_by(|a, b| self.ratio(quads[*a]).total_cmp(&self.ratio(quads[*b])));
        let mut lines: Vec<Option<TextLine>> = vec![None; quads.len()];
        let group = GROUP.next_multiple_of(self.recognizer.options().batch);
        for numbers in order.chunks(group) {
            let group: Vec<Quad> = numbers.iter().map(|number| quads[*number]).collect();
            for (number, line) in numbers.iter().zip(self.read_group(canvas, &group)?) {
                lines[*number] = Some(line);
            }
        }
        Ok(lines.into_iter().flatten().collect())
    }

    /// Width / height of a box's crop as it is read.
    fn ratio(&self, quad: Quad) -> f64 {
        let Size { width, height } = quad_size(quad);
        let (width, height) = (width.max(1) as f64, height.max(1) as f64);
        if height / width >= self.turn_from { height / width } else { width / height }
    }

    fn read_group(&self, canvas: &RgbImage, quads: &[Quad]) -> Result<Vec<TextLine>, OcrError> {
        let crops = self.threads.map(quads, |quad| cut(canvas, *quad, self.turn_from)).into_iter().collect::<Result<Vec<Crop>, _>>()?;
        let (mut pictures, mut quads): (Vec<RgbImage>, Vec<Quad>) = crops.into_iter().map(|crop| (crop.picture, crop.quad)).unzip();
        if let Some(orienter) = self.orienter {
            let orientations = orienter.orient(&pictures)?;
            for ((picture, quad), orientation) in pictures.iter_mut().zip(&mut quads).zip(orientations) {
                if orientation.upside_down {
                    *picture = picture.rotate(2);
                    quad.rotate_left(2);
                }
            }
        }
        let readings = self.recognizer.recognize(&pictures)?;
        let lines = readings.into_iter().zip(quads).zip(&pictures);
        Ok(lines.map(|((reading, quad), picture)| self.line(reading, quad, picture)).collect())
    }

    fn line(&self, reading: Reading, quad: Quad, picture: &RgbImage) -> TextLine {
        let Reading { text, score, characters, columns } = reading;
        let line = TextLine { text, score, quad, characters, columns };
        if self.spaces { add_spaces(picture, &line) } else { line }
    }
}

fn cut(canvas: &RgbImage, mut quad: Quad, turn_from: f64) -> Result<Crop, OcrError> {
    let (picture, turned) = canvas.crop_quad(quad, turn_from)?;
    if turned {
        // Counter-clockwise: what was at the top right is now at the top left.
        quad.rotate_left(1);
    }
    Ok(Crop { picture, quad })
}
