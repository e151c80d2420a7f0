//! Pulling as a person sees it: whose model it is before anything is fetched, a bar while it comes, and what came of it.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vtk_zoo::{Entry, Event, Pulled, Zoo, ZooError, default_folder};

use crate::talk::Talk;

/// Fetches a model of the catalogue, or all of a set. What is here already and intact is left as it is.
pub(crate) fn pull(zoo: &Zoo, name: &str, talk: &Talk) -> Result<(), ZooError> {
    default_folder()?;
    match zoo.catalogue().set(name) {
        Some(models) => models.iter().try_for_each(|model| pull_one(zoo, model, talk)),
        None => pull_one(zoo, name, talk),
    }
}

fn pull_one(zoo: &Zoo, name: &str, talk: &Talk) -> Result<(), ZooError> {
    let mut screen = Screen { name, entry: zoo.catalogue().get(name), talk, introduced: false, bar: None };
    let pulled = zoo.pull(name, &mut |event| screen.show(event));
    screen.clear();
    if pulled? == Pulled::Embedded {
        talk.note(&format!("{name} is inside the program: there is nothing to pull"));
    }
    Ok(())
}

/// Standard error during one pull.
struct Screen<'a> {
    name: &'a str,
    entry: Option<&'a Entry>,
    talk: &'a Talk,
    introduced: bool,
    bar: Option<ProgressBar>,
}

impl Screen<'_> {
    fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::Begin { file, place } => {
                self.introduce();
                self.talk.note(&format!("fetching {file} from {place}"));
            }
            Event::Bytes { done, total } => self.advance(*done, *total),
            Event::Waiting => self.talk.note(&format!("{}: another pull of it is running; waiting for that", self.name)),
            Event::Ready { path, before } => {
                self.clear();
                let what = if *before { "is here already" } else { "is here now" };
                self.talk.note(&format!("{}: {what}: {}", self.name, path.display()));
            }
            Event::Failed { place, error } => {
                self.clear();
                // The error that ends the pull tells it again; while places are left it is a detail.
                self.talk.detail(&format!("{place} failed: {error}"));
            }
            _ => {}
        }
    }

    /// Licence and origin, before the first byte is asked for.
    fn introduce(&mut self) {
        let Some(entry) = self.entry.filter(|_| !self.introduced) else { return };
        self.introduced = true;
        self.talk.note(&format!("{}: {}\n  licence: {}\n  origin:  {}", entry.name, entry.summary, entry.licence, entry.origin));
        if entry.file.hash().is_none() {
            self.talk.note(&format!(
                "{}: unverified: nobody of this project has seen this file; the hash of what comes now is recorded, and later pulls are held to it",
                entry.name
            ));
        }
    }

    fn advance(&mut self, done: u64, total: Option<u64>) {
        if self.talk.is_quiet() || !io::stderr().is_terminal() {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr_with_hz(10));
            let form = match total {
                Some(_) => "{bar:30} {bytes} of {total_bytes} ({bytes_per_sec}, {eta} left)",
                None => "{spinner} {bytes} ({bytes_per_sec})",
            };
            if let Ok(style) = ProgressStyle::with_template(form) {
                bar.set_style(style.progress_chars("## "));
            }
            bar
        });
        bar.set_position(done);
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
