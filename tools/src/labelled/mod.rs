//! Labelled pictures for `vtk eval`: with a class (a `.tsv` of file and class, a folder for each class, an `.imgpack`) or with words (a `.tsv`).

mod folders;
mod imgpack;
mod table;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow};

use imgpack::ImgPack;

pub(crate) use words::worded;

/// A picture and its class.
pub(crate) struct Labelled {
    /// The picture's name, for messages.
    pub(crate) name: String,
    /// Its class, from 0.
    pub(crate) class: usize,
    source: Source,
}

enum Source {
    File(PathBuf),
    Packed(Arc<ImgPack>, usize),
}

impl Labelled {
    /// The encoded picture.
    pub(crate) fn read(&self) -> std::io::Result<Vec<u8>> {
        match &self.source {
            Source::File(path) => fs::read(path),
            Source::Packed(pack, index) => Ok(pack.picture(*index).to_vec()),
        }
    }

    fn file(path: PathBuf, class: usize) -> Self {
        Self { name: path.display().to_string(), class, source: Source::File(path) }
    }
}

/// Reads a list. `labels` are the model's names of its classes, for folders that are called so.
///
/// # Errors
/// Where the list is missing, holds nothing, or says something that can't be; the message names the line.
pub(crate) fn open(list: &Path, labels: Option<&[String]>) -> anyhow::Result<Vec<Labelled>> {
    let shown = list.display();
    let found = fs::metadata(list).with_context(|| format!("{shown}: the list of labelled pictures cannot be read"))?;
    let pictures = if found.is_dir() {
        folders::read(list, labels)?
    } else {
        let bytes = fs::read(list).with_context(|| format!("{shown}: the list of labelled pictures cannot be read"))?;
        if ImgPack::is_one(&bytes) {
            let pack = Arc::new(ImgPack::parse(bytes).map_err(|what| anyhow!("{shown}: {what}"))?);
            let item =
                |i| Labelled { name: format!("{shown}, entry {i}"), class: pack.class(i), source: Source::Packed(Arc::clone(&pack), i) };
            (0..pack.len()).map(item).collect()
        } else {
            table::read(list, &bytes)?
        }
    };
    if pictures.is_empty() {
        return Err(anyhow!("{shown}: holds no labelled picture"));
    }
    Ok(pictures)
}
