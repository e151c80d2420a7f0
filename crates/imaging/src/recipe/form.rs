//! A step as it is written: a name and named fields, the same in JSON and in the compact form. What a step needs and what it may not
//! have is decided here, once for both.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::step::{Arithmetic, LineWidth, Order, ResizeTo, SideType, Step};
use crate::{Alpha, Filter, ImagingError};

/// A number, read from a number or from `{"over": n}` for 1 / n; written without a fraction where it has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(pub(super) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a number or {\"over\": n}")]
        enum Written {
            Plain(f64),
            Over { over: f64 },
        }
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Plain(x) => x,
            Written::Over { over } => 1.0 / over,
        }))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 && self.0.abs() < 1e9 { serializer.serialize_i64(self.0 as i64) } else { serializer.serialize_f64(self.0) }
    }
}

macro_rules! form {
    ($($field:ident: $type:ty = $key:literal),* $(,)?) => {
        /// Every field that some step has.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Form {
            pub(super) step: String,
            $(#[serde(rename = $key, default, skip_serializing_if = "Option::is_none")] $field: Option<$type>,)*
        }

        impl Form {
            /// Sets the field `key` from its compact form.
            pub(super) fn set(&mut self, key: &str, text: &str) -> Result<(), ImagingError> {
                match key {
                    $($key if self.$field.is_none() => {
                        self.$field = Some(<$type as Written>::read(text).ok_or_else(|| {
                            ImagingError::Recipe(format!("step `{}`: `{key}={text}` is not {}", self.step, <$type as Written>::WHAT))
                        })?);
                        Ok(())
                    })*
                    _ => Err(ImagingError::Recipe(format!("step `{}`: field `{key}` is unknown or given twice", self.step))),
                }
            }

            /// The fields that are set, in their compact form.
            pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
                let mut fields = Vec::new();
                $(if let Some(value) = &self.$field { fields.push(($key, Written::written(value))); })*
                fields
            }
        }
    };
}

form! {
    alpha: Alpha = "alpha",
    order: String = "order",
    below: usize = "below",
    width: usize = "width",
    height: usize = "height",
    min_width: usize = "min_width",
    short: usize = "short",
    max_long: usize = "max_long",
    long: usize = "long",
    max: usize = "max",
    min: usize = "min",
    limit: usize = "limit",
    side: SideType = "type",
    multiple: usize = "multiple",
    filter: Filter = "filter",
    arithmetic: Arithmetic = "arithmetic",
    value: Number = "value",
    over: Number = "over",
    mean: [Number; 3] = "mean",
    std: [Number; 3] = "std",
}

/// A field's compact form.
pub(super) trait Written: Sized {
    /// What is expected, for messages.
    const WHAT: &'static str;
    fn read(text: &str) -> Option<Self>;
    fn written(&self) -> String;
}

impl Written for String {
    const WHAT: &'static str = "a word";
    fn read(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn written(&self) -> String {
        self.clone()
    }
}

impl Written for usize {
    const WHAT: &'static str = "a whole number";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn written(&self) -> String {
        self.to_string()
    }
}

impl Written for Number {
    const WHAT: &'static str = "a number";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
    fn written(&self) -> String {
        self.0.to_string()
    }
}

impl Written for [Number; 3] {
    const WHAT: &'static str = "three numbers with `/` between them";
    fn read(text: &str) -> Option<Self> {
        let numbers: Option<Vec<Number>> = text.split('/').map(Number::read).collect();
        numbers?.try_into().ok()
    }
    fn written(&self) -> String {
        self.map(|n| n.written()).join("/")
    }
}

/// The compact form of an enum of words.
macro_rules! words {
    ($type:ty, $what:literal, $($word:literal = $value:expr),*) => {
        impl Written for $type {
            const WHAT: &'static str = $what;
            fn read(text: &str) -> Option<Self> {
                match text {
                    $($word => Some($value),)*
                    _ => None,
                }
            }
            fn written(&self) -> String {
                [$(($value, $word)),*].iter().find(|(value, _)| value == self).map_or("", |(_, word)| *word).to_owned()
            }
        }
    };
}

words!(Order, "`rgb` or `bgr`", "rgb" = Order::Rgb, "bgr" = Order::Bgr);
words!(Arithmetic, "`u8` or `f32`", "u8" = Arithmetic::U8, "f32" = Arithmetic::F32);
words!(SideType, "`max`, `min` or `long`", "max" = SideType::Max, "min" = SideType::Min, "long" = SideType::Long);

