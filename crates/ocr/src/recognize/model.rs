//! The recognizer: a network, its dictionary, and the way of lines through it.

use std::path::Path;

use ndarray::{ArrayView2, ArrayView3, Axis, Ix3};
use vtk_imaging::{LineWidth, Recipe, RgbImage, Size};
use vtk_kernels::Threads;
use vtk_nn::{Network, NnError};
use vtk_weights::Checkpoint;
use vtk_zoo::{Entry, Model, Zoo, ZooError};

use super::decode::{Column, best_columns, collapse};
use super::lines::{self, Batch};
use super::source::{self, Beside};
use super::{Dictionary, LoadOptions, Reading, RecognizeOptions, RecognizerConfig, Scale, net};
use crate::OcrError;
use crate::load::{Loaded, graph_with_arch};

/// Reads pictures of single lines. Cloning is cheap and shares the network.
#[derive(Debug, Clone)]
pub struct TextRecognizer {
    name: String,
    network: Network,
    config: Option<RecognizerConfig>,
    dictionary: Dictionary,
    height: usize,
    recipe: Recipe,
    options: RecognizeOptions,
    threads: Threads,
}

/// What PaddleOCR 3 calls the graph in a model's folder.
const GRAPH_IN_FOLDER: &str = "inference.onnx";

/// The heights that recognizers have: 32 up to PP-OCRv2, 48 since.
const HEIGHTS: [usize; 2] = [48, 32];

impl TextRecognizer {
    /// The model of this name, or the file or folder (`inference.onnx`, `inference.yml`) at this path.
    ///
    /// # Errors
    /// Those of the zoo for a model that is not there, and those of [`Self::from_bytes`].
    pub fn from_zoo(zoo: &Zoo, name_or_path: &str, options: &LoadOptions) -> Result<Self, OcrError> {
        let in_folder = Path::new(name_or_path).join(GRAPH_IN_FOLDER);
        let model = match zoo.open(name_or_path) {
            Err(ZooError::NotAFile { .. }) if in_folder.is_file() => zoo.open_path(&in_folder)?,
            model => model?,
        };
        Self::from_model(&model, options)
    }

