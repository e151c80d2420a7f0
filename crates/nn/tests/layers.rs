//! Every layer against a slow, plain computation of the same thing.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use ndarray::{Array4, ArrayD, IxDyn};
use proptest::prelude::*;
use vtk_nn::{
    Activation, BatchNorm, Conv, ConvTranspose, LayerNorm, Linear, LinearLayout, Lstm, LstmDirection, Network, NnError, Padding, Pool,
    Resize, SqueezeExcite,
};
use vtk_weights::{Checkpoint, Tensor};

/// Numbers between −1 and 1 that look random and are the same on every run.
fn numbers(seed: u64, n: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..n)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
        .collect()
}

fn checkpoint(tensors: &[(&str, &[usize])]) -> Checkpoint {
    let mut c = Checkpoint::new();
    for (i, (key, shape)) in tensors.iter().enumerate() {
        let values = numbers(i as u64 + 1, shape.iter().product());
        // Variances must be positive.
        let values: Vec<f32> = if key.ends_with("variance") { values.iter().map(|v| v.abs() + 0.5).collect() } else { values };
        c.insert(*key, Tensor::from_f32(shape, &values).unwrap());
    }
    c
}

fn values(c: &Checkpoint, key: &str) -> Vec<f32> {
    c.get(key).unwrap().to_f32().unwrap()
}

fn input(shape: &[usize]) -> ArrayD<f32> {
    ArrayD::from_shape_vec(IxDyn(shape), numbers(99, shape.iter().product())).unwrap()
}

fn nchw(x: &ArrayD<f32>) -> Array4<f32> {
    x.clone().into_dimensionality().unwrap()
}

fn run(net: &Network, x: &ArrayD<f32>) -> ArrayD<f32> {
    net.run(&[x.view()]).unwrap().remove(0)
}

fn assert_close(got: &ArrayD<f32>, want: &ArrayD<f32>, tolerance: f32) {
    assert_eq!(got.shape(), want.shape());
    let largest = want.iter().fold(1e-6f32, |m, v| m.max(v.abs()));
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= tolerance * largest, "element {i}: {g} instead of {w}");
    }
}

fn bn(prefix: &str) -> BatchNorm {
    let key = |s: &str| format!("{prefix}.{s}");
    BatchNorm { weight: key("weight"), bias: key("bias"), mean: key("mean"), variance: key("variance"), epsilon: 1e-3 }
}

/// A convolution by its definition. `pads`: rows above, columns left; the output size is given.
struct Slow<'a> {
    w: &'a [f32],
    b: Option<&'a [f32]>,
    out: [usize; 3],
    kernel: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    pads: [usize; 2],
    groups: usize,
}

