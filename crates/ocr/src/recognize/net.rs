//! Growing a recognizer: the trunk, pooled until it is one row high, is read as a sequence from left to right.

use vtk_backbone::{Arch, Backbone, KeyMap};
use vtk_nn::{Linear, LinearLayout, Lstm, NetBuilder, Network, NnError, Padding, Pool, Var};
use vtk_weights::Checkpoint;
use vtk_zoo::Entry;

use super::{RecognizerConfig, keys};
use crate::OcrError;

/// LSTM layers, one on the other.
const LAYERS: usize = 2;

/// A grown recognizer, stage by stage.
#[derive(Debug, Clone, Copy)]
pub struct Stages {
    /// Behind trunk and pooling: `[batch, channels, 1, columns]`.
    pub trunk: Var,
    /// Behind the LSTM layers: `[batch, columns, 2 · hidden]`.
    pub neck: Var,
    /// `[batch, columns, classes]`, before softmax.
    pub logits: Var,
}

impl RecognizerConfig {
    /// Grows the network on `[batch, 3, height, width]`. `trunk` says how the checkpoint spells the trunk's keys; neck and head are
    /// spelled as PaddleOCR does, the LSTM in either of its two ways.
    ///
    /// # Errors
    /// [`NnError::Layer`] for a height at which the pooled map is not one row high.
    pub fn grow(&self, net: &mut NetBuilder, x: Var, trunk: &KeyMap) -> Result<Stages, NnError> {
        let features = self.backbone.grow(net, x, trunk)?.last().copied().unwrap_or(x);
        let pool = Pool { kernel: [2, 2], stride: [2, 2], padding: Padding::none(), ceil: false, count_padding: false };
        let trunk = net.max_pool(features, &pool)?;
        let neck = self.neck(net, trunk)?;
        let logits = self.head(net, neck)?;
        Ok(Stages { trunk, neck, logits })
    }

    /// The map as a sequence, read both ways.
    fn neck(&self, net: &mut NetBuilder, map: Var) -> Result<Var, NnError> {
        let shape = net.shape(map);
        let &[batch, channels, 1, columns] = shape.as_slice() else {
            let reason = format!("the pooled map must be one row high, and it is {shape:?}; lines are {} pixels high here", self.height());
            return Err(NnError::Layer { layer: "neck".to_owned(), reason });
        };
        let row = net.reshape(map, &[batch, channels, columns])?;
        let mut sequence = net.transpose(row, &[0, 2, 1])?;
        for layer in 0..LAYERS {
            let forward = keys::lstm(net, layer, false);
            let backward = Some(keys::lstm(net, layer, true));
            sequence = net.lstm(sequence, &Lstm { hidden: self.hidden, forward, backward })?;
        }
        Ok(sequence)
    }

    fn head(&self, net: &mut NetBuilder, sequence: Var) -> Result<Var, NnError> {
        let inputs = 2 * self.hidden;
        let Some(mid) = self.mid else {
            return net.linear(sequence, &linear("head.fc", inputs, self.classes));
        };
        let x = net.linear(sequence, &linear("head.fc1", inputs, mid))?;
        net.linear(x, &linear("head.fc2", mid, self.classes))
    }
}

fn linear(at: &str, inputs: usize, outputs: usize) -> Linear {
    Linear { weight: format!("{at}.weight"), bias: Some(format!("{at}.bias")), inputs, outputs, layout: LinearLayout::InOut }
}

/// Grows the recognizer of a checkpoint; its one output are the logits. What it is says the caller, else the file, else the catalogue,
/// else the keys.
pub(super) fn grow(
    model: &str,
    file: &Checkpoint,
    given: Option<&RecognizerConfig>,
    entry: Option<&Entry>,
) -> Result<(Network, RecognizerConfig), OcrError> {
    let file = keys::network_of(file);
    let config = identify(model, &file, given, entry)?.adapted(&file);
    let trunk = keys::trunk_keys(&config.backbone, &file);
    let input = [1, 3, config.height(), 10 * config.height()];
    let grown = config.clone();
    let network = Network::grow(&file, input, move |net, x| Ok(vec![("logits".to_owned(), grown.grow(net, x, &trunk)?.logits)]));
    Ok((network.map_err(|cause| OcrError::Network { model: model.to_owned(), cause })?, config))
}

fn identify(model: &str, file: &Checkpoint, given: Option<&RecognizerConfig>, entry: Option<&Entry>) -> Result<RecognizerConfig, OcrError> {
    if let Some(config) = given {
        return Ok(config.clone());
    }
    if let Some(name) = file.metadata().get("arch").or(entry.and_then(|e| e.arch.as_ref())) {
        return name.parse();
    }
    let fail = |what: String| OcrError::Metadata { model: model.to_owned(), what };
    let backbone: Arch = keys::fitting_backbone(file).filter(|_| keys::recurrent_weight(file).is_some()).ok_or_else(|| {
        fail(
            "the file does not say which recognizer its weights belong to, and its keys are those of none that vtk grows; \
              name it with --rec-arch (ppocr-v2-rec, ppocr-mobile-v2.0-rec, ppocr-rec+BACKBONE)"
                .to_owned(),
        )
    })?;
    RecognizerConfig::on(backbone)
}
