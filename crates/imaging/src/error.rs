//! What can go wrong with a picture, by whose fault it is: the file's, the caller's numbers', or a decoder's own.

use crate::Size;

/// Any failure of this crate. Messages name the file or field, what was found, what was expected and, where one exists, the next step.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImagingError {
    /// The file has no bytes.
    #[error("{name}: the file is empty; expected a picture")]
    Empty {
        /// The name given for the bytes.
        name: String,
    },
    /// The bytes don't begin as any picture format that is read here.
    #[error("{name}: not a picture that can be read: {found}")]
    NotAPicture {
        /// The name given for the bytes.
        name: String,
        /// What the bytes look like, and what to do where something can be done.
        found: String,
    },
    /// The file ends before the picture does.
    #[error("{name}: the {format} file is cut short ({detail}); get a complete copy of it")]
    Truncated {
        /// The name given for the bytes.
        name: String,
        /// The format by content.
        format: &'static str,
        /// What the decoder said.
        detail: String,
    },
    /// The file contradicts its format.
    #[error("{name}: broken {format} file: {detail}")]
    Corrupt {
        /// The name given for the bytes.
        name: String,
        /// The format by content.
        format: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// The header states more pixels than the limit allows. Nothing has been decoded.
    #[error("{name}: the {format} header states {} × {} pixels, above the limit of {max_pixels} pixels; raise the limit if the picture is really that large", size.width, size.height)]
    TooLarge {
        /// The name given for the bytes.
        name: String,
        /// The format by content.
        format: &'static str,
        /// The size that the header states.
        size: Size,
        /// The limit in force, in pixels.
        max_pixels: u64,
    },
    /// The file has no such page.
    #[error("{name}: there is no page {page}; the {format} file has {pages}, counted from 1")]
    NoPage {
        /// The name given for the bytes.
        name: String,
        /// The format by content.
        format: &'static str,
        /// The page asked for.
        page: usize,
        /// The pages that there are.
        pages: usize,
    },
    /// The file is well formed, as far as was read, but uses what is not supported.
    #[error("{name}: {format} with {missing} is not supported; convert the picture, for example to PNG")]
    Unsupported {
        /// The name given for the bytes.
        name: String,
        /// The format by content.
        format: &'static str,
        /// The feature that is missing here.
        missing: String,
    },
    /// A decoder panicked on the file. The panic was caught; the file is most likely broken.
    #[error("{name}: the {format} decoder failed on this file ({detail}); the file is most likely broken")]
    DecoderPanic {
        /// The name given for the bytes.
        name: String,
        /// The format by content.
        format: &'static str,
        /// The panic's message.
        detail: String,
    },
    /// A picture's bytes don't have the length that its size asks for, or a side is 0.
    #[error("a picture of {} × {} pixels wants {expected} bytes and sides of at least 1, found {found} bytes", size.width, size.height)]
    Shape {
        /// The size stated.
        size: Size,
        /// Bytes that this size asks for.
        expected: String,
        /// Bytes found.
        found: usize,
    },
    /// A recipe can't be read or makes no sense.
    #[error("recipe: {0}")]
    Recipe(String),
    /// A step of a recipe can't be done with this picture.
    #[error("recipe step `{step}`: a picture of {} × {} pixels {problem}", from.width, from.height)]
    Step {
        /// The step's name.
        step: &'static str,
        /// The picture's size before the step.
        from: Size,
        /// Why not.
        problem: String,
    },
    /// A map hasn't the size of the picture that it is said to belong to.
    #[error("a map of {channels} channels of {} × {} is no map over a prepared picture of {} × {} pixels", found.width, found.height, expected.width, expected.height)]
    Map {
        /// The map's size.
        found: Size,
        /// Its channels.
        channels: usize,
        /// The prepared picture's size.
        expected: Size,
    },
    /// Four corners don't make a quadrilateral that can be pulled straight.
    #[error("the corners {quad:?} make no crop: {problem}")]
    Quad {
        /// The corners.
        quad: [[f32; 2]; 4],
        /// Why not.
        problem: String,
    },
    /// The bytes are no font.
    #[error("{name}: not a TrueType or OpenType font ({detail})")]
    Font {
        /// The name given for the bytes.
        name: String,
        /// What the parser said.
        detail: String,
    },
    /// A picture could not be written.
    #[error("cannot write the picture as {format}: {detail}")]
    Encode {
        /// The format asked for.
        format: &'static str,
        /// What the encoder said.
        detail: String,
    },
}

impl ImagingError {
    /// A short class for machines: `empty`, `not-a-picture`, `truncated`, `corrupt`, `too-large`, `unsupported`, `decoder`, `option`, `encode`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "empty",
            Self::NotAPicture { .. } => "not-a-picture",
            Self::Truncated { .. } => "truncated",
            Self::Corrupt { .. } => "corrupt",
            Self::TooLarge { .. } => "too-large",
            Self::Unsupported { .. } => "unsupported",
            Self::DecoderPanic { .. } => "decoder",
            Self::Shape { .. }
            | Self::Recipe(_)
            | Self::Step { .. }
            | Self::Map { .. }
            | Self::Quad { .. }
            | Self::NoPage { .. }
            | Self::Font { .. } => "option",
            Self::Encode { .. } => "encode",
        }
    }
}
