//! Replays of weight files: those that must load, exact to the bit, and those that must be refused, by the class of the error.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::Deserialize;
use vtk_weights::{Checkpoint, DType, Format, StrictLoad, Tensor, WeightsError};

use crate::{Case, GoldenError, NoPackages, Outcome, Packages, Replay};

/// Replays the kinds `checkpoint.read` and `checkpoint.refuse`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckpointReplay;

impl Replay for CheckpointReplay {
    fn kinds(&self) -> &'static [&'static str] {
        &["checkpoint.read", "checkpoint.refuse"]
    }

    fn replay(&self, case: &Case, _packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        let spec: Spec = case.spec_as()?;
        // The name alone, not the path: what an error must mention may stand in a path by chance.
        let (name, bytes) = case.weights_bytes(&NoPackages)?;
        if Format::of_name(&name).is_none_or(|format| format.as_str() != spec.format) {
            return Err(case.fault(format!("spec: format `{}`, and the file is `{name}`", spec.format)));
        }
        let read = || Checkpoint::from_bytes(&name, &bytes);
        match case.kind.as_str() {
            "checkpoint.read" => compare_tensors(case, &read().map_err(GoldenError::product)?),
            _ => compare_refusal(case, &spec, || read().and_then(|checkpoint| load(&checkpoint, spec.want.as_ref()))),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    format: String,
    /// Keys and shapes into which the file is loaded strictly.
    want: Option<BTreeMap<String, Vec<usize>>>,
    max_seconds: Option<f64>,
}

/// What a file that must load holds, in its order.
#[derive(Deserialize)]
struct Listed {
    tensors: Vec<Entry>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: String,
    dtype: String,
    shape: Vec<usize>,
    /// Paddle's internal name. Listed where the file has a table of names; elsewhere Paddle made it up, and it may be anything.
    param: Option<String>,
}

/// The list of tensors, then the numbers of each.
fn compare_tensors(case: &Case, checkpoint: &Checkpoint) -> Result<Vec<Outcome>, GoldenError> {
    let listed: Listed = case.expected_json_as()?;
    let mut got: Vec<Entry> = checkpoint.iter().map(|(key, tensor)| entry(key, tensor)).collect();
    for (got, listed) in got.iter_mut().zip(&listed.tensors) {
        got.param = got.param.take().filter(|_| listed.param.is_some());
    }
    let mut outcomes = vec![Outcome::same("tensors", &got, &listed.tensors)];
    for (key, want) in case.expected_tensors()? {
        outcomes.push(match checkpoint.get(&key) {
            Some(tensor) => compare_bits(&key, tensor, &want)?,
            None => Outcome::failed(&key, "exact", "no such tensor"),
        });
    }
    Ok(outcomes)
}

fn entry(key: &str, tensor: &Tensor) -> Entry {
    Entry {
        key: key.to_owned(),
        dtype: tensor.dtype().to_string(),
        shape: tensor.shape().to_vec(),
        param: tensor.param().map(str::to_owned),
    }
}

/// The bytes of a tensor against the expected ones; bf16 is expected widened to f32.
fn compare_bits(key: &str, got: &Tensor, want: &Tensor) -> Result<Outcome, GoldenError> {
    let widened = match got.dtype() {
        DType::Bf16 => Some(Tensor::from_f32(got.shape(), &got.to_f32().map_err(GoldenError::product)?).map_err(GoldenError::product)?),
        _ => None,
    };
    let got = widened.as_ref().unwrap_or(got);
    if (got.dtype(), got.shape()) != (want.dtype(), want.shape()) {
        let detail = format!("{} {:?}, expected {} {:?}", got.dtype(), got.shape(), want.dtype(), want.shape());
        return Ok(Outcome::failed(key, "exact", detail));
    }
    let differing = got.bytes().iter().zip(want.bytes()).filter(|(a, b)| a != b).count();
    let equal = got.bytes() == want.bytes();
    Ok(Outcome::new(key, if equal { 0.0 } else { f64::INFINITY }, "exact", equal, || format!("{differing} bytes differ")))
}

/// Loads `want` strictly, as a network would; where the case wants nothing in particular, only what no weight may be is looked for.
fn load(checkpoint: &Checkpoint, want: Option<&BTreeMap<String, Vec<usize>>>) -> Result<(), WeightsError> {
    let Some(want) = want else { return checkpoint.check_finite() };
    let mut load = StrictLoad::new(checkpoint);
    for (key, shape) in want {
        load.take(key, shape);
    }
    load.finish()
}

/// How a file must be refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    error: String,
    #[serde(default)]
    or: Vec<String>,
    mentions: Vec<String>,
}

