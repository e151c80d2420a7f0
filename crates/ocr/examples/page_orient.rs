//! Chooses the score from which on a page is turned unasked: every picture of a folder, in all four turns.
//! `cargo run --release --workspace --example page_orient -- MODEL FOLDER`. A picture whose name ends in `-90`, `-180` or `-270` lies turned
//! clockwise by so many degrees; all others stand upright.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::{Path, PathBuf};

use vtk_imaging::{DecodeOptions, decode, is_picture};
use vtk_ocr::orient::{PageOrientation, PageOrienter, SURE};

/// What the network says of a page that lies turned by so many quarters.
struct Answer {
    quarters: u8,
    said: PageOrientation,
}

impl Answer {
    /// How the page stands after the turn that the answer asks for.
    fn after(&self, sure: f32) -> i32 {
        (i32::from(self.quarters) + self.said.turn(sure)) % 4
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(model), Some(folder)) = (args.next(), args.next()) else {
        return Err("usage: page_orient MODEL FOLDER".into());
    };
    let orienter = PageOrienter::from_path(model.as_ref())?;
    let mut paths = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    let mut answers = Vec::new();
    println!("| picture | as it is | turned by 90° | 180° | 270° |");
    println!("| --- | --- | --- | --- | --- |");
    for path in paths {
        let bytes = std::fs::read(&path)?;
        if !is_picture(&bytes) {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let page = decode(&name, &bytes, &DecodeOptions::default())?;
        let mut row = format!("| {name} |");
        for turned in 0..4 {
            let said = orienter.orient(&page.rotate(turned.into()))?;
            row += &format!(" {}° {:.4} |", u16::from(said.quarters) * 90, said.score);
            answers.push(Answer { quarters: (lies(&path) + turned) % 4, said });
        }
        println!("{row}");
    }
    println!("\nAt {SURE} pages are turned. Of all pages in all turns:\n");
    println!("| score from | upright pages turned | others righted | left as they lie | turned to another side |");
    println!("| --- | --- | --- | --- | --- |");
    let (upright, lying): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.quarters == 0);
    for sure in [0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9] {
        let count = |of: &[&Answer], test: &dyn Fn(&Answer) -> bool| of.iter().filter(|a| test(a)).count();
        println!(
            "| {sure} | {} of {} | {} of {} | {} | {} |",
            count(&upright, &|a| a.after(sure) != 0),
            upright.len(),
            count(&lying, &|a| a.after(sure) == 0),
            lying.len(),
            count(&lying, &|a| a.said.turn(sure) == 0),
            count(&lying, &|a| a.said.turn(sure) != 0 && a.after(sure) != 0),
        );
    }
    Ok(())
}

/// The quarters by which a picture lies turned, by its name.
fn lies(path: &Path) -> u8 {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    match name.rsplit_once('-').map(|(_, degrees)| degrees) {
        Some("90") => 1,
        Some("180") => 2,
        Some("270") => 3,
        _ => 0,
    }
}
