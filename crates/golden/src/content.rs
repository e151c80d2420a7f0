//! What the files of a case hold: inputs, expected tensors, weights.

use std::collections::BTreeMap;
use std::path::PathBuf;

use vtk_weights::{Checkpoint, Tensor};

use crate::case::read_json;
use crate::form::{Shapes, StoredTensor, TensorSource, WeightSource, Weights};
use crate::outcome::Outcome;
use crate::walk::folder_name;
use crate::{Array, Case, GoldenError, Input, Packages, compare_arrays, synthetic};

impl Case {
    /// The `index`-th input, from 0.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if the case has no such input, or its tensor is missing or no array of a known kind; [`GoldenError::Io`] if
    /// its file can't be read; [`GoldenError::Product`] if its shape is beyond all sense.
    pub fn input(&self, index: usize) -> Result<Input, GoldenError> {
        let count = self.inputs.len();
        let source = self.inputs.get(index).ok_or_else(|| self.fault(format!("input {index} (from 0) is wanted of {count}")))?;
        match source {
            TensorSource::Stored(stored) => Ok(self.stored(std::slice::from_ref(stored), Array::from_tensor)?.remove(0).into()),
            TensorSource::Synthetic { name, seed, shape, lo, hi } => {
                synthetic::uniform(name, shape, *seed, *lo, *hi).map(Input::F32).map_err(|error| self.fault(error.to_string()))
            }
            TensorSource::Picture { path, .. } => {
                let path = self.path(path)?;
                let bytes = std::fs::read(&path).map_err(GoldenError::io(&path))?;
                Ok(Input::Picture { path, bytes })
            }
        }
    }

    /// The input called `name`.
    ///
    /// # Errors
    /// As [`Case::input`].
    pub fn input_named(&self, name: &str) -> Result<Input, GoldenError> {
        let index = self.inputs.iter().position(|source| source.name() == name);
        self.input(index.ok_or_else(|| self.fault(format!("no input is called `{name}`")))?)
    }

    /// The expected tensors, each with the name of its output (what stands after `expected.`), in order.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if the case expects no tensors, or one is missing or no array of a known kind.
    pub fn expected(&self) -> Result<Vec<(String, Array)>, GoldenError> {
        self.named(Array::from_tensor)
    }

    /// The expected tensors as they are in the file, bit for bit; otherwise as [`Case::expected`].
    ///
    /// # Errors
    /// [`GoldenError::Case`] if the case expects no tensors, or one is missing.
    pub fn expected_tensors(&self) -> Result<Vec<(String, Tensor)>, GoldenError> {
        self.named(|tensor| Ok(tensor.clone()))
    }

    /// Compares the outputs `got`, in order, with the expected tensors under the case's tolerance: one outcome for each.
    ///
    /// # Errors
    /// As [`Case::expected`] and [`Case::tolerance`].
    pub fn compare(&self, got: &[Array]) -> Result<Vec<Outcome>, GoldenError> {
        let tolerance = self.tolerance()?;
        let want = self.expected()?;
        if got.len() != want.len() {
            let problem = format!("{} outputs, where {} are expected", got.len(), want.len());
            return Ok(vec![Outcome::failed("outputs", "as many", problem)]);
        }
        Ok(want.iter().zip(got).map(|((name, want), got)| compare_arrays(name, got, want, &tolerance)).collect())
    }

    /// The weights as a checkpoint: made from their seed, or read from their file. Graphs and files of packages are no checkpoints:
    /// see [`Case::weights_bytes`].
    ///
    /// # Errors
    /// [`GoldenError::Case`] if there are none, they are of another form, or the shapes make no sense; [`GoldenError::Product`] if the
    /// file can't be read as a checkpoint.
    pub fn checkpoint(&self) -> Result<Checkpoint, GoldenError> {
        match &self.weights()?.source {
            WeightSource::Synthetic { seed, shapes, ranges, values } => {
                let beside = self.dir.join("shapes.json");
                let shapes = match shapes {
                    Some(shapes) => shapes.clone(),
                    None => read_json::<Shapes>(&beside)?,
                };
                synthetic::checkpoint(&shapes.0, *seed, ranges, values).map_err(|error| self.fault(error.to_string()))
            }
            WeightSource::File(file) => Checkpoint::from_path(&self.path(file)?).map_err(GoldenError::product),
            WeightSource::Package { member, .. } => Err(self.fault(format!("`{member}` of a package is a graph, no checkpoint"))),
        }
    }

    /// The path of the weights' file, in the case's tree or in a package.
    ///
    /// # Errors
    /// [`GoldenError::Case`] if there is no such file, because the weights are synthetic or absent; [`GoldenError::Package`] if its
    /// package is not at hand.
    pub fn weights_path(&self, packages: &dyn Packages) -> Result<PathBuf, GoldenError> {
        match &self.weights()?.source {
            WeightSource::Synthetic { .. } => Err(self.fault("synthetic weights have no file")),
            WeightSource::File(file) => self.path(file),
            WeightSource::Package { package, member, sha256 } => packages.member(package, member, sha256),
        }
    }

