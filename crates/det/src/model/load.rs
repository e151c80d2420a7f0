//! From a name, a file or bytes to a detector.

use std::path::Path;

use vtk_imaging::{Recipe, Size};
use vtk_nn::Network;
use vtk_weights::{Checkpoint, Format};
use vtk_zoo::{Entry, Model, Zoo, labels_of, text_list};

use super::Detector;
use crate::decode::BINS;
use crate::graph::{self, Form};
use crate::net::{PROJECT_KEY, identify};
use crate::{DetError, DetectOptions, LoadOptions, PicoDetConfig, recipe};

impl Detector {
    /// The model of this name, or the file at this path.
    ///
    /// # Errors
    /// Those of the zoo for a model that is not there, and those of [`Self::from_bytes`].
    pub fn from_zoo(zoo: &Zoo, name_or_path: &str, options: &LoadOptions) -> Result<Self, DetError> {
        Self::from_model(&zoo.open(name_or_path)?, options)
    }

    /// A model that the zoo opened.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_model(model: &Model, options: &LoadOptions) -> Result<Self, DetError> {
        Self::load(model.name(), model.file(), model.bytes(), model.entry(), options)
    }

    /// A weight file (`.pdparams`, `.safetensors`) or graph (`.onnx`).
    ///
    /// # Errors
    /// [`DetError::Zoo`] for a file that can't be read, and those of [`Self::from_bytes`].
    pub fn from_path(path: &Path, options: &LoadOptions) -> Result<Self, DetError> {
        // A path needs no cache folder.
        Self::from_model(&Zoo::new("").open_path(path)?, options)
    }

    /// The bytes of a weight file or graph; `name` is for messages, and its ending `.onnx` tells a graph.
    ///
    /// # Errors
    /// [`DetError::Weights`], [`DetError::Network`] for bytes that are no model; [`DetError::UnknownArch`] where the file does not say
    /// which network it is, [`DetError::Contradiction`] where it is another one; [`DetError::NotADetector`]; [`DetError::Metadata`].
    pub fn from_bytes(name: &str, bytes: &[u8], options: &LoadOptions) -> Result<Self, DetError> {
        Self::load(name, name, bytes, None, options)
    }

    fn load(name: &str, file: &str, bytes: &[u8], entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, DetError> {
        let is_graph = Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx")) && Format::of_content(bytes).is_none();
        if !is_graph {
            return Self::from_checkpoint(name, &Checkpoint::from_bytes(name, bytes)?, entry, options);
        }
        let network = Network::from_onnx(name, bytes).map_err(|cause| DetError::Network { model: name.to_owned(), cause })?;
        let usual = graph::fixed_size(&network).map(|size| recipe::official(size, true)).transpose()?;
        let Some(recipe) = recipe_of(name, &network, entry, options)?.or(usual) else {
            let what = "takes pictures of any size, and nothing says which it was trained on; give a preparation by --recipe (picodet-320)";
            return Err(DetError::Metadata { model: name.to_owned(), what: what.to_owned() });
        };
        Self::new(name, network, None, recipe, entry, options)
    }

    /// Weights that were read already. `entry` is what the catalogue says of them.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_checkpoint(name: &str, weights: &Checkpoint, entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, DetError> {
        let arch = identify(name, weights, options.arch.as_ref(), entry)?;
        let Size { width, height } = arch.input_size();
        let config = arch.clone();
        let grow = move |net: &mut vtk_nn::NetBuilder<'_>, x| Ok(config.grow(net, x, config.classes())?.outputs());
        let network =
            Network::grow(weights, [1, 3, height, width], grow).map_err(|cause| DetError::Network { model: name.to_owned(), cause })?;
        let recipe = match recipe_of(name, &network, entry, options)? {
            Some(recipe) => recipe,
            None => arch.recipe()?,
        };
        let mut detector = Self::new(name, network, Some(arch), recipe, entry, options)?;
        if let Some(vector) = weights.get(PROJECT_KEY) {
            let project = vector.to_f32()?;
            if project.len() != BINS || project.iter().any(|distance| !distance.is_finite()) {
                let what = format!("`{PROJECT_KEY}` holds {project:?}; {BINS} distances were expected");
                return Err(DetError::Metadata { model: name.to_owned(), what });
            }
            detector.form = Form::Levels { project };
        }
        Ok(detector)
    }

    fn new(
        name: &str,
        network: Network,
        arch: Option<PicoDetConfig>,
        recipe: Recipe,
        entry: Option<&Entry>,
        options: &LoadOptions,
    ) -> Result<Self, DetError> {
        let input = input_of(name, &network, &recipe)?;
        let seen = graph::look(name, &network, input)?;
        let labels = match &options.labels {
            Some(labels) => Some(labels.clone()),
            None => labels_of(name, network.metadata(), entry)?,
        };
        let labels = labels.or_else(|| usual_labels(seen.classes?));
        if let (Some(labels), Some(classes)) = (labels.as_ref(), seen.classes)
            && labels.len() != classes
        {
            let what = format!("{} labels for {classes} classes; give a list with one for each by --labels", labels.len());
            return Err(DetError::Metadata { model: name.to_owned(), what });
        }
        let options = DetectOptions::default();
        Ok(Self { name: name.to_owned(), network, arch, recipe, input, form: seen.form, classes: seen.classes, labels, options })
    }
}

/// The preparation of a model: the one given, else the file's, else the catalogue's.
fn recipe_of(name: &str, network: &Network, entry: Option<&Entry>, options: &LoadOptions) -> Result<Option<Recipe>, DetError> {
    match &options.recipe {
        Some(recipe) => Ok(Some(recipe.clone())),
        None => Ok(vtk_zoo::recipe_of(name, network.metadata(), entry)?),
    }
}

/// The size that the recipe makes, which a graph must take.
fn input_of(name: &str, network: &Network, recipe: &Recipe) -> Result<Size, DetError> {
    let fail = |what: String| Err(DetError::Metadata { model: name.to_owned(), what });
    let Some((height, width)) = recipe.input_size() else {
        return fail(format!(
            "its preparation `{recipe}` makes pictures of several sizes; a detector takes one: resize to a width and height"
        ));
    };
    match graph::fixed_size(network) {
        Some(size) if size != Size::new(width, height) => {
            fail(format!("takes pictures of {size}, but its preparation makes them {width}×{height}; name another with --recipe"))
        }
        _ => Ok(Size::new(width, height)),
    }
}

/// What so many classes are called where nothing says it: raw exports carry no names.
fn usual_labels(classes: usize) -> Option<Vec<String>> {
    let list = match classes {
        80 => "coco-80",
        10 => "cdla-10",
        5 => "publaynet-5",
        _ => return None,
    };
    text_list(list).map(|text| text.lines().map(str::to_owned).collect())
}
