//! A network that can be run: grown from weights or imported, at any input size that its operators allow.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use ndarray::{ArrayD, ArrayViewD};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::{DimLike, TractError};
use vtk_kernels::{Threads, guard};
use vtk_weights::Checkpoint;

use crate::builder::{NetBuilder, Var};
use crate::input::InputInfo;
use crate::onnx::OnnxGraph;
use crate::params::{Params, Store};
use crate::plan::{PlanCache, PlanStats, Shapes};
use crate::{NnError, cost};

/// What a growth gives: the named outputs.
type Outputs = Result<Vec<(String, Var)>, NnError>;
type Grow = dyn Fn(&mut NetBuilder<'_>, Var) -> Outputs + Send + Sync;

/// A network that can be run. Cloning is cheap and shares weights and plans; sharing by reference among threads is fine.
#[derive(Clone)]
pub struct Network {
    body: Arc<Body>,
    threads: Threads,
}

struct Body {
    source: Source,
    inputs: Vec<InputInfo>,
    outputs: Vec<String>,
    metadata: BTreeMap<String, String>,
    trainable: usize,
    stored: usize,
    plans: PlanCache,
}

enum Source {
    Grown { store: Store, grow: Box<Grow> },
    Imported(Box<OnnxGraph>),
}

impl Network {
    /// So many plans a network keeps, unless [`Self::keep_plans`] says another number.
    pub const PLANS: usize = 64;

    /// Plans of a network may hold so many bytes, beside the weights that they share, before the least recently used is given up.
    pub const PLAN_BYTES: usize = 256 << 20;

    /// Grows a network from a checkpoint.
    ///
    /// `grow` is called once now, with an NCHW input of the size `input` (any legal one), and again for each other size that is run,
    /// then from memory. It names its outputs.
    ///
    /// # Errors
    /// [`NnError::Weights`] where the checkpoint lacks a wanted key, has others, or holds wrong shapes or numbers that are not
    /// finite; [`NnError::Layer`] where layers don't fit together.
    pub fn grow<F>(weights: &Checkpoint, input: [usize; 4], grow: F) -> Result<Self, NnError>
    where
        F: Fn(&mut NetBuilder<'_>, Var) -> Outputs + Send + Sync + 'static,
    {
        let (mut net, x) = NetBuilder::new(Params::from_file(weights), input)?;
        let outputs = grow(&mut net, x)?;
        let (_, store) = net.finish(&outputs)?;
        let body = Body {
            inputs: vec![InputInfo { name: "x".into(), shape: vec![None, Some(input[1]), None, None], datum_type: DatumType::F32 }],
            outputs: outputs.into_iter().map(|(name, _)| name).collect(),
            metadata: weights.metadata().clone(),
            trainable: store.trainable,
            stored: store.stored,
            source: Source::Grown { store, grow: Box::new(grow) },
            plans: PlanCache::new(Self::PLANS, Self::PLAN_BYTES),
        };
        Ok(Self { body: Arc::new(body), threads: Threads::one() })
    }

    /// The keys and shapes that `grow` asks for, in its order, without any file.
    ///
    /// # Errors
    /// [`NnError::Layer`] where layers don't fit together at this input size.
    pub fn wanted<F>(input: [usize; 4], grow: F) -> Result<Vec<(String, Vec<usize>)>, NnError>
    where
        F: Fn(&mut NetBuilder<'_>, Var) -> Outputs,
    {
        let (mut net, x) = NetBuilder::new(Params::dry(), input)?;
        grow(&mut net, x)?;
        Ok(net.into_wanted())
    }

    /// Imports an ONNX file; `name` is for messages.
    ///
    /// # Errors
    /// [`NnError::Graph`] where the bytes are no ONNX graph, or one with operators that the engine lacks.
    pub fn from_onnx(name: &str, bytes: &[u8]) -> Result<Self, NnError> {
        let graph = OnnxGraph::parse(name, bytes)?;
        let body = Body {
            inputs: graph.inputs.clone(),
            outputs: graph.outputs.clone(),
            metadata: graph.metadata.clone(),
            trainable: graph.parameters,
            stored: graph.parameters,
            source: Source::Imported(Box::new(graph)),
            plans: PlanCache::new(Self::PLANS, Self::PLAN_BYTES),
        };
        Ok(Self { body: Arc::new(body), threads: Threads::one() })
    }

    /// The same network, its operators spread over these threads. Shares weights and plans. For many pictures at once it is better
    /// to run whole pictures side by side, each with one thread.
    pub fn with_threads(&self, threads: Threads) -> Self {
        Self { body: Arc::clone(&self.body), threads }
    }

    /// Runs the network: one f32 array for each output, in the order of [`Self::outputs`].
    ///
    /// # Errors
    /// [`NnError::Input`] where the inputs don't fit; [`NnError::Engine`] where the engine refuses.
    pub fn run(&self, inputs: &[ArrayViewD<'_, f32>]) -> Result<Vec<ArrayD<f32>>, NnError> {
        let shapes: Shapes = inputs.iter().map(|x| x.shape().to_vec()).collect();
        let plan = self.plan(&shapes)?;
        let values = inputs.iter().zip(&self.body.inputs).map(|(x, info)| to_value(x, info)).collect::<TractResult<_>>();
        let engine = |reason: String| engine_error("run", &shapes, reason);
        let outputs = guard::catch(|| plan.run(values?, &self.threads))
            .map_err(|panic| engine(format!("the engine panicked: {panic}")))?
            .map_err(|e| engine(format!("{e:#}")))?;
        outputs.into_iter().map(|v| to_array(v).map_err(|e| engine(format!("{e:#}")))).collect()
    }

    /// Plans for these input shapes ahead of the first run.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn prepare(&self, shapes: &[Vec<usize>]) -> Result<(), NnError> {
        self.plan(&shapes.to_vec()).map(|_| ())
    }

    /// Keeps plans for so many input sizes at most (at least one), the most recently used; for all clones. A plan holds half a megabyte to two
    /// beside the weights: a network that meets a new size with every picture needs few of them, one that meets the same sizes again
    /// and again as many as there are sizes.
    pub fn keep_plans(&self, most: usize) {
        self.body.plans.keep(most);
    }

    /// The inputs, in the order in which [`Self::run`] takes them.
    pub fn inputs(&self) -> &[InputInfo] {
        &self.body.inputs
    }

    /// The names of the outputs.
    pub fn outputs(&self) -> &[String] {
        &self.body.outputs
    }

    /// Numbers that training moves: all weights but the statistics of batch norms. For an imported graph, whose batch norms may be
    /// folded, all of its floating-point constants of more than one number.
    pub fn parameters(&self) -> usize {
        self.body.trainable
    }

    /// All numbers of the checkpoint, statistics of batch norms included.
    pub fn stored_numbers(&self) -> usize {
        self.body.stored
    }

    /// Multiply-adds of convolutions and matrix products for a first input of this shape (other inputs at their own fixed sizes).
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn multiply_adds(&self, input: &[usize]) -> Result<u64, NnError> {
        let mut shapes = vec![input.to_vec()];
        shapes.extend(self.body.inputs.iter().skip(1).map(|i| i.shape.iter().map(|d| d.unwrap_or(1)).collect()));
        self.check(&shapes)?;
        let model = self.body.source.at(&shapes)?;
        cost::multiply_adds(&model).map_err(|e| engine_error("planned", &shapes, format!("{e:#}")))
    }

    /// The sizes of the outputs for inputs of these shapes, without running; `None` where a size follows from values (a number of boxes).
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn output_shapes(&self, shapes: &[Vec<usize>]) -> Result<Vec<Vec<Option<usize>>>, NnError> {
        let shapes = shapes.to_vec();
        self.check(&shapes)?;
        let panicked = |panic| engine_error("planned", &shapes, format!("the engine panicked: {panic}"));
        let model = guard::catch(|| self.body.source.at(&shapes)).map_err(panicked)??;
        let sizes = |fact: &TypedFact| fact.shape.iter().map(|d| d.to_usize().ok()).collect();
        let outlets = model.output_outlets().map_err(|e| engine_error("planned", &shapes, format!("{e:#}")))?;
        let facts = outlets.iter().map(|o| model.outlet_fact(*o).map(sizes)).collect::<TractResult<_>>();
        facts.map_err(|e| engine_error("planned", &shapes, format!("{e:#}")))
    }

    /// The metadata of the file: `arch`, `recipe`, `labels` and the like, as far as it says.
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.body.metadata
    }

    /// The state of the plan cache.
    pub fn plan_stats(&self) -> PlanStats {
        self.body.plans.stats()
    }

    /// Bytes of the weights that all plans stand on.
    pub fn weight_bytes(&self) -> usize {
        match &self.body.source {
            Source::Grown { store, .. } => store.bytes(),
            Source::Imported(graph) => graph.bytes(),
        }
    }

    /// Whether a new input size comes without going through the file's graph again (always so for a grown network).
    pub fn takes_free_sizes(&self) -> bool {
        match &self.body.source {
            Source::Grown { .. } => true,
            Source::Imported(graph) => graph.free_sizes(),
        }
    }

    fn plan(&self, shapes: &Shapes) -> Result<Arc<crate::plan::Plan>, NnError> {
        self.check(shapes)?;
        let planned = guard::catch(|| self.body.plans.get(shapes, || self.body.source.at(shapes).map_err(PlanError::Nn)));
        match planned {
            Ok(Ok(plan)) => Ok(plan),
            Ok(Err(PlanError::Nn(e))) => Err(e),
            Ok(Err(PlanError::Tract(e))) => Err(engine_error("planned", shapes, format!("{e:#}"))),
            Err(panic) => Err(engine_error("planned", shapes, format!("the engine panicked: {panic}"))),
        }
    }

    /// Whether inputs of these shapes may come.
    fn check(&self, shapes: &Shapes) -> Result<(), NnError> {
        let wanted = &self.body.inputs;
        if shapes.len() != wanted.len() {
            let names: Vec<&str> = wanted.iter().map(|i| i.name.as_str()).collect();
            return Err(NnError::Input {
                input: names.join(", "),
                reason: format!("{} tensors were given for {} inputs", shapes.len(), wanted.len()),
            });
        }
        for (shape, info) in shapes.iter().zip(wanted) {
            let fits = shape.len() == info.shape.len() && shape.iter().zip(&info.shape).all(|(s, w)| *s > 0 && w.is_none_or(|w| w == *s));
            if !fits {
                return Err(NnError::Input { input: info.name.clone(), reason: format!("got {shape:?}, wants {info}") });
            }
        }
        Ok(())
    }
}

impl Source {
    fn at(&self, shapes: &Shapes) -> Result<TypedModel, NnError> {
        match self {
            Self::Imported(graph) => graph.at(shapes),
            Self::Grown { store, grow } => {
                let input = <[usize; 4]>::try_from(shapes[0].as_slice())
                    .map_err(|_| NnError::Input { input: "x".into(), reason: "wants four axes".into() })?;
                let (mut net, x) = NetBuilder::new(Params::kept(store), input)?;
                let outputs = grow(&mut net, x)?;
                net.finish(&outputs).map(|(model, _)| model)
            }
        }
    }
}

enum PlanError {
    Nn(NnError),
    Tract(TractError),
}

impl From<TractError> for PlanError {
    fn from(e: TractError) -> Self {
        Self::Tract(e)
    }
}

fn engine_error(stage: &'static str, shapes: &Shapes, reason: String) -> NnError {
    NnError::Engine { stage, shape: shapes.first().cloned().unwrap_or_default(), reason }
}

fn to_value(x: &ArrayViewD<'_, f32>, info: &InputInfo) -> TractResult<TValue> {
    let tensor = match x.as_slice() {
        Some(values) => Tensor::from_shape(x.shape(), values)?,
        None => Tensor::from(x.to_owned()),
    };
    if info.datum_type == DatumType::F32 {
        return Ok(tensor.into());
    }
    Ok(tensor.cast_to_dt(info.datum_type)?.into_owned().into())
}

fn to_array(value: TValue) -> TractResult<ArrayD<f32>> {
    let tensor = value.into_tensor();
    if tensor.datum_type() == DatumType::F32 {
        return tensor.into_plain_array::<f32>();
    }
    tensor.cast_to::<f32>()?.into_owned().into_plain_array::<f32>()
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("inputs", &self.body.inputs)
            .field("outputs", &self.body.outputs)
            .field("parameters", &self.body.trainable)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
