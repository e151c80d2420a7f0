//! PicoDet's choices as a value with a written form: `picodet-s-320`, `picodet-s-320+mobilenetv3-large-x1.0`,
//! `picodet-s-320:neck=csppan,head=v1+pplcnet-x0.5:act=relu`.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vtk_backbone::{Act, Arch, Backbone};
use vtk_imaging::{ImagingError, Recipe, Size};

use super::kinds::{Head, Neck};
use super::official::{OFFICIAL, Official};
use crate::{DetError, recipe};

/// A PicoDet: one of the official configurations, or what differs from one.
///
/// Its written form is the official configuration's name, behind a colon the options in which it differs, behind a plus the backbone
/// where it is another. It parses and prints, and is what serde reads and writes. How many classes there are, the weights say.
#[derive(Debug, Clone, PartialEq)]
pub struct PicoDetConfig {
    official: &'static Official,
    /// The trunk; features are taken at strides 8, 16 and 32.
    pub backbone: Arch,
    /// The neck (`neck=lcpan`, `neck=csppan`).
    pub neck: Neck,
    /// The head (`head=v1`, `head=v2`).
    pub head: Head,
    /// Activation of neck and head (`act`): hard-swish, or relu6 for NPUs. The backbone's is an option of its own.
    pub act: Act,
    /// Channels of neck and head (`channels`), an even number.
    pub channels: usize,
    /// Depthwise separable convolutions of the head on each map (`convs`).
    pub convs: usize,
}

/// The options of the written form, each with the values it takes.
const OPTIONS: [(&str, &str); 5] = [
    ("neck", "lcpan or csppan"),
    ("head", "v1 or v2"),
    ("act", "relu, relu6, hardswish or swish"),
    ("channels", "an even number from 2 to 1024"),
    ("convs", "a number from 1 to 16"),
];

impl PicoDetConfig {
    /// The official configurations.
    pub fn all() -> Vec<Self> {
        OFFICIAL.iter().filter_map(|official| Self::official(official).ok()).collect()
    }

    /// The configuration of an official name.
    ///
    /// # Errors
    /// [`DetError::Arch`] where there is none of that name.
    pub fn named(name: &str) -> Result<Self, DetError> {
        let found = OFFICIAL.iter().find(|official| official.name == name);
        Self::official(found.ok_or_else(|| unknown(name))?)
    }

    fn official(official: &'static Official) -> Result<Self, DetError> {
        let Official { backbone, neck, head, act, channels, convs, .. } = *official;
        Ok(Self { official, backbone: backbone.parse()?, neck, head, act, channels, convs })
    }

    /// The same on another trunk.
    #[must_use]
    pub fn on(self, backbone: Arch) -> Self {
        Self { backbone, ..self }
    }

    /// The name of the official configuration that this one is or differs from.
    pub fn name(&self) -> &'static str {
        self.official.name
    }

    /// The size of the pictures that the official configuration was trained on.
    pub fn input_size(&self) -> Size {
        let [height, width] = self.official.input;
        Size::new(width, height)
    }

    /// How many classes the official configuration has.
    pub fn classes(&self) -> usize {
        self.official.classes
    }

    /// The official preparation of pictures.
    ///
    /// # Errors
    /// None in practice: the sizes are those of the official configurations.
    pub fn recipe(&self) -> Result<Recipe, ImagingError> {
        recipe::official(self.input_size(), self.official.normalized)
    }

    /// The taps of the backbone at strides 8, 16 and 32; an error that says which it lacks.
    pub(crate) fn taps(&self) -> Result<[usize; 3], String> {
        let tap = |stride| self.backbone.tap_at(stride).ok_or_else(|| no_tap(&self.backbone, stride));
        Ok([tap(8)?, tap(16)?, tap(32)?])
    }

    fn option(&self, name: &str) -> String {
        match name {
            "neck" => self.neck.to_string(),
            "head" => self.head.to_string(),
            "act" => self.act.name(),
            "channels" => self.channels.to_string(),
            _ => self.convs.to_string(),
        }
    }

    fn set(&mut self, option: &str, value: &str) -> Option<()> {
        let number = |range: std::ops::RangeInclusive<usize>| value.parse().ok().filter(|n| range.contains(n));
        match option {
            "neck" => self.neck = Neck::named(value)?,
            "head" => self.head = Head::named(value)?,
            "act" => self.act = Act::named(value).filter(|act| *act != Act::Identity)?,
            "channels" => self.channels = number(2..=1024).filter(|n| n % 2 == 0)?,
            _ => self.convs = number(1..=16)?,
        }
        Some(())
    }
}

