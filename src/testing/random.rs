//! Random numbers that are the same for the same seed, on every machine.

/// A generator of random numbers: SplitMix64.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The generator for a part of a run, such as a round, which no other part depends on.
    pub(super) fn of(seed: u64, part: &[u64]) -> Self {
        let mut random = Random(seed);
        for part in part {
            random.0 = random.number() ^ part;
        }
        random
    }

    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number less than this one, or 0 if there is none.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // The bounds are small, so that no number is noticeably more frequent than another.
        (self.number() % bound.max(1) as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A number in these bounds, which are a part of it.
    pub(super) fn within(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low);
        match span.checked_add(1) {
            Some(count) => low.wrapping_add_unsigned(self.number() % count),
            None => self.number().cast_signed(),
        }
    }

    pub(super) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    pub(super) fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_says_all() {
        let numbers = |seed, part: &[u64]| {
            let mut random = Random::of(seed, part);
            [random.number(), random.number()]
        };
        assert_eq!(numbers(7, &[1, 2]), numbers(7, &[1, 2]));
        assert_ne!(numbers(7, &[1, 2]), numbers(7, &[2, 1]));
        assert_ne!(numbers(7, &[1, 2]), numbers(8, &[1, 2]));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut random = Random::of(1, &[]);
        let mut seen = [0; 3];
        for _ in 0..300 {
            let number = random.within(-1, 1);
            seen[usize::try_from(number + 1).expect("within the bounds")] += 1;
        }
        assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
        assert_eq!(random.within(i64::MAX, i64::MAX), i64::MAX);
        let _ = random.within(i64::MIN, i64::MAX);
        assert_eq!(random.pick::<u8>(&[]), None);
    }
}
