//! Which claims hold during a stretch of time.

/// Intervals of days, sorted by their first day, with the greatest last day of each block, so that
/// a look-up skips the blocks that ended before. Twelve bytes an interval.
#[derive(Debug, Default)]
pub struct TimeIndex {
    intervals: Vec<(i32, i32, u32)>,
    latest: Vec<i32>,
}

const BLOCK: usize = 64;

impl TimeIndex {
    /// Builds the index of (first day, last day, id); days count from 0001-01-01.
    pub(super) fn build(mut intervals: Vec<(i32, i32, u32)>) -> Self {
        intervals.sort_unstable();
        let latest = intervals
            .chunks(BLOCK)
            .map(|block| block.iter().map(|(_, last, _)| *last).max().unwrap_or(i32::MIN))
            .collect();
        Self { intervals, latest }
    }

    /// Appends the ids whose interval shares a day with `first..=last`, in the order of ids.
    ///
    /// Cost: the intervals that began by `last`, less the blocks that all ended before `first`.
    pub fn overlapping(&self, first: i32, last: i32, found: &mut Vec<u32>) {
        let mark = found.len();
        let begun = self.intervals.partition_point(|(start, _, _)| *start <= last);
        for (block, latest) in self.intervals[..begun].chunks(BLOCK).zip(&self.latest) {
            if *latest >= first {
                found
                    .extend(block.iter().filter(|(_, end, _)| *end >= first).map(|(_, _, id)| *id));
            }
        }
        found[mark..].sort_unstable();
    }
}

#[cfg(test)]
mod tests {
    use super::TimeIndex;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_a_scan_finds(
            spans in prop::collection::vec((0i32..500, 0i32..90), 0..300),
            first in 0i32..600, length in 0i32..60,
        ) {
            let intervals: Vec<_> =
                (0u32..).zip(&spans).map(|(id, (start, days))| (*start, start + days, id)).collect();
            let last = first + length;
            let expected: Vec<u32> = intervals
                .iter()
                .filter(|(start, end, _)| *start <= last && *end >= first)
                .map(|(_, _, id)| *id)
                .collect();
            let mut found = Vec::new();
            TimeIndex::build(intervals).overlapping(first, last, &mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
