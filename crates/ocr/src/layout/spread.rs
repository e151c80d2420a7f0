//! How numbers spread, where some of them may belong to another kind.

/// The least deviation that is believed: gaps are measured to about that part of a letter's advance.
const LEAST_DEVIATION: f32 = 0.025;

/// Two kinds are told apart where their means lie so many deviations apart.
const APART: f32 = 3.6;

/// And at least so far.
const LEAST_DISTANCE: f32 = 0.15;

/// The middle one; 0 for none.
pub(super) fn middle(numbers: &[f32]) -> f32 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f32::total_cmp);
    match (sorted.get(sorted.len() / 2), sorted.len() % 2) {
        (Some(upper), 0) => f32::midpoint(sorted[sorted.len() / 2 - 1], *upper),
        (Some(middle), _) => *middle,
        (None, _) => 0.0,
    }
}

/// The deviation of the larger kind in sorted numbers, of which some, the largest, may be of another kind.
///
/// The lesser of two estimates that agree on normal numbers: from the distances to the middle, and from the lower half alone, which the
/// other kind does not reach.
pub(super) fn deviation(sorted: &[f32]) -> f32 {
    let usual = middle(sorted);
    let distances: Vec<f32> = sorted.iter().map(|number| (number - usual).abs()).collect();
    // Normal numbers: half lie within 0.6745 deviations of the middle, and 16 % below it by more than one.
    let below = usual - sorted.get(sorted.len() * 16 / 100).copied().unwrap_or(usual);
    (1.4826 * middle(&distances)).min(below).max(LEAST_DEVIATION)
}

/// Where sorted numbers part into two kinds, the upper one not below `least` and not the larger one; none where they don't.
pub(super) fn split(sorted: &[f32], least: f32) -> Option<f32> {
    let all: f32 = sorted.iter().sum();
    let mut below = 0.0;
    let mut best: Option<(f32, usize, [f32; 2])> = None;
    for at in 1..sorted.len() {
        below += sorted[at - 1];
        if 2 * at < sorted.len() || sorted[at] < least {
            continue;
        }
        let (lower, upper) = (at as f32, (sorted.len() - at) as f32);
        let means = [below / lower, (all - below) / upper];
        let between = lower * upper * (means[1] - means[0]).powi(2);
        if best.is_none_or(|(largest, ..)| between > largest) {
            best = Some((between, at, means));
        }
    }
    let (_, at, [lower, upper]) = best?;
    let squares = sorted[..at].iter().map(|v| (v - lower).powi(2)).chain(sorted[at..].iter().map(|v| (v - upper).powi(2)));
    let within = (squares.sum::<f32>() / sorted.len() as f32).sqrt().max(LEAST_DEVIATION);
    let jump = sorted[at] - sorted[at - 1];
    let apart = upper - lower >= LEAST_DISTANCE.max(APART * within) && jump >= 0.3 * within;
    apart.then(|| f32::midpoint(sorted[at - 1], sorted[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middles() {
        assert_eq!((middle(&[]), middle(&[3.0]), middle(&[4.0, 1.0]), middle(&[9.0, 1.0, 2.0])), (0.0, 3.0, 2.5, 2.0));
    }

    #[test]
    fn another_kind_above_does_not_widen_the_deviation() {
        let letters: Vec<f32> = (-20..=20).map(|i| i as f32 * 0.01).collect();
        let mut both = letters.clone();
        both.extend([1.0; 12]);
        assert!(deviation(&both) <= 1.5 * deviation(&letters), "{} {}", deviation(&both), deviation(&letters));
        assert_eq!(deviation(&[5.0; 9]), LEAST_DEVIATION);
    }

    #[test]
    fn two_kinds_are_told_apart_and_one_is_left_whole() {
        let mut both: Vec<f32> = (0..20).map(|i| i as f32 * 0.01).collect();
        both.extend([0.8, 0.85, 0.9]);
        let split_at = split(&both, 0.3).unwrap();
        assert!((0.3..0.8).contains(&split_at), "{split_at}");
        let one: Vec<f32> = (0..20).map(|i| i as f32 * 0.03).collect();
        assert_eq!(split(&one, 0.3), None);
        assert_eq!(split(&both, 2.0), None, "none of the upper kind reaches what is asked");
        assert_eq!(split(&[], 0.0), None);
    }
}
