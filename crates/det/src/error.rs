//! What can go wrong between a model's name and a list of boxes.

use vtk_backbone::BackboneError;
use vtk_imaging::ImagingError;
use vtk_nn::NnError;
use vtk_weights::WeightsError;
use vtk_zoo::ZooError;

/// Why a detector could not be made or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetError {
    /// The model was not found or not intact, or what is said of it can't be read.
    #[error(transparent)]
    Zoo(#[from] ZooError),

    /// The weight file can't be read, or doesn't fit the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),

    /// The backbone is unknown or takes no such option.
    #[error(transparent)]
    Backbone(#[from] BackboneError),

    /// No PicoDet has this name, or it takes no such option.
    #[error("{what}")]
    Arch {
        /// What was written, and what there is.
        what: String,
    },

    /// The network can't be grown, imported or run.
    #[error("{model}: {cause}")]
    Network {
        /// The model.
        model: String,
        /// What the network says: a part of the message, and so no source of it.
        cause: NnError,
    },

    /// The model's file doesn't say what it is, and no architecture was given.
    #[error("{model}: the file does not say which network its weights belong to; name it with --arch ({hint})")]
    UnknownArch {
        /// The model.
        model: String,
        /// The architectures whose keys fit, or what to try.
        hint: String,
    },

    /// The keys of the weights are those of another neck or head than the architecture has.
    #[error("{model}: {arch} has {wanted}, but the keys of these weights are those of {found}; {hint}")]
    Contradiction {
        /// The model.
        model: String,
        /// The architecture that was named.
        arch: String,
        /// Its neck and head.
        wanted: String,
        /// The neck and head of the weights.
        found: String,
        /// What fits.
        hint: String,
    },

    /// The model is no detector of this kind.
    #[error("{model}: {reason}")]
    NotADetector {
        /// The model.
        model: String,
        /// What it is instead.
        reason: String,
    },

    /// The model's metadata, or what was given in its place, makes no sense.
    #[error("{model}: {what}")]
    Metadata {
        /// The model.
        model: String,
        /// What was found and what was expected.
        what: String,
    },

    /// A threshold or limit is out of its range, or the model does not have it.
    #[error("{option}: {what}")]
    Option {
        /// The option.
        option: &'static str,
        /// What was found and what was expected.
        what: String,
    },

    /// The picture can't be prepared.
    #[error(transparent)]
    Imaging(#[from] ImagingError),

    /// Not one score is a number.
    #[error("{model}: the network gave no number in place of every score; its weights are damaged, or it is not made for this preparation")]
    NotFinite {
        /// The model.
        model: String,
    },

    /// A file of annotations or results is not what COCO's are.
    #[error("{file}: {what}")]
    Coco {
        /// The file.
        file: String,
        /// Where, what was found and what was expected.
        what: String,
    },
}
