//! Names that match nothing as they stand, taken as patterns: for shells that expand none, and for quoted ones.

use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern, glob_with};

use super::natural;

/// What a pattern matches, in natural order. None where the name holds no `*`, `?` or `[`, and so is no pattern.
///
/// A folder in front that exists with such a character in its name is taken as it stands (`holiday[1]/*.jpg`).
pub(super) fn expand(path: &Path) -> Option<Result<Vec<PathBuf>, String>> {
    path.to_str().filter(|name| is_pattern(name))?;
    let options = MatchOptions { case_sensitive: !cfg!(windows), require_literal_separator: true, require_literal_leading_dot: true };
    let found = match glob_with(&with_existing_front(path), options) {
        Ok(found) => found,
        Err(error) => return Some(Err(format!("no such file, and no pattern: {} at character {}", error.msg, error.pos + 1))),
    };
    // What the pattern can't look into can't match it.
    let mut found: Vec<PathBuf> = found.filter_map(Result::ok).collect();
    found.sort_by(|a, b| natural::compare(&a.to_string_lossy(), &b.to_string_lossy()));
    Some(Ok(found))
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?', '['])
}

/// The pattern, its first parts escaped as far as they exist.
fn with_existing_front(path: &Path) -> String {
    let mut front = PathBuf::new();
    let mut exists = true;
    let mut parts = Vec::new();
    for part in path.components() {
        let text = part.as_os_str().to_string_lossy();
        front.push(part);
        exists = exists && (front.exists() || !is_pattern(&text));
        let literal = exists || !matches!(part, Component::Normal(_));
        parts.push(if literal { Pattern::escape(&text) } else { text.into_owned() });
    }
    // A root is a part of its own.
    parts.iter().map(Path::new).collect::<PathBuf>().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_no_patterns() {
        assert!(expand(Path::new("photo.jpg")).is_none());
        assert!(expand(Path::new("猫 1.jpg")).is_none());
        assert!(expand(Path::new("no/such/[a]*?.jpg")).unwrap().unwrap().is_empty());
        assert!(expand(Path::new("a[")).unwrap().unwrap_err().contains("character 2"));
    }

    #[test]
    fn fronts_that_exist_are_taken_as_they_stand() {
        assert_eq!(with_existing_front(Path::new("no-such/*.jpg")), Path::new("no-such").join("*.jpg").to_string_lossy());
        let root = std::env::temp_dir();
        assert_eq!(with_existing_front(&root.join("*.jpg")), root.join("*.jpg").to_string_lossy());
    }
}
