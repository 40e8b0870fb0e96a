//! Which claims hold during a stretch of time.

use std::sync::Arc;

use super::sorted::Sorted;

/// A stretch of days and what it belongs to: first day, last day, id. Days count from 0001-01-01.
pub(super) type Interval = (i32, i32, u32);

/// Intervals of days, sorted by their first day, with the greatest last day of each run, so that a
/// look-up skips the runs that ended before. Twelve bytes an interval.
#[derive(Debug, Clone, Default)]
pub struct TimeIndex {
    intervals: Sorted<Interval>,
    latest: Arc<[i32]>,
}

impl TimeIndex {
    /// Adds intervals and takes out others.
    pub(super) fn edit(&mut self, added: Vec<Interval>, removed: &[Interval]) {
        if added.is_empty() && removed.is_empty() {
            return;
        }
        self.intervals.edit(added, removed, Interval::cmp);
        let last = |run: &Arc<[Interval]>| run.iter().map(|(_, last, _)| *last).max();
        self.latest =
            self.intervals.runs().iter().map(|run| last(run).unwrap_or(i32::MIN)).collect();
    }

    /// Appends the ids whose interval shares a day with `first..=last`, in the order of ids.
    ///
    /// Cost: the intervals that began by `last`, less the runs that all ended before `first`.
    pub fn overlapping(&self, first: i32, last: i32, found: &mut Vec<u32>) {
        let mark = found.len();
        for (run, latest) in self.intervals.runs().iter().zip(self.latest.iter()) {
            if run[0].0 > last {
                break;
            }
            if *latest >= first {
                let shares = run.iter().filter(|(start, end, _)| *start <= last && *end >= first);
                found.extend(shares.map(|(_, _, id)| *id));
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
            let mut index = TimeIndex::default();
            let half = intervals.len() / 2;
            index.edit(intervals[..half].to_vec(), &[]);
            index.edit(intervals[half..].to_vec(), &[]);
            index.overlapping(first, last, &mut found);
            prop_assert_eq!(found, expected);
        }
    }
}
