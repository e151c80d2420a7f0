//! The detector: a network, its preparation, its labels, and which boxes are wanted.

use std::path::Path;

use ndarray::{ArrayD, ArrayViewD, arr2};
use vtk_imaging::{Move, Placement, Prepared, Recipe, RgbImage, Size};
use vtk_kernels::Threads;
use vtk_nn::{Network, NnError};
use vtk_weights::{Checkpoint, Format};
use vtk_zoo::{Entry, Model, Zoo, labels_of, text_list};

use crate::decode::{Decoding, Found, Levels, Scale};
use crate::graph::{self, Fed, Form};
use crate::net::{PROJECT_KEY, identify};
use crate::{DetError, DetectOptions, Detection, LoadOptions, PicoDetConfig, recipe};

/// Finds objects in pictures. Cloning is cheap and shares the network.
#[derive(Debug, Clone)]
pub struct Detector {
    name: String,
    network: Network,
    arch: Option<PicoDetConfig>,
    recipe: Recipe,
    input: Size,
    form: Form,
    classes: Option<usize>,
    labels: Option<Vec<String>>,
    options: DetectOptions,
}

/// A network's outputs for one picture.
#[derive(Debug, Clone)]
pub struct Raw(Vec<ArrayD<f32>>);

impl Raw {
    /// The outputs in the network's order.
    pub fn outputs(&self) -> &[ArrayD<f32>] {
        &self.0
    }
}

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
        let network = Network::from_onnx(name, bytes).map_err(|source| DetError::Network { model: name.to_owned(), source })?;
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
            Network::grow(weights, [1, 3, height, width], grow).map_err(|source| DetError::Network { model: name.to_owned(), source })?;
        let recipe = match recipe_of(name, &network, entry, options)? {
            Some(recipe) => recipe,
            None => arch.recipe()?,
        };
        let mut detector = Self::new(name, network, Some(arch), recipe, entry, options)?;
        if let Some(vector) = weights.get(PROJECT_KEY) {
            detector.form = Form::Levels { project: vector.to_f32()? };
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

    /// The same detector, its operators spread over these threads.
    #[must_use]
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self { network: self.network.with_threads(threads), ..self.clone() }
    }

    /// The same detector, giving other boxes.
    ///
    /// # Errors
    /// [`DetError::Option`] for a number out of its range, and for another suppression than the one that an export has inside.
    pub fn with_options(&self, options: DetectOptions) -> Result<Self, DetError> {
        let options = options.checked()?;
        let inside = Decoding::network();
        if matches!(self.form, Form::Rows { .. }) {
            if options.decoding.rule() != inside.rule() {
                let what = format!("{} has decoding by the rule `network` inside; take an export without", self.name);
                return Err(DetError::Option { option: "rule", what });
            }
            if options.decoding.iou_threshold() != inside.iou_threshold() {
                let what = format!("{} has suppression inside, at {}; take an export without", self.name, inside.iou_threshold());
                return Err(DetError::Option { option: "iou_threshold", what });
            }
        }
        Ok(Self { options, ..self.clone() })
    }

    /// Finds objects, best first.
    ///
    /// # Errors
    /// [`DetError::Imaging`] for a picture that can't be prepared; [`DetError::Network`], [`DetError::NotFinite`].
    pub fn detect(&self, picture: &RgbImage) -> Result<Vec<Detection>, DetError> {
        let prepared = self.prepare(picture)?;
        self.decode(&self.run(&prepared)?, &prepared.back)
    }

    /// Finds objects in pictures side by side, each with one thread; results in the order of the pictures.
    pub fn detect_batch(&self, pictures: &[RgbImage], threads: &Threads) -> Vec<Result<Vec<Detection>, DetError>> {
        let alone = self.with_threads(Threads::one());
        threads.map(pictures, |p| alone.detect(p))
    }

    /// First part of [`Self::detect`]: the picture as the network's input.
    ///
    /// # Errors
    /// [`DetError::Imaging`].
    pub fn prepare(&self, picture: &RgbImage) -> Result<Prepared, DetError> {
        Ok(self.recipe.prepare(picture)?)
    }

    /// Second part: the network's outputs.
    ///
    /// # Errors
    /// [`DetError::Network`].
    pub fn run(&self, prepared: &Prepared) -> Result<Raw, DetError> {
        let picture = prepared.tensor.view().into_dyn();
        let outputs = match &self.form {
            Form::Levels { .. } => self.network.run(&[picture]),
            Form::Rows { inputs } => {
                let Scale { x, y } = plain_scale(&prepared.back).unwrap_or(Scale::ONE);
                let factor = arr2(&[[y, x]]).into_dyn();
                let shape = arr2(&[[self.input.height as f32, self.input.width as f32]]).into_dyn();
                let feed = |fed: &Fed| -> ArrayViewD<'_, f32> {
                    match fed {
                        Fed::Picture => picture.clone(),
                        Fed::ScaleFactor => factor.view(),
                        Fed::Shape => shape.view(),
                    }
                };
                self.network.run(&inputs.iter().map(feed).collect::<Vec<_>>())
            }
        };
        outputs.map(Raw).map_err(|source| self.network_error(source))
    }

    /// Third part: objects, best first, carried to the picture by `back`. Boxes that are no numbers are left out.
    ///
    /// # Errors
    /// [`DetError::NotFinite`] where no score is a number; [`DetError::NotADetector`] where outputs are not what they were for the size
    /// that the network was looked at with.
    pub fn decode(&self, raw: &Raw, back: &Placement) -> Result<Vec<Detection>, DetError> {
        let scale = plain_scale(back);
        let mut found = match &self.form {
            Form::Levels { project } => self.decode_levels(raw, scale.unwrap_or(Scale::ONE), project)?,
            Form::Rows { .. } => self.read_rows(raw)?,
        };
        if scale.is_none() {
            for Found { bbox: [x0, y0, x1, y1], .. } in &mut found {
                [*x0, *y0] = back.point_to_source([*x0, *y0]);
                [*x1, *y1] = back.point_to_source([*x1, *y1]);
            }
        }
        found.retain(|f| f.bbox.iter().all(|v| v.is_finite()));
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        let (width, height) = (back.source().width as f32, back.source().height as f32);
        let cut = |[x0, y0, x1, y1]: [f32; 4]| [x0.clamp(0.0, width), y0.clamp(0.0, height), x1.clamp(0.0, width), y1.clamp(0.0, height)];
        let detection = |f: Found| Detection {
            class: f.class,
            label: self.labels.as_ref().and_then(|labels| labels.get(f.class).cloned()),
            score: f.score,
            bbox: if self.options.clip { cut(f.bbox) } else { f.bbox },
        };
        Ok(found.into_iter().map(detection).collect())
    }

    fn decode_levels(&self, raw: &Raw, scale: Scale, project: &[f32]) -> Result<Vec<Found>, DetError> {
        let refuse = |reason: String| DetError::NotADetector { model: self.name.clone(), reason };
        let levels = Levels::of_outputs(raw.outputs(), project.len(), self.input).map_err(refuse)?;
        if levels.levels.iter().all(|level| level.scores.iter().all(|score| score.is_nan())) {
            return Err(DetError::NotFinite { model: self.name.clone() });
        }
        Ok(self.options.decoding.decode(&levels, scale, project, self.options.max_detections, |class| self.wants(class)))
    }

    /// The rows of an export with suppression inside. As many as there are: the count beside them may be wrong.
    fn read_rows(&self, raw: &Raw) -> Result<Vec<Found>, DetError> {
        let rows = raw.outputs().first().filter(|rows| rows.ndim() == 2 && rows.shape()[1] == graph::ROW);
        let Some(rows) = rows else {
            let shape = raw.outputs().first().map(|rows| rows.shape().to_vec()).unwrap_or_default();
            let reason = format!("gives a first output of shape {shape:?}; rows of {} numbers were expected", graph::ROW);
            return Err(DetError::NotADetector { model: self.name.clone(), reason });
        };
        let row = |r: ndarray::ArrayViewD<'_, f32>| Found { class: r[[0]] as usize, score: r[[1]], bbox: [r[[2]], r[[3]], r[[4]], r[[5]]] };
        // A class below 0 marks a row that is none, as Paddle fills them up.
        let shown = |r: &ndarray::ArrayViewD<'_, f32>| r[[0]] >= 0.0 && r[[1]] > self.options.decoding.score_threshold();
        let mut found: Vec<Found> = rows.outer_iter().filter(shown).map(row).filter(|f| self.wants(f.class)).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(self.options.max_detections.unwrap_or(usize::MAX));
        Ok(found)
    }

    fn wants(&self, class: usize) -> bool {
        self.options.classes.is_empty() || self.options.classes.contains(&class)
    }

    /// Plans the network ahead of the first picture.
    ///
    /// # Errors
    /// [`DetError::Network`].
    pub fn plan(&self) -> Result<(), DetError> {
        let inputs = match &self.form {
            Form::Levels { .. } => &[Fed::Picture][..],
            Form::Rows { inputs } => inputs,
        };
        self.network.prepare(&graph::input_shapes(inputs, self.input)).map_err(|source| self.network_error(source))
    }

    /// The numbers of classes by their labels, or by numbers written out.
    ///
    /// # Errors
    /// [`DetError::Option`] for a name that no class has.
    pub fn class_numbers<S: AsRef<str>>(&self, names: &[S]) -> Result<Vec<usize>, DetError> {
        let number = |name: &S| {
            let name = name.as_ref();
            let by_label = self.labels.as_ref().and_then(|labels| labels.iter().position(|label| label == name));
            let by_number = || name.parse().ok().filter(|n| self.classes.is_none_or(|classes| *n < classes));
            by_label.or_else(by_number).ok_or_else(|| DetError::Option {
                option: "classes",
                what: match &self.labels {
                    Some(labels) => format!("{} has no class \"{name}\"; it has {}", self.name, labels.join(", ")),
                    None => format!("{} has no class \"{name}\", and no names of classes; give numbers from 0", self.name),
                },
            })
        };
        names.iter().map(number).collect()
    }

    /// The model's name or path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The architecture; none for a graph.
    pub fn arch(&self) -> Option<&PicoDetConfig> {
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

    /// The size of the network's input.
    pub fn input_size(&self) -> Size {
        self.input
    }

    /// The names of the classes, in order.
    pub fn labels(&self) -> Option<&[String]> {
        self.labels.as_deref()
    }

    /// How many classes there are; none where an export with suppression inside doesn't say it.
    pub fn classes(&self) -> Option<usize> {
        self.classes.or_else(|| self.labels.as_ref().map(Vec::len))
    }

    /// Which boxes are wanted.
    pub fn options(&self) -> &DetectOptions {
        &self.options
    }

    fn network_error(&self, source: NnError) -> DetError {
        DetError::Network { model: self.name.clone(), source }
    }
}

/// The scale of a picture that was resized and nothing else. Others are decoded where the network sees them, and carried back.
fn plain_scale(back: &Placement) -> Option<Scale> {
    let [x, y] = back.ratio();
    back.moves().iter().all(|m| matches!(m, Move::Resize { .. })).then_some(Scale { x: x as f32, y: y as f32 })
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
