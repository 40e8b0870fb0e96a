//! From keys to ids.

use std::{hash::BuildHasher, sync::Arc};

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

/// How many parts a table of keys has: a change copies one.
const PARTS: usize = 256;

/// A hash table from keys to ids, in parts that the revisions of a graph share. The keys themselves
/// stand elsewhere: each look-up is told how to find the key of an id.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyIndex {
    /// Nothing, or [`PARTS`] of them.
    parts: Option<Arc<[Arc<HashTable<u32>>]>>,
}

fn hash(key: &str) -> u64 {
    FxBuildHasher.hash_one(key)
}

/// The table takes the highest and the lowest bits.
fn part(hash: u64) -> usize {
    (hash >> 40) as usize % PARTS
}

impl KeyIndex {
    /// The id of `key`. Cost: constant.
    pub(super) fn find<'s>(&self, key: &str, key_of: impl Fn(u32) -> &'s str) -> Option<u32> {
        let hash = hash(key);
        self.parts.as_ref()?[part(hash)].find(hash, |id| key_of(*id) == key).copied()
    }

    /// Enters a key that is not there yet.
    pub(super) fn insert<'s>(&mut self, key: &str, id: u32, key_of: impl Fn(u32) -> &'s str) {
        let hash_of = hash(key);
        let none = || std::iter::repeat_n(Arc::default(), PARTS).collect();
        let parts = Arc::make_mut(self.parts.get_or_insert_with(none));
        Arc::make_mut(&mut parts[part(hash_of)]).insert_unique(hash_of, id, |id| hash(key_of(*id)));
    }

    /// Takes out the key of `id`.
    pub(super) fn remove(&mut self, key: &str, id: u32) {
        let hash = hash(key);
        let Some(parts) = &mut self.parts else { return };
        let parts = Arc::make_mut(parts);
        let part = Arc::make_mut(&mut parts[part(hash)]);
        if let Ok(entry) = part.find_entry(hash, |known| *known == id) {
            entry.remove();
        }
    }
}