    /// A model that the zoo opened. Its dictionary may lie beside its file.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_model(model: &Model, options: &LoadOptions) -> Result<Self, OcrError> {
        let beside = Beside { model: Some(model) };
        Self::load(model.name(), model.file(), model.bytes(), model.entry(), beside, options)
    }

    /// A weight file (`.pdparams`, `.safetensors`), a graph (`.onnx`), or a folder with `inference.onnx`.
    ///
    /// # Errors
    /// [`OcrError::Zoo`] for a file that can't be read, and those of [`Self::from_bytes`].
    pub fn from_path(path: &Path, options: &LoadOptions) -> Result<Self, OcrError> {
        let in_folder = path.join(GRAPH_IN_FOLDER);
        let file = if path.is_dir() { in_folder.as_path() } else { path };
        // A path needs no cache folder.
        Self::from_model(&Zoo::new("").open_path(file)?, options)
    }

    /// The bytes of a weight file or graph; `name` is for messages, and its ending `.onnx` tells a graph.
    ///
    /// # Errors
    /// [`OcrError::Weights`], [`OcrError::Network`] for bytes that are no model; [`OcrError::Metadata`] for one that is no recognizer,
    /// doesn't say which it is, or has no dictionary of as many characters as classes.
    pub fn from_bytes(name: &str, bytes: &[u8], options: &LoadOptions) -> Result<Self, OcrError> {
        Self::load(name, name, bytes, None, Beside::default(), options)
    }

    /// Weights that were read already. `entry` is what the catalogue says of them.
    ///
    /// # Errors
    /// Those of [`Self::from_bytes`].
    pub fn from_checkpoint(name: &str, weights: &Checkpoint, entry: Option<&Entry>, options: &LoadOptions) -> Result<Self, OcrError> {
        Self::grown(name, weights, entry, Beside::default(), options)
    }

    fn load(
        name: &str,
        file: &str,
        bytes: &[u8],
        entry: Option<&Entry>,
        beside: Beside<'_>,
        options: &LoadOptions,
    ) -> Result<Self, OcrError> {
        match Loaded::from_bytes(name, file, bytes)? {
            Loaded::Weights(weights) => Self::grown(name, &weights, entry, beside, options),
            Loaded::Graph(_) if options.arch.is_some() => Err(graph_with_arch(name)),
            Loaded::Graph(network) => {
                let height = match options.height {
                    Some(height) => height,
                    None => height_of(name, &network, entry)?,
                };
                Self::new(name, network, None, height, entry, beside, options)
            }
        }
    }

    fn grown(name: &str, weights: &Checkpoint, entry: Option<&Entry>, beside: Beside<'_>, options: &LoadOptions) -> Result<Self, OcrError> {
        let (network, config) = net::grow(name, weights, options.arch.as_ref(), entry)?;
        let height = config.height();
        Self::new(name, network, Some(config), height, entry, beside, options)
    }

    fn new(
        name: &str,
        network: Network,
        config: Option<RecognizerConfig>,
        height: usize,
        entry: Option<&Entry>,
        beside: Beside<'_>,
        load: &LoadOptions,
    ) -> Result<Self, OcrError> {
        let classes = columns_and_classes(name, &network, height)?[1];
        let dictionary = source::of_model(name, classes, network.metadata(), entry, beside, load.dictionary.as_ref())?;
        let options = RecognizeOptions::default();
        let recipe = lines::recipe(height, LineWidth::AtLeast(options.min_width))?;
        Ok(Self { name: name.to_owned(), network, config, dictionary, height, recipe, options, threads: Threads::one() })
    }

    /// The same recognizer with other options.
    ///
    /// # Errors
    /// [`OcrError::Option`] for a number out of its range.
    pub fn with_options(&self, options: RecognizeOptions) -> Result<Self, OcrError> {
        options.check()?;
        let recipe = lines::recipe(self.height, LineWidth::AtLeast(options.min_width))?;
        Ok(Self { options, recipe, ..self.clone() })
    }

    /// The same recognizer on these threads: several lines side by side, each with one thread; a single one with all.
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self { threads, ..self.clone() }
    }

    /// Reads lines, cut out of a page and standing upright; readings in the order of the lines, each for itself with everything the
    /// network saw: no least score is applied.
    ///
    /// A line longer than 64 times its height is read in windows. Memory does not grow with the number of lines beyond the readings.
    ///
    /// # Errors
    /// [`OcrError::Imaging`] for a line that can't be prepared, [`OcrError::Network`].
    pub fn recognize(&self, lines: &[RgbImage]) -> Result<Vec<Reading>, OcrError> {
        let sizes: Vec<Size> = lines.iter().map(RgbImage::size).collect();
        let mut batches = self.batches(&sizes);
        // The longest first, so that no thread is left alone with it at the end.
        batches.reverse();
        let network = self.network.with_threads(if batches.len() > 1 { Threads::one() } else { self.threads.clone() });
        let read = self.threads.map(&batches, |batch| self.read(&network, lines, batch));
        let mut readings: Vec<Option<Reading>> = vec![None; lines.len()];
        for (batch, read) in batches.iter().zip(read) {
            for (line, reading) in batch.lines.iter().zip(read?) {
                readings[*line] = Some(reading);
            }
        }
        Ok(readings.into_iter().flatten().collect())
    }

    /// Plans the network for lines of these sizes ahead of [`Self::recognize`].
    ///
    /// # Errors
    /// [`OcrError::Network`].
    pub fn plan(&self, sizes: &[Size]) -> Result<(), OcrError> {
        self.batches(sizes).iter().try_for_each(|batch| {
            let shape = vec![batch.lines.len(), 3, self.height, batch.width];
            self.network.prepare(&[shape]).map_err(|cause| self.network_error(cause))
        })
    }

    /// The model's name or path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The network that grew; none for a graph.
    pub fn config(&self) -> Option<&RecognizerConfig> {
        self.config.as_ref()
    }

    /// The network: `[lines, 3, height, width]` → `[lines, columns, classes]`.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What the classes stand for.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// The height in pixels that lines are brought to.
    pub fn height(&self) -> usize {
        self.height
    }

    /// How a line is prepared.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// How lines are brought to the network.
    pub fn options(&self) -> &RecognizeOptions {
        &self.options
    }

    fn batches(&self, sizes: &[Size]) -> Vec<Batch> {
        let fixed = self.network.inputs().first().and_then(|input| input.shape.first().copied().flatten());
        let options = RecognizeOptions { batch: fixed.unwrap_or(self.options.batch).min(self.options.batch), ..self.options };
        lines::batches(sizes, self.height, &options)
    }

    fn read(&self, network: &Network, lines: &[RgbImage], batch: &Batch) -> Result<Vec<Reading>, OcrError> {
        let mut windows: Vec<Vec<Vec<Column>>> = Vec::new();
        for tensor in batch.tensors(lines, &self.recipe, self.height)? {
            let raw = network.run(&[tensor.view().into_dyn()]).map_err(|cause| self.network_error(cause))?.swap_remove(0);
            let raw = raw.into_dimensionality::<Ix3>().map_err(|_| no_recognizer(&self.name, "one of other axes"))?;
            windows.push(self.columns(raw.view()));
        }
        let readings = batch.lines.iter().enumerate().map(|(place, line)| {
            let parts: Vec<Vec<Column>> = windows.iter_mut().filter_map(|w| w.get_mut(place).map(std::mem::take)).collect();
            let apart = lines::columns_apart(parts.first().map_or(0, Vec::len));
            let mut reading = collapse(&lines::stitched(&parts, apart), &self.dictionary, self.options.decimals);
            reading.columns *= batch.share(lines[*line].size()) as f32;
            reading
        });
        Ok(readings.collect())
    }

    /// The best class of each column of each line.
    fn columns(&self, raw: ArrayView3<'_, f32>) -> Vec<Vec<Column>> {
        let scale = |line: ArrayView2<'_, f32>| match (&self.config, line.outer_iter().next()) {
            (None, Some(column)) => Scale::of(column),
            _ => Scale::Logits,
        };
        raw.axis_iter(Axis(0)).map(|line| best_columns(line, scale(line))).collect()
    }

    fn network_error(&self, cause: NnError) -> OcrError {
        OcrError::Network { model: self.name.clone(), cause }
    }
}

