//! Timing networks fairly: each loaded alone, then all in turns.

mod memory;

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, anyhow};
use ndarray::ArrayD;
use vtk_backbone::{Arch, Backbone, KeyMap};
use vtk_cls::Classifier;
use vtk_det::{Detector, PicoDetConfig};
use vtk_golden::synthetic;
use vtk_kernels::Threads;
use vtk_nn::{NetBuilder, Network, NnError, Var};
use vtk_zoo::{Model, ZooError};

use crate::model::zoo;
use memory::Peak;

/// A network with an input, ready to be timed.
pub(crate) struct Contender {
    /// As it was named.
    pub(crate) name: String,
    /// Whether its weights are made up.
    pub(crate) untrained: bool,
    pub(crate) input: [usize; 4],
    pub(crate) threads: usize,
    /// Numbers that training moves.
    pub(crate) parameters: usize,
    pub(crate) multiply_adds: u64,
    /// From bytes to a network.
    pub(crate) load_ms: f64,
    /// Planning and the first run.
    pub(crate) first_ms: f64,
    /// Growth of the process's memory during both, in 10⁶ bytes.
    pub(crate) peak_mb: Option<f64>,
    network: Network,
    picture: ArrayD<f32>,
}

/// The steady state of one contender.
pub(crate) struct Figures {
    pub(crate) median_ms: f64,
    pub(crate) min_ms: f64,
}

/// Where neither the user nor the model says a size.
const USUAL_SIZE: [usize; 2] = [224, 224];

impl Contender {
    pub(crate) fn open(name: &str, size: Option<[usize; 2]>, batch: usize, threads: usize) -> anyhow::Result<Self> {
        let peak = Peak::begin();
        let Loaded { network, untrained, load_ms, usual } = load(name)?;
        let network = network.with_threads(Threads::count(threads));
        let input = input_of(name, &network, size, usual, batch)?;
        let picture = synthetic::uniform("picture", &input, 1, -1.0, 1.0)?;
        let start = Instant::now();
        network.run(&[picture.view()]).with_context(|| name.to_owned())?;
        let first_ms = milliseconds(start);
        let multiply_adds = network.multiply_adds(&input)?;
        Ok(Self {
            name: name.to_owned(),
            untrained,
            input,
            threads,
            parameters: network.parameters(),
            multiply_adds,
            load_ms,
            first_ms,
            peak_mb: peak.growth_mb(),
            network,
            picture,
        })
    }

    fn turn(&self) -> anyhow::Result<f64> {
        let start = Instant::now();
        black_box(self.network.run(&[self.picture.view()])?);
        Ok(milliseconds(start))
    }
}

/// Lets all contenders have a turn in each round. `step` is called after each round.
pub(crate) fn measure(contenders: &mut [Contender], rounds: u32, step: impl Fn()) -> anyhow::Result<Vec<Figures>> {
    let mut times = vec![Vec::with_capacity(rounds as usize); contenders.len()];
    for _ in 0..rounds {
        for (contender, times) in contenders.iter().zip(&mut times) {
            times.push(contender.turn()?);
        }
        step();
    }
    Ok(times.into_iter().map(figures).collect())
}

fn figures(mut times: Vec<f64>) -> Figures {
    times.sort_by(f64::total_cmp);
    let middle = times.len() / 2;
    let median = if times.len() % 2 == 1 { times[middle] } else { (times[middle - 1] + times[middle]) / 2.0 };
    Figures { median_ms: median, min_ms: times[0] }
}

/// A network that has come to be.
struct Loaded {
    network: Network,
    /// Whether its weights are made up.
    untrained: bool,
    load_ms: f64,
    /// The size, height first, that pictures have where nobody says another.
    usual: [usize; 2],
}

impl Loaded {
    /// Makes a network and takes the time.
    fn timed(untrained: bool, usual: [usize; 2], make: impl FnOnce() -> anyhow::Result<Network>) -> anyhow::Result<Self> {
        let start = Instant::now();
        let network = make()?;
        Ok(Self { network, untrained, load_ms: milliseconds(start), usual })
    }
}

