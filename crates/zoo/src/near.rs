//! Names that look like one that does not exist: what a slip of the finger may have meant.

/// Up to five of the names that look like `name`, the nearest first.
pub(crate) fn near<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = simple(name);
    let mut found: Vec<(usize, &str)> = Vec::new();
    for known in names {
        let plain = simple(known);
        let distance = strsim::levenshtein(&wanted, &plain);
        let contained = wanted.len().min(plain.len()) >= 3 && (plain.contains(&wanted) || wanted.contains(&plain));
        if contained || distance <= wanted.len().min(plain.len()) / 4 {
            found.push((distance, known));
        }
    }
    found.sort();
    found.dedup();
    found.into_iter().take(5).map(|(_, known)| known.to_owned()).collect()
}

/// A name without what people leave out or write otherwise.
fn simple(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found() {
        assert_eq!(near("PP_LCNet-x1", ["pplcnet-x1.0", "resnet50-vd"].into_iter()), ["pplcnet-x1.0"]);
    }
}
