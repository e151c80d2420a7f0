//! ONNX files: parsed once, typed once with free sizes where the operators allow it.
//!
//! Exports record shapes of inner values that contradict a size the caller may choose, so recorded shapes are not read; sizes follow
//! from the input. A graph whose operators can't be typed with free sizes is kept as parsed and typed for each size.

use std::collections::BTreeMap;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_hir::internal::*;

use crate::NnError;
use crate::input::InputInfo;

/// A parsed ONNX graph.
pub(crate) struct OnnxGraph {
    name: String,
    parsed: InferenceModel,
    /// The typed graph and, for each input, its free axes.
    typed: Option<(TypedModel, Vec<Vec<FreeAxis>>)>,
    pub(crate) inputs: Vec<InputInfo>,
    pub(crate) outputs: Vec<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) parameters: usize,
}

/// An axis of an input that takes any size, or any multiple of a size.
struct FreeAxis {
    axis: usize,
    symbol: Symbol,
    multiple: usize,
}

/// Which axes to leave free: those that the file leaves open, from axis `first` on, heights and widths in multiples of `multiple`.
#[derive(Clone, Copy)]
struct Freedom {
    first: usize,
    multiple: usize,
}

/// The freest first. A network that adds a map to an enlarged smaller one is only sound where the sizes divide, and so can't be typed
/// for any size, but for multiples of its largest stride it can. The batch comes last: some graphs have it fixed inside.
const FREEDOMS: [Freedom; 4] = [
    Freedom { first: 0, multiple: 1 },
    Freedom { first: 0, multiple: 32 },
    Freedom { first: 1, multiple: 1 },
    Freedom { first: 1, multiple: 32 },
];

impl OnnxGraph {
    pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Self, NnError> {
        let parsed = parse_model(name, bytes)?;
        let inputs = describe_inputs(&parsed).map_err(|e| NnError::Graph { name: name.to_owned(), reason: format!("{e:#}") })?;
        let outputs = describe_outputs(&parsed);
        let typed = FREEDOMS.into_iter().find_map(|freedom| guard(|| type_free(&parsed, &inputs, freedom)).ok());
        let metadata = read_metadata(&parsed);
        let parameters = count_parameters(&parsed);
        Ok(Self { name: name.to_owned(), parsed, typed, inputs, outputs, metadata, parameters })
    }

    /// The typed graph for inputs of these shapes.
    pub(crate) fn at(&self, shapes: &[Vec<usize>]) -> Result<TypedModel, NnError> {
        if let Some(model) = self.typed.as_ref().and_then(|(model, free)| fix_symbols(model, free, shapes)) {
            return Ok(model);
        }
        self.typed_for(shapes)
            .map_err(|e| NnError::Graph { name: self.name.clone(), reason: format!("does not take inputs of shape {shapes:?}: {e:#}") })
    }

    fn typed_for(&self, shapes: &[Vec<usize>]) -> TractResult<TypedModel> {
        let mut model = self.parsed.clone();
        for (ix, shape) in shapes.iter().enumerate() {
            let dt = self.inputs[ix].datum_type;
            model.set_input_fact(ix, dt.fact(shape).into())?;
        }
        guard(|| model.into_typed())
    }

    /// Bytes of the constants of the parsed graph.
    pub(crate) fn bytes(&self) -> usize {
        self.parameters * size_of::<f32>()
    }

    /// Whether other sizes come without typing again.
    pub(crate) fn free_sizes(&self) -> bool {
        self.typed.is_some()
    }
}

fn guard<T>(f: impl FnOnce() -> TractResult<T>) -> TractResult<T> {
    vtk_kernels::guard::catch(f).unwrap_or_else(|panic| Err(format_err!("{panic}")))
}

/// The graph as the file has it.
pub(crate) fn parse_model(name: &str, bytes: &[u8]) -> Result<InferenceModel, NnError> {
    let onnx = tract_onnx::onnx().with_ignore_value_info(true).with_ignore_output_shapes(true);
    let guarded = vtk_kernels::guard::catch(|| onnx.model_for_read(&mut std::io::Cursor::new(bytes)));
    let reason = match guarded {
        Ok(Ok(model)) => return Ok(model),
        Ok(Err(e)) => format!("is no ONNX graph that can be read: {e:#}"),
        Err(panic) => format!("is no ONNX graph that can be read ({panic})"),
    };
    Err(NnError::Graph { name: name.to_owned(), reason })
}

