//! The classifier: a network, its preparation and its labels.

use std::collections::BTreeMap;
use std::path::Path;

use ndarray::Axis;
use vtk_backbone::Arch;
use vtk_imaging::{Prepared, Recipe, RgbImage};
use vtk_kernels::Threads;
use vtk_nn::Network;
use vtk_weights::{Checkpoint, Format};
use vtk_zoo::{Entry, Model, Zoo, labels_of};

use crate::decode::{Class, Classification, Output, are_probabilities, ranking, softmax};
use crate::meaning::Meaning;
use crate::{ClsError, LoadOptions, net};

/// Names what a picture shows. Cloning is cheap and shares the network.
#[derive(Debug, Clone)]
pub struct Classifier {
    name: String,
    network: Network,
    arch: Option<Arch>,
    recipe: Recipe,
    labels: Option<Vec<String>>,
    meaning: Meaning,
    output: Option<Output>,
}

impl Classifier {
    /// The model of this name, or the file at this path.
    ///
    /// # Errors
    /// Those of the zoo for a model that is not there, and those of [`Self::from_bytes`].
    pub fn from_zoo(zoo: &Zoo, name_or_path: &str, options: &LoadOptions) -> Result<Self, ClsError> {
        Self::from_model(&zoo.open(name_or_path)?, options)
    }