impl Written for Alpha {
    const WHAT: &'static str = "`drop`, `auto` or `on-rrggbb`";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn written(&self) -> String {
        self.to_string()
    }
}

impl Written for Filter {
    const WHAT: &'static str = "`nearest`, `linear`, `cubic`, `area`, `pillow-bilinear` or `pillow-bicubic`";
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|filter| filter.name() == text)
    }
    fn written(&self) -> String {
        self.name().to_owned()
    }
}

impl Form {
    pub(super) fn named(step: &str) -> Self {
        Self { step: step.to_owned(), ..Self::default() }
    }

    fn resized(step: &str, filter: Filter, arithmetic: Arithmetic) -> Self {
        Self { filter: Some(filter), arithmetic: Some(arithmetic), ..Self::named(step) }
    }

    fn missing(&self, field: &str) -> ImagingError {
        ImagingError::Recipe(format!("step `{}` needs the field `{field}`", self.step))
    }

    /// The filter and arithmetic, `linear` and `u8` where they are not given.
    fn resizing(&mut self) -> (Filter, Arithmetic) {
        (self.filter.take().unwrap_or(Filter::Linear), self.arithmetic.take().unwrap_or_default())
    }

    fn take_width(&mut self) -> Result<usize, ImagingError> {
        self.width.take().ok_or_else(|| self.missing("width"))
    }

    fn take_height(&mut self) -> Result<usize, ImagingError> {
        self.height.take().ok_or_else(|| self.missing("height"))
    }

    fn take_value(&mut self) -> Result<f64, ImagingError> {
        self.value.take().map(|n| n.0).ok_or_else(|| self.missing("value"))
    }

    fn resize(&mut self) -> Result<Step, ImagingError> {
        let to = match (self.short.take(), self.long.take()) {
            (Some(side), None) => ResizeTo::Short { side, max_long: self.max_long.take() },
            (None, Some(side)) => ResizeTo::Long(side),
            (None, None) => ResizeTo::Exact { width: self.take_width()?, height: self.take_height()? },
            (Some(_), Some(_)) => return Err(ImagingError::Recipe("step `resize` has both `short` and `long`".to_owned())),
        };
        let (filter, arithmetic) = self.resizing();
        Ok(Step::Resize { to, filter, arithmetic })
    }

    fn line(&mut self) -> Result<Step, ImagingError> {
        let width = match (self.width.take(), self.min_width.take()) {
            (Some(width), None) => LineWidth::Fixed(width),
            (None, Some(width)) => LineWidth::AtLeast(width),
            _ => return Err(ImagingError::Recipe("step `line` needs either `width` or `min_width`".to_owned())),
        };
        let (filter, arithmetic) = self.resizing();
        Ok(Step::Line { height: self.take_height()?, width, filter, arithmetic })
    }

    fn channels(&mut self) -> Result<Step, ImagingError> {
        let word = self.order.take().ok_or_else(|| self.missing("order"))?;
        let order =
            Order::read(&word).ok_or_else(|| ImagingError::Recipe(format!("step `channels`: order `{word}` is not {}", Order::WHAT)))?;
        Ok(Step::Channels { order })
    }

    fn layout(&mut self) -> Result<Step, ImagingError> {
        match self.order.take().as_deref() {
            None | Some("chw") => Ok(Step::Layout),
            Some(other) => Err(ImagingError::Recipe(format!("step `layout`: order `{other}` is not `chw`, the only one"))),
        }
    }

