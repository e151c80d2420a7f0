//! Text that may stand anywhere: on a terminal, in a table, in a file.

/// The same text with nothing in it that a terminal would obey.
///
/// Tabs, line feeds and carriage returns become spaces. Other control characters, line and paragraph separators, and what turns the
/// direction of writing become `U+FFFD`, as do the two code points that no text may hold.
pub(super) fn safe(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|c| match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    })
}

/// How many cells of a terminal the text takes: two for a character that fills a square.
pub(super) fn cells(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
            | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_comes_through() {
        let got: String = safe("a\tb\r\nc\u{1b}[31m\u{7}\u{9b}\u{202e}d\u{0}é中\u{ffff}").collect();
        assert_eq!(got, "a b  c\u{fffd}[31m\u{fffd}\u{fffd}\u{fffd}d\u{fffd}é中\u{fffd}");
    }

    #[test]
    fn squares_take_two_cells() {
        assert_eq!(cells("ab"), 2);
        assert_eq!(cells("中文，a"), 7);
        assert_eq!(cells(""), 0);
    }
}
