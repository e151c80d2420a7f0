//! The order in which a person would count files: `page 2` before `page 10`, whatever the case of letters.

use std::cmp::Ordering;

/// Compares names: runs of digits by their number, other characters without regard to case. Names that are equal that way go by their
/// characters, so that the order is the same on every run.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    loop {
        let order = match (number(&mut rest_a), number(&mut rest_b)) {
            (Some(x), Some(y)) => x.len().cmp(&y.len()).then(x.cmp(y)),
            // A number stands where digits stand among characters.
            (Some(_), None) => rest_b.chars().next().map_or(Ordering::Greater, |c| '0'.cmp(&c)),
            (None, Some(_)) => rest_a.chars().next().map_or(Ordering::Less, |c| c.cmp(&'0')),
            (None, None) => match (letter(&mut rest_a), letter(&mut rest_b)) {
                (None, None) => return a.cmp(b),
                (x, y) => x.cmp(&y),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Takes a run of digits off the front, without its leading zeros.
fn number<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, after) = rest.split_at(end);
    if digits.is_empty() {
        return None;
    }
    *rest = after;
    Some(digits.trim_start_matches('0'))
}

/// Takes a character off the front, in lower case.
fn letter(rest: &mut &str) -> Option<char> {
    let mut chars = rest.chars();
    let c = chars.next()?;
    *rest = chars.as_str();
    c.to_lowercase().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_case_does_not() {
        let order = ["", "1", "01", "2", "10", "a", "A1", "a 2", "a-1", "a01", "a1b", "a2", "a10", "b", "ab", "猫1", "猫10"];
        let mut names = order.to_vec();
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["", "01", "1", "2", "10", "a", "a 2", "a-1", "A1", "a01", "a1b", "a2", "a10", "ab", "b", "猫1", "猫10"]);
        assert_eq!(compare("99999999999999999999999", "100000000000000000000000"), Ordering::Less);
    }

    #[test]
    fn the_order_is_total() {
        let names = ["a", "a0", "a00", "a1", "A1", "a01", "1a", "01A", "", "0", "00", "-", "_", "a-", "a_", "ä", "é1", "é"];
        for a in names {
            for b in names {
                assert_eq!(compare(a, b), compare(b, a).reverse(), "{a} {b}");
                assert_eq!(compare(a, b) == Ordering::Equal, a == b, "{a} {b}");
                for c in names {
                    if compare(a, b).is_lt() && compare(b, c).is_lt() {
                        assert!(compare(a, c).is_lt(), "{a} {b} {c}");
                    }
                }
            }
        }
    }
}
