//! `vtk bench …`: how fast networks are here, side by side.

use std::io::Write;
use std::path::Path;

use serde::Serialize;

use crate::bench::{Contender, Figures, measure};
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Time networks side by side
///
/// Networks take turns, round by round, so that what else the machine does falls on all of them alike: compare within one run. An
/// architecture without weights is timed with made-up ones and marked `untrained`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Models by name or path, or architectures (`pplcnet-x0.5`, `picodet-s-320`, `picodet-s-320+mobilenetv3-large-x1.0`)
    #[arg(required = true, value_name = "NAME|PATH|ARCH")]
    networks: Vec<String>,

    /// The input's size; without it the model's own, or 224x224
    #[arg(long, value_name = "HxW", value_parser = parse_size)]
    input: Option<[usize; 2]>,

    /// Pictures in one run
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    batch: u16,

    /// Threads, one or several numbers
    #[arg(long, default_value = "1", value_delimiter = ',', value_name = "N,…", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Vec<u16>,

    /// How many times each network has its turn
    #[arg(long, default_value_t = 20, value_name = "R", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,

    /// One JSON object for each network and number of threads
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    talk: TalkArgs,
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let mut talk = Talk::new(args.talk);
    let mut contenders = Vec::new();
    for name in &args.networks {
        for threads in &args.threads {
            contenders.push(Contender::open(name, args.input, usize::from(args.batch), usize::from(*threads))?);
        }
    }
    talk.expect(args.rounds as usize);
    let figures = measure(&mut contenders, args.rounds, || talk.step())?;
    talk.finish();
    let rows: Vec<Row<'_>> = contenders.iter().zip(&figures).map(|(c, f)| Row::new(c, f)).collect();
    if args.json {
        rows.iter().try_for_each(|row| out.json(row))?;
    } else {
        write_table(&rows, out)?;
    }
    Ok(ExitStatus::Done)
}

/// What is told of one network with one number of threads.
#[derive(Serialize)]
struct Row<'a> {
    network: &'a str,
    untrained: bool,
    input: Vec<usize>,
    threads: usize,
    parameters: usize,
    multiply_adds: u64,
    load_ms: f64,
    first_ms: f64,
    median_ms: f64,
    min_ms: f64,
    /// Growth of the process's memory while loading and running; none where the system doesn't tell.
    peak_mb: Option<f64>,
}

impl<'a> Row<'a> {
    fn new(c: &'a Contender, f: &Figures) -> Self {
        Self {
            network: short(&c.name),
            untrained: c.untrained,
            input: c.input.to_vec(),
            threads: c.threads,
            parameters: c.parameters,
            multiply_adds: c.multiply_adds,
            load_ms: c.load_ms,
            first_ms: c.first_ms,
            median_ms: f.median_ms,
            min_ms: f.min_ms,
            peak_mb: c.peak_mb,
        }
    }
}

/// A file by its own name, not its folder's.
fn short(name: &str) -> &str {
    Path::new(name).file_name().and_then(|n| n.to_str()).unwrap_or(name)
}

fn write_table(rows: &[Row<'_>], out: &mut Out) -> anyhow::Result<()> {
    let header = ["network", "input", "threads", "M params", "M mul-adds", "load ms", "first ms", "median ms", "min ms", "peak MB"];
    let mut table = vec![header.map(str::to_owned)];
    for r in rows {
        let name = if r.untrained { format!("{} (untrained)", r.network) } else { r.network.to_owned() };
        let input = r.input.iter().map(usize::to_string).collect::<Vec<_>>().join("x");
        table.push([
            name,
            input,
            r.threads.to_string(),
            format!("{:.2}", r.parameters as f64 / 1e6),
            format!("{:.1}", r.multiply_adds as f64 / 1e6),
            format!("{:.1}", r.load_ms),
            format!("{:.1}", r.first_ms),
            format!("{:.2}", r.median_ms),
            format!("{:.2}", r.min_ms),
            r.peak_mb.map_or_else(|| "-".to_owned(), |mb| format!("{mb:.0}")),
        ]);
    }
    let widths: Vec<usize> = (0..header.len()).map(|i| table.iter().map(|row| row[i].chars().count()).max().unwrap_or(0)).collect();
    for row in &table {
        let name = format!("{:<1$}", row[0], widths[0]);
        let cells: Vec<String> = row.iter().zip(&widths).skip(1).map(|(cell, width)| format!("{cell:>width$}")).collect();
        writeln!(out, "{name}  {}", cells.join("  "))?;
    }
    Ok(())
}

fn parse_size(text: &str) -> Result<[usize; 2], String> {
    let sizes = text.split_once(['x', '×']).and_then(|(h, w)| Some([h.parse().ok()?, w.parse().ok()?]));
    sizes.filter(|s| s.iter().all(|n| (1..=16384).contains(n))).ok_or_else(|| "a size like 224x224 was expected, height first".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("224x160"), Ok([224, 160]));
        for bad in ["224", "0x5", "-1x5", "axb", "1x99999"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn files_by_their_own_name() {
        assert_eq!(short("/a/b/c.onnx"), "c.onnx");
        assert_eq!(short("pplcnet-x0.5"), "pplcnet-x0.5");
    }
}
