//! From a picture to objects, in three parts that can be called alone.

use ndarray::{ArrayD, ArrayViewD, arr2};
use vtk_imaging::{Move, Placement, Prepared, RgbImage};
use vtk_kernels::Threads;

use super::Detector;
use crate::decode::{Found, Levels, Scale};
use crate::graph::{self, Fed, Form};
use crate::{DetError, Detection};

/// A network's outputs for one picture.
#[derive(Debug, Clone)]
pub struct Raw(Vec<ArrayD<f32>>);

impl Raw {
    /// The outputs in the network's order.
    pub fn outputs(&self) -> &[ArrayD<f32>] {
        &self.0
    }
}

impl Detector {
    /// Plans the network ahead of the first picture.
    ///
    /// # Errors
    /// [`DetError::Network`].
    pub fn plan(&self) -> Result<(), DetError> {
        let inputs = match &self.form {
            Form::Levels { .. } => &[Fed::Picture][..],
            Form::Rows { inputs } => inputs,
        };
        self.network.prepare(&graph::input_shapes(inputs, self.input)).map_err(|cause| self.network_error(cause))
    }

    /// Finds objects, best first.
    ///
    /// # Errors
    /// [`DetError::Imaging`] for a picture that can't be prepared; [`DetError::Network`], [`DetError::NotFinite`].
    pub fn detect(&self, picture: &RgbImage) -> Result<Vec<Detection>, DetError> {
        let prepared = self.prepare(picture)?;
        self.decode(&self.run(&prepared)?, &prepared.back)
    }

    /// Finds objects in pictures side by side, each with one thread; results in the order of the pictures.
    pub fn detect_batch(&self, pictures: &[RgbImage], threads: &Threads) -> Vec<Result<Vec<Detection>, DetError>> {
        let alone = self.with_threads(Threads::one());
        threads.map(pictures, |p| alone.detect(p))
    }

    /// First part of [`Self::detect`]: the picture as the network's input.
    ///
    /// # Errors
    /// [`DetError::Imaging`].
    pub fn prepare(&self, picture: &RgbImage) -> Result<Prepared, DetError> {
        Ok(self.recipe.prepare(picture)?)
    }

