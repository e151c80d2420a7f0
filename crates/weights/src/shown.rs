//! Texts out of files, made fit to be printed: keys, names of functions and file names can hold line feeds, terminal escapes and
//! megabytes of text.

use std::fmt::{self, Write};

/// Characters shown of one text.
const LONGEST: usize = 160;

/// Prints a text with its control and invisible characters escaped, cut after 160 characters.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (count, character) in self.0.chars().enumerate() {
            if count == LONGEST {
                return f.write_char('…');
            }
            match character {
                '"' | '\'' | '\\' => f.write_char(character)?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        Ok(())
    }
}

/// Prints a shape, shortened after eight dimensions.
pub(crate) struct ShownShape<'a>(pub(crate) &'a [usize]);

impl fmt::Display for ShownShape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (axis, size) in self.0.iter().take(8).enumerate() {
            let comma = if axis == 0 { "" } else { ", " };
            write!(f, "{comma}{size}")?;
        }
        f.write_str(if self.0.len() > 8 { ", …]" } else { "]" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_inert_and_short() {
        assert_eq!(Shown("conv.weight").to_string(), "conv.weight");
        assert_eq!(Shown("кириллица\n\u{1b}[31m").to_string(), "кириллица\\n\\u{1b}[31m");
        assert_eq!(Shown(&"x".repeat(10_000)).to_string().chars().count(), LONGEST + 1);
    }

    #[test]
    fn shapes_are_short() {
        assert_eq!(ShownShape(&[]).to_string(), "[]");
        assert_eq!(ShownShape(&[4, 3, 3, 3]).to_string(), "[4, 3, 3, 3]");
        assert_eq!(ShownShape(&[1; 9]).to_string(), "[1, 1, 1, 1, 1, 1, 1, 1, …]");
    }
}
