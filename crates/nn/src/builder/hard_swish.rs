//! Hard-swish without a lean.
//!
//! The engine's own ends with a multiplication by 1/6, which f32 rounds up by a share of 3·10⁻⁸: every value comes out too large by
//! that share, also those above 3, which should pass as they are. In one layer that is nothing, but the 27 of PP-LCNet all lean the
//! same way, and its logits are off by up to 10⁻⁴ of the largest. Here the gate is rounded, and above 3 it is 1.

use tract_linalg::multithread::par_chunks_mut;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::element_wise::{ElementWiseMiniOp, ElementWiseOp};

/// x · min(max(x / 6 + ½, 0), 1)
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HardSwish;

impl HardSwish {
    /// The operator.
    pub(super) fn op() -> ElementWiseOp {
        ElementWiseOp(Box::new(Self), None)
    }
}

impl ElementWiseMiniOp for HardSwish {
    fn name(&self) -> String {
        "HardSwish".to_owned()
    }

    fn eval_in_place(&self, tensor: &mut Tensor, _: Option<DatumType>) -> TractResult<()> {
        let mut plain = tensor.try_as_plain_ram_mut()?;
        let values = plain.as_slice_mut::<f32>()?;
        let len = values.len();
        par_chunks_mut(values, 1, len, |_, chunk| {
            chunk.iter_mut().for_each(|x| *x = hard_swish(*x));
            Ok(())
        })
    }
}

fn hard_swish(x: f32) -> f32 {
    x * (x * (1.0 / 6.0) + 0.5).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_pass_and_small_ones_vanish() {
        for x in [3.0f32, 3.1, 5.000_001, 1e6, 1e30] {
            assert_eq!(hard_swish(x), x);
            assert_eq!(hard_swish(-x), 0.0);
        }
        assert!(hard_swish(f32::NAN).is_nan());
    }

    #[test]
    fn errors_do_not_lean() {
        let error = |x: f32| f64::from(hard_swish(x)) - f64::from(x) * (f64::from(x) + 3.0).clamp(0.0, 6.0) / 6.0;
        let points = (0..80_000).map(|i| error(-4.0 + i as f32 * 1e-4));
        let (worst, sum) = points.fold((0f64, 0f64), |(worst, sum), e| (worst.max(e.abs()), sum + e));
        assert!(worst < 3e-7, "{worst:e}");
        assert!((sum / 80_000.0).abs() < 2e-8, "{sum:e}");
    }
}
