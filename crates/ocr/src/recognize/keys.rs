//! Where a recognizer's tensors lie in a checkpoint.
//!
//! Paddle saves each LSTM tensor under two names, by cell (`lstm.0.cell_fw.weight_ih`) and by layer (`lstm.weight_ih_l0`); a training
//! checkpoint has both, an export one. A distilled training checkpoint holds several networks behind prefixes.

use std::borrow::Cow;

use vtk_backbone::{Arch, KeyMap, Toolkit};
use vtk_nn::{LstmDirection, NetBuilder};
use vtk_weights::{Checkpoint, Tensor};

/// Where the trunk's keys begin.
const TRUNK: &str = "backbone.";

/// The network of a distilled checkpoint that is meant to be used.
const STUDENT: &str = "Student.";

/// The names of an LSTM's tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// `0.cell_fw.weight_ih`
    Cells,
    /// `weight_ih_l0`
    Layers,
}

impl Spelling {
    fn key(self, layer: usize, backward: bool, tensor: &str) -> String {
        match self {
            Self::Cells => format!("neck.encoder.lstm.{layer}.cell_{}.{tensor}", if backward { "bw" } else { "fw" }),
            Self::Layers => format!("neck.encoder.lstm.{tensor}_l{layer}{}", if backward { "_reverse" } else { "" }),
        }
    }
}

/// The keys of one direction of an LSTM layer: by cell, unless the file has them by layer only. The other names may be there too.
pub(super) fn lstm(net: &mut NetBuilder, layer: usize, backward: bool) -> LstmDirection {
    let by_layer_only = !net.contains(&Spelling::Cells.key(layer, backward, "weight_ih"))
        && net.contains(&Spelling::Layers.key(layer, backward, "weight_ih"));
    let (taken, other) = if by_layer_only { (Spelling::Layers, Spelling::Cells) } else { (Spelling::Cells, Spelling::Layers) };
    let mut key = |tensor: &str| {
        net.ignore(&other.key(layer, backward, tensor));
        taken.key(layer, backward, tensor)
    };
    LstmDirection { weight_ih: key("weight_ih"), weight_hh: key("weight_hh"), bias_ih: key("bias_ih"), bias_hh: key("bias_hh") }
}

/// The first recurrent weights, `[4 · hidden, hidden]`, by either name.
pub(super) fn recurrent_weight(file: &Checkpoint) -> Option<&Tensor> {
    [Spelling::Cells, Spelling::Layers].iter().find_map(|spelling| file.get(&spelling.key(0, false, "weight_hh")))
}

/// The checkpoint itself, or of a distilled one the student, without its prefix.
pub(super) fn network_of(file: &Checkpoint) -> Cow<'_, Checkpoint> {
    if file.keys().any(|key| key.starts_with(STUDENT)) { Cow::Owned(file.part(STUDENT)) } else { Cow::Borrowed(file) }
}

/// How the file spells the trunk's keys; PaddleOCR's way where the file leaves it open.
pub(super) fn trunk_keys(backbone: &Arch, file: &Checkpoint) -> KeyMap {
    let official = KeyMap::new(Toolkit::PaddleOcrRec);
    backbone.key_map_of(&file.part(TRUNK)).unwrap_or(official).with_prefix(TRUNK)
}

/// The backbone whose keys are those of the file's trunk, if there is one.
pub(super) fn fitting_backbone(file: &Checkpoint) -> Option<Arch> {
    let (backbone, _) = Arch::fitting(&file.part(TRUNK)).into_iter().next()?;
    Some(backbone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_tensor() {
        assert_eq!(Spelling::Cells.key(1, true, "bias_hh"), "neck.encoder.lstm.1.cell_bw.bias_hh");
        assert_eq!(Spelling::Layers.key(0, false, "weight_ih"), "neck.encoder.lstm.weight_ih_l0");
        assert_eq!(Spelling::Layers.key(1, true, "weight_hh"), "neck.encoder.lstm.weight_hh_l1_reverse");
    }

    #[test]
    fn the_student_is_taken_out_of_a_distilled_checkpoint() {
        let mut file = Checkpoint::new();
        for key in ["Teacher.head.fc2.weight", "Student.head.fc2.weight", "Student2.head.fc2.weight"] {
            file.insert(key, Tensor::from_f32(&[1], &[key.len() as f32]).unwrap());
        }
        let network = network_of(&file);
        assert_eq!(network.keys().collect::<Vec<_>>(), ["head.fc2.weight"]);
        assert_eq!(network.get("head.fc2.weight").unwrap().to_f32().unwrap(), [23.0]);
    }
}
