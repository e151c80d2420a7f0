//! What can be wrong with the name of a network.

/// Why the written form or the options of an [`Arch`](crate::Arch) were refused. All are the writer's to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackboneError {
    /// No network has this name.
    #[error("no architecture is called \"{name}\"{}; there are {families}", did_you_mean(near))]
    UnknownArch {
        /// What was written.
        name: String,
        /// Published names spelled nearly so, nearest first.
        near: Vec<String>,
        /// The forms of all names.
        families: String,
    },

    /// The network has no such option.
    #[error("{arch} has no option \"{option}\"; {}", known_options(known))]
    UnknownOption {
        /// The network.
        arch: String,
        /// What was written.
        option: String,
        /// The options of the family, each with the values it takes.
        known: Vec<String>,
    },

    /// The option does not take this value.
    #[error("{arch}: {option} can't be \"{value}\"; it takes {expected}")]
    BadValue {
        /// The network.
        arch: String,
        /// The option.
        option: String,
        /// What was written.
        value: String,
        /// What the option takes.
        expected: String,
    },

    /// The option stands there twice.
    #[error("{arch}: {option} is given twice")]
    Repeated {
        /// The network.
        arch: String,
        /// The option.
        option: String,
    },

    /// No toolkit has this name.
    #[error("no toolkit is called \"{name}\"; there are {known}")]
    UnknownToolkit {
        /// What was written.
        name: String,
        /// The names there are.
        known: String,
    },
}

fn did_you_mean(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!(" (did you mean {}?)", near.join(" or ")) }
}

fn known_options(known: &[String]) -> String {
    if known.is_empty() { "it takes none".to_owned() } else { format!("its options are {}", known.join(", ")) }
}
