//! Models that are compiled in.

/// One model of a data crate: a name of the catalogue (or a name of its own), bytes, and the texts that must travel with them.
///
/// All fields are plain constants, so a data crate is nothing but one `pub const MODEL: Embedded = Embedded { … }`.
#[derive(Clone, Copy, Debug)]
pub struct Embedded {
    /// The name under which [`Zoo::open`](crate::Zoo::open) finds it: a name of the catalogue, so that the entry's recipe and labels
    /// apply, or one that the catalogue does not have.
    pub name: &'static str,
    /// The file's name: tells readers the format, and stands in messages.
    pub file: &'static str,
    /// The file's bytes (`include_bytes!`).
    pub bytes: &'static [u8],
    /// The full text of the licence under which the weights may be passed on.
    pub licence: &'static str,
    /// Origin and credit; what the model was trained on, where that limits its use.
    pub notice: &'static str,
}
