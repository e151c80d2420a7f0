//! TIFF's directories: the header, the chain of pages and their fields, classic and BigTIFF, in both byte orders.

use std::collections::BTreeMap;

/// The most pages that are counted, and fields read of one page: far above any real file.
const MAX_PAGES: usize = 1 << 16;
const MAX_FIELDS: u64 = 4096;

/// A whole file as bytes, with the way its numbers are written.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    pub(super) bytes: &'a [u8],
    little: bool,
    big: bool,
}

/// Why a chain of directories goes no further although it has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Break {
    /// A directory lies outside the file, or reaches beyond its end.
    Outside,
    /// A directory links back to one before it.
    Circle,
    /// There are more pages than any real file has.
    TooMany,
    /// A directory states no fields, or absurdly many.
    Fields(u64),
}

/// The fields of one page, by tag.
pub(super) struct Fields<'a> {
    numbers: Numbers<'a>,
    fields: BTreeMap<u16, Field>,
}

#[derive(Clone, Copy)]
struct Field {
    kind: u16,
    count: u64,
    /// Where the values stand.
    at: u64,
}

impl<'a> Numbers<'a> {
    /// The file's way of writing numbers and the place of its first directory.
    pub(super) fn open(bytes: &'a [u8]) -> Option<(Self, u64)> {
        let little = bytes.starts_with(b"II");
        let plain = Self { bytes, little, big: false };
        match plain.number(2, 2)? {
            42 => Some((plain, plain.number(4, 4)?)),
            43 if plain.number(4, 2)? == 8 => Some((Self { big: true, ..plain }, plain.number(8, 8)?)),
            _ => None,
        }
    }

    fn slice(&self, at: u64, length: u64) -> Option<&'a [u8]> {
        let (at, end) = (usize::try_from(at).ok()?, usize::try_from(at.checked_add(length)?).ok()?);
        self.bytes.get(at..end)
    }

    fn number(&self, at: u64, length: u64) -> Option<u64> {
        Some(self.join(self.slice(at, length)?))
    }

    fn join(&self, digits: &[u8]) -> u64 {
        let push = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        if self.little { digits.iter().rev().fold(0, push) } else { digits.iter().fold(0, push) }
    }

    /// Samples of 16 bits, in the file's byte order.
    pub(super) fn shorts(self, bytes: &[u8]) -> impl Iterator<Item = u16> {
        let read = if self.little { u16::from_le_bytes } else { u16::from_be_bytes };
        bytes.as_chunks::<2>().0.iter().map(move |pair| read(*pair))
    }

    /// A sample of 16 bits in the file's byte order.
    pub(super) fn written(&self, value: u16) -> [u8; 2] {
        if self.little { value.to_le_bytes() } else { value.to_be_bytes() }
    }

    /// Number of fields, and place of the link to the next directory.
    fn directory(&self, at: u64) -> Option<(u64, u64)> {
        let (counter, entry) = if self.big { (8, 20) } else { (2, 12) };
        let count = self.number(at, counter)?;
        Some((count, at.checked_add(counter)?.checked_add(count.checked_mul(entry)?)?))
    }

    /// The places of the directories, one after the other; what breaks the chain comes last, in place of a directory.
    pub(super) fn chain(self, first: u64) -> impl Iterator<Item = Result<u64, Break>> {
        let mut seen = std::collections::HashSet::new();
        let mut next = Some(first);
        std::iter::from_fn(move || {
            let at = next.take().filter(|at| *at != 0 || seen.is_empty())?;
            if seen.len() == MAX_PAGES {
                return Some(Err(Break::TooMany));
            }
            if !seen.insert(at) {
                return Some(Err(Break::Circle));
            }
            let directory = self.directory(at).and_then(|(count, link)| Some((count, self.number(link, if self.big { 8 } else { 4 })?)));
            Some(match directory {
                None => Err(Break::Outside),
                Some((count, _)) if count == 0 || count > MAX_FIELDS => Err(Break::Fields(count)),
                Some((_, link)) => {
                    next = Some(link);
                    Ok(at)
                }
            })
        })
    }

    /// The fields of the directory at `at`; fields that leave the file are left out.
    pub(super) fn fields(self, at: u64) -> Option<Fields<'a>> {
        let (count, _) = self.directory(at)?;
        let (counter, entry, inline) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let mut fields = BTreeMap::new();
        for i in 0..count.min(MAX_FIELDS) {
            let place = at + counter + i * entry;
            let (tag, kind) = (self.number(place, 2)? as u16, self.number(place + 2, 2)? as u16);
            let count = self.number(place + 4, inline)?;
            let value = place + 4 + inline;
            let Some(length) = count.checked_mul(width(kind)) else { continue };
            let at = if length <= inline { value } else { self.number(value, inline)? };
            if self.slice(at, length).is_some() {
                fields.entry(tag).or_insert(Field { kind, count, at });
            }
        }
        Some(Fields { numbers: self, fields })
    }
}

/// Bytes of one value of that kind; 0 for kinds that are not numbers.
fn width(kind: u16) -> u64 {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 0,
    }
}

impl<'a> Fields<'a> {
    /// The field's bytes.
    pub(super) fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let field = self.fields.get(&tag)?;
        self.numbers.slice(field.at, field.count * width(field.kind))
    }

    /// The field's whole numbers; none where it is absent or holds something else.
    pub(super) fn list(&self, tag: u16) -> Option<Vec<u64>> {
        let field = self.fields.get(&tag)?;
        let width = match field.kind {
            1 | 3 | 4 | 7 | 13 | 16 | 18 => width(field.kind) as usize,
            _ => return None,
        };
        Some(self.bytes(tag)?.chunks_exact(width).map(|digits| self.numbers.join(digits)).collect())
    }

    /// The field's fractions; none where it is absent or holds something else.
    pub(super) fn fractions(&self, tag: u16) -> Option<Vec<f64>> {
        let field = self.fields.get(&tag).filter(|field| field.kind == 5)?;
        let fraction = |digits: &[u8]| self.numbers.join(&digits[..4]) as f64 / self.numbers.join(&digits[4..]) as f64;
        Some(self.numbers.slice(field.at, field.count * 8)?.chunks_exact(8).map(fraction).collect())
    }

    /// The field's first whole number.
    pub(super) fn number(&self, tag: u16) -> Option<u64> {
        self.list(tag)?.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One field (ImageWidth, SHORT, 7) and a link back to the same directory.
    const CIRCLE: &[u8] = b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x07\0\0\0\x08\0\0\0";

    #[test]
    fn a_chain_ends_at_zero_and_breaks_otherwise() {
        let chain = |file: &[u8]| Numbers::open(file).map(|(numbers, first)| numbers.chain(first).collect::<Vec<_>>());
        assert_eq!(chain(CIRCLE).unwrap(), [Ok(8), Err(Break::Circle)]);
        let with_link = |link: u8| [&CIRCLE[..22], &[link, 0, 0, 0]].concat();
        assert_eq!(chain(&with_link(0)).unwrap(), [Ok(8)]);
        assert_eq!(chain(&with_link(99)).unwrap(), [Ok(8), Err(Break::Outside)]);
        assert_eq!(chain(&with_link(12)).unwrap(), [Ok(8), Err(Break::Outside)]);
        for len in 8..CIRCLE.len() {
            assert_eq!(chain(&CIRCLE[..len]).unwrap(), [Err(Break::Outside)], "{len}");
        }
        let (numbers, _) = Numbers::open(CIRCLE).unwrap();
        assert_eq!(numbers.fields(8).unwrap().number(0x100), Some(7));
    }
}