fn no_tap(backbone: &Arch, stride: u32) -> String {
    let strides: Vec<String> = backbone.taps().iter().map(|tap| format!("{}x{}", tap.stride.0, tap.stride.1)).collect();
    format!("{backbone} gives no features at stride {stride}, which PicoDet needs; it gives them at {}", strides.join(", "))
}

fn unknown(name: &str) -> DetError {
    let names: Vec<&str> = OFFICIAL.iter().map(|official| official.name).collect();
    DetError::Arch { what: format!("no detector is called \"{name}\"; there are {} (and +BACKBONE behind each)", names.join(", ")) }
}

impl fmt::Display for PicoDetConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.official.name)?;
        let plain = Self::official(self.official).map_err(|_| fmt::Error)?;
        let mut before = ':';
        for (option, _) in OPTIONS {
            let value = self.option(option);
            if value != plain.option(option) {
                write!(f, "{before}{option}={value}")?;
                before = ',';
            }
        }
        if self.backbone != plain.backbone {
            write!(f, "+{}", self.backbone)?;
        }
        Ok(())
    }
}

impl FromStr for PicoDetConfig {
    type Err = DetError;

    fn from_str(text: &str) -> Result<Self, DetError> {
        let (detector, backbone) = text.split_once('+').map_or((text, None), |(d, b)| (d, Some(b)));
        let (name, options) = detector.split_once(':').map_or((detector, None), |(n, o)| (n, Some(o)));
        let mut config = Self::named(name)?;
        let mut seen = Vec::new();
        for option in options.into_iter().flat_map(|options| options.split(',')) {
            let (option, value) = option.split_once('=').unwrap_or((option, ""));
            let Some((_, takes)) = OPTIONS.iter().find(|(known, _)| *known == option) else {
                let known: Vec<String> = OPTIONS.iter().map(|(name, takes)| format!("{name} ({takes})")).collect();
                return Err(DetError::Arch { what: format!("{name} has no option \"{option}\"; its options are {}", known.join(", ")) });
            };
            if seen.contains(&option) {
                return Err(DetError::Arch { what: format!("{name}: {option} is given twice") });
            }
            seen.push(option);
            let set = config.set(option, value);
            set.ok_or_else(|| DetError::Arch { what: format!("{name}: {option} can't be \"{value}\"; it takes {takes}") })?;
        }
        if let Some(backbone) = backbone {
            config.backbone = backbone.parse()?;
        }
        config.taps().map_err(|what| DetError::Arch { what })?;
        Ok(config)
    }
}

impl Serialize for PicoDetConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PicoDetConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PicoDetConfig {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn every_official_name_parses_and_prints() {
        assert_eq!(PicoDetConfig::all().len(), OFFICIAL.len());
        for config in PicoDetConfig::all() {
            assert_eq!(read(&config.to_string()), config);
            let Size { width, height } = config.input_size();
            assert!(width % 32 == 0 && height % 32 == 0, "{config}");
            assert_eq!(config.recipe().unwrap().input_size(), Some((height, width)), "{config}");
        }
    }

    #[test]
    fn names_compose_and_print_the_shortest_way() {
        for (written, shortest) in [
            ("picodet-s-320+mobilenetv3-large-x1.0", "picodet-s-320+mobilenetv3-large-x1.0"),
            ("picodet-s-320+pplcnet-x0.75", "picodet-s-320"),
            ("picodet-s-320:neck=csppan,act=relu6+pplcnet-x0.5:act=relu", "picodet-s-320:neck=csppan,act=relu6+pplcnet-x0.5:act=relu"),
            ("picodet-s-416-npu:act=relu6", "picodet-s-416-npu"),
            ("picodet-m-416:head=v2,channels=96,convs=2", "picodet-m-416:channels=96,convs=2"),
        ] {
            assert_eq!(read(written).to_string(), shortest);
            assert_eq!(read(shortest), read(written));
        }
        assert_eq!(read("picodet-s-416-npu").backbone.to_string(), "pplcnet-x0.75:act=relu6");
    }

    #[test]
    fn slips_are_named() {
        for (text, part) in [
            ("picodet-xl-320", "no detector is called \"picodet-xl-320\"; there are picodet-xs-320"),
            ("picodet-s-320:neck=pan", "neck can't be \"pan\"; it takes lcpan or csppan"),
            ("picodet-s-320:color=red", "no option \"color\""),
            ("picodet-s-320:convs=2,convs=3", "convs is given twice"),
            ("picodet-s-320:channels=97", "an even number"),
            ("picodet-s-320:act=none", "hardswish"),
            ("picodet-s-320+picodet-m-320", "picodet-m-320"),
            ("picodet-s-320+pplcnet-x1.0:strides=2-1-1-1-1", "no features at stride 8"),
        ] {
            let error = text.parse::<PicoDetConfig>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
