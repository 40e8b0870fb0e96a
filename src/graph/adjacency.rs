//! Adjacency in one direction, grouped by predicate: compressed rows in blocks that the revisions
//! of a graph share.

use std::{ops::Range, sync::Arc};

/// How many nodes a block has.
const NODES: usize = 256;

/// The edges of every node in one direction.
///
/// A node's edges stand next to each other, grouped by predicate in the ontology's order; within a
/// group, edges to the same neighbor stand together, neighbors in the order in which the graph
/// first names them. Eight bytes an edge, eight for each (node, predicate) pair in use, eight a node.
/// Clones share blocks; a change copies the blocks of the nodes it touches.
#[derive(Debug, Clone)]
pub struct Adjacency {
    blocks: Arc<[Block]>,
    /// Whether a node may have two edges of the predicate to the same neighbor, by predicate.
    parallel: Arc<[bool]>,
    /// No node has more edges of the predicate, by predicate.
    greatest: Arc<[u32]>,
    /// No node has more edges.
    greatest_of_all: u32,
}

/// The rows of [`NODES`] nodes in one stretch of memory, so that a walk follows two pointers:
///
/// | part | length | what |
/// | --- | --- | --- |
/// | counts | 2 | how many groups and edges there are |
/// | rows | `NODES` + 1 | where each node's groups begin |
/// | ends | `NODES` + 1 | where each node's edges begin |
/// | predicates | groups | the predicate of each group |
/// | starts | groups + 1 | where each group's edges begin |
/// | neighbors | edges | the node at the other end |
/// | statements | edges | the statement an edge stands for |
type Block = Arc<[u32]>;

/// How many edges are added to a row one by one.
const FEW: usize = 8;

const ROWS: usize = 2;
const ENDS: usize = ROWS + NODES + 1;
const PREDICATES: usize = ENDS + NODES + 1;

/// Edges of a node: two slices of one length.
#[derive(Debug, Clone, Copy, Default)]
pub struct Links<'a> {
    /// The nodes at the other end.
    pub neighbors: &'a [u32],
    /// The statements the edges stand for.
    pub statements: &'a [u32],
}

impl<'a> Links<'a> {
    /// How many edges there are.
    pub fn len(&self) -> usize {
        self.neighbors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.neighbors.is_empty()
    }

    /// Each edge as (neighbor, statement).
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + Clone + use<'a> {
        self.neighbors.iter().copied().zip(self.statements.iter().copied())
    }
}

/// One edge to add or to take out; no edge is in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) node: u32,
    pub(super) neighbor: u32,
    pub(super) statement: u32,
    pub(super) predicate: u16,
    pub(super) is_added: bool,
}

impl Adjacency {
    pub(super) fn new(predicates: usize) -> Self {
        Self {
            blocks: Arc::from([]),
            parallel: vec![false; predicates].into(),
            greatest: vec![0; predicates].into(),
            greatest_of_all: 0,
        }
    }

