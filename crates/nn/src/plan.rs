//! From a typed graph to something that runs, and the bounded store of such plans.
//!
//! A plan belongs to one set of input shapes. Planning lays the weights out anew for the kernels; since that layout seldom depends on
//! the input size, equal constants of a network's plans are made one (see [`Shared`]), so that a plan more costs little memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tract_linalg::multithread::{Executor, multithread_tract_scope};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::TractError;
use tract_onnx::tract_core::ops::scan::Scan;
use vtk_kernels::Threads;

use crate::shared::Shared;

/// What the plans of a network hold and how often they were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanStats {
    /// Runs that found their plan.
    pub hits: u64,
    /// Runs that had to plan.
    pub misses: u64,
    /// Plans held now.
    pub plans: usize,
    /// Bytes they hold now, beside what they share.
    pub bytes: usize,
}

/// The shapes of all inputs: what a plan is for.
pub(crate) type Shapes = Vec<Vec<usize>>;

/// A network ready to run at one set of input shapes.
pub(crate) struct Plan {
    plan: Arc<TypedSimplePlan>,
    /// Bytes that this plan alone holds.
    bytes: usize,
}

impl Plan {
    fn build(model: TypedModel, shared: &Mutex<Shared>) -> TractResult<Self> {
        let mut model = lower(model)?;
        let nodes = model.nodes().len();
        let own = lock(shared).merge(&mut model)?;
        let plan = TypedSimplePlan::new(model)?;
        Ok(Self { plan, bytes: own + nodes * NODE_BYTES })
    }

    /// Each run has a state of its own: the engine keeps the scratch memory of a state by thread until the state goes, and gives it to
    /// the thread's next one, so that a kept state would hold scratch on every thread that ever ran it.
    pub(crate) fn run(&self, inputs: TVec<TValue>, threads: &Threads) -> TractResult<TVec<TValue>> {
        let mut state = self.plan.spawn()?;
        let executor = threads.pool().map_or(Executor::SingleThread, |pool| Executor::MultiThread(Arc::clone(pool)));
        multithread_tract_scope(executor, || state.run(inputs))
    }
}

/// What the nodes of a plan take beside their constants, measured roughly: facts, names, operators.
const NODE_BYTES: usize = 2048;

/// The pass from plain operators to those that run. Both ways in (grown and imported) come through here and nowhere else.
fn lower(mut model: TypedModel) -> TractResult<TypedModel> {
    begin_anew(&mut model);
    model.into_decluttered()?.into_optimized()
}

/// Makes recurrences begin with their initial state in every run. The engine's own habit is to go on where the run before has ended, as
/// for a stream; here every input is one of its own, and states are used again.
fn begin_anew(model: &mut TypedModel) {
    for node in model.nodes_mut() {
        if let Some(scan) = node.op_as_mut::<Scan>() {
            scan.reset_every_turn = true;
            begin_anew(&mut scan.body);
        }
    }
}

/// The plans of one network, the least recently used given up when they are too many or hold too much.
pub(crate) struct PlanCache {
    inner: Mutex<Inner>,
}

struct Inner {
    slots: HashMap<Shapes, Slot>,
    shared: Arc<Mutex<Shared>>,
    clock: u64,
    hits: u64,
    misses: u64,
    most: usize,
    limit: usize,
}

struct Slot {
    plan: Arc<Mutex<Option<Arc<Plan>>>>,
    used: u64,
    bytes: usize,
}

impl PlanCache {
    /// A store of `most` plans that hold `limit` bytes at most.
    pub(crate) fn new(most: usize, limit: usize) -> Self {
        let inner = Inner { slots: HashMap::new(), shared: Arc::default(), clock: 0, hits: 0, misses: 0, most, limit };
        Self { inner: Mutex::new(inner) }
    }

    /// The plan for these shapes, built from `model` if there is none. Threads that want the same plan wait for one to build it;
    /// threads that want others are not held up.
    pub(crate) fn get<E: From<TractError>>(&self, shapes: &Shapes, model: impl FnOnce() -> Result<TypedModel, E>) -> Result<Arc<Plan>, E> {
        let (cell, shared) = {
            let mut inner = lock(&self.inner);
            inner.clock += 1;
            let clock = inner.clock;
            let slot = inner.slots.entry(shapes.clone()).or_insert_with(|| Slot { plan: Arc::default(), used: 0, bytes: 0 });
            slot.used = clock;
            (Arc::clone(&slot.plan), Arc::clone(&inner.shared))
        };
        let mut plan = lock(&cell);
        if let Some(plan) = plan.as_ref() {
            lock(&self.inner).hits += 1;
            return Ok(Arc::clone(plan));
        }
        let built = model().and_then(|m| Ok(Arc::new(Plan::build(m, &shared)?)));
        let mut inner = lock(&self.inner);
        inner.misses += 1;
        match built {
            Err(e) => {
                inner.slots.remove(shapes);
                Err(e)
            }
            Ok(built) => {
                *plan = Some(Arc::clone(&built));
                inner.account(shapes, built.bytes);
                Ok(built)
            }
        }
    }

    /// Keeps so many plans at most from now on, at least one.
    pub(crate) fn keep(&self, most: usize) {
        let mut inner = lock(&self.inner);
        inner.most = most.max(1);
        inner.give_up(None);
    }

    pub(crate) fn stats(&self) -> PlanStats {
        let inner = lock(&self.inner);
        PlanStats { hits: inner.hits, misses: inner.misses, plans: inner.slots.len(), bytes: inner.bytes() }
    }
}

impl Inner {
    fn bytes(&self) -> usize {
        self.slots.values().map(|s| s.bytes).sum()
    }

    /// Notes the size of a new plan and gives up others until the rest fits; the new one stays, however large.
    fn account(&mut self, shapes: &Shapes, bytes: usize) {
        if let Some(slot) = self.slots.get_mut(shapes) {
            slot.bytes = bytes;
        }
        self.give_up(Some(shapes));
    }

    /// Gives up plans, the least recently used first, until the rest fits. Plans that are being built are not counted yet.
    fn give_up(&mut self, but: Option<&Shapes>) {
        let built = |slot: &Slot| slot.bytes > 0;
        while self.bytes() > self.limit || self.slots.values().filter(|s| built(s)).count() > self.most {
            let oldest = self.slots.iter().filter(|(k, s)| but != Some(*k) && built(s)).min_by_key(|(_, s)| s.used);
            let Some(oldest) = oldest.map(|(k, _)| k.clone()) else { break };
            self.slots.remove(&oldest);
        }
    }
}

/// A panic inside a run leaves nothing half done behind these locks: they guard whole values.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
