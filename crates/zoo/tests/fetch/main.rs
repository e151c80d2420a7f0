//! Pulling from addresses, against a server on this machine that cuts, lies and dawdles. Whatever happens, the right file or a clear
//! error comes out, and never half a file under the final name.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs, unreachable_pub)]

mod places;
mod processes;
mod refused;
mod resumed;
mod server;
mod support;
