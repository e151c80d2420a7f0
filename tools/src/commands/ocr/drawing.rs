//! `--save`: the picture with its lines marked, and beside it their texts where they stand.

use vtk_imaging::draw::{Drawing, Font, Style, mark_color};
use vtk_imaging::{RgbImage, Size};
use vtk_ocr::Quad;
use vtk_ocr::reader::Page;

use crate::failure::Failure;

/// Twice as wide as the picture: marked lines on the left, texts on white paper on the right.
pub(super) fn beside(page: &Page, picture: &RgbImage, font: &Font) -> Result<RgbImage, Failure> {
    let Size { width, height } = picture.size();
    let mut wide = RgbImage::filled(width * 2, height, [255; 3])?;
    for (y, row) in wide.data_mut().chunks_exact_mut(width * 6).enumerate() {
        row[..width * 3].copy_from_slice(picture.row(y));
    }
    let mut drawing = Drawing::on(&wide).with_font(font.clone()).with_style(Style::for_size(picture.size()));
    for (index, line) in page.lines.iter().enumerate() {
        let color = mark_color(index);
        drawing.polygon(&line.quad, color, None);
        if !line.text.is_empty() {
            drawing.text_within(paper(line.quad, width as f32), &line.text, [20; 3]);
        }
    }
    Ok(drawing.finish())
}

/// The box on the paper that is as large as a line, and stands where it stands.
fn paper(quad: Quad, width: f32) -> [f32; 4] {
    let [x0, y0] = [0, 1].map(|axis| quad.iter().map(|corner| corner[axis]).fold(f32::INFINITY, f32::min));
    let [x1, y1] = [0, 1].map(|axis| quad.iter().map(|corner| corner[axis]).fold(f32::NEG_INFINITY, f32::max));
    [x0 + width, y0, x1 + width, y1]
}
