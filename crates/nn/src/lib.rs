//! The one door to the graph engine (tract). Nothing of the engine shows outside.
//!
//! A [`Network`] comes in two ways: grown layer by layer from the named weights of a checkpoint by [`NetBuilder`], or imported from
//! an ONNX file. Both end in the same plain operators, are planned for each input size that comes, and run on f32 arrays.
//!
//! ```
//! use ndarray::ArrayD;
//! use vtk_nn::{Activation, Conv, Network};
//! use vtk_weights::{Checkpoint, Tensor};
//!
//! let mut weights = Checkpoint::new();
//! weights.insert("conv.weight", Tensor::from_f32(&[1, 1, 3, 3], &[1.0; 9])?);
//! let net = Network::grow(&weights, [1, 1, 8, 8], |net, x| {
//!     let y = net.conv(x, &Conv::new("conv.weight", 1, 3))?;
//!     Ok(vec![("y".into(), net.activate(y, Activation::Relu)?)])
//! })?;
//! let y = net.run(&[ArrayD::ones(vec![1, 1, 4, 4]).view()])?;
//! assert_eq!(y[0][[0, 0, 1, 1]], 9.0);
//! assert_eq!(y[0][[0, 0, 0, 0]], 4.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod builder;
mod constants;
mod cost;
mod error;
mod input;
mod layers;
mod network;
mod onnx;
mod params;
mod plan;
#[cfg(feature = "golden")]
pub mod replay;
mod shared;

pub use builder::{NetBuilder, Var};
pub use constants::onnx_constants;
pub use error::NnError;
pub use input::InputInfo;
pub use layers::{
    Activation, BatchNorm, Conv, ConvTranspose, LayerNorm, Linear, LinearLayout, Lstm, LstmDirection, Padding, Pool, Resize, SqueezeExcite,
};
pub use network::Network;
pub use plan::PlanStats;
