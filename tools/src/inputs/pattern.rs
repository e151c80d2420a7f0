//! Names that match nothing as they stand, taken as patterns: for shells that expand none, and for quoted ones.

use std::fs;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::natural;

/// As shells match: a hidden file only by a dot that is written.
const RULES: MatchOptions =
    MatchOptions { case_sensitive: !cfg!(windows), require_literal_separator: true, require_literal_leading_dot: true };

/// What a pattern matches, in natural order. None where the name holds no `*`, `?` or `[`, and so is no pattern.
///
/// `**` stands for folders inside folders. A folder in front that exists with such a character in its name is taken as it stands
/// (`holiday[1]/*.jpg`). What can't be looked into matches nothing.
pub(super) fn expand(path: &Path) -> Option<Result<Vec<PathBuf>, String>> {
    path.to_str().filter(|name| is_pattern(name))?;
    let mut front = PathBuf::new();
    let mut found = vec![PathBuf::new()];
    for part in path.components() {
        front.push(part);
        let text = part.as_os_str().to_string_lossy();
        let literal = !matches!(part, Component::Normal(_)) || !is_pattern(&text) || front.exists();
        let step = |folder: &PathBuf| match Pattern::new(&text) {
            _ if literal => Ok(Some(folder.join(part)).filter(|path| fs::symlink_metadata(path).is_ok()).into_iter().collect()),
            _ if text == "**" => Ok(folders(folder)),
            Ok(pattern) => Ok(matches(folder, &pattern)),
            Err(error) => Err(format!("no such file, and no pattern: {} at character {} of `{text}`", error.msg, error.pos + 1)),
        };
        found = match found.iter().map(step).collect::<Result<Vec<Vec<PathBuf>>, String>>() {
            Ok(found) => found.concat(),
            Err(problem) => return Some(Err(problem)),
        };
        // Two folders of a `**` may lead to the same place; without this, each further `**` would go all those ways again.
        found.sort();
        found.dedup();
    }
    found.sort_by(|a, b| natural::compare(&a.to_string_lossy(), &b.to_string_lossy()).then_with(|| a.cmp(b)));
    Some(Ok(found))
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

fn matches(folder: &Path, pattern: &Pattern) -> Vec<PathBuf> {
    let matching = |name: &PathBuf| pattern.matches_with(&name.to_string_lossy(), RULES);
    names(folder).filter(matching).map(|name| folder.join(name)).collect()
}

/// A folder and those inside it, without hidden ones and without following links, which may lead round in a circle.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let inner = names(folder).filter(|name| !name.as_os_str().as_encoded_bytes().starts_with(b".")).map(|name| folder.join(name));
    let inner = inner.filter(|path| fs::symlink_metadata(path).is_ok_and(|found| found.is_dir()));
    std::iter::once(folder.to_owned()).chain(inner.flat_map(|path| folders(&path))).collect()
}

/// The names in a folder; the empty path is the current one.
fn names(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| PathBuf::from(entry.file_name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_no_patterns() {
        assert!(expand(Path::new("photo.jpg")).is_none());
        assert!(expand(Path::new("猫 1.jpg")).is_none());
        assert!(expand(Path::new("no/such/[a]*?.jpg")).unwrap().unwrap().is_empty());
        assert!(expand(Path::new("a[")).unwrap().unwrap_err().contains("character 2 of `a[`"));
        assert!(expand(Path::new("a**")).unwrap().is_err());
    }

    #[test]
    fn roots_and_parents_are_taken_as_they_stand() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(expand(&root.join("Cargo.tom?")).unwrap().unwrap(), [root.join("Cargo.toml")]);
        assert_eq!(expand(&root.join("src/../Cargo.tom[l]")).unwrap().unwrap(), [root.join("src/../Cargo.toml")]);
        let sources = expand(&root.join("src/**/natural.r?")).unwrap().unwrap();
        assert_eq!(sources, [root.join("src/inputs/natural.rs")]);
        // Every way through these leads to the same file; they would not all be gone in a lifetime.
        let again = format!("src/{}natural.r?", "**/".repeat(40));
        assert_eq!(expand(&root.join(again)).unwrap().unwrap(), sources);
    }
}
