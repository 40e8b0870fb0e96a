//! What an edit does to the indexes, summed up before it is done.

use std::collections::BTreeSet;

/// What an edit does to an index, in order: adds an item that is not there (true), or takes one out
/// that is (false).
#[derive(Debug)]
pub(super) struct Net<T>(pub(super) Vec<(T, bool)>);

impl<T> Default for Net<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + Ord> Net<T> {
    pub(super) fn add(&mut self, item: T) {
        self.0.push((item, true));
    }

    pub(super) fn remove(&mut self, item: T) {
        self.0.push((item, false));
    }

    /// What is added and what is taken out in the end; nothing is in both.
    pub(super) fn sum(mut self) -> (Vec<T>, Vec<T>) {
        if self.0.iter().all(|(_, is_added)| *is_added) {
            return (self.0.into_iter().map(|(item, _)| item).collect(), Vec::new());
        }
        // The sort is stable: of one item, the first deed tells whether it was there before.
        self.0.sort_by_key(|(item, _)| *item);
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for same in self.0.chunk_by(|a, b| a.0 == b.0) {
            match (same[0].1, same[same.len() - 1].1) {
                (true, true) => added.push(same[0].0),
                (false, false) => removed.push(same[0].0),
                _ => {}
            }
        }
        (added, removed)
    }

    /// Carries out what was done to some items on a sorted set of ids.
    pub(super) fn replay(&self, ids: &mut BTreeSet<u32>, id_of: impl Fn(&T) -> Option<u32>) {
        for (item, is_added) in &self.0 {
            if let Some(id) = id_of(item) {
                if *is_added {
                    ids.insert(id)
                } else {
                    ids.remove(&id)
                };
            }
        }
    }
}
