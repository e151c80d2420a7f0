//! Fax coding inside TIFF (ITU-T T.4 and T.6): modified Huffman, Group 3 in one and two dimensions, Group 4.

use std::sync::LazyLock;

/// How the rows are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// TIFF compression 2: runs, each row from a byte boundary, no end-of-line codes.
    Huffman,
    /// TIFF compression 3: end-of-line codes between rows; with `two_dimensional`, a bit after each says how the row is coded.
    Group3 { two_dimensional: bool },
    /// TIFF compression 4.
    Group4,
}

/// Why data can't be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Truncated,
    Corrupt(&'static str),
    Missing(&'static str),
}

/// Codes of the runs 0 to 63, then 64, 128 … 2560 white pixels.
const WHITE: &str = "
    00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011 0100111
    0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010 00011011
    00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100
    00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 01011010 01011011
    01001010 01001011 00110010 00110011 00110100 11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000
    01100111 011001100 011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010
    011011011 010011000 010011001 010011010 011000 010011011 00000001000 00000001100 00000001101 000000010010 000000010011
    000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111";

/// Codes of the runs 0 to 63, then 64, 128 … 2560 black pixels.
const BLACK: &str = "
    0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 0000010111
    0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010
    000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011
    000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011 000001010100
    000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011 000000100100 000000110111
    000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110
    000001100111 0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100
    0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100
    0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010
    0000001011011 0000001100100 0000001100101 00000001000 00000001100 00000001101 000000010010 000000010011 000000010100
    000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111";

/// The longest run code.
const LONGEST: u32 = 13;

/// Run and code length for every pattern of [`LONGEST`] bits; length 0 where no code begins so.
type Table = Vec<(u16, u8)>;

static RUNS: LazyLock<[Table; 2]> = LazyLock::new(|| [table(WHITE), table(BLACK)]);

fn table(codes: &str) -> Table {
    let mut table = vec![(0, 0); 1 << LONGEST];
    for (i, code) in codes.split_whitespace().enumerate() {
        let run = if i < 64 { i } else { (i - 63) * 64 };
        let free = LONGEST - code.len() as u32;
        let first = usize::from_str_radix(code, 2).unwrap_or(0) << free;
        table[first..first + (1 << free)].fill((run as u16, code.len() as u8));
    }
    table
}

/// Decodes `rows` rows of `width` pixels into packed bits, 1 for the code's black, each row from a byte boundary.
pub(super) fn decode(data: &[u8], width: usize, rows: usize, coding: Coding) -> Result<Vec<u8>, Problem> {
    let mut bits = Bits { data, at: 0 };
    let stride = width.div_ceil(8);
    let mut result = vec![0; stride * rows];
    // Positions at which the color changes, the first to black; the reference row of the first is white.
    let (mut row, mut reference) = (Vec::new(), Vec::new());
    for out in result.chunks_exact_mut(stride) {
        let flat = match coding {
            Coding::Huffman => {
                bits.at = bits.at.next_multiple_of(8);
                true
            }
            Coding::Group3 { two_dimensional } => match bits.start_of_row(two_dimensional)? {
                Some(flat) => flat,
                None => break,
            },
            Coding::Group4 => {
                if bits.peek(12) == 1 {
                    break;
                }
                false
            }
        };
        if bits.at >= data.len() * 8 {
            return Err(Problem::Truncated);
        }
        row.clear();
        if flat {
            bits.flat_row(width, &mut row)?
        } else {
            bits.row(width, &reference, &mut row)?
        }
        paint(&row, width, out);
        std::mem::swap(&mut row, &mut reference);
    }
    Ok(result)
}

fn paint(changes: &[usize], width: usize, out: &mut [u8]) {
    for pair in changes.chunks(2) {
        let (start, end) = (pair[0], pair.get(1).copied().unwrap_or(width).min(width));
        for x in start.min(end)..end {
            out[x / 8] |= 0x80 >> (x % 8);
        }
    }
}

/// How the next change of a two-dimensional row is coded.
#[derive(Clone, Copy)]
enum Mode {
    /// So many pixels right of the change above.
    Vertical(isize),
    /// By two runs.
    Horizontal,
    /// Not before the next but one change above.
    Pass,
}

/// Length, code and mode.
const MODES: [(u32, usize, Mode); 9] = [
    (1, 0b1, Mode::Vertical(0)),
    (3, 0b011, Mode::Vertical(1)),
    (3, 0b010, Mode::Vertical(-1)),
    (3, 0b001, Mode::Horizontal),
    (4, 0b0001, Mode::Pass),
    (6, 0b00_0011, Mode::Vertical(2)),
    (6, 0b00_0010, Mode::Vertical(-2)),
    (7, 0b000_0011, Mode::Vertical(3)),
    (7, 0b000_0010, Mode::Vertical(-3)),
];

struct Bits<'a> {
    data: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// The next `count` bits, at most 16; zeros after the end.
    fn peek(&self, count: u32) -> usize {
        let byte = |i: usize| u32::from(self.data.get(self.at / 8 + i).copied().unwrap_or(0));
        let word = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        ((word << (8 + self.at % 8)) >> (32 - count)) as usize
    }

    /// Passes end-of-line codes before a Group 3 row. Whether the row is coded in one dimension; none at the end of the page.
    fn start_of_row(&mut self, two_dimensional: bool) -> Result<Option<bool>, Problem> {
        let (mut flat, mut found) = (true, 0);
        // Eleven zeros begin no run: they are fill bits and an end-of-line code.
        while self.peek(11) == 0 {
            while self.peek(1) == 0 {
                self.at += 1;
                if self.at >= self.data.len() * 8 {
                    return Err(Problem::Truncated);
                }
            }
            self.at += 1;
            found += 1;
            if two_dimensional {
                flat = self.peek(1) == 1;
                self.at += 1;
            }
        }
        if two_dimensional && found == 0 {
            return Err(Problem::Corrupt("a fax row does not begin with an end-of-line code"));
        }
        // Two in a row begin the return to control.
        Ok((found < 2).then_some(flat))
    }

    fn run(&mut self, black: bool, most: usize) -> Result<usize, Problem> {
        let mut sum = 0;
        loop {
            let (run, length) = RUNS[usize::from(black)][self.peek(LONGEST)];
            if length == 0 {
                return Err(if self.at + 12 >= self.data.len() * 8 {
                    Problem::Truncated
                } else {
                    Problem::Corrupt("a fax run has no such code")
                });
            }
            self.at += usize::from(length);
            sum += usize::from(run);
            if sum > most {
                return Err(Problem::Corrupt("a fax run leaves its row"));
            }
            if run < 64 {
                return Ok(sum);
            }
        }
    }

    fn flat_row(&mut self, width: usize, row: &mut Vec<usize>) -> Result<(), Problem> {
        let (mut at, mut black) = (0, false);
        while at < width {
            at += self.run(black, width - at)?;
            row.push(at);
            black = !black;
        }
        Ok(())
    }

    /// The next mode and the length of its code.
    fn mode(&self) -> Result<(usize, Mode), Problem> {
        let found = MODES.iter().find(|(length, code, _)| self.peek(*length) == *code);
        match found {
            Some((length, _, mode)) => Ok((*length as usize, *mode)),
            None if self.at + 12 >= self.data.len() * 8 => Err(Problem::Truncated),
            None if self.peek(7) == 1 => Err(Problem::Missing("fax rows in uncompressed mode")),
            None => Err(Problem::Corrupt("a fax mode has no such code")),
        }
    }

    /// A row coded by the differences to the one above. `changes` of both may name the end of the row any number of times.
    fn row(&mut self, width: usize, above: &[usize], row: &mut Vec<usize>) -> Result<(), Problem> {
        // None before the first pixel: a change at 0 counts then.
        let mut at: Option<usize> = None;
        let (mut black, mut next) = (false, 0);
        while at.unwrap_or(0) < width {
            // The first change above, right of here, to the other color.
            while next > 0 && above.get(next - 1).is_none_or(|x| at.is_none_or(|at| *x > at)) {
                next -= 1;
            }
            while above.get(next).is_some_and(|x| at.is_some_and(|at| *x <= at)) || next % 2 != usize::from(black) {
                next += 1;
            }
            let b1 = above.get(next).copied().unwrap_or(width);
            let b2 = above.get(next + 1).copied().unwrap_or(width);
            let here = at.unwrap_or(0);
            let (length, mode) = self.mode()?;
            self.at += length;
            let shift = match mode {
                Mode::Vertical(shift) => shift,
                Mode::Horizontal => {
                    let first = here + self.run(black, width - here)?;
                    let second = first + self.run(!black, width - first)?;
                    row.extend([first, second]);
                    at = Some(second);
                    continue;
                }
                Mode::Pass => {
                    at = Some(b2);
                    continue;
                }
            };
            let change = b1.checked_add_signed(shift).filter(|x| (here..=width).contains(x));
            let change = change.ok_or(Problem::Corrupt("a fax change leaves its row"))?;
            row.push(change);
            at = Some(change);
            black = !black;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(|b| matches!(b, b'0' | b'1')).map(|b| b - b'0').collect();
        digits.chunks(8).map(|c| c.iter().enumerate().fold(0, |byte, (i, bit)| byte | bit << (7 - i))).collect()
    }

    #[test]
    fn rows_in_all_codings() {
        // 3 white, 2 black, 3 white; then the same row again.
        let run = "1000 11 1000";
        let eol = "000000000001";
        let expected = Ok(vec![0b0001_1000; 2]);
        assert_eq!(decode(&bits(&format!("{run} 000000 {run}")), 8, 2, Coding::Huffman), expected);
        assert_eq!(decode(&bits(&format!("{eol}{run}0000{eol}{run}")), 8, 2, Coding::Group3 { two_dimensional: false }), expected);
        assert_eq!(decode(&bits(&format!("{eol}1{run}{eol}0 1 1 1")), 8, 2, Coding::Group3 { two_dimensional: true }), expected);
        assert_eq!(decode(&bits("001 1000 11 1  1 1 1"), 8, 2, Coding::Group4), expected);
    }

    #[test]
    fn a_page_that_ends_early_is_white_below() {
        let end = "000000000001 000000000001";
        assert_eq!(decode(&bits(&format!("001 1000 11 1 {end}")), 8, 3, Coding::Group4), Ok(vec![0b0001_1000, 0, 0]));
        assert_eq!(decode(&bits("001 1000 11 1"), 8, 3, Coding::Group4), Err(Problem::Truncated));
    }

    #[test]
    fn broken_codes_are_errors() {
        assert!(matches!(decode(&bits("0000 0000 0111 1111 1111 1111 1111"), 8, 1, Coding::Group4), Err(Problem::Corrupt(_))));
        assert!(matches!(decode(&bits("0000001 111 1111 1111 1111 1111"), 8, 1, Coding::Group4), Err(Problem::Missing(_))));
        // A run of 64 in a row of 8.
        assert!(matches!(decode(&bits("11011 00110101 1111 1111 1111"), 8, 1, Coding::Huffman), Err(Problem::Corrupt(_))));
        assert_eq!(decode(&[], 8, 1, Coding::Huffman), Err(Problem::Truncated));
    }
}
