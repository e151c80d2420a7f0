//! Networks by name: the written form, and what all families have in common.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use vtk_nn::{NetBuilder, NnError, Var};
use vtk_weights::Checkpoint;

use crate::family::Family;
use crate::options::written;
use crate::{
    Backbone, BackboneError, Classification, EfficientNetLiteConfig, Embedding, KeyMap, MobileNetV1Config, MobileNetV2Config,
    MobileNetV3Config, PpLcNetConfig, PpLcNetV2Config, ResNet50VdConfig, ShuffleNetV2Config, Tap,
};

/// A backbone with its options.
///
/// Its written form is a name, and behind a colon the options in which it differs from the network of that name:
/// `pplcnet-x0.5:se=all,act=relu`. It parses and prints, always the shortest way, and is what serde reads and writes. Strides are
/// joined by `-`, a pair by `x`: `pplcnet-x1.0:strides=2-2x1-2x1-2x1-2x1`.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Arch {
    /// PP-LCNet.
    PpLcNet(PpLcNetConfig),
    /// PP-LCNetV2.
    PpLcNetV2(PpLcNetV2Config),
    /// MobileNetV1.
    MobileNetV1(MobileNetV1Config),
    /// MobileNetV2.
    MobileNetV2(MobileNetV2Config),
    /// MobileNetV3.
    MobileNetV3(MobileNetV3Config),
    /// ShuffleNetV2.
    ShuffleNetV2(ShuffleNetV2Config),
    /// EfficientNet-Lite.
    EfficientNetLite(EfficientNetLiteConfig),
    /// ResNet50_vd.
    ResNet50Vd(ResNet50VdConfig),
}

/// `$body` with `$config` bound to the configuration in `$arch`, whatever its family.
macro_rules! with_config {
    ($arch:expr, $config:ident => $body:expr) => {
        match $arch {
            $crate::Arch::PpLcNet($config) => $body,
            $crate::Arch::PpLcNetV2($config) => $body,
            $crate::Arch::MobileNetV1($config) => $body,
            $crate::Arch::MobileNetV2($config) => $body,
            $crate::Arch::MobileNetV3($config) => $body,
            $crate::Arch::ShuffleNetV2($config) => $body,
            $crate::Arch::EfficientNetLite($config) => $body,
            $crate::Arch::ResNet50Vd($config) => $body,
        }
    };
}

/// `$body` for each family, `$family` standing for its configuration type.
macro_rules! for_each_family {
    ($family:ident => $body:block) => {
        for_each_family!(@ $family $body
            PpLcNetConfig PpLcNetV2Config MobileNetV1Config MobileNetV2Config MobileNetV3Config ShuffleNetV2Config
            EfficientNetLiteConfig ResNet50VdConfig)
    };
    (@ $family:ident $body:block $($config:ident)+) => {
        $({ type $family = $crate::$config; $body })+
    };
}

pub(crate) use {for_each_family, with_config};

macro_rules! from_config {
    ($($config:ident => $variant:ident),+ $(,)?) => {
        $(impl From<$config> for Arch {
            fn from(config: $config) -> Self {
                Self::$variant(config)
            }
        })+
    };
}

from_config! {
    PpLcNetConfig => PpLcNet,
    PpLcNetV2Config => PpLcNetV2,
    MobileNetV1Config => MobileNetV1,
    MobileNetV2Config => MobileNetV2,
    MobileNetV3Config => MobileNetV3,
    ShuffleNetV2Config => ShuffleNetV2,
    EfficientNetLiteConfig => EfficientNetLite,
    ResNet50VdConfig => ResNet50Vd,
}

