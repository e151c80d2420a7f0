//! The character list in `inference.yml`, which PaddleOCR 3 lays beside an exported recognizer.
//!
//! Of that file nothing else is wanted, so this reads no YAML but the one list: the entries of `character_dict`, plain, 'single' or
//! "double" quoted, an entry a line or all between brackets. White space other than blanks and tabs is a character, not layout.

/// The entries of `character_dict`; none where the text has no such key.
///
/// # Errors
/// What is wrong and in which line, where the list is written in a way that is not read here.
pub fn character_dict(text: &str) -> Result<Option<Vec<String>>, String> {
    let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line));
    let Some((number, indent, rest)) = lines.find_map(|(number, line)| {
        let content = line.trim_start_matches(' ');
        content.strip_prefix("character_dict:").map(|rest| (number, line.len() - content.len(), rest))
    }) else {
        return Ok(None);
    };
    let value = blank_trimmed(rest);
    let entries = if value.is_empty() || value.starts_with('#') {
        block(lines, indent)?
    } else {
        flow(value).map_err(|what| format!("line {number}: {what}"))?
    };
    if entries.is_empty() {
        return Err(format!("line {number}: character_dict lists no character"));
    }
    Ok(Some(entries))
}

/// `- entry` lines, indented at least as far as the key and all alike.
fn block<'a>(lines: impl Iterator<Item = (usize, &'a str)>, key_indent: usize) -> Result<Vec<String>, String> {
    let mut entries = Vec::new();
    let mut item_indent = None;
    for (number, line) in lines {
        let content = line.trim_start_matches(' ');
        if blank_trimmed(content).is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        let item = content.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']));
        let Some(item) = item.filter(|_| indent >= key_indent && indent == *item_indent.get_or_insert(indent)) else {
            if indent > item_indent.unwrap_or(key_indent) {
                return Err(format!("line {number}: an entry of character_dict goes on over a second line"));
            }
            break;
        };
        let (entry, rest) = scalar(blank_trimmed(item), &[]).map_err(|what| format!("line {number}: {what}"))?;
        if !is_remark(rest) {
            return Err(format!("line {number}: {rest:?} follows an entry of character_dict"));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// `[a, 'b', "c"]` on one line.
fn flow(text: &str) -> Result<Vec<String>, String> {
    let mut rest = text.strip_prefix('[').ok_or_else(|| format!("character_dict is {text:?}; a list was expected"))?;
    let mut entries = Vec::new();
    loop {
        rest = blank_trimmed(rest);
        if let Some(end) = rest.strip_prefix(']') {
            return if is_remark(end) { Ok(entries) } else { Err(format!("{end:?} follows the list")) };
        }
        let (entry, after) = scalar(rest, &[',', ']'])?;
        entries.push(entry);
        rest = after.trim_start_matches([' ', '\t']);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None if rest.starts_with(']') => {}
            None => return Err("the list is not closed on its line".to_owned()),
        }
    }
}

/// One entry at the beginning of `text`, and what follows it. A plain one ends at one of `ends`, or at a remark.
fn scalar<'a>(text: &'a str, ends: &[char]) -> Result<(String, &'a str), String> {
    match text.chars().next() {
        Some('\'') => single_quoted(&text[1..]),
        Some('"') => double_quoted(&text[1..]),
        _ => {
            let end = text.find(ends).unwrap_or(text.len()).min(text.find(" #").unwrap_or(text.len()));
            let end = if text.starts_with('#') && ends.is_empty() { 0 } else { end };
            Ok((blank_trimmed(&text[..end]).to_owned(), &text[end..]))
        }
    }
}

/// Up to the closing quote; two quotes are one.
fn single_quoted(text: &str) -> Result<(String, &str), String> {
    let mut entry = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\'') {
        entry.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                entry.push('\'');
                rest = after;
            }
            None => return Ok((entry, rest)),
        }
    }
    Err("a quoted entry is not closed on its line".to_owned())
}

/// Up to the closing quote; a backslash begins an escape.
fn double_quoted(text: &str) -> Result<(String, &str), String> {
    let mut entry = String::new();
    let mut rest = text;
    loop {
        let mut chars = rest.chars();
        let next = chars.next();
        rest = chars.as_str();
        match next {
            Some('"') => return Ok((entry, rest)),
            Some('\\') => {
                let (c, after) = escape(rest)?;
                entry.push(c);
                rest = after;
            }
            Some(c) => entry.push(c),
            None => return Err("a quoted entry is not closed on its line".to_owned()),
        }
    }
}

