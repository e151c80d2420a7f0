//! How much memory the process took at most since a moment, where the system tells (Linux).

use std::fs;

/// A moment from which on growth is told.
pub(super) struct Peak {
    before: Option<u64>,
}

impl Peak {
    /// Starts now: the system's mark of the most memory is set back to what is used now, where that is allowed.
    pub(super) fn begin() -> Self {
        // 5 stands for "reset the peak resident set size" (proc(5)).
        let reset = fs::write("/proc/self/clear_refs", "5").is_ok();
        Self { before: reset.then(|| field("VmRSS:")).flatten() }
    }

    /// Growth since then at its highest, in 10⁶ bytes.
    pub(super) fn growth_mb(&self) -> Option<f64> {
        let peak = field("VmHWM:")?;
        Some(peak.saturating_sub(self.before?) as f64 / 1e6)
    }
}

/// A field of the process's status, in bytes.
fn field(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix(name))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kb| kb * 1024)
}
