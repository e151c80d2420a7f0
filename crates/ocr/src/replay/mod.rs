//! Replays the reference cases of text reading, a file a group of kinds.
