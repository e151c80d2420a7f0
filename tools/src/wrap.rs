//! Text for people in columns: wrapped to the width of the terminal, and never wider than reads well.

use crate::print::plain_lines;

/// The width that lines are wrapped to: the terminal's, between 60 and 100 columns; 80 where there is none.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).clamp(60, 100)
}

/// Breaks a text at its blanks into lines of at most `width` characters. A word that is longer has a line of its own, whole: addresses
/// and hashes are there to be copied.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A term and what stands beside it, wrapped in a column that begins at `column`. A term that reaches into that column has a line of
/// its own. Neither acts on the terminal.
pub(crate) fn beside(term: &str, text: &str, column: usize, width: usize) -> String {
    let (term, text) = (plain_lines(term).to_string(), plain_lines(text).to_string());
    let mut lines = wrap(&text, width.saturating_sub(column).max(20)).into_iter();
    let long = term.chars().count() + 1 > column;
    let mut out = match (long, lines.next()) {
        (_, None) => term,
        (false, Some(first)) => format!("{term:<column$}{first}"),
        (true, Some(first)) => format!("{term}\n{:column$}{first}", ""),
    };
    for line in lines {
        out.push_str(&format!("\n{:column$}{line}", ""));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_lines_short() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("https://example.org/long a b", 6), ["https://example.org/long", "a b"]);
        assert_eq!(wrap("  ", 6), Vec::<String>::new());
        assert_eq!(beside("a", "b\u{1b}[31m c\nd", 4, 80), "a   b\\u{1b}[31m c d");
        assert_eq!(beside("term", "one two three", 6, 26), "term  one two three");
        assert_eq!(beside("a longer term", "x", 6, 26), "a longer term\n      x");
        assert_eq!(beside("t", "aaaaaaaaaa bbbbbbbbbb cc", 4, 24), "t   aaaaaaaaaa\n    bbbbbbbbbb cc");
        assert_eq!(beside("t", "", 4, 24), "t");
    }
}
