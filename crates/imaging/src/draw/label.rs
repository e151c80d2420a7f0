//! Labels: a text on a plate of its class's color, placed where it covers little and never off the edge.

use super::color::{lay, opposite};
use super::font::Font;
use crate::{RgbImage, Size};

/// A part of the picture in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

impl Area {
    fn overlap(&self, other: &Self) -> i64 {
        let along = |a: i64, b: i64, c: i64, d: i64| ((a + b).min(c + d) - a.max(c)).max(0);
        along(self.left, self.width, other.left, other.width) * along(self.top, self.height, other.top, other.height)
    }

    /// Moved into the picture as far as it fits.
    fn inside(mut self, size: Size) -> Self {
        self.left = self.left.min(size.width as i64 - self.width).max(0);
        self.top = self.top.min(size.height as i64 - self.height).max(0);
        self
    }
}

/// A text that is to stand by a box.
pub(super) struct Label {
    pub(super) text: String,
    pub(super) color: [u8; 3],
    /// The box: left, top, right, bottom.
    pub(super) around: [f32; 4],
}

/// How large letters and plates are.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    /// Height of the text in pixels.
    pub(super) text: f32,
    /// Width of the lines of boxes: a label keeps off them.
    pub(super) line: f32,
}

/// The least height at which letters can be read, in pixels.
const LEGIBLE: f32 = 9.0;

impl Label {
    /// Draws the label by its box, off the labels that are there already where possible. The place it took.
    pub(super) fn draw(&self, picture: &mut RgbImage, font: &Font, measure: Measure, taken: &[Area]) -> Option<Area> {
        let (text, height) = self.fitted(font, measure.text, picture.size())?;
        let pad = (height / 6.0).ceil();
        let plate_height = (height + pad).ceil();
        let plate_width = (font.width(&text, height) + 2.0 * pad).ceil();
        let area = self.place(picture.size(), plate_width as i64, plate_height as i64, measure.line, taken);
        plate(picture, area, self.color);
        let at = [area.left as f32 + pad, area.top as f32 + pad / 2.0];
        font.draw(picture, &text, at, height, opposite(self.color));
        Some(area)
    }

    /// The text and its height, made smaller and then cut so that it fits the picture's width; none where not a letter fits.
    fn fitted(&self, font: &Font, height: f32, size: Size) -> Option<(String, f32)> {
        let room = |height: f32| size.width as f32 - 2.0 * (height / 6.0).ceil() - 1.0;
        let height = height.min(size.height as f32 * 0.8).max(LEGIBLE.min(size.height as f32 * 0.9));
        let width = font.width(&self.text, height);
        if width <= room(height) {
            return Some((self.text.clone(), height)).filter(|(text, _)| !text.is_empty());
        }
        let smaller = (height * room(height) / width).max(LEGIBLE).min(height);
        if font.width(&self.text, smaller) <= room(smaller) {
            return Some((self.text.clone(), smaller));
        }
        // Where each letter ends is laid out once; only from there on it is a matter of the sign behind it.
        let ends = font.ends(&self.text, smaller);
        let fitting = ends.iter().take_while(|end| **end <= room(smaller)).count();
        for count in (1..=fitting).rev() {
            let text: String = self.text.chars().filter(|letter| !letter.is_control()).take(count).collect();
            let cut = format!("{}…", text.trim_end());
            if font.width(&cut, smaller) <= room(smaller) {
                return Some((cut, smaller));
            }
        }
        None
    }

    /// Of the places above, inside, below and beside the corners, the one that covers the fewest other labels; the first of equals.
    fn place(&self, size: Size, width: i64, height: i64, line: f32, taken: &[Area]) -> Area {
        let half = (line / 2.0).ceil() as i64;
        let limit = |v: f32, side: usize| if v.is_finite() { v.clamp(0.0, side as f32).round() as i64 } else { 0 };
        let [left, right] = [self.around[0], self.around[2]].map(|v| limit(v, size.width));
        let [top, bottom] = [self.around[1], self.around[3]].map(|v| limit(v, size.height));
        let (above, below) = (top - half - height, bottom + half);
        let places = [
            (left - half, above),
            (left + half, top + half),
            (left - half, below),
            (right + half - width, above),
            (right - half - width, top + half),
            (left + half, bottom - half - height),
            (right + half - width, below),
            (right - half - width, bottom - half - height),
        ];
        let fits = |area: &Area| (area.top >= 0 && area.top + area.height <= size.height as i64) || height >= size.height as i64;
        let candidates = places.map(|(left, top)| Area { left, top, width, height });
        let moved = candidates.iter().filter(|area| fits(area)).map(|area| area.inside(size));
        let cost = |area: &Area| taken.iter().map(|other| area.overlap(other)).sum::<i64>();
        moved.min_by_key(cost).unwrap_or(candidates[1].inside(size))
    }
}

/// A filled plate with a thin rim that stands out from it.
pub(super) fn plate(picture: &mut RgbImage, area: Area, color: [u8; 3]) {
    let (width, height) = (picture.width() as i64, picture.height() as i64);
    let rim = opposite(color);
    for y in area.top.max(0)..(area.top + area.height).min(height) {
        for x in area.left.max(0)..(area.left + area.width).min(width) {
            let at = ((y * width + x) * 3) as usize;
            let pixel = &mut picture.data_mut()[at..at + 3];
            let edge = x == area.left || y == area.top || x == area.left + area.width - 1 || y == area.top + area.height - 1;
            lay(pixel, color, 255);
            if edge {
                lay(pixel, rim, 90);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stay_inside_and_apart() {
        let mut picture = RgbImage::filled(200, 100, [128; 3]).unwrap();
        let measure = Measure { text: 14.0, line: 2.0 };
        let mut taken = Vec::new();
        for around in
            [[0.0, 0.0, 200.0, 100.0], [0.0, 0.0, 50.0, 40.0], [180.0, 80.0, 200.0, 100.0], [-50.0, -50.0, 500.0, 10.0], [f32::NAN; 4]]
        {
            let label = Label { text: "a label 0.87".to_owned(), color: [255, 0, 0], around };
            let area = label.draw(&mut picture, &Font::embedded(), measure, &taken).unwrap();
            assert!(area.left >= 0 && area.top >= 0 && area.left + area.width <= 200 && area.top + area.height <= 100, "{area:?}");
            taken.push(area);
        }
        assert_eq!(taken[0].overlap(&taken[1]) + taken[1].overlap(&taken[2]), 0);
    }

    #[test]
    fn long_texts_are_made_smaller_and_cut() {
        let font = Font::embedded();
        let label = |text: &str| Label { text: text.to_owned(), color: [0; 3], around: [0.0; 4] };
        let (text, height) = label("a rather long text").fitted(&font, 40.0, Size::new(200, 100)).unwrap();
        assert!(text == "a rather long text" && height < 40.0);
        let (text, _) = label(&"endless ".repeat(50)).fitted(&font, 40.0, Size::new(200, 100)).unwrap();
        assert!(text.starts_with("endless") && text.ends_with('…'));
        assert!(label("text").fitted(&font, 40.0, Size::new(3, 3)).is_none());
        assert!(label("").fitted(&font, 40.0, Size::new(300, 300)).is_none());
    }
}
