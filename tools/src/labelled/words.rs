//! Pictures and what is written on them: a text of a line for each, its file, a tab, its words. Files lie relative to the folder of the
//! list.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

/// A picture and its words.
#[derive(Debug, PartialEq)]
pub(crate) struct Worded {
    /// The picture's file.
    pub(crate) path: PathBuf,
    /// What is written on it.
    pub(crate) text: String,
}

/// Reads a list. Words are everything behind the first tab, blanks included.
///
/// # Errors
/// Where the list is missing, is no text, holds nothing, or has a line without a tab; the message names the line.
pub(crate) fn worded(list: &Path) -> anyhow::Result<Vec<Worded>> {
    let bytes = fs::read(list).with_context(|| format!("{}: the list of pictures and words cannot be read", list.display()))?;
    parse(list, &bytes)
}

fn parse(list: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Worded>> {
    let shown = list.display();
    let Ok(text) = std::str::from_utf8(bytes) else {
        bail!("{shown}: is no text; FILE, a tab and its words were expected on each line");
    };
    let folder = list.parent().unwrap_or(Path::new(""));
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let used = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let pictures = used.map(|(i, line)| match line.split_once('\t').filter(|(file, _)| !file.is_empty()) {
        Some((file, text)) => Ok(Worded { path: folder.join(file), text: text.to_owned() }),
        None => Err(anyhow!("{shown}, line {}: {line:?} is not FILE, a tab and its words", i + 1)),
    });
    let pictures = pictures.collect::<anyhow::Result<Vec<_>>>()?;
    if pictures.is_empty() {
        bail!("{shown}: holds no picture");
    }
    Ok(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let read = |text: &str| parse(Path::new("data/list.tsv"), text.as_bytes());
        let expected = [("a b.png", "two words "), ("sub/c.png", ""), ("d.png", "#\t1")];
        let expected = expected.map(|(file, text)| Worded { path: Path::new("data").join(file), text: text.to_owned() });
        assert_eq!(read("\u{feff}a b.png\ttwo words \r\n# remark\n\nsub/c.png\t\nd.png\t#\t1\n").unwrap(), expected);
        for bad in ["a.png words", "\twords"] {
            let message = read(&format!("ok.png\tok\n{bad}\n")).unwrap_err().to_string();
            assert!(message.contains("line 2"), "{message}");
        }
        assert!(read("# nothing\n").unwrap_err().to_string().contains("holds no picture"));
        assert!(parse(Path::new("l"), &[0xff, 0xfe]).unwrap_err().to_string().contains("is no text"));
    }
}
