//! What a network promises beyond its layers: any size, shared weights, bounded plans, the same numbers for any number of threads.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use ndarray::ArrayD;
use vtk_kernels::Threads;
use vtk_nn::{Activation, Conv, Lstm, LstmDirection, Network, NnError};
use vtk_weights::{Checkpoint, Tensor};

fn small() -> Network {
    let mut c = Checkpoint::new();
    let values: Vec<f32> = (0..8 * 3 * 9).map(|i| (i as f32 * 0.37).sin()).collect();
    c.insert("a", Tensor::from_f32(&[8, 3, 3, 3], &values).unwrap());
    let values: Vec<f32> = (0..64 * 8).map(|i| (i as f32 * 0.11).cos()).collect();
    c.insert("b", Tensor::from_f32(&[64, 8, 1, 1], &values).unwrap());
    c.set_metadata("arch", "small");
    Network::grow(&c, [1, 3, 16, 16], |net, x| {
        let x = net.conv(x, &Conv::new("a", 8, 3).stride([2, 2]))?;
        let x = net.activate(x, Activation::HardSwish)?;
        let x = net.conv(x, &Conv::new("b", 64, 1))?;
        let pooled = net.global_avg_pool(x)?;
        Ok(vec![("map".into(), x), ("pooled".into(), net.flatten(pooled)?)])
    })
    .unwrap()
}

fn picture(h: usize, w: usize) -> ArrayD<f32> {
    ArrayD::from_shape_fn(vec![1, 3, h, w], |i| ((i[1] * 31 + i[2] * 7 + i[3]) as f32 * 0.05).sin())
}

#[test]
fn a_network_takes_any_size_and_keeps_its_plans() {
    let net = small();
    assert_eq!(net.metadata()["arch"], "small");
    assert_eq!(net.outputs(), ["map", "pooled"]);
    for (h, w) in [(16, 16), (33, 20), (16, 16), (33, 20)] {
        let y = net.run(&[picture(h, w).view()]).unwrap();
        assert_eq!(y[0].shape(), [1, 64, h.div_ceil(2), w.div_ceil(2)]);
        assert_eq!(y[1].shape(), [1, 64]);
    }
    let stats = net.plan_stats();
    assert_eq!((stats.hits, stats.misses, stats.plans), (2, 2, 2));
}

#[test]
fn a_network_keeps_the_plans_it_used_last() {
    let net = small();
    net.keep_plans(2);
    for (h, w) in [(16, 16), (33, 20), (16, 16), (40, 40), (16, 16)] {
        net.run(&[picture(h, w).view()]).unwrap();
    }
    let stats = net.plan_stats();
    assert_eq!((stats.hits, stats.misses, stats.plans), (2, 3, 2), "33x20 was given up, 16x16 was not");
    net.keep_plans(0);
    assert_eq!(net.plan_stats().plans, 1);
    net.run(&[picture(16, 16).view()]).unwrap();
    assert_eq!(net.plan_stats().hits, 3, "the one used last stays");
}

#[test]
fn plans_share_their_weights() {
    let mut c = Checkpoint::new();
    let values: Vec<f32> = (0..512 * 512).map(|i| (i as f32 * 0.37).sin()).collect();
    c.insert("a", Tensor::from_f32(&[512, 3, 1, 1], &values[..512 * 3]).unwrap());
    c.insert("b", Tensor::from_f32(&[512, 512, 1, 1], &values).unwrap());
    let grow = || {
        let grown = Network::grow(&c, [1, 3, 16, 16], |net, x| {
            let x = net.conv(x, &Conv::new("a", 512, 1))?;
            Ok(vec![("y".into(), net.conv(x, &Conv::new("b", 512, 1))?)])
        });
        grown.unwrap()
    };
    let net = grow();
    net.prepare(&[vec![1, 3, 32, 32]]).unwrap();
    let first = net.plan_stats().bytes;
    assert!(first >= net.weight_bytes(), "{first} bytes, of them {} weights", net.weight_bytes());
    for side in 33..43 {
        net.prepare(&[vec![1, 3, side, side]]).unwrap();
    }
    let more = (net.plan_stats().bytes - first) / 10;
    assert!(more * 4 <= first, "a plan more costs {more} bytes, the first {first}");
    assert_eq!(net.plan_stats().plans, 11);
    let x = picture(35, 35);
    assert_eq!(net.run(&[x.view()]).unwrap(), grow().run(&[x.view()]).unwrap());
}

