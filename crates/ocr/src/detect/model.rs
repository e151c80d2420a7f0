//! The detector: a network, its preparation and the rules of its decoding.

use std::path::Path;

use ndarray::{Array2, ArrayView2, Axis, Ix4};
use vtk_imaging::{Move, Placement, Prepared, Recipe, RgbImage, Size};
use vtk_kernels::Threads;
use vtk_nn::Network;
use vtk_weights::Checkpoint;
use vtk_zoo::{Entry, Model, Zoo};

use super::decode::{Candidate, DetectedBox, candidates, decode, finish, settle};
use super::{DbNetConfig, DetectOptions, Framed, load};
use crate::load::{Loaded, graph_with_arch, network_error, recipe_of};
use crate::{OcrError, OcrRecipe};

/// Plans that are kept: pages of one scanner or camera have one size or two, those of a mixed heap hardly ever the same.
const PLANS: usize = 8;

/// What the sides of a detector's input are multiples of.
const STRIDE: usize = 32;

/// Finds lines of text. Cloning is cheap and shares the network.
#[derive(Clone, Debug)]
pub struct TextDetector {
    name: String,
    network: Network,
    config: Option<DbNetConfig>,
    recipe: OcrRecipe,
    options: DetectOptions,
    preparation: Recipe,
}

/// What a user may say about a model that goes before what its file and the catalogue say.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// The network, for weights that don't say what they are.
    pub arch: Option<DbNetConfig>,
    /// The recipe.
    pub recipe: Option<OcrRecipe>,
}

impl TextDetector {
    /// The model of this name, or the file at this path.
    ///
    /// # Errors
    /// Those of the zoo for a model that is not there, and those of [`Self::from_bytes`].
    pub fn from_zoo(zoo: &Zoo, name_or_path: &str, options: &LoadOptions) -> Result<Self, OcrError> {
        Self::from_model(&zoo.open(name_or_path)?, options)
    }

