//! Which detector a checkpoint holds.

use vtk_backbone::Arch;
use vtk_weights::Checkpoint;
use vtk_zoo::Entry;

use super::DbNetConfig;
use super::net::BACKBONE;
use crate::OcrError;
use crate::distilled::student;

/// The network given, else the one that the file names, else the catalogue's, else the one whose keys are the file's.
pub(super) fn identify(
    model: &str,
    weights: &Checkpoint,
    given: Option<&DbNetConfig>,
    entry: Option<&Entry>,
) -> Result<DbNetConfig, OcrError> {
    if let Some(config) = given {
        return Ok(config.clone());
    }
    let named = weights.metadata().get("arch").or(entry.and_then(|entry| entry.arch.as_ref()));
    match named {
        Some(name) => name.parse().map_err(|error: OcrError| OcrError::Metadata { model: model.to_owned(), what: error.to_string() }),
        None => fitting(model, weights),
    }
}

fn fitting(model: &str, weights: &Checkpoint) -> Result<DbNetConfig, OcrError> {
    let fail = |what: &str| {
        let what = format!(
            "{what}; a text detector has keys that begin with backbone., neck. and head.: name one with --det, or its network with --det-arch"
        );
        Err(OcrError::Metadata { model: model.to_owned(), what })
    };
    let weights = student(weights);
    if weights.get("neck.in2_conv.weight").is_none() {
        return fail("does not say which network its weights belong to, and they are no text detector's");
    }
    match Arch::fitting(&weights.part(BACKBONE)).into_iter().next() {
        Some((backbone, _)) => DbNetConfig::on(backbone),
        None => fail("does not say which network its weights belong to, and its backbone is none that vtk knows"),
    }
}

#[cfg(test)]
mod tests {
    use vtk_weights::Tensor;

    use super::*;
    use crate::detect::net::wanted;

    #[test]
    fn keys_tell_the_backbone() {
        for name in ["ppocr-v2-det", "ppocr-det+pplcnet-x0.5"] {
            let config: DbNetConfig = name.parse().unwrap();
            let mut weights = Checkpoint::new();
            for (key, shape) in wanted(&config) {
                weights.insert(format!("Student.{key}"), Tensor::from_f32(&shape, &vec![0.0; shape.iter().product()]).unwrap());
            }
            assert_eq!(identify("m", &weights, None, None).unwrap().to_string(), name);
        }
    }

    #[test]
    fn what_is_said_goes_before_the_keys() {
        let mut weights = Checkpoint::new();
        assert!(identify("m", &weights, None, None).unwrap_err().to_string().contains("--det-arch"));
        weights.set_metadata("arch", "ppocr-det+pplcnet-x1.0");
        assert_eq!(identify("m", &weights, None, None).unwrap().to_string(), "ppocr-det+pplcnet-x1.0");
        assert_eq!(identify("m", &weights, Some(&DbNetConfig::official().unwrap()), None).unwrap().to_string(), "ppocr-v2-det");
        weights.set_metadata("arch", "pplcnet-x1.0");
        assert!(identify("m", &weights, None, None).unwrap_err().to_string().starts_with("m: "));
    }
}
