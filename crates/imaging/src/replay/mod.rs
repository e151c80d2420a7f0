//! Replays of the reference cases about pictures: each a call of the public functions that a head calls.

mod geometry;
mod pictures;
mod pixels;
mod prepare;

use vtk_golden::{Case, GoldenError, Outcome, Packages, Replay};

/// Replays the kinds of pictures: `picture.decode`, `picture.broken`, `resize`, `warp`, `prepare`, `prepare.sizes`, `geometry.fill` and
/// `geometry.contours`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImagingReplay;

impl Replay for ImagingReplay {
    fn kinds(&self) -> &'static [&'static str] {
        &["picture.decode", "picture.broken", "resize", "warp", "prepare", "prepare.sizes", "geometry.fill", "geometry.contours"]
    }

    fn replay(&self, case: &Case, _packages: &dyn Packages) -> Result<Vec<Outcome>, GoldenError> {
        match case.kind.as_str() {
            "picture.decode" => pictures::decoded(case),
            "picture.broken" => pictures::broken(case),
            "resize" => pixels::resized(case),
            "warp" => pixels::warped(case),
            "prepare" => prepare::prepared(case),
            "prepare.sizes" => prepare::sizes(case),
            "geometry.fill" => geometry::filled(case),
            "geometry.contours" => geometry::contoured(case),
            other => Err(case.fault(format!("kind `{other}` is not replayed here"))),
        }
    }
}
