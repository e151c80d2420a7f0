//! Times decoding and preparing one picture, on one thread: `cargo run --release -p vtk-imaging --example timing -- PICTURE RECIPE
//! ROUNDS`. Prints the median and the fastest round of each in milliseconds, as JSON.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use vtk_imaging::{DecodeOptions, Recipe, decode};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, recipe, rounds] = arguments.as_slice() else { return Err("usage: timing PICTURE RECIPE ROUNDS".into()) };
    let (recipe, rounds): (Recipe, usize) = (recipe.parse()?, rounds.parse()?);
    let bytes = std::fs::read(path)?;
    let picture = decode(path, &bytes, &DecodeOptions::default())?;
    let decoded = measure(rounds.min(9), || decode(path, &bytes, &DecodeOptions::default()).map(|picture| picture.width()))?;
    let prepared = measure(rounds, || recipe.prepare(&picture).map(|prepared| prepared.tensor.len()))?;
    let [d, p] = [decoded, prepared].map(|(median, least)| format!("{{\"median\": {median:.3}, \"min\": {least:.3}}}"));
    println!("{{\"decode\": {d}, \"prepare\": {p}}}");
    Ok(())
}

/// Median and least milliseconds of some rounds, after one that does not count.
fn measure<E>(rounds: usize, work: impl Fn() -> Result<usize, E>) -> Result<(f64, f64), E> {
    let mut times = Vec::new();
    for round in 0..=rounds.max(1) {
        let start = Instant::now();
        std::hint::black_box(work()?);
        if round > 0 {
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times[0]))
}
