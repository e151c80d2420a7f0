//! What becomes of transparent pixels.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ImagingError;

/// How a picture with transparency becomes one without. Written `drop`, `auto` or `on-rrggbb` (the ground's color in hexadecimal).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Alpha {
    /// The stored color stays and transparency is forgotten, as OpenCV's `IMREAD_COLOR` does.
    #[default]
    Drop,
    /// Blended on white or black, whichever the visible pixels stand out from: dark drawings on white, light ones on black.
    Auto,
    /// Blended on this color.
    On([u8; 3]),
}

impl fmt::Display for Alpha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop => f.write_str("drop"),
            Self::Auto => f.write_str("auto"),
            Self::On([r, g, b]) => write!(f, "on-{r:02x}{g:02x}{b:02x}"),
        }
    }
}

impl FromStr for Alpha {
    type Err = ImagingError;

    fn from_str(text: &str) -> Result<Self, ImagingError> {
        let color = |digits: &str| {
            let value = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6 && !digits.starts_with('+'))?;
            let [_, r, g, b] = value.to_be_bytes();
            Some(Self::On([r, g, b]))
        };
        let read = match text {
            "drop" => Some(Self::Drop),
            "auto" => Some(Self::Auto),
            _ => text.strip_prefix("on-").and_then(color),
        };
        read.ok_or_else(|| ImagingError::Recipe(format!("alpha `{text}` is not `drop`, `auto` or `on-rrggbb`")))
    }
}

impl TryFrom<String> for Alpha {
    type Error = ImagingError;

    fn try_from(text: String) -> Result<Self, ImagingError> {
        text.parse()
    }
}

impl From<Alpha> for String {
    fn from(alpha: Alpha) -> Self {
        alpha.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written() {
        for text in ["drop", "auto", "on-000000", "on-1fa9ff"] {
            assert_eq!(text.parse::<Alpha>().unwrap().to_string(), text);
        }
        assert_eq!("on-ff8000".parse::<Alpha>().unwrap(), Alpha::On([255, 128, 0]));
        for text in ["", "keep", "on-", "on-fff", "on-ff80001", "on-+f8000", "on-gg0000"] {
            assert!(text.parse::<Alpha>().is_err(), "{text}");
        }
    }
}
