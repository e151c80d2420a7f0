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

    /// Places of the directories, as far as the chain holds: it ends at 0, at a broken link, or where it would run in a circle.
    pub(super) fn pages(&self, first: u64) -> Vec<u64> {
        let mut pages: Vec<u64> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut at = first;
        while at != 0 && pages.len() < MAX_PAGES && seen.insert(at) {
            let Some((count, link)) = self.directory(at) else { break };
            if count == 0 || count > MAX_FIELDS {
                break;
            }
            pages.push(at);
            at = self.number(link, if self.big { 8 } else { 4 }).unwrap_or(0);
        }
        pages
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

    /// The field's first whole number.
    pub(super) fn number(&self, tag: u16) -> Option<u64> {
        self.list(tag)?.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_that_runs_in_a_circle_ends() {
        // One field (ImageWidth, SHORT, 7) and a link back to the same directory.
        let file = b"II*\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x07\0\0\0\x08\0\0\0";
        let (numbers, first) = Numbers::open(file).unwrap();
        assert_eq!(numbers.pages(first), [8]);
        assert_eq!(numbers.fields(8).unwrap().number(0x100), Some(7));
        for len in 0..file.len() {
            if let Some((numbers, first)) = Numbers::open(&file[..len]) {
                for page in numbers.pages(first) {
                    assert!(numbers.fields(page).is_none_or(|fields| fields.number(0x100).is_none_or(|n| n == 7)));
                }
            }
        }
    }
}
