//! Checkpoints of distilled training carry several networks, each behind a prefix of its own. The student is the one that is published.

use std::borrow::Cow;

use vtk_weights::Checkpoint;

/// The prefix of the network that counts (`ppocr/modeling/architectures/distillation_model.py`); others are `Teacher.`, `Student2.`.
const STUDENT: &str = "Student.";

/// The checkpoint itself, or of a distilled one the student, without its prefix.
pub(crate) fn student(file: &Checkpoint) -> Cow<'_, Checkpoint> {
    if file.keys().any(|key| key.starts_with(STUDENT)) { Cow::Owned(file.part(STUDENT)) } else { Cow::Borrowed(file) }
}
