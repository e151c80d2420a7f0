//! Shapes that heads share: contours of a mask, the rectangle and polygon around them, polygons filled, grown and simplified.
//!
//! Each follows one function of OpenCV or, for growing, Clipper, so that boxes come out as the published decoders give them.

mod approx;
mod contours;
mod fill;
mod offset;
mod overlap;
mod rectangle;
mod union;

pub use approx::{approximate, area, perimeter};
pub use contours::{Contour, contours};
pub use fill::{FillRule, fill_polygon, mean_in_polygon};
pub use offset::offset;
pub use overlap::{common_area, iou};
pub use rectangle::{RotatedRect, min_area_rect, ordered_corners};
