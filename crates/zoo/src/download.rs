//! A file of an address, whole, however often the connection breaks.

use std::io::{self, Read};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::error::ZooError;
use crate::http::{Answer, Client, NoAnswer};
use crate::part::Part;
use crate::progress::{Event, Progress};

/// So many attempts in a row may bring nothing.
const MOST_IDLE: u32 = 3;

/// So many attempts may be made in all.
const MOST_ATTEMPTS: u32 = 20;

/// A file to fetch.
pub(crate) struct Job<'a> {
    /// Its address.
    pub(crate) url: &'a str,
    /// Where its bytes are gathered.
    pub(crate) part: &'a Path,
    /// Its length, where that is known.
    pub(crate) bytes: Option<u64>,
    /// Whether its bytes will be checked against a hash, so that a mixture of two versions cannot pass.
    pub(crate) hash_known: bool,
    /// The most bytes to take.
    pub(crate) limit: u64,
}

/// How an attempt ended short of the whole file.
enum Short {
    /// The connection broke; what came so far is good.
    Cut(ZooError),
    /// What is there is of no use: begin anew.
    Stale,
    /// More attempts make no sense now; not a byte was taken, and what an earlier one has brought is as good as it was.
    Refused(ZooError),
    /// More attempts make no sense, and neither does what came: it is too much, or the disk takes no more.
    Final(ZooError),
}

impl From<ZooError> for Short {
    fn from(error: ZooError) -> Short {
        Short::Final(error)
    }
}

impl Job<'_> {
    /// Fetches the file; fills its `.part` file; whether bytes of an earlier pull are in it.
    ///
    /// After a failure of the network or a server that refuses the bytes stay for the next pull to go on from. After one of the disk they
    /// are removed, so that they don't keep it full.
    pub(crate) fn run(&self, client: &Client, progress: &mut Progress<'_>) -> Result<bool, ZooError> {
        let mut part = Part::open(self.part, self.url)?;
        let mut resumed = part.len() > 0;
        let (mut idle, mut attempts, mut answered) = (0, 0, false);
        loop {
            let before = part.len();
            attempts += 1;
            let short = match self.attempt(client, &mut part, &mut answered, progress) {
                Ok(()) => return part.complete().map(|()| resumed),
                Err(short) => short,
            };
            idle = if part.len() > before { 0 } else { idle + 1 };
            let give_up = !answered || idle >= MOST_IDLE || attempts >= MOST_ATTEMPTS;
            match short {
                Short::Stale if attempts < MOST_ATTEMPTS => {
                    part.restart(None)?;
                    resumed = false;
                }
                Short::Stale => return self.discard(part, self.fault("the server contradicts itself about the file's length")),
                Short::Refused(error) => return self.keep(part, error),
                Short::Cut(error) if give_up => return self.keep(part, error),
                Short::Cut(_) => sleep(Duration::from_millis(200 << idle.min(4))),
                Short::Final(error) => return self.discard(part, error),
            }
        }
    }

    /// One request, and the bytes that it brings.
    fn attempt(&self, client: &Client, part: &mut Part, answered: &mut bool, progress: &mut Progress<'_>) -> Result<(), Short> {
        // Where neither a version nor a hash is known, nothing would tell whether the rest is of the same version.
        let from = if part.validator().is_none() && !self.hash_known { 0 } else { part.len() };
        let answer = client.get(self.url, from, part.validator()).map_err(|no| match no {
            NoAnswer::Refused(error) => Short::Refused(error),
            NoAnswer::NoSuchRange => Short::Stale,
            NoAnswer::Trouble(error) => Short::Cut(error),
        })?;
        *answered = true;
        self.fits(&answer)?;
        let other = part.validator().is_some() && answer.validator.as_deref() != part.validator();
        match answer.start {
            // The whole file: the server knows no ranges, or has another version by now.
            0 => part.restart(answer.validator.clone())?,
            start if start != part.len() || other => return Err(Short::Stale),
            _ => {}
        }
        self.take(answer, part, progress)
    }

    /// Refuses a file that can't be the right one before any of it is taken.
    fn fits(&self, answer: &Answer) -> Result<(), Short> {
        match (answer.total, self.bytes) {
            (Some(total), Some(bytes)) if total != bytes => {
                Err(Short::Refused(self.fault(&format!("the server announces {total} bytes, where the file has {bytes}"))))
            }
            (Some(total), None) if total > self.limit => Err(self.too_large().into()),
            (None, None) if !answer.framed && !self.hash_known => {
                let what = "the server does not say how long the file is, so a broken one could not be told from a whole one";
                Err(Short::Refused(self.fault(what)))
            }
            _ => Ok(()),
        }
    }

    /// Takes the bytes of an answer until the file is whole.
    fn take(&self, mut answer: Answer, part: &mut Part, progress: &mut Progress<'_>) -> Result<(), Short> {
        let whole = answer.total.or(self.bytes);
        let most = whole.unwrap_or(self.limit).min(self.limit);
        let mut block = vec![0u8; 1 << 16];
        loop {
            let n = match answer.body.read(&mut block) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(Short::Cut(self.fault(&format!("the connection broke: {e}")))),
            };
            if part.len().saturating_add(n as u64) > most {
                return Err(self.too_large().into());
            }
            part.write(&block[..n])?;
            progress(&Event::Bytes { done: part.len(), total: whole });
        }
        match whole {
            Some(whole) if part.len() < whole => Err(Short::Cut(self.fault("the connection ended before the file did"))),
            _ => Ok(()),
        }
    }

    /// Gives up for now and keeps the bytes.
    fn keep<T>(&self, mut part: Part, error: ZooError) -> Result<T, ZooError> {
        if part.len() == 0 {
            return self.discard(part, error);
        }
        part.note()?;
        let kept = part.len();
        match error {
            ZooError::Http { url, message } => {
                Err(ZooError::Http { url, message: format!("{message}; {kept} bytes are kept, and another pull goes on from there") })
            }
            other => Err(other),
        }
    }

    /// Gives up for good. The first error matters more than one in cleaning up.
    fn discard<T>(&self, part: Part, error: ZooError) -> Result<T, ZooError> {
        let _: Result<(), ZooError> = part.discard();
        Err(error)
    }

    fn too_large(&self) -> ZooError {
        ZooError::TooLarge { what: self.url.to_owned(), limit: self.bytes.unwrap_or(self.limit).min(self.limit) }
    }

    fn fault(&self, message: &str) -> ZooError {
        ZooError::Http { url: self.url.to_owned(), message: message.to_owned() }
    }
}
