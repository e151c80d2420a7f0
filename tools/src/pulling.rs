//! Pulling as a person sees it: whose model it is before anything is fetched, a bar while it comes, and what came of it.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use vtk_zoo::{Entry, Event, Place, Pulled, Pulls, Zoo, ZooError};

use crate::talk::Talk;

/// Fetches a model of the catalogue, or all of a set. What is here already and intact is left as it is.
pub(crate) fn pull(pulls: &mut Pulls<'_>, zoo: &Zoo, name: &str, talk: &Talk) -> Result<(), ZooError> {
    match zoo.catalogue().set(name) {
        Some(models) => models.iter().try_for_each(|model| pull_one(pulls, zoo, model, talk)),
        None => pull_one(pulls, zoo, name, talk),
    }
}

fn pull_one(pulls: &mut Pulls<'_>, zoo: &Zoo, name: &str, talk: &Talk) -> Result<(), ZooError> {
    let mut screen = Screen { zoo, name, talk, introduced: false, bar: None };
    let pulled = pulls.pull(name, &mut |event| screen.show(event));
    screen.clear();
    match pulled {
        Ok(Pulled::Embedded) if zoo.catalogue().get(name).is_some_and(has_places) => {
            talk.note(&format!(
                "{name} is inside the program: there is nothing to pull (`vtk models pull --force {name}` fetches its file)"
            ));
        }
        Ok(Pulled::Embedded) => talk.note(&format!("{name} is inside the program: there is nothing to pull")),
        Ok(_) => {}
        Err(error) => {
            // A disk or folder that fails a pull would fail a file put there by hand.
            if !matches!(error, ZooError::Io { .. } | ZooError::Record { .. }) {
                tell_other_ways(zoo, name, talk);
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Whether a model can be had from somewhere else than the program.
fn has_places(entry: &Entry) -> bool {
    entry.file.places.iter().any(|place| !matches!(place, Place::Embedded { .. }))
}

/// After a pull that failed: where its file belongs, for who gets it in another way.
fn tell_other_ways(zoo: &Zoo, name: &str, talk: &Talk) {
    if let Err(ZooError::Missing { file, path, ways, .. }) = zoo.path(name) {
        let by_hand: String = ways.iter().filter(|way| way.contains("by hand")).map(|way| format!("\n  {way}")).collect();
        talk.note(&format!("{name}: without a pull, {file} is taken from\n  {}{by_hand}", path.display()));
    }
}

/// Standard error during one pull.
struct Screen<'a> {
    zoo: &'a Zoo,
    name: &'a str,
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
        let Some(entry) = self.zoo.catalogue().get(self.name).filter(|_| !self.introduced) else { return };
        self.introduced = true;
        self.talk.note(&format!("{}: {}\n  licence: {}\n  origin:  {}", entry.name, entry.summary, entry.licence, entry.origin));
        if entry.file.hash().is_none() {
            let recorded = self.zoo.info(self.name).is_ok_and(|info| info.files.first().is_some_and(|file| file.recorded.is_some()));
            let held = match recorded {
                true => "what comes now is held to the hash that the first pull recorded",
                false => "the hash of what comes now is recorded, and later pulls are held to it",
            };
            self.talk.note(&format!("{}: unverified: nobody of this project has seen this file; {held}", entry.name));
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
            // What pip fetches is told of in jumps: that it goes on is seen all the same.
            bar.enable_steady_tick(Duration::from_millis(250));
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
