//! A picture with results on it.

use ndarray::ArrayView2;

use super::color::{luma, opposite};
use super::font::Font;
use super::label::{Area, Label, Measure};
use super::mask::blend_classes;
use super::rim::draw_rims;
use super::stroke::outline;
use crate::{ImagingError, RgbImage, Size};

/// How thick and large things are drawn, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Width of the lines of boxes and polygons.
    pub line: f32,
    /// Height of letters, from the deepest to the highest.
    pub text: f32,
}

impl Style {
    /// Sizes in proportion to the picture, by the square root of its area: lines of 2 and letters of 15 pixels on 640 × 480, 13 and 94
    /// on 4000 × 3000; never less than 1.5 and 11.
    #[must_use]
    pub fn for_size(size: Size) -> Self {
        let unit = (size.pixels() as f64).sqrt() as f32 / 554.0;
        Self { line: (2.0 * unit).max(1.5).round(), text: (15.0 * unit).max(11.0).round() }
    }
}

/// Draws on a copy of a picture. Labels are put on last, in the order given, so that no box lies over them.
///
/// ```
/// use vtk_imaging::draw::{Drawing, mark_color};
/// use vtk_imaging::RgbImage;
///
/// let picture = RgbImage::filled(320, 240, [200; 3])?;
/// let mut drawing = Drawing::on(&picture);
/// drawing.rectangle([40.0, 60.0, 200.0, 180.0], mark_color(0), Some("cat 0.93"));
/// assert_eq!(drawing.finish().size(), picture.size());
/// # Ok::<(), vtk_imaging::ImagingError>(())
/// ```
#[derive(Debug)]
pub struct Drawing {
    picture: RgbImage,
    style: Style,
    font: Font,
    /// Text, color, and the box that it belongs to; captions have none.
    labels: Vec<(String, [u8; 3], Option<[f32; 4]>)>,
}

impl Drawing {
    /// A drawing on this picture, in the style of its size, with the embedded font.
    #[must_use]
    pub fn on(picture: &RgbImage) -> Self {
        Self { picture: picture.clone(), style: Style::for_size(picture.size()), font: Font::embedded(), labels: Vec::new() }
    }

    /// The same with another font.
    #[must_use]
    pub fn with_font(mut self, font: Font) -> Self {
        self.font = font;
        self
    }

