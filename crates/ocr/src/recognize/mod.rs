//! Reading a line.
