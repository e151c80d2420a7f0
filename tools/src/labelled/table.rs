//! A text of a line for each picture: its file, a tab, its class. Files lie relative to the folder of the list.

use std::path::Path;

use anyhow::{anyhow, bail};

use super::Labelled;

pub(super) fn read(list: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Labelled>> {
    let shown = list.display();
    let Ok(text) = std::str::from_utf8(bytes) else {
        bail!("{shown}: is neither text (file, tab, class on each line) nor an .imgpack");
    };
    let folder = list.parent().unwrap_or(Path::new(""));
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let used = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    used.map(|(i, line)| {
        let (file, class) =
            parse(line).ok_or_else(|| anyhow!("{shown}, line {}: {line:?} is not FILE, a tab and a class number from 0", i + 1))?;
        Ok(Labelled::file(folder.join(file), class))
    })
    .collect()
}

fn parse(line: &str) -> Option<(&str, usize)> {
    let mut fields = line.trim_end().split('\t');
    let file = fields.next().filter(|f| !f.is_empty())?;
    Some((file, fields.next()?.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let list = Path::new("data/list.tsv");
        let read = |text: &str| super::read(list, text.as_bytes());
        let pictures = read("\u{feff}a b.jpg\t7\r\n# remark\n\nsub/c.png\t0\tmore\n").unwrap();
        let found: Vec<(String, usize)> = pictures.into_iter().map(|p| (p.name.replace('\\', "/"), p.class)).collect();
        assert_eq!(found, [("data/a b.jpg".to_owned(), 7), ("data/sub/c.png".to_owned(), 0)]);
        for bad in ["a.jpg 7", "a.jpg\t-1", "a.jpg\tcat", "\t3"] {
            let message = read(&format!("ok.jpg\t1\n{bad}\n")).err().unwrap().to_string();
            assert!(message.contains("line 2"), "{message}");
        }
        assert!(super::read(list, &[0xff, 0xfe]).is_err());
    }
}
