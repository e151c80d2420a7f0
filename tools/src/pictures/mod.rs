//! What all tasks on pictures share: from the names that were typed to results in order and an exit status.
//!
//! A [`Task`] knows one network and what its answers mean. [`run`] lists the inputs, has pictures decoded, prepared and answered side by
//! side, prints answers as they come, reports what fails and goes on, and counts.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use vtk_imaging::draw::{Drawing, Font};
use vtk_imaging::{Alpha, DecodeOptions, RgbImage, decode, encode_png};
use vtk_kernels::Threads;

use crate::ahead::{self, Limits};
use crate::cli::{self, Form, Forms, Shared};
use crate::failure::Failure;
use crate::inputs::{self, Input, Pages};
use crate::machine;
use crate::print::Out;
use crate::save::Targets;
use crate::status::ExitStatus;
use crate::talk::Talk;
use crate::timing::{Laps, Stage, Timing};

/// One network and its answers about a picture.
pub(crate) trait Task: Sync {
    /// The command's name.
    const NAME: &'static str;

    /// A picture made ready for the network.
    type Ready: Send;

    /// The answer. It serializes as the fields that follow `input` and `model`.
    type Answer: Send + Serialize;

    /// The model's name or path.
    fn model(&self) -> &str;

    /// What becomes of transparent pixels.
    fn alpha(&self) -> Alpha;

    /// Makes a picture ready. What is kept of the picture itself is shared, not copied.
    fn prepare(&self, picture: &Arc<RgbImage>) -> Result<Self::Ready, Problem>;

    /// Runs the network and reads its outputs, each timed as a stage of its own.
    fn answer(&self, ready: Self::Ready, laps: &mut Laps) -> Result<Self::Answer, Problem>;

    /// Writes an answer for people.
    fn write_text(&self, answer: &Self::Answer, out: &mut dyn Write) -> io::Result<()>;

    /// The picture with its answer drawn on it.
    fn draw(&self, answer: &Self::Answer, picture: &RgbImage, font: &Font) -> Result<RgbImage, Failure>;

    /// How much an answer says; 0 where nothing was found.
    fn found(&self, _: &Self::Answer) -> usize {
        1
    }

    /// What to tell a person where nothing was found in any picture.
    fn nothing(&self) -> Option<String> {
        None
    }

    /// The folder for parts of the pictures, where they are to be saved.
    fn parts_folder(&self) -> Option<&Path> {
        None
    }

    /// The parts of a picture that its answer is about: x0, y0, x1, y1.
    fn parts(&self, _: &Self::Answer) -> Vec<[f32; 4]> {
        Vec::new()
    }

    /// The one document that all answers make, where one is asked for in place of text or JSON.
    fn document(&self) -> Option<Box<dyn Document<Self::Answer> + '_>> {
        None
    }
}

/// A document of many answers, written as they come.
pub(crate) trait Document<A> {
    /// Writes an answer, and what stands before it.
    fn add(&mut self, input: &Input, answer: &A, out: &mut dyn Write) -> io::Result<()>;

    /// Writes what stands behind the last, so that the document is whole; also that of no answers.
    fn end(&mut self, out: &mut dyn Write) -> io::Result<()>;
}

/// Draws on a copy of a picture, with marks and letters of a size that suits it.
pub(crate) fn drawn(picture: &RgbImage, font: &Font, draw: impl FnOnce(&mut Drawing)) -> RgbImage {
    let mut drawing = Drawing::on(picture).with_font(font.clone());
    draw(&mut drawing);
    drawing.finish()
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Problem {
    /// The picture is at fault; others may do better.
    Picture(Failure),
    /// The model is at fault, and will be for every picture.
    Model(anyhow::Error),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Picture(failure)
    }
}

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
    let mut report = Report { task: &task, document, form, headed, talk: &talk, timing, out, answers: 0, found: 0, failures: 0 };
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
    if let Some(nothing) = task.nothing().filter(|_| report.is_text() && report.found == 0 && report.answers > 0) {
        talk.note(&nothing);
    }
    if shared.timing {
        talk.say(&report.timing.to_string());
    }
    let nothing = shared.fail_if_empty && report.found == 0;
    Ok(if report.failures > 0 || nothing { ExitStatus::Failed } else { ExitStatus::Done })
}

/// The two parts of a picture's way.
struct Way<'a, T> {
    task: &'a T,
    max_pixels: u64,
    font: Font,
}

/// A picture that the network can take, with itself where something of it is to be saved.
struct Ready<'a, R> {
    ready: R,
    saved: Option<(Arc<RgbImage>, &'a Targets)>,
}

