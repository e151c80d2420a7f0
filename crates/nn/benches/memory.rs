//! What a network of free size costs in memory: 40 sizes in the first 50 pictures, then 950 more of the same sizes in random order.
//!
//! `cargo bench -p vtk-cli -p vtk-nn --bench memory -- FILE.onnx` (without a file a small graph of the reference cases). Prints the
//! highest resident memory after the first 50 and at the end; a plan cache that leaks or thrashes shows in the second.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use ndarray::ArrayD;
use vtk_nn::Network;

fn main() {
    let small = concat!(env!("CARGO_MANIFEST_DIR"), "/../../reference/cases/onnx/free-size/graph.onnx").to_owned();
    let path = std::env::args().skip(1).find(|a| a.ends_with(".onnx")).unwrap_or(small);
    let network = Network::from_onnx(&path, &std::fs::read(&path).expect("the graph file")).expect("a graph");
    let channels = network.inputs()[0].shape[1].unwrap_or(3);
    let sizes: Vec<[usize; 2]> = (0..40).map(|i| [64 + 32 * (i % 8), 96 + 32 * (i / 8)]).collect();
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut after_50 = 0;
    for n in 0..1000 {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let [h, w] = if n < sizes.len() { sizes[n] } else { sizes[(random % 40) as usize] };
        network.run(&[ArrayD::from_elem(vec![1, channels, h, w], 0.5).view()]).expect("a run");
        if n == 49 {
            after_50 = peak_kb();
        }
    }
    let (end, stats) = (peak_kb(), network.plan_stats());
    let growth = (end as f64 / after_50 as f64 - 1.0) * 100.0;
    println!("{path}: peak {after_50} kB after 50 pictures, {end} kB after 1000: {growth:+.2} %; {stats:?}");
}

/// The process's highest resident memory; 0 where the system doesn't tell.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().strip_suffix("kB")?.trim().parse().ok()).unwrap_or(0)
}
