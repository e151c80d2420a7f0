//! Which model a task uses: the flags about it, and the zoo that the program comes with.

use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::Context;
use vtk_backbone::Arch;
use vtk_det::PicoDetConfig;
use vtk_imaging::Recipe;
use vtk_zoo::{Model, Zoo, ZooError, default_folder, parse_labels};

use crate::pulling;
use crate::talk::Talk;

/// What a task calls its networks by: what `--arch` takes.
pub(crate) trait NetworkName: FromStr<Err: Into<Box<dyn Error + Send + Sync>>> + Clone + Debug + Send + Sync + 'static {
    /// Some names, for the help.
    const EXAMPLES: &'static str;
}

impl NetworkName for Arch {
    const EXAMPLES: &'static str = "`pplcnet-x0.5`, `pplcnet-x0.5:act=relu`";
}

impl NetworkName for PicoDetConfig {
    const EXAMPLES: &'static str = "`picodet-s-320`, `picodet-s-320+mobilenetv3-large-x1.0`";
}

/// The flags about the model. The same in every task but for the names of its networks.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ModelArgs<A: NetworkName = Arch> {
    /// The model: a name (`vtk models list`) or a file of weights or a graph
    #[arg(short, long, value_name = "NAME|PATH")]
    pub(crate) model: Option<String>,

    #[arg(long, value_name = "NAME", value_parser = str::parse::<A>, help = arch_help(A::EXAMPLES))]
    pub(crate) arch: Option<A>,

    /// How pictures are prepared: a recipe's name or its steps; without it the model says it
    #[arg(long, value_name = "NAME")]
    pub(crate) recipe: Option<Recipe>,

    /// Fetch the model if it is not on this machine: the same as `vtk models pull` before
    #[arg(long)]
    pub(crate) pull: bool,
}

fn arch_help(examples: &str) -> String {
    format!("The network that the weights belong to, for a file that does not say it ({examples})")
}

/// The names of classes in a file that the user gives.
pub(crate) fn read_labels(path: &Path) -> anyhow::Result<Vec<String>> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("{name}: the labels cannot be read"))?;
    Ok(parse_labels(&name, &text)?)
}

impl<A: NetworkName> ModelArgs<A> {
    /// Opens the model that was named, or else the task's own.
    pub(crate) fn open(&self, default: &str, talk: &Talk) -> Result<Model, ZooError> {
        let model = open(self.model.as_deref().unwrap_or(default), self.pull, talk)?;
        talk.detail(&format!("model: {} ({}, {}), SHA-256 {}", model.name(), model.file(), model.origin(), model.sha256()));
        Ok(model)
    }
}

/// Opens a model by name or path. One that is not on this machine is fetched where the user has said so.
pub(crate) fn open(name: &str, may_pull: bool, talk: &Talk) -> Result<Model, ZooError> {
    let zoo = zoo();
    match (zoo.open(name), default_folder()) {
        // Without a cache folder nothing can lie in it: that comes before where the model would lie.
        (Err(ZooError::Missing { .. }), Err(no_folder)) => Err(no_folder),
        (Err(ZooError::Missing { .. }), Ok(_)) if may_pull => {
            pulling::pull(&zoo, name, talk)?;
            zoo.open(name)
        }
        (opened, _) => opened,
    }
}

/// The official catalogue, the models that are compiled in, and the cache folder (`VTK_HOME`, else the user's usual one). Where no such
/// folder is known, embedded models and paths work all the same: what needs the cache asks [`default_folder`] itself.
pub(crate) fn zoo() -> Zoo {
    Zoo::new(default_folder().unwrap_or_default()).with_embedded(&[
        vtk_model_det::MODEL,
        vtk_model_imagenet::MODEL,
        vtk_model_ocr::DETECTOR,
        vtk_model_ocr::RECOGNIZER,
        vtk_model_orient::MODEL,
        vtk_model_orient::LINE_MODEL,
    ])
}
