//! Short lists of ids for every node, in blocks that the revisions of a graph share.

use std::sync::Arc;

/// How many rows a block has.
const ROWS: usize = 256;

/// A sorted list of ids for each row. Clones share blocks; a change copies those it touches.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Each block: where its rows begin, with one more at the end; then the ids.
    blocks: Arc<[Arc<[u32]>]>,
}

impl Default for Rows {
    fn default() -> Self {
        Self { blocks: Arc::from([]) }
    }
}

impl Rows {
    /// The ids of a row.
    pub(super) fn get(&self, row: usize) -> &[u32] {
        let Some(block) = self.blocks.get(row / ROWS) else { return &[] };
        of(block, row % ROWS)
    }

    /// Adds (true) and takes out (false) ids of rows.
    pub(super) fn edit(&mut self, rows: usize, mut changes: Vec<(u32, u32, bool)>) {
        changes.sort_by_key(|(row, id, _)| (*row, *id));
        let mut blocks = self.blocks.to_vec();
        blocks.resize(rows.div_ceil(ROWS), std::iter::repeat_n(0, ROWS + 1).collect());
        let mut rest = changes.as_slice();
        while let Some((first, _, _)) = rest.first() {
            let place = *first as usize / ROWS;
            let end = rest.partition_point(|(row, _, _)| *row as usize / ROWS == place);
            let (mut own, after) = rest.split_at(end);
            rest = after;
            let mut starts = Vec::with_capacity(ROWS + 1);
            let mut ids: Vec<u32> = Vec::new();
            for row in 0..ROWS {
                starts.push(ids.len() as u32);
                let here = own.partition_point(|(other, _, _)| *other as usize % ROWS <= row);
                let (changes, others) = own.split_at(here);
                own = others;
                let old = of(&blocks[place], row);
                if changes.is_empty() {
                    ids.extend_from_slice(old);
                    continue;
                }
                let mut merged = old.to_vec();
                for (_, id, is_added) in changes {
                    match (merged.binary_search(id), is_added) {
                        (Err(at), true) => merged.insert(at, *id),
                        (Ok(at), false) => drop(merged.remove(at)),
                        _ => {}
                    }
                }
                ids.append(&mut merged);
            }
            starts.push(ids.len() as u32);
            blocks[place] = [starts, ids].concat().into();
        }
        self.blocks = blocks.into();
    }
}

fn of(block: &[u32], row: usize) -> &[u32] {
    &block[ROWS + 1..][block[row] as usize..block[row + 1] as usize]
}

#[cfg(test)]
mod tests {
    use super::Rows;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn each_row_is_a_sorted_set(
            commits in prop::collection::vec(prop::collection::btree_map((0u32..700, 0u32..40), any::<bool>(), 0..60), 1..6),
        ) {
            let mut rows = Rows::default();
            let mut model: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for commit in commits {
                let changes: Vec<(u32, u32, bool)> = commit.into_iter().map(|((row, id), add)| (row % 5 * 150, id, add)).collect();
                let last: BTreeMap<(u32, u32), bool> = changes.iter().map(|(row, id, add)| ((*row, *id), *add)).collect();
                for ((row, id), add) in &last {
                    let row = model.entry(*row).or_default();
                    if *add { row.insert(*id); } else { row.remove(id); }
                }
                rows.edit(700, last.into_iter().map(|((row, id), add)| (row, id, add)).collect());
                for row in 0..700 {
                    let expected: Vec<u32> = model.get(&row).into_iter().flatten().copied().collect();
                    prop_assert_eq!(rows.get(row as usize), expected);
                }
            }
        }
    }
}
