//! Numbers made from a name and a seed, so that a case needs no file for its weights and inputs.
//!
//! The rule is FNV-1a over the name, mixed with the seed, then splitmix64 over the element's index; it is the same bit for bit in every
//! implementation, because only integers and one multiplication and addition in f64 stand in it. Which interval a weight is drawn from
//! follows from its key and shape ([`weight_range`]).

use std::collections::BTreeMap;

use ndarray::{ArrayD, IxDyn};
use vtk_weights::{Checkpoint, DType, Tensor};

use crate::GoldenError;

/// The most elements that one tensor, or all tensors of one synthetic checkpoint, may have (1 GiB of f32): no network here has a tenth
/// of it, and a slip in a shape should be an error, not an exhausted memory.
pub const MAX_ELEMENTS: usize = 1 << 28;

const FNV_OFFSET: u64 = 14_695_981_039_346_656_037;
const FNV_PRIME: u64 = 1_099_511_628_211;
/// 2^64 divided by the golden ratio, odd: splitmix64's step, here also the multiplier of the seed.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The endless sequence of numbers for `name` and `seed`, uniform in [`lo`, `hi`). Element `i` of a tensor, row-major, is the number
/// at place `i`.
pub fn numbers(name: &str, seed: u64, lo: f64, hi: f64) -> impl Iterator<Item = f32> + use<> {
    let hash = name.bytes().fold(FNV_OFFSET, |h, byte| (h ^ u64::from(byte)).wrapping_mul(FNV_PRIME));
    let mut state = hash ^ seed.wrapping_mul(STEP);
    let width = hi - lo;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(STEP);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        // 24 bits, which fit a u32 and f64; the division by 2^24 is exact.
        let unit = f64::from((z >> 40) as u32) * (1.0 / 16_777_216.0);
        (lo + width * unit) as f32
    })
}

/// A tensor of `shape`, uniform in [`lo`, `hi`), made from `name` and `seed`.
///
/// # Errors
/// [`GoldenError::Product`] if the shape has more than [`MAX_ELEMENTS`] elements.
pub fn uniform(name: &str, shape: &[usize], seed: u64, lo: f64, hi: f64) -> Result<ArrayD<f32>, GoldenError> {
    let count = elements(name, shape)?;
    let data: Vec<f32> = numbers(name, seed, lo, hi).take(count).collect();
    ArrayD::from_shape_vec(IxDyn(shape), data).map_err(GoldenError::product)
}

/// The interval [lo, hi) of a weight's numbers, by its key and shape; `None`: all numbers are 0 (a counter of batches).
///
/// Variances lie about 1, means about 0, scales about 1, biases about 0. A matrix or kernel keeps the size of what passes through it:
/// its interval has half the width sqrt(3 / the larger side), or sqrt(9 / inputs of one output) for three and more dimensions.
pub fn weight_range(key: &str, shape: &[usize]) -> Option<(f64, f64)> {
    let ends = |tails: &[&str]| tails.iter().any(|tail| key.ends_with(tail));
    let symmetric = |a: f64| Some((-a, a));
    if ends(&["_variance", "running_var"]) {
        return Some((0.5, 1.5));
    }
    if ends(&["_mean", "running_mean"]) {
        return symmetric(0.1);
    }
    if ends(&["num_batches_tracked"]) {
        return None;
    }
    match shape {
        [] | [_] if ends(&["weight", "alpha", "scale"]) => Some((0.8, 1.2)),
        [] | [_] => symmetric(0.1),
        &[d0, d1] => symmetric((3.0 / d0.max(d1) as f64).sqrt()),
        [_, rest @ ..] => symmetric((9.0 / rest.iter().map(|&d| d as f64).product::<f64>()).sqrt()),
    }
}

