//! Pooling and resizing of NCHW maps.

use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::cnn::{MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_onnx::tract_core::ops::nn::{CoordTransformer, DataFormat, Interpolator, Nearest, Resize as ResizeOp};
use tract_onnx::tract_hir::ops::nn::GlobalAvgPool;

use super::{NetBuilder, Var};
use crate::{NnError, Padding, Pool, Resize};

impl NetBuilder<'_> {
    /// The mean of each channel: `[n, c, h, w]` → `[n, c, 1, 1]`.
    pub fn global_avg_pool(&mut self, x: Var) -> Result<Var, NnError> {
        self.nchw("global average pool", x)?;
        self.expand("global average pool", &GlobalAvgPool::new(), &[x])
    }

    /// Averages over a grid of `[height, width]` cells: cell i spans ⌊i · in / out⌋ … ⌈(i + 1) · in / out⌉, so that neighbors overlap
    /// where the sizes don't divide.
    pub fn adaptive_avg_pool(&mut self, x: Var, size: [usize; 2]) -> Result<Var, NnError> {
        let layer = "adaptive average pool";
        let [_, _, h, w] = self.nchw(layer, x)?;
        if size.contains(&0) {
            return Err(NnError::layer(layer, format!("a size of 0 in {size:?}")));
        }
        if size == [1, 1] {
            return self.global_avg_pool(x);
        }
        let rows = self.constant(&[size[0], h], &cell_means(h, size[0]))?;
        let columns = self.constant(&[size[1], w], &cell_means(w, size[1]))?;
        let x = self.einsum(layer, "nchw,ph->ncpw", &[x, rows])?;
        self.einsum(layer, "ncpw,qw->ncpq", &[x, columns])
    }

    /// Average pooling.
    pub fn avg_pool(&mut self, x: Var, pool: &Pool) -> Result<Var, NnError> {
        let spec = self.pool_spec("average pool", x, pool)?;
        self.wire("average pool", SumPool { pool_spec: spec, count_include_pad: pool.count_padding, normalize: true }, &[x])
    }

    /// Max pooling; padding never wins.
    pub fn max_pool(&mut self, x: Var, pool: &Pool) -> Result<Var, NnError> {
        let spec = self.pool_spec("max pool", x, pool)?;
        self.wire("max pool", MaxPool { pool_spec: spec, with_index_outputs: None }, &[x])
    }

    /// Brings a map to `[height, width]`.
    pub fn resize(&mut self, x: Var, size: [usize; 2], how: Resize) -> Result<Var, NnError> {
        let [n, c, ..] = self.nchw("resize", x)?;
        if size.contains(&0) {
            return Err(NnError::layer("resize", format!("a size of 0 in {size:?}")));
        }
        let sizes = Tensor::from_shape(&[4], &[n as i64, c as i64, size[0] as i64, size[1] as i64])
            .map_err(|e| NnError::layer("resize", format!("{e:#}")))?;
        let sizes = self.constant_tensor("size", sizes.into())?;
        let (coord_transformer, interpolator) = match how {
            Resize::Nearest => (CoordTransformer::Asymmetric, Interpolator::Nearest),
            Resize::Bilinear => (CoordTransformer::HalfPixel, Interpolator::Linear),
            Resize::BilinearAlignCorners => (CoordTransformer::AlignCorners, Interpolator::Linear),
        };
        let op = resize_op(coord_transformer, interpolator);
        self.wire("resize", op, &[x, sizes])
    }

    fn pool_spec(&self, layer: &str, x: Var, pool: &Pool) -> Result<PoolSpec, NnError> {
        let [_, channels, ..] = self.nchw(layer, x)?;
        if pool.kernel.contains(&0) || pool.stride.contains(&0) {
            return Err(NnError::layer(layer, "a kernel or stride of 0"));
        }
        let padding = match pool.padding {
            Padding::Explicit { top, left, bottom, right } => {
                PaddingSpec::ExplicitOnnxPool(tvec![top, left], tvec![bottom, right], pool.ceil)
            }
            Padding::Same => PaddingSpec::SameUpper,
        };
        Ok(PoolSpec::new(
            DataFormat::NCHW,
            pool.kernel.as_slice().into(),
            padding,
            None,
            Some(pool.stride.as_slice().into()),
            channels,
            channels,
        ))
    }
}

fn resize_op(coord_transformer: CoordTransformer, interpolator: Interpolator) -> ResizeOp {
    ResizeOp { coord_transformer, interpolator, nearest: Nearest::Floor, optional_scales_input: None, optional_sizes_input: Some(1) }
}

/// A matrix `[cells, size]` whose rows average over the cells.
fn cell_means(size: usize, cells: usize) -> Vec<f32> {
    let mut means = vec![0f32; cells * size];
    for (cell, row) in means.chunks_exact_mut(size).enumerate() {
        let (start, end) = (cell * size / cells, ((cell + 1) * size).div_ceil(cells));
        row[start..end].fill(1.0 / (end - start) as f32);
    }
    means
}