    /// All edges of `node`. Cost: constant.
    #[inline]
    pub fn links(&self, node: u32) -> Links<'_> {
        let node = node as usize;
        let block = &self.blocks[node / NODES];
        let end = ENDS + node % NODES;
        links(block, block[0] as usize, block[end], block[end + 1])
    }

    /// The edges of `node` with `predicate`. Cost: logarithmic in the predicates the node uses.
    #[inline]
    pub fn links_of(&self, node: u32, predicate: u16) -> Links<'_> {
        let (block, groups, starts, row) = self.row(node);
        let predicates = &block[PREDICATES + row.0..PREDICATES + row.1];
        match predicates.binary_search(&u32::from(predicate)) {
            Ok(found) => {
                let group = starts + row.0 + found;
                links(block, groups, block[group], block[group + 1])
            }
            Err(_) => Links::default(),
        }
    }

    /// The block of a node, how many groups it has, where their starts stand, and the node's groups.
    #[inline]
    fn row(&self, node: u32) -> (&[u32], usize, usize, (usize, usize)) {
        let node = node as usize;
        let block = &self.blocks[node / NODES];
        let groups = block[0] as usize;
        let row = ROWS + node % NODES;
        (block, groups, PREDICATES + groups, (block[row] as usize, block[row + 1] as usize))
    }

    /// Whether any node may have two edges of `predicate` to one neighbor.
    pub fn is_parallel(&self, predicate: u16) -> bool {
        self.parallel[usize::from(predicate)]
    }

    /// No node has more edges than this, of one predicate or of all.
    pub fn greatest_degree(&self, predicate: Option<u16>) -> usize {
        predicate.map_or(self.greatest_of_all, |p| self.greatest[usize::from(p)]) as usize
    }

    /// Nodes below this have rows.
    pub(super) fn nodes(&self) -> usize {
        self.blocks.len() * NODES
    }

    /// The bytes the arrays take.
    pub fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| 4 * block.len()).sum()
    }

    /// The adjacency of `nodes` nodes after some changes. Cost: the blocks that are touched, and the
    /// list of blocks.
    pub(super) fn edit(&mut self, nodes: usize, mut changes: Vec<Change>) {
        changes.sort_by_key(|change| change.node);
        let mut blocks: Vec<Block> = self.blocks.to_vec();
        let empty: Block = std::iter::repeat_n(0, PREDICATES + 1).collect();
        blocks.resize(nodes.div_ceil(NODES), empty);
        let mut rest = changes.as_slice();
        let mut writer = Writer {
            parallel: self.parallel.to_vec(),
            greatest: self.greatest.to_vec(),
            greatest_of_all: self.greatest_of_all,
            ..Writer::default()
        };
        while let Some(first) = rest.first() {
            let block = first.node as usize / NODES;
            let end = rest.partition_point(|change| change.node as usize / NODES == block);
            blocks[block] = writer.block(&blocks[block], &rest[..end]);
            rest = &rest[end..];
        }
        self.blocks = blocks.into();
        self.parallel = writer.parallel.into();
        self.greatest = writer.greatest.into();
        self.greatest_of_all = writer.greatest_of_all;
    }
}

#[inline]
fn links(block: &[u32], groups: usize, start: u32, end: u32) -> Links<'_> {
    let neighbors = PREDICATES + 2 * groups + 1;
    let statements = neighbors + block[1] as usize;
    let (start, end) = (start as usize, end as usize);
    Links {
        neighbors: &block[neighbors + start..neighbors + end],
        statements: &block[statements + start..statements + end],
    }
}

/// An edge while its node's row is put in order.
#[derive(Clone, Copy)]
struct Edge {
    predicate: u32,
    /// The statement that names the neighbor first within the group.
    first: u32,
    statement: u32,
    neighbor: u32,
}

/// Writes blocks anew.
#[derive(Default)]
struct Writer {
    parallel: Vec<bool>,
    greatest: Vec<u32>,
    greatest_of_all: u32,
    rows: Vec<u32>,
    ends: Vec<u32>,
    predicates: Vec<u32>,
    starts: Vec<u32>,
    neighbors: Vec<u32>,
    statements: Vec<u32>,
    edges: Vec<Edge>,
    by_neighbor: Vec<(u32, u32)>,
}

impl Writer {
    /// A block with the changes, which are sorted by node.
    fn block(&mut self, old: &Block, mut changes: &[Change]) -> Block {
        for list in [
            &mut self.rows,
            &mut self.ends,
            &mut self.predicates,
            &mut self.starts,
            &mut self.neighbors,
            &mut self.statements,
        ] {
            list.clear();
        }
        let groups = old[0] as usize;
        let starts = PREDICATES + groups;
        for node in 0..NODES {
            self.rows.push(self.predicates.len() as u32);
            self.ends.push(self.neighbors.len() as u32);
            let own = changes.partition_point(|change| change.node as usize % NODES <= node);
            let (here, rest) = changes.split_at(own);
            changes = rest;
            let row = old[ROWS + node] as usize..old[ROWS + node + 1] as usize;
            if here.is_empty() {
                for group in row {
                    let edges = links(old, groups, old[starts + group], old[starts + group + 1]);
                    self.predicates.push(old[PREDICATES + group]);
                    self.starts.push(self.neighbors.len() as u32);
                    self.neighbors.extend_from_slice(edges.neighbors);
                    self.statements.extend_from_slice(edges.statements);
                }
                continue;
            }
            if self.append_few(old, row.clone(), here) {
                continue;
            }
            self.edges.clear();
            for group in row {
                let predicate = old[PREDICATES + group];
                let edges = links(old, groups, old[starts + group], old[starts + group + 1]);
                self.edges.extend(edges.iter().map(|(neighbor, statement)| Edge {
                    predicate,
                    first: statement,
                    statement,
                    neighbor,
                }));
            }
            self.change(here);
            self.row();
        }
        self.rows.push(self.predicates.len() as u32);
        self.ends.push(self.neighbors.len() as u32);
        self.starts.push(self.neighbors.len() as u32);
        let lengths = [self.predicates.len() as u32, self.neighbors.len() as u32];
        // One copy for each list: blocks of nodes with many edges are large.
        let lists: [&[u32]; 7] = [
            &lengths,
            &self.rows,
            &self.ends,
            &self.predicates,
            &self.starts,
            &self.neighbors,
            &self.statements,
        ];
        lists.concat().into()
    }

