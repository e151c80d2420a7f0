//! Reading a page: the stages joined.
//!
//! A [`TextReader`] finds lines, cuts them out, reads them and puts them in order. What a [`OcrRecipe`](crate::OcrRecipe) says, it does as
//! the program of that name; [`ReaderOptions`] say what it does besides: right a page that lies on its side, look at long pictures in
//! windows, find spaces that the recognizer left out, read columns one after the other. All of that is on by default, and off in
//! [`ReaderOptions::reference`], with which results can be compared.

mod crops;
mod eval;
mod explain;
mod find;
mod model;
mod options;
mod page;
mod pair;

pub use eval::{PageAccuracy, PageReport, TrueLine};
pub use explain::{Explained, LineFate};
pub use model::TextReader;
pub use options::{PageTurn, ReaderOptions, Spaces};
pub use page::Page;
pub use pair::{DEFAULT_SET, model_pair};