    /// A model that the zoo opened.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_model(model: &Model, options: &LoadOptions) -> Result<Self, ClsError> {
        Self::load(model.name(), model.file(), model.bytes(), model.entry(), options)
    }

    /// A weight file (`.pdparams`, `.safetensors`) or graph (`.onnx`).
    ///
    /// # Errors
    /// [`ClsError::Zoo`] for a file that can't be read, and those of [`Self::from_bytes`].
    pub fn from_path(path: &Path, options: &LoadOptions) -> Result<Self, ClsError> {
        // A path needs no cache folder.
        Self::from_model(&Zoo::new("").open_path(path)?, options)
    }

    /// The bytes of a weight file or graph; `name` is for messages, and its ending `.onnx` tells a graph.
    ///
    /// # Errors
    /// [`ClsError::Weights`], [`ClsError::Network`] for bytes that are no model; [`ClsError::UnknownArch`] where the file does not say
    /// which network it is; [`ClsError::NotAClassifier`]; [`ClsError::Metadata`].
    pub fn from_bytes(name: &str, bytes: &[u8], options: &LoadOptions) -> Result<Self, ClsError> {
        Self::load(name, name, bytes, None, options)
    }

    fn load(name: &str, file: &str, bytes: &[u8], entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, ClsError> {
        let is_graph = Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx")) && Format::of_content(bytes).is_none();
        if is_graph {
            let network = Network::from_onnx(name, bytes).map_err(|cause| ClsError::Network { model: name.to_owned(), cause })?;
            return Self::new(name, network, None, None, entry, options);
        }
        let weights = Checkpoint::from_bytes(name, bytes)?;
        Self::from_checkpoint(name, &weights, entry, options)
    }

    /// Weights that were read already. `entry` is what the catalogue says of them.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_checkpoint(name: &str, weights: &Checkpoint, entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, ClsError> {
        let recipe = recipe_of(name, weights.metadata(), entry, options)?;
        let (height, width) = recipe.input_size().unwrap_or((224, 224));
        let grown = net::grow(name, weights, options.arch.as_ref(), entry, options.embedding, [1, 3, height, width])?;
        Self::new(name, grown.network, Some(grown.arch), Some(Output::Logits), entry, options)
    }

    fn new(
        name: &str,
        network: Network,
        arch: Option<Arch>,
        output: Option<Output>,
        entry: Option<&Entry>,
        options: &LoadOptions,
    ) -> Result<Self, ClsError> {
        let metadata = network.metadata();
        let recipe = recipe_of(name, metadata, entry, options)?;
        let labels = match &options.labels {
            Some(labels) => Some(labels.clone()),
            None => labels_of(name, metadata, entry)?,
        };
        let meaning = Meaning::of_model(name, metadata, entry)?;
        let classifier = Self { name: name.to_owned(), network, arch, recipe, labels, meaning, output };
        classifier.check_inputs()?;
        Ok(classifier)
    }

    /// A graph must take one picture and must take the size that the recipe makes.
    fn check_inputs(&self) -> Result<(), ClsError> {
        let fail = |reason: String| Err(ClsError::NotAClassifier { model: self.name.clone(), reason });
        let [input] = self.network.inputs() else {
            return fail(format!("takes {} inputs; a classifier takes one picture", self.network.inputs().len()));
        };
        if input.shape.len() != 4 || input.shape[1].is_some_and(|c| c != 3) {
            return fail(format!("takes {input}; a classifier takes [batch, 3, height, width]"));
        }
        let Some((height, width)) = self.recipe.input_size() else { return Ok(()) };
        let fits = |wanted: Option<usize>, size: usize| wanted.is_none_or(|w| w == size);
        if !fits(input.shape[2], height) || !fits(input.shape[3], width) {
            return fail(format!(
                "takes {input}, but its preparation makes pictures {height} high and {width} wide; name another with --recipe"
            ));
        }
        Ok(())
    }

    /// The same classifier, its operators spread over these threads.
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self { network: self.network.with_threads(threads), ..self.clone() }
    }

    /// Classifies a picture.
    ///
    /// # Errors
    /// [`ClsError::Imaging`] for a picture that can't be prepared; [`ClsError::Network`], [`ClsError::NotFinite`].
    pub fn classify(&self, picture: &RgbImage) -> Result<Classification, ClsError> {
        let raw = self.run(&self.prepare(picture)?)?;
        self.decode(&raw)
    }

    /// Classifies pictures side by side, each with one thread; results in the order of the pictures.
    pub fn classify_batch(&self, pictures: &[RgbImage], threads: &Threads) -> Vec<Result<Classification, ClsError>> {
        let alone = self.with_threads(Threads::one());
        threads.map(pictures, |p| alone.classify(p))
    }

    /// The scores by class number.
    ///
    /// # Errors
    /// As [`Self::classify`].
    pub fn scores(&self, picture: &RgbImage) -> Result<Vec<f32>, ClsError> {
        let raw = self.run(&self.prepare(picture)?)?;
        self.probabilities(&raw)
    }

    /// The embedding of a picture, for a classifier that was loaded with [`LoadOptions::embedding`].
    ///
    /// # Errors
    /// [`ClsError::Metadata`] where it was not; else as [`Self::classify`].
    pub fn embed(&self, picture: &RgbImage) -> Result<Vec<f32>, ClsError> {
        let Some(output) = self.network.outputs().iter().position(|o| o == "embedding") else {
            let what = "was loaded without LoadOptions::embedding, or is a graph, which gives none".to_owned();
            return Err(ClsError::Metadata { model: self.name.clone(), what });
        };
        self.outputs(&self.prepare(picture)?, output)
    }

    /// First part of [`Self::classify`]: the picture as the network's input.
    ///
    /// # Errors
    /// [`ClsError::Imaging`].
    pub fn prepare(&self, picture: &RgbImage) -> Result<Prepared, ClsError> {
        Ok(self.recipe.prepare(picture)?)
    }

    /// Second part: the network's raw output for each class.
    ///
    /// # Errors
    /// [`ClsError::Network`].
    pub fn run(&self, prepared: &Prepared) -> Result<Vec<f32>, ClsError> {
        self.outputs(prepared, 0)
    }

    /// Third part: classes in order.
    ///
    /// # Errors
    /// [`ClsError::NotFinite`], or [`ClsError::Metadata`] where there are not as many labels as classes.
    pub fn decode(&self, raw: &[f32]) -> Result<Classification, ClsError> {
        let scores = self.probabilities(raw)?;
        self.check_labels(scores.len())?;
        let label = |i: usize| self.labels.as_ref().map(|l| l[i].clone());
        let classes: Vec<Class> =
            ranking(&scores).into_iter().map(|index| Class { index, label: label(index), score: scores[index] }).collect();
        let sure = classes.first().is_some_and(|best| best.score >= self.meaning.sure);
        Ok(Classification { classes, sure })
    }

    /// Plans the network for the recipe's size ahead of the first picture; nothing to do where the recipe makes pictures of any size.
    ///
    /// # Errors
    /// [`ClsError::Network`].
    pub fn plan(&self) -> Result<(), ClsError> {
        match self.recipe.input_size() {
            None => Ok(()),
            Some((h, w)) => self.network.prepare(&[vec![1, 3, h, w]]).map_err(|cause| self.network_error(cause)),
        }
    }

    /// How many classes the model knows, found without running it but not for nothing. None where the recipe makes pictures of any size,
    /// or a graph does not say it.
    ///
    /// # Errors
    /// [`ClsError::Network`].
    pub fn classes(&self) -> Result<Option<usize>, ClsError> {
        let Some((h, w)) = self.recipe.input_size() else { return Ok(None) };
        let shapes = self.network.output_shapes(&[vec![1, 3, h, w]]).map_err(|source| self.network_error(source))?;
        Ok(shapes.first().and_then(|shape| shape.iter().skip(1).copied().product()))
    }

    fn check_labels(&self, classes: usize) -> Result<(), ClsError> {
        match &self.labels {
            Some(labels) if labels.len() != classes => {
                let what = format!("{} labels for {classes} classes; give a list with one for each by --labels", labels.len());
                Err(ClsError::Metadata { model: self.name.clone(), what })
            }
            _ => Ok(()),
        }
    }

    /// The model's name or path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The architecture; none for a graph.
    pub fn arch(&self) -> Option<&Arch> {
        self.arch.as_ref()
    }

    /// The network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The preparation.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The names of the classes, in order.
    pub fn labels(&self) -> Option<&[String]> {
        self.labels.as_deref()
    }

    /// What a class of this model tells: `ImageNet class`, `page orientation`; `class` where nothing says it.
    pub fn meaning(&self) -> &str {
        &self.meaning.what
    }

    /// What stands behind a label: `°`, or nothing.
    pub fn unit(&self) -> &str {
        &self.meaning.unit
    }

    /// The score of each class by its number, from the raw output.
    ///
    /// # Errors
    /// [`ClsError::NotFinite`].
    pub fn probabilities(&self, raw: &[f32]) -> Result<Vec<f32>, ClsError> {
        if let Some(found) = raw.iter().find(|v| !v.is_finite()) {
            return Err(ClsError::NotFinite { model: self.name.clone(), found: *found });
        }
        let is_final = match self.output {
            Some(output) => output == Output::Probabilities,
            None => are_probabilities(raw),
        };
        Ok(if is_final { raw.to_vec() } else { softmax(raw) })
    }

    fn outputs(&self, prepared: &Prepared, output: usize) -> Result<Vec<f32>, ClsError> {
        let mut outputs = self.network.run(&[prepared.tensor.view().into_dyn()]).map_err(|cause| self.network_error(cause))?;
        let raw = outputs.swap_remove(output);
        if raw.ndim() != 2 || raw.len_of(Axis(0)) != 1 {
            let reason = format!("gives an output of shape {:?}; a classifier gives [1, classes]", raw.shape());
            return Err(ClsError::NotAClassifier { model: self.name.clone(), reason });
        }
        Ok(raw.into_iter().collect())
    }

    fn network_error(&self, cause: vtk_nn::NnError) -> ClsError {
        ClsError::Network { model: self.name.clone(), cause }
    }
}

/// The preparation of a model: the one given, else the file's, else the catalogue's, else ImageNet's usual one.
fn recipe_of(name: &str, metadata: &BTreeMap<String, String>, entry: Option<&Entry>, options: &LoadOptions) -> Result<Recipe, ClsError> {
    if let Some(recipe) = &options.recipe {
        return Ok(recipe.clone());
    }
    match vtk_zoo::recipe_of(name, metadata, entry)? {
        Some(recipe) => Ok(recipe),
        None => Ok("imagenet-224".parse()?),
    }
}
