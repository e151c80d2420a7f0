//! Orientations in PNG's texts: EXIF's block as ImageMagick writes it ("Raw profile type exif", in hexadecimal), and XMP.

use std::io::Read;

use super::orientation;

/// The most bytes that a compressed text is unpacked to: far more than any profile with an orientation has.
const MOST: u64 = 1 << 18;

/// The orientation that a text chunk tells, 1 to 8.
pub(super) fn orientation(kind: [u8; 4], body: &[u8]) -> Option<u8> {
    let (key, rest) = split(body)?;
    match (&kind, key) {
        (b"zTXt", b"Raw profile type exif" | b"Raw profile type APP1") => profile(&inflated(rest.strip_prefix(b"\0")?)),
        (b"tEXt", b"Raw profile type exif" | b"Raw profile type APP1") => profile(rest),
        (b"iTXt", b"XML:com.adobe.xmp") => {
            let (compressed, rest) = (rest.first()? == &1, rest.get(2..)?);
            // The language, and the key in that language.
            let (_, text) = split(split(rest)?.1)?;
            if compressed { xmp(&inflated(text)) } else { xmp(text) }
        }
        _ => None,
    }
}

/// What stands before and behind the first zero.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn inflated(packed: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    // A text that breaks off is read as far as it goes.
    let _ = flate2::read::ZlibDecoder::new(packed).take(MOST).read_to_end(&mut text);
    text
}

/// A name, a length and the block in hexadecimal, with white space between.
fn profile(text: &[u8]) -> Option<u8> {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (_, _) = (words.next()?, words.next()?);
    let digits: Vec<u8> = words.flatten().map(|digit| char::from(*digit).to_digit(16).map(|n| n as u8)).collect::<Option<_>>()?;
    let block: Vec<u8> = digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect();
    Some(orientation::from_exif(&block))
}

/// `tiff:Orientation`, as an attribute or as an element.
fn xmp(text: &[u8]) -> Option<u8> {
    let key = b"tiff:Orientation";
    let at = text.windows(key.len()).position(|window| window == key)? + key.len();
    let digit = text.get(at..)?.iter().find(|byte| !matches!(byte, b'=' | b'"' | b'\'' | b'>' | b' '))?;
    (b'1'..=b'8').contains(digit).then(|| digit - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_tell_the_orientation() {
        let hex = "\nexif\n      26\n49492a0008000000010012010300010000\n0006000000\n";
        assert_eq!(orientation(*b"tEXt", format!("Raw profile type exif\0{hex}").as_bytes()), Some(6));
        for form in ["tiff:Orientation=\"8\"", "<tiff:Orientation>8</tiff:Orientation>"] {
            assert_eq!(orientation(*b"iTXt", format!("XML:com.adobe.xmp\0\0\0\0\0<x {form}>").as_bytes()), Some(8));
        }
        for (kind, body) in
            [(b"tEXt", &b"Comment\x006"[..]), (b"zTXt", b"Raw profile type exif\0\0rubbish"), (b"iTXt", b"XML:com.adobe.xmp")]
        {
            assert_eq!(orientation(*kind, body), None);
        }
    }
}