fn slow_conv(x: &Array4<f32>, s: &Slow<'_>) -> ArrayD<f32> {
    let (n, ci, h, w) = x.dim();
    let [co, oh, ow] = s.out;
    let (ig, og) = (ci / s.groups, co / s.groups);
    let mut y = Array4::zeros((n, co, oh, ow));
    for ((b, o, oy, ox), out) in y.indexed_iter_mut() {
        let mut sum = s.b.map_or(0.0, |b| f64::from(b[o]));
        for i in 0..ig {
            for ky in 0..s.kernel[0] {
                for kx in 0..s.kernel[1] {
                    let (iy, ix) = (oy * s.stride[0] + ky * s.dilation[0], ox * s.stride[1] + kx * s.dilation[1]);
                    if iy < s.pads[0] || ix < s.pads[1] || iy - s.pads[0] >= h || ix - s.pads[1] >= w {
                        continue;
                    }
                    let weight = s.w[((o * ig + i) * s.kernel[0] + ky) * s.kernel[1] + kx];
                    sum += f64::from(weight) * f64::from(x[[b, o / og * ig + i, iy - s.pads[0], ix - s.pads[1]]]);
                }
            }
        }
        *out = sum as f32;
    }
    y.into_dyn()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Groups, strides and dilations per axis, padding per side, bias, TensorFlow's SAME, odd and even sizes, batches.
    #[test]
    fn convolution(
        (groups, ig, og) in (1usize..4, 1usize..4, 1usize..4),
        kernel in [1usize..5, 1usize..5], stride in [1usize..3, 1usize..4], dilation in [1usize..3, 1usize..3],
        pads in [0usize..3, 0usize..3, 0usize..3, 0usize..3], size in [9usize..14, 9usize..14], n in 1usize..3,
        bias in any::<bool>(), same in any::<bool>(),
    ) {
        let (ci, co) = (groups * ig, groups * og);
        let c = if bias { checkpoint(&[("w", &[co, ig, kernel[0], kernel[1]]), ("b", &[co])]) } else { checkpoint(&[("w", &[co, ig, kernel[0], kernel[1]])]) };
        let padding = if same { Padding::Same } else { Padding::Explicit { top: pads[0], left: pads[1], bottom: pads[2], right: pads[3] } };
        let conv = Conv { kernel, stride, dilation, padding, groups, bias: bias.then(|| "b".to_owned()), ..Conv::new("w", co, 1) };
        let net = Network::grow(&c, [n, ci, size[0], size[1]], move |net, x| Ok(vec![("y".into(), net.conv(x, &conv)?)])).unwrap();
        let x = input(&[n, ci, size[0], size[1]]);
        let axis = |a: usize| {
            let reach = (kernel[a] - 1) * dilation[a] + 1;
            if same {
                let out = size[a].div_ceil(stride[a]);
                (out, ((out - 1) * stride[a] + reach).saturating_sub(size[a]) / 2)
            } else {
                ((size[a] + pads[a] + pads[a + 2] - reach) / stride[a] + 1, pads[a])
            }
        };
        let ((oh, top), (ow, left)) = (axis(0), axis(1));
        let (w, b) = (values(&c, "w"), bias.then(|| values(&c, "b")));
        let slow = Slow { w: &w, b: b.as_deref(), out: [co, oh, ow], kernel, stride, dilation, pads: [top, left], groups };
        assert_close(&run(&net, &x), &slow_conv(&nchw(&x), &slow), 1e-5);
        prop_assert_eq!(net.multiply_adds(&[n, ci, size[0], size[1]]).unwrap(), (n * co * oh * ow * ig * kernel[0] * kernel[1]) as u64);
    }

    #[test]
    fn transposed_convolution(
        (groups, ig, og) in (1usize..3, 1usize..4, 1usize..4), kernel in [2usize..5, 2usize..5], stride in [1usize..3, 1usize..3],
        padding in [0usize..2, 0usize..2], size in [3usize..6, 3usize..6],
    ) {
        let (ci, co) = (groups * ig, groups * og);
        let c = checkpoint(&[("w", &[ci, og, kernel[0], kernel[1]]), ("b", &[co])]);
        let conv = ConvTranspose { weight: "w".into(), bias: Some("b".into()), out: co, kernel, stride, padding, output_padding: [0, 0], groups };
        let net = Network::grow(&c, [1, ci, size[0], size[1]], move |net, x| Ok(vec![("y".into(), net.conv_transpose(x, &conv)?)])).unwrap();
        let x = input(&[1, ci, size[0], size[1]]);
        let (w, b, xs) = (values(&c, "w"), values(&c, "b"), nchw(&x));
        let out = [0, 1].map(|a| (size[a] - 1) * stride[a] + kernel[a] - 2 * padding[a]);
        let mut want = Array4::<f32>::zeros((1, co, out[0], out[1]));
        for ((_, o, ..), v) in want.indexed_iter_mut() {
            *v = b[o];
        }
        for ((_, i, y, xx), v) in xs.indexed_iter() {
            for o in 0..og {
                for ky in 0..kernel[0] {
                    for kx in 0..kernel[1] {
                        let (oy, ox) = (y * stride[0] + ky, xx * stride[1] + kx);
                        let inside = oy >= padding[0] && ox >= padding[1] && oy - padding[0] < out[0] && ox - padding[1] < out[1];
                        if inside {
                            let weight = w[((i * og + o) * kernel[0] + ky) * kernel[1] + kx];
                            want[[0, i / ig * og + o, oy - padding[0], ox - padding[1]]] += v * weight;
                        }
                    }
                }
            }
        }
        assert_close(&run(&net, &x), &want.into_dyn(), 1e-5);
    }

    #[test]
    fn pooling(kernel in [1usize..4, 1usize..4], stride in [1usize..3, 1usize..3], size in [4usize..9, 4usize..9], pad in 0usize..2, count in any::<bool>()) {
        let pad = pad.min((kernel[0] - 1).min(kernel[1] - 1));
        let pool = Pool { kernel, stride, padding: Padding::symmetric(pad, pad), ceil: false, count_padding: count };
        let net = Network::grow(&Checkpoint::new(), [1, 2, size[0], size[1]], move |net, x| {
            Ok(vec![("max".into(), net.max_pool(x, &pool)?), ("mean".into(), net.avg_pool(x, &pool)?)])
        }).unwrap();
        let x = input(&[1, 2, size[0], size[1]]);
        let got = net.run(&[x.view()]).unwrap();
        let out = [0, 1].map(|a| (size[a] + 2 * pad - kernel[a]) / stride[a] + 1);
        let window = |c: usize, oy: usize, ox: usize| -> Vec<f32> {
            let rows = (oy * stride[0]..oy * stride[0] + kernel[0]).filter(|y| *y >= pad && y - pad < size[0]);
            let at = |y: usize| (ox * stride[1]..ox * stride[1] + kernel[1]).filter(|v| *v >= pad && v - pad < size[1]).map(move |v| (y, v));
            rows.flat_map(at).map(|(y, v)| x[[0, c, y - pad, v - pad]]).collect()
        };
        for c in 0..2 {
            for oy in 0..out[0] {
                for ox in 0..out[1] {
                    let w = window(c, oy, ox);
                    prop_assert_eq!(got[0][[0, c, oy, ox]], w.iter().copied().fold(f32::NEG_INFINITY, f32::max));
                    let divisor = if count { kernel[0] * kernel[1] } else { w.len() };
                    prop_assert!((got[1][[0, c, oy, ox]] - w.iter().sum::<f32>() / divisor as f32).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn adaptive_pooling(size in [2usize..9, 2usize..9], out in [1usize..5, 1usize..5]) {
        let net = Network::grow(&Checkpoint::new(), [1, 2, size[0], size[1]], move |net, x| Ok(vec![("y".into(), net.adaptive_avg_pool(x, out)?)])).unwrap();
        let x = input(&[1, 2, size[0], size[1]]);
        let cell = |a: usize, i: usize| i * size[a] / out[a]..((i + 1) * size[a]).div_ceil(out[a]);
        let want = Array4::from_shape_fn((1, 2, out[0], out[1]), |(_, c, p, q)| {
            let (rows, columns) = (cell(0, p), cell(1, q));
            let n = (rows.len() * columns.len()) as f32;
            rows.flat_map(|y| columns.clone().map(move |v| (y, v))).map(|(y, v)| x[[0, c, y, v]]).sum::<f32>() / n
        });
        assert_close(&run(&net, &x), &want.into_dyn(), 1e-5);
    }

    #[test]
    fn resizing(size in [1usize..7, 1usize..7], out in [1usize..12, 1usize..12]) {
        let net = Network::grow(&Checkpoint::new(), [1, 1, size[0], size[1]], move |net, x| {
            Ok(vec![
                ("nearest".into(), net.resize(x, out, Resize::Nearest)?),
                ("half".into(), net.resize(x, out, Resize::Bilinear)?),
                ("corners".into(), net.resize(x, out, Resize::BilinearAlignCorners)?),
            ])
        }).unwrap();
        let x = input(&[1, 1, size[0], size[1]]);
        let got = net.run(&[x.view()]).unwrap();
        let taps = |a: usize, at: f64| {
            let at = at.clamp(0.0, (size[a] - 1) as f64);
            (at.floor() as usize, (at.floor() as usize + 1).min(size[a] - 1), (at - at.floor()) as f32)
        };
        let half = |a: usize, o: usize| taps(a, (o as f64 + 0.5) * size[a] as f64 / out[a] as f64 - 0.5);
        let corners = |a: usize, o: usize| taps(a, if out[a] > 1 { o as f64 * (size[a] - 1) as f64 / (out[a] - 1) as f64 } else { 0.0 });
        let mix = |(y0, y1, fy): (usize, usize, f32), (x0, x1, fx): (usize, usize, f32)| {
            let row = |y: usize| x[[0, 0, y, x0]] * (1.0 - fx) + x[[0, 0, y, x1]] * fx;
            row(y0) * (1.0 - fy) + row(y1) * fy
        };
        for p in 0..out[0] {
            for q in 0..out[1] {
                prop_assert_eq!(got[0][[0, 0, p, q]], x[[0, 0, p * size[0] / out[0], q * size[1] / out[1]]]);
                prop_assert!((got[1][[0, 0, p, q]] - mix(half(0, p), half(1, q))).abs() < 1e-4);
                prop_assert!((got[2][[0, 0, p, q]] - mix(corners(0, p), corners(1, q))).abs() < 1e-4);
            }
        }
    }
}

#[test]
fn activations() {
    let all = [
        Activation::Identity,
        Activation::Relu,
        Activation::Relu6,
        Activation::HardSwish,
        Activation::HardSigmoid { slope: 0.2, offset: 0.5 },
        Activation::Sigmoid,
        Activation::Swish,
        Activation::Gelu,
    ];
    let net = Network::grow(&Checkpoint::new(), [1, 1, 1, 1], move |net, x| {
        all.iter().map(|a| Ok((format!("{a:?}"), net.activate(x, *a)?))).collect()
    })
    .unwrap();
    let xs: Vec<f32> = (-400..400).map(|i| i as f32 / 40.0).collect();
    let x = ArrayD::from_shape_vec(IxDyn(&[1, 1, 20, 40]), xs.clone()).unwrap();
    let sigmoid = |v: f64| 1.0 / (1.0 + (-v).exp());
    let got = net.run(&[x.view()]).unwrap();
    for (a, y) in all.iter().zip(&got) {
        for (v, y) in xs.iter().map(|v| f64::from(*v)).zip(y) {
            let want = match a {
                Activation::Identity => v,
                Activation::Relu => v.max(0.0),
                Activation::Relu6 => v.clamp(0.0, 6.0),
                Activation::HardSwish => v * (v + 3.0).clamp(0.0, 6.0) / 6.0,
                Activation::HardSigmoid { slope, offset } => (f64::from(*slope) * v + f64::from(*offset)).clamp(0.0, 1.0),
                Activation::Sigmoid => sigmoid(v),
                Activation::Swish => v * sigmoid(v),
                Activation::Gelu => v * normal(v),
            };
            assert!((f64::from(*y) - want).abs() < 2e-6 * want.abs().max(1.0), "{a:?} of {v}: {y} instead of {want}");
        }
    }
}

/// Φ by Simpson's rule from −12.
fn normal(v: f64) -> f64 {
    let (n, from) = (4000, -12.0);
    let step = (v - from) / f64::from(n);
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let inner: f64 = (1..n).map(|i| density(from + f64::from(i) * step) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (density(from) + density(v) + inner) * step / 3.0
}

#[test]
fn a_folded_batch_norm_is_one_that_stands_behind() {
    let shapes: &[(&str, &[usize])] =
        &[("w", &[4, 3, 3, 3]), ("b", &[4]), ("n.weight", &[4]), ("n.bias", &[4]), ("n.mean", &[4]), ("n.variance", &[4])];
    let c = checkpoint(shapes);
    let conv = Conv::new("w", 4, 3).bias("b");
    let folded = {
        let conv = conv.clone();
        Network::grow(&c, [1, 3, 8, 8], move |net, x| Ok(vec![("y".into(), net.conv_bn(x, &conv, &bn("n"))?)])).unwrap()
    };
    let apart = Network::grow(&c, [1, 3, 8, 8], move |net, x| {
        let y = net.conv(x, &conv)?;
        Ok(vec![("y".into(), net.batch_norm(y, &bn("n"))?)])
    })
    .unwrap();
    let x = input(&[2, 3, 11, 7]);
    assert_close(&run(&folded, &x), &run(&apart, &x), 1e-5);
    // γ and β are trained, mean and variance are not.
    assert_eq!((folded.parameters(), folded.stored_numbers()), (4 * 27 + 4 + 8, 4 * 27 + 4 + 16));
}

#[test]
fn branches_are_folded_into_the_largest_kernel() {
    let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
    for k in [5, 3, 1] {
        shapes.push((format!("w{k}"), vec![6, 1, k, k]));
        for part in ["weight", "bias", "mean", "variance"] {
            shapes.push((format!("n{k}.{part}"), vec![6]));
        }
    }
    let shapes: Vec<(&str, &[usize])> = shapes.iter().map(|(k, s)| (k.as_str(), s.as_slice())).collect();
    let c = checkpoint(&shapes);
    let branches: Vec<(Conv, BatchNorm)> =
        [5, 3, 1].map(|k| (Conv::new(format!("w{k}"), 6, k).groups(6).stride([2, 2]), bn(&format!("n{k}")))).into();
    let apart = branches.clone();
    let folded = Network::grow(&c, [1, 6, 9, 9], move |net, x| Ok(vec![("y".into(), net.conv_bn_sum(x, &branches)?)])).unwrap();
    let apart = Network::grow(&c, [1, 6, 9, 9], move |net, x| {
        let mut sum = None;
        for (conv, bn) in &apart {
            let y = net.conv_bn(x, conv, bn)?;
            sum = Some(match sum {
                None => y,
                Some(s) => net.add(s, y)?,
            });
        }
        Ok(vec![("y".into(), sum.unwrap())])
    })
    .unwrap();
    let x = input(&[1, 6, 9, 12]);
    assert_close(&run(&folded, &x), &run(&apart, &x), 1e-5);
}

#[test]
fn squeeze_and_excitation() {
    let c = checkpoint(&[("r.w", &[2, 4, 1, 1]), ("r.b", &[2]), ("e.w", &[4, 2, 1, 1]), ("e.b", &[4])]);
    let se = SqueezeExcite {
        reduce: Conv::new("r.w", 2, 1).bias("r.b"),
        expand: Conv::new("e.w", 4, 1).bias("e.b"),
        inner: Activation::Relu,
        gate: Activation::Sigmoid,
    };
    let net = Network::grow(&c, [1, 4, 3, 3], move |net, x| Ok(vec![("y".into(), net.squeeze_excite(x, &se)?)])).unwrap();
    let x = input(&[1, 4, 3, 5]);
    let (rw, rb, ew, eb) = (values(&c, "r.w"), values(&c, "r.b"), values(&c, "e.w"), values(&c, "e.b"));
    let mean: Vec<f32> = (0..4).map(|c| x.iter().skip(c * 15).take(15).sum::<f32>() / 15.0).collect();
    let inner: Vec<f32> = (0..2).map(|o| (rb[o] + (0..4).map(|i| rw[o * 4 + i] * mean[i]).sum::<f32>()).max(0.0)).collect();
    let gate = |o: usize| 1.0 / (1.0 + (-(eb[o] + (0..2).map(|i| ew[o * 2 + i] * inner[i]).sum::<f32>())).exp());
    let want = ArrayD::from_shape_fn(x.raw_dim(), |i| x[&i] * gate(i[1]));
    assert_close(&run(&net, &x), &want, 1e-5);
}

#[test]
fn products_and_shapes() {
    let c = checkpoint(&[("in_out", &[6, 5]), ("out_in", &[5, 6]), ("bias", &[5]), ("g", &[6]), ("h", &[6])]);
    let net = Network::grow(&c, [2, 1, 4, 6], |net, x| {
        let rows = net.reshape(x, &[2, 4, 6])?;
        let paddle = Linear { weight: "in_out".into(), bias: Some("bias".into()), inputs: 6, outputs: 5, layout: LinearLayout::InOut };
        let torch = Linear { weight: "out_in".into(), bias: None, inputs: 6, outputs: 5, layout: LinearLayout::OutIn };
        let turned = net.transpose(rows, &[0, 2, 1])?;
        let half = net.slice(rows, 2, 2..5)?;
        let norm = LayerNorm { weight: "g".into(), bias: "h".into(), epsilon: 1e-5 };
        Ok(vec![
            ("paddle".into(), net.linear(rows, &paddle)?),
            ("torch".into(), net.linear(rows, &torch)?),
            ("gram".into(), net.matmul(rows, turned)?),
            ("joined".into(), net.concat(&[half, rows], 2)?),
            ("softmax".into(), net.softmax(rows, 2)?),
            ("norm".into(), net.layer_norm(rows, &norm)?),
            ("scaled".into(), net.scale(rows, 0.8)?),
        ])
    })
    .unwrap();
    let x = input(&[2, 1, 4, 6]);
    let got = net.run(&[x.view()]).unwrap();
    let at = |n: usize, r: usize, k: usize| x[[n, 0, r, k]];
    let (io, oi, b, g, h) = (values(&c, "in_out"), values(&c, "out_in"), values(&c, "bias"), values(&c, "g"), values(&c, "h"));
    for n in 0..2 {
        for r in 0..4 {
            let row: Vec<f32> = (0..6).map(|k| at(n, r, k)).collect();
            for o in 0..5 {
                let paddle: f32 = (0..6).map(|k| row[k] * io[k * 5 + o]).sum::<f32>() + b[o];
                let torch: f32 = (0..6).map(|k| row[k] * oi[o * 6 + k]).sum();
                assert!((got[0][[n, r, o]] - paddle).abs() < 1e-5);
                assert!((got[1][[n, r, o]] - torch).abs() < 1e-5);
            }
            for s in 0..4 {
                let dot: f32 = (0..6).map(|k| row[k] * at(n, s, k)).sum();
                assert!((got[2][[n, r, s]] - dot).abs() < 1e-5);
            }
            let exp: Vec<f32> = row.iter().map(|v| v.exp()).collect();
            let mean = row.iter().sum::<f32>() / 6.0;
            let variance = row.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / 6.0;
            for k in 0..6 {
                assert!((got[4][[n, r, k]] - exp[k] / exp.iter().sum::<f32>()).abs() < 1e-5);
                assert!((got[5][[n, r, k]] - ((row[k] - mean) / (variance + 1e-5).sqrt() * g[k] + h[k])).abs() < 1e-4);
                assert!((got[6][[n, r, k]] - 0.8 * row[k]).abs() < 1e-6);
                assert_eq!(got[3][[n, r, k + 3]], row[k]);
            }
            assert_eq!(got[3][[n, r, 0]], row[2]);
        }
    }
}

#[test]
fn lstm_both_ways() {
    let (inputs, hidden, time) = (3, 4, 5);
    let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
    for d in ["f", "b"] {
        shapes.push((format!("{d}.ih"), vec![4 * hidden, inputs]));
        shapes.push((format!("{d}.hh"), vec![4 * hidden, hidden]));
        shapes.push((format!("{d}.bi"), vec![4 * hidden]));
        shapes.push((format!("{d}.bh"), vec![4 * hidden]));
    }
    let shapes: Vec<(&str, &[usize])> = shapes.iter().map(|(k, s)| (k.as_str(), s.as_slice())).collect();
    let c = checkpoint(&shapes);
    let direction = |d: &str| LstmDirection {
        weight_ih: format!("{d}.ih"),
        weight_hh: format!("{d}.hh"),
        bias_ih: format!("{d}.bi"),
        bias_hh: format!("{d}.bh"),
    };
    let lstm = Lstm { hidden, forward: direction("f"), backward: Some(direction("b")) };
    let net = Network::grow(&c, [2, 1, time, inputs], move |net, x| {
        let shape = net.shape(x);
        let x = net.reshape(x, &[shape[0], shape[2], shape[3]])?;
        Ok(vec![("y".into(), net.lstm(x, &lstm)?)])
    })
    .unwrap();
    // Another batch and length than the first growth.
    for (batch, time) in [(2, time), (1, 9)] {
        let x = input(&[batch, 1, time, inputs]);
        let y = run(&net, &x);
        assert_eq!(y.shape(), [batch, time, 2 * hidden]);
        for b in 0..batch {
            for (d, offset) in [("f", 0), ("b", hidden)] {
                let (wi, wh, bi, bh) = (
                    values(&c, &format!("{d}.ih")),
                    values(&c, &format!("{d}.hh")),
                    values(&c, &format!("{d}.bi")),
                    values(&c, &format!("{d}.bh")),
                );
                let (mut h, mut s) = (vec![0f32; hidden], vec![0f32; hidden]);
                for step in 0..time {
                    let t = if d == "f" { step } else { time - 1 - step };
                    let gate = |g: usize, j: usize| {
                        let row = g * hidden + j;
                        let from_x: f32 = (0..inputs).map(|i| wi[row * inputs + i] * x[[b, 0, t, i]]).sum();
                        let from_h: f32 = (0..hidden).map(|i| wh[row * hidden + i] * h[i]).sum();
                        from_x + from_h + bi[row] + bh[row]
                    };
                    let sigmoid = |v: f32| 1.0 / (1.0 + (-v).exp());
                    let next: Vec<f32> =
                        (0..hidden).map(|j| sigmoid(gate(1, j)) * s[j] + sigmoid(gate(0, j)) * gate(2, j).tanh()).collect();
                    h = (0..hidden).map(|j| sigmoid(gate(3, j)) * next[j].tanh()).collect();
                    s = next;
                    for j in 0..hidden {
                        let got = y[[b, t, offset + j]];
                        assert!((got - h[j]).abs() < 2e-5, "{d}, time {t}, {j}: {got} instead of {}", h[j]);
                    }
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let c = checkpoint(&[("w", &[4, 3, 3, 3]), ("left over", &[1])]);
    let grow = |out: usize, groups: usize| {
        Network::grow(&c, [1, 3, 8, 8], move |net, x| Ok(vec![("y".into(), net.conv(x, &Conv::new("w", out, 3).groups(groups))?)]))
    };
    let message = |r: Result<Network, NnError>| r.expect_err("must be refused").to_string();
    assert!(message(grow(4, 1)).contains("left over"));
    assert!(message(grow(5, 1)).contains('w'));
    assert!(message(grow(4, 2)).contains("groups"));
    let missing = Network::grow(&c, [1, 3, 8, 8], |net, x| {
        net.ignore("left over");
        let x = net.conv(x, &Conv::new("w", 4, 3))?;
        Ok(vec![("y".into(), net.conv(x, &Conv::new("absent.weight", 4, 3))?)])
    });
    assert!(message(missing).contains("absent.weight"));
}
