//! Which model a task uses: the flags about it, and the zoo that the program comes with.

use std::error::Error;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, bail};
use vtk_backbone::Arch;
use vtk_det::PicoDetConfig;
use vtk_imaging::Recipe;
use vtk_zoo::{Entry, Model, Origin, Zoo, ZooError, default_folder, parse_labels};

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
    pub(crate) fn open(&self, default: &str, talk: &Talk) -> anyhow::Result<Model> {
        let name = self.model.as_deref().unwrap_or(default);
        let zoo = zoo();
        if let Some(task) = zoo.catalogue().get(default).map(|own| own.task.as_str()) {
            // Before a pull: what does not fit need not be fetched.
            zoo.catalogue().get(name).map_or(Ok(()), |entry| check_task(name, entry, task))?;
            zoo.catalogue().set(name).map_or(Ok(()), |models| check_set(name, models, task))?;
        }
        let model = open(name, self.pull, talk)?;
        talk.detail(&format!("model: {} ({}, {}), SHA-256 {}", model.name(), model.file(), model.origin(), model.sha256()));
        Ok(model)
    }
}

/// Refuses a model of another task by saying which command it is for.
fn check_task(name: &str, entry: &Entry, task: &str) -> anyhow::Result<()> {
    if entry.task == task {
        return Ok(());
    }
    let part = |part: &str| entry.name.split('-').any(|word| word == part);
    let usage = match entry.task.as_str() {
        "cls" => format!("use `vtk cls --model {name}`"),
        "det" => format!("use `vtk det --model {name}`"),
        "ocr" if part("cls") => format!("use `vtk ocr --line-orient={name}`"),
        "ocr" if part("det") => format!("use `vtk ocr --det {name}`"),
        "ocr" => format!("use `vtk ocr --rec {name}`"),
        _ => "`vtk models info` tells what it is for".to_owned(),
    };
    bail!("{name} is a model for {}, and this command needs one for {task}: {usage}", entry.task);
}

/// Refuses a set, which only the reading of text takes.
fn check_set(name: &str, models: &[String], task: &str) -> anyhow::Result<()> {
    bail!(
        "{name} is a set of models ({}), and this command needs one model for {task}: `vtk ocr --model {name}` takes a set",
        models.join(", ")
    );
}

/// Opens a model by name or path. One that is not on this machine is fetched where the user has said so.
pub(crate) fn open(name: &str, may_pull: bool, talk: &Talk) -> Result<Model, ZooError> {
    let zoo = zoo();
    let model = match zoo.open(name) {
        Err(ZooError::Missing { .. }) if may_pull => {
            pulling::pull(&mut zoo.pulls(), &zoo, name, talk)?;
            zoo.open(name)
        }
        opened => opened,
    }?;
    if let Origin::Cache { path, checked: false } = model.origin() {
        talk.note(&format!(
            "{name}: unverified: {} was put there, and nobody of this project has seen that file; from now on it is held to the hash that it has",
            path.display()
        ));
    }
    Ok(model)
}

/// The official catalogue, the models that are compiled in, and the cache folder (`VTK_HOME`, else the user's usual one). Where no such
/// folder is known, embedded models and paths work all the same, and what needs the cache says that there is none.
pub(crate) fn zoo() -> Zoo {
    default_folder().map_or_else(|_| Zoo::without_folder(), Zoo::new).with_embedded(&[
        vtk_model_det::MODEL,
        vtk_model_imagenet::MODEL,
        vtk_model_ocr::DETECTOR,
        vtk_model_ocr::RECOGNIZER,
        vtk_model_orient::MODEL,
        vtk_model_orient::LINE_MODEL,
    ])
}
