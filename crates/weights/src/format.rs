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

/// A file that is not what was expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stranger {
    pub(crate) found: &'static str,
    /// What to do with it.
    pub(crate) advice: Option<&'static str>,
}

const AGAIN: Option<&str> = Some("get the file again, something else came in its place");
const CONVERT: Option<&str> = Some("save the network's state dict as .safetensors with the toolkit that wrote it");

/// What users mistake for a checkpoint, by its first bytes.
const STRANGERS: [(&[u8], &str, Option<&str>); 12] = [
    (b"PK\x03\x04", "a zip archive, as torch's .pt and .pth files are", CONVERT),
    (b"\x80\x02\x8a\x0a", "a torch file of the old kind", CONVERT),
    (b"\x89HDF", "an HDF5 file", CONVERT),
    (b"GGUF", "a GGUF file", CONVERT),
    (b"\x93NUMPY", "a single numpy array", CONVERT),
    (b"\x89PNG", "a PNG picture", AGAIN),
    (b"\xff\xd8\xff", "a JPEG picture", AGAIN),
    (b"GIF8", "a GIF picture", AGAIN),
    (b"%PDF", "a PDF document", AGAIN),
    (b"\x1f\x8b", "a gzip archive", Some("unpack it")),
    (b"version https://git-lfs", "a Git LFS pointer in place of a file", Some("fetch the file with git lfs pull")),
    (
        b"\0\0\0\0",
        "a .pdiparams file (tensors for inference, without names) or other binary data",
        Some("take the .pdparams file of the same network"),
    ),
];

/// What a file is, by its first bytes: the formats of this crate and what users mistake for them. `None` for anything else.
pub(crate) fn describe(bytes: &[u8]) -> Option<Stranger> {
    if let Some(&(_, found, advice)) = STRANGERS.iter().find(|(start, _, _)| bytes.starts_with(start)) {
        return Some(Stranger { found, advice });
    }
    let rename = |found, advice| Some(Stranger { found, advice: Some(advice) });
    match Format::of_content(bytes) {
        Some(Format::Pdparams) => return rename("a pickle", "if it holds weights, let its name end in .pdparams"),
        Some(Format::Safetensors) => return rename("a safetensors file", "let its name end in .safetensors"),
        None => {}
    }
    // Field 1, the version, then field 2, the producer, or 7, the graph.
    if matches!(bytes, [0x08, 1..=32, 0x12 | 0x3a, ..]) {
        return rename("an ONNX file", "let its name end in .onnx");
    }
    let head = bytes.get(..256).unwrap_or(bytes);
    if head.trim_ascii_start().starts_with(b"<") {
        return Some(Stranger { found: "an HTML or XML page", advice: AGAIN });
    }
    let is_text = head.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e));
    is_text.then_some(Stranger { found: "a text", advice: AGAIN })
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
            assert!(describe(bytes).unwrap().found.contains(word), "{word}");
        }
        assert_eq!(describe(b"\xfe\xfe\xfe"), None);
    }
}
