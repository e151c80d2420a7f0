//! What was read, written down.
