//! Which models exist, where their bytes come from, and whether they are intact.
//!
//! The zoo turns a name or a path into bytes: from a data crate that is compiled in, or from the cache folder, checked against the
//! hash that the catalogue knows. The [`Catalogue`] is data: an [`Entry`] says what a model is for, which architecture, preparation
//! and labels belong to it, where it can be had and what was published about it. The zoo stores all that and interprets none of it:
//! it knows no network and no picture.
//!
//! Opening never touches the network. Only the functions whose names begin with `pull` do, and they put a file under its final name
//! only after its bytes were checked. A file of which no hash is known is held to the one that it had at its first pull, or, where
//! somebody has put it there, at its first use.
//!
//! ```
//! use vtk_zoo::{Zoo, ZooError};
//!
//! let cache = std::env::temp_dir().join("vtk-zoo-example");
//! let zoo = Zoo::new(cache);
//! let entry = zoo.catalogue().get("page-orientation-onnx").ok_or("not in the catalogue")?;
//! assert_eq!(entry.arch.as_deref(), Some("pplcnet-x1.0"));
//!
//! // Nothing was pulled into this folder: the error says which file, where it would lie, and the ways to get it.
//! let missing = zoo.open("page-orientation-onnx");
//! assert!(matches!(missing, Err(ZooError::Missing { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

#[cfg(feature = "fetch")]
mod archive;
mod cache;
mod catalogue;
mod copy;
mod digest;
#[cfg(feature = "fetch")]
mod download;
mod embedded;
mod entry;
mod error;
mod form;
#[cfg(feature = "fetch")]
mod http;
mod lists;
mod model;
mod near;
mod package;
#[cfg(feature = "fetch")]
mod part;
mod pip;
mod progress;
mod pull;
mod pulls;
mod said;
mod slot;
mod state;
mod want;
mod ways;
mod wheel;
mod zoo;

pub use cache::default_folder;
pub use catalogue::Catalogue;
pub use digest::{Hash, git_blob_id, sha256_hex};
pub use embedded::Embedded;
pub use entry::{Entry, ModelFile, Place};
pub use error::{Mismatch, ZooError};
pub use lists::text_list;
pub use model::{Model, Origin};
pub use package::Package;
pub use progress::{Event, Progress};
pub use pull::Pulled;
pub use pulls::Pulls;
pub use said::{labels_of, parse_labels, recipe_of};
pub use state::{FileState, Info, Listed, Removed, State, Unfinished, Verdict, Verified};
pub use zoo::Zoo;