    fn step(&mut self) -> Result<Step, ImagingError> {
        Ok(match self.step.as_str() {
            "decode" => Step::Decode { alpha: self.alpha.take().unwrap_or_default() },
            "channels" => self.channels()?,
            "pad-small" => Step::PadSmall {
                below: self.below.take().ok_or_else(|| self.missing("below"))?,
                width: self.take_width()?,
                height: self.take_height()?,
                value: self.take_value()?,
            },
            "resize" => self.resize()?,
            "limit-long" => {
                let (filter, arithmetic) = self.resizing();
                Step::LimitLong { max: self.max.take(), min: self.min.take(), filter, arithmetic }
            }
            "fit" => {
                let (filter, arithmetic) = self.resizing();
                let multiple = self.multiple.take().unwrap_or(1);
                Step::Fit { width: self.take_width()?, height: self.take_height()?, multiple, filter, arithmetic }
            }
            "limit-side" => {
                let (filter, arithmetic) = self.resizing();
                Step::LimitSide {
                    limit: self.limit.take().ok_or_else(|| self.missing("limit"))?,
                    side: self.side.take().ok_or_else(|| self.missing("type"))?,
                    multiple: self.multiple.take().unwrap_or(1),
                    filter,
                    arithmetic,
                }
            }
            "line" => self.line()?,
            "crop" => Step::Crop { width: self.take_width()?, height: self.take_height()? },
            "pad" => Step::Pad { width: self.take_width()?, height: self.take_height()?, value: self.take_value()? },
            "scale" => Step::Scale { over: self.over.take().ok_or_else(|| self.missing("over"))?.0 },
            "normalize" => Step::Normalize {
                mean: self.mean.take().ok_or_else(|| self.missing("mean"))?.map(|n| n.0),
                std: self.std.take().ok_or_else(|| self.missing("std"))?.map(|n| n.0),
            },
            "pad-line" => Step::PadLine { value: self.take_value()? },
            "layout" => self.layout()?,
            other => return Err(unknown(other)),
        })
    }
}

/// The error of a step that there is none of.
pub(super) fn unknown(name: &str) -> ImagingError {
    ImagingError::Recipe(format!("there is no step `{name}`; the steps are {}", Step::NAMES.join(", ")))
}

impl TryFrom<Form> for Step {
    type Error = ImagingError;

    fn try_from(mut form: Form) -> Result<Self, ImagingError> {
        let step = form.step()?;
        match form.fields().first() {
            Some((left, _)) => Err(ImagingError::Recipe(format!("step `{}` has no field `{left}`", form.step))),
            None => Ok(step),
        }
    }
}

impl From<Step> for Form {
    fn from(step: Step) -> Self {
        let name = step.name();
        match step {
            Step::Decode { alpha } => Self { alpha: Some(alpha), ..Self::named(name) },
            Step::Channels { order } => Self { order: Some(order.written()), ..Self::named(name) },
            Step::PadSmall { below, width, height, value } => {
                Self { below: Some(below), width: Some(width), height: Some(height), value: Some(Number(value)), ..Self::named(name) }
            }
            Step::Resize { to, filter, arithmetic } => {
                let form = Self::resized(name, filter, arithmetic);
                match to {
                    ResizeTo::Exact { width, height } => Self { width: Some(width), height: Some(height), ..form },
                    ResizeTo::Short { side, max_long } => Self { short: Some(side), max_long, ..form },
                    ResizeTo::Long(side) => Self { long: Some(side), ..form },
                }
            }
            Step::LimitLong { max, min, filter, arithmetic } => Self { max, min, ..Self::resized(name, filter, arithmetic) },
            Step::Fit { width, height, multiple, filter, arithmetic } => {
                Self { width: Some(width), height: Some(height), multiple: Some(multiple), ..Self::resized(name, filter, arithmetic) }
            }
            Step::LimitSide { limit, side, multiple, filter, arithmetic } => {
                Self { limit: Some(limit), side: Some(side), multiple: Some(multiple), ..Self::resized(name, filter, arithmetic) }
            }
            Step::Line { height, width, filter, arithmetic } => {
                let form = Self { height: Some(height), ..Self::resized(name, filter, arithmetic) };
                match width {
                    LineWidth::Fixed(width) => Self { width: Some(width), ..form },
                    LineWidth::AtLeast(width) => Self { min_width: Some(width), ..form },
                }
            }
            Step::Crop { width, height } => Self { width: Some(width), height: Some(height), ..Self::named(name) },
            Step::Pad { width, height, value } => {
                Self { width: Some(width), height: Some(height), value: Some(Number(value)), ..Self::named(name) }
            }
            Step::Scale { over } => Self { over: Some(Number(over)), ..Self::named(name) },
            Step::Normalize { mean, std } => Self { mean: Some(mean.map(Number)), std: Some(std.map(Number)), ..Self::named(name) },
            Step::PadLine { value } => Self { value: Some(Number(value)), ..Self::named(name) },
            Step::Layout => Self { order: Some("chw".to_owned()), ..Self::named(name) },
        }
    }
}
