//! Spaces between words that a recognizer left out.
//!
//! Recognizers learn spaces as characters, and drop them where words stand close or letters are small. The columns in which two
//! characters were read say where to look; the widest gap in the ink between them says whether a space stands there. How wide is wide
//! the line itself tells: its letters' gaps, less the room that their shapes leave anyway ([`bearings`]), gather around one value, and
//! gaps between words around another. Where the recognizer has given spaces itself, they show the second; else it must stand out.

use vtk_imaging::RgbImage;

use super::ink::{Gap, Ink};
use super::{bearings, spread};
use crate::{Character, TextLine};

/// Em in average advances of Latin text.
const EM: f32 = 1.9;

/// Gaps that keep to the line's letters within so many spreads are letters'.
const USUAL: f32 = 2.5;

/// The least by which a word gap is wider than a letter gap, in advances.
const LEAST_EXCESS: f32 = 0.1;

/// Where between letter gaps and the recognizer's own spaces a gap becomes a space.
const SHARE_OF_SPACE: f32 = 0.6;

/// Puts in the spaces that a recognizer left out of a line. `crop` is the line's picture, upright, as it was before it was made fit for
/// the recognizer.
///
/// The result differs from `line` by characters that are a space; each has the score of the one before it and a column between its
/// neighbors'. The line's score stays. Spaces that are there stay too. None is put beside a character that fills a square (Chinese,
/// Japanese, Korean); before closing and after opening punctuation, within numbers, and after a point that a small letter follows (an
/// address) only where the gap is far wider than between words. A line whose characters don't say where
/// they stand, or without contrast, comes back as it is.
#[must_use]
pub fn add_spaces(crop: &RgbImage, line: &TextLine) -> TextLine {
    let missing = missing(crop, line).unwrap_or_default();
    if missing.is_empty() {
        return line.clone();
    }
    let mut characters = Vec::with_capacity(line.characters.len() + missing.len());
    let mut missing = missing.into_iter().peekable();
    for (index, character) in line.characters.iter().enumerate() {
        characters.push(character.clone());
        if let Some((_, column)) = missing.next_if(|(after, _)| *after == index) {
            characters.push(Character { text: " ".to_owned(), score: character.score, column });
        }
    }
    let text = characters.iter().map(|character| character.text.as_str()).collect();
    TextLine { text, characters, ..line.clone() }
}

/// Two characters that follow each other, spaces aside.
struct Pair {
    /// The index of the first.
    index: usize,
    /// Its last code point, and the first of the second.
    letters: (char, char),
    gap: Gap,
    /// Whether the recognizer has put a space between them.
    spaced: bool,
    /// The gap less what the letters' shapes leave, in advances.
    excess: f32,
}

impl Pair {
    fn is_latin(&self) -> bool {
        self.letters.0.max(self.letters.1) < '\u{2e80}'
    }

    /// Room that the two shapes leave, in em.
    fn bearing(&self) -> f32 {
        bearings::right(self.letters.0) + bearings::left(self.letters.1)
    }

    /// From which excess on a space stands here, where one stands between two letters from `threshold` on.
    fn threshold(&self, threshold: f32) -> f32 {
        let (before, after) = self.letters;
        let closes = ".,;:!?)]}%'\"’”»…-/".contains(after);
        let opens = "([{‘“«-/@#$€£".contains(before);
        let number = after.is_ascii_digit() && (before.is_ascii_digit() || ".,:".contains(before));
        let address = before == '.' && after.is_lowercase();
        if closes || opens {
            (2.0 * threshold).max(0.6)
        } else if number || address {
            (1.6 * threshold).max(0.5)
        } else {
            threshold
        }
    }
}