/// A model that is here, or an architecture with made-up weights.
fn load(name: &str) -> anyhow::Result<Loaded> {
    let error = match zoo().open(name) {
        Ok(model) => return load_model(&model),
        Err(error) => error,
    };
    if let Ok(config) = name.parse::<PicoDetConfig>() {
        return untrained_detector(config);
    }
    match name.parse::<Arch>() {
        Ok(arch) => untrained_classifier(arch),
        // A name that is no model either: the architectures' own words tell what names there are.
        Err(arch_error) if matches!(error, ZooError::UnknownModel { .. }) => Err(anyhow!("{error}\n{arch_error}")),
        Err(_) => Err(error.into()),
    }
}

fn load_model(model: &Model) -> anyhow::Result<Loaded> {
    if model.file().to_ascii_lowercase().ends_with(".onnx") {
        return Loaded::timed(false, USUAL_SIZE, || Ok(Network::from_onnx(model.name(), model.bytes())?));
    }
    let classifier =
        Loaded::timed(false, USUAL_SIZE, || Ok(Classifier::from_model(model, &vtk_cls::LoadOptions::default())?.network().clone()));
    classifier.or_else(|error| {
        // What is no detector either is what the classifier's words say.
        let start = Instant::now();
        let detector = Detector::from_model(model, &vtk_det::LoadOptions::default()).map_err(|_| error)?;
        let size = detector.input_size();
        Ok(Loaded { network: detector.network().clone(), untrained: false, load_ms: milliseconds(start), usual: [size.height, size.width] })
    })
}

/// The classifier of 1000 classes with numbers of a size that training would give; they are made before the clock starts.
fn untrained_classifier(arch: Arch) -> anyhow::Result<Loaded> {
    const CLASSES: usize = 1000;
    let keys = KeyMap::default();
    untrained(USUAL_SIZE, move |net, x| Ok(vec![("logits".to_owned(), arch.grow_classifier(net, x, &keys, CLASSES)?.logits)]))
}

/// A detector in the same way, with the classes of its official configuration.
fn untrained_detector(config: PicoDetConfig) -> anyhow::Result<Loaded> {
    let size = config.input_size();
    untrained([size.height, size.width], move |net, x| Ok(config.grow(net, x, config.classes())?.outputs()))
}

fn untrained(
    usual: [usize; 2],
    grow: impl Fn(&mut NetBuilder<'_>, Var) -> Result<Vec<(String, Var)>, NnError> + Send + Sync + 'static,
) -> anyhow::Result<Loaded> {
    let wanted = Network::wanted([1, 3, 64, 64], &grow)?;
    let weights = synthetic::checkpoint(&wanted, 1, &Default::default(), &Default::default())?;
    Loaded::timed(true, usual, || Ok(Network::grow(&weights, [1, 3, 64, 64], grow)?))
}

/// The input's shape: what the network fixes, then what the user says, then what is usual.
fn input_of(name: &str, network: &Network, size: Option<[usize; 2]>, usual: [usize; 2], batch: usize) -> anyhow::Result<[usize; 4]> {
    let [info] = network.inputs() else {
        return Err(anyhow!("{name}: takes {} inputs; only networks with one picture as input can be timed", network.inputs().len()));
    };
    let [height, width] = size.unwrap_or(usual);
    let asked = [batch, 3, height, width];
    if info.shape.len() != asked.len() {
        return Err(anyhow!("{name}: takes {info}; only networks with a picture as input can be timed"));
    }
    let mut input = asked;
    for (axis, fixed) in info.shape.iter().enumerate() {
        let Some(fixed) = *fixed else { continue };
        let said = (axis == 0 && batch != 1) || (axis > 1 && size.is_some());
        if said && fixed != asked[axis] {
            return Err(anyhow!("{name}: takes {info}, not {asked:?}"));
        }
        input[axis] = fixed;
    }
    Ok(input)
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_least() {
        let f = figures(vec![3.0, 1.0, 2.0]);
        assert_eq!((f.median_ms, f.min_ms), (2.0, 1.0));
        assert_eq!(figures(vec![4.0, 1.0, 2.0, 3.0]).median_ms, 2.5);
    }
}
