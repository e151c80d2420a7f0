//! Finding the lines of an upright picture: in one look, or in windows where one look would see too little.

use vtk_imaging::RgbImage;
use vtk_kernels::Threads;

use crate::detect::{Candidate, DetectedBox, Framed, TextDetector};
use crate::layout::{Window, join_windows, plan_windows};
use crate::{OcrError, Quad};

/// Lines that were found, and the picture from which they are to be cut.
pub(super) struct Found<'a> {
    framed: Framed<'a>,
    /// In pixels of [`Found::canvas`].
    pub(super) boxes: Vec<DetectedBox>,
}

impl<'a> Found<'a> {
    /// As the detector's recipe does it: one look.
    pub(super) fn in_one(detector: &TextDetector, picture: &'a RgbImage) -> Result<Self, OcrError> {
        let framed = detector.frame(picture)?;
        let boxes = detector.detect_framed(&framed.picture)?;
        Ok(Self { framed, boxes })
    }

    /// In windows where the picture needs them.
    pub(super) fn in_windows(detector: &TextDetector, picture: &'a RgbImage, threads: &Threads) -> Result<Self, OcrError> {
        let windows = windows(detector, picture);
        if windows.len() < 2 {
            return Self::in_one(detector, picture);
        }
        let alone = detector.with_threads(Threads::one());
        let found = threads.map(&windows, |window| boxes_in(&alone, picture, window));
        let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
        let joined = join_windows(picture.size(), &found);
        let boxes = joined.into_iter().map(|(quad, score)| DetectedBox { quad, polygon: Vec::new(), score });
        Ok(Self { framed: Framed::whole(picture), boxes: boxes.collect() })
    }

    /// The picture that boxes are cut from.
    pub(super) fn canvas(&self) -> &RgbImage {
        &self.framed.picture
    }

    /// From the canvas to the picture.
    pub(super) fn to_source(&self, quad: Quad) -> Quad {
        self.framed.quad_to_source(quad)
    }
}

/// The windows in which a picture is to be looked at; one, the whole, where one look is enough.
pub(super) fn windows(detector: &TextDetector, picture: &RgbImage) -> Vec<Window> {
    plan_windows(picture.size(), detector.options().preparation.limit)
}

/// The boxes of one window, in pixels of the picture.
fn boxes_in(detector: &TextDetector, picture: &RgbImage, window: &Window) -> Result<(Window, Vec<(Quad, f32)>), OcrError> {
    let boxes = detector.detect_framed(&cut(picture, window)?)?;
    Ok((*window, boxes.into_iter().map(|found| (found.quad.map(|corner| shifted(corner, window)), found.score)).collect()))
}

/// Every area that the detector saw in the windows, with what became of it, in pixels of the picture.
pub(super) fn candidates(detector: &TextDetector, picture: &RgbImage, windows: &[Window]) -> Result<Vec<Candidate>, OcrError> {
    let mut all = Vec::new();
    for window in windows {
        for candidate in detector.explain(&cut(picture, window)?)? {
            let shift = |corner| shifted(corner, window);
            all.push(Candidate {
                quad: candidate.quad.map(shift),
                polygon: candidate.polygon.iter().copied().map(shift).collect(),
                ..candidate
            });
        }
    }
    Ok(all)
}

/// From a window's pixels to the picture's.
fn shifted([x, y]: [f32; 2], window: &Window) -> [f32; 2] {
    [x + window.left as f32, y + window.top as f32]
}

/// The part of a picture under a window.
fn cut(picture: &RgbImage, window: &Window) -> Result<RgbImage, OcrError> {
    Ok(picture.crop(window.left, window.top, window.size.width, window.size.height)?)
}