fn no_recognizer(name: &str, found: &str) -> OcrError {
    let what = format!("gives {found}; a recognizer of text takes [lines, 3, height, width] and gives [lines, columns, classes]");
    OcrError::Metadata { model: name.to_owned(), what }
}

/// Columns and classes that a line ten times as wide as high gives.
fn columns_and_classes(name: &str, network: &Network, height: usize) -> Result<[usize; 2], OcrError> {
    let [input] = network.inputs() else {
        return Err(no_recognizer(name, &format!("its answer to {} inputs", network.inputs().len())));
    };
    if input.shape.len() != 4 || input.shape[3].is_some() {
        return Err(no_recognizer(name, &format!("its answer to {input}")));
    }
    let shape = vec![1, 3, height, 10 * height];
    let shapes = network.output_shapes(&[shape]).map_err(|cause| OcrError::Network { model: name.to_owned(), cause })?;
    match shapes.first().map(Vec::as_slice) {
        Some(&[Some(1), Some(columns), Some(classes)]) if columns > 0 && classes > 1 => Ok([columns, classes]),
        other => Err(no_recognizer(name, &format!("an output of shape {:?}", other.unwrap_or_default()))),
    }
}

/// The height that a graph's lines have: the one it takes, else the catalogue's, else told by its columns, of which the older networks
/// have one for four pixels of width and those since PP-OCRv3 one for eight.
fn height_of(name: &str, network: &Network, entry: Option<&Entry>) -> Result<usize, OcrError> {
    if let Some(height) = network.inputs().first().and_then(|input| input.shape.get(2).copied().flatten()) {
        return Ok(height);
    }
    if let Some(config) = entry.and_then(|e| e.arch.as_ref()).and_then(|arch| arch.parse::<RecognizerConfig>().ok()) {
        return Ok(config.height());
    }
    let mut last = None;
    for height in HEIGHTS {
        match columns_and_classes(name, network, height) {
            // 480 pixels of width make 60 columns, or 120.
            Ok([columns, _]) if height == 48 && columns > 80 => {}
            Ok(_) => return Ok(height),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| no_recognizer(name, "an output of another kind")))
}