/// After which characters a space is missing, and in which column it stands.
fn missing(crop: &RgbImage, line: &TextLine) -> Option<Vec<(usize, u32)>> {
    let scale = crop.width() as f32 / line.columns;
    let mut pairs = pairs(&Ink::of(crop)?, line, scale)?;
    let (first, last) = (pairs.first()?.index, pairs.last()?.index + 1);
    let columns = line.characters.get(last)?.column.saturating_sub(line.characters.get(first)?.column);
    let advance = columns as f32 * scale / pairs.len() as f32;
    if !(scale.is_finite() && advance > 0.0) {
        return None;
    }
    measure(&mut pairs, advance);
    let threshold = threshold(&pairs)?;
    let wide = |pair: &Pair| pair.is_latin() && pair.excess > pair.threshold(threshold);
    // A space that the recognizer has given while its gap is missing: a column was read too far to that side, and the gap is seen beside it.
    let lost = |at: Option<usize>| at.and_then(|at| pairs.get(at)).is_some_and(|pair| pair.spaced && pair.excess < threshold);
    let stands = |(at, pair): &(usize, &Pair)| !pair.spaced && wide(pair) && !lost(at.checked_sub(1)) && !lost(Some(at + 1));
    let place = |pair: &Pair| {
        let column = |at: usize| line.characters.get(at).map_or(0, |character| character.column);
        let (before, after) = (column(pair.index), column(pair.index + 1));
        (pair.index, ((pair.gap.at / scale) as u32).clamp(before, after.max(before)))
    };
    Some(pairs.iter().enumerate().filter(stands).map(|(_, pair)| place(pair)).collect())
}

/// Each character but spaces with the next, and the gap between the two; `scale` is pixels for a column.
fn pairs(ink: &Ink, line: &TextLine, scale: f32) -> Option<Vec<Pair>> {
    let is_letter = |character: &Character| !character.text.chars().all(char::is_whitespace);
    let letters: Vec<(usize, &Character)> = line.characters.iter().enumerate().filter(|(_, character)| is_letter(character)).collect();
    let pair = |pair: &[(usize, &Character)]| {
        let [(index, before), (next, after)] = pair else { return None };
        let [from, to] = [before, after].map(|character| ink.nearest((character.column as f32 + 0.5) * scale));
        let letters = (before.text.chars().next_back()?, after.text.chars().next()?);
        Some(Pair { index: *index, letters, gap: ink.widest_gap(from, to), spaced: next - index > 1, excess: 0.0 })
    };
    letters.windows(2).map(pair).collect()
}

/// Takes from each gap what its letters' shapes leave, as far as the line's letters leave it.
fn measure(pairs: &mut [Pair], advance: f32) {
    let em = EM * advance;
    let telling = pairs.iter().filter(|pair| pair.is_latin() && !pair.spaced && pair.bearing() > 0.06);
    let kept: Vec<f32> = telling.map(|pair| pair.gap.width / (pair.bearing() * em)).collect();
    let kept = if kept.len() >= 4 { spread::middle(&kept).clamp(0.3, 1.3) } else { 0.8 };
    for pair in pairs {
        pair.excess = (pair.gap.width - kept * pair.bearing() * em) / advance;
    }
}

