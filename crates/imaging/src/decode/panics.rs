//! Catching a decoder's panic without its message reaching standard error.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is about to be caught here.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic becomes its message. The process's panic hook is wrapped once so that it stays silent for such panics, and only
/// for those.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static WRAP: Once = Once::new();
    WRAP.call_once(|| {
        let outer = take_hook();
        set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                outer(info);
            }
        }));
    });
    let before = CAUGHT.replace(true);
    // Nothing that `work` could leave half done outlives it: it owns its decoder and its buffers.
    let result = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(before);
    result.map_err(|payload| {
        let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        text.unwrap_or("a panic without a message").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::caught;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| -> i32 { panic!("index {} out of range", 7) }), Err("index 7 out of range".to_owned()));
        assert_eq!(caught(|| -> i32 { [1, 2, 3][std::hint::black_box(3)] }).unwrap_err().split(':').next(), Some("index out of bounds"));
    }
}
