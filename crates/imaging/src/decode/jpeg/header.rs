//! JPEG's segments up to the first scan: what the picture is, what is missing here to read it, and which color model its numbers are in.
//!
//! The color model follows libjpeg (`jdapimin.c`, `default_decompress_parms`), since files are made to look right there; zune-jpeg
//! decides otherwise for some of them. Where it would, the header is rewritten before it gets to see it.

/// What the numbers of the components mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Model {
    Grey,
    Ycbcr,
    Rgb,
    /// Four inks, stored inverted as Adobe's programs do.
    Cmyk,
    /// Three of the inks as YCbCr.
    Ycck,
}

impl Model {
    /// Components of a pixel.
    pub(crate) fn components(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Ycbcr | Self::Rgb => 3,
            Self::Cmyk | Self::Ycck => 4,
        }
    }
}

/// A header as far as it matters.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) model: Model,
    /// EXIF's block, if there is one.
    pub(crate) exif: Option<std::ops::Range<usize>>,
    /// Where the first scan's data begin.
    data: usize,
    /// Ranges of the file that zune-jpeg may see before the first scan's data, where it must not see all.
    pub(crate) kept: Option<Vec<std::ops::Range<usize>>>,
}

/// Why a header can't be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The file ends in the header.
    Truncated,
    /// The header contradicts the format.
    Corrupt(String),
    /// A feature of JPEG that is missing here.
    Missing(String),
}

/// Adobe's APP14 segment: what its `transform` byte says.
const ADOBE: &[u8] = b"Adobe";

/// Reads the segments up to the first scan.
pub(crate) fn read(bytes: &[u8]) -> Result<Header, Problem> {
    let mut scan = Scan { bytes, at: 2, jfif: false, adobe: None, exif: None, frame: None, segments: Vec::new(), gaps: false };
    scan.run()?;
    let (width, height, ids) = scan.frame.take().ok_or_else(|| Problem::Corrupt("there is no frame header before the data".to_owned()))?;
    let model = model(&ids, scan.jfif, scan.adobe)?;
    let rewrite = scan.gaps || believed(&ids, scan.adobe) != Some(model);
    let kept = rewrite.then(|| scan.segments.iter().filter(|(marker, _)| *marker != 0xEE).map(|(_, range)| range.clone()).collect());
    Ok(Header { width, height, model, exif: scan.exif, data: scan.at, kept })
}

impl Header {
    /// Whether the picture's end marker is there. Without it a picture may lack its last rows, and zune-jpeg does not notice if all that
    /// is missing is part of the last row of blocks.
    pub(crate) fn is_ended(&self, bytes: &[u8]) -> bool {
        if bytes.ends_with(&[0xFF, 0xD9]) {
            return true;
        }
        let mut at = self.data;
        while let Some(found) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)) {
            at += found + 1;
            match bytes.get(at) {
                Some(0xD9) => return true,
                // A segment between scans: its body may hold anything.
                Some(0xC0..=0xCF | 0xDA..=0xFE) => match bytes.get(at + 1..at + 3) {
                    Some([high, low]) => at += 1 + usize::from(u16::from_be_bytes([*high, *low])),
                    _ => return false,
                },
                _ => {}
            }
        }
        false
    }
}

/// libjpeg's choice.
fn model(ids: &[u8], jfif: bool, adobe: Option<u8>) -> Result<Model, Problem> {
    Ok(match (ids.len(), adobe) {
        (1, _) => Model::Grey,
        (3, _) if jfif => Model::Ycbcr,
        (3, Some(0)) => Model::Rgb,
        (3, None) if ids == b"RGB" => Model::Rgb,
        (3, _) => Model::Ycbcr,
        (4, None | Some(0)) => Model::Cmyk,
        (4, Some(_)) => Model::Ycck,
        (n, _) => return Err(Problem::Missing(format!("{n} color components"))),
    })
}

