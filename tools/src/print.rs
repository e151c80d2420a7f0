//! Standard output: one locked, buffered writer for results, and the two forms that every task has, text for people and JSON Lines.
//!
//! Names of files and labels come from anywhere and may hold control characters, which a terminal would obey. [`plain`] shows them as
//! escapes in text, and JSON written here escapes those that JSON itself would let through.

use std::fmt::{self, Write as _};
use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

/// Standard output, locked for the whole run.
pub(crate) struct Out {
    to: BufWriter<StdoutLock<'static>>,
    closed: bool,
}

impl Out {
    /// Locks standard output.
    pub(crate) fn stdout() -> Self {
        Self { to: BufWriter::new(io::stdout().lock()), closed: false }
    }

    /// Whether the reader has gone away: the end of a run, but no failure.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes one value as one line of JSON and hands it on at once.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        // A value that can't be written leaves no half line.
        let mut line = Vec::new();
        write_json(value, &mut line)?;
        line.push(b'\n');
        self.write_all(&line)?;
        self.flush()
    }

    fn noted<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            self.closed |= error.kind() == io::ErrorKind::BrokenPipe;
            match error.kind() {
                io::ErrorKind::Interrupted => error,
                kind => io::Error::new(kind, format!("cannot write to standard output: {error}")),
            }
        })
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let result = self.to.write(bytes);
        self.noted(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.to.flush();
        self.noted(result)
    }
}

/// Writes one value as compact JSON in which no character acts on a terminal.
pub(crate) fn write_json(value: &impl Serialize, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, InertJson)).map_err(io::Error::from)
}

/// A name or label from outside as it may stand on a line of a terminal: control characters, and those that turn the direction of
/// writing, become escapes.
pub(crate) fn plain(text: &str) -> Plain<'_> {
    Plain { text, lines: false }
}

/// A message of several lines as it may stand on a terminal.
pub(crate) fn plain_lines(text: &str) -> Plain<'_> {
    Plain { text, lines: true }
}

/// See [`plain`] and [`plain_lines`].
pub(crate) struct Plain<'a> {
    text: &'a str,
    lines: bool,
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.text.chars() {
            match c {
                '\n' if self.lines => f.write_char(c)?,
                '\t' => f.write_char(' ')?,
                c if acts_on_terminal(c) => write!(f, "{}", c.escape_default())?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

fn acts_on_terminal(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Compact JSON in which no character acts on a terminal. (JSON itself escapes those below U+0020 only.)
struct InertJson;

impl Formatter for InertJson {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(acts_on_terminal) {
            writer.write_all(&rest.as_bytes()[..at])?;
            let mut after = rest[at..].chars();
            // All of them lie in the basic plane: one escape each.
            after.next().map_or(Ok(()), |c| write!(writer, "\\u{:04x}", u32::from(c)))?;
            rest = after.as_str();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_escapes() {
        assert_eq!(plain("猫 1.jpg").to_string(), "猫 1.jpg");
        assert_eq!(plain("a\u{1b}[31mb\nc\td").to_string(), "a\\u{1b}[31mb\\nc d");
        assert_eq!(plain("\u{9b}x\u{7f}\u{202e}").to_string(), "\\u{9b}x\\u{7f}\\u{202e}");
        assert_eq!(plain_lines("a\n\rb").to_string(), "a\n\\rb");
    }

    #[test]
    fn json_is_inert_and_reads_back() {
        let text = "a\u{1b}\u{9b}\u{7f}\u{202e}\"猫";
        let mut bytes = Vec::new();
        text.serialize(&mut Serializer::with_formatter(&mut bytes, InertJson)).unwrap();
        let json = String::from_utf8(bytes).unwrap();
        assert!(!json.chars().any(acts_on_terminal), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
