//! How many threads a piece of work may use, as a value that is handed down instead of a global that everybody meets.
//!
//! A [`Threads`] is either the calling thread alone or a rayon pool of its own (or of the caller's). Nothing in vtk touches rayon's
//! global pool, so a program that embeds vtk keeps its own threads to itself.

use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// A number of threads and, above one, the pool they come from. Cloning is cheap and shares the pool.
#[derive(Clone, Default)]
pub struct Threads(Option<Arc<ThreadPool>>);

impl Threads {
    /// The calling thread alone.
    pub fn one() -> Self {
        Self(None)
    }

    /// A pool with a thread for each core that the operating system grants this process.
    pub fn all() -> Self {
        Self::count(0)
    }

    /// A pool of `n` threads; 0 means all cores. Where no pool can be had (no threads on this platform), the calling thread.
    pub fn count(n: usize) -> Self {
        let n = if n == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { n };
        if n == 1 {
            return Self::one();
        }
        let pool = ThreadPoolBuilder::new().num_threads(n).thread_name(|i| format!("vtk-{i}")).build();
        Self(pool.ok().map(Arc::new))
    }

    /// The caller's own pool.
    pub fn from_pool(pool: Arc<ThreadPool>) -> Self {
        Self(Some(pool))
    }

    /// How many threads work at once, at least 1.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(1, |p| p.current_num_threads())
    }

    /// Never true: there is always the calling thread.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The pool, where there is more than the calling thread.
    pub fn pool(&self) -> Option<&Arc<ThreadPool>> {
        self.0.as_ref().filter(|p| p.current_num_threads() > 1)
    }

    /// `f` of every item, in the order of the items, whatever thread computed which.
    pub fn map<T: Sync, R: Send>(&self, items: &[T], f: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
        match self.pool() {
            Some(pool) => pool.install(|| items.par_iter().with_max_len(1).map(f).collect()),
            None => items.iter().map(f).collect(),
        }
    }
}

impl fmt::Debug for Threads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Threads({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_order() {
        assert_eq!(Threads::one().len(), 1);
        assert_eq!(Threads::count(3).len(), 3);
        assert!(!Threads::all().is_empty());
        let items: Vec<u32> = (0..1000).collect();
        for threads in [Threads::one(), Threads::count(4)] {
            assert_eq!(threads.map(&items, |x| x * 2), items.iter().map(|x| x * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_borrowed_pool_is_used() {
        let pool = Arc::new(ThreadPoolBuilder::new().num_threads(2).thread_name(|_| "mine".into()).build().unwrap());
        let names = Threads::from_pool(pool).map(&[0; 8], |_| std::thread::current().name().map(str::to_owned));
        assert!(names.iter().all(|n| n.as_deref() == Some("mine")));
    }
}