/// zune-jpeg's choice for the same header, if the Adobe segment comes before the frame header; none where it would refuse the file or
/// it matters where the segment lies.
fn believed(ids: &[u8], adobe: Option<u8>) -> Option<Model> {
    match (ids.len(), adobe) {
        (1, None) => Some(Model::Grey),
        (3, _) if ids == b"RGB" => Some(Model::Rgb),
        (3, None | Some(1)) => Some(Model::Ycbcr),
        (4, None | Some(0)) => Some(Model::Cmyk),
        (4, Some(2)) => Some(Model::Ycck),
        _ => None,
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    jfif: bool,
    adobe: Option<u8>,
    exif: Option<std::ops::Range<usize>>,
    frame: Option<(usize, usize, Vec<u8>)>,
    /// Marker and range, its 0xFF included, of every segment before the scan's data.
    segments: Vec<(u8, std::ops::Range<usize>)>,
    /// Whether bytes that belong to no segment lie between them; libjpeg skips them.
    gaps: bool,
}

impl Scan<'_> {
    fn run(&mut self) -> Result<(), Problem> {
        loop {
            let marker = self.marker()?;
            if matches!(marker, 0x01 | 0xD0..=0xD8) {
                continue;
            }
            if marker == 0xD9 {
                return Err(Problem::Corrupt("the end marker comes before any data".to_owned()));
            }
            let length = self.number(self.at).ok_or(Problem::Truncated)?;
            let end = self.at.checked_add(length).filter(|end| length >= 2 && *end <= self.bytes.len());
            let end = end.ok_or_else(|| {
                if length < 2 { Problem::Corrupt(format!("a segment states a length of {length}")) } else { Problem::Truncated }
            })?;
            let body = self.at + 2..end;
            self.segments.push((marker, self.at - 2..end));
            self.at = end;
            self.segment(marker, body)?;
            if marker == 0xDA {
                return Ok(());
            }
        }
    }

    /// The next marker; fill bytes before it are passed over.
    fn marker(&mut self) -> Result<u8, Problem> {
        let start = self.at;
        while *self.bytes.get(self.at).ok_or(Problem::Truncated)? != 0xFF {
            self.at += 1;
        }
        self.gaps |= self.at > start;
        loop {
            match *self.bytes.get(self.at + 1).ok_or(Problem::Truncated)? {
                0xFF => self.at += 1,
                // A stuffed zero is no marker; look further.
                0 => {
                    self.at += 2;
                    self.gaps = true;
                    return self.marker();
                }
                marker => {
                    self.at += 2;
                    return Ok(marker);
                }
            }
        }
    }

    fn number(&self, at: usize) -> Option<usize> {
        Some(usize::from(u16::from_be_bytes([*self.bytes.get(at)?, *self.bytes.get(at + 1)?])))
    }

    fn segment(&mut self, marker: u8, range: std::ops::Range<usize>) -> Result<(), Problem> {
        let body = &self.bytes[range.clone()];
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") => self.jfif = true,
            0xE1 if self.exif.is_none() && body.starts_with(b"Exif\0\0") => self.exif = Some(range.start + 6..range.end),
            0xEE if body.starts_with(ADOBE) && body.len() >= 12 => self.adobe = Some(body[11]),
            0xC3 => return Err(Problem::Missing("lossless coding".to_owned())),
            0xC5..=0xC7 => return Err(Problem::Missing("hierarchical coding".to_owned())),
            0xC9..=0xCB | 0xCD..=0xCF => return Err(Problem::Missing("arithmetic coding".to_owned())),
            0xC0..=0xC2 => self.frame(body)?,
            _ => {}
        }
        Ok(())
    }

    fn frame(&mut self, body: &[u8]) -> Result<(), Problem> {
        let [precision, h1, h0, w1, w0, components, rest @ ..] = body else {
            return Err(Problem::Corrupt("the frame header is too short".to_owned()));
        };
        if *precision != 8 {
            return Err(Problem::Missing(format!("{precision} bits a channel")));
        }
        if self.frame.is_some() {
            return Err(Problem::Corrupt("there are two frame headers".to_owned()));
        }
        if rest.len() < usize::from(*components) * 3 {
            return Err(Problem::Corrupt(format!("the frame header has no room for its {components} components")));
        }
        let ids = rest.chunks_exact(3).take(usize::from(*components)).map(|component| component[0]).collect();
        self.frame = Some((usize::from(u16::from_be_bytes([*w1, *w0])), usize::from(u16::from_be_bytes([*h1, *h0])), ids));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of one frame with these component names, and an Adobe segment where `adobe` says so.
    fn header(ids: &[u8], jfif: bool, adobe: Option<u8>, sof: u8, precision: u8) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        if jfif {
            bytes.extend(b"\xFF\xE0\0\x07JFIF\0");
        }
        if let Some(transform) = adobe {
            bytes.extend(b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0");
            bytes.push(transform);
        }
        bytes.extend([0xFF, sof, 0, 8 + 3 * ids.len() as u8, precision, 0, 5, 0, 7, ids.len() as u8]);
        bytes.extend(ids.iter().flat_map(|id| [*id, 0x11, 0]));
        bytes.extend([0xFF, 0xDA, 0, 2]);
        bytes
    }

    #[test]
    fn color_models_are_libjpegs() {
        let cases = [
            (&b"\x01"[..], true, None, Model::Grey, false),
            (b"\x01", false, Some(1), Model::Grey, true),
            (b"\x01\x02\x03", true, None, Model::Ycbcr, false),
            (b"\x01\x02\x03", false, Some(0), Model::Rgb, true),
            (b"\x01\x02\x03", false, Some(2), Model::Ycbcr, true),
            (b"RGB", false, None, Model::Rgb, false),
            (b"RGB", true, None, Model::Ycbcr, true),
            (b"CMYK", false, None, Model::Cmyk, false),
            (b"\x01\x02\x03\x04", false, Some(2), Model::Ycck, false),
            (b"\x01\x02\x03\x04", false, Some(1), Model::Ycck, true),
        ];
        for (ids, jfif, adobe, model, rewritten) in cases {
            let header = read(&header(ids, jfif, adobe, 0xC0, 8)).unwrap();
            assert_eq!(
                (header.width, header.height, header.model, header.kept.is_some()),
                (7, 5, model, rewritten),
                "{ids:?} {jfif} {adobe:?}"
            );
        }
    }

    #[test]
    fn the_end_marker_is_found_behind_scans_and_before_anything() {
        let start = header(b"\x01", true, None, 0xC0, 8);
        for (tail, ended) in [
            (&b"\x12\xFF\0\x34\xFF\xD9"[..], true),
            (b"\x12\xFF\xD0\x34\xFF\xD9 and more", true),
            (b"\x12\xFF\xC4\0\x04\xFF\xD9\x34", false),
            (b"\x12\xFF\xC4\0\x04\xFF\xD9\x34\xFF\xD9\0", true),
            (b"\x12\xFF\0\xD9\x34", false),
            (b"\x12\xFF", false),
            (b"", false),
        ] {
            let bytes = [&start, tail].concat();
            assert_eq!(read(&bytes).unwrap().is_ended(&bytes), ended, "{tail:?}");
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for (sof, precision, components, word) in [
            (0xC0, 12, 3, "12 bits"),
            (0xC9, 8, 3, "arithmetic"),
            (0xC3, 8, 3, "lossless"),
            (0xC5, 8, 3, "hierarchical"),
            (0xC0, 8, 2, "2 color"),
        ] {
            match read(&header(&b"\x01\x02\x03"[..components], false, None, sof, precision)) {
                Err(Problem::Missing(what)) => assert!(what.contains(word), "{what}"),
                other => panic!("{other:?}"),
            }
        }
        let whole = header(b"\x01\x02\x03", true, Some(1), 0xC0, 8);
        for len in 2..whole.len() {
            assert_eq!(read(&whole[..len]).unwrap_err(), Problem::Truncated, "{len}");
        }
    }
}