impl Arch {
    /// Every published network, family by family, by width. (ShuffleNetV2's swish is `shufflenetv2-x1.0:act=swish`.)
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for_each_family!(F => { all.extend(F::published().into_iter().map(Self::from)); });
        all
    }

    /// The name without options.
    pub fn name(&self) -> String {
        with_config!(self, config => config.name())
    }

    /// The options of the family, each with the values it takes, for help texts.
    pub fn options(&self) -> Vec<(&'static str, &'static str)> {
        with_config!(self, config => specs(config)).iter().map(|spec| (spec.name, spec.takes)).collect()
    }

    /// This network with an option set, by its own name or PaddleClas's.
    ///
    /// # Errors
    /// [`BackboneError::UnknownOption`] and [`BackboneError::BadValue`].
    pub fn with_option(mut self, option: &str, value: &str) -> Result<Self, BackboneError> {
        let arch = self.name();
        let specs = with_config!(&self, config => specs(config));
        let Some(spec) = specs.iter().find(|spec| spec.is(option)) else {
            let known = specs.iter().map(|spec| format!("{} ({})", spec.name, spec.takes)).collect();
            return Err(BackboneError::UnknownOption { arch, option: option.to_owned(), known });
        };
        with_config!(&mut self, config => config.set(spec.name, value)).ok_or_else(|| BackboneError::BadValue {
            arch,
            option: spec.name.to_owned(),
            value: value.to_owned(),
            expected: spec.takes.to_owned(),
        })?;
        Ok(self)
    }

    /// This network with the options of a JSON object, by their own names or PaddleClas's (`stride_list`, `use_se`). Values are what
    /// PaddleClas's configurations have (`[2, [2, 1], …]`, `false`), or texts of the written form.
    ///
    /// # Errors
    /// [`BackboneError::UnknownOption`] and [`BackboneError::BadValue`].
    pub fn with_options(&self, options: &Map<String, Value>) -> Result<Self, BackboneError> {
        options.iter().try_fold(self.clone(), |arch, (option, value)| {
            let text = written(value).unwrap_or_else(|| value.to_string());
            arch.with_option(option, &text)
        })
    }

    /// The network that a weight file's metadata or a catalogue describes by its name and its options. Among the options may be some that
    /// are no choice of the trunk's: the number of classes (a file's shapes say it) and the role. They are passed over.
    ///
    /// # Errors
    /// [`BackboneError::UnknownArch`], [`BackboneError::UnknownOption`] and [`BackboneError::BadValue`].
    pub fn described(name: &str, options: &Map<String, Value>) -> Result<Self, BackboneError> {
        let arch: Self = name.parse()?;
        let of_trunk = options.iter().filter(|(option, _)| !matches!(option.as_str(), "classes" | "role"));
        arch.with_options(&of_trunk.map(|(option, value)| (option.clone(), value.clone())).collect())
    }

    /// This network with what the file decides taken from the file: form of PP-LCNetV2, channels of ShuffleNetV2 x2.0, the last
    /// convolution. Growing does the same by itself; this is for those who want to see it.
    pub fn adapted(&self, file: &Checkpoint, keys: &KeyMap) -> Self {
        with_config!(self, config => config.adapted(file, keys).into())
    }

    /// How many classes the file's fully connected layer has, if it has one where this network looks for it.
    pub fn classes_in(&self, file: &Checkpoint, keys: &KeyMap) -> Option<usize> {
        with_config!(self, config => config.fc(keys).classes(file))
    }

    /// The tap that ends at this stride in both directions, the deepest if there are several.
    pub fn tap_at(&self, stride: u32) -> Option<usize> {
        self.taps().iter().rposition(|tap| tap.stride == (stride, stride))
    }

    fn named(name: &str) -> Result<Self, BackboneError> {
        for_each_family!(F => {
            if let Some(config) = F::named(name) {
                return Ok(config.into());
            }
        });
        let mut forms = Vec::new();
        for_each_family!(F => { forms.push(F::FORM); });
        Err(BackboneError::UnknownArch { name: name.to_owned(), near: near(name), families: forms.join("; ") })
    }
}

/// The options of a configuration's family.
fn specs<F: Family>(_: &F) -> &'static [crate::options::OptionSpec] {
    F::OPTIONS
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        f.write_str(&name)?;
        with_config!(self, config => write_options(f, config, &name))
    }
}

/// Writes the options in which a configuration differs from the plain network of its name.
fn write_options<F: Family>(f: &mut fmt::Formatter<'_>, config: &F, name: &str) -> fmt::Result {
    let plain = F::named(name);
    let mut before = ':';
    for spec in F::OPTIONS {
        let value = config.get(spec.name);
        if plain.as_ref().is_none_or(|plain| plain.get(spec.name) != value) {
            write!(f, "{before}{}={value}", spec.name)?;
            before = ',';
        }
    }
    Ok(())
}

impl FromStr for Arch {
    type Err = BackboneError;

    fn from_str(text: &str) -> Result<Self, BackboneError> {
        let (name, options) = match text.split_once(':') {
            Some((name, options)) => (name, Some(options)),
            None => (text, None),
        };
        let mut arch = Self::named(name)?;
        let mut seen = Vec::new();
        for option in options.into_iter().flat_map(|options| options.split(',')) {
            let (option, value) = option.split_once('=').unwrap_or((option, ""));
            arch = arch.with_option(option, value)?;
            if seen.contains(&option) {
                return Err(BackboneError::Repeated { arch: name.to_owned(), option: option.to_owned() });
            }
            seen.push(option);
        }
        Ok(arch)
    }
}

impl Serialize for Arch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Arch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Backbone for Arch {
    fn taps(&self) -> Vec<Tap> {
        with_config!(self, config => Backbone::taps(config))
    }

    fn grow(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Vec<Var>, NnError> {
        with_config!(self, config => config.grow(net, x, keys))
    }

    fn grow_embedding(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap) -> Result<Embedding, NnError> {
        with_config!(self, config => config.grow_embedding(net, x, keys))
    }

    fn grow_classifier(&self, net: &mut NetBuilder, x: Var, keys: &KeyMap, classes: usize) -> Result<Classification, NnError> {
        with_config!(self, config => config.grow_classifier(net, x, keys, classes))
    }
}

/// Published names within three mistakes of `name`, nearest first, at most three. PaddleClas's way of writing (`PPLCNet_x0_5`) is no
/// mistake.
fn near(name: &str) -> Vec<String> {
    let name = plain_name(name);
    // A name from a file may be of any length.
    let known = Arch::all().into_iter().map(|arch| arch.name()).filter(|known| known.len().abs_diff(name.len()) <= 8);
    let mut near: Vec<(usize, String)> = known.map(|known| (strsim::levenshtein(&name, &known), known)).collect();
    near.retain(|(mistakes, _)| *mistakes <= 3);
    near.sort();
    near.into_iter().map(|(_, name)| name).take(3).collect()
}

/// A name in lower case, with `-` for `_`, or a point where the `_` stands between digits.
fn plain_name(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let mut plain = String::with_capacity(name.len());
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        let between_digits = plain.ends_with(|c: char| c.is_ascii_digit()) && rest.peek().is_some_and(char::is_ascii_digit);
        plain.push(match c {
            '_' if between_digits => '.',
            '_' => '-',
            c => c,
        });
    }
    plain
}
