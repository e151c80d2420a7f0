//! Draws boxes, a slanted polygon, a mask and labels on twelve grounds and writes one sheet: `cargo run --release -p vtk-imaging
//! --features draw --example grounds -- PHOTO.png SHEET.png`.

use std::error::Error;

use ndarray::Array2;
use vtk_imaging::draw::{Drawing, class_color, mark_color};
use vtk_imaging::{DecodeOptions, Filter, RgbImage, decode, encode_png};

const WIDTH: usize = 320;
const HEIGHT: usize = 240;

fn main() -> Result<(), Box<dyn Error>> {
    let [photo, sheet] = std::env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: grounds PHOTO.png SHEET.png")?;
    let photo = decode(&photo, &std::fs::read(&photo)?, &DecodeOptions::default())?.resize(WIDTH, HEIGHT, Filter::Area)?;
    let mut result = RgbImage::filled(4 * WIDTH, 3 * HEIGHT, [0; 3])?;
    for (i, ground) in grounds(&photo)?.iter().enumerate() {
        let drawn = draw(ground, i)?;
        let (left, top) = (i % 4 * WIDTH * 3, i / 4 * HEIGHT);
        for y in 0..HEIGHT {
            let start = (top + y) * 4 * WIDTH * 3 + left;
            result.data_mut()[start..start + WIDTH * 3].copy_from_slice(drawn.row(y));
        }
    }
    std::fs::write(sheet, encode_png(&result)?)?;
    Ok(())
}

/// Plain colors, a photo dark and light, stripes, noise, a gradient.
fn grounds(photo: &RgbImage) -> Result<Vec<RgbImage>, Box<dyn Error>> {
    let by = |color: &dyn Fn(usize, usize) -> [u8; 3]| {
        let data = (0..WIDTH * HEIGHT).flat_map(|i| color(i % WIDTH, i / WIDTH)).collect();
        RgbImage::new(WIDTH, HEIGHT, data)
    };
    let leveled = |scale: usize, base: usize| {
        let level = |v: &u8| (usize::from(*v) * scale / 4 + base) as u8;
        RgbImage::new(WIDTH, HEIGHT, photo.data().iter().map(level).collect())
    };
    Ok(vec![
        by(&|_, _| [255; 3])?,
        by(&|_, _| [0; 3])?,
        by(&|_, _| [128; 3])?,
        photo.clone(),
        leveled(1, 0)?,
        leveled(1, 191)?,
        by(&|_, _| mark_color(0))?,
        by(&|_, _| [200, 30, 30])?,
        by(&|_, _| [20, 60, 160])?,
        by(&|x, y| [[255, 0][(x / 8 + y / 8) % 2]; 3])?,
        by(&|x, y| [((x * 7919 + y * 104_729) ^ (x * y)) as u8; 3])?,
        by(&|x, _| [(x * 255 / WIDTH) as u8; 3])?,
    ])
}

fn draw(ground: &RgbImage, seed: usize) -> Result<RgbImage, Box<dyn Error>> {
    let mut drawing = Drawing::on(ground);
    let blob = |x: usize, y: usize| (x as i64 - 250).pow(2) + (y as i64 - 170).pow(2) < 1800;
    let classes = Array2::from_shape_fn((HEIGHT, WIDTH), |(y, x)| u8::from(blob(x, y)));
    drawing.classes(classes.view(), 0.6, |class| (class > 0).then(|| class_color(seed + 1)))?;
    drawing.rectangle([20.0, 40.0, 130.0, 150.0], mark_color(seed), Some("person 0.98"));
    drawing.rectangle([90.0, 90.0, 230.0, 215.0], mark_color(seed + 1), Some("traffic light 0.54"));
    drawing.rectangle([285.0, -5.0, 330.0, 30.0], mark_color(seed + 2), Some("at the edge"));
    drawing.polygon(&[[170.0, 60.0], [262.0, 32.0], [270.0, 58.0], [178.0, 86.0]], mark_color(seed + 3), Some("Zürich, 5 °C"));
    Ok(drawing.finish())
}
