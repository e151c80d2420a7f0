//! Arrays against arrays, under the three tolerances of the format.

use ndarray::{ArrayViewD, Dimension, Zip};

use crate::outcome::Outcome;
use crate::{Array, Tolerance};

/// A number that can be compared. Implemented for the numbers that [`Array`] holds.
pub trait Element: Copy {
    /// The number itself, rounded where an f64 is too short.
    fn value(self) -> f64;
    /// The size of the difference: 0 only if both are equal, or both NaN; infinite between a NaN or an infinity and anything else.
    fn distance(self, other: Self) -> f64;
}

impl Element for f32 {
    fn value(self) -> f64 {
        f64::from(self)
    }

    fn distance(self, other: Self) -> f64 {
        if self == other || self.is_nan() && other.is_nan() {
            return 0.0;
        }
        let difference = (f64::from(self) - f64::from(other)).abs();
        if difference.is_nan() { f64::INFINITY } else { difference }
    }
}

macro_rules! integer_elements {
    ($($number:ty),+) => {
        $(impl Element for $number {
            fn value(self) -> f64 {
                self as f64
            }

            fn distance(self, other: Self) -> f64 {
                self.abs_diff(other) as f64
            }
        })+
    };
}

integer_elements!(u8, i32, i64);

/// Compares one output with the expected one. Another shape is a failure; a NaN equals a NaN and nothing else, an infinity only itself.
pub fn compare<T: Element>(output: &str, got: ArrayViewD<'_, T>, want: ArrayViewD<'_, T>, tolerance: &Tolerance) -> Outcome {
    let bound = tolerance.to_string();
    if got.shape() != want.shape() {
        return Outcome::failed(output, bound, format!("shape {:?}, expected {:?}", got.shape(), want.shape()));
    }
    let Difference { largest, differing, scale } = Difference::between(&got, &want);
    let (error, ok) = match *tolerance {
        // Where all that is expected is 0, nothing but 0 will do.
        Tolerance::Relative(bound) => {
            let error = if largest == 0.0 { 0.0 } else { largest / scale };
            (error, error <= bound)
        }
        Tolerance::Absolute(bound) => (largest, largest <= bound),
        Tolerance::Levels { levels, share } => (largest, largest <= levels && differing as f64 <= share * got.len() as f64),
    };
    Outcome::new(output, error, bound, ok, || detail(&got, &want, differing))
}

/// What two arrays of one shape have between them.
struct Difference {
    /// The largest distance of two elements.
    largest: f64,
    /// How many elements are not equal.
    differing: usize,
    /// The largest finite absolute expected value.
    scale: f64,
}

impl Difference {
    fn between<T: Element>(got: &ArrayViewD<'_, T>, want: &ArrayViewD<'_, T>) -> Self {
        let none = Self { largest: 0.0, differing: 0, scale: 0.0 };
        Zip::from(got).and(want).fold(none, |sum, &a, &b| {
            let distance = a.distance(b);
            let size = b.value().abs();
            Self {
                largest: sum.largest.max(distance),
                differing: sum.differing + usize::from(distance > 0.0),
                scale: if size.is_finite() { sum.scale.max(size) } else { sum.scale },
            }
        })
    }
}

/// Where two arrays of one shape differ most.
fn detail<T: Element>(got: &ArrayViewD<'_, T>, want: &ArrayViewD<'_, T>, differing: usize) -> String {
    let pairs = got.indexed_iter().zip(want.iter());
    let worst = pairs.max_by(|((_, a), b), ((_, c), d)| a.distance(**b).total_cmp(&c.distance(**d)));
    worst.map_or_else(String::new, |((place, a), b)| {
        let (a, b, count) = (a.value(), b.value(), got.len());
        format!("{a}, expected {b}, at {:?}; {differing} of {count} elements differ", place.slice())
    })
}