#[test]
fn threads_change_nothing() {
    let net = small();
    let x = picture(128, 96);
    let alone = net.run(&[x.view()]).unwrap();
    for n in [1, 2, 3] {
        assert_eq!(net.with_threads(Threads::count(n)).run(&[x.view()]).unwrap(), alone);
    }
    let side_by_side = Threads::count(3).map(&[0; 12], |_| net.run(&[x.view()]).unwrap());
    assert!(side_by_side.iter().all(|y| *y == alone));
}

#[test]
fn inputs_that_do_not_fit_are_refused() {
    let net = small();
    for shape in [vec![1, 4, 8, 8], vec![3, 8, 8], vec![1, 3, 0, 8]] {
        let error = net.run(&[ArrayD::zeros(shape.clone()).view()]).unwrap_err();
        assert!(matches!(error, NnError::Input { .. }), "{shape:?}: {error}");
    }
    assert!(matches!(net.run(&[]).unwrap_err(), NnError::Input { .. }));
}

#[test]
fn what_is_no_graph_is_refused() {
    for bytes in [&b""[..], b"hello, this is text", &[0xff; 64], &[0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]] {
        let error = Network::from_onnx("file.onnx", bytes).expect_err("must be refused");
        assert!(error.to_string().contains("file.onnx"), "{error}");
    }
}

#[test]
fn wanted_lists_keys_in_order() {
    let wanted = Network::wanted([1, 3, 8, 8], |net, x| {
        let x = net.conv(x, &Conv::new("first", 4, 3).bias("first.bias"))?;
        net.discard("kept for training", &[2, 2])?;
        Ok(vec![("y".into(), net.conv(x, &Conv::new("second", 2, 1))?)])
    })
    .unwrap();
    let keys: Vec<&str> = wanted.iter().map(|(k, _)| k.as_str()).collect();
    assert_eq!(keys, ["first", "first.bias", "kept for training", "second"]);
    assert_eq!(wanted[3].1, [2, 4, 1, 1]);
}

#[test]
fn a_recurrence_forgets_the_run_before() {
    let mut c = Checkpoint::new();
    let values: Vec<f32> = (0..8 * 3).map(|i| (i as f32 * 0.7).sin()).collect();
    c.insert("w", Tensor::from_f32(&[8, 3], &values).unwrap());
    c.insert("r", Tensor::from_f32(&[8, 2], &values[..16]).unwrap());
    c.insert("b", Tensor::from_f32(&[8], &values[..8]).unwrap());
    let forward = LstmDirection { weight_ih: "w".into(), weight_hh: "r".into(), bias_ih: "b".into(), bias_hh: "b".into() };
    let lstm = Lstm { hidden: 2, forward, backward: None };
    let net = Network::grow(&c, [1, 3, 1, 5], move |net, x| {
        let sequence = net.reshape(x, &[1, 5, 3])?;
        Ok(vec![("y".into(), net.lstm(sequence, &lstm)?)])
    })
    .unwrap();
    let first = net.run(&[picture(1, 5).view()]).unwrap();
    net.run(&[ArrayD::ones(vec![1, 3, 1, 5]).view()]).unwrap();
    assert_eq!(net.run(&[picture(1, 5).view()]).unwrap(), first);
    assert_eq!(net.output_shapes(&[vec![1, 3, 1, 5]]).unwrap(), [vec![Some(1), Some(5), Some(2)]]);
    assert!(matches!(net.output_shapes(&[vec![1, 4, 1, 5]]), Err(NnError::Input { .. })));
}
