//! What has been read: lines of text, where they stand, and their characters.

use serde::{Deserialize, Serialize};

/// Four corners in pixels of the picture, clockwise from the top left as read.
pub type Quad = [[f32; 2]; 4];

/// A line of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextLine {
    /// What it says.
    pub text: String,
    /// Mean confidence of its characters, 0 to 1.
    pub score: f32,
    /// Where it stands.
    pub quad: Quad,
    /// Its characters in order; their texts joined are `text`.
    pub characters: Vec<Character>,
    /// How the recognizer's columns lie on the line: its length, from its left edge to its right, in columns. Padding does not count.
    pub columns: f32,
}

/// A character of a line: an entry of the recognizer's dictionary, which may be more than one code point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Character {
    /// The entry.
    pub text: String,
    /// Its confidence, 0 to 1. One that was put in by a rule and not by the network (a space) has that of its neighbor.
    pub score: f32,
    /// The column of the recognizer's output, from 0, in which it was read.
    pub column: u32,
}