/// [`compare`] for arrays whose numbers are known only at run time; another kind of number is a failure.
pub fn compare_arrays(output: &str, got: &Array, want: &Array, tolerance: &Tolerance) -> Outcome {
    match (got, want) {
        (Array::F32(got), Array::F32(want)) => compare(output, got.view(), want.view(), tolerance),
        (Array::U8(got), Array::U8(want)) => compare(output, got.view(), want.view(), tolerance),
        (Array::I32(got), Array::I32(want)) => compare(output, got.view(), want.view(), tolerance),
        (Array::I64(got), Array::I64(want)) => compare(output, got.view(), want.view(), tolerance),
        _ => Outcome::failed(output, tolerance.to_string(), format!("numbers are {}, expected {}", got.dtype(), want.dtype())),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, ArrayD, IxDyn, arr1, arr2};

    use super::*;

    fn outcome<T: Element>(got: &[T], want: &[T], tolerance: Tolerance) -> Outcome {
        let (got, want): (Array1<T>, Array1<T>) = (arr1(got), arr1(want));
        compare("y", got.view().into_dyn(), want.view().into_dyn(), &tolerance)
    }

    #[test]
    fn relative_is_to_the_largest_expected_value() {
        // Off by 0.5 where the largest expected value is 4.
        let relative = |bound| outcome(&[1.5_f32, -4.0], &[1.0, -4.0], Tolerance::Relative(bound));
        assert_eq!((relative(0.125).ok, relative(0.125).error), (true, 0.125));
        assert!(!relative(0.124).ok);
        assert!(outcome(&[0.0_f32, 0.0], &[0.0, -0.0], Tolerance::Relative(0.0)).ok);
        assert!(!outcome(&[1e-30_f32], &[0.0], Tolerance::Relative(1.0)).ok, "against zeros nothing but zeros will do");
        assert!(
            !outcome(&[f32::INFINITY, 5.0], &[f32::INFINITY, 1.0], Tolerance::Relative(1.0)).ok,
            "an expected infinity is no measure for the rest"
        );
    }

    #[test]
    fn absolute_is_the_largest_difference() {
        assert_eq!(outcome(&[1.5_f32, 9.0], &[1.0, 9.0], Tolerance::Absolute(0.5)).error, 0.5);
        assert!(outcome(&[1.5_f32], &[1.0], Tolerance::Absolute(0.5)).ok);
        assert!(!outcome(&[1.5_f32], &[1.0], Tolerance::Absolute(0.49)).ok);
        assert!(!outcome(&[i64::MAX], &[i64::MAX - 1], Tolerance::Absolute(0.0)).ok, "exact beyond the integers of an f64");
        assert_eq!(outcome(&[i64::MIN], &[i64::MAX], Tolerance::Absolute(0.0)).error, u64::MAX as f64);
        assert!(outcome(&[-3_i32], &[-3], Tolerance::Absolute(0.0)).ok);
    }

    #[test]
    fn levels_bound_size_and_share() {
        let levels = |levels, share| outcome(&[10_u8, 11, 12, 13], &[10, 11, 12, 15], Tolerance::Levels { levels, share });
        assert!(levels(2.0, 0.25).ok);
        assert!(!levels(1.0, 0.25).ok);
        assert!(!levels(2.0, 0.24).ok);
        assert_eq!(levels(1.0, 1.0).error, 2.0);
        assert!(outcome(&[7_u8], &[7], Tolerance::Levels { levels: 0.0, share: 0.0 }).ok);
    }

    #[test]
    fn nan_and_infinity_equal_themselves_alone() {
        let (nan, inf) = (f32::NAN, f32::INFINITY);
        let loose = Tolerance::Absolute(f64::MAX);
        assert!(outcome(&[nan, inf, -inf], &[nan, inf, -inf], Tolerance::Absolute(0.0)).ok);
        for (got, want) in [(nan, 1.0), (1.0, nan), (inf, -inf), (inf, f32::MAX), (0.0, inf), (nan, inf)] {
            for tolerance in [loose, Tolerance::Relative(f64::MAX), Tolerance::Levels { levels: f64::MAX, share: 1.0 }] {
                assert!(!outcome(&[got, 2.0], &[want, 2.0], tolerance).ok, "{got} {want} {tolerance}");
            }
        }
    }

    #[test]
    fn shapes_and_kinds_of_numbers_must_agree() {
        let tolerance = Tolerance::Absolute(1e9);
        let row: Array = arr2(&[[1.0_f32, 2.0]]).into();
        let failed = compare_arrays("y", &arr1(&[1.0_f32, 2.0]).into(), &row, &tolerance);
        assert_eq!(failed.detail.unwrap(), "shape [2], expected [1, 2]");
        let failed = compare_arrays("y", &arr2(&[[1_i32, 2]]).into(), &row, &tolerance);
        assert_eq!(failed.detail.unwrap(), "numbers are i32, expected f32");
        let none: ArrayD<f32> = ArrayD::zeros(IxDyn(&[0, 6]));
        assert!(compare("y", none.view(), none.view(), &Tolerance::Relative(0.0)).ok, "nothing equals nothing");
    }

    #[test]
    fn a_failure_says_where() {
        let failed = compare(
            "y",
            arr2(&[[1.0_f32, 2.0], [3.0, 9.0]]).view().into_dyn(),
            arr2(&[[1.0_f32, 2.5], [3.0, 4.0]]).view().into_dyn(),
            &Tolerance::Absolute(0.0),
        );
        assert_eq!(failed.detail.unwrap(), "9, expected 4, at [1, 1]; 2 of 4 elements differ");
    }
}
