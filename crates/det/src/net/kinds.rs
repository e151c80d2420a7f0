//! The kinds of necks and heads, by the names that options and messages call them.

use std::fmt;

/// How maps of three strides are mixed and a fourth is made. Both are the same graph of other blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neck {
    /// Of the current generation: depthwise separable stacks (`lcpan`).
    LcPan,
    /// Of the first generation: cross-stage partial layers (`csppan`).
    CspPan,
}

/// How a map becomes scores and boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Head {
    /// Of the first generation: one convolution gives scores and distributions (`v1`).
    V1,
    /// Of the current generation: gated features, a convolution for each, and an alignment branch whose score is multiplied (`v2`).
    V2,
}

impl Neck {
    const NAMES: [(Self, &'static str); 2] = [(Self::LcPan, "lcpan"), (Self::CspPan, "csppan")];

    /// The neck of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        named(&Self::NAMES, name)
    }
}

impl Head {
    const NAMES: [(Self, &'static str); 2] = [(Self::V1, "v1"), (Self::V2, "v2")];

    /// The head of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        named(&Self::NAMES, name)
    }
}

impl fmt::Display for Neck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(&Self::NAMES, self))
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(&Self::NAMES, self))
    }
}

fn name_of<T: PartialEq>(names: &[(T, &'static str)], value: &T) -> &'static str {
    names.iter().find(|(known, _)| known == value).map_or("", |(_, name)| name)
}

fn named<T: Copy>(names: &[(T, &str)], name: &str) -> Option<T> {
    names.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
}
