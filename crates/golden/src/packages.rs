//! Files that lie in wheels of the Python package registry. Nothing is downloaded here: who runs cases says where such files are.

use std::path::PathBuf;

use crate::GoldenError;

/// Where the files of Python packages are on this machine.
pub trait Packages: Sync {
    /// The path of a file inside the wheel of `package` (`NAME==VERSION`), checked to have the SHA-256 `sha256` (hexadecimal).
    ///
    /// # Errors
    /// [`GoldenError::Package`] if it is not at hand or is another file; the message says how to get it.
    fn member(&self, package: &str, member: &str, sha256: &str) -> Result<PathBuf, GoldenError>;
}

/// No package is at hand: every case that needs one fails, and says what to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPackages;

impl Packages for NoPackages {
    fn member(&self, package: &str, member: &str, _sha256: &str) -> Result<PathBuf, GoldenError> {
        Err(GoldenError::Package {
            package: package.to_owned(),
            member: member.to_owned(),
            problem: "no packages are looked for here; `vtk golden --pull DIR` gets what the cases in DIR need and replays them".to_owned(),
        })
    }
}
