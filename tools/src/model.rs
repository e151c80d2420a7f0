//! Which model a task uses: the flags about it, and the zoo that the program comes with.

use vtk_backbone::Arch;
use vtk_imaging::Recipe;
use vtk_zoo::{Model, Zoo, ZooError, default_folder};

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
}

impl ModelArgs {
    /// Opens the model that was named, or else the task's own.
    pub(crate) fn open(&self, default: &str, talk: &Talk) -> Result<Model, ZooError> {
        let model = zoo().open(self.model.as_deref().unwrap_or(default)).map_err(|error| match (error, default_folder()) {
            // Without a cache folder nothing can lie in it: that comes before where the model would lie.
            (ZooError::Missing { .. }, Err(no_folder)) => no_folder,
            (error, _) => error,
        })?;
        talk.detail(&format!("model: {} ({}, {}), SHA-256 {}", model.name(), model.file(), model.origin(), model.sha256()));
        Ok(model)
    }
}

/// The official catalogue, the models that are compiled in, and the cache folder (`VTK_HOME`, else the user's usual one). Where no such
/// folder is known, embedded models and paths work all the same: what needs the cache asks [`default_folder`] itself.
pub(crate) fn zoo() -> Zoo {
    let embedded = [vtk_model_imagenet::MODEL, vtk_model_ocr::DETECTOR, vtk_model_ocr::RECOGNIZER, vtk_model_orient::MODEL];
    Zoo::new(default_folder().unwrap_or_default()).with_embedded(&embedded)
}
