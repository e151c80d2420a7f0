//! Which way up a line stands.
