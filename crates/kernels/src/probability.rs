//! What a classifier's last numbers are: logits, or probabilities of one class each.

/// Softmax, computed in f64 from the differences to the largest value.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f64> = logits.iter().map(|x| f64::from(x - largest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|p| (p / sum) as f32).collect()
}

/// Whether these are probabilities of one class each: none negative, together 1. Logits are so only by an accident of one in many
/// millions.
pub fn are_probabilities(values: &[f32]) -> bool {
    values.iter().all(|v| (0.0..=1.0 + 1e-3).contains(v)) && (values.iter().map(|v| f64::from(*v)).sum::<f64>() - 1.0).abs() < 1e-3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_of_large_numbers() {
        assert_eq!(softmax(&[1000.0, 1000.0]), [0.5, 0.5]);
        assert_eq!(softmax(&[0.0, f32::NEG_INFINITY]), [1.0, 0.0]);
        let s = softmax(&[1.0, 2.0, 3.0]);
        assert!((s[2] - 0.665_240_95).abs() < 1e-6);
        assert!(softmax(&[]).is_empty());
    }

    #[test]
    fn logits_are_no_probabilities() {
        assert!(are_probabilities(&[0.25, 0.75]));
        assert!(!are_probabilities(&[0.5, 0.6]));
        assert!(!are_probabilities(&[-0.5, 1.5]));
        assert!(!are_probabilities(&[f32::NAN, 1.0]));
    }
}
