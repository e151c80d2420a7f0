//! Which format a file has: what its name says, and what its first bytes say.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::WeightsError;

/// A format of checkpoint files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Paddle's `.pdparams`: a Python pickle of numpy arrays.
    Pdparams,
    /// `.safetensors`: a JSON header and raw data.
    Safetensors,
}

impl Format {
    /// The name, which is also the ending of its files: `pdparams`, `safetensors`.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Pdparams => "pdparams",
            Format::Safetensors => "safetensors",
        }
    }

    /// The format that the ending of a file's name says (`.pdparams`, `.safetensors`, in any case), if it is one of the two.
    pub fn of_name(name: &str) -> Option<Format> {
        let ending = Path::new(name).extension()?.to_str()?;
        [Format::Pdparams, Format::Safetensors].into_iter().find(|format| ending.eq_ignore_ascii_case(format.as_str()))
    }

    /// The format that the bytes look like, if it is one of the two.
    pub fn of_content(bytes: &[u8]) -> Option<Format> {
        // A header of less than 4 GiB that begins with a brace. A pickle can't look so: its ninth byte would be that of a frame's
        // length or stand in the middle of a name.
        if bytes.get(4..9) == Some(b"\0\0\0\0{") {
            return Some(Format::Safetensors);
        }
        match bytes {
            // A torch file of the old kind: a pickle that is a magic number, followed by others.
            [0x80, 2, 0x8a, 10, ..] => None,
            [0x80, protocol, ..] if *protocol <= 5 => Some(Format::Pdparams),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = WeightsError;

    fn from_str(text: &str) -> Result<Format, WeightsError> {
        match text {
            "pdparams" => Ok(Format::Pdparams),
            "safetensors" => Ok(Format::Safetensors),
            _ => Err(WeightsError::Argument { what: format!("no weight format is called {text:?}: pdparams or safetensors was expected") }),
        }
    }
}

/// What a file is, by its first bytes: the formats of this crate, and what users mistake for them. `None` for anything else.
pub(crate) fn describe(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 12] = [
        (b"PK\x03\x04", "a zip archive (torch's .pt and .pth files are)"),
        (b"\x80\x02\x8a\x0a", "a torch file of the old kind"),
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x93NUMPY", "a single numpy array"),
        (b"\x89HDF", "an HDF5 file"),
        (b"GGUF", "a GGUF file"),
        (b"version https://git-lfs", "a Git LFS pointer in place of the file"),
        (b"\0\0\0\0", "a .pdiparams file (inference parameters, which have no names) or other binary data"),
    ];
    if let Some((_, kind)) = KINDS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(kind);
    }
    match Format::of_content(bytes) {
        Some(Format::Pdparams) => return Some("a pickle, as .pdparams files are"),
        Some(Format::Safetensors) => return Some("a .safetensors file"),
        None => {}
    }
    // Field 1, the version, then field 2, the producer, or 7, the graph.
    if matches!(bytes, [0x08, 1..=32, 0x12 | 0x3a, ..]) {
        return Some("an ONNX file");
    }
    let head = bytes.get(..256).unwrap_or(bytes);
    let text = head.trim_ascii_start();
    if text.get(..1) == Some(b"<") {
        return Some("an HTML or XML page");
    }
    let is_text = head.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e));
    is_text.then_some("a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_contents() {
        assert_eq!(Format::of_name("a/b.PDPARAMS"), Some(Format::Pdparams));
        assert_eq!(Format::of_name("b.safetensors"), Some(Format::Safetensors));
        assert_eq!(Format::of_name("b.onnx"), None);
        assert_eq!(Format::of_content(b"\x80\x04}."), Some(Format::Pdparams));
        assert_eq!(Format::of_content(b"\x80\x02\0\0\0\0\0\0{\"a\""), Some(Format::Safetensors));
        assert_eq!(Format::of_content(b"\x80\x02\x8a\x0al\xfc"), None);
        assert_eq!(Format::of_content(b"\x80\x09}."), None);
        assert_eq!("pdparams".parse::<Format>().unwrap(), Format::Pdparams);
        assert!("onnx".parse::<Format>().is_err());
    }

    #[test]
    fn strangers_are_named() {
        for (bytes, word) in [
            (&b"PK\x03\x04...."[..], "zip"),
            (b"\n<!DOCTYPE html>", "HTML"),
            (b"404: not found\n", "text"),
            (b"\x80\x04}.", "pickle"),
            (b"\x08\x07\x12\x07pytorch", "ONNX"),
            (b"\0\0\0\0\0\0\0\0\0\0", ".pdiparams"),
        ] {
            assert!(describe(bytes).unwrap().contains(word), "{word}");
        }
        assert_eq!(describe(b"\xfe\xfe\xfe"), None);
    }
}
