//! Fonts: an embedded one with Latin letters, or any TrueType or OpenType file.

use std::sync::OnceLock;

use ab_glyph::{Font as _, FontArc, FontVec, Glyph, PxScale, ScaleFont, point};

use super::color::lay;
use crate::{ImagingError, RgbImage};

/// DejaVu Sans, Latin letters only; licence and origin stand beside it.
static EMBEDDED: &[u8] = include_bytes!("font/DejaVuSans-Latin.ttf");

/// A font for labels. Cheap to clone.
#[derive(Clone)]
pub struct Font(Option<FontArc>);

impl std::fmt::Debug for Font {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Font({} glyphs)", self.0.as_ref().map_or(0, |font| font.glyph_count()))
    }
}

impl Default for Font {
    fn default() -> Self {
        Self::embedded()
    }
}

impl Font {
    /// The embedded font: Latin letters, punctuation and a few signs. Letters that it lacks are drawn as empty boxes; so are accents
    /// that are written behind their letter instead of as one sign with it (Unicode's NFD): compose such texts first.
    #[must_use]
    pub fn embedded() -> Self {
        static FONT: OnceLock<Font> = OnceLock::new();
        FONT.get_or_init(|| Self(FontArc::try_from_slice(EMBEDDED).ok())).clone()
    }

    /// A font from the bytes of a TrueType or OpenType file; of a collection the first. `name` is used in messages only. Letters are put
    /// side by side from left to right as they are written, with kerning but without shaping: Arabic stays unjoined, and Indic scripts
    /// unordered.
    ///
    /// # Errors
    /// [`ImagingError::Font`] if they are no font.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, ImagingError> {
        let font = FontVec::try_from_vec(bytes).map_err(|error| ImagingError::Font { name: name.to_owned(), detail: error.to_string() })?;
        Ok(Self(Some(FontArc::new(font))))
    }

    /// Whether the font has every letter of a text.
    #[must_use]
    pub fn has(&self, text: &str) -> bool {
        let Some(font) = &self.0 else { return false };
        text.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()).all(|letter| font.glyph_id(letter).0 != 0)
    }

    /// Width of a text in pixels, at `height` pixels from the deepest to the highest letter.
    pub(super) fn width(&self, text: &str, height: f32) -> f32 {
        self.place(text, height).last().map_or(0.0, |(_, end)| *end)
    }

    /// Where each letter of a text ends, control characters left out.
    pub(super) fn ends(&self, text: &str, height: f32) -> Vec<f32> {
        self.place(text, height).into_iter().map(|(_, end)| end).collect()
    }

    /// Draws a text whose box (`height` high) has its top left corner at `left`, `top`.
    pub(super) fn draw(&self, picture: &mut RgbImage, text: &str, [left, top]: [f32; 2], height: f32, color: [u8; 3]) {
        let Some(font) = &self.0 else { return };
        let baseline = top + font.as_scaled(PxScale::from(height)).ascent();
        for (mut glyph, _) in self.place(text, height) {
            glyph.position = point(left + glyph.position.x, baseline);
            let Some(outline) = font.outline_glyph(glyph) else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|x, y, coverage| {
                let (x, y) = (corner.x + x as f32, corner.y + y as f32);
                if x >= 0.0 && y >= 0.0 && (x as usize) < picture.width() && (y as usize) < picture.height() {
                    let at = (y as usize * picture.width() + x as usize) * 3;
                    lay(&mut picture.data_mut()[at..at + 3], color, (coverage.clamp(0.0, 1.0) * 255.0 + 0.5) as u8);
                }
            });
        }
    }

    /// The text's glyphs from x = 0 on, each with the x at which it ends. Control characters are left out.
    fn place(&self, text: &str, height: f32) -> Vec<(Glyph, f32)> {
        let Some(font) = &self.0 else { return Vec::new() };
        let scale = PxScale::from(height);
        let scaled = font.as_scaled(scale);
        let (mut at, mut before) = (0.0, None);
        let mut glyphs = Vec::new();
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            let id = font.glyph_id(letter);
            at += before.map_or(0.0, |before| scaled.kern(before, id));
            glyphs.push((id.with_scale_and_position(scale, point(at, 0.0)), at + scaled.h_advance(id)));
            at += scaled.h_advance(id);
            before = Some(id);
        }
        glyphs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_font_has_letters() {
        let font = Font::embedded();
        assert!(font.width("WWW", 20.0) > font.width("iii", 20.0));
        assert!((font.width("text", 40.0) / font.width("text", 20.0) - 2.0).abs() < 0.01);
        assert_eq!(font.width("", 20.0), 0.0);
        assert_eq!(font.width("a\n\u{7}b", 20.0), font.width("ab", 20.0));
        let error = Font::from_bytes("no.ttf", vec![1, 2, 3]).unwrap_err();
        assert!(error.to_string().starts_with("no.ttf"), "{error}");
    }

    #[test]
    fn letters_stay_inside_the_picture() {
        let mut picture = RgbImage::filled(30, 12, [255; 3]).unwrap();
        for at in [[-20.0, -5.0], [25.0, 6.0], [1e9, 0.0], [-1e9, -1e9]] {
            Font::embedded().draw(&mut picture, "Ågg", at, 14.0, [0; 3]);
        }
        assert!(picture.data().iter().any(|level| *level < 64));
    }
}
