//! What a file is, by its first bytes; and for what is no picture, what it looks like and what to do.

use crate::ImagingError;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
    Bmp,
    Tiff,
    Gif,
    Pnm,
}

impl Format {
    /// The name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Gif => "GIF",
            Self::Pnm => "PNM",
        }
    }
}

/// So many first bytes of a file tell its format: a bitmap's is told by the size of its second header, which ends there.
pub const SIGNATURE_LENGTH: usize = 18;

/// The format whose signature the bytes begin with.
pub(super) fn by_signature(bytes: &[u8]) -> Option<Format> {
    Some(match bytes {
        [0xFF, 0xD8, 0xFF, ..] | [0xFF, 0xD8] => Format::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Format::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Format::Webp,
        // The size of the second header tells a bitmap from a text that begins with BM.
        [b'B', b'M', rest @ ..] if matches!(rest.get(12..16), Some([12 | 16 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])) => Format::Bmp,
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Format::Tiff,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Format::Gif,
        [b'P', b'1'..=b'6', after, ..] if after.is_ascii_whitespace() || *after == b'#' => Format::Pnm,
        [b'P', b'7', b'\n', ..] => Format::Pnm,
        _ => return None,
    })
}

/// The format of a file.
pub(super) fn format(name: &str, bytes: &[u8]) -> Result<Format, ImagingError> {
    if bytes.is_empty() {
        return Err(ImagingError::Empty { name: name.to_owned() });
    }
    by_signature(bytes).ok_or_else(|| ImagingError::NotAPicture { name: name.to_owned(), found: looks_like(bytes) })
}

/// What bytes that are no picture look like.
fn looks_like(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(1024)];
    let has = |text: &[u8]| start.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text));
    let known = match bytes {
        [b'%', b'P', b'D', b'F', ..] => {
            "a PDF document; turn its pages into pictures first, for example with `pdftoppm -r 200 -png FILE page`"
        }
        [b'P', b'K', 3, 4, ..] => "a zip archive (or an office document); unpack it first",
        [0x1F, 0x8B, ..] => "a gzip archive; unpack it first",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => {
            "an AVIF picture, which is not supported; convert it, for example to PNG"
        }
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', b'e' | b'i', ..] => {
            "a HEIC picture, which is not supported; convert it, for example to JPEG"
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            "a video; take pictures out of it first, for example with `ffmpeg -i FILE frame-%04d.png`"
        }
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => {
            "a JPEG XL picture, which is not supported; convert it, for example to PNG"
        }
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] | [0xFF, 0x4F, 0xFF, 0x51, ..] => {
            "a JPEG 2000 picture, which is not supported; convert it, for example to PNG"
        }
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop document, which is not supported; export it, for example as PNG",
        // Icons say how many they hold; what could be one with none is the header of a Targa picture.
        [0, 0, 1 | 2, 0, low, high, ..] if *low > 0 && *high == 0 => "an icon, which is not supported; convert it, for example to PNG",
        // No name for the picture, a palette or none, uncompressed or run lengths, bits of a pixel.
        [_, 0 | 1, 1..=3 | 9..=11, _, _, _, _, _, _, _, _, _, _, _, _, _, 8 | 15 | 16 | 24 | 32, ..] => {
            "a Targa picture (TGA), which is not supported; convert it, for example to PNG"
        }
        [b'P', b'F' | b'f', b'\n' | b' ', ..] => "a picture of floats (PFM), which is not supported; convert it, for example to PNG",
        [0x76, 0x2F, 0x31, 0x01, ..] | [b'#', b'?', b'R', b'A', b'D', ..] => {
            "a picture of high dynamic range, which is not supported; convert it, for example to PNG"
        }
        [b'D', b'D', b'S', b' ', ..] => "a texture (DDS), which is not supported; convert it, for example to PNG",
        [b'R', b'I', b'F', b'F', ..] => "a RIFF file that is no WebP picture",
        _ if has(b"<svg") => "an SVG drawing, which is not supported; render it first, for example with `rsvg-convert FILE -o picture.png`",
        _ if has(b"<!doctype html") || has(b"<html") => "a web page; was the picture's address saved instead of the picture?",
        _ => "",
    };
    if !known.is_empty() {
        return format!("it is {known}");
    }
    let text = start.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7E | 0x80..));
    if text && bytes.len() > 1 {
        return "it is a text file; expected JPEG, PNG, WebP, BMP, TIFF, GIF or PNM".to_owned();
    }
    let shown: Vec<String> = bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("it begins with the bytes {}; expected JPEG, PNG, WebP, BMP, TIFF, GIF or PNM", shown.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_picture_gets_advice() {
        let cases: [(&[u8], &str); 10] = [
            (b"%PDF-1.4", "PDF"),
            (b"<?xml version=\"1.0\"?><svg/>", "SVG"),
            (b"{\"a\": 1}", "text file"),
            (b"\0\0\0\x18ftypheic", "HEIC"),
            (b"\0\0\0\x18ftypmp42", "video"),
            (b"\x01", "begins with the bytes 01"),
            (b"\0\0\x01\0\x01\0\x10\x10", "icon"),
            (b"\0\0\x02\0\0\0\0\0\0\0\0\0\x43\0\x2D\0\x18\x20", "Targa"),
            (b"PF\n67 45\n-1.0\n", "PFM"),
            (b"#?RADIANCE\n", "high dynamic range"),
        ];
        for (bytes, word) in cases {
            let message = format("x", bytes).unwrap_err().to_string();
            assert!(message.contains(word), "{message}");
        }
        assert_eq!(format("x", b"").unwrap_err().kind(), "empty");
    }
}