/// From which excess on a gap is one between words; none where too few letters say what is usual.
fn threshold(pairs: &[Pair]) -> Option<f32> {
    let excess = |spaced: bool| pairs.iter().filter(move |pair| pair.is_latin() && pair.spaced == spaced).map(|pair| pair.excess);
    let (mut letters, spaces): (Vec<f32>, Vec<f32>) = (excess(false).collect(), excess(true).collect());
    if letters.len() < 3 {
        return None;
    }
    letters.sort_by(f32::total_cmp);
    let usual = spread::middle(&letters);
    let deviation = spread::deviation(&letters);
    let mut least = usual + (USUAL * deviation).max(LEAST_EXCESS);
    if !spaces.is_empty() {
        least = least.max(usual + SHARE_OF_SPACE * (spread::middle(&spaces) - usual));
    }
    if spaces.len() >= 2 {
        return Some(least);
    }
    // A line of one or two words has few gaps to go by: there only a gap as wide as a letter is a space.
    let split = if letters.len() >= 14 { spread::split(&letters, least) } else { None };
    Some(split.unwrap_or(usual + (6.0 * deviation).max(0.6)).max(least))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pixels a column of the recognizer.
    const COLUMN: usize = 4;

    /// How a line looks.
    #[derive(Clone, Copy)]
    struct Look {
        ground: u8,
        ink: u8,
        /// Levels by which the light falls off from the left end to the right.
        falls: usize,
        /// Levels of noise.
        noise: usize,
        /// Pixels to either side over which it is blurred.
        blur: usize,
    }

    const PLAIN: Look = Look { ground: 255, ink: 0, falls: 0, noise: 0, blur: 0 };

    /// A picture of letters, each a frame of 12 pixels with legs, 3 pixels apart; `_` in the text is a space that the recognizer has
    /// given, `^` one that it has left out, both 6 pixels wider than the gap between letters (or `wide`).
    fn written(text: &str, wide: usize, look: Look) -> (RgbImage, TextLine) {
        let mut boxes = Vec::new();
        let mut characters = Vec::new();
        let mut x = 9;
        for c in text.chars() {
            if c == '^' || c == '_' {
                if c == '_' {
                    characters.push(Character { text: " ".into(), score: 0.5, column: ((x + wide / 2) / COLUMN) as u32 });
                }
                x += wide;
                continue;
            }
            boxes.push(x);
            characters.push(Character { text: c.to_string(), score: 0.75, column: ((x + 6) / COLUMN) as u32 });
            x += 15;
        }
        let (width, height) = (x + 8, 32);
        let covered = |x: usize, y: usize| {
            let at = boxes.iter().find(|left| (**left..**left + 12).contains(&x)).map(|left| x - left);
            at.is_some_and(|at| (6..26).contains(&y) && (!(3..9).contains(&at) || y < 9))
        };
        let level = |x: usize, y: usize| {
            let near = x.saturating_sub(look.blur)..(x + look.blur + 1).min(width);
            let ink = near.clone().filter(|x| covered(*x, y)).count() as f32 / near.len() as f32;
            let (ground, noise) = (f32::from(look.ground) - (look.falls * x / width) as f32, ((x * 7919 + y * 104_729) % 31) as f32 / 31.0);
            (ground + (f32::from(look.ink) - ground) * ink + (noise - 0.5) * look.noise as f32).clamp(0.0, 255.0) as u8
        };
        let pixels = (0..width * height).flat_map(|at| [level(at % width, at / width); 3]).collect();
        let quad = [[0.0, 0.0], [width as f32, 0.0], [width as f32, height as f32], [0.0, height as f32]];
        let text = characters.iter().map(|character: &Character| character.text.as_str()).collect();
        let line = TextLine { text, score: 0.75, quad, characters, columns: width as f32 / COLUMN as f32 };
        (RgbImage::new(width, height, pixels).unwrap(), line)
    }

    fn spaced(text: &str, wide: usize, look: Look) -> String {
        let (crop, line) = written(text, wide, look);
        add_spaces(&crop, &line).text
    }

    const LINE: &str = "the^quick_brown^fox_jumps^over^the_lazy^dog";
    const READ: &str = "the quick brown fox jumps over the lazy dog";

    #[test]
    fn a_space_that_was_given_is_not_given_again_where_its_gap_is_seen_beside_it() {
        let (crop, mut line) = written(LINE, 6, PLAIN);
        let before = line.characters.iter().position(|c| c.text == "k").unwrap();
        line.characters[before].column = line.characters[before + 2].column;
        assert_eq!(line.characters[before + 1].text, " ");
        line.characters[before + 1].column = line.characters[before].column;
        assert_eq!(add_spaces(&crop, &line).text, READ);
    }

    #[test]
    fn spaces_come_where_the_ink_leaves_room() {
        assert_eq!(spaced(LINE, 6, PLAIN), READ);
        assert_eq!(spaced(&LINE.replace('_', "^"), 6, PLAIN), READ, "also where the recognizer has given none");
        assert_eq!(spaced(&LINE.replace(['_', '^'], ""), 6, PLAIN), READ.replace(' ', ""));
    }

    #[test]
    fn the_light_does_not_matter() {
        for look in [
            Look { ground: 10, ink: 240, ..PLAIN },
            Look { ground: 200, ink: 90, noise: 24, ..PLAIN },
            Look { ground: 250, ink: 60, falls: 120, noise: 10, ..PLAIN },
            Look { blur: 2, noise: 10, ..PLAIN },
        ] {
            assert_eq!(spaced(LINE, 7, look), READ);
        }
    }

    #[test]
    fn a_space_stands_between_its_neighbors_and_has_the_score_of_the_first() {
        let (crop, line) = written(LINE, 6, PLAIN);
        let got = add_spaces(&crop, &line);
        assert_eq!(got.characters.len(), READ.len());
        assert!(got.characters.windows(2).all(|pair| pair[0].column <= pair[1].column), "{:?}", got.characters);
        let space = &got.characters[3];
        assert_eq!((space.text.as_str(), space.score), (" ", 0.75));
        assert_eq!((got.score, got.quad, got.columns), (line.score, line.quad, line.columns));
    }

    #[test]
    fn spaces_of_the_recognizer_stay_though_nothing_shows_them() {
        assert_eq!(spaced("some_words_of_a_line", 0, PLAIN), "some words of a line");
    }

    #[test]
    fn none_comes_into_chinese_or_beside_it() {
        assert_eq!(spaced("文字^识别技术^文字识别", 8, PLAIN), "文字识别技术文字识别");
        assert_eq!(spaced("the^network^网络^is_small_and_fast", 8, PLAIN), "the network网络is small and fast");
    }

    #[test]
    fn numbers_addresses_and_punctuation_hold_together() {
        let line = "pay^1,2^34.5^6_now^,_or_see^www.a^b.^org_first";
        assert_eq!(spaced(line, 6, PLAIN), "pay 1,234.56 now, or see www.a b.org first");
        assert_eq!(
            spaced("call^020^79_or^030^81_and^ask_for^us", 16, PLAIN),
            "call 020 79 or 030 81 and ask for us",
            "far apart they are two"
        );
    }

    #[test]
    fn what_says_nothing_is_left_as_it_is() {
        let (crop, line) = written(LINE, 6, PLAIN);
        let blank = RgbImage::filled(crop.width(), crop.height(), [90; 3]).unwrap();
        assert_eq!(add_spaces(&blank, &line), line);
        for columns in [0.0, -3.0, f32::NAN, f32::INFINITY] {
            let odd = TextLine { columns, ..line.clone() };
            assert_eq!(add_spaces(&crop, &odd).text, line.text, "{columns} columns");
        }
        let none = TextLine { text: String::new(), characters: Vec::new(), ..line.clone() };
        assert_eq!(add_spaces(&crop, &none), none);
        let mute = TextLine { characters: Vec::new(), ..line.clone() };
        assert_eq!(add_spaces(&crop, &mute), mute);
        assert_eq!(spaced("REGEN^CY", 5, PLAIN), "REGENCY", "a word alone says little about what is usual");
    }

    proptest! {
        #[test]
        fn only_spaces_are_added(
            texts in prop::collection::vec("[a-zA-Z0-9.,中文 ]{0,2}", 0..30),
            steps in prop::collection::vec(0u32..6, 30),
            columns in prop_oneof![5.0f32..200.0, any::<f32>()],
            (width, height) in (1usize..120, 1usize..24),
            seed in any::<u32>(),
        ) {
            let pixels = (0..width * height * 3).map(|i| (i as u32).wrapping_mul(seed | 1).wrapping_add(seed) as u8).collect();
            let crop = RgbImage::new(width, height, pixels).unwrap();
            let mut column = 0;
            let characters: Vec<Character> = texts.iter().zip(&steps).map(|(text, step)| {
                column += step;
                Character { text: text.clone(), score: 0.5, column }
            }).collect();
            let line = TextLine { text: texts.concat(), score: 0.5, quad: [[0.0; 2]; 4], characters, columns };
            let got = add_spaces(&crop, &line);
            let mut kept = got.characters.iter().filter(|c| c.text != " ");
            let mut given = line.characters.iter().filter(|c| c.text != " ");
            prop_assert!(kept.by_ref().eq(given.by_ref()));
            prop_assert!(got.characters.len() >= line.characters.len());
            prop_assert!(got.characters.windows(2).all(|pair| pair[0].column <= pair[1].column));
            prop_assert_eq!(got.text, got.characters.iter().map(|c| c.text.as_str()).collect::<String>());
        }
    }
}
