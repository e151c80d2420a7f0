//! The reader.

use vtk_imaging::{Alpha, RgbImage};
use vtk_kernels::Threads;

use super::crops::LineReader;
use super::explain::{Explained, LineFate};
use super::find::{Found, candidates, windows};
use super::options::{PageTurn, ReaderOptions, Spaces};
use super::page::Page;
use crate::detect::{DetectedBox, TextDetector};
use crate::layout::ReadingOrder;
use crate::orient::{LineOrienter, PageOrienter, SURE};
use crate::recognize::{RecognizeOptions, TextRecognizer};
use crate::{OcrError, OcrRecipe, Quad, TextLine};

/// Reads pages: detector, recognizer, and what else was given. Cloning is cheap and shares the networks.
#[derive(Clone, Debug)]
pub struct TextReader {
    detector: TextDetector,
    recognizer: TextRecognizer,
    line_orienter: Option<LineOrienter>,
    page_orienter: Option<PageOrienter>,
    recipe: OcrRecipe,
    options: ReaderOptions,
    threads: Threads,
}

impl TextReader {
    /// A reader by the detector's recipe, with vtk's own ways besides; without a network that orients lines or pages.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a recipe with a number out of its range.
    pub fn new(detector: TextDetector, recognizer: TextRecognizer) -> Result<Self, OcrError> {
        let recipe = detector.recipe().clone();
        let reader = Self {
            detector,
            recognizer,
            line_orienter: None,
            page_orienter: None,
            recipe,
            options: ReaderOptions::default(),
            threads: Threads::one(),
        };
        reader.with_options(ReaderOptions::default())
    }

    /// The same reader by another recipe: a detector, a recognizer and an orienter with the recipe's options.
    ///
    /// # Errors
    /// [`OcrError::Option`] or [`OcrError::Imaging`] for a number out of its range.
    pub fn with_recipe(&self, recipe: OcrRecipe) -> Result<Self, OcrError> {
        let detector = self.detector.with_options(recipe.detect.clone())?;
        let line_orienter = self.line_orienter.as_ref().map(|orienter| orienter.with_options(recipe.orient.clone())).transpose()?;
        Self { detector, line_orienter, recipe, ..self.clone() }.with_options(self.options.clone())
    }

    /// The same reader with other options.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a number out of its range.
    pub fn with_options(&self, options: ReaderOptions) -> Result<Self, OcrError> {
        options.check()?;
        let read = &self.recipe.read;
        let lines = match options.exact {
            true => RecognizeOptions { min_width: read.min_width, decimals: read.decimals, ..RecognizeOptions::exact(read.batch) },
            false => RecognizeOptions { min_width: read.min_width, ..RecognizeOptions::default() },
        };
        Ok(Self { recognizer: self.recognizer.with_options(lines)?, options, ..self.clone() })
    }

    /// The same reader, turning lines that stand on their heads.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a recipe with a number out of its range.
    pub fn with_line_orientation(self, orienter: &LineOrienter) -> Result<Self, OcrError> {
        let orienter = orienter.with_options(self.recipe.orient.clone())?;
        Ok(Self { line_orienter: Some(orienter), ..self })
    }

    /// The same reader, looking which way up a page stands where [`PageTurn::Auto`] asks for it.
    #[must_use]
    pub fn with_page_orientation(self, orienter: PageOrienter) -> Self {
        Self { page_orienter: Some(orienter), ..self }
    }