    /// Second part: the network's outputs.
    ///
    /// # Errors
    /// [`DetError::Network`].
    pub fn run(&self, prepared: &Prepared) -> Result<Raw, DetError> {
        let picture = prepared.tensor.view().into_dyn();
        let outputs = match &self.form {
            Form::Levels { .. } => self.network.run(&[picture]),
            Form::Rows { inputs } => {
                let Scale { x, y } = plain_scale(&prepared.back).unwrap_or(Scale::ONE);
                let factor = arr2(&[[y, x]]).into_dyn();
                let shape = arr2(&[[self.input.height as f32, self.input.width as f32]]).into_dyn();
                let feed = |fed: &Fed| -> ArrayViewD<'_, f32> {
                    match fed {
                        Fed::Picture => picture.clone(),
                        Fed::ScaleFactor => factor.view(),
                        Fed::Shape => shape.view(),
                    }
                };
                self.network.run(&inputs.iter().map(feed).collect::<Vec<_>>())
            }
        };
        outputs.map(Raw).map_err(|cause| self.network_error(cause))
    }

    /// Third part: objects, best first, carried to the picture by `back`. Boxes that are no numbers are left out.
    ///
    /// # Errors
    /// [`DetError::NotFinite`] where no score is a number; [`DetError::NotADetector`] where outputs are not what they were for the size
    /// that the network was looked at with.
    pub fn decode(&self, raw: &Raw, back: &Placement) -> Result<Vec<Detection>, DetError> {
        let scale = plain_scale(back);
        let mut found = match &self.form {
            Form::Levels { project } => self.decode_levels(raw, scale.unwrap_or(Scale::ONE), project)?,
            Form::Rows { .. } => self.read_rows(raw)?,
        };
        if scale.is_none() {
            for Found { bbox: [x0, y0, x1, y1], .. } in &mut found {
                [*x0, *y0] = back.point_to_source([*x0, *y0]);
                [*x1, *y1] = back.point_to_source([*x1, *y1]);
            }
        }
        found.retain(|f| f.bbox.iter().all(|v| v.is_finite()));
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        let (width, height) = (back.source().width as f32, back.source().height as f32);
        let cut = |[x0, y0, x1, y1]: [f32; 4]| [x0.clamp(0.0, width), y0.clamp(0.0, height), x1.clamp(0.0, width), y1.clamp(0.0, height)];
        let detection = |f: Found| Detection {
            class: f.class,
            label: self.labels.as_ref().and_then(|labels| labels.get(f.class).cloned()),
            score: f.score,
            bbox: if self.options.clip { cut(f.bbox) } else { f.bbox },
        };
        Ok(found.into_iter().map(detection).collect())
    }

    fn decode_levels(&self, raw: &Raw, scale: Scale, project: &[f32]) -> Result<Vec<Found>, DetError> {
        let refuse = |reason: String| DetError::NotADetector { model: self.name.clone(), reason };
        let levels = Levels::of_outputs(raw.outputs(), project.len(), self.input).map_err(refuse)?;
        if levels.levels.iter().all(|level| level.scores.iter().all(|score| score.is_nan())) {
            return Err(DetError::NotFinite { model: self.name.clone() });
        }
        Ok(self.options.decoding.decode(&levels, scale, project, self.options.max_detections, |class| self.wants(class)))
    }

    /// The rows of an export with suppression inside. As many as there are: the count beside them may be wrong.
    fn read_rows(&self, raw: &Raw) -> Result<Vec<Found>, DetError> {
        let rows = raw.outputs().first().filter(|rows| rows.ndim() == 2 && rows.shape()[1] == graph::ROW);
        let Some(rows) = rows else {
            let shape = raw.outputs().first().map(|rows| rows.shape().to_vec()).unwrap_or_default();
            let reason = format!("gives a first output of shape {shape:?}; rows of {} numbers were expected", graph::ROW);
            return Err(DetError::NotADetector { model: self.name.clone(), reason });
        };
        let row = |r: ndarray::ArrayViewD<'_, f32>| Found { class: r[[0]] as usize, score: r[[1]], bbox: [r[[2]], r[[3]], r[[4]], r[[5]]] };
        // A class below 0 marks a row that is none, as Paddle fills them up.
        let shown = |r: &ndarray::ArrayViewD<'_, f32>| r[[0]] >= 0.0 && r[[1]] > self.options.decoding.score_threshold();
        let mut found: Vec<Found> = rows.outer_iter().filter(shown).map(row).filter(|f| self.wants(f.class)).collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found.truncate(self.options.max_detections.unwrap_or(usize::MAX));
        Ok(found)
    }

    fn wants(&self, class: usize) -> bool {
        self.options.classes.is_empty() || self.options.classes.contains(&class)
    }
}

/// The scale of a picture that was resized and nothing else. Others are decoded where the network sees them, and carried back.
fn plain_scale(back: &Placement) -> Option<Scale> {
    let [x, y] = back.ratio();
    back.moves().iter().all(|m| matches!(m, Move::Resize { .. })).then_some(Scale { x: x as f32, y: y as f32 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use vtk_imaging::Size;

    use crate::LoadOptions;

    const MODEL: &[u8] = include_bytes!("../../../../models/det/picodet-xs-416.safetensors");

    #[test]
    fn outputs_without_a_number_or_of_another_network_are_errors() {
        let detector = Detector::from_bytes("m.safetensors", MODEL, &LoadOptions::default()).unwrap();
        let back = Placement::new(Size::new(416, 416));
        let prepared = detector.prepare(&RgbImage::filled(416, 416, [9; 3]).unwrap()).unwrap();
        let mut raw = detector.run(&prepared).unwrap();
        assert!(detector.decode(&raw, &back).is_ok());
        for scores in &mut raw.0[..4] {
            scores.fill(f32::NAN);
        }
        let error = detector.decode(&raw, &back).unwrap_err().to_string();
        assert!(error.starts_with("m.safetensors: the network gave no number"), "{error}");
        // One score that is a number is enough to go on.
        raw.0[3][[0, 0, 0]] = 0.9;
        assert_eq!(detector.decode(&raw, &back).unwrap().len(), 1);
        raw.0.pop();
        let error = detector.decode(&raw, &back).unwrap_err().to_string();
        assert!(error.starts_with("m.safetensors: gives 7 outputs"), "{error}");
    }
}