/// A checkpoint of f32 tensors with the keys and shapes of `shapes`, in that order.
///
/// A key in `values` gets those numbers (row-major), one in `ranges` that interval [lo, hi) in place of [`weight_range`]'s.
/// Keys of `ranges` and `values` that are not in `shapes` have no effect.
///
/// # Errors
/// [`GoldenError::Product`] if there are more than [`MAX_ELEMENTS`] elements in all, or `values` gives a key another number of elements
/// than its shape has.
pub fn checkpoint(
    shapes: &[(String, Vec<usize>)],
    seed: u64,
    ranges: &BTreeMap<String, [f64; 2]>,
    values: &BTreeMap<String, Vec<f64>>,
) -> Result<Checkpoint, GoldenError> {
    // All sizes are known to make sense before anything is made.
    let mut total = 0_usize;
    for (key, shape) in shapes {
        total = total.saturating_add(elements(key, shape)?);
    }
    if total > MAX_ELEMENTS {
        return Err(GoldenError::Product(format!("synthetic checkpoint: {total} elements in all, more than {MAX_ELEMENTS}")));
    }
    let mut made = Checkpoint::new();
    for (key, shape) in shapes {
        let count = elements(key, shape)?;
        let bytes = match values.get(key) {
            Some(given) if given.len() != count => {
                return Err(GoldenError::Product(format!(
                    "synthetic `{key}`: {} values are given, its shape {shape:?} has {count} elements",
                    given.len()
                )));
            }
            Some(given) => little_endian(count, given.iter().map(|&value| value as f32)),
            None => match ranges.get(key).map(|&[lo, hi]| (lo, hi)).or_else(|| weight_range(key, shape)) {
                Some((lo, hi)) => little_endian(count, numbers(key, seed, lo, hi)),
                None => vec![0; count * 4],
            },
        };
        let tensor = Tensor::new(DType::F32, shape, bytes).map_err(GoldenError::product)?;
        made.insert(key.clone(), tensor);
    }
    Ok(made)
}