/// The class of the error, what its message must mention, and the time where it matters.
fn compare_refusal(case: &Case, spec: &Spec, load: impl FnOnce() -> Result<(), WeightsError>) -> Result<Vec<Outcome>, GoldenError> {
    let Refusal { error: class, or, mentions } = case.expected_json_as()?;
    let start = Instant::now();
    let result = load();
    let seconds = start.elapsed().as_secs_f64();

    let bound = [class].into_iter().chain(or).collect::<Vec<_>>();
    let Err(error) = result else {
        return Ok(vec![Outcome::failed("refusal", bound.join(" or "), "the file was loaded")]);
    };
    let message = error.to_string();
    let found = error.kind().as_str();
    let known = bound.iter().any(|class| class == found);
    let verdict = |ok: bool| if ok { 0.0 } else { f64::INFINITY };
    let mut outcomes = vec![Outcome::new("class", verdict(known), bound.join(" or "), known, || format!("{found}: {message}"))];
    if !mentions.is_empty() {
        let ok = mentions.iter().all(|text| has_word(&message, text));
        outcomes.push(Outcome::new("message", verdict(ok), format!("mentions {mentions:?}"), ok, || message));
    }
    if let Some(limit) = spec.max_seconds {
        // The time itself is told only where it is too long, so that a report is the same on every run.
        let ok = seconds <= limit;
        outcomes.push(Outcome::new("time", verdict(ok), format!("{limit} s"), ok, || format!("{seconds:.1} s")));
    }
    Ok(outcomes)
}

