//! Which PicoDet a checkpoint belongs to. Its keys decide neck and head; a name that says otherwise is an error, not a guess.

use std::fmt;

use vtk_backbone::Arch;
use vtk_weights::Checkpoint;
use vtk_zoo::Entry;

use super::config::PicoDetConfig;
use super::kinds::{Head, Neck};
use crate::DetError;

/// What the keys and shapes of a checkpoint say by themselves.
#[derive(Debug, PartialEq, Eq)]
struct Traits {
    neck: Neck,
    head: Head,
    channels: usize,
    convs: usize,
}

impl Traits {
    /// `None` where the file has no neck of PicoDet's.
    fn of_file(weights: &Checkpoint) -> Option<Self> {
        let has = |key: &str| weights.get(key).is_some();
        let neck = match () {
            () if has("neck.top_down_blocks.0.0.dw_conv.conv.weight") => Neck::LcPan,
            () if has("neck.top_down_blocks.0.main_conv.conv.weight") => Neck::CspPan,
            () => return None,
        };
        let aligned = weights.keys().any(|key| key.starts_with("head.cls_align.") || key.starts_with("head.conv_feat.se."));
        let head = if aligned { Head::V2 } else { Head::V1 };
        let channels = weights.get("neck.conv_t.convs.0.conv.weight")?.shape().first().copied()?;
        let convs = (0..).take_while(|i| has(&format!("head.conv_feat.cls_conv_dw0.{i}.conv.weight"))).count();
        Some(Self { neck, head, channels, convs })
    }

    fn of_config(config: &PicoDetConfig) -> Self {
        Self { neck: config.neck, head: config.head, channels: config.channels, convs: config.convs }
    }
}

impl fmt::Display for Traits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "neck {} and head {} of {} channels and {} convolutions", self.neck, self.head, self.channels, self.convs)
    }
}

/// The configuration of a checkpoint: the one given, else the one that the file names, else the catalogue's, else the only official
/// one whose keys these are.
pub(crate) fn identify(
    model: &str,
    weights: &Checkpoint,
    given: Option<&PicoDetConfig>,
    entry: Option<&Entry>,
) -> Result<PicoDetConfig, DetError> {
    let Some(traits) = Traits::of_file(weights) else {
        let reason = "holds no PicoDet: a neck of its kind (neck.top_down_blocks.…) is not among the keys".to_owned();
        return Err(DetError::NotADetector { model: model.to_owned(), reason });
    };
    let named = weights.metadata().get("arch").or(entry.and_then(|e| e.arch.as_ref()));
    let config = match (given, named) {
        (Some(config), _) => Some(config.clone()),
        (None, Some(name)) => Some(name.parse().map_err(|e: DetError| DetError::Metadata {
            model: model.to_owned(),
            what: format!("is said to be \"{name}\", but {e}; name it with --arch"),
        })?),
        (None, None) => None,
    };
    match config {
        Some(config) if Traits::of_config(&config) == traits => Ok(config),
        Some(config) => Err(DetError::Contradiction {
            model: model.to_owned(),
            arch: config.to_string(),
            wanted: Traits::of_config(&config).to_string(),
            found: traits.to_string(),
            hint: fitting_text(&fitting(weights, &traits)),
        }),
        None => {
            let mut fitting = fitting(weights, &traits);
            if fitting.len() == 1 {
                return Ok(fitting.remove(0));
            }
            Err(DetError::UnknownArch { model: model.to_owned(), hint: fitting_text(&fitting) })
        }
    }
}

/// The official configurations whose keys and widths are the file's. Input sizes and activations leave no trace in them.
fn fitting(weights: &Checkpoint, traits: &Traits) -> Vec<PicoDetConfig> {
    let mut trunk = Checkpoint::new();
    for (key, tensor) in weights.iter().filter_map(|(key, tensor)| Some((key.strip_prefix("backbone.")?, tensor))) {
        trunk.insert(key, tensor.clone());
    }
    let trunks: Vec<Arch> = Arch::fitting(&trunk).into_iter().map(|(arch, _)| arch).collect();
    let fits = |config: &PicoDetConfig| Traits::of_config(config) == *traits && trunks.iter().any(|t| t.name() == config.backbone.name());
    PicoDetConfig::all().into_iter().filter(fits).collect()
}

fn fitting_text(fitting: &[PicoDetConfig]) -> String {
    let names: Vec<String> = fitting.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "no official configuration has such keys: name one of this neck and head with its backbone, as in \
               picodet-s-320+mobilenetv3-large-x1.0"
            .to_owned(),
        names => format!("its keys fit {}", names.join(" and ")),
    }
}
