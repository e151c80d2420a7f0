//! Picture files: what they decode to, and how broken ones are refused.

use serde::Deserialize;
use vtk_golden::{Array, Case, GoldenError, Input, Outcome};

use crate::{DecodeOptions, ImagingError, RgbImage, decode};

/// The picture of the input at `index`, decoded as every head does.
pub(super) fn picture(case: &Case, index: usize, options: &DecodeOptions) -> Result<Result<RgbImage, ImagingError>, GoldenError> {
    match case.input(index)? {
        Input::Picture { path, bytes } => Ok(decode(&path.file_name().unwrap_or_default().to_string_lossy(), &bytes, options)),
        Input::U8(pixels) => {
            let pixels = pixels.into_dimensionality().map_err(|_| case.fault(format!("input {index} is no [height, width, 3]")))?;
            Ok(RgbImage::from_array(pixels.view()))
        }
        _ => Err(case.fault(format!("input {index} is no picture"))),
    }
}

pub(super) fn decoded(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let pictures: Result<Vec<Array>, GoldenError> = (0..case.inputs.len())
        .map(|i| Ok(picture(case, i, &DecodeOptions::default())?.map_err(GoldenError::product)?.to_array().into()))
        .collect();
    case.compare(&pictures?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BrokenSpec {
    limits: Limits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    max_pixels: u64,
}

/// What must become of a file.
#[derive(Deserialize)]
struct Fate {
    file: String,
    outcome: String,
    why: Option<String>,
    width: Option<usize>,
    height: Option<usize>,
}

pub(super) fn broken(case: &Case) -> Result<Vec<Outcome>, GoldenError> {
    let spec: BrokenSpec = case.spec_as()?;
    let options = DecodeOptions { max_pixels: spec.limits.max_pixels, ..DecodeOptions::default() };
    let fates: Vec<Fate> = case.expected_json_as()?;
    fates.iter().enumerate().map(|(i, fate)| Ok(fate.of(picture(case, i, &options)?))).collect()
}

impl Fate {
    fn of(&self, result: Result<RgbImage, ImagingError>) -> Outcome {
        let name = &self.file;
        match (self.outcome.as_str(), result) {
            ("any", Ok(_)) => Outcome::same(name, &true, &true),
            ("error" | "any", Err(error)) => Outcome::same(name, error.kind(), self.why.as_deref().unwrap_or(error.kind())),
            ("ok", Ok(picture)) => Outcome::same(name, &(Some(picture.width()), Some(picture.height())), &(self.width, self.height)),
            (wanted, Ok(picture)) => Outcome::failed(name, wanted, format!("was read: {} pixels", picture.size())),
            (wanted, Err(error)) => Outcome::failed(name, wanted, error.to_string()),
        }
    }
}
