//! Finding lines: where text stands in a picture.