/// Whether `text` stands in `message` as a word, or words, of its own: the name of a tensor may be a single letter.
fn has_word(message: &str, text: &str) -> bool {
    let inner = |c: char| c.is_alphanumeric();
    message.match_indices(text).any(|(start, _)| {
        let (before, after) = (message[..start].chars().next_back(), message[start + text.len()..].chars().next());
        !before.is_some_and(inner) && !after.is_some_and(inner)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use vtk_weights::Format;

    use super::*;

    /// The reports' verdict on a case whose file is `file.safetensors` with these tensors.
    fn replay(kind: &str, spec: &str, expected: &str, tensors: &[(&str, Tensor)]) -> Result<Vec<Outcome>, GoldenError> {
        let dir = tempfile::tempdir().unwrap();
        let mut file = Checkpoint::new();
        let mut io = Checkpoint::new();
        for (key, tensor) in tensors {
            file.insert(*key, tensor.clone());
            io.insert(format!("expected.{key}"), tensor.clone());
        }
        file.save_safetensors(&dir.path().join(format!("file.{}", Format::Safetensors))).unwrap();
        io.save_safetensors(&dir.path().join("io.safetensors")).unwrap();
        let stored: Vec<String> =
            tensors.iter().map(|(key, _)| format!(r#"{{"name": "expected.{key}", "file": "io.safetensors"}}"#)).collect();
        let json = format!(
            r#"{{"format": 1, "kind": "{kind}", "spec": {spec}, "weights": {{"file": "file.safetensors"}},
                "expected": [{}], "expected_json": {expected}}}"#,
            stored.join(", ")
        );
        fs::write(dir.path().join("case.json"), json).unwrap();
        CheckpointReplay.replay(&Case::load(dir.path()).unwrap(), &NoPackages)
    }

    fn floats(numbers: &[f32]) -> Tensor {
        Tensor::from_f32(&[numbers.len()], numbers).unwrap()
    }

    const SAFETENSORS: &str = r#"{"format": "safetensors"}"#;

    #[test]
    fn reading_compares_list_and_bits() {
        let list = |key: &str| format!(r#"{{"tensors": [{{"key": "{key}", "dtype": "f32", "shape": [2]}}]}}"#);
        let outcomes = replay("checkpoint.read", SAFETENSORS, &list("w"), &[("w", floats(&[f32::NAN, -0.0]))]).unwrap();
        assert!(outcomes.len() == 2 && outcomes.iter().all(|outcome| outcome.ok), "{outcomes:?}");
        let outcomes = replay("checkpoint.read", SAFETENSORS, &list("v"), &[("w", floats(&[1.0, 2.0]))]).unwrap();
        assert_eq!(outcomes.iter().map(|outcome| outcome.ok).collect::<Vec<_>>(), [false, true]);
        assert!(!compare_bits("w", &floats(&[0.0]), &floats(&[-0.0])).unwrap().ok, "a sign of zero is a bit");
        assert!(!compare_bits("w", &floats(&[0.0]), &Tensor::from_f32(&[1, 1], &[0.0]).unwrap()).unwrap().ok);
        let half = Tensor::new(DType::Bf16, &[1], vec![0x80, 0x3f]).unwrap();
        assert!(compare_bits("w", &half, &floats(&[1.0])).unwrap().ok);
    }

    #[test]
    fn refusing_compares_class_and_message() {
        let tensors = [("fc.weight", floats(&[1.0, f32::NAN]))];
        let verdicts = |spec: &str, expected: &str| -> Vec<bool> {
            replay("checkpoint.refuse", spec, expected, &tensors).unwrap().iter().map(|outcome| outcome.ok).collect()
        };
        let wanting = r#"{"format": "safetensors", "want": {"fc.weight": [3]}}"#;
        assert_eq!(verdicts(SAFETENSORS, r#"{"error": "not-finite", "mentions": ["fc.weight"]}"#), [true, true]);
        assert_eq!(verdicts(SAFETENSORS, r#"{"error": "unsafe", "or": ["not-finite"], "mentions": []}"#), [true]);
        assert_eq!(verdicts(SAFETENSORS, r#"{"error": "unsafe", "mentions": ["fc.bias"]}"#), [false, false]);
        assert_eq!(verdicts(wanting, r#"{"error": "wrong-shape", "mentions": ["weight"]}"#), [true, true]);
        let timed = r#"{"format": "safetensors", "max_seconds": 60}"#;
        assert_eq!(verdicts(timed, r#"{"error": "not-finite", "mentions": []}"#), [true, true]);
        let loaded = replay("checkpoint.refuse", SAFETENSORS, r#"{"error": "unsafe", "mentions": []}"#, &[("w", floats(&[1.0]))]);
        assert_eq!(loaded.unwrap()[0].detail.as_deref(), Some("the file was loaded"));
        let error = replay("checkpoint.refuse", r#"{"format": "pdparams"}"#, r#"{"error": "unsafe", "mentions": []}"#, &tensors);
        assert_eq!(error.unwrap_err().kind(), "case");
    }

    #[test]
    fn a_mention_is_a_word_of_its_own() {
        for (message, text, expected) in [
            ("tensor `w` has no data", "w", true),
            ("not what was wanted", "w", false),
            ("asks for os.system", "os", true),
            ("a position", "os", false),
            ("slice w@@.1 is missing", "w@@.1", true),
            ("was: w", "w", true),
        ] {
            assert_eq!(has_word(message, text), expected, "{message}");
        }
    }
}
