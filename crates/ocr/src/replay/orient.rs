//! The classifier of a line's orientation.

use vtk_golden::{Case, GoldenError, Outcome};

use super::network::{Spec, compare, inputs};
use crate::orient::LineNetConfig;

pub(super) fn network(case: &Case, spec: &Spec) -> Result<Vec<Outcome>, GoldenError> {
    let config: LineNetConfig = match &spec.backbone {
        Some(backbone) => format!("ppocr-cls+{}", backbone.arch()?).parse().map_err(GoldenError::product)?,
        None => spec.arch.parse().map_err(GoldenError::product)?,
    };
    let shape = inputs(case, spec)?.first().map(|x| x.shape().to_vec()).unwrap_or_default();
    let input: [usize; 4] = shape.try_into().map_err(|_| case.fault("an input of a classifier has four axes"))?;
    let stages = spec.outputs.iter().any(|name| name == "backbone");
    let network = config.network(&case.checkpoint()?, input, stages).map_err(GoldenError::product)?;
    compare(case, spec, &network)
}
