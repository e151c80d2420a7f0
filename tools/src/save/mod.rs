//! `--save`: pictures with their answers drawn on them, each under a name that is settled before anything is computed.
//!
//! A path with a picture's ending is one file; any other is a folder, made if absent, that holds `NAME.TASK.png` for each input. No input
//! is ever overwritten, and another existing file only with `--force`. Inputs of the same name get numbers (`photo.cls.png`,
//! `photo-2.cls.png`) in the order in which they come. A file appears under its name when it is whole.

mod own;
mod target;
mod temporary;

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ArgGroup;
use vtk_imaging::draw::Font;

pub(crate) use self::own::Own;
pub(crate) use self::target::{Parts, Target};
use crate::inputs::{Input, ends_as_picture};

/// The group of flags that save something: tasks may have more of them.
pub(crate) const SAVING: &str = "saving";

/// The flags about saving. The same in every task.
#[derive(Debug, Default, clap::Args)]
#[command(group = ArgGroup::new(SAVING).multiple(true))]
pub(crate) struct SaveArgs {
    /// Save pictures with the results drawn on them: to a file (.png), or to a folder as NAME.TASK.png
    #[arg(long, value_name = "PATH", group = SAVING)]
    save: Option<PathBuf>,

    /// Overwrite files that exist; inputs never
    #[arg(long, requires = SAVING)]
    force: bool,

    /// A TrueType or OpenType font for the labels; the one inside the program has Latin letters only
    #[arg(long, value_name = "FILE", requires = "save")]
    font: Option<PathBuf>,
}

impl SaveArgs {
    /// The font for labels.
    pub(crate) fn font(&self) -> anyhow::Result<Font> {
        let Some(path) = &self.font else { return Ok(Font::embedded()) };
        let bytes = fs::read(path).with_context(|| format!("--font: {} cannot be read", path.display()))?;
        Ok(Font::from_bytes(&path.display().to_string(), bytes)?)
    }

    /// Where the files about each input go: the picture with the results on it, and its parts, in the folder `parts`. None where nothing
    /// is to be saved. Folders are made, and nothing else is touched.
    ///
    /// Refuses what could not be done or would destroy something.
    pub(crate) fn targets(&self, task: &str, inputs: &[Input], parts: Option<&Path>) -> anyhow::Result<Vec<Targets>> {
        let own = Own::of(inputs);
        let pictures = self.pictures(task, inputs, &own)?;
        let parts = match parts {
            Some(folder) => self.parts(folder, task, inputs, &own)?,
            None => inputs.iter().map(|_| None).collect(),
        };
        Ok(pictures.into_iter().zip(parts).map(|(picture, parts)| Targets { picture, parts }).collect())
    }

    /// Where each input's drawn picture goes.
    fn pictures(&self, task: &str, inputs: &[Input], own: &Own) -> anyhow::Result<Vec<Option<Target>>> {
        let Some(path) = &self.save else { return Ok(inputs.iter().map(|_| None).collect()) };
        let paths = if names_a_file(path) { single(path, inputs)? } else { in_folder("--save", path, task, inputs)? };
        for target in paths.iter().flatten() {
            own.check("--save", target, self.force)?;
        }
        Ok(paths.into_iter().map(|path| path.map(|path| Target::new(path, self.force))).collect())
    }

    /// Where each input's parts go. How many there will be is not known yet: each is looked at when it is written.
    fn parts(&self, folder: &Path, task: &str, inputs: &[Input], own: &Own) -> anyhow::Result<Vec<Option<Parts>>> {
        let paths = in_folder("--save-crops", folder, task, inputs)?;
        let parts: Vec<Option<Parts>> =
            paths.into_iter().map(|path| path.map(|path| Parts::new(path.with_extension(""), self.force))).collect();
        let listed = fs::read_dir(folder).with_context(|| format!("--save-crops: {} cannot be looked at", folder.display()))?;
        let here: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).filter(|path| own.holds(path)).collect();
        if let Some(found) = parts.iter().flatten().find(|parts| here.iter().any(|path| parts.may_be(path))) {
            bail!(
                "--save-crops: an input has a name like {}, and inputs are never overwritten; name another folder",
                found.example().display()
            );
        }
        Ok(parts)
    }
}

/// Where the files about one input go.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// The picture with the results on it.
    pub(crate) picture: Option<Target>,
    /// Parts of the picture.
    pub(crate) parts: Option<Parts>,
}

impl Targets {
    /// Whether nothing is to be saved.
    pub(crate) fn are_none(&self) -> bool {
        self.picture.is_none() && self.parts.is_none()
    }
}

/// A folder that exists is a folder, whatever its name.
fn names_a_file(path: &Path) -> bool {
    ends_as_picture(path) && !path.is_dir()
}

fn single(path: &Path, inputs: &[Input]) -> anyhow::Result<Vec<Option<PathBuf>>> {
    if inputs.len() > 1 {
        bail!("--save: {} is one file, and there are {} inputs; name a folder", path.display(), inputs.len());
    }
    if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png")) {
        bail!("--save: {}: only PNG is written; name it {}", path.display(), path.with_extension("png").display());
    }
    Ok(inputs.iter().map(|input| (!input.is_lost()).then(|| path.to_owned())).collect())
}

/// `NAME.TASK.png` for each input that isn't lost already, in a folder that is made if absent; `flag` named it.
fn in_folder(flag: &str, folder: &Path, task: &str, inputs: &[Input]) -> anyhow::Result<Vec<Option<PathBuf>>> {
    if folder.exists() && !folder.is_dir() {
        let or = if flag == "--save" { ", or a file that ends in .png" } else { "" };
        bail!("{flag}: {} is a file; name a folder{or}", folder.display());
    }
    fs::create_dir_all(folder).with_context(|| format!("{flag}: the folder {} cannot be made", folder.display()))?;
    let mut taken = HashSet::new();
    let mut name = |input: &Input| {
        let numbers = std::iter::once(None).chain((2..).map(Some));
        numbers.map(|number| file_name(input, number, task)).find(|name| taken.insert(folded(name))).unwrap_or_default()
    };
    Ok(inputs.iter().map(|input| (!input.is_lost()).then(|| folder.join(name(input)))).collect())
}

fn file_name(input: &Input, number: Option<usize>, task: &str) -> OsString {
    let mut name = input.stem().to_owned();
    if input.is_one_of_several() {
        name.push(format!("-p{}", input.page()));
    }
    if let Some(number) = number {
        name.push(format!("-{number}"));
    }
    name.push(format!(".{task}.png"));
    name
}

/// Names that some file systems take for the same.
fn folded(name: &OsStr) -> String {
    name.to_string_lossy().to_lowercase()
}
