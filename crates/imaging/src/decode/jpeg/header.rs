//! JPEG's segments up to the first scan: what the picture is, what is missing here to read it, and which color model its numbers are in.
//!
//! The color model follows libjpeg (`jdapimin.c`, `default_decompress_parms`), since files are made to look right there; zune-jpeg
//! decides otherwise for some of them. Where it would, the header is rewritten before it gets to see it.

use super::scans::Pass;

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
    /// The components and the way they are coded.
    pub(crate) frame: Frame,
    /// The first scan's header.
    pub(crate) first: Pass,
    /// Where the first scan's data begin.
    pub(crate) data: usize,
    /// Coded units between two restart markers; 0 where there are none.
    pub(crate) restarts: usize,
    /// Whether the file relies on Motion-JPEG's standard Huffman tables.
    pub(crate) standard_tables: bool,
    /// Ranges of the file that zune-jpeg may see before the first scan's data, where it must not see all.
    pub(crate) kept: Option<Vec<std::ops::Range<usize>>>,
}

/// The frame header.
#[derive(Debug)]
pub(crate) struct Frame {
    width: usize,
    height: usize,
    /// Coded in passes that refine each other, instead of once and for all.
    pub(crate) progressive: bool,
    pub(crate) components: Vec<Component>,
}

/// One component of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) name: u8,
    /// Samples across and down in the smallest unit of the frame, 1 to 4.
    pub(crate) sampling: [usize; 2],
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
    let mut scan = Scan { bytes, at: 2, ..Scan::default() };
    scan.run()?;
    let frame = scan.frame.take().ok_or_else(|| Problem::Corrupt("there is no frame header before the data".to_owned()))?;
    let ids: Vec<u8> = frame.components.iter().map(|component| component.name).collect();
    let model = model(&ids, scan.jfif, scan.adobe)?;
    let rewrite = scan.gaps || believed(&ids, scan.adobe) != Some(model);
    let kept = rewrite.then(|| scan.segments.iter().filter(|(marker, _)| *marker != 0xEE).map(|(_, range)| range.clone()).collect());
    Ok(Header {
        width: frame.width,
        height: frame.height,
        model,
        exif: scan.exif,
        first: scan.first,
        data: scan.at,
        restarts: scan.restarts,
        standard_tables: !frame.progressive && !scan.tables,
        frame,
        kept,
    })
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

#[derive(Default)]
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    jfif: bool,
    adobe: Option<u8>,
    exif: Option<std::ops::Range<usize>>,
    frame: Option<Frame>,
    first: Pass,
    restarts: usize,
    /// Whether there is any Huffman table.
    tables: bool,
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
            0xC0..=0xC2 => self.frame(body, marker == 0xC2)?,
            0xC4 => self.tables = true,
            0xDA => self.first = Pass::read(body),
            0xDD => self.restarts = self.number(range.start).unwrap_or(0),
            _ => {}
        }
        Ok(())
    }

    fn frame(&mut self, body: &[u8], progressive: bool) -> Result<(), Problem> {
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
        let component = |body: &[u8]| Component { name: body[0], sampling: [usize::from(body[1] >> 4), usize::from(body[1] & 15)] };
        let components = rest.chunks_exact(3).take(usize::from(*components)).map(component).collect();
        let side = |high: u8, low: u8| usize::from(u16::from_be_bytes([high, low]));
        let (width, height) = (side(*w1, *w0), side(*h1, *h0));
        if height == 0 && width > 0 {
            return Err(Problem::Missing("a height that is told behind the first scan (DNL)".to_owned()));
        }
        self.frame = Some(Frame { width, height, progressive, components });
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
