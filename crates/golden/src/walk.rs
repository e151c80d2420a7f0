//! Finding cases: every folder with a `case.json` in a tree, in natural order.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use crate::GoldenError;

/// The file that makes a folder a case.
pub(crate) const CASE_FILE: &str = "case.json";

/// A folder that holds a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCase {
    /// The folder.
    pub dir: PathBuf,
    /// Its path below the folder where the walk began, with `/` between the parts; that folder's own name if it is the case itself.
    pub name: String,
}

/// All folders with a `case.json` in the tree at `root`, itself included. Folders are visited in natural order of their names
/// (`x9` before `x10`), a folder before what is in it. A symbolic link is followed at the root only.
///
/// # Errors
/// [`GoldenError::Io`] if `root` is no folder, or a folder in it can't be listed.
pub fn find_cases(root: &Path) -> Result<Vec<FoundCase>, GoldenError> {
    let mut found = Vec::new();
    // Folders still to be visited, the next one last, each with its name below the root.
    let mut waiting = vec![(root.to_path_buf(), String::new())];
    while let Some((dir, name)) = waiting.pop() {
        let mut folders = Vec::new();
        for entry in fs::read_dir(&dir).map_err(GoldenError::io(&dir))? {
            let entry = entry.map_err(GoldenError::io(&dir))?;
            let kind = entry.file_type().map_err(GoldenError::io(&dir))?;
            let file_name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() {
                folders.push((file_name, entry.path()));
            } else if file_name == CASE_FILE {
                let name = if name.is_empty() { folder_name(&dir) } else { name.clone() };
                found.push(FoundCase { dir: dir.clone(), name });
            }
        }
        folders.sort_by(|(a, _), (b, _)| natural(b, a));
        let below = |child: String| if name.is_empty() { child } else { format!("{name}/{child}") };
        waiting.extend(folders.into_iter().map(|(child, path)| (path, below(child))));
    }
    Ok(found)
}

/// The last part of a path, or the whole path where it has none (`.`, `/`).
pub(crate) fn folder_name(dir: &Path) -> String {
    dir.file_name().map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// Natural order: runs of digits compare as numbers of any length, everything else by character; `01` and `1` differ last of all.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (digits_left, digits_right) = (digits(left), digits(right));
        let order = if digits_left > 0 && digits_right > 0 {
            let (number_left, number_right) = (left[..digits_left].trim_start_matches('0'), right[..digits_right].trim_start_matches('0'));
            (left, right) = (&left[digits_left..], &right[digits_right..]);
            number_left.len().cmp(&number_right.len()).then_with(|| number_left.cmp(number_right))
        } else {
            let (mut chars_left, mut chars_right) = (left.chars(), right.chars());
            let pair = (chars_left.next(), chars_right.next());
            if pair == (None, None) {
                return a.cmp(b);
            }
            (left, right) = (chars_left.as_str(), chars_right.as_str());
            pair.0.cmp(&pair.1)
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// How many bytes of ASCII digits `text` begins with.
fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let sorted = [
            "",
            "a",
            "a01",
            "a1",
            "a2",
            "a2.5",
            "a2b",
            "a10",
            "a99999999999999999999",
            "a100000000000000000000",
            "b",
            "b9c10",
            "b10c9",
            "é",
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(natural(a, b), i.cmp(&j), "{a} {b}");
            }
        }
    }

    #[test]
    fn a_tree_is_walked_in_natural_order() {
        let root = tempfile::tempdir().unwrap();
        for dir in ["cls/x10", "cls/x9", "cls/x9/inner", "b", "empty"] {
            fs::create_dir_all(root.path().join(dir)).unwrap();
        }
        for dir in ["cls/x10", "cls/x9", "cls/x9/inner", "b"] {
            fs::write(root.path().join(dir).join(CASE_FILE), "{}").unwrap();
        }
        let names: Vec<String> = find_cases(root.path()).unwrap().into_iter().map(|case| case.name).collect();
        assert_eq!(names, ["b", "cls/x9", "cls/x9/inner", "cls/x10"]);
        let alone = find_cases(&root.path().join("b")).unwrap();
        assert_eq!(alone, [FoundCase { dir: root.path().join("b"), name: "b".to_owned() }]);
        assert_eq!(find_cases(&root.path().join("empty")).unwrap(), []);
    }

    #[test]
    fn what_is_no_folder_is_an_error_that_names_it() {
        let root = tempfile::tempdir().unwrap();
        let missing = root.path().join("missing");
        let error = find_cases(&missing).unwrap_err();
        assert_eq!(error.kind(), "io");
        assert!(error.to_string().contains("missing"), "{error}");
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(find_cases(&file).unwrap_err().to_string().contains("file"));
    }
}
