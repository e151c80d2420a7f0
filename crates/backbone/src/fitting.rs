//! Which network a checkpoint without a name belongs to.

use std::collections::HashMap;

use vtk_nn::Network;
use vtk_weights::Checkpoint;

use crate::arch::for_each_family;
use crate::family::Family;
use crate::{Arch, Backbone, KeyMap, Toolkit};

/// The size at which networks are tried on; any will do.
const INPUT: [usize; 4] = [1, 3, 64, 64];

impl Arch {
    /// The networks whose keys and shapes are the file's, with the spelling that fits: one for the files of most toolkits, none for
    /// what is no backbone or classifier.
    ///
    /// Found are the family, the width, and every option that leaves a trace in the shapes: squeeze-and-excitation, kernels, last
    /// convolution, form. What leaves none (activation, strides, dropout) is given its official value: a file of
    /// `shufflenetv2-x1.0:act=swish` is taken for `shufflenetv2-x1.0`. A checkpoint without a fully connected layer fits as a trunk.
    pub fn fitting(file: &Checkpoint) -> Vec<(Self, KeyMap)> {
        let mut found = Vec::new();
        for_each_family!(F => { found.extend(fitting::<F>(file)); });
        found
    }

    /// How the file spells this network's keys: the toolkit, and the prefix where all begin with one. Of several spellings the one of
    /// which most keys are there; `None` if the file has not even the first convolution.
    pub fn key_map_of(&self, file: &Checkpoint) -> Option<KeyMap> {
        crate::arch::with_config!(self, config => {
            let present = |keys: &KeyMap| wanted(&config.adapted(file, keys), keys, None).iter().filter(|(key, _)| file.get(key).is_some()).count();
            // Of equals the first is taken, which is the official spelling.
            spellings(config, file).into_iter().rev().max_by_key(present)
        })
    }
}

/// The family's networks that fit.
fn fitting<F: Family>(file: &Checkpoint) -> Vec<(Arch, KeyMap)>
where
    Arch: From<F>,
{
    let mut found = Vec::new();
    for keys in candidates::<F>(file) {
        let Some(config) = F::inferred(file, &keys) else { continue };
        let config = config.adapted(file, &keys);
        if fits(&config, file, &keys) {
            found.push((config.into(), keys));
        }
    }
    found
}

/// [`candidates`] of a configuration's family.
fn spellings<F: Family>(_: &F, file: &Checkpoint) -> Vec<KeyMap> {
    candidates::<F>(file)
}

/// The spellings whose first convolution is in the file, behind a prefix that all keys have (or none).
fn candidates<F: Family>(file: &Checkpoint) -> Vec<KeyMap> {
    let spelled = |toolkit: Toolkit| {
        let plain = KeyMap::new(toolkit);
        let stem = F::stem_key(&plain);
        file.keys().filter_map(move |key| key.strip_suffix(stem.as_str())).find_map(|prefix| {
            let common = prefix.is_empty() || (prefix.ends_with('.') && file.keys().all(|key| key.starts_with(prefix)));
            common.then(|| plain.clone().with_prefix(prefix))
        })
    };
    F::TOOLKITS.iter().copied().filter_map(spelled).collect()
}

/// Whether the file has every key that the network wants, in its shape, and no other but spare ones.
fn fits<F: Family>(config: &F, file: &Checkpoint, keys: &KeyMap) -> bool {
    let wanted: HashMap<String, Vec<usize>> = wanted(config, keys, config.fc(keys).classes(file)).into_iter().collect();
    let all_there = wanted.iter().all(|(key, shape)| file.get(key).is_some_and(|tensor| tensor.shape() == shape.as_slice()));
    all_there && file.keys().all(|key| wanted.contains_key(key) || F::is_spare(key))
}

/// What the network asks a file for: as classifier of so many classes, or as a trunk.
fn wanted<F: Family>(config: &F, keys: &KeyMap, classes: Option<usize>) -> Vec<(String, Vec<usize>)> {
    let (config, keys) = (config.clone(), keys.clone());
    let grown = Network::wanted(INPUT, move |net, x| {
        let output = match classes {
            Some(classes) => config.grow_classifier(net, x, &keys, classes)?.logits,
            None => config.grow(net, x, &keys)?.last().copied().unwrap_or(x),
        };
        Ok(vec![("output".to_owned(), output)])
    });
    grown.unwrap_or_default()
}
