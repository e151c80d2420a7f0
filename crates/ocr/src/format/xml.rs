//! Text within XML.

use std::fmt;

use super::safe::safe;

/// Text as it may stand between tags and between the double quotes of an attribute: escaped, and without what XML forbids.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        safe(self.0).try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            c => f.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_forbidden_characters_are_escaped() {
        assert_eq!(
            Escaped("<a b=\"c\">'&\u{0}\u{1b}\u{ffff}é</a>").to_string(),
            "&lt;a b=&quot;c&quot;&gt;&#39;&amp;\u{fffd}\u{fffd}\u{fffd}é&lt;/a&gt;"
        );
    }
}
