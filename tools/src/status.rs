//! What the program tells its caller when it ends.

use std::process::ExitCode;

/// The exit status: the same three numbers in every command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitStatus {
    /// 0: everything was done. Finding nothing is no failure.
    Done,
    /// 1: some inputs failed, a check failed, or nothing was found where `--fail-if-empty` asked for something.
    Failed,
    /// 2: nothing could be done: a usage error, a model that is missing or broken, an output that can't be written.
    Unusable,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        ExitCode::from(match status {
            ExitStatus::Done => 0,
            ExitStatus::Failed => 1,
            ExitStatus::Unusable => 2,
        })
    }
}
