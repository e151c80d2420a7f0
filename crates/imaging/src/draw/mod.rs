//! Results drawn on pictures: boxes, polygons, masks and labels that can be read on light and dark grounds.
//!
//! Lines and letters grow with the picture, so that a drawing looks alike at any size. The same picture and results give the same bytes
//! on every run and machine: edges are smoothed with sums, products and square roots only, whose rounding IEEE 754 fixes.

mod color;
mod drawing;
mod font;
mod label;
mod mask;
mod rim;
mod stroke;

pub use color::{class_color, mark_color};
pub use drawing::{Drawing, Style};
pub use font::Font;
pub use mask::blend_classes;