/// The character that the text behind a backslash stands for.
fn escape(text: &str) -> Result<(char, &str), String> {
    let unknown = || format!("\\{} is no escape", text.chars().next().map(String::from).unwrap_or_default());
    let mut chars = text.chars();
    let letter = chars.next().ok_or_else(unknown)?;
    let rest = chars.as_str();
    let digits = |count: usize| {
        let code = rest.get(..count).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let c = code.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
        c.map(|c| (c, &rest[count..])).ok_or_else(unknown)
    };
    let plain = match letter {
        'x' => return digits(2),
        'u' => return digits(4),
        'U' => return digits(8),
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        ' ' | '"' | '/' | '\\' => letter,
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return Err(unknown()),
    };
    Ok((plain, rest))
}

/// Without the blanks and tabs that YAML takes for layout, and no other white space.
fn blank_trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r'])
}

fn is_remark(text: &str) -> bool {
    let text = blank_trimmed(text);
    text.is_empty() || text.starts_with('#')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<String> {
        character_dict(text).unwrap().unwrap()
    }

    #[test]
    fn a_file_as_paddleocr_writes_it() {
        let text = "Global:\n  model_name: PP-OCRv5_mobile_rec\nPreProcess:\n  transform_ops:\n  - DecodeImage:\n      img_mode: BGR\n\
                    PostProcess:\n  name: CTCLabelDecode\n  character_dict:\n  - \u{3000}\n  - 一\n  - '!'\n  - ''''\n  - '\"'\n  - '#'\n  \
                    - \\\n  - \"\\xA0\"\n  - \"\\u2028\"\n  - \"\\U0001F600\"\n  - 🇩🇪\n  - '0'\n  - '-'\n  - ' '\n  use_space_char: true\nOther: 1\n";
        let expected = ["\u{3000}", "一", "!", "'", "\"", "#", "\\", "\u{a0}", "\u{2028}", "😀", "🇩🇪", "0", "-", " "].map(str::to_owned);
        assert_eq!(read(text), expected);
        assert_eq!(read(&text.replace('\n', "\r\n")), expected);
    }

    #[test]
    fn other_ways_to_write_a_list() {
        assert_eq!(read("character_dict:   # 3\n- a   # first\n\n# between\n-\n- b\n"), ["a", "", "b"]);
        assert_eq!(read("P:\n  character_dict:\n    - a\n    - b\n  x:\n    - c\n"), ["a", "b"]);
        assert_eq!(read("character_dict: ['*', \"\\\"\", a, ']' , 7] # five"), ["*", "\"", "a", "]", "7"]);
        assert_eq!(character_dict("name: x\n").unwrap(), None);
    }

    #[test]
    fn what_is_not_read_is_told_with_its_line() {
        for (text, part) in [
            ("character_dict:\nnext: 1\n", "line 1: character_dict lists no character"),
            ("character_dict: keys.txt", "line 1"),
            ("character_dict:\n- 'a\n", "line 2: a quoted entry is not closed"),
            ("character_dict:\n- \"\\q\"\n", "line 2: \\q is no escape"),
            ("character_dict:\n- \"\\ud800\"\n", "line 2: \\u is no escape"),
            ("character_dict:\n- a\n- 'b' c\n", "line 3"),
            ("character_dict:\n- a\n  b\n", "line 3"),
            ("character_dict: [a, b", "line 1: the list is not closed"),
        ] {
            let error = character_dict(text).unwrap_err();
            assert!(error.contains(part), "{text:?}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(character_dict:)?[ \\-\\[\\],'\"\\\\#xuU0aé\u{3000}\r\n]{0,60}") {
            let _ = character_dict(&text);
        }

        #[test]
        fn quoted_characters_come_back(entry in "\\PC{1,3}") {
            let quoted = format!("character_dict:\n- '{}'\n", entry.replace('\'', "''"));
            prop_assert_eq!(read(&quoted), [entry.clone()]);
            let escaped: String = entry.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
            prop_assert_eq!(read(&format!("character_dict:\n- \"{escaped}\"\n")), [entry]);
        }
    }
}
