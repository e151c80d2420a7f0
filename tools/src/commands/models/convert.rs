//! `vtk models convert`: a weight file as `.safetensors`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use vtk_backbone::{Arch, Backbone};
use vtk_imaging::Recipe;
use vtk_nn::Network;
use vtk_weights::Checkpoint;

use crate::model::read_labels;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Write weights as .safetensors, with what a reader should know of them in the file's metadata
///
/// Reads .pdparams and .safetensors, told by their content. Metadata of the input is kept; the flags below replace it key by key. Where
/// a network is named by --arch, the weights are checked against it before anything is written; where none is, it is told from the keys if it can be.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The weights to read
    #[arg(value_name = "IN")]
    input: PathBuf,

    /// The file to write
    #[arg(value_name = "OUT.safetensors")]
    output: PathBuf,

    /// Store tensors of two and more dimensions as 16-bit floats: half the size, about three digits
    #[arg(long)]
    f16: bool,

    /// Replace OUT where it exists
    #[arg(long)]
    force: bool,

    /// The network that the weights belong to
    #[arg(long, value_name = "NAME")]
    arch: Option<Arch>,

    /// How pictures are prepared for it: a recipe's name or its steps
    #[arg(long, value_name = "NAME")]
    recipe: Option<Recipe>,

    /// The names of the classes: a text file with one on each line, or a JSON array
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,

    /// Under which licence the weights may be passed on
    #[arg(long, value_name = "TEXT")]
    licence: Option<String>,

    /// Where the weights come from
    #[arg(long, value_name = "TEXT")]
    source: Option<String>,

    /// What a class tells, for printed results ("page orientation")
    #[arg(long, value_name = "TEXT")]
    meaning: Option<String>,

    /// What stands behind a label ("°")
    #[arg(long, value_name = "TEXT")]
    unit: Option<String>,

    /// The score below which an answer is a guess, 0 to 1
    #[arg(long, value_name = "SCORE")]
    sure: Option<f32>,

    #[command(flatten)]
    talk: TalkArgs,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitStatus> {
    let talk = Talk::new(args.talk);
    check_output(args)?;
    let mut weights = Checkpoint::from_path(&args.input)?;
    weights.check_finite()?;
    let arch = network_of(args, &weights, &talk)?;
    if let Some(arch) = arch.as_ref().filter(|_| args.arch.is_some() || !weights.metadata().contains_key("arch")) {
        weights.set_metadata("arch", arch.to_string());
    }
    let labels = args.labels.as_deref().map(read_labels).transpose()?;
    if let (Some(arch), Some(labels)) = (&arch, &labels) {
        check_labels(arch, &weights, labels)?;
    }
    for (key, value) in metadata(args, labels.as_deref())? {
        weights.set_metadata(key, value);
    }
    let stored = if args.f16 { weights.to_half() } else { weights };
    stored.save_safetensors(&args.output)?;
    let bytes = fs::metadata(&args.output).map_or(0, |m| m.len());
    let network = arch.map_or_else(|| "of an unknown network".to_owned(), |a| format!("of {a}"));
    talk.note(&format!("{}: {} tensors {network}, {bytes} bytes", args.output.display(), stored.len()));
    Ok(ExitStatus::Done)
}

fn check_output(args: &Args) -> anyhow::Result<()> {
    let shown = args.output.display();
    if args.output.extension().is_none_or(|e| !e.eq_ignore_ascii_case("safetensors")) {
        bail!("{shown}: the output must end in .safetensors, the one format that is written");
    }
    if same_file(&args.input, &args.output) {
        bail!("{shown}: is the input itself; name another output");
    }
    if args.output.exists() && !args.force {
        bail!("{shown}: exists; --force replaces it");
    }
    Ok(())
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((fs::canonicalize(a), fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// The network: the one that was named, if it fits; or the one that the file names; or the only one that fits.
fn network_of(args: &Args, weights: &Checkpoint, talk: &Talk) -> anyhow::Result<Option<Arch>> {
    if let Some(arch) = &args.arch {
        check_fit(arch, weights)?;
        return Ok(Some(arch.clone()));
    }
    if let Some(named) = weights.metadata().get("arch") {
        // A network of another head's, or with options beside its name: the file's word stays as it is.
        return Ok(named.parse().ok());
    }
    let fitting = Arch::fitting(weights);
    if let [(arch, _)] = fitting.as_slice() {
        talk.note(&format!("the keys are those of {arch}"));
        return Ok(Some(arch.clone()));
    }
    talk.note("which network these weights belong to can't be told from the keys; --arch writes it into the file");
    Ok(None)
}

/// Grows the network, as classifier or as trunk, and lets it say what doesn't fit.
fn check_fit(arch: &Arch, weights: &Checkpoint) -> anyhow::Result<()> {
    let keys = arch.key_map_of(weights).unwrap_or_default();
    let classes = arch.classes_in(weights, &keys);
    let grown = arch.clone();
    let network = Network::grow(weights, [1, 3, 64, 64], move |net, x| match classes {
        Some(classes) => Ok(vec![("logits".to_owned(), grown.grow_classifier(net, x, &keys, classes)?.logits)]),
        None => Ok(grown.grow(net, x, &keys)?.into_iter().map(|v| ("features".to_owned(), v)).collect()),
    });
    network.map(|_| ()).with_context(|| format!("the weights are not those of {arch}"))
}

/// Refuses names of classes that are more or fewer than the network has.
fn check_labels(arch: &Arch, weights: &Checkpoint, labels: &[String]) -> anyhow::Result<()> {
    let keys = arch.key_map_of(weights).unwrap_or_default();
    match arch.classes_in(weights, &keys) {
        Some(classes) if classes != labels.len() => {
            bail!("--labels: {} names, and {arch} of these weights has {classes} classes; a name for each is expected", labels.len())
        }
        _ => Ok(()),
    }
}

/// What the flags say, by metadata key.
fn metadata(args: &Args, labels: Option<&[String]>) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut said = Vec::new();
    if let Some(recipe) = &args.recipe {
        said.push(("recipe", recipe.name().map_or_else(|| recipe.to_string(), str::to_owned)));
    }
    if let Some(labels) = labels {
        said.push(("labels", serde_json::to_string(labels)?));
    }
    if let Some(sure) = args.sure {
        if !(0.0..=1.0).contains(&sure) {
            return Err(anyhow!("--sure {sure}: a score from 0 to 1 was expected"));
        }
        said.push(("sure", sure.to_string()));
    }
    let texts = [("licence", &args.licence), ("source", &args.source), ("meaning", &args.meaning), ("unit", &args.unit)];
    said.extend(texts.into_iter().filter_map(|(key, text)| text.clone().map(|t| (key, t))));
    Ok(said)
}
