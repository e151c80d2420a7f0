//! The trunks that vtk's networks stand on: PP-LCNet first of all, and the light networks it is compared with.
//!
//! An [`Arch`] names a network together with its options and has a written form that needs no quoting in a shell
//! (`pplcnet-x0.5:se=all,act=relu`). Through the trait [`Backbone`] it grows itself into a [`vtk_nn::NetBuilder`]: as feature
//! extractor (one value per [`Tap`]), as embedding, or as classifier. A [`KeyMap`] says how the toolkit that wrote a checkpoint
//! spells its keys. What a file decides by itself — number of classes, width of the last convolution, trained or fused form — is
//! read from the file; [`Arch::fitting`] even finds the network for a file that does not say what it is.
//!
//! ```
//! use vtk_backbone::{Arch, Backbone, KeyMap};
//! use vtk_nn::Network;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let arch: Arch = "pplcnet-x0.25:se=none".parse()?;
//! assert_eq!(arch.taps()[4].channels, 128);
//! let keys = KeyMap::default();
//! let wanted = Network::wanted([1, 3, 64, 64], |net, x| {
//!     let grown = arch.grow_classifier(net, x, &keys, 1000)?;
//!     Ok(vec![("logits".into(), grown.logits)])
//! })?;
//! assert_eq!(wanted[0], ("conv1.conv.weight".into(), vec![8, 3, 3, 3]));
//! # Ok(())
//! # }
//! ```
//!
//! Each family is a table and a short file; the blocks they share, and that task heads use, are in [`blocks`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod arch;
mod backbone;
pub mod blocks;
mod error;
mod families;
mod family;
mod fitting;
mod head;
mod keys;
mod options;
mod shapes;
mod stride;

pub use arch::Arch;
pub use backbone::{Backbone, Classification, Embedding, Tap};
pub use error::BackboneError;
pub use families::{
    EfficientNetLiteConfig, LiteSize, MobileNetV1Config, MobileNetV2Config, MobileNetV3Config, MobileNetV3Size, PpLcNetConfig,
    PpLcNetV2Config, RepForm, ResNet50VdConfig, ShuffleNetV2Config, ShuffleNetWidth, V2Size, V2Variant,
};
pub use keys::{KeyMap, Toolkit};
pub use options::Act;
pub use stride::Stride;
