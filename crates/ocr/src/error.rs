//! What can go wrong between a picture and its text.

use vtk_backbone::BackboneError;
use vtk_imaging::ImagingError;
use vtk_nn::NnError;
use vtk_weights::WeightsError;
use vtk_zoo::ZooError;

/// Why a reader could not be made, or a picture not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OcrError {
    /// The model was not found or not intact.
    #[error(transparent)]
    Zoo(#[from] ZooError),

    /// The weight file can't be read, or doesn't fit the network.
    #[error(transparent)]
    Weights(#[from] WeightsError),

    /// The backbone is unknown or takes no such option.
    #[error(transparent)]
    Backbone(#[from] BackboneError),

    /// The network can't be grown, imported or run.
    #[error("{model}: {cause}")]
    Network {
        /// The model.
        model: String,
        /// What the network says: a part of the message, and so no source of it.
        cause: NnError,
    },

    /// The model's metadata, or what was given in its place, makes no sense.
    #[error("{model}: {what}")]
    Metadata {
        /// The model.
        model: String,
        /// What was found, what was expected, what to do.
        what: String,
    },

    /// The network takes or gives something else than its part in reading asks for.
    #[error("{model}: {what}")]
    Output {
        /// The model.
        model: String,
        /// What was found and what was expected.
        what: String,
    },

    /// The picture can't be prepared.
    #[error(transparent)]
    Imaging(#[from] ImagingError),

    /// An option is out of its range.
    #[error("{option}: {what}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What was found and what was expected.
        what: String,
    },
}
