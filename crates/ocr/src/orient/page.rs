//! Pages that lie on a side or stand on their heads.

use std::path::Path;

use serde::Serialize;
use vtk_imaging::RgbImage;
use vtk_kernels::Threads;
use vtk_nn::Network;
use vtk_zoo::{Model, Zoo};

use super::classifier::Classifier;
use crate::OcrError;

/// The model for pages: PP-LCNet x1.0.
pub const PAGE_MODEL: &str = "page-orientation";

/// The score from which on a page is turned unasked. Of 18 pages none is turned wrongly from 0.6 on; photographs of other things need more
/// (`experiments/ocr/page-orientation.md`).
pub const SURE: f32 = 0.85;

/// Which way up a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PageOrientation {
    /// Clockwise quarter turns by which the page is off, 0 to 3: [`RgbImage::rotate`] by minus so many rights it.
    pub quarters: u8,
    /// The network's probability of that, 0 to 1.
    pub score: f32,
}

impl PageOrientation {
    /// Clockwise quarter turns that right the page, if the score reaches `sure` ([`SURE`] is for all pages); else 0.
    #[must_use]
    pub fn turn(&self, sure: f32) -> i32 {
        if self.score >= sure { i32::from((4 - self.quarters % 4) % 4) } else { 0 }
    }
}

/// Tells which way up a page stands. Cloning is cheap and shares the network.
#[derive(Clone, Debug)]
pub struct PageOrienter {
    classifier: Classifier,
}

impl PageOrienter {
    /// The model of this name ([`PAGE_MODEL`] is the usual one), or the file at this path.
    ///
    /// # Errors
    /// Those of the zoo for a model that is not there, and those of [`Self::from_bytes`].
    pub fn from_zoo(zoo: &Zoo, name_or_path: &str) -> Result<Self, OcrError> {
        Self::from_model(&zoo.open(name_or_path)?)
    }

    /// A model that the zoo opened.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_model(model: &Model) -> Result<Self, OcrError> {
        Ok(Self { classifier: Classifier::from_model(model, None)? })
    }

    /// A weight file (`.pdparams`, `.safetensors`) or graph (`.onnx`).
    ///
    /// # Errors
    /// [`OcrError::Zoo`] for a file that can't be read, and those of [`Self::from_bytes`].
    pub fn from_path(path: &Path) -> Result<Self, OcrError> {
        // A path needs no cache folder.
        Self::from_model(&Zoo::new("").open_path(path)?)
    }

    /// The bytes of a weight file or graph; `name` is for messages, and its ending `.onnx` tells a graph.
    ///
    /// # Errors
    /// As [`LineOrienter::from_bytes`](super::LineOrienter::from_bytes).
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, OcrError> {
        Ok(Self { classifier: Classifier::from_bytes(name, name, bytes, None, None)? })
    }

    /// The same, its operators spread over these threads.
    pub fn with_threads(&self, threads: Threads) -> Self {
        let mut this = self.clone();
        this.classifier.network = this.classifier.network.with_threads(threads);
        this
    }

    /// Which way up this page stands. What is said of a picture without text means nothing, whatever the score.
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a picture that can't be prepared; [`OcrError::Network`], [`OcrError::Output`].
    pub fn orient(&self, page: &RgbImage) -> Result<PageOrientation, OcrError> {
        let (quarters, score) = self.classifier.turn_of(page)?;
        Ok(PageOrientation { quarters, score })
    }

    /// The model's name or path.
    pub fn name(&self) -> &str {
        &self.classifier.name
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.classifier.network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_sure_page_is_turned_and_back_to_where_it_was() {
        let picture = RgbImage::new(2, 1, vec![1, 1, 1, 2, 2, 2]).unwrap();
        for quarters in 0..4 {
            let orientation = PageOrientation { quarters, score: SURE };
            assert_eq!(picture.rotate(quarters.into()).rotate(orientation.turn(SURE)), picture);
            assert_eq!(orientation.turn(SURE + 0.01), 0);
        }
    }
}
