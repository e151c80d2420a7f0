//! The written forms of a case: weights, tensors and tolerances as they stand in `case.json`.
//!
//! The format tells its forms apart by which keys are present. Each is read into a flat list of optional keys first and then into an
//! enum, so that a wrong mixture of keys is an error that names them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::report::short;

/// Where the weights of a case come from, and how their keys are spelled there.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawWeights")]
pub struct Weights {
    /// Where the numbers are.
    pub source: WeightSource,
    /// A JSON file, relative to the case's folder, that maps each official key to the name of a constant in the source, which then is
    /// an ONNX file ([`Case::names`](crate::Case::names) reads it).
    pub names: Option<String>,
}

/// Where the numbers of a network are.
#[derive(Clone, Debug, PartialEq)]
pub enum WeightSource {
    /// Made from keys and a seed.
    Synthetic {
        /// The seed of all tensors.
        seed: u64,
        /// Key and shape of each tensor, in the checkpoint's order; `None`: they stand in `shapes.json` beside `case.json`.
        shapes: Option<Shapes>,
        /// Intervals that go before the rule's.
        ranges: BTreeMap<String, [f64; 2]>,
        /// Numbers that go before the rule, row-major.
        values: BTreeMap<String, Vec<f64>>,
    },
    /// A file, relative to the case's folder.
    File(String),
    /// A file inside a wheel of the Python package registry.
    Package {
        /// `NAME==VERSION`.
        package: String,
        /// The path inside the wheel.
        member: String,
        /// The file's SHA-256 in hexadecimal.
        sha256: String,
    },
}

/// Keys and shapes in the order of the file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "serde_json::Map<String, Value>")]
pub struct Shapes(pub Vec<(String, Vec<usize>)>);

/// Where an input comes from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawTensor")]
pub enum TensorSource {
    /// The tensor of that name in a safetensors file.
    Stored(StoredTensor),
    /// Made from its name and a seed.
    Synthetic {
        /// The name, which is half of the seed.
        name: String,
        /// The other half.
        seed: u64,
        /// The shape.
        shape: Vec<usize>,
        /// The smallest number.
        lo: f64,
        /// The bound that no number reaches.
        hi: f64,
    },
    /// An encoded picture.
    Picture {
        /// What the case calls it.
        name: String,
        /// The file, relative to the case's folder.
        path: String,
    },
}

impl TensorSource {
    /// What the case calls the input.
    pub fn name(&self) -> &str {
        match self {
            Self::Stored(stored) => &stored.name,
            Self::Synthetic { name, .. } | Self::Picture { name, .. } => name,
        }
    }
}

/// A tensor in a safetensors file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredTensor {
    /// The key of the tensor.
    pub name: String,
    /// The file, relative to the case's folder.
    pub file: String,
}

/// How far an output may be from the expected one.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawTolerance")]
pub enum Tolerance {
    /// The largest difference divided by the largest absolute expected value of the output.
    Relative(f64),
    /// The largest difference.
    Absolute(f64),
    /// For 8-bit pictures.
    Levels {
        /// No element may be off by more.
        levels: f64,
        /// At most this share of the elements may be off at all, 0 to 1.
        share: f64,
    },
}

