//! The detector: a network, its preparation, its labels, and which boxes are wanted.

mod load;
mod run;

use vtk_imaging::{Recipe, Size};
use vtk_kernels::Threads;
use vtk_nn::{Network, NnError};

use crate::decode::Decoding;
use crate::graph::Form;
use crate::{DetError, DetectOptions, PicoDetConfig};

pub use run::Raw;

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

impl Detector {
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

    fn network_error(&self, cause: NnError) -> DetError {
        DetError::Network { model: self.name.clone(), cause }
    }
}