    /// A model that the zoo opened.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_model(model: &Model, options: &LoadOptions) -> Result<Self, OcrError> {
        Self::load(model.name(), model.file(), model.bytes(), model.entry(), options)
    }

    /// A weight file (`.pdparams`, `.safetensors`) or graph (`.onnx`).
    ///
    /// # Errors
    /// [`OcrError::Zoo`] for a file that can't be read, and those of [`Self::from_bytes`].
    pub fn from_path(path: &Path, options: &LoadOptions) -> Result<Self, OcrError> {
        // A path needs no cache folder.
        Self::from_model(&Zoo::new("").open_path(path)?, options)
    }

    /// The bytes of a weight file or graph; `name` is for messages, and its ending `.onnx` tells a graph.
    ///
    /// # Errors
    /// [`OcrError::Weights`], [`OcrError::Network`] for bytes that are no model; [`OcrError::Metadata`] where the file does not say which
    /// network it is, or names a recipe that there is not; [`OcrError::Output`] for a graph that is no detector.
    pub fn from_bytes(name: &str, bytes: &[u8], options: &LoadOptions) -> Result<Self, OcrError> {
        Self::load(name, name, bytes, None, options)
    }

    fn load(name: &str, file: &str, bytes: &[u8], entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, OcrError> {
        match Loaded::from_bytes(name, file, bytes)? {
            Loaded::Weights(weights) => Self::from_checkpoint(name, &weights, entry, options),
            Loaded::Graph(_) if options.arch.is_some() => Err(graph_with_arch(name)),
            Loaded::Graph(network) => Self::new(name, network, None, entry, options),
        }
    }

    /// Weights that were read already. `entry` is what the catalogue says of them.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_checkpoint(name: &str, weights: &Checkpoint, entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, OcrError> {
        let config = load::identify(name, weights, options.arch.as_ref(), entry)?;
        let network = config.network(weights).map_err(network_error(name))?;
        Self::new(name, network, Some(config), entry, options)
    }

    fn new(
        name: &str,
        network: Network,
        config: Option<DbNetConfig>,
        entry: Option<&Entry>,
        options: &LoadOptions,
    ) -> Result<Self, OcrError> {
        let [input] = network.inputs() else {
            let what = format!("takes {} inputs; a text detector takes one picture", network.inputs().len());
            return Err(OcrError::Output { model: name.to_owned(), what });
        };
        if input.shape.len() != 4 || input.shape[1].is_some_and(|channels| channels != 3) {
            let what = format!("takes {input}; a text detector takes [batch, 3, height, width]");
            return Err(OcrError::Output { model: name.to_owned(), what });
        }
        if let Some(height) = input.shape[2].filter(|height| height % STRIDE != 0 || *height < 2 * STRIDE) {
            let what =
                format!("takes pictures {height} pixels high, so it reads lines rather than finds them: a recognizer goes with --rec");
            return Err(OcrError::Output { model: name.to_owned(), what });
        }
        network.keep_plans(PLANS);
        let recipe = match &options.recipe {
            Some(recipe) => recipe.clone(),
            None => recipe_of(name, network.metadata(), entry)?,
        };
        let options = recipe.detect.clone();
        options.check()?;
        let preparation = options.preparation.recipe()?;
        Ok(Self { name: name.to_owned(), network, config, recipe, options, preparation })
    }

    /// The same detector with other options than its recipe's.
    ///
    /// # Errors
    /// [`OcrError::Option`] or [`OcrError::Imaging`] for one that is out of its range.
    pub fn with_options(&self, options: DetectOptions) -> Result<Self, OcrError> {
        options.check()?;
        let preparation = options.preparation.recipe()?;
        Ok(Self { options, preparation, ..self.clone() })
    }

    /// The same detector, its operators spread over these threads.
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self { network: self.network.with_threads(threads), ..self.clone() }
    }

    /// The lines of a picture in its own pixels, those at the bottom first. A picture without text gives none.
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a picture that can't be prepared; [`OcrError::Network`]; [`OcrError::Output`] for a map of another shape
    /// or without a single number.
    pub fn detect(&self, picture: &RgbImage) -> Result<Vec<DetectedBox>, OcrError> {
        let framed = self.frame(picture)?;
        let mut boxes = self.detect_framed(&framed.picture)?;
        for found in &mut boxes {
            found.quad = framed.quad_to_source(found.quad);
            found.polygon.iter_mut().for_each(|point| *point = framed.to_source(*point));
        }
        Ok(boxes)
    }

    /// The lines of a picture that is in its frame already, in pixels of that. Crops are to be taken from it.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn detect_framed(&self, picture: &RgbImage) -> Result<Vec<DetectedBox>, OcrError> {
        let prepared = self.prepare(picture)?;
        let map = self.run(&prepared)?;
        Ok(self.decode(map.view(), &prepared.back))
    }

    /// Every area that the map has, with what became of it: those of [`Self::detect`] are the kept ones.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub fn explain(&self, picture: &RgbImage) -> Result<Vec<Candidate>, OcrError> {
        let framed = self.frame(picture)?;
        let prepared = self.prepare(&framed.picture)?;
        let map = self.run(&prepared)?;
        let (over, size) = (covered(&prepared.back), framed.picture.size());
        let settled = candidates(map.view(), over, &self.options.db).map(|candidate| settle(candidate, size, self.options.corners));
        let to_source = |candidate: Candidate| Candidate {
            quad: framed.quad_to_source(candidate.quad),
            polygon: candidate.polygon.iter().map(|point| framed.to_source(*point)).collect(),
            ..candidate
        };
        Ok(settled.map(to_source).collect())
    }

    /// First part of [`Self::detect`]: the picture within the recipe's frame, or as it is.
    ///
    /// # Errors
    /// Those of [`Frame::apply`](super::Frame::apply).
    pub fn frame<'a>(&self, picture: &'a RgbImage) -> Result<Framed<'a>, OcrError> {
        match &self.options.frame {
            Some(frame) => frame.apply(picture),
            None => Ok(Framed::whole(picture)),
        }
    }

    /// Second part: the framed picture as the network's input.
    ///
    /// # Errors
    /// [`OcrError::Imaging`].
    pub fn prepare(&self, picture: &RgbImage) -> Result<Prepared, OcrError> {
        Ok(self.preparation.prepare(picture)?)
    }

    /// Third part: the network's map over the prepared picture, `[height, width]`.
    ///
    /// # Errors
    /// [`OcrError::Network`]; [`OcrError::Output`] for a map of another shape or without a single number.
    pub fn run(&self, prepared: &Prepared) -> Result<Array2<f32>, OcrError> {
        let fail = |what: String| OcrError::Output { model: self.name.clone(), what };
        let outputs = self.network.run(&[prepared.tensor.view().into_dyn()]).map_err(network_error(&self.name))?;
        let Some(raw) = outputs.into_iter().next() else { return Err(fail("gives no output".to_owned())) };
        let (shape, (_, _, height, width)) = (raw.shape().to_vec(), prepared.tensor.dim());
        if shape != [1, 1, height, width] {
            return Err(fail(format!("gives an output of shape {shape:?}; a text detector gives [1, 1, {height}, {width}] here")));
        }
        let map = raw.into_dimensionality::<Ix4>().map_err(|e| fail(e.to_string()))?;
        let map = map.index_axis_move(Axis(0), 0).index_axis_move(Axis(0), 0);
        if map.iter().all(|p| p.is_nan()) {
            return Err(fail("the network gave no number at all; its weights are damaged".to_owned()));
        }
        Ok(map)
    }

    /// Fourth part: a map over a prepared picture to boxes in the pixels of the framed picture that it was prepared from.
    pub fn decode(&self, map: ArrayView2<'_, f32>, back: &Placement) -> Vec<DetectedBox> {
        finish(decode(map, covered(back), &self.options.db), back.source(), self.options.corners)
    }

    /// Plans the network for pictures of this size ahead of the first.
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a size that can't be prepared, [`OcrError::Network`].
    pub fn plan(&self, size: Size) -> Result<(), OcrError> {
        let Size { width, height } = self.preparation.plan(size)?.placement.size();
        self.network.prepare(&[vec![1, 3, height, width]]).map_err(network_error(&self.name))
    }

    /// The model's name or path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Which network it is; none for a graph.
    pub fn config(&self) -> Option<&DbNetConfig> {
        self.config.as_ref()
    }

    /// The recipe that was given, or that the file or the catalogue names; PaddleOCR's where neither does.
    pub fn recipe(&self) -> &OcrRecipe {
        &self.recipe
    }

    /// The options in force.
    pub fn options(&self) -> &DetectOptions {
        &self.options
    }
}

/// The size of the picture that the map covers: what was resized to the network's input, any ground of a small picture included.
fn covered(back: &Placement) -> Size {
    back.moves().iter().rev().find(|m| matches!(m, Move::Resize { .. })).map_or(back.source(), Move::from)
}
