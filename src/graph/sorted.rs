//! Sorted runs that the revisions of a graph share.

use std::{cmp::Ordering, sync::Arc};

/// How many items a run holds when it is made.
const RUN: usize = 512;

/// Items in order, in runs; clones share them, and a change copies one run and the list of runs.
#[derive(Debug, Clone)]
pub(crate) struct Sorted<T> {
    runs: Arc<Vec<Arc<[T]>>>,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { runs: Arc::default() }
    }
}

impl<T: Copy> Sorted<T> {
    /// Runs of items that are in order.
    pub(crate) fn from_sorted(items: impl IntoIterator<Item = T>) -> Self {
        let items: Vec<T> = items.into_iter().collect();
        Self { runs: Arc::new(items.chunks(RUN).map(Arc::from).collect()) }
    }

    /// The runs, none of them empty.
    pub(crate) fn runs(&self) -> &[Arc<[T]>] {
        &self.runs
    }

    /// The items from the first for which `is_before` is false; it must be true for a first part
    /// only. Cost: logarithmic, and one step for each item taken.
    pub(crate) fn from(&self, is_before: impl Fn(&T) -> bool) -> impl Iterator<Item = &T> {
        let run = self.runs.partition_point(|run| run.last().is_some_and(&is_before));
        let within = self.runs.get(run).map_or(0, |run| run.partition_point(&is_before));
        self.runs[run..].iter().flat_map(|run| run.iter()).skip(within)
    }

    /// The items from the first for which `is_before` is false up to the first for which `is_in` is;
    /// each must be true for a first part only. Cost: logarithmic, and one step for each item taken.
    pub(crate) fn range(
        &self,
        is_before: impl Fn(&T) -> bool,
        is_in: impl Fn(&T) -> bool,
    ) -> impl Iterator<Item = &T> {
        let first = self.runs.partition_point(|run| run.last().is_some_and(&is_before));
        let within = |item: &T| is_before(item) || is_in(item);
        let last = self.runs.partition_point(|run| run.first().is_some_and(within));
        let runs = self.runs.get(first..last.max(first)).unwrap_or_default();
        let count = runs.len();
        runs.iter().enumerate().flat_map(move |(place, run)| {
            let start = if place == 0 { run.partition_point(&is_before) } else { 0 };
            let end = if place + 1 == count {
                run.partition_point(|item| is_before(item) || is_in(item))
            } else {
                run.len()
            };
            run[start..end].iter()
        })
    }

    /// Adds items and takes out those that compare equal to one of `removed`. `compare` must be a
    /// total order. Cost: for each item a logarithmic search and a run; for many items at once,
    /// one sort and a pass over the whole.
    pub(crate) fn edit(
        &mut self,
        mut added: Vec<T>,
        removed: &[T],
        compare: impl Fn(&T, &T) -> Ordering + Copy,
    ) {
        if added.is_empty() && removed.is_empty() {
            return;
        }
        let runs = Arc::make_mut(&mut self.runs);
        for item in removed {
            let place = place(runs, item, compare);
            if let Some(run) = runs.get_mut(place) {
                *run = run.iter().copied().filter(|known| compare(known, item).is_ne()).collect();
                if run.is_empty() {
                    runs.remove(place);
                }
            }
        }
        if added.len() > RUN.max(runs.len() * RUN / 4) {
            let mut all: Vec<T> = runs.iter().flat_map(|run| run.iter().copied()).collect();
            all.append(&mut added);
            all.sort_unstable_by(compare);
            *runs = all.chunks(RUN).map(Arc::from).collect();
            return;
        }
        for item in added {
            let place = place(runs, &item, compare);
            let Some(run) = runs.get(place) else {
                runs.push(Arc::from([item]));
                continue;
            };
            let at = run.partition_point(|known| compare(known, &item).is_lt());
            let longer: Vec<T> =
                run[..at].iter().copied().chain([item]).chain(run[at..].iter().copied()).collect();
            if longer.len() > 2 * RUN {
                runs.splice(place..=place, longer.chunks(RUN + 1).map(Arc::from));
            } else {
                runs[place] = longer.into();
            }
        }
    }
}

/// The run that has an item, or would.
fn place<T>(runs: &[Arc<[T]>], item: &T, compare: impl Fn(&T, &T) -> Ordering) -> usize {
    runs.partition_point(|run| run.last().is_some_and(|last| compare(last, item).is_lt()))
        .min(runs.len().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_is_a_sorted_set(
            edits in prop::collection::vec((prop::collection::btree_set(0u32..9_000, 0..900), prop::collection::btree_set(0u32..9_000, 0..60)), 0..12),
            wanted in 0u32..9_000,
        ) {
            let mut sorted = Sorted::default();
            let mut model: BTreeSet<u32> = BTreeSet::new();
            for (added, removed) in edits {
                let removed: Vec<u32> = removed.into_iter().collect();
                model.retain(|item| !removed.contains(item));
                let added: Vec<u32> = added.into_iter().filter(|item| !model.contains(item)).collect();
                model.extend(&added);
                sorted.edit(added, &removed, u32::cmp);
                prop_assert!(sorted.from(|_| false).eq(model.iter()));
                prop_assert!(sorted.from(|item| *item < wanted).eq(model.range(wanted..)));
            }
        }
    }
}
