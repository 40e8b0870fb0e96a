//! A vector in pages that the revisions of a graph share.

use std::sync::Arc;

const SHIFT: u32 = 10;
/// How many items a page holds.
const PAGE: usize = 1 << SHIFT;

/// A vector whose clones share its pages: cloning costs two counters, appending to a clone copies
/// the last page, changing an item copies its page. A vector that shares nothing changes in place.
#[derive(Debug, Clone)]
pub struct Pages<T> {
    full: Arc<[Arc<[T]>]>,
    /// The last page, not full.
    tail: Arc<Vec<T>>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { full: Arc::from([]), tail: Arc::default() }
    }
}

impl<T: Clone> Pages<T> {
    /// How many items there are.
    pub fn len(&self) -> usize {
        self.full.len() * PAGE + self.tail.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.full.is_empty() && self.tail.is_empty()
    }

    /// The item at an index. Cost: two loads.
    ///
    /// # Panics
    /// If the index is out of range, as that of a slice does.
    pub fn get(&self, index: usize) -> &T {
        match self.full.get(index >> SHIFT) {
            Some(page) => &page[index % PAGE],
            None => &self.tail[index - self.full.len() * PAGE],
        }
    }

    /// Appends an item.
    pub(crate) fn push(&mut self, item: T) {
        let tail = Arc::make_mut(&mut self.tail);
        tail.push(item);
        if tail.len() == PAGE {
            let page: Arc<[T]> = std::mem::take(tail).into();
            self.full = self.full.iter().cloned().chain([page]).collect();
        }
    }

    /// Changes the item at an index.
    pub(super) fn set(&mut self, index: usize, item: T) {
        let full = self.full.len();
        if index >> SHIFT < full {
            let pages = Arc::make_mut(&mut self.full);
            Arc::make_mut(&mut pages[index >> SHIFT])[index % PAGE] = item;
        } else {
            Arc::make_mut(&mut self.tail)[index - full * PAGE] = item;
        }
    }

    /// Every item in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.full.iter().flat_map(|page| page.iter()).chain(self.tail.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn clones_keep_what_they_had(
            start in 0usize..3 * PAGE,
            edits in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), any::<u32>()), 1..40),
        ) {
            let mut pages = Pages::default();
            (0..start as u32).for_each(|item| pages.push(item));
            let mut model: Vec<u32> = (0..start as u32).collect();
            let mut kept = Vec::new();
            for (is_push, place, item) in edits {
                kept.push((pages.clone(), model.clone()));
                if is_push || model.is_empty() {
                    pages.push(item);
                    model.push(item);
                } else {
                    let place = place.index(model.len());
                    pages.set(place, item);
                    model[place] = item;
                }
            }
            kept.push((pages, model));
            for (pages, model) in kept {
                prop_assert_eq!(pages.len(), model.len());
                prop_assert!(pages.iter().eq(model.iter()));
                prop_assert!((0..model.len()).all(|index| *pages.get(index) == model[index]));
            }
        }
    }
}
