//! What all tasks on pictures share: from the names that were typed to results in order and an exit status.
//!
//! A [`Task`] knows one network and what its answers mean. [`run`] lists the inputs, has pictures decoded, prepared and answered side by
//! side, prints answers as they come, reports what fails and goes on, and counts.

mod report;
mod task;
mod way;

use std::ops::ControlFlow;

use vtk_kernels::Threads;

pub(crate) use self::task::{Document, Problem, Task, drawn};

use self::report::{Counts, Report};
use self::way::{Traveller, Way};
use crate::ahead::{self, Limits};
use crate::cli::{self, Forms, Shared};
use crate::inputs::{self, Input, Pages};
use crate::machine;
use crate::print::Out;
use crate::save::Targets;
use crate::status::ExitStatus;
use crate::talk::Talk;
use crate::timing::{Laps, Timing};

/// How many threads a task's network gets.
pub(crate) struct Spread {
    /// The threads of one run of the network.
    pub(crate) network: Threads,
    limits: Limits,
}

impl Spread {
    /// As many pictures side by side as there are threads, with one thread each. Where pictures are fewer, they share the threads.
    fn new(threads: usize, pictures: usize) -> Self {
        let threads = machine::threads(threads);
        let network = if pictures < threads { Threads::count(threads) } else { Threads::one() };
        Self { network, limits: Limits::for_threads(threads.min(pictures)) }
    }
}

/// Runs a task on everything that was named: a picture an input, the first of a file with several. `load` makes the task.
pub(crate) fn run<T: Task, F: Forms>(
    shared: &Shared<F>,
    load: impl FnOnce(&Spread, &Talk, &mut Laps) -> anyhow::Result<T>,
    out: &mut Out,
) -> anyhow::Result<ExitStatus> {
    run_pages(shared, None, load, out)
}

/// Runs a task on these pages of everything that was named, one after the other.
pub(crate) fn run_pages<T: Task, F: Forms>(
    shared: &Shared<F>,
    pages: Option<&Pages>,
    load: impl FnOnce(&Spread, &Talk, &mut Laps) -> anyhow::Result<T>,
    out: &mut Out,
) -> anyhow::Result<ExitStatus> {
    let mut timing = Timing::start();
    let mut talk = Talk::new(shared.talk);
    let Some(names) = shared.names() else {
        talk.say(&cli::short_help(T::NAME));
        return Ok(ExitStatus::Unusable);
    };
    let mut listing = inputs::list(&names, shared.recursive);
    if let Some(pages) = pages {
        listing = listing.by_pages(pages);
    }
    listing.notes.iter().for_each(|note| talk.note(note));

    let spread = Spread::new(shared.threads, listing.inputs.len());
    talk.detail(&format!("instruction set: {}", machine::instruction_set()));
    talk.detail(&format!("threads: {}", machine::threads(shared.threads)));
    let mut laps = Laps::default();
    let task = load(&spread, &talk, &mut laps)?;
    timing.add(laps);

    // Last of what can be refused: from here on there are new files.
    let font = shared.save.font()?;
    let targets = shared.save.targets(T::NAME, &listing.inputs, task.parts_folder())?;
    let items: Vec<(Input, Targets)> = listing.inputs.into_iter().zip(targets).collect();
    talk.expect(items.len());
    let way = Way { task: &task, max_pixels: shared.max_pixels, font };
    let (document, form, headed) = (task.document(), shared.form(), listing.headed);
    let mut report = Report { task: &task, document, form, headed, talk: &talk, timing, out, counts: Counts::default() };
    let end = ahead::in_order(
        &items,
        spread.limits,
        |(input, targets)| Traveller::begin(|laps| way.prepare(input, targets, laps)),
        |ready| ready.and_then(|ready, laps| way.answer(ready, laps)),
        |(input, _), answered| report.take(input, answered),
    );
    talk.finish();
    if let ControlFlow::Break(error) = end {
        return Err(error);
    }
    report.end()?;
    if shared.timing {
        talk.say(&report.timing.to_string());
    }
    Ok(report.status(shared.fail_if_empty))
}