    /// Name and content of the weights' file; the name is that of the file alone.
    ///
    /// # Errors
    /// As [`Case::weights_path`], and [`GoldenError::Io`] if the file can't be read.
    pub fn weights_bytes(&self, packages: &dyn Packages) -> Result<(String, Vec<u8>), GoldenError> {
        let path = self.weights_path(packages)?;
        let bytes = std::fs::read(&path).map_err(GoldenError::io(&path))?;
        Ok((folder_name(&path), bytes))
    }

    /// Official key → name of a constant in the weights' graph, where the case has such a map: the native network takes its weights
    /// from those constants.
    ///
    /// # Errors
    /// [`GoldenError::Io`] if the file can't be read, [`GoldenError::Case`] if it is no such map.
    pub fn names(&self) -> Result<Option<BTreeMap<String, String>>, GoldenError> {
        let file = self.weights.as_ref().and_then(|weights| weights.names.as_ref());
        file.map(|file| read_json(&self.path(file)?)).transpose()
    }

    fn weights(&self) -> Result<&Weights, GoldenError> {
        self.weights.as_ref().ok_or_else(|| self.fault("`weights` are missing, and this kind needs them"))
    }

    fn named<T>(&self, convert: impl Fn(&Tensor) -> Result<T, String>) -> Result<Vec<(String, T)>, GoldenError> {
        if self.expected.is_empty() {
            return Err(self.fault("`expected` lists no tensor, and this kind needs one"));
        }
        let names = self.expected.iter().map(|stored| stored.name.strip_prefix("expected.").unwrap_or(&stored.name).to_owned());
        Ok(names.zip(self.stored(&self.expected, convert)?).collect())
    }

    /// Tensors out of safetensors files, each file read once.
    fn stored<T>(&self, wanted: &[StoredTensor], convert: impl Fn(&Tensor) -> Result<T, String>) -> Result<Vec<T>, GoldenError> {
        let mut files: BTreeMap<&str, Checkpoint> = BTreeMap::new();
        for StoredTensor { file, .. } in wanted {
            if !files.contains_key(file.as_str()) {
                let path = self.path(file)?;
                let read = Checkpoint::from_path(&path).map_err(|error| self.fault(error.to_string()))?;
                files.insert(file, read);
            }
        }
        let one = |stored: &StoredTensor| {
            let StoredTensor { name, file } = stored;
            let tensor = files.get(file.as_str()).and_then(|read| read.get(name)).ok_or_else(|| "no such tensor".to_owned());
            tensor.and_then(&convert).map_err(|problem| GoldenError::case(self.dir.join(file), format!("tensor `{name}`: {problem}")))
        };
        wanted.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::arr1;
    use serde::Deserialize;
    use tempfile::TempDir;
    use vtk_weights::DType;

    use super::*;
    use crate::NoPackages;
    use crate::walk::CASE_FILE;

    /// A case with the given `case.json`, beside an `io.safetensors` with `x` (two bytes) and `expected.y` (two f32).
    fn folder(json: &str) -> TempDir {
        let dir = tempfile::tempdir().unwrap();
        let mut io = Checkpoint::new();
        io.insert("x", Tensor::new(DType::U8, &[2], vec![7, 9]).unwrap());
        io.insert("expected.y", Tensor::from_f32(&[2], &[1.0, -2.0]).unwrap());
        io.save_safetensors(&dir.path().join("io.safetensors")).unwrap();
        fs::write(dir.path().join(CASE_FILE), json).unwrap();
        dir
    }

    const WHOLE: &str = r#"{"format": 1, "kind": "network.cls", "spec": {"arch": "a", "classes": 3},
        "weights": {"synthetic": 5, "shapes": {"b.weight": [2, 3], "a.bias": [4]}},
        "inputs": [{"name": "x", "file": "io.safetensors"}, {"name": "z", "synthetic": 1, "shape": [3], "lo": 0, "hi": 1},
                   {"name": "p", "picture": "p.png"}],
        "expected": [{"name": "expected.y", "file": "io.safetensors"}], "tolerance": {"rel": 1e-4},
        "made_with": "hand", "note": "n"}"#;

