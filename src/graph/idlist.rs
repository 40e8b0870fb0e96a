//! Sorted lists of ids that the revisions of a graph share.

use std::{ops::Range, sync::Arc};

/// How many ids a chunk holds at most when it is made.
const CHUNK: usize = 4096;

/// Ids in ascending order. Clones share chunks; a change copies one chunk and the list of chunks.
#[derive(Debug, Clone, Default)]
pub struct IdList {
    chunks: Option<Arc<Chunks>>,
}

#[derive(Debug, Clone, Default)]
struct Chunks {
    /// None of them empty.
    ids: Vec<Arc<[u32]>>,
    /// Where each chunk begins in the whole, with one more at the end.
    starts: Vec<u32>,
}

impl IdList {
    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.chunks.as_ref().map_or(0, |chunks| chunks.starts[chunks.ids.len()] as usize)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_none()
    }

    /// The id at an index. Cost: logarithmic in the chunks.
    ///
    /// # Panics
    /// If the index is out of range.
    pub fn get(&self, index: u32) -> u32 {
        let chunks = self.chunks.as_ref().expect("an index in range is of a list with ids");
        let guess = index as usize / CHUNK;
        let chunk = match chunks.starts.get(guess..guess + 2) {
            Some([start, end]) if (*start..*end).contains(&index) => guess,
            _ => chunks.starts.partition_point(|start| *start <= index) - 1,
        };
        chunks.ids[chunk][(index - chunks.starts[chunk]) as usize]
    }

    /// Whether an id is in the list.
    pub fn contains(&self, id: u32) -> bool {
        self.chunks.as_ref().is_some_and(|chunks| {
            let chunk = chunks.ids.get(chunks.place_of(id));
            chunk.is_some_and(|ids| ids.binary_search(&id).is_ok())
        })
    }

    /// Every id in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> + Clone {
        self.chunks.iter().flat_map(|chunks| &chunks.ids).flat_map(|ids| ids.iter().copied())
    }

    /// The ids in a range.
    pub(super) fn of_range(range: Range<u32>) -> Self {
        let mut list = Self::default();
        list.edit(range.collect(), &[]);
        list
    }

    /// Adds and takes out ids; both sorted.
    pub(super) fn edit(&mut self, added: Vec<u32>, removed: &[u32]) {
        if added.is_empty() && removed.is_empty() {
            return;
        }
        let mut chunks = self.chunks.take().map_or_else(Chunks::default, Arc::unwrap_or_clone);
        for id in removed {
            let place = chunks.place_of(*id);
            if let Some(chunk) = chunks.ids.get_mut(place) {
                *chunk = chunk.iter().copied().filter(|known| known != id).collect();
                if chunk.is_empty() {
                    chunks.ids.remove(place);
                }
            }
        }
        let last = chunks.ids.last().and_then(|chunk| chunk.last().copied());
        // Nearly always the ids are new, and so the greatest.
        let (inner, outer): (Vec<u32>, Vec<u32>) =
            added.into_iter().partition(|id| last.is_some_and(|last| *id < last));
        for id in inner {
            let place = chunks.place_of(id);
            let mut ids = chunks.ids[place].to_vec();
            if let Err(at) = ids.binary_search(&id) {
                ids.insert(at, id);
            }
            let halves: Vec<Arc<[u32]>> = if ids.len() > 2 * CHUNK {
                ids.chunks(CHUNK).map(Arc::from).collect()
            } else {
                vec![ids.into()]
            };
            chunks.ids.splice(place..=place, halves);
        }
        if !outer.is_empty() {
            let mut ids = match chunks.ids.last() {
                Some(chunk) if chunk.len() < CHUNK => {
                    chunks.ids.pop().map_or(Vec::new(), |c| c.to_vec())
                }
                _ => Vec::new(),
            };
            ids.extend(outer);
            chunks.ids.extend(ids.chunks(CHUNK).map(Arc::from));
        }
        let mut start = 0;
        chunks.starts.clear();
        chunks.starts.push(0);
        for ids in &chunks.ids {
            start += ids.len() as u32;
            chunks.starts.push(start);
        }
        self.chunks = (!chunks.ids.is_empty()).then(|| Arc::new(chunks));
    }
}

impl Chunks {
    /// The chunk that has an id, or would.
    fn place_of(&self, id: u32) -> usize {
        self.ids.partition_point(|chunk| chunk[0] <= id).saturating_sub(1)
    }
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
            start in 0u32..12_000,
            edits in prop::collection::vec((prop::collection::btree_set(0u32..20_000, 0..50), prop::collection::btree_set(0u32..20_000, 0..50)), 0..12),
        ) {
            let mut list = IdList::of_range(0..start);
            let mut model: BTreeSet<u32> = (0..start).collect();
            for (added, removed) in edits {
                let before = (list.clone(), model.clone());
                let removed: Vec<u32> = removed.into_iter().filter(|id| model.contains(id)).collect();
                model.retain(|id| !removed.contains(id));
                let added: Vec<u32> = added.into_iter().filter(|id| !model.contains(id)).collect();
                model.extend(&added);
                list.edit(added, &removed);
                prop_assert!(before.0.iter().eq(before.1.iter().copied()));
            }
            prop_assert_eq!(list.len(), model.len());
            prop_assert!(list.iter().eq(model.iter().copied()));
            for id in 0..20_000 {
                prop_assert_eq!(list.contains(id), model.contains(&id));
            }
            for (index, id) in (0u32..).zip(&model) {
                prop_assert_eq!(list.get(index), *id);
            }
        }
    }
}