    /// Adds a few edges of new statements to one node's row, each where it belongs, without putting
    /// the row in order again: what most commits do, also to nodes of many edges. Returns false, and
    /// has done nothing, if the changes are of another sort.
    fn append_few(&mut self, old: &Block, row: Range<usize>, changes: &[Change]) -> bool {
        let groups = old[0] as usize;
        let starts = PREDICATES + groups;
        let of_group =
            |group: usize| links(old, groups, old[starts + group], old[starts + group + 1]);
        let known = &old[PREDICATES + row.start..PREDICATES + row.end];
        let is_new = |change: &Change| match known.binary_search(&u32::from(change.predicate)) {
            Ok(place) => {
                let statements = of_group(row.start + place).statements;
                statements.iter().all(|statement| *statement < change.statement)
            }
            Err(_) => true,
        };
        if changes.len() > FEW || !changes.iter().all(|change| change.is_added && is_new(change)) {
            return false;
        }
        let mut added: Vec<&Change> = changes.iter().collect();
        added.sort_unstable_by_key(|change| (change.predicate, change.statement));
        let mut predicates: Vec<u32> = known.to_vec();
        predicates.extend(added.iter().map(|change| u32::from(change.predicate)));
        predicates.sort_unstable();
        predicates.dedup();
        let before = self.neighbors.len();
        for predicate in predicates {
            let start = self.neighbors.len();
            self.predicates.push(predicate);
            self.starts.push(start as u32);
            if let Ok(place) = known.binary_search(&predicate) {
                let edges = of_group(row.start + place);
                self.neighbors.extend_from_slice(edges.neighbors);
                self.statements.extend_from_slice(edges.statements);
            }
            for change in added.iter().filter(|change| u32::from(change.predicate) == predicate) {
                // Behind the last edge to the same neighbor; to a new one, at the end.
                let same = self.neighbors[start..].iter().rposition(|n| *n == change.neighbor);
                let at = same.map_or(self.neighbors.len(), |place| start + place + 1);
                self.parallel[predicate as usize] |= same.is_some();
                self.neighbors.insert(at, change.neighbor);
                self.statements.insert(at, change.statement);
            }
            let greatest = &mut self.greatest[predicate as usize];
            *greatest = (*greatest).max((self.neighbors.len() - start) as u32);
        }
        self.greatest_of_all = self.greatest_of_all.max((self.neighbors.len() - before) as u32);
        true
    }

    /// Takes out and adds edges of one node.
    fn change(&mut self, changes: &[Change]) {
        for gone in changes.iter().filter(|change| !change.is_added) {
            let wanted = (u32::from(gone.predicate), gone.statement, gone.neighbor);
            self.edges.retain(|edge| (edge.predicate, edge.statement, edge.neighbor) != wanted);
        }
        self.edges.extend(changes.iter().filter(|change| change.is_added).map(|change| Edge {
            predicate: change.predicate.into(),
            first: change.statement,
            statement: change.statement,
            neighbor: change.neighbor,
        }));
    }

