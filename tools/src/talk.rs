//! What the program says beside its results: messages and the progress bar, both on standard error and never in each other's way.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::print::plain_lines;

/// How much to say. The same two flags in every command.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct TalkArgs {
    /// Say nothing but errors: no notes, no progress
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,

    /// Say which instruction set, threads, model and settings are used
    #[arg(short, long)]
    verbose: bool,
}

/// Standard error.
#[derive(Debug)]
pub(crate) struct Talk {
    args: TalkArgs,
    bar: ProgressBar,
}

impl Talk {
    /// Messages as the user wants them, and no progress bar.
    pub(crate) fn new(args: TalkArgs) -> Self {
        Self { args, bar: ProgressBar::hidden() }
    }

    /// Whether only errors are to be said.
    pub(crate) fn is_quiet(&self) -> bool {
        self.args.quiet
    }

    /// Shows progress from now on: of more than one step, on a terminal.
    pub(crate) fn expect(&mut self, steps: usize) {
        if steps < 2 || self.args.quiet || !io::stderr().is_terminal() {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr_with_hz(10));
        // How long it takes is not known from less than two steps.
        styled(&bar, "{bar:30} {pos} of {len}");
        bar.enable_steady_tick(Duration::from_millis(250));
        self.bar = bar;
    }

    /// One step is done.
    pub(crate) fn step(&self) {
        self.bar.inc(1);
        if self.bar.position() == 2 {
            styled(&self.bar, "{bar:30} {pos} of {len} ({eta} left)");
        }
    }

    /// Takes the progress bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Runs `write`, which writes to a terminal, with the progress bar out of its way.
    pub(crate) fn aside<R>(&self, write: impl FnOnce() -> R) -> R {
        self.bar.suspend(write)
    }

    /// What went wrong. Said always.
    pub(crate) fn error(&self, message: &str) {
        self.say(&format!("error: {message}"));
    }

    /// What a user should know.
    pub(crate) fn note(&self, message: &str) {
        if !self.args.quiet {
            self.say(&format!("note: {message}"));
        }
    }

    /// What a user has asked to know.
    pub(crate) fn detail(&self, message: &str) {
        if self.args.verbose {
            self.say(message);
        }
    }

    /// A line or several, as they are.
    pub(crate) fn say(&self, message: &str) {
        // Where standard error is closed, nobody listens; the exit status says what matters.
        let _ = self.aside(|| writeln!(io::stderr(), "{}", plain_lines(message)));
    }
}

fn styled(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("## "));
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.finish();
    }
}
