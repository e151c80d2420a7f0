//! Which way up text stands: a line by itself, or a whole page.
//!
//! Both are small classifiers on PP-LCNet or MobileNetV3. [`LineOrienter`] tells lines that stand on their heads; it is off by default, as
//! in PaddleOCR. [`PageOrienter`] tells pages that lie on a side or upside down.

mod classifier;
mod config;
mod line;
mod page;

pub use config::LineNetConfig;
pub use line::{LINE_MODEL, LineOptions, LineOrientation, LineOrienter, LinePreparation};
pub use page::{PAGE_MODEL, PageOrientation, PageOrienter, SURE};
