//! The two models of a name: a set of the catalogue, or a folder with one of each.

use std::fs;
use std::path::{Path, PathBuf};

use vtk_zoo::Zoo;

use crate::OcrError;

/// The set that is taken where none is named: PP-OCRv6 tiny.
pub const DEFAULT_SET: &str = "ppocr-v6-tiny";

/// Names or paths of the detector and the recognizer that go by one name: a set of the catalogue, or a folder with a model for each, `det`
/// and `rec` in their names; a model there is a file, or a folder with `inference.onnx` as PaddleOCR 3 lays it out.
///
/// # Errors
/// [`OcrError::Option`] for a name that is neither, and for a folder without both or with several of a kind.
pub fn model_pair(zoo: &Zoo, name: &str) -> Result<(String, String), OcrError> {
    if let Some(models) = zoo.catalogue().set(name) {
        let one = |part: &str| models.iter().find(|model| is_named(model, part)).cloned();
        if let (Some(det), Some(rec)) = (one("det"), one("rec")) {
            return Ok((det, rec));
        }
    }
    let folder = Path::new(name);
    if folder.is_dir() {
        return Ok((in_folder(folder, "det")?, in_folder(folder, "rec")?));
    }
    let sets: Vec<&str> = zoo.catalogue().sets().map(|(set, _)| set).collect();
    let what = format!(
        "`{name}` is neither a set of models ({}) nor a folder with a detector and a recognizer; a single model goes with --det or --rec",
        sets.join(", ")
    );
    Err(OcrError::Option { option: "model", what })
}

/// Whether a part of a name that stands by itself is this one: `det` in `ppocr-v5-det` and `PP-OCRv5_mobile_det`, not in `detail`.
fn is_named(name: &str, part: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word.eq_ignore_ascii_case(part))
}

/// The one model of a folder with this part in its name.
fn in_folder(folder: &Path, part: &str) -> Result<String, OcrError> {
    let fail = |what: String| OcrError::Option { option: "model", what: format!("{}: {what}", folder.display()) };
    let listing = fs::read_dir(folder).map_err(|e| fail(format!("the folder cannot be read: {e}")))?;
    let mut found: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_model(path, part)).collect();
    found.sort();
    match found.as_slice() {
        [only] => Ok(only.to_string_lossy().into_owned()),
        [] => Err(fail(format!(
            "holds no model with `{part}` in its name: a .onnx, .safetensors or .pdparams file, or a folder with inference.onnx"
        ))),
        [first, second, ..] => Err(fail(format!(
            "holds several models with `{part}` in their names, {} and {} among them; name one with --{part}",
            first.display(),
            second.display()
        ))),
    }
}

fn is_model(path: &Path, part: &str) -> bool {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let form = path.join("inference.onnx").is_file() || (path.is_file() && ["onnx", "safetensors", "pdparams"].contains(&ending.as_str()));
    form && path.file_name().is_some_and(|name| is_named(&name.to_string_lossy(), part))
}