    /// The same in another style.
    #[must_use]
    pub fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// A box `x0, y0, x1, y1` with a label. The line stays inside the picture, also where part of the box does not; a box that is all
    /// outside, or has a corner that is no number, draws nothing.
    pub fn rectangle(&mut self, [x0, y0, x1, y1]: [f32; 4], color: [u8; 3], label: Option<&str>) {
        if !self.touches([x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)]) || [x0, y0, x1, y1].iter().any(|v| v.is_nan()) {
            return;
        }
        let half = self.style.line / 2.0;
        let inside = |v: f32, side: usize| v.clamp(half.min(side as f32 / 2.0), (side as f32 - half).max(side as f32 / 2.0));
        let (width, height) = (self.picture.width(), self.picture.height());
        let [left, right] = [x0.min(x1), x0.max(x1)].map(|v| inside(v, width));
        let [top, bottom] = [y0.min(y1), y0.max(y1)].map(|v| inside(v, height));
        self.polygon(&[[left, top], [right, top], [right, bottom], [left, bottom]], color, label);
    }

    /// Whether a part of the box lies in the picture.
    fn touches(&self, [left, top, right, bottom]: [f32; 4]) -> bool {
        left <= self.picture.width() as f32 && top <= self.picture.height() as f32 && right >= 0.0 && bottom >= 0.0
    }

    /// A closed polygon with a label by its bounds; nothing if they are all outside the picture, or a point is no place.
    pub fn polygon(&mut self, points: &[[f32; 2]], color: [u8; 3], label: Option<&str>) {
        let Some(around) = bounds(points).filter(|bounds| self.touches(*bounds)) else { return };
        let line = f64::from(self.style.line);
        // A rim that stands out from the color keeps the line visible on a ground of the same color.
        outline(&mut self.picture, points, line + (line / 2.0).max(2.0), opposite(color), 150);
        outline(&mut self.picture, points, line, color, 255);
        if let Some(text) = label {
            self.labels.push((text.to_owned(), color, Some(around)));
        }
    }

    /// A class map of the picture's size, laid over it with 1 − `weight` of the classes' colors. Each area has a rim in its full color,
    /// and one that stands out from that color round it, so that it can be seen on any ground.
    ///
    /// # Errors
    /// [`ImagingError::Shape`] if the map has another size.
    pub fn classes(&mut self, map: ArrayView2<'_, u8>, weight: f32, color: impl Fn(u8) -> Option<[u8; 3]>) -> Result<(), ImagingError> {
        blend_classes(&mut self.picture, map, weight, &color)?;
        draw_rims(&mut self.picture, map, self.style.line, color);
        Ok(())
    }

    /// A text that fills a box `x0, y0, x1, y1` as well as it can without leaving it, or the picture; in a box that is much higher than wide,
    /// letter under letter.
    pub fn text_within(&mut self, [x0, y0, x1, y1]: [f32; 4], text: &str, color: [u8; 3]) {
        let clamp = |v: f32, side: usize| v.clamp(0.0, side as f32);
        let [x0, x1] = [x0, x1].map(|v| clamp(v, self.picture.width()));
        let [y0, y1] = [y0, y1].map(|v| clamp(v, self.picture.height()));
        let (width, height) = (x1 - x0, y1 - y0);
        if !(width > 1.0 && height > 1.0 && width.is_finite() && height.is_finite()) {
            return;
        }
        let letters: Vec<String> = text.chars().filter(|letter| !letter.is_control()).map(String::from).collect();
        if letters.len() > 1 && height > 1.5 * width {
            let step = (height / letters.len() as f32).min(width);
            for (place, letter) in letters.iter().enumerate() {
                let left = x0 + ((width - self.font.width(letter, step)) / 2.0).max(0.0);
                self.font.draw(&mut self.picture, letter, [left, y0 + place as f32 * step], step, color);
            }
            return;
        }
        let wide = self.font.width(text, height).max(1.0);
        let size = height * (width / wide).min(1.0);
        self.font.draw(&mut self.picture, text, [x0, y0 + (height - size) / 2.0], size, color);
    }

    /// A line of text in the top left corner; the next one below it.
    pub fn caption(&mut self, text: &str) {
        let dark = luma(self.picture.pixel(0, 0).unwrap_or_default()) > 127;
        let color = if dark { [20; 3] } else { [240; 3] };
        self.labels.push((text.to_owned(), color, None));
    }

    /// The finished picture.
    #[must_use]
    pub fn finish(mut self) -> RgbImage {
        let measure = Measure { text: self.style.text, line: self.style.line };
        let mut taken: Vec<Area> = Vec::new();
        let mut below = 0.0;
        // Captions have their fixed place: the labels of boxes make way for them.
        self.labels.sort_by_key(|(_, _, around)| around.is_some());
        for (text, color, around) in self.labels {
            let label = Label { text, color, around: around.unwrap_or([0.0, below, 0.0, below]) };
            let area = label.draw(&mut self.picture, &self.font, measure, &taken);
            if let (None, Some(area)) = (around, area) {
                below = (area.top + area.height) as f32;
            }
            taken.extend(area);
        }
        self.picture
    }
}

