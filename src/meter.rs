//! Numbers that many threads add to at once, for metrics: no lock, and a few instructions each.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often a value lay within each of several bounds.
#[derive(Debug)]
pub(crate) struct Histogram {
    /// The greatest value of each bucket, in ascending order. A last bucket has what is above all of them.
    bounds: &'static [u64],
    counts: Box<[AtomicU64]>,
    sum: AtomicU64,
}

/// What a histogram had counted at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) sum: u64,
    pub(crate) count: u64,
    /// The greatest value of each bucket, and how many values are in it alone. What is above all bounds is not here.
    pub(crate) buckets: Vec<(u64, u64)>,
}

impl Histogram {
    pub(crate) fn new(bounds: &'static [u64]) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Histogram { bounds, counts, sum: AtomicU64::new(0) }
    }

    /// Counts a value.
    pub(crate) fn observe(&self, value: u64) {
        // There are few bounds, and most values are below the first ones.
        let bucket = self.bounds.iter().position(|bound| value <= *bound).unwrap_or(self.bounds.len());
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(value, Ordering::Relaxed);
    }

    /// What has been counted. The number is that of all buckets together, whoever counts meanwhile.
    pub(crate) fn counted(&self) -> Counted {
        let sum = self.sum.load(Ordering::Relaxed);
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
        let count = counts.iter().sum();
        Counted { sum, count, buckets: self.bounds.iter().copied().zip(counts).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_in_the_first_bucket_whose_bound_it_does_not_exceed() {
        let histogram = Histogram::new(&[1, 5, 10]);
        [0, 1, 2, 5, 6, 10, 11, 1000].into_iter().for_each(|value| histogram.observe(value));
        let counted = histogram.counted();
        assert_eq!(counted, Counted { sum: 1035, count: 8, buckets: vec![(1, 2), (5, 2), (10, 2)] });
    }
}