    #[test]
    fn a_whole_case_is_read() {
        let dir = folder(WHOLE);
        fs::write(dir.path().join("p.png"), b"png").unwrap();
        let case = Case::load(dir.path()).unwrap();
        assert_eq!((case.kind.as_str(), case.made_with.as_str(), case.note.as_str()), ("network.cls", "hand", "n"));
        #[derive(Deserialize)]
        struct Spec {
            arch: String,
            classes: usize,
        }
        let spec: Spec = case.spec_as().unwrap();
        assert_eq!((spec.arch.as_str(), spec.classes), ("a", 3));
        assert_eq!(case.input(0).unwrap(), Input::U8(arr1(&[7, 9]).into_dyn()));
        assert_eq!(case.input_named("z").unwrap(), Input::F32(synthetic::uniform("z", &[3], 1, 0.0, 1.0).unwrap()));
        assert_eq!(case.input(2).unwrap(), Input::Picture { path: dir.path().join("p.png"), bytes: b"png".to_vec() });
        assert_eq!(case.expected().unwrap(), [("y".to_owned(), arr1(&[1.0_f32, -2.0]).into())]);
        assert_eq!(case.checkpoint().unwrap().keys().collect::<Vec<_>>(), ["b.weight", "a.bias"]);
        let outcomes = case.compare(&[arr1(&[1.0_f32, -2.0001]).into()]).unwrap();
        assert!(outcomes.len() == 1 && outcomes[0].ok, "{outcomes:?}");
        let outcomes = case.compare(&[]).unwrap();
        assert!(!outcomes[0].ok, "a missing output fails: {outcomes:?}");
    }

    #[test]
    fn what_a_case_lacks_is_an_error_that_says_so() {
        let dir = folder(r#"{"format": 1, "kind": "k", "spec": {"a": 1}, "expected_json": {"a": 1}, "made_with": ""}"#);
        let case = Case::load(dir.path()).unwrap();
        for (error, part) in [
            (case.tolerance().unwrap_err(), "`tolerance` is missing"),
            (case.input(0).unwrap_err(), "input 0 (from 0) is wanted of 0"),
            (case.input_named("x").unwrap_err(), "no input is called `x`"),
            (case.expected().unwrap_err(), "`expected` lists no tensor"),
            (case.checkpoint().unwrap_err(), "`weights` are missing"),
            (case.weights_path(&NoPackages).unwrap_err(), "`weights` are missing"),
            (case.spec_as::<BTreeMap<String, String>>().unwrap_err(), "spec: invalid type: integer `1`"),
            (case.expected_json_as::<Vec<u8>>().unwrap_err(), "expected_json: invalid type: map"),
            (case.path("/etc/hosts").unwrap_err(), "no path relative"),
            (case.path("").unwrap_err(), "no path relative"),
        ] {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!(case.text("missing.txt").unwrap_err().kind(), "io");
        assert_eq!(case.names().unwrap(), None);
    }

    #[test]
    fn files_that_are_not_as_the_case_says_are_errors() {
        let json = |file: &str, name: &str| {
            format!(r#"{{"format": 1, "kind": "k", "spec": {{}}, "expected": [{{"name": "{name}", "file": "{file}"}}]}}"#)
        };
        let dir = folder(&json("io.safetensors", "absent"));
        let text = Case::load(dir.path()).unwrap().expected().unwrap_err().to_string();
        assert!(text.contains("tensor `absent`: no such tensor"), "{text}");
        let dir = folder(&json("broken.safetensors", "x"));
        fs::write(dir.path().join("broken.safetensors"), b"not one").unwrap();
        let error = Case::load(dir.path()).unwrap().expected().unwrap_err();
        assert!(error.to_string().contains("broken.safetensors"), "{error}");
        let dir = folder(r#"{"format": 1, "kind": "k", "spec": {}, "weights": {"synthetic": 1}, "expected_json": 1}"#);
        let case = Case::load(dir.path()).unwrap();
        assert!(case.checkpoint().unwrap_err().to_string().contains("shapes.json"));
        fs::write(dir.path().join("shapes.json"), r#"{"a.weight": [2]}"#).unwrap();
        assert_eq!(case.checkpoint().unwrap().len(), 1);
        fs::write(dir.path().join("shapes.json"), r#"{"a.weight": [99999999999, 99999999999]}"#).unwrap();
        assert!(case.checkpoint().unwrap_err().to_string().contains("elements"));
    }

    #[test]
    fn weights_of_files_and_packages_are_found() {
        let weights = |form: &str| folder(&format!(r#"{{"format": 1, "kind": "k", "spec": {{}}, "weights": {form}, "expected_json": 1}}"#));
        let dir = weights(r#"{"file": "io.safetensors", "names": "names.json"}"#);
        fs::write(dir.path().join("names.json"), r#"{"conv.weight": "conv2d_0.w_0"}"#).unwrap();
        let case = Case::load(dir.path()).unwrap();
        assert_eq!(case.checkpoint().unwrap().len(), 2);
        assert_eq!(case.weights_bytes(&NoPackages).unwrap().0, "io.safetensors");
        assert_eq!(case.names().unwrap().unwrap()["conv.weight"], "conv2d_0.w_0");

        let dir = weights(r#"{"package": "p==1.0", "member": "p/m.onnx", "sha256": "00"}"#);
        let case = Case::load(dir.path()).unwrap();
        let error = case.weights_bytes(&NoPackages).unwrap_err();
        assert_eq!(error.kind(), "package");
        for part in ["p==1.0", "p/m.onnx", "vtk golden --pull"] {
            assert!(error.to_string().contains(part), "{error}");
        }
        assert_eq!(case.checkpoint().unwrap_err().kind(), "case");
    }
}