impl fmt::Display for Tolerance {
    /// As in a report: `rel 1e-4`, `abs 0.02`, `levels 1, share 0.002`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relative(bound) => write!(f, "rel {}", short(*bound)),
            Self::Absolute(bound) => write!(f, "abs {}", short(*bound)),
            Self::Levels { levels, share } => write!(f, "levels {}, share {}", short(*levels), short(*share)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeights {
    synthetic: Option<u64>,
    shapes: Option<Shapes>,
    ranges: Option<BTreeMap<String, [f64; 2]>>,
    values: Option<BTreeMap<String, Vec<f64>>>,
    file: Option<String>,
    package: Option<String>,
    member: Option<String>,
    sha256: Option<String>,
    names: Option<String>,
}

impl TryFrom<RawWeights> for Weights {
    type Error = String;

    fn try_from(raw: RawWeights) -> Result<Self, String> {
        let beside_seed = raw.shapes.is_some() || raw.ranges.is_some() || raw.values.is_some();
        let beside_package = raw.member.is_some() || raw.sha256.is_some();
        let names = raw.names;
        let source = match (raw.synthetic, raw.file, raw.package) {
            (Some(seed), None, None) if !beside_package && names.is_none() => WeightSource::Synthetic {
                seed,
                shapes: raw.shapes,
                ranges: raw.ranges.unwrap_or_default(),
                values: raw.values.unwrap_or_default(),
            },
            (None, Some(file), None) if !beside_seed && !beside_package => WeightSource::File(file),
            (None, None, Some(package)) if !beside_seed => match (raw.member, raw.sha256) {
                (Some(member), Some(sha256)) => WeightSource::Package { package, member, sha256 },
                _ => return Err("weights with `package` need `member` and `sha256`".to_owned()),
            },
            _ => {
                return Err("weights are one of: `synthetic` (with `shapes`, `ranges`, `values`), `file` (with `names`), \
                            `package`, `member` and `sha256` (with `names`)"
                    .to_owned());
            }
        };
        Ok(Self { source, names })
    }
}

impl TryFrom<serde_json::Map<String, Value>> for Shapes {
    type Error = String;

    fn try_from(map: serde_json::Map<String, Value>) -> Result<Self, String> {
        let shape = |(key, value): (String, Value)| {
            let text = value.to_string();
            let shape = serde_json::from_value(value).map_err(|_| format!("shape of `{key}` is {text}: a list of sizes is expected"))?;
            Ok((key, shape))
        };
        map.into_iter().map(shape).collect::<Result<_, String>>().map(Self)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTensor {
    name: String,
    file: Option<String>,
    synthetic: Option<u64>,
    shape: Option<Vec<usize>>,
    lo: Option<f64>,
    hi: Option<f64>,
    picture: Option<String>,
}

impl TryFrom<RawTensor> for TensorSource {
    type Error = String;

    fn try_from(raw: RawTensor) -> Result<Self, String> {
        let RawTensor { name, file, synthetic, shape, lo, hi, picture } = raw;
        match (file, synthetic, picture, (shape, lo, hi)) {
            (Some(file), None, None, (None, None, None)) => Ok(Self::Stored(StoredTensor { name, file })),
            (None, Some(seed), None, (Some(shape), Some(lo), Some(hi))) if lo <= hi => Ok(Self::Synthetic { name, seed, shape, lo, hi }),
            (None, None, Some(path), (None, None, None)) => Ok(Self::Picture { name, path }),
            _ => Err(format!(
                "input `{name}` has, beside its name, one of: `file`; `synthetic`, `shape`, `lo` and `hi` (lo ≤ hi); `picture`"
            )),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTolerance {
    rel: Option<f64>,
    abs: Option<f64>,
    levels: Option<f64>,
    share: Option<f64>,
}

impl TryFrom<RawTolerance> for Tolerance {
    type Error = String;

    fn try_from(raw: RawTolerance) -> Result<Self, String> {
        let form = match (raw.rel, raw.abs, raw.levels, raw.share) {
            (Some(bound), None, None, None) => Some(Self::Relative(bound)).filter(|_| bound >= 0.0),
            (None, Some(bound), None, None) => Some(Self::Absolute(bound)).filter(|_| bound >= 0.0),
            (None, None, Some(levels), Some(share)) => {
                Some(Self::Levels { levels, share }).filter(|_| levels >= 0.0 && (0.0..=1.0).contains(&share))
            }
            _ => None,
        };
        form.ok_or_else(|| "a tolerance is one of: `rel` ≥ 0; `abs` ≥ 0; `levels` ≥ 0 and `share` from 0 to 1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Result<T, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn weights_have_three_forms() {
        let text =
            r#"{"synthetic": 18446744073709551615, "shapes": {"b": [2, 3], "a": []}, "ranges": {"a": [0, 0.5]}, "values": {"b": [1]}}"#;
        let WeightSource::Synthetic { seed, shapes, ranges, values } = read::<Weights>(text).unwrap().source else { panic!() };
        assert_eq!(seed, u64::MAX);
        assert_eq!(shapes.unwrap().0, [("b".to_owned(), vec![2, 3]), ("a".to_owned(), vec![])], "in the order of the file");
        assert_eq!((ranges["a"], values["b"].as_slice()), ([0.0, 0.5], [1.0].as_slice()));

        let weights: Weights = read(r#"{"file": "../a.onnx", "names": "n.json"}"#).unwrap();
        assert_eq!(weights, Weights { source: WeightSource::File("../a.onnx".into()), names: Some("n.json".into()) });

        let weights: Weights = read(r#"{"package": "p==1", "member": "m.onnx", "sha256": "00"}"#).unwrap();
        assert_eq!(weights.source, WeightSource::Package { package: "p==1".into(), member: "m.onnx".into(), sha256: "00".into() });
    }

    #[test]
    fn inputs_have_three_forms() {
        let stored: TensorSource = read(r#"{"name": "x", "file": "io.safetensors"}"#).unwrap();
        assert_eq!(stored, TensorSource::Stored(StoredTensor { name: "x".into(), file: "io.safetensors".into() }));
        let made: TensorSource = read(r#"{"name": "x", "synthetic": 3, "shape": [1, 2], "lo": -2, "hi": 2.0}"#).unwrap();
        assert_eq!(made, TensorSource::Synthetic { name: "x".into(), seed: 3, shape: vec![1, 2], lo: -2.0, hi: 2.0 });
        let picture: TensorSource = read(r#"{"name": "image", "picture": "a.png"}"#).unwrap();
        assert_eq!(picture.name(), "image");
    }

    #[test]
    fn tolerances_have_three_forms() {
        for (text, expected) in [
            (r#"{"rel": 1e-4}"#, "rel 1e-4"),
            (r#"{"abs": 0}"#, "abs 0"),
            (r#"{"abs": 0.0177}"#, "abs 0.0177"),
            (r#"{"levels": 1, "share": 0.002}"#, "levels 1, share 0.002"),
        ] {
            assert_eq!(read::<Tolerance>(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn mixtures_of_forms_are_errors_that_name_the_forms() {
        let weights = [
            r#"{}"#,
            r#"{"synthetic": 1, "file": "a"}"#,
            r#"{"synthetic": 1, "names": "n.json"}"#,
            r#"{"synthetic": 1, "sha256": "0"}"#,
            r#"{"file": "a", "shapes": {}}"#,
            r#"{"package": "p==1", "member": "m"}"#,
            r#"{"member": "m", "sha256": "0"}"#,
        ];
        for text in weights {
            assert!(read::<Weights>(text).unwrap_err().contains("weights"), "{text}");
        }
        for text in [r#"{"synthetic": -1}"#, r#"{"synthetic": 1.5}"#, r#"{"fle": "a"}"#, r#"{"synthetic": 1, "ranges": {"a": [0]}}"#] {
            read::<Weights>(text).unwrap_err();
        }
        let message = read::<Weights>(r#"{"synthetic": 1, "shapes": {"a": [1, -2]}}"#).unwrap_err();
        assert!(message.contains("shape of `a` is [1,-2]"), "{message}");
        let inputs = [
            r#"{"name": "x"}"#,
            r#"{"name": "x", "file": "a", "picture": "b"}"#,
            r#"{"name": "x", "file": "a", "shape": [1]}"#,
            r#"{"name": "x", "synthetic": 1, "shape": [1], "lo": 0}"#,
            r#"{"name": "x", "synthetic": 1, "shape": [1], "lo": 1, "hi": 0}"#,
        ];
        for text in inputs {
            assert!(read::<TensorSource>(text).unwrap_err().contains("input `x`"), "{text}");
        }
        let tolerances = [
            r#"{}"#,
            r#"{"rel": 1, "abs": 1}"#,
            r#"{"rel": -1}"#,
            r#"{"abs": -0.5}"#,
            r#"{"levels": 1}"#,
            r#"{"levels": 1, "share": 1.5}"#,
        ];
        for text in tolerances {
            assert!(read::<Tolerance>(text).unwrap_err().contains("tolerance is one of"), "{text}");
        }
    }
}
