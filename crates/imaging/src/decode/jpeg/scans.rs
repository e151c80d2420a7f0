//! Whether a JPEG's scans are all there, and whether zune-jpeg decodes such scans right.
//!
//! zune-jpeg takes an end marker in the middle of the data for the end of a picture whose rest it makes up, and does not notice if part
//! of the last row of blocks is missing. So the stream that it gets ends otherwise: behind the last scan's data follow ones only, which
//! begin no Huffman code (ITU-T T.81, C.2), so that a decoder which still wants blocks there meets an error. A complete picture is done
//! before it gets that far. (Tables that break the rule and give a meaning to ones are read through to the end of the bytes, which
//! zune-jpeg reports; then part of the last row of blocks may be missing unnoticed.)

use std::borrow::Cow;
use std::ops::Range;

use super::header::{Component, Header, Problem};

/// Ones that no complete picture reaches: more than a decoder looks ahead.
const TAIL: usize = 64;

/// The longest run of blocks that a progressive scan can pass over with one code, and the bits that each can take while it does.
const LONGEST_RUN: usize = 32_767;
const RUN_BITS: usize = 63;

/// A scan's header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pass {
    /// The scan's components, by their names.
    pub(crate) names: Vec<u8>,
    /// First and last coefficient.
    band: [u8; 2],
    /// The lowest bit of the coefficients that is told.
    low: u8,
}

impl Pass {
    /// Reads the body of the segment.
    pub(crate) fn read(body: &[u8]) -> Self {
        let count = body.first().map_or(0, |count| usize::from(*count));
        let names = body.get(1..).unwrap_or_default().as_chunks::<2>().0.iter().take(count).map(|[name, _]| *name).collect();
        let byte = |at: usize| body.get(1 + 2 * count + at).copied().unwrap_or(0);
        Self { names, band: [byte(0), byte(1)], low: byte(2) & 15 }
    }
}

/// What lies between the header and the end marker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scans {
    /// Where the last scan's data end.
    end: usize,
    passes: Vec<Pass>,
    /// Coded units between restart markers in the last scan, and how many of those markers there are.
    restarts: usize,
    markers: usize,
}

