//! Which networks read, and how: the flags about models, for `vtk ocr` and `vtk eval ocr`.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use vtk_kernels::Threads;
use vtk_ocr::detect::{self, DbNetConfig, TextDetector};
use vtk_ocr::orient::{LINE_MODEL, LineOrienter, PAGE_MODEL, PageOrienter};
use vtk_ocr::reader::{DEFAULT_SET, PageTurn, ReaderOptions, Spaces, TextReader, model_pair};
use vtk_ocr::recognize::{self, DictionaryText, RecognizerConfig, TextRecognizer};
use vtk_ocr::{OcrError, OcrRecipe};
use vtk_zoo::{Model, ZooError};

use crate::model::{self, zoo};
use crate::talk::Talk;

/// The flags about models and how they are used.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Model")]
pub(crate) struct ModelFlags {
    /// Detector and recognizer: a set (`vtk models list --task ocr`), or a folder with a model for each, `det` and `rec` in their names
    #[arg(short, long, value_name = "SET|DIR")]
    model: Option<String>,

    /// The detector alone: a name, a file, or a folder with inference.onnx
    #[arg(long, value_name = "NAME|PATH")]
    det: Option<String>,

    /// The detector's network, for weights that do not say it: ppocr-v2-det, or ppocr-det+BACKBONE
    #[arg(long, value_name = "NAME")]
    det_arch: Option<DbNetConfig>,

    /// The recognizer alone: a name, a file, or a folder with inference.onnx and inference.yml
    #[arg(long, value_name = "NAME|PATH")]
    rec: Option<String>,

    /// The recognizer's network, for weights that do not say it: ppocr-v2-rec, ppocr-mobile-v2.0-rec, or ppocr-rec+BACKBONE
    #[arg(long, value_name = "NAME")]
    rec_arch: Option<RecognizerConfig>,

    /// The recognizer's characters, one on each line
    #[arg(long, value_name = "FILE")]
    dict: Option<PathBuf>,

    /// Do as another program does, and nothing besides: paddleocr, rapidocr-1.4, rapidocr-3.10, tinyocr, or a recipe's fields as JSON
    #[arg(long, value_name = "NAME")]
    recipe: Option<OcrRecipe>,

    /// Look at each line's orientation and turn those that stand on their heads
    #[arg(long, value_name = "NAME|PATH", num_args = 0..=1, require_equals = true, default_missing_value = LINE_MODEL)]
    line_orient: Option<String>,

    /// Which way up pages stand: auto (look, and turn a page where that is sure), off, or by how many degrees they are turned
    ///
    /// 90 is a page that lies turned clockwise by a quarter.
    #[arg(long, value_name = "MODE")]
    page_orient: Option<PageTurn>,

    /// Where spaces between words come from: auto (the recognizer, and gaps in the ink) or model (the recognizer alone)
    #[arg(long, value_name = "FROM")]
    spaces: Option<Spaces>,

    /// Leave out lines of a lower score, 0 to 1
    #[arg(long, value_name = "SCORE")]
    min_score: Option<f32>,

    /// Fetch models that are not on this machine: the same as `vtk models pull` before
    #[arg(long)]
    pull: bool,
}

impl ModelFlags {
    /// The reader that the flags ask for.
    pub(crate) fn load(&self, threads: Threads, talk: &Talk) -> anyhow::Result<TextReader> {
        let (detector, recognizer) = self.pair()?;
        let options = detect::LoadOptions { arch: self.det_arch.clone(), recipe: None };
        let detector = TextDetector::from_model(&self.open(&detector, talk)?, &options)?;
        let options = recognize::LoadOptions { arch: self.rec_arch.clone(), dictionary: self.dictionary()?, height: None };
        let recognizer = TextRecognizer::from_model(&self.open(&recognizer, talk)?, &options)?;
        let mut reader = TextReader::new(detector, recognizer)?;
        if let Some(recipe) = &self.recipe {
            reader = reader.with_recipe(recipe.clone())?;
        }
        let options = self.options(reader.recipe());
        if options.page == PageTurn::Auto {
            reader = reader.with_page_orientation(PageOrienter::from_model(&self.open(PAGE_MODEL, talk)?)?);
        }
        match &self.line_orient {
            Some(name) => reader = reader.with_line_orientation(&LineOrienter::from_model(&self.open(name, talk)?, None)?)?,
            None if self.recipe.is_some() && reader.recipe().orient_lines => {
                talk.note(&format!("{} looks at each line's orientation too: --line-orient does it here", reader.recipe()));
            }
            None => {}
        }
        talk.detail(&format!("recipe: {}", reader.recipe()));
        Ok(reader.with_options(options).map_err(as_flag)?.with_threads(threads))
    }

    fn pair(&self) -> anyhow::Result<(String, String)> {
        if let (Some(det), Some(rec)) = (&self.det, &self.rec) {
            return Ok((det.clone(), rec.clone()));
        }
        let (det, rec) = model_pair(&zoo(), self.model.as_deref().unwrap_or(DEFAULT_SET)).map_err(as_flag)?;
        Ok((self.det.clone().unwrap_or(det), self.rec.clone().unwrap_or(rec)))
    }

    fn open(&self, name: &str, talk: &Talk) -> anyhow::Result<Model> {
        open(name, self.pull, talk).map_err(|error| self.naming_the_set(error).into())
    }

    /// Where a set was asked for, the way to get one of its models is to pull the set.
    fn naming_the_set(&self, error: ZooError) -> ZooError {
        let zoo = zoo();
        match (error, self.model.as_deref().and_then(|set| Some((set, zoo.catalogue().set(set)?)))) {
            (ZooError::Missing { name, file, path, mut ways }, Some((set, models))) if models.contains(&name) => {
                ways.insert(0, format!("vtk models pull {set} (the set: {})", models.join(", ")));
                ZooError::Missing { name, file, path, ways }
            }
            (error, _) => error,
        }
    }

    fn dictionary(&self) -> anyhow::Result<Option<DictionaryText>> {
        self.dict.as_ref().map(|path| DictionaryText::read(path).context("--dict")).transpose()
    }

    /// A recipe that was named is followed to the letter; what else was said goes before.
    fn options(&self, recipe: &OcrRecipe) -> ReaderOptions {
        let base = if self.recipe.is_some() { ReaderOptions::reference(recipe) } else { ReaderOptions::default() };
        ReaderOptions {
            page: self.page_orient.unwrap_or(base.page),
            spaces: self.spaces.unwrap_or(base.spaces),
            min_score: self.min_score.or(base.min_score),
            ..base
        }
    }
}

/// An error about an option under the name of its flag.
fn as_flag(error: OcrError) -> anyhow::Error {
    match error {
        OcrError::Option { option, what } => anyhow!("--{}: {what}", option.replace('_', "-")),
        error => error.into(),
    }
}

/// Opens a model, or a folder with one as PaddleOCR 3 lays it out.
pub(crate) fn open(name: &str, may_pull: bool, talk: &Talk) -> Result<Model, ZooError> {
    let in_folder = Path::new(name).join("inference.onnx");
    let name = if in_folder.is_file() { in_folder.to_string_lossy().into_owned() } else { name.to_owned() };
    let model = model::open(&name, may_pull, talk)?;
    talk.detail(&format!("model: {} ({}, {}), SHA-256 {}", model.name(), model.file(), model.origin(), model.sha256()));
    Ok(model)
}
