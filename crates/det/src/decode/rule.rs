//! The two official rules by name, with every threshold open.

use std::fmt;
use std::str::FromStr;

use super::{DeployRule, Found, Levels, NetworkRule, Scale};
use crate::DetError;

/// An official rule's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Inside the network, and what average precision is measured by: score above 0.025, overlap up to 0.6, 100 boxes of all classes.
    Network,
    /// PaddleDetection's deployment scripts: score above 0.4, overlap up to 0.5, 100 boxes of each class.
    Deploy,
}

/// From a network's outputs to boxes: a rule with its numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Decoding {
    /// The rule `network`.
    Network(NetworkRule),
    /// The rule `deploy`.
    Deploy(DeployRule),
}

impl Decoding {
    /// The rule `network` with its official numbers.
    pub fn network() -> Self {
        Self::Network(NetworkRule::default())
    }

    /// The rule `deploy` with its official numbers.
    pub fn deploy() -> Self {
        Self::Deploy(DeployRule::default())
    }

    /// The rule's name.
    pub fn rule(&self) -> Rule {
        match self {
            Self::Network(_) => Rule::Network,
            Self::Deploy(_) => Rule::Deploy,
        }
    }

    /// Scores are above it.
    pub fn score_threshold(&self) -> f32 {
        match self {
            Self::Network(rule) => rule.score_threshold,
            Self::Deploy(rule) => rule.score_threshold,
        }
    }

    /// The largest overlap of two kept boxes of one class.
    pub fn iou_threshold(&self) -> f32 {
        match self {
            Self::Network(rule) => rule.iou_threshold,
            Self::Deploy(rule) => rule.iou_threshold,
        }
    }

    /// The same, giving boxes of exactly this score and more. To suppress with a low threshold and then to show high scores gives the
    /// same boxes, because no box is suppressed by a worse one; to leave the low ones out at once is faster.
    #[must_use]
    pub fn shown_from(mut self, score: f32) -> Self {
        let below = score.next_down();
        match &mut self {
            Self::Network(rule) => rule.score_threshold = below,
            Self::Deploy(rule) => rule.score_threshold = below,
        }
        self
    }

    /// The same with another largest overlap.
    #[must_use]
    pub fn with_iou(mut self, iou: f32) -> Self {
        match &mut self {
            Self::Network(rule) => rule.iou_threshold = iou,
            Self::Deploy(rule) => rule.iou_threshold = iou,
        }
        self
    }

    /// Boxes grouped by class, best first in each, not cut to the picture (`deploy` cuts them to the network's input). `project` is what
    /// the bins of a distribution stand for, `wanted` tells which classes count; `most` is a limit in place of the rule's own.
    pub fn decode(
        &self,
        levels: &Levels<'_>,
        scale: Scale,
        project: &[f32],
        most: Option<usize>,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<Found> {
        match (self, most) {
            (Self::Network(rule), None) => rule.decode(levels, scale, project, wanted),
            (Self::Network(rule), most) => NetworkRule { keep: most, ..*rule }.decode(levels, scale, project, wanted),
            (Self::Deploy(rule), None) => rule.decode(levels, scale, project, wanted),
            (Self::Deploy(rule), Some(most)) => {
                let mut found =
                    DeployRule { keep_per_class: most.max(rule.keep_per_class), ..*rule }.decode(levels, scale, project, wanted);
                found.sort_by(|a, b| b.score.total_cmp(&a.score));
                found.truncate(most);
                found.sort_by_key(|f| f.class);
                found
            }
        }
    }

    /// That thresholds are fractions.
    pub(crate) fn check(&self) -> Result<(), DetError> {
        // The number just below 0 lets a score of 0 through.
        let score = self.score_threshold();
        if !(0f32.next_down()..=1.0).contains(&score) {
            return Err(DetError::Option {
                option: "score_threshold",
                what: format!("{score} is no score; a number from 0 to 1 was expected"),
            });
        }
        let iou = self.iou_threshold();
        if !(0.0..=1.0).contains(&iou) {
            return Err(DetError::Option {
                option: "iou_threshold",
                what: format!("{iou} is no overlap; a number from 0 to 1 was expected"),
            });
        }
        Ok(())
    }
}

impl From<Rule> for Decoding {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Network => Self::network(),
            Rule::Deploy => Self::deploy(),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "network",
            Self::Deploy => "deploy",
        })
    }
}

impl FromStr for Rule {
    type Err = DetError;

    fn from_str(name: &str) -> Result<Self, DetError> {
        match name {
            "network" => Ok(Self::Network),
            "deploy" => Ok(Self::Deploy),
            _ => Err(DetError::Option { option: "rule", what: format!("\"{name}\" is none; there are network and deploy") }),
        }
    }
}
