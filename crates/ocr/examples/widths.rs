//! What steps of width do to texts, scores, memory and time: `widths MODEL LABELS`, a text of FILE, tab, WORDS on each line as for
//! `vtk eval rec`, each file a line of text.
//!
//! Lines are read at their exact widths first, then with widths rounded up to a multiple of 8, 16, 32 and 64, each with plans of its own.
//! Edits and changes are against the exact widths, the character error rate is against the words.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use vtk_imaging::{DecodeOptions, RgbImage, decode};
use vtk_kernels::Threads;
use vtk_ocr::recognize::{CharacterErrors, LoadOptions, Reading, RecognizeOptions, TextRecognizer, edit_distance};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(labels)) = (arguments.next(), arguments.next()) else {
        return Err("a model and a list of lines and their words are wanted".into());
    };
    let (lines, words) = lines(labels.as_ref())?;
    let mut exact: Vec<Reading> = Vec::new();
    println!(
        "{:>4} {:>6} {:>6} {:>8} {:>8} {:>7} {:>5} {:>8} {:>8}",
        "step", "differ", "edits", "mean Δ", "most Δ", "CER", "plans", "first s", "again s"
    );
    for width_step in [1, 8, 16, 32, 64] {
        let loaded = TextRecognizer::from_path(model.as_ref(), &LoadOptions::default())?;
        let options = RecognizeOptions { width_step, ..RecognizeOptions::default() };
        let recognizer = loaded.with_options(options)?.with_threads(Threads::count(2));
        let start = Instant::now();
        let readings = recognizer.recognize(&lines)?;
        let first = start.elapsed().as_secs_f64();
        let start = Instant::now();
        recognizer.recognize(&lines)?;
        let again = start.elapsed().as_secs_f64();
        let mut errors = CharacterErrors::default();
        readings.iter().zip(&words).for_each(|(reading, words)| errors.add(&reading.text, words));
        if exact.is_empty() {
            exact.clone_from(&readings);
        }
        let differing: Vec<(&Reading, &Reading)> = exact.iter().zip(&readings).filter(|(a, b)| a.text != b.text).collect();
        let edits: usize = differing.iter().map(|(a, b)| edit_distance(&a.text, &b.text)).sum();
        let changes: Vec<f64> = exact.iter().zip(&readings).map(|(a, b)| f64::from((a.score - b.score).abs())).collect();
        let (mean, most) = (changes.iter().sum::<f64>() / changes.len() as f64, changes.iter().copied().fold(0.0, f64::max));
        let plans = recognizer.network().plan_stats().plans;
        let (differ, rate) = (differing.len(), errors.rate());
        println!("{width_step:>4} {differ:>6} {edits:>6} {mean:>8.5} {most:>8.5} {rate:>7.5} {plans:>5} {first:>8.2} {again:>8.2}");
    }
    Ok(())
}

/// The pictures of a list, and their words.
fn lines(labels: &Path) -> Result<(Vec<RgbImage>, Vec<String>), Box<dyn Error>> {
    let folder = labels.parent().unwrap_or(Path::new(""));
    let (mut lines, mut words) = (Vec::new(), Vec::new());
    for line in std::fs::read_to_string(labels)?.lines() {
        let (file, text) = line.split_once('\t').ok_or("a line without a tab")?;
        lines.push(decode(file, &std::fs::read(folder.join(file))?, &DecodeOptions::default())?);
        words.push(text.to_owned());
    }
    Ok((lines, words))
}
