//! LSTM layers, wired as the ONNX importer wires its `LSTM`.

use tract_onnx::ops::rec::{common::CommonRec, lstm::LSTM};
use tract_onnx::tract_core::ops::{math, nn};

use super::{NetBuilder, Var};
use crate::{Lstm, LstmDirection, NnError};

impl NetBuilder<'_> {
    /// An LSTM layer: `[batch, time, inputs]` → `[batch, time, hidden]`, or `[batch, time, 2 · hidden]` where it runs both ways.
    pub fn lstm(&mut self, x: Var, lstm: &Lstm) -> Result<Var, NnError> {
        let layer = lstm.forward.weight_ih.as_str();
        let shape = self.shape(x);
        let &[batch, time, inputs] = shape.as_slice() else {
            return Err(NnError::layer(layer, format!("wants [batch, time, inputs], got {shape:?}")));
        };
        let mut directions = vec![&lstm.forward];
        directions.extend(&lstm.backward);
        let (n, h) = (directions.len(), lstm.hidden);
        // ONNX stacks the directions of each kind of weight.
        let w = self.gates(&directions, "input", |d| (&d.weight_ih, None), &[4 * h, inputs], &[n, 4 * h, inputs])?;
        let r = self.gates(&directions, "recurrent", |d| (&d.weight_hh, None), &[4 * h, h], &[n, 4 * h, h])?;
        let b = self.gates(&directions, "bias", |d| (&d.bias_ih, Some(&d.bias_hh)), &[4 * h], &[n, 8 * h])?;
        let x = self.transpose(x, &[1, 0, 2])?;
        let y = self.expand(layer, &recurrence(), &[x, w, r, b])?;
        // [time, directions, batch, hidden] → [batch, time, directions · hidden]
        let y = self.transpose(y, &[2, 0, 1, 3])?;
        self.reshape(y, &[batch, time, n * h])
    }

    /// One kind of weight of all directions, gates reordered from (input, forget, cell, output) to ONNX's (input, output, forget,
    /// cell).
    fn gates<'d>(
        &mut self,
        directions: &[&'d LstmDirection],
        kind: &str,
        keys: impl Fn(&'d LstmDirection) -> (&'d String, Option<&'d String>),
        stored: &[usize],
        shape: &[usize],
    ) -> Result<Var, NnError> {
        let mut parts: Vec<(&str, &[usize])> = Vec::new();
        for direction in directions {
            let (first, second) = keys(direction);
            parts.push((first, stored));
            parts.extend(second.map(|key| (key.as_str(), stored)));
        }
        let name = format!("{kind} gates of {}", directions[0].weight_ih);
        self.joined_weight(name, &parts, shape, |parts| parts.iter().flat_map(|p| onnx_gates(p)).collect())
    }
}

fn onnx_gates(stored: &[f32]) -> Vec<f32> {
    let gate = stored.len() / 4;
    [0, 3, 1, 2].into_iter().flat_map(|g| stored[g * gate..(g + 1) * gate].iter().copied()).collect()
}

fn recurrence() -> CommonRec {
    CommonRec {
        optional_bias_input: Some(3),
        optional_sequence_lens_input: None,
        optional_initial_h_input: None,
        optional_initial_c_input: None,
        optional_p_input: None,
        optional_y_output: Some(0),
        optional_y_h_output: None,
        optional_y_c_output: None,
        batch_first: false,
        body: Box::new(LSTM { f: Box::new(nn::sigmoid()), g: Box::new(math::tanh()), h: Box::new(math::tanh()) }),
    }
}
