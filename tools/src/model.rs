//! Which model a task uses: the flags about it, and the zoo that the program comes with.

use vtk_backbone::Arch;
use vtk_imaging::Recipe;
use vtk_zoo::{Model, Zoo, ZooError, default_folder};

use crate::pulling;
use crate::talk::Talk;

/// The flags about the model. The same in every task.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ModelArgs {
    /// The model: a name (`vtk models list`) or a file of weights or a graph
    #[arg(short, long, value_name = "NAME|PATH")]
    pub(crate) model: Option<String>,

    /// The network that the weights belong to, for a file that does not say it (`pplcnet-x0.5`, `pplcnet-x0.5:act=relu`)
    #[arg(long, value_name = "NAME")]
    pub(crate) arch: Option<Arch>,

    /// How pictures are prepared: a recipe's name or its steps; without it the model says it
    #[arg(long, value_name = "NAME")]
    pub(crate) recipe: Option<Recipe>,

    /// Fetch the model if it is not on this machine: the same as `vtk models pull` before
    #[arg(long)]
    pub(crate) pull: bool,
}

impl ModelArgs {
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
        vtk_model_imagenet::MODEL,
        vtk_model_ocr::DETECTOR,
        vtk_model_ocr::RECOGNIZER,
        vtk_model_orient::MODEL,
        vtk_model_orient::LINE_MODEL,
    ])
}
