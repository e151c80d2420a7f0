//! What a user may say about a model that goes before what its file and the catalogue say.

use vtk_backbone::Arch;
use vtk_imaging::Recipe;

/// Settings for loading a classifier. The default leaves everything to the file and the catalogue.
#[derive(Debug, Clone, Default)]
pub struct LoadOptions {
    /// The network, for weights that don't say what they are.
    pub arch: Option<Arch>,
    /// The preparation of pictures.
    pub recipe: Option<Recipe>,
    /// A name for each class, in order.
    pub labels: Option<Vec<String>>,
    /// Where an embedding is to be taken, if one is wanted.
    pub embedding: Option<EmbeddingAt>,
}

/// Where in a network an embedding is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmbeddingAt {
    /// The vector that the last, fully connected layer takes.
    Last,
    /// The mean over the map at the end of a stage, from 1 (the stages of [`vtk_backbone::Tap`]).
    Stage(usize),
}
