//! What all tasks on pictures share: from the names that were typed to results in order and an exit status.
//!
//! A [`Task`] knows one network and what its answers mean. [`run`] lists the inputs, has pictures decoded, prepared and answered side by
//! side, prints answers as they come, reports what fails and goes on, and counts.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;
use vtk_imaging::draw::{Drawing, Font};
use vtk_imaging::{Alpha, DecodeOptions, RgbImage, decode, encode_png};
use vtk_kernels::Threads;

use crate::ahead::{self, Limits};
use crate::cli::{self, Form, Forms, Shared};
use crate::failure::Failure;
use crate::inputs::{self, Input};
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

    /// Makes a picture ready.
    fn prepare(&self, picture: &RgbImage) -> Result<Self::Ready, Problem>;

    /// Runs the network and reads its outputs, each timed as a stage of its own.
    fn answer(&self, ready: Self::Ready, laps: &mut Laps) -> Result<Self::Answer, Problem>;

    /// Writes an answer for people.
    fn write_text(&self, answer: &Self::Answer, out: &mut dyn Write) -> io::Result<()>;

    /// Draws an answer on its picture.
    fn draw(&self, answer: &Self::Answer, drawing: &mut Drawing);

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

    /// Writes a piece of a form that only this task has.
    fn write_own(&self, _: Piece<'_, Self::Answer>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

/// A piece of results in a form of a task's own.
pub(crate) enum Piece<'a, A> {
    /// Before all answers.
    Begin,
    /// An answer; those before it found so much together.
    Answer { input: &'a Input, answer: &'a A, before: usize },
    /// After all answers.
    End,
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

/// Runs a task on everything that was named. `load` makes the task.
pub(crate) fn run<T: Task, F: Forms>(
    shared: &Shared<F>,
    load: impl FnOnce(&Spread, &Talk, &mut Laps) -> anyhow::Result<T>,
    out: &mut Out,
) -> anyhow::Result<ExitStatus> {
    let mut timing = Timing::start();
    let mut talk = Talk::new(shared.talk);
    let Some(names) = shared.names() else {
        talk.say(&cli::short_help(T::NAME));
        return Ok(ExitStatus::Unusable);
    };
    let listing = inputs::list(&names, shared.recursive);
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
    let (form, headed) = (shared.form(), listing.headed);
    let mut report = Report { task: &task, form, headed, talk: &talk, timing, out, answers: 0, found: 0, failures: 0 };
    report.piece(Piece::Begin)?;
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
    report.piece(Piece::End)?;
    if let Some(nothing) = task.nothing().filter(|_| form == Form::Text && report.found == 0 && report.answers > 0) {
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
    saved: Option<(RgbImage, &'a Targets)>,
}

impl<T: Task> Way<'_, T> {
    /// From its bytes to what the network takes.
    fn prepare<'t>(&self, input: &Input, targets: &'t Targets, laps: &mut Laps) -> Result<Ready<'t, T::Ready>, Problem> {
        let picture = laps.time(Stage::Decode, || {
            let options = DecodeOptions { max_pixels: self.max_pixels, alpha: self.task.alpha(), ..DecodeOptions::default() };
            decode(input.shown(), &input.read()?, &options).map_err(Failure::from)
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
            let mut drawing = Drawing::on(picture).with_font(self.font.clone());
            self.task.draw(answer, &mut drawing);
            target.write(&encode_png(&drawing.finish())?)?;
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
struct Report<'a, T> {
    task: &'a T,
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
        self.talk.aside(|| match self.form {
            Form::Json => out.json(&Answered { input: input.name(), model: self.task.model(), answer }),
            Form::Own => self.task.write_own(Piece::Answer { input, answer, before: self.found }, out),
            Form::Text => {
                if self.headed {
                    writeln!(out, "{}==> {} <==", if first { "" } else { "\n" }, input.shown())?;
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

    /// A piece of the task's own form, where that is written.
    fn piece(&mut self, piece: Piece<'_, T::Answer>) -> io::Result<()> {
        if self.form == Form::Own { self.task.write_own(piece, self.out) } else { Ok(()) }
    }

    fn failure(&mut self, input: &Input, failure: &Failure) -> io::Result<()> {
        self.failures += 1;
        self.talk.error(&failure.message);
        if self.form == Form::Json {
            let out = &mut *self.out;
            self.talk.aside(|| out.json(&Failed { input: input.name(), error: failure }))?;
        }
        Ok(())
    }
}

/// A line of JSON for an input that was answered.
#[derive(Serialize)]
struct Answered<'a, A> {
    input: &'a str,
    model: &'a str,
    #[serde(flatten)]
    answer: &'a A,
}

/// A line of JSON for an input that failed.
#[derive(Serialize)]
struct Failed<'a> {
    input: &'a str,
    error: &'a Failure,
}
