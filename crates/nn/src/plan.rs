//! From a typed graph to something that runs, and the bounded store of such plans.
//!
//! A plan belongs to one set of input shapes. Planning lays the weights out anew for the kernels; since that layout seldom depends on
//! the input size, equal constants of a network's plans are made one (see [`Shared`]), so that a plan more costs little memory.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tract_linalg::multithread::{Executor, multithread_tract_scope};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{DimLike, TractError};
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_core::ops::scan::Scan;
use vtk_kernels::Threads;

use crate::network::PlanStats;

/// The shapes of all inputs: what a plan is for.
pub(crate) type Shapes = Vec<Vec<usize>>;

/// A network ready to run at one set of input shapes.
pub(crate) struct Plan {
    plan: Arc<TypedSimplePlan>,
    /// States that earlier runs left, one a thread at most; a new one costs allocations.
    idle: Mutex<Vec<TypedSimpleState>>,
    /// Bytes that this plan alone holds.
    bytes: usize,
}

impl Plan {
    fn build(model: TypedModel, shared: &Mutex<Shared>) -> TractResult<Self> {
        let mut model = lower(model)?;
        let nodes = model.nodes().len();
        let own = lock(shared).merge(&mut model)?;
        let plan = TypedSimplePlan::new(model)?;
        Ok(Self { plan, idle: Mutex::new(Vec::new()), bytes: own + nodes * NODE_BYTES })
    }

    pub(crate) fn run(&self, inputs: TVec<TValue>, threads: &Threads) -> TractResult<TVec<TValue>> {
        let state = lock(&self.idle).pop();
        let mut state = state.map_or_else(|| self.plan.spawn(), Ok)?;
        let executor = threads.pool().map_or(Executor::SingleThread, |pool| Executor::MultiThread(Arc::clone(pool)));
        let outputs = multithread_tract_scope(executor, || state.run(inputs))?;
        lock(&self.idle).push(state);
        Ok(outputs)
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

/// Constants that several plans of a network have in common, found by their contents.
#[derive(Default)]
struct Shared(HashMap<u64, Vec<Weak<Tensor>>>);

impl Shared {
    /// Replaces the constants of a model that an earlier plan holds too. Gives the bytes of those that are new.
    fn merge(&mut self, model: &mut TypedModel) -> TractResult<usize> {
        self.0.retain(|_, list| {
            list.retain(|t| t.strong_count() > 0);
            !list.is_empty()
        });
        let mut own = 0;
        for node in model.nodes_mut() {
            let Some(constant) = node.op_as::<Const>() else { continue };
            let tensor = constant.val();
            if tensor.is_plain() && tensor.len() < 64 {
                continue;
            }
            let exotic = node.outputs.first().and_then(|o| o.fact.exotic_fact.clone());
            let (tensor, fresh) = self.canonical(tensor);
            if fresh {
                own +=
                    exotic.as_ref().map_or_else(|| tensor.len() * tensor.datum_type().size_of(), |f| f.mem_size().to_usize().unwrap_or(0));
            }
            for output in &mut node.outputs {
                if output.fact.konst.is_some() {
                    output.fact.konst = Some(Arc::clone(&tensor));
                }
            }
            node.op = Box::new(Const::new_with_opt_exotic_fact(tensor, exotic)?);
        }
        Ok(own)
    }

    fn canonical(&mut self, tensor: &Arc<Tensor>) -> (Arc<Tensor>, bool) {
        let mut hasher = DefaultHasher::new();
        tensor.hash(&mut hasher);
        let list = self.0.entry(hasher.finish()).or_default();
        if let Some(known) = list.iter().filter_map(Weak::upgrade).find(|known| known == tensor) {
            return (known, false);
        }
        list.push(Arc::downgrade(tensor));
        (Arc::clone(tensor), true)
    }
}

/// The plans of one network, the least recently used given up when they hold too much.
pub(crate) struct PlanCache {
    inner: Mutex<Inner>,
}

struct Inner {
    slots: HashMap<Shapes, Slot>,
    shared: Arc<Mutex<Shared>>,
    clock: u64,
    hits: u64,
    misses: u64,
    limit: usize,
}

struct Slot {
    plan: Arc<Mutex<Option<Arc<Plan>>>>,
    used: u64,
    bytes: usize,
}

impl PlanCache {
    pub(crate) fn new(limit: usize) -> Self {
        let inner = Inner { slots: HashMap::new(), shared: Arc::default(), clock: 0, hits: 0, misses: 0, limit };
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
        while self.bytes() > self.limit {
            let oldest = self.slots.iter().filter(|(k, s)| *k != shapes && s.bytes > 0).min_by_key(|(_, s)| s.used);
            let Some(oldest) = oldest.map(|(k, _)| k.clone()) else { break };
            self.slots.remove(&oldest);
        }
    }
}

/// A panic inside a run leaves nothing half done behind these locks: they guard whole values.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
