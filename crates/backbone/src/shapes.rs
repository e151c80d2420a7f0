//! What a file says of a network before it is built: the shapes of its tensors.

use vtk_nn::NetBuilder;
use vtk_weights::Checkpoint;

/// Shapes by key: of a checkpoint, or of the file behind a net being grown.
pub(crate) trait Shapes {
    /// The shape of the tensor under `key`, if there is one.
    fn shape_of(&self, key: &str) -> Option<Vec<usize>>;

    /// Whether there is a tensor under `key`.
    fn has(&self, key: &str) -> bool {
        self.shape_of(key).is_some()
    }

    /// The first dimension of the tensor under `key`: a convolution's output channels.
    fn outputs_of(&self, key: &str) -> Option<usize> {
        self.shape_of(key)?.first().copied()
    }
}

impl Shapes for NetBuilder<'_> {
    fn shape_of(&self, key: &str) -> Option<Vec<usize>> {
        self.key_shape(key)
    }
}

impl Shapes for Checkpoint {
    fn shape_of(&self, key: &str) -> Option<Vec<usize>> {
        self.get(key).map(|tensor| tensor.shape().to_vec())
    }
}
