//! The written form of options: `name=value,name=value` behind an arch's name, and JSON objects of the same.
//!
//! A value has one text form, whichever way it comes in: JSON is first written out (`[2, [2, 1]]` becomes `2-2x1`), then both go
//! through the same parsers.

use serde_json::Value;
use vtk_nn::Activation;

use crate::Stride;

/// An option of a family.
#[derive(Debug)]
pub(crate) struct OptionSpec {
    /// Its name in the written form.
    pub(crate) name: &'static str,
    /// PaddleClas's name, where it is another.
    pub(crate) official: &'static str,
    /// What it takes, for messages.
    pub(crate) takes: &'static str,
}

impl OptionSpec {
    pub(crate) const fn new(name: &'static str, official: &'static str, takes: &'static str) -> Self {
        Self { name, official, takes }
    }

    /// Whether the option goes by this name.
    pub(crate) fn is(&self, name: &str) -> bool {
        self.name == name || self.official == name
    }
}

pub(crate) const ACT: OptionSpec = OptionSpec::new("act", "act", "relu, relu6, hardswish or swish");
pub(crate) const STRIDES: OptionSpec = OptionSpec::new(
    "strides",
    "stride_list",
    "five strides from 1 to 8 joined by -, each a number or vertical x horizontal (2-2x1-2x1-2x1-2x1)",
);
pub(crate) const LAST_CONV: OptionSpec = OptionSpec::new("last_conv", "use_last_conv", "true or false");
pub(crate) const CLASS_EXPAND: OptionSpec = OptionSpec::new("class_expand", "class_expand", "a number of channels from 1 to 65536");
pub(crate) const LAST_BIAS: OptionSpec = OptionSpec::new("last_bias", "last_bias", "true or false");
pub(crate) const LAST_ACT: OptionSpec = OptionSpec::new("last_act", "last_act", "same (as act), none, relu, relu6, hardswish or swish");
pub(crate) const DROPOUT: OptionSpec = OptionSpec::new("dropout", "dropout_prob", "a number from 0 up to, not including, 1");
pub(crate) const GATE_SLOPE: OptionSpec = OptionSpec::new("gate_slope", "gate_slope", "a number above 0, at most 10");
pub(crate) const GATE_OFFSET: OptionSpec = OptionSpec::new("gate_offset", "gate_offset", "a number from -10 to 10");

/// An activation that can be chosen for a whole network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// None.
    Identity,
    /// max(x, 0)
    Relu,
    /// min(max(x, 0), 6)
    Relu6,
    /// x · min(max(x + 3, 0), 6) / 6
    HardSwish,
    /// x · sigmoid(x)
    Swish,
}

impl Act {
    const NAMES: [(Self, &'static str); 5] =
        [(Self::Identity, "none"), (Self::Relu, "relu"), (Self::Relu6, "relu6"), (Self::HardSwish, "hardswish"), (Self::Swish, "swish")];

    /// The written name.
    pub fn name(self) -> String {
        Self::NAMES.iter().find(|(act, _)| *act == self).map_or("", |(_, name)| name).to_owned()
    }

    /// By its name, or PaddleDetection's for hard-swish.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "hard_swish" { "hardswish" } else { name };
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(act, _)| *act)
    }

    /// By its name; one that does something.
    pub(crate) fn active(name: &str) -> Option<Self> {
        Self::named(name).filter(|act| *act != Self::Identity)
    }
}

impl From<Act> for Activation {
    fn from(act: Act) -> Self {
        match act {
            Act::Identity => Self::Identity,
            Act::Relu => Self::Relu,
            Act::Relu6 => Self::Relu6,
            Act::HardSwish => Self::HardSwish,
            Act::Swish => Self::Swish,
        }
    }
}

/// `true` or `false`.
pub(crate) fn flag(value: &str) -> Option<bool> {
    value.parse().ok()
}

/// A number of channels.
pub(crate) fn channels(value: &str) -> Option<usize> {
    number(value, 1.0, 65536.0).and_then(|_| value.parse().ok())
}

/// A plain decimal number between two others.
pub(crate) fn number(value: &str, low: f32, high: f32) -> Option<f32> {
    let plain = value.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || b == b'.' || (b == b'-' && i == 0));
    value.parse().ok().filter(|n| plain && (low..=high).contains(n))
}

/// A probability that leaves something over; `none` (JSON's null) is 0.
pub(crate) fn dropout(value: &str) -> Option<f32> {
    if value == "none" { Some(0.0) } else { number(value, 0.0, 1.0).filter(|p| *p < 1.0) }
}

/// A choice for each of N blocks: `none`, `all`, or a 0 or 1 for each.
pub(crate) fn mask<const N: usize>(value: &str) -> Option<[bool; N]> {
    match value {
        "none" | "false" => Some([false; N]),
        "all" | "true" => Some([true; N]),
        _ if value.len() == N && value.bytes().all(|b| matches!(b, b'0' | b'1')) => {
            let mut mask = [false; N];
            for (chosen, digit) in mask.iter_mut().zip(value.bytes()) {
                *chosen = digit == b'1';
            }
            Some(mask)
        }
        _ => None,
    }
}

/// The shortest form of a mask.
pub(crate) fn mask_text(mask: &[bool]) -> String {
    if mask.iter().all(|chosen| *chosen) {
        "all".to_owned()
    } else if mask.iter().any(|chosen| *chosen) {
        mask.iter().map(|chosen| if *chosen { '1' } else { '0' }).collect()
    } else {
        "none".to_owned()
    }
}

/// N strides joined by `-`.
pub(crate) fn strides<const N: usize>(value: &str) -> Option<[Stride; N]> {
    let strides: Result<Vec<Stride>, ()> = value.split('-').map(str::parse).collect();
    strides.ok()?.try_into().ok()
}

/// Strides joined by `-`.
pub(crate) fn strides_text(strides: &[Stride]) -> String {
    strides.iter().map(Stride::to_string).collect::<Vec<_>>().join("-")
}

/// A width as names end in it: `x0.5`, always with its point and never with a digit too many.
pub(crate) fn width(text: &str) -> Option<f64> {
    let width = text.strip_prefix('x')?.parse().ok().filter(|width| (0.05..=10.0).contains(width))?;
    (width_text(width) == text).then_some(width)
}

/// `x0.5`
pub(crate) fn width_text(width: f64) -> String {
    format!("x{width:?}")
}

/// A JSON value as the written form has it; `None` for an object.
pub(crate) fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(item).collect();
            items.map(|items| items.join("-"))
        }
        Value::Object(_) => None,
    }
}

/// An element of a JSON list: a number, or a pair of them.
fn item(value: &Value) -> Option<String> {
    match value {
        Value::Number(_) => Some(value.to_string()),
        Value::Array(pair) => match pair.as_slice() {
            [vertical @ Value::Number(_), horizontal @ Value::Number(_)] => Some(format!("{vertical}x{horizontal}")),
            _ => None,
        },
        _ => None,
    }
}