    /// The same reader on these threads: a page's lines, or its windows, side by side.
    #[must_use]
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self {
            detector: self.detector.with_threads(threads.clone()),
            recognizer: self.recognizer.with_threads(threads.clone()),
            line_orienter: self.line_orienter.as_ref().map(|orienter| orienter.with_threads(threads.clone())),
            page_orienter: self.page_orienter.as_ref().map(|orienter| orienter.with_threads(threads.clone())),
            threads,
            ..self.clone()
        }
    }

    /// Reads a page. One without text gives no lines.
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a picture that can't be prepared; [`OcrError::Network`], [`OcrError::Output`].
    pub fn read(&self, picture: &RgbImage) -> Result<Page, OcrError> {
        self.upright(picture, |upright| self.read_upright(upright))
    }

    /// The boxes of a page's lines in the recipe's order, without reading them.
    ///
    /// # Errors
    /// As [`TextReader::read`].
    pub fn find(&self, picture: &RgbImage) -> Result<Page, OcrError> {
        self.upright(picture, |upright| {
            let found = self.found(upright)?;
            let line = |found_box: &DetectedBox| TextLine {
                text: String::new(),
                score: found_box.score,
                quad: found.to_source(found_box.quad),
                characters: Vec::new(),
                columns: 0.0,
            };
            let lines = in_order(&found.boxes, self.order()).into_iter().map(line).collect();
            Ok(Page::arranged(upright.size(), lines, self.options.order))
        })
    }

    /// Reads a picture that is a single line.
    ///
    /// # Errors
    /// As [`TextReader::read`].
    pub fn read_line(&self, picture: &RgbImage) -> Result<Page, OcrError> {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let quad = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]];
        let lines = self.line_reader().read(picture, &[quad])?;
        Ok(Page::arranged(picture.size(), lines, self.options.order))
    }

    /// What became of every place where the detector saw something.
    ///
    /// # Errors
    /// As [`TextReader::read`].
    pub fn explain(&self, picture: &RgbImage) -> Result<Vec<Explained>, OcrError> {
        let quarters = self.turn_of(picture)?;
        let upright = picture.rotate(quarters);
        let back = vtk_imaging::Placement::turned(picture.size(), quarters);
        let mut explained = self.explain_upright(&upright)?;
        explained.iter_mut().for_each(|one| one.quad = one.quad.map(|corner| back.point_to_source(corner)));
        Ok(explained)
    }

    /// What becomes of transparent pixels: for whoever decodes the picture.
    pub fn alpha(&self) -> Alpha {
        self.options.alpha
    }

    /// The detector.
    pub fn detector(&self) -> &TextDetector {
        &self.detector
    }

    /// The recognizer.
    pub fn recognizer(&self) -> &TextRecognizer {
        &self.recognizer
    }

    /// The recipe.
    pub fn recipe(&self) -> &OcrRecipe {
        &self.recipe
    }

    /// The options.
    pub fn options(&self) -> &ReaderOptions {
        &self.options
    }

    /// Does something with the picture turned upright, and carries what comes of it back.
    fn upright(&self, picture: &RgbImage, read: impl FnOnce(&RgbImage) -> Result<Page, OcrError>) -> Result<Page, OcrError> {
        match self.turn_of(picture)? {
            0 => read(picture),
            quarters => Ok(read(&picture.rotate(quarters))?.turned_back(picture.size(), quarters)),
        }
    }

    /// Clockwise quarters that right the page.
    fn turn_of(&self, picture: &RgbImage) -> Result<i32, OcrError> {
        match (self.options.page, &self.page_orienter) {
            (PageTurn::Quarters(quarters), _) => Ok(i32::from((4 - quarters % 4) % 4)),
            (PageTurn::Auto, Some(orienter)) => Ok(orienter.orient(picture)?.turn(SURE)),
            (PageTurn::Auto, None) | (PageTurn::Off, _) => Ok(0),
        }
    }

    fn found<'a>(&self, upright: &'a RgbImage) -> Result<Found<'a>, OcrError> {
        match self.options.windows {
            true => Found::in_windows(&self.detector, upright, &self.threads),
            false => Found::in_one(&self.detector, upright),
        }
    }

    fn read_upright(&self, upright: &RgbImage) -> Result<Page, OcrError> {
        let (found, lines) = self.lines_of(upright)?;
        let least = self.min_score();
        let kept = lines.into_iter().filter(|line| is_reported(line, least));
        let lines = kept.map(|line| TextLine { quad: found.to_source(line.quad), ..line }).collect();
        Ok(Page::arranged(upright.size(), lines, self.options.order))
    }

    /// Every box that was found, read; in the recipe's order, in pixels of the canvas.
    fn lines_of<'a>(&self, upright: &'a RgbImage) -> Result<(Found<'a>, Vec<TextLine>), OcrError> {
        let found = self.found(upright)?;
        let quads: Vec<Quad> = in_order(&found.boxes, self.order()).into_iter().map(|found| found.quad).collect();
        let lines = self.line_reader().read(found.canvas(), &quads)?;
        Ok((found, lines))
    }

    fn line_reader(&self) -> LineReader<'_> {
        LineReader {
            orienter: self.line_orienter.as_ref(),
            recognizer: &self.recognizer,
            turn_from: self.recipe.read.turn_from,
            spaces: self.options.spaces == Spaces::Auto,
            threads: &self.threads,
        }
    }

    /// The order in which boxes are read: the one that was asked for, where it is one of boxes.
    fn order(&self) -> ReadingOrder {
        if self.options.order == ReadingOrder::Human { self.recipe.order } else { self.options.order }
    }

    fn min_score(&self) -> f32 {
        self.options.min_score.unwrap_or(self.recipe.read.min_score)
    }

    fn explain_upright(&self, upright: &RgbImage) -> Result<Vec<Explained>, OcrError> {
        let windows = if self.options.windows { windows(&self.detector, upright) } else { Vec::new() };
        let seen = match windows.as_slice() {
            [] | [_] => self.detector.explain(upright)?,
            windows => candidates(&self.detector, upright, windows)?,
        };
        let dropped = seen.into_iter().filter(|candidate| !candidate.fate.is_kept());
        let mut explained: Vec<Explained> =
            dropped.map(|candidate| Explained { quad: candidate.quad, fate: LineFate::NoBox(candidate.fate) }).collect();
        let (found, lines) = self.lines_of(upright)?;
        let least = self.min_score();
        explained.extend(lines.into_iter().map(|line| Explained { quad: found.to_source(line.quad), fate: fate(line, least) }));
        Ok(explained)
    }
}

/// Boxes in the order of a recipe.
fn in_order(boxes: &[DetectedBox], order: ReadingOrder) -> Vec<&DetectedBox> {
    let quads: Vec<Quad> = boxes.iter().map(|found| found.quad).collect();
    order.layout(&quads).order().into_iter().map(|index| &boxes[index]).collect()
}

/// Whether a line is one that a user wants to see.
fn is_reported(line: &TextLine, least: f32) -> bool {
    !line.text.is_empty() && line.score >= least
}

fn fate(line: TextLine, least: f32) -> LineFate {
    let reported = is_reported(&line, least);
    let TextLine { text, score, .. } = line;
    match (text.is_empty(), reported) {
        (true, _) => LineFate::Empty,
        (false, false) => LineFate::LowScore { text, score, least },
        (false, true) => LineFate::Kept { text, score },
    }
}
