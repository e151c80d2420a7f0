//! Turning a panic inside a decoder or a graph engine into an error.
//!
//! Decoders and the graph engine meet bytes from anywhere and may panic on some of them. [`catch`] runs such a call and gives the
//! panic's text back. The program's panic hook asks [`active`] so that a panic that is about to become an error prints nothing,
//! while any other panic stays as loud as it should be.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Runs `f`; a panic inside it comes back as `Err` with the panic's message.
///
/// `f` must not leave shared state half changed when it panics: hand it values that are dropped with it.
///
/// # Errors
/// The panic's message, or `"panic without a message"`.
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    DEPTH.with(|d| d.set(d.get() + 1));
    let result = catch_unwind(AssertUnwindSafe(f));
    DEPTH.with(|d| d.set(d.get() - 1));
    result.map_err(|payload| message(payload.as_ref()))
}

/// Whether the calling thread is inside [`catch`].
pub fn active() -> bool {
    DEPTH.with(|d| d.get() > 0)
}

fn message(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "panic without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(catch(|| 3), Ok(3));
        assert_eq!(catch(|| -> () { panic!("row {} is short", 7) }), Err("row 7 is short".to_owned()));
        assert!(!active());
        assert_eq!(catch(active), Ok(true));
    }
}
