//! `--timing`: how long each stage of a run took, by one clock that each picture carries along its way.

use std::fmt;
use std::time::{Duration, Instant};

/// The stages of a run: the first two once, the others for each picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The model's bytes to a network.
    Load,
    /// The network to a plan for its input size.
    Plan,
    /// A file's bytes to pixels, reading included.
    Decode,
    /// Pixels to a tensor.
    Prepare,
    /// The network.
    Run,
    /// Raw outputs to results.
    Results,
    /// Results drawn on the picture, and that stored.
    Save,
}

impl Stage {
    const ALL: [Self; 7] = [Self::Load, Self::Plan, Self::Decode, Self::Prepare, Self::Run, Self::Results, Self::Save];

    fn name(self) -> &'static str {
        match self {
            Self::Load => "load model",
            Self::Plan => "plan network",
            Self::Decode => "decode picture",
            Self::Prepare => "prepare",
            Self::Run => "run network",
            Self::Results => "decode results",
            Self::Save => "draw and save",
        }
    }
}

/// The times of one picture, or of what happens once.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Laps([Option<Duration>; Stage::ALL.len()]);

impl Laps {
    /// Runs `f` and puts its time to a stage.
    pub(crate) fn time<R>(&mut self, stage: Stage, f: impl FnOnce() -> R) -> R {
        let start = Instant::now();
        let result = f();
        *self.0[stage as usize].get_or_insert_default() += start.elapsed();
        result
    }
}

/// The times of a run.
#[derive(Debug)]
pub(crate) struct Timing {
    start: Instant,
    first: Option<Duration>,
    laps: Vec<Laps>,
}

impl Timing {
    /// The clock starts now.
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), first: None, laps: Vec::new() }
    }

    /// Adds what was measured.
    pub(crate) fn add(&mut self, laps: Laps) {
        self.laps.push(laps);
    }

    /// A result is out.
    pub(crate) fn answered(&mut self) {
        self.first.get_or_insert_with(|| self.start.elapsed());
    }
}

/// A table: of each stage its times, their sum, their mean and the longest.
impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<14} {:>6} {:>11} {:>11} {:>11}", "stage", "times", "sum ms", "mean ms", "longest ms")?;
        for stage in Stage::ALL {
            let times: Vec<f64> = self.laps.iter().filter_map(|laps| laps.0[stage as usize]).map(milliseconds).collect();
            if !times.is_empty() {
                let (sum, longest) = (times.iter().sum::<f64>(), times.iter().copied().fold(0.0, f64::max));
                writeln!(f, "{:<14} {:>6} {sum:>11.2} {:>11.2} {longest:>11.2}", stage.name(), times.len(), sum / times.len() as f64)?;
            }
        }
        if let Some(first) = self.first {
            write!(f, "first result after {:.1} ms, ", milliseconds(first))?;
        }
        write!(f, "end after {:.1} ms", milliseconds(self.start.elapsed()))
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_its_line() {
        let mut timing = Timing::start();
        let mut once = Laps::default();
        assert_eq!(once.time(Stage::Load, || 7), 7);
        timing.add(once);
        for _ in 0..2 {
            let mut laps = Laps::default();
            laps.time(Stage::Run, || std::thread::sleep(Duration::from_millis(2)));
            timing.add(laps);
        }
        let table = timing.to_string();
        assert!(!table.contains("first result"), "{table}");
        timing.answered();
        let table = timing.to_string();
        let line = |name: &str| table.lines().find(|l| l.starts_with(name)).map(|l| l.split_whitespace().nth(2).map(str::to_owned));
        assert_eq!(line("run network"), Some(Some("2".to_owned())), "{table}");
        assert_eq!(line("load model"), Some(Some("1".to_owned())), "{table}");
        assert_eq!(line("prepare"), None, "{table}");
        assert!(table.contains("first result after"), "{table}");
    }
}
