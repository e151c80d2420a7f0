//! Top-1 and top-5 accuracy, as an accumulator.

use crate::decode::rank_of;

/// Counts how often the right class is the best, or among the best five.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accuracy {
    n: usize,
    first: usize,
    among_five: usize,
}

/// What [`Accuracy`] counted, as fractions 0 … 1 (0 of no pictures).
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AccuracyReport {
    /// Pictures.
    pub n: usize,
    /// Share whose best class was right.
    pub top1: f64,
    /// Share whose right class was among the best five.
    pub top5: f64,
}

impl Accuracy {
    /// Counts one picture. A class that the scores don't have is never right.
    pub fn add(&mut self, scores: &[f32], truth: usize) {
        self.n += 1;
        if let Some(rank) = rank_of(scores, truth) {
            self.first += usize::from(rank == 0);
            self.among_five += usize::from(rank < 5);
        }
    }

    /// Counts what another accumulator counted.
    pub fn merge(&mut self, other: &Self) {
        self.n += other.n;
        self.first += other.first;
        self.among_five += other.among_five;
    }

    /// The shares.
    pub fn finish(&self) -> AccuracyReport {
        let share = |count: usize| if self.n == 0 { 0.0 } else { count as f64 / self.n as f64 };
        AccuracyReport { n: self.n, top1: share(self.first), top5: share(self.among_five) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        let mut a = Accuracy::default();
        assert_eq!(a.finish(), AccuracyReport { n: 0, top1: 0.0, top5: 0.0 });
        let scores = [0.3, 0.2, 0.15, 0.14, 0.11, 0.1];
        a.add(&scores, 0);
        a.add(&scores, 4);
        a.add(&scores, 5);
        a.add(&scores, 99);
        assert_eq!(a.finish(), AccuracyReport { n: 4, top1: 0.25, top5: 0.5 });
        let mut b = Accuracy::default();
        b.merge(&a);
        assert_eq!(a, b);
    }
}