impl Scans {
    /// Walks to the end marker.
    ///
    /// # Errors
    /// [`Problem::Truncated`] if there is none, or if scans are missing before it.
    pub(crate) fn read(bytes: &[u8], header: &Header) -> Result<Self, Problem> {
        let mut scans = Self { end: header.data, passes: vec![header.first.clone()], restarts: header.restarts, markers: 0 };
        let mut restarts = header.restarts;
        let (mut at, mut inside) = (header.data, true);
        loop {
            at += bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == 0xFF)).ok_or(Problem::Truncated)? + 1;
            match *bytes.get(at).ok_or(Problem::Truncated)? {
                0xD0..=0xD7 => scans.markers += 1,
                // A stuffed zero, fill bytes, markers that stand alone.
                0 | 1 | 0xFF | 0xD8 => {}
                marker => {
                    if inside {
                        scans.end = at - 1;
                        inside = false;
                    }
                    if marker == 0xD9 {
                        return scans.checked(header);
                    }
                    // A segment between scans: its body may hold anything.
                    if !matches!(marker, 0xC0..=0xFE) {
                        continue;
                    }
                    let body = body(bytes, at + 1)?;
                    at = body.end;
                    match marker {
                        0xDA => {
                            scans.passes.push(Pass::read(&bytes[body]));
                            (scans.restarts, scans.markers) = (restarts, 0);
                            inside = true;
                        }
                        0xDD => restarts = bytes[body].as_chunks::<2>().0.first().map_or(0, |n| usize::from(u16::from_be_bytes(*n))),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Refuses scans that don't tell the whole picture.
    fn checked(self, header: &Header) -> Result<Self, Problem> {
        let components = &header.frame.components;
        let whole = if header.frame.progressive {
            // The restart markers tell if a pass that refines another is whole: any bits will do for its data.
            let units = self.passes.last().map_or(0, |pass| units(header, &pass.names));
            let stops_early = self.restarts > 0 && self.markers + 1 < units.div_ceil(self.restarts);
            !stops_early && components.iter().all(|component| self.is_refined(component.name))
        } else {
            components.iter().all(|component| self.of(component.name).next().is_some())
        };
        if whole { Ok(self) } else { Err(Problem::Truncated) }
    }

    fn of(&self, name: u8) -> impl Iterator<Item = &Pass> {
        self.passes.iter().filter(move |pass| pass.names.contains(&name))
    }

    /// Whether every coefficient of a component is told down to its last bit.
    fn is_refined(&self, name: u8) -> bool {
        let mut told = 0u64;
        for pass in self.of(name).filter(|pass| pass.low == 0) {
            let [first, last] = pass.band.map(|n| u32::from(n.min(63)));
            told |= (first..=last).fold(0, |bits, n| bits | 1 << n);
        }
        told == u64::MAX
    }

    /// The scans as zune-jpeg may see them, from the first one's data on.
    pub(crate) fn visible<'a>(&self, bytes: &'a [u8], header: &Header) -> [Cow<'a, [u8]>; 2] {
        let blocks = header.width.div_ceil(8) * header.height.div_ceil(8);
        let (length, end): (usize, &[u8]) = if header.frame.progressive {
            // Within a run only bits of refinement are read, and ones pass for such; the code behind the run is what must not be there.
            (TAIL + blocks.min(LONGEST_RUN) * RUN_BITS / 8, b"\xFF\xD9")
        } else {
            // Without an end marker, whoever reads through the tail (its ones are a code in some files) finds nothing behind it.
            (TAIL, b"")
        };
        let mut tail = b"\xFF\0".repeat(length);
        tail.extend_from_slice(end);
        [Cow::Borrowed(&bytes[header.data..self.end]), Cow::Owned(tail)]
    }
}

/// The body of the segment whose length stands at `at`.
fn body(bytes: &[u8], at: usize) -> Result<Range<usize>, Problem> {
    let length = bytes.get(at..at + 2).map(|n| usize::from(u16::from_be_bytes([n[0], n[1]]))).ok_or(Problem::Truncated)?;
    let end = at + length;
    if length < 2 || end > bytes.len() { Err(Problem::Truncated) } else { Ok(at + 2..end) }
}

/// Coded units of a scan of these components: blocks where there is one, else the frame's smallest units.
fn units(header: &Header, names: &[u8]) -> usize {
    let most = |axis: usize| header.frame.components.iter().map(|component| component.sampling[axis]).max().unwrap_or(1).max(1);
    let [across, down] = match header.frame.components.iter().find(|component| names == [component.name]) {
        Some(component) => component.sampling,
        None => [1, 1],
    };
    (header.width * across).div_ceil(8 * most(0)) * (header.height * down).div_ceil(8 * most(1))
}

/// Refuses samplings and orders of scans that zune-jpeg would decode to something else than the picture.
///
/// # Errors
/// [`Problem::Missing`] for those, [`Problem::Corrupt`] for factors that the format does not know.
pub(crate) fn check(header: &Header) -> Result<(), Problem> {
    let missing = |what: &str| Err(Problem::Missing(what.to_owned()));
    let components = header.frame.components.as_slice();
    let factors = || components.iter().flat_map(|component| component.sampling);
    if factors().any(|factor| !(1..=4).contains(&factor)) {
        return Err(Problem::Corrupt("a component has a sampling factor that is not 1, 2, 3 or 4".to_owned()));
    }
    // The factors of a single component mean nothing.
    let [Component { sampling: [x, y], .. }, others @ ..] = components else { return Ok(()) };
    if others.is_empty() {
        return Ok(());
    }
    if factors().any(|factor| factor == 3) {
        return missing("components sampled by thirds");
    }
    // Fewer rows of brightness than of color do come out right, but for odd cases that zune-jpeg knows and names.
    let fewer_rows = others.iter().any(|other| other.sampling[1] > *y);
    if others.iter().any(|other| other.sampling[0] > *x) || fewer_rows && (*x == 4 || others.len() > 2) {
        return missing("brightness sampled lower than color");
    }
    if !header.frame.progressive && header.first.names.len() < components.len() {
        if factors().any(|factor| factor != 1) {
            return missing("subsampled components in a scan each");
        }
        if header.first.names.first() != Some(&components[0].name) {
            return missing("scans in another order than its components");
        }
    }
    Ok(())
}
