//! What can go wrong between a model's name and the name of a class.

use vtk_backbone::BackboneError;
use vtk_imaging::ImagingError;
use vtk_nn::NnError;
use vtk_weights::WeightsError;
use vtk_zoo::ZooError;

/// Why a classifier could not be made or asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClsError {
    /// The model was not found or not intact.
    #[error(transparent)]
    Zoo(#[from] ZooError),

    /// The weight file can't be read, or doesn't fit the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),

    /// The architecture is unknown or takes no such option.
    #[error(transparent)]
    Arch(#[from] BackboneError),

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

    /// The model is no classifier.
    #[error("{model}: {reason}")]
    NotAClassifier {
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

    /// The picture can't be prepared.
    #[error(transparent)]
    Imaging(#[from] ImagingError),

    /// The network gave something that is no score.
    #[error("{model}: the network gave {found} in place of a score; its weights are damaged, or it is not made for this preparation")]
    NotFinite {
        /// The model.
        model: String,
        /// The number.
        found: f32,
    },
}
