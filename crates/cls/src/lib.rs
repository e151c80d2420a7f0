//! cls
