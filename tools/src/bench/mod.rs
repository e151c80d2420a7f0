//! Timing networks fairly: each loaded alone, then all in turns.

mod memory;

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, anyhow};
use ndarray::ArrayD;
use vtk_backbone::{Arch, Backbone, KeyMap};
use vtk_cls::{Classifier, LoadOptions};
use vtk_golden::synthetic;
use vtk_kernels::Threads;
use vtk_nn::Network;
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
        let (network, untrained, load_ms) = load(name)?;
        let network = network.with_threads(Threads::count(threads));
        let input = input_of(name, &network, size, batch)?;
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

/// A model that is here, or an architecture with made-up weights. Gives also whether they are made up, and how long loading took.
fn load(name: &str) -> anyhow::Result<(Network, bool, f64)> {
    let error = match zoo().open(name) {
        Ok(model) => {
            let start = Instant::now();
            let network = load_model(&model)?;
            return Ok((network, false, milliseconds(start)));
        }
        Err(error) => error,
    };
    match name.parse::<Arch>() {
        Ok(arch) => untrained(&arch).map(|(network, ms)| (network, true, ms)),
        // A name that is no model either: the architectures' own words tell what names there are.
        Err(arch_error) if matches!(error, ZooError::UnknownModel { .. }) => Err(anyhow!("{error}\n{arch_error}")),
        Err(_) => Err(error.into()),
    }
}

fn load_model(model: &Model) -> anyhow::Result<Network> {
    if model.file().to_ascii_lowercase().ends_with(".onnx") {
        return Ok(Network::from_onnx(model.name(), model.bytes())?);
    }
    Ok(Classifier::from_model(model, &LoadOptions::default())?.network().clone())
}

/// The classifier of 1000 classes with numbers of a size that training would give; they are made before the clock starts.
fn untrained(arch: &Arch) -> anyhow::Result<(Network, f64)> {
    const CLASSES: usize = 1000;
    let keys = KeyMap::default();
    let grow = move |arch: &Arch, net: &mut vtk_nn::NetBuilder<'_>, x| {
        Ok(vec![("logits".to_owned(), arch.grow_classifier(net, x, &keys, CLASSES)?.logits)])
    };
    let wanted = Network::wanted([1, 3, 64, 64], |net, x| grow(arch, net, x))?;
    let weights = synthetic::checkpoint(&wanted, 1, &Default::default(), &Default::default())?;
    let (start, arch) = (Instant::now(), arch.clone());
    let network = Network::grow(&weights, [1, 3, 64, 64], move |net, x| grow(&arch, net, x))?;
    Ok((network, milliseconds(start)))
}

/// The input's shape: what the network fixes, then what the user says, then what is usual.
fn input_of(name: &str, network: &Network, size: Option<[usize; 2]>, batch: usize) -> anyhow::Result<[usize; 4]> {
    let [info] = network.inputs() else {
        return Err(anyhow!("{name}: takes {} inputs; only networks with one picture as input can be timed", network.inputs().len()));
    };
    let asked = [batch, 3, size.unwrap_or(USUAL_SIZE)[0], size.unwrap_or(USUAL_SIZE)[1]];
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
