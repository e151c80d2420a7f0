//! A file that is to stand in the cache: how it is filled, checked and given its name.

use std::fs::File;
use std::io::{self, Read};

use crate::cache::{remove_if_there, remove_part};
use crate::copy::Sink;
use crate::digest::{Hash, hash_file};
use crate::entry::{Entry, ModelFile, Place};
use crate::error::{Mismatch, ZooError};
use crate::form;
use crate::slot::{Slot, create};

/// A file that is to stand in the cache.
pub(crate) struct Want<'a> {
    pub(crate) slot: Slot,
    pub(crate) file: &'a str,
    /// The form that its bytes must have, as entries write it.
    pub(crate) form: &'a str,
    pub(crate) hash: Option<Hash>,
    pub(crate) bytes: Option<u64>,
}

impl<'a> Want<'a> {
    /// A file of a catalogue's entry.
    pub(crate) fn of(entry: &'a Entry, file: &'a ModelFile, slot: Slot) -> Want<'a> {
        Want { slot, file: &file.file, form: entry.form_of(file), hash: file.hash(), bytes: file.bytes }
    }

    /// The most bytes to unpack: no more than the file is known to have.
    pub(crate) fn most(&self, limit: u64) -> u64 {
        self.bytes.map_or(limit, |bytes| bytes.min(limit))
    }

    /// Whether the file stands there already and is what it should be.
    pub(crate) fn stands(&self) -> Result<bool, ZooError> {
        self.slot.stands(self.hash.clone())
    }

    /// Whether a hash is known that the bytes will be held to.
    #[cfg(feature = "fetch")]
    pub(crate) fn is_held(&self) -> Result<bool, ZooError> {
        Ok(self.slot.expected(self.hash.clone())?.is_some())
    }

    /// Fills the `.part` file by `unpack`; leaves none if that fails.
    pub(crate) fn unpack_to(&self, unpack: impl FnOnce(&mut Sink<'_>) -> Result<u64, ZooError>) -> Result<(), ZooError> {
        let part = self.slot.part();
        remove_part(&part)?;
        let mut out: File = create(&part)?;
        let unpacked = unpack(&mut Sink { out: &mut out, path: &part });
        let unpacked = unpacked.and_then(|_| out.sync_all().map_err(ZooError::io("write to disk", &part)));
        drop(out);
        if unpacked.is_err() {
            remove_if_there(&part)?;
        }
        unpacked
    }

    /// Checks the complete `.part` file and gives it its final name; removes it if it is not what it should be. The first pull of a
    /// file of which no hash is known records its hash, before the file has its name: but only of what has the form of such a file, for
    /// a page that asks for a password would else be the truth from then on.
    pub(crate) fn publish(&self, place: &Place) -> Result<(), ZooError> {
        let part = self.slot.part();
        let hash = |like: &Hash| hash_file(&part, like).map_err(ZooError::io("read", &part));
        match self.slot.expected(self.hash.clone())? {
            Some((expected, recorded)) => {
                let found = hash(&expected)?;
                if found != expected {
                    remove_if_there(&part)?;
                    let (name, file) = (self.slot.owner.clone(), self.file.to_owned());
                    let mismatch = Box::new(Mismatch { expected, found, recorded });
                    return Err(ZooError::WrongHash { name, file, place: place.to_string(), mismatch });
                }
            }
            None => {
                let head = head_of(&part).map_err(ZooError::io("read", &part))?;
                if let Err(what) = form::check(self.form, &head) {
                    remove_if_there(&part)?;
                    return Err(ZooError::WrongForm { file: self.file.to_owned(), place: place.to_string(), what });
                }
                self.slot.record_hash(hash(&Hash::Sha256(String::new()))?.hex())?;
            }
        }
        self.slot.publish()
    }
}

/// The first bytes of a file, as many as tell its form.
fn head_of(path: &std::path::Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(form::HEAD).read_to_end(&mut head)?;
    Ok(head)
}