impl<T: Task> Way<'_, T> {
    /// From its bytes to what the network takes.
    fn prepare<'t>(&self, input: &Input, targets: &'t Targets, laps: &mut Laps) -> Result<Ready<'t, T::Ready>, Problem> {
        let picture = laps.time(Stage::Decode, || {
            let options = DecodeOptions { max_pixels: self.max_pixels, alpha: self.task.alpha(), page: input.page() };
            decode(input.shown(), &input.read()?, &options).map(Arc::new).map_err(Failure::from)
        })?;
        let ready = laps.time(Stage::Prepare, || self.task.prepare(&picture))?;
        Ok(Ready { ready, saved: (!targets.are_none()).then_some((picture, targets)) })
    }

    /// From there to the answer, drawn and stored where that was asked for.
    fn answer(&self, ready: Ready<'_, T::Ready>, laps: &mut Laps) -> Result<T::Answer, Problem> {
        let answer = self.task.answer(ready.ready, laps)?;
        if let Some((picture, targets)) = ready.saved {
            laps.time(Stage::Save, || self.save(&answer, &picture, targets))?;
        }
        Ok(answer)
    }

    fn save(&self, answer: &T::Answer, picture: &RgbImage, targets: &Targets) -> Result<(), Failure> {
        if let Some(target) = &targets.picture {
            target.write(&encode_png(&self.task.draw(answer, picture, &self.font)?)?)?;
        }
        let Some(parts) = &targets.parts else { return Ok(()) };
        for (number, part) in self.task.parts(answer).into_iter().enumerate() {
            parts.target(number + 1).write(&encode_png(&cut(picture, part)?)?)?;
        }
        Ok(())
    }
}

/// Every pixel of a picture that the box touches; at least one.
fn cut(picture: &RgbImage, [x0, y0, x1, y1]: [f32; 4]) -> Result<RgbImage, Failure> {
    let span = |low: f32, high: f32, side: usize| {
        let first = (low.floor().max(0.0) as usize).min(side - 1);
        (first, (high.ceil().max(0.0) as usize).clamp(first + 1, side) - first)
    };
    let (left, width) = span(x0, x1, picture.width());
    let (top, height) = span(y0, y1, picture.height());
    Ok(picture.crop(left, top, width, height)?)
}

/// What a picture has become so far, with the times that it took.
struct Traveller<W> {
    laps: Laps,
    what: Result<W, Problem>,
}

impl<W> Traveller<W> {
    fn begin(step: impl FnOnce(&mut Laps) -> Result<W, Problem>) -> Self {
        let mut laps = Laps::default();
        let what = step(&mut laps);
        Self { laps, what }
    }

    fn and_then<U>(mut self, step: impl FnOnce(W, &mut Laps) -> Result<U, Problem>) -> Traveller<U> {
        let what = self.what.and_then(|what| step(what, &mut self.laps));
        Traveller { laps: self.laps, what }
    }
}

/// Where answers and failures go, in the order of the inputs.
struct Report<'a, T: Task> {
    task: &'a T,
    document: Option<Box<dyn Document<T::Answer> + 'a>>,
    form: Form,
    headed: bool,
    talk: &'a Talk,
    timing: Timing,
    out: &'a mut Out,
    answers: usize,
    /// What answers said, together.
    found: usize,
    failures: usize,
}

impl<T: Task> Report<'_, T> {
    fn take(&mut self, input: &Input, answered: Traveller<T::Answer>) -> ControlFlow<anyhow::Error> {
        self.timing.add(answered.laps);
        let written = match answered.what {
            Ok(answer) => self.answer(input, &answer),
            Err(Problem::Picture(failure)) => self.failure(input, &failure),
            Err(Problem::Model(error)) => return ControlFlow::Break(error),
        };
        self.talk.step();
        written.map_or_else(|error| ControlFlow::Break(error.into()), ControlFlow::Continue)
    }

    fn answer(&mut self, input: &Input, answer: &T::Answer) -> io::Result<()> {
        let (out, first) = (&mut *self.out, self.answers == 0);
        let document = &mut self.document;
        self.talk.aside(|| match (document, self.form) {
            (Some(document), _) => document.add(input, answer, out),
            (None, Form::Json) => out.json(&Answered { input: input.name(), page: input.page_number(), model: self.task.model(), answer }),
            (None, Form::Text) => {
                if self.headed && input.begins() {
                    writeln!(out, "{}==> {} <==", if first { "" } else { "\n" }, input.shown())?;
                } else if !input.begins() {
                    writeln!(out, "{}", if io::stdout().is_terminal() { "" } else { "\x0c" })?;
                }
                self.task.write_text(answer, out)?;
                out.flush()
            }
        })?;
        self.timing.answered();
        self.answers += 1;
        self.found += self.task.found(answer);
        Ok(())
    }

    /// Whether results are lines for people.
    fn is_text(&self) -> bool {
        self.form == Form::Text && self.document.is_none()
    }

    /// What stands behind all answers.
    fn end(&mut self) -> io::Result<()> {
        self.document.as_mut().map_or(Ok(()), |document| document.end(self.out))
    }

    fn failure(&mut self, input: &Input, failure: &Failure) -> io::Result<()> {
        self.failures += 1;
        self.talk.error(&failure.message);
        if self.form == Form::Json && self.document.is_none() {
            let out = &mut *self.out;
            self.talk.aside(|| out.json(&Failed { input: input.name(), page: input.page_number(), error: failure }))?;
        }
        Ok(())
    }
}

/// A line of JSON for an input that was answered.
#[derive(Serialize)]
struct Answered<'a, A> {
    input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<usize>,
    model: &'a str,
    #[serde(flatten)]
    answer: &'a A,
}

/// A line of JSON for an input that failed.
#[derive(Serialize)]
struct Failed<'a> {
    input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<usize>,
    error: &'a Failure,
}