fn describe_inputs(model: &InferenceModel) -> TractResult<Vec<InputInfo>> {
    let mut inputs = Vec::new();
    for outlet in model.input_outlets()? {
        let fact = model.outlet_fact(*outlet)?;
        let name = model.node(outlet.node).name.clone();
        let rank = fact.shape.rank().concretize().with_context(|| format!("input {name} does not say how many axes it has"))?;
        let sizes = (0..rank as usize).map(|axis| fact.shape.dim(axis).and_then(|d| d.concretize()).and_then(|d| d.to_usize().ok()));
        let shape = sizes.map(|size| size.filter(|s| *s > 0)).collect();
        let datum_type = fact.datum_type.concretize().unwrap_or(DatumType::F32);
        inputs.push(InputInfo { name, shape, datum_type });
    }
    Ok(inputs)
}

fn describe_outputs(model: &InferenceModel) -> Vec<String> {
    let label = |o: &OutletId| model.outlet_label(*o).map_or_else(|| model.node(o.node).name.clone(), str::to_owned);
    model.output_outlets().map(|outlets| outlets.iter().map(label).collect()).unwrap_or_default()
}

fn type_free(parsed: &InferenceModel, inputs: &[InputInfo], freedom: Freedom) -> TractResult<(TypedModel, Vec<Vec<FreeAxis>>)> {
    let mut model = parsed.clone();
    let mut axes = Vec::new();
    for (ix, input) in inputs.iter().enumerate() {
        let mut free = Vec::new();
        let mut shape: TVec<TDim> = tvec![];
        for (axis, size) in input.shape.iter().enumerate() {
            if size.is_some() || axis < freedom.first {
                shape.push(size.unwrap_or(1).to_dim());
                continue;
            }
            // The batch is one for all inputs; other sizes are each input's own.
            let name = if axis == 0 { "N".to_owned() } else { format!("I{ix}A{axis}") };
            let symbol = model.symbols.sym(&name);
            let multiple = if axis < 2 { 1 } else { freedom.multiple };
            shape.push(symbol.to_dim() * multiple as i64);
            free.push(FreeAxis { axis, symbol, multiple });
        }
        model.set_input_fact(ix, input.datum_type.fact(shape).into())?;
        axes.push(free);
    }
    // What can be simplified at any size is simplified once, not for each size again: two thirds of the work of a plan.
    Ok((model.into_typed()?.into_decluttered()?, axes))
}

/// The typed graph with its symbols replaced by these sizes; nothing where the shapes don't fit what is free.
fn fix_symbols(model: &TypedModel, free: &[Vec<FreeAxis>], shapes: &[Vec<usize>]) -> Option<TypedModel> {
    let mut values: HashMap<Symbol, TDim> = HashMap::new();
    for (axes, shape) in free.iter().zip(shapes) {
        for free in axes {
            let size = *shape.get(free.axis)?;
            if !size.is_multiple_of(free.multiple) {
                return None;
            }
            let size = (size / free.multiple).to_dim();
            if values.insert(free.symbol.clone(), size.clone()).is_some_and(|other| other != size) {
                return None;
            }
        }
    }
    let fixed = if values.is_empty() { model.clone() } else { guard(|| model.set_symbols(&values)).ok()? };
    let fits = shapes
        .iter()
        .enumerate()
        .all(|(ix, shape)| fixed.input_fact(ix).ok().and_then(|f| f.shape.as_concrete().map(|s| s == shape.as_slice())).unwrap_or(false));
    fits.then_some(fixed)
}

fn read_metadata(model: &InferenceModel) -> BTreeMap<String, String> {
    let text = |t: &Tensor| t.try_as_plain_ram().ok().and_then(|v| v.to_scalar::<String>().ok().cloned());
    let prefix = "onnx.metadata_props.";
    model.properties.iter().filter_map(|(k, v)| Some((k.strip_prefix(prefix)?.to_owned(), text(v)?))).collect()
}

/// Numbers of the constants of more than one number: weights, biases and statistics, not shapes and scalars.
fn count_parameters(model: &InferenceModel) -> usize {
    let constants = model.nodes().iter().filter_map(|n| n.op_as::<Const>());
    constants.map(Const::val).filter(|t| t.datum_type().is_float() && t.len() > 1).map(|t| t.len()).sum()
}
