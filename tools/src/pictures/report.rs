//! Where answers and failures go: to standard output as text, JSON Lines or a document, to standard error, and into the counts.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use serde::Serialize;

use super::way::Traveller;
use super::{Document, Problem, Task};
use crate::cli::Form;
use crate::failure::Failure;
use crate::inputs::Input;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::Talk;
use crate::timing::Timing;

/// Where answers and failures go, in the order of the inputs.
pub(super) struct Report<'a, T: Task> {
    pub(super) task: &'a T,
    pub(super) document: Option<Box<dyn Document<T::Answer> + 'a>>,
    pub(super) form: Form,
    pub(super) headed: bool,
    pub(super) talk: &'a Talk,
    pub(super) timing: Timing,
    pub(super) out: &'a mut Out,
    pub(super) counts: Counts,
}

/// What came of the inputs so far.
#[derive(Default)]
pub(super) struct Counts {
    answers: usize,
    /// What answers said, together.
    found: usize,
    failures: usize,
    /// The input that the last text was about.
    last: Option<usize>,
}

impl Counts {
    /// Writes what stands in text before an input, and between the pages of one.
    fn separate(&mut self, input: &Input, headed: bool, out: &mut Out) -> io::Result<()> {
        let last = self.last.replace(input.place());
        if last == Some(input.place()) {
            writeln!(out, "{}", if io::stdout().is_terminal() { "" } else { "\x0c" })
        } else if headed {
            writeln!(out, "{}==> {} <==", if last.is_none() { "" } else { "\n" }, input.shown())
        } else {
            Ok(())
        }
    }
}

impl<T: Task> Report<'_, T> {
    pub(super) fn take(&mut self, input: &Input, answered: Traveller<T::Answer>) -> ControlFlow<anyhow::Error> {
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
        self.talk.aside(|| match (&mut self.document, self.form) {
            (Some(document), _) => document.add(input, answer, self.out),
            (None, Form::Json) => {
                self.out.json(&Answered { input: input.name(), page: input.page_number(), model: self.task.model(), answer })
            }
            (None, Form::Text) => {
                self.counts.separate(input, self.headed, self.out)?;
                self.task.write_text(answer, self.out)?;
                self.out.flush()
            }
        })?;
        self.timing.answered();
        self.counts.answers += 1;
        self.counts.found += self.task.found(answer);
        Ok(())
    }

    fn failure(&mut self, input: &Input, failure: &Failure) -> io::Result<()> {
        self.counts.failures += 1;
        self.talk.error(&failure.message);
        if self.document.is_some() {
            return Ok(());
        }
        self.talk.aside(|| match self.form {
            Form::Json => self.out.json(&Failed { input: input.name(), page: input.page_number(), error: failure }),
            // An empty page keeps the count of those that follow.
            Form::Text if input.is_one_of_several() => self.counts.separate(input, self.headed, self.out),
            Form::Text => Ok(()),
        })
    }

    /// Writes what stands behind all answers, and says what a person should know of them together.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if let Some(document) = &mut self.document {
            return document.end(self.out);
        }
        let empty = self.counts.answers > 0 && self.counts.found == 0;
        if let Some(nothing) = self.task.nothing().filter(|_| empty && self.form == Form::Text) {
            self.talk.note(&nothing);
        }
        Ok(())
    }

    /// What the program ends with.
    pub(super) fn status(&self, fail_if_empty: bool) -> ExitStatus {
        let empty = fail_if_empty && self.counts.found == 0;
        if self.counts.failures > 0 || empty { ExitStatus::Failed } else { ExitStatus::Done }
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
