//! Many pictures at once: while the network looks at some, others are decoded and prepared on other threads.
//!
//! A pool of workers shares two kinds of work: to prepare the next picture, and to run the network on one that is ready, which goes
//! first. Both are bounded: no more than [`Limits::runs`] networks at a time, no more than [`Limits::ready`] pictures waiting in memory,
//! and no more than [`Limits::results`] results held back because an earlier one is not there yet. Results come in the order of the
//! inputs, to the calling thread.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How much may be under way at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Threads at work.
    pub(crate) workers: usize,
    /// Networks that run at the same time.
    pub(crate) runs: usize,
    /// Pictures prepared, or being prepared, that no network has taken.
    pub(crate) ready: usize,
    /// Pictures begun whose results are not out.
    pub(crate) results: usize,
}

impl Limits {
    /// For so many threads: each prepares pictures while there is no network to run, so that all are busy and no more than were asked for.
    pub(crate) fn for_threads(threads: usize) -> Self {
        let workers = threads.max(1);
        Self { workers, runs: workers, ready: workers.max(2), results: workers * 4 }
    }
}

/// Prepares and runs every item; gives each result to `take` in the order of the items, until that breaks.
///
/// # Panics
/// As `prepare`, `run` or `take` do: a panic of theirs is a bug and stays one.
pub(crate) fn in_order<'a, T: Sync, P: Send, R: Send, B>(
    items: &'a [T],
    limits: Limits,
    prepare: impl Fn(&'a T) -> P + Sync,
    run: impl Fn(P) -> R + Sync,
    mut take: impl FnMut(&'a T, R) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let shared = Shared { state: Mutex::new(State::default()), changed: Condvar::new(), limits, items: items.len() };
    thread::scope(|scope| {
        // Whatever ends this closure, the workers end with it.
        let _stop = StopWhenDropped(&shared);
        for i in 0..limits.workers.clamp(1, items.len().max(1)) {
            let worker = || shared.work(|index| prepare(&items[index]), &run);
            let started = thread::Builder::new().name(format!("vtk-picture-{i}")).stack_size(STACK).spawn_scoped(scope, worker);
            if started.is_err() && i == 0 {
                // No thread is to be had: this one does it all.
                return items.iter().try_for_each(|item| take(item, run(prepare(item))));
            }
        }
        for (index, item) in items.iter().enumerate() {
            // None is left by a worker that panicked; the scope hands its panic on.
            let Some(result) = shared.result(index) else { break };
            take(item, result)?;
        }
        ControlFlow::Continue(())
    })
}

/// Planning a graph goes deep: as much as a main thread has.
const STACK: usize = 8 << 20;

struct Shared<P, R> {
    state: Mutex<State<P, R>>,
    changed: Condvar,
    limits: Limits,
    items: usize,
}

struct State<P, R> {
    /// The next item to prepare.
    next: usize,
    preparing: usize,
    ready: BTreeMap<usize, P>,
    running: usize,
    results: BTreeMap<usize, R>,
    /// Items whose results are out.
    out: usize,
    stopped: bool,
}

/// What a worker does next.
enum Work<P> {
    Prepare(usize),
    Run(usize, P),
}

impl<P, R> Shared<P, R> {
    /// A worker's life.
    fn work(&self, prepare: impl Fn(usize) -> P, run: impl Fn(P) -> R) {
        let _stop = StopOnPanic(self);
        while let Some(work) = self.next() {
            match work {
                Work::Prepare(index) => {
                    let ready = prepare(index);
                    self.change(|state| {
                        state.preparing -= 1;
                        state.ready.insert(index, ready);
                    });
                }
                Work::Run(index, ready) => {
                    let result = run(ready);
                    self.change(|state| {
                        state.running -= 1;
                        state.results.insert(index, result);
                    });
                }
            }
        }
    }

    /// Waits for work. None when there is no more.
    fn next(&self) -> Option<Work<P>> {
        let mut state = self.lock();
        loop {
            let begun_all = state.next == self.items;
            if state.stopped || (begun_all && state.preparing == 0 && state.ready.is_empty()) {
                return None;
            }
            if state.running < self.limits.runs
                && let Some((index, ready)) = state.ready.pop_first()
            {
                state.running += 1;
                return Some(Work::Run(index, ready));
            }
            let room = state.ready.len() + state.preparing < self.limits.ready && state.next - state.out < self.limits.results;
            if room && !begun_all {
                state.next += 1;
                state.preparing += 1;
                return Some(Work::Prepare(state.next - 1));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for the result of an item. None when a worker has panicked.
    fn result(&self, index: usize) -> Option<R> {
        let mut state = self.lock();
        loop {
            if let Some(result) = state.results.remove(&index) {
                state.out = index + 1;
                self.changed.notify_all();
                return Some(result);
            }
            if state.stopped {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn change(&self, change: impl FnOnce(&mut State<P, R>)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// No code of others runs under the lock, so what a panic leaves behind is whole.
    fn lock(&self) -> MutexGuard<'_, State<P, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P, R> Default for State<P, R> {
    fn default() -> Self {
        Self { next: 0, preparing: 0, ready: BTreeMap::new(), running: 0, results: BTreeMap::new(), out: 0, stopped: false }
    }
}

struct StopWhenDropped<'a, P, R>(&'a Shared<P, R>);

impl<P, R> Drop for StopWhenDropped<'_, P, R> {
    fn drop(&mut self) {
        self.0.change(|state| state.stopped = true);
    }
}

struct StopOnPanic<'a, P, R>(&'a Shared<P, R>);

impl<P, R> Drop for StopOnPanic<'_, P, R> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.change(|state| state.stopped = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    /// Uneven work, so that later items overtake earlier ones.
    fn dawdle(i: usize) {
        thread::sleep(Duration::from_micros(((i * 7919) % 13 * 100) as u64));
    }

    #[test]
    fn results_come_in_order_whatever_the_limits() {
        let items: Vec<usize> = (0..100).collect();
        for threads in [1, 2, 5, 200] {
            let mut seen = Vec::new();
            let prepare = |i: &usize| {
                dawdle(*i);
                i * 2
            };
            let run = |i: usize| {
                dawdle(i / 2 + 5);
                i + 1
            };
            let end: ControlFlow<()> = in_order(&items, Limits::for_threads(threads), prepare, run, |item, result| {
                seen.push((*item, result));
                ControlFlow::Continue(())
            });
            assert_eq!(end, ControlFlow::Continue(()));
            assert_eq!(seen, items.iter().map(|i| (*i, i * 2 + 1)).collect::<Vec<_>>());
        }
        let end: ControlFlow<()> = in_order(&[0; 0], Limits::for_threads(2), |i| *i, |i| i, |_, _| ControlFlow::Continue(()));
        assert_eq!(end, ControlFlow::Continue(()));
    }

    #[test]
    fn no_more_is_under_way_than_allowed() {
        let items: Vec<usize> = (0..60).collect();
        let limits = Limits { workers: 4, runs: 2, ready: 3, results: 6 };
        let (begun, running, most_running, out) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let prepare = |i: &usize| {
            let ahead = begun.fetch_add(1, Ordering::SeqCst) + 1 - out.load(Ordering::SeqCst);
            // A result may be out and not be counted here yet.
            assert!(ahead <= limits.results + 1, "{ahead}");
            *i
        };
        let run = |i: usize| {
            most_running.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            dawdle(i);
            running.fetch_sub(1, Ordering::SeqCst);
        };
        let _: ControlFlow<()> = in_order(&items, limits, prepare, run, |i, ()| {
            dawdle(*i);
            out.fetch_add(1, Ordering::SeqCst);
            ControlFlow::Continue(())
        });
        assert_eq!(out.into_inner(), 60);
        assert_eq!(most_running.into_inner(), 2);
    }

    #[test]
    fn breaking_off_stops_the_workers() {
        let items: Vec<usize> = (0..10_000).collect();
        let begun = AtomicUsize::new(0);
        let prepare = |i: &usize| {
            begun.fetch_add(1, Ordering::SeqCst);
            *i
        };
        let end = in_order(
            &items,
            Limits::for_threads(3),
            prepare,
            |i| i,
            |i, _| if *i == 5 { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) },
        );
        assert_eq!(end, ControlFlow::Break("enough"));
        assert!(begun.into_inner() < 50);
    }

    #[test]
    fn a_panic_is_handed_on_and_nothing_waits_for_ever() {
        let items: Vec<usize> = (0..1000).collect();
        let run = |i: usize| assert!(i != 20, "number {i}");
        let caught =
            std::panic::catch_unwind(|| in_order(&items, Limits::for_threads(3), |i| *i, run, |_, ()| ControlFlow::<()>::Continue(())));
        assert!(caught.is_err());
    }
}
