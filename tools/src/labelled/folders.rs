//! A folder for each class. Folders that are called as the model's classes, or by their numbers, are those classes; otherwise the
//! folders in order of their names are the classes 0, 1, 2 …, as image folders of other toolkits have it.

use std::fs;
use std::path::{Path, PathBuf};

use super::Labelled;
use crate::inputs::begins_as_picture;
use anyhow::{Context, anyhow};

pub(super) fn read(root: &Path, labels: Option<&[String]>) -> anyhow::Result<Vec<Labelled>> {
    let folders: Vec<PathBuf> = sorted(root)?.into_iter().filter(|p| p.is_dir()).collect();
    if folders.is_empty() {
        return Err(anyhow!("{}: holds no folder; a folder for each class was expected", root.display()));
    }
    let names: Vec<String> = folders.iter().map(|p| p.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
    let classes = classes_of(&names, labels);
    let mut pictures = Vec::new();
    for (folder, class) in folders.iter().zip(classes) {
        for file in sorted(folder)? {
            let is_one = file.is_file() && begins_as_picture(&file).unwrap_or(false);
            if is_one {
                pictures.push(Labelled::file(file, class));
            }
        }
    }
    Ok(pictures)
}

fn classes_of(names: &[String], labels: Option<&[String]>) -> Vec<usize> {
    let by_label = |name: &String| labels.and_then(|l| l.iter().position(|label| label == name));
    let all = |class: &dyn Fn(&String) -> Option<usize>| names.iter().map(class).collect::<Option<Vec<_>>>();
    all(&by_label).or_else(|| all(&|name| name.parse().ok())).unwrap_or_else(|| (0..names.len()).collect())
}

fn sorted(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<PathBuf> =
        entries.with_context(|| format!("{}: cannot be listed", folder.display()))?.into_iter().map(|e| e.path()).collect();
    paths.retain(|p| p.file_name().is_some_and(|n| !n.to_string_lossy().starts_with('.')));
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_folders_are_called() {
        let names = |n: &[&str]| n.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let labels = names(&["dog", "cat", "7"]);
        assert_eq!(classes_of(&names(&["cat", "dog"]), Some(&labels)), [1, 0]);
        assert_eq!(classes_of(&names(&["10", "2"]), Some(&labels)), [10, 2]);
        assert_eq!(classes_of(&names(&["7", "cat"]), Some(&labels)), [2, 1]);
        assert_eq!(classes_of(&names(&["n01440764", "n01443537"]), None), [0, 1]);
    }
}