/// The first `count` numbers as little-endian bytes. `count` is at most [`MAX_ELEMENTS`].
fn little_endian(count: usize, numbers: impl Iterator<Item = f32>) -> Vec<u8> {
    let mut bytes = vec![0; count * 4];
    for (place, number) in bytes.chunks_exact_mut(4).zip(numbers) {
        place.copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

/// How many elements a tensor of `shape` has, if that is not beyond all sense.
fn elements(name: &str, shape: &[usize]) -> Result<usize, GoldenError> {
    shape
        .iter()
        .try_fold(1_usize, |count, &d| count.checked_mul(d))
        .filter(|&count| count <= MAX_ELEMENTS)
        .ok_or_else(|| GoldenError::Product(format!("synthetic `{name}`: shape {shape:?} has more than {MAX_ELEMENTS} elements")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(name: &str, shape: &[usize], seed: u64, (lo, hi): (f64, f64)) -> Vec<u32> {
        uniform(name, shape, seed, lo, hi).unwrap().iter().map(|x| x.to_bits()).collect()
    }

    /// FNV-1a over the little-endian bytes: one number that stands for a whole tensor.
    fn digest(numbers: &[u32]) -> u64 {
        numbers.iter().flat_map(|x| x.to_le_bytes()).fold(FNV_OFFSET, |h, byte| (h ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
    }

    // Expected numbers of this module: the same rule in NumPy 2.4.6.

    #[test]
    fn numbers_equal_the_numpy_rule() {
        assert_eq!(bits("x", &[5], 401, (-2.0, 2.0)), [0x3f61_4208, 0x3ec1_6af0, 0xbf22_7d00, 0xbfa4_17be, 0xbfb2_bbb4]);
        assert_eq!(bits("", &[3], 0, (-0.1, 0.1)), [0x3d58_04c0, 0xbdb3_1ea3, 0xbd0a_5abd]);
        assert_eq!(bits("кириллица.weight", &[2, 2], u64::MAX, (0.8, 1.2)), [0x3f97_6649, 0x3f5b_6bee, 0x3f8b_4fcd, 0x3f58_1aa6]);
        assert_eq!(bits("s", &[], 7, (0.5, 1.5)), [0x3fa3_16de]);
    }

    #[test]
    fn whole_weights_equal_the_numpy_rule() {
        for (key, shape, expected) in
            [("conv1.conv.weight", vec![32, 3, 3, 3], 0x67ca_7a23_9094_38ed), ("fc.weight", vec![1280, 1000], 0xdaa4_63e1_c208_0d9f_u64)]
        {
            let range = weight_range(key, &shape).unwrap();
            assert_eq!(digest(&bits(key, &shape, 14, range)), expected, "{key}");
            let made = checkpoint(&[(key.to_owned(), shape)], 14, &BTreeMap::new(), &BTreeMap::new()).unwrap();
            let stored: Vec<u32> = made.get(key).unwrap().to_f32().unwrap().iter().map(|x| x.to_bits()).collect();
            assert_eq!(digest(&stored), expected, "{key} in a checkpoint");
        }
    }

    #[test]
    fn ranges_follow_key_and_shape() {
        type Row<'a> = (&'a str, &'a [usize], Option<(f64, f64)>);
        let table: [Row<'_>; 10] = [
            ("a._variance", &[4], Some((0.5, 1.5))),
            ("a.running_var", &[4], Some((0.5, 1.5))),
            ("a._mean", &[3], Some((-0.1, 0.1))),
            ("a.running_mean", &[3], Some((-0.1, 0.1))),
            ("x._mean", &[2, 3, 4], Some((-0.1, 0.1))),
            ("a.num_batches_tracked", &[], None),
            ("bn.weight", &[4], Some((0.8, 1.2))),
            ("p.alpha", &[1], Some((0.8, 1.2))),
            ("q.scale", &[], Some((0.8, 1.2))),
            ("bn.bias", &[4], Some((-0.1, 0.1))),
        ];
        for (key, shape, range) in table {
            assert_eq!(weight_range(key, shape), range, "{key}");
        }
        let roots: &[(&[usize], u64)] = &[
            (&[1280, 1000], 0x3fa8_c97e_f43f_7248),
            (&[3, 7], 0x3fe4_f2ec_413c_b52a),
            (&[32, 3, 3, 3], 0x3fe2_79a7_4590_331c),
            (&[5, 4, 2], 0x3ff0_f876_ccdf_6cd9),
        ];
        for &(shape, a) in roots {
            let a = f64::from_bits(a);
            assert_eq!(weight_range("any.weight", shape), Some((-a, a)), "{shape:?}");
        }
    }

    #[test]
    fn given_ranges_and_values_go_before_the_rule() {
        let shapes = ["a._mean", "b", "c.num_batches_tracked"].map(|key| (key.to_owned(), vec![2]));
        let ranges = BTreeMap::from([("a._mean".to_owned(), [5.0, 6.0])]);
        let values = BTreeMap::from([("b".to_owned(), vec![0.0, 1.0])]);
        let made = checkpoint(&shapes, 1, &ranges, &values).unwrap();
        let numbers = |key: &str| made.get(key).unwrap().to_f32().unwrap();
        assert!(numbers("a._mean").iter().all(|x| (5.0..6.0).contains(x)));
        assert_eq!(numbers("b"), [0.0, 1.0]);
        assert_eq!(numbers("c.num_batches_tracked"), [0.0, 0.0]);
        assert_eq!(made.keys().collect::<Vec<_>>(), ["a._mean", "b", "c.num_batches_tracked"]);
    }

    #[test]
    fn senseless_sizes_are_errors() {
        let none = BTreeMap::new();
        for shape in [vec![usize::MAX, 2], vec![MAX_ELEMENTS + 1]] {
            assert!(uniform("x", &shape, 0, 0.0, 1.0).unwrap_err().to_string().contains("elements"));
        }
        let three = |shape: &[usize]| ["a", "b", "c"].map(|key| (key.to_owned(), shape.to_vec()));
        let error = checkpoint(&three(&[MAX_ELEMENTS / 2]), 0, &none, &BTreeMap::new()).unwrap_err();
        assert!(error.to_string().contains("in all"), "{error}");
        assert!(checkpoint(&three(&[MAX_ELEMENTS, 0]), 0, &none, &BTreeMap::new()).is_ok(), "an empty tensor counts nothing");
        let values = BTreeMap::from([("a".to_owned(), vec![1.0])]);
        let error = checkpoint(&[("a".to_owned(), vec![2])], 0, &none, &values).unwrap_err();
        assert!(error.to_string().contains("1 values are given"), "{error}");
    }
}