    /// Puts the edges of one node in order and writes its row.
    fn row(&mut self) {
        self.edges.sort_unstable_by_key(|edge| (edge.predicate, edge.statement));
        self.greatest_of_all = self.greatest_of_all.max(self.edges.len() as u32);
        let mut from = 0;
        while from < self.edges.len() {
            let predicate = self.edges[from].predicate;
            let to = from + self.edges[from..].partition_point(|edge| edge.predicate == predicate);
            let group = &mut self.edges[from..to];
            let greatest = &mut self.greatest[predicate as usize];
            *greatest = (*greatest).max(group.len() as u32);
            // For each neighbor, the first statement that names it.
            self.by_neighbor.clear();
            self.by_neighbor.extend(group.iter().map(|edge| (edge.neighbor, edge.statement)));
            self.by_neighbor.sort_unstable();
            self.by_neighbor.dedup_by_key(|(neighbor, _)| *neighbor);
            if self.by_neighbor.len() < group.len() {
                self.parallel[predicate as usize] = true;
                for edge in group.iter_mut() {
                    let found = self.by_neighbor.binary_search_by_key(&edge.neighbor, |(n, _)| *n);
                    edge.first = found.map_or(edge.statement, |place| self.by_neighbor[place].1);
                }
                group.sort_unstable_by_key(|edge| (edge.first, edge.statement));
            }
            self.predicates.push(predicate);
            self.starts.push(self.neighbors.len() as u32);
            self.neighbors.extend(group.iter().map(|edge| edge.neighbor));
            self.statements.extend(group.iter().map(|edge| edge.statement));
            from = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn added(edges: &[(u32, u16, u32)]) -> Vec<Change> {
        (0u32..)
            .zip(edges)
            .map(|(statement, (node, predicate, neighbor))| Change {
                node: *node,
                predicate: *predicate,
                neighbor: *neighbor,
                statement,
                is_added: true,
            })
            .collect()
    }

    #[test]
    fn edges_to_one_neighbor_stand_together() {
        let edges = [(0, 1, 2), (0, 0, 1), (0, 1, 1), (0, 1, 2), (1, 0, 0)];
        let mut adjacency = Adjacency::new(2);
        adjacency.edit(3, added(&edges));
        assert_eq!(adjacency.links(0).statements, [1, 0, 3, 2]);
        assert_eq!(adjacency.links_of(0, 1).statements, [0, 3, 2]);
        assert_eq!(adjacency.links_of(2, 1).statements, [0; 0]);
        assert!(adjacency.is_parallel(1) && !adjacency.is_parallel(0));
    }

    proptest! {
        /// After any number of edits, the rows are those of a plain list of the edges that are left.
        #[test]
        fn it_holds_the_same_edges_as_a_plain_list(
            commits in prop::collection::vec(
                prop::collection::vec((0u32..600, 0u16..4, 0u32..12, any::<bool>(), any::<prop::sample::Index>()), 0..60),
                1..6,
            )
        ) {
            let mut adjacency = Adjacency::new(4);
            // (node, predicate, neighbor) by statement, None once it is taken out.
            let mut model: Vec<Option<(u32, u16, u32)>> = Vec::new();
            for commit in commits {
                let before = (adjacency.clone(), model.clone());
                let mut changes = Vec::new();
                for (node, predicate, neighbor, is_removal, place) in commit {
                    // Few nodes, of more than one block.
                    let node = node % 7 * 90;
                    // What one edit takes out was there before it.
                    if is_removal && !before.1.is_empty() {
                        let statement = place.index(before.1.len());
                        if let Some((node, predicate, neighbor)) = model[statement].take() {
                            changes.push(Change { node, predicate, neighbor, statement: statement as u32, is_added: false });
                        }
                    } else {
                        changes.push(Change { node, predicate, neighbor, statement: model.len() as u32, is_added: true });
                        model.push(Some((node, predicate, neighbor)));
                    }
                }
                adjacency.edit(600, changes);
                check(&before.0, &before.1)?;
                check(&adjacency, &model)?;
            }
        }
    }

    fn check(
        adjacency: &Adjacency,
        model: &[Option<(u32, u16, u32)>],
    ) -> Result<(), TestCaseError> {
        if adjacency.blocks.is_empty() {
            return Ok(());
        }
        for node in (0..7).map(|node| node * 90) {
            let mut all = Vec::new();
            for predicate in 0..4 {
                let own: Vec<(u32, u32)> = (0u32..)
                    .zip(model)
                    .filter_map(|(statement, edge)| edge.map(|edge| (statement, edge)))
                    .filter(|(_, edge)| edge.0 == node && edge.1 == predicate)
                    .map(|(statement, edge)| (statement, edge.2))
                    .collect();
                let mut expected: Vec<(u32, u32, u32)> = own
                    .iter()
                    .map(|(statement, neighbor)| {
                        let first = own.iter().find(|(_, other)| other == neighbor);
                        (first.map_or(0, |(first, _)| *first), *statement, *neighbor)
                    })
                    .collect();
                expected.sort_unstable();
                let expected: Vec<(u32, u32)> =
                    expected.into_iter().map(|(_, s, n)| (n, s)).collect();
                let found: Vec<(u32, u32)> = adjacency.links_of(node, predicate).iter().collect();
                prop_assert_eq!(&found, &expected);
                prop_assert!(found.len() <= adjacency.greatest_degree(Some(predicate)));
                all.extend(found);
            }
            prop_assert_eq!(adjacency.links(node).iter().collect::<Vec<_>>(), all);
        }
        Ok(())
    }
}