/// Left, top, right, bottom of some points; none if there are none, or one is no place.
fn bounds(points: &[[f32; 2]]) -> Option<[f32; 4]> {
    if points.is_empty() || points.iter().flatten().any(|v| !v.is_finite()) {
        return None;
    }
    let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    Some(points.iter().fold(start, |[l, t, r, b], [x, y]| [l.min(*x), t.min(*y), r.max(*x), b.max(*y)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_results_draw_what_they_can() {
        let picture = RgbImage::filled(200, 150, [90, 90, 90]).unwrap();
        let mut drawing = Drawing::on(&picture);
        drawing.rectangle([f32::NAN; 4], [255, 0, 0], Some("nowhere"));
        drawing.rectangle([-1e9, -1e9, 1e9, 1e9], [255, 0, 0], Some("everything"));
        drawing.rectangle([30.0, 30.0, 30.0, 30.0], [0, 255, 0], Some("a point"));
        drawing.polygon(&[], [0, 0, 255], Some("nothing"));
        drawing.text_within([-1e9, -1e9, 1e30, 1e30], "as large as the picture, no larger", [9; 3]);
        drawing.caption("first");
        drawing.caption("second");
        let drawn = drawing.finish();
        assert_eq!(drawn.pixel(0, 120), Some([255, 0, 0]));
        let tiny = RgbImage::filled(1, 1, [0; 3]).unwrap();
        let mut drawing = Drawing::on(&tiny);
        drawing.rectangle([0.0, 0.0, 1.0, 1.0], [255, 0, 0], Some("x"));
        assert_eq!(drawing.finish().pixel(0, 0), Some([255, 0, 0]));
    }

    #[test]
    fn what_is_all_outside_draws_nothing() {
        let picture = RgbImage::filled(200, 150, [90; 3]).unwrap();
        let mut drawing = Drawing::on(&picture);
        for away in [[-50.0, 20.0, -10.0, 60.0], [210.0, 20.0, 260.0, 60.0], [20.0, 400.0, 60.0, 500.0], [20.0, 20.0, f32::NAN, 60.0]] {
            drawing.rectangle(away, [255, 0, 0], Some("away"));
            drawing.polygon(&[[away[0], away[1]], [away[2], away[1]], [away[2], away[3]]], [255, 0, 0], Some("away"));
        }
        assert!(drawing.finish() == picture);
    }

    #[test]
    fn a_text_stays_within_its_box() {
        let paper = RgbImage::filled(200, 120, [255; 3]).unwrap();
        let ink = |area: [f32; 4], text: &str| {
            let mut drawing = Drawing::on(&paper);
            drawing.text_within(area, text, [0; 3]);
            let drawn = drawing.finish();
            let dark = (0..120).flat_map(|y| (0..200).map(move |x| (x, y))).filter(|(x, y)| drawn.pixel(*x, *y) != Some([255; 3]));
            dark.collect::<Vec<_>>()
        };
        for (area, text) in [([20.0, 30.0, 180.0, 50.0], "Total 12.50 €, and much more than fits"), ([50.0, 10.0, 70.0, 110.0], "Exit")] {
            let marks = ink(area, text);
            let inside = |(x, y): &(usize, usize)| {
                let (x, y) = (*x as f32, *y as f32);
                x >= area[0] - 1.0 && x <= area[2] + 1.0 && y >= area[1] - 1.0 && y <= area[3] + 1.0
            };
            assert!(marks.len() > 50 && marks.iter().all(inside), "{text}");
        }
        for area in [[5.0, 5.0, 5.0, 9.0], [f32::NAN, 0.0, 1.0, 1.0], [9.0, 9.0, 0.0, 0.0]] {
            assert_eq!(ink(area, "nothing"), []);
        }
    }

    #[test]
    fn drawing_twice_gives_the_same_bytes() {
        let picture = RgbImage::filled(320, 240, [30, 60, 90]).unwrap();
        let draw = || {
            let mut drawing = Drawing::on(&picture);
            drawing.polygon(&[[20.5, 30.25], [200.0, 50.0], [180.0, 200.0], [30.0, 170.0]], [255, 200, 0], Some("Größe 1,5 m²"));
            drawing.finish()
        };
        assert!(draw() == draw());
    }
}
