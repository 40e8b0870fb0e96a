//! Adjacency in one direction, grouped by predicate: compressed rows with a second level of groups.

use std::ops::Range;

/// The edges of every node in one direction.
///
/// A node's edges stand next to each other, grouped by predicate in the ontology's order; within a
/// group, edges to the same neighbor stand together, neighbors in the order in which the graph
/// first names them. Eight bytes an edge, eight for each (node, predicate) pair in use.
#[derive(Debug, Default)]
pub struct Adjacency {
    /// For each node, where its groups begin; one more at the end.
    nodes: Vec<u32>,
    /// The predicate of each group.
    predicates: Vec<u16>,
    /// Where each group's edges begin; one more at the end.
    starts: Vec<u32>,
    neighbors: Vec<u32>,
    statements: Vec<u32>,
    /// Whether a node has two edges of the predicate to the same neighbor, by predicate.
    parallel: Vec<bool>,
    /// The most edges of the predicate that a node has, by predicate.
    greatest: Vec<u32>,
    /// The most edges that a node has.
    greatest_of_all: u32,
}

/// A range of edges in an [`Adjacency`].
pub type Edges = Range<u32>;

impl Adjacency {
    /// Builds the rows from `edges`, (node, predicate, neighbor) of each statement in order.
    pub(super) fn build(
        nodes: usize,
        predicates: usize,
        edges: impl ExactSizeIterator<Item = (u32, u16, u32)> + Clone,
    ) -> Self {
        let count = edges.len();
        // Two stable counting sorts: by predicate, then by node.
        let mut by_predicate = vec![0u32; predicates + 1];
        for (_, predicate, _) in edges.clone() {
            by_predicate[usize::from(predicate) + 1] += 1;
        }
        running_sum(&mut by_predicate);
        let mut order = vec![0u32; count];
        let mut columns: Vec<(u32, u16, u32)> = Vec::with_capacity(count);
        for (statement, edge) in (0u32..).zip(edges) {
            let slot = &mut by_predicate[usize::from(edge.1)];
            order[*slot as usize] = statement;
            *slot += 1;
            columns.push(edge);
        }
        let mut by_node = vec![0u32; nodes + 1];
        for (node, _, _) in &columns {
            by_node[*node as usize + 1] += 1;
        }
        running_sum(&mut by_node);
        let mut statements = vec![0u32; count];
        let mut next = by_node.clone();
        for statement in order {
            let slot = &mut next[columns[statement as usize].0 as usize];
            statements[*slot as usize] = statement;
            *slot += 1;
        }
        let mut this = Self {
            nodes: Vec::with_capacity(nodes + 1),
            parallel: vec![false; predicates],
            greatest: vec![0; predicates],
            neighbors: statements.iter().map(|s| columns[*s as usize].2).collect(),
            statements,
            ..Self::default()
        };
        this.group(&by_node, &columns);
        this
    }

    fn group(&mut self, by_node: &[u32], columns: &[(u32, u16, u32)]) {
        // For each neighbor, the edge at which the current group named it first.
        let mut first_named = vec![u32::MAX; by_node.len()];
        let mut rows: Vec<(u32, u32)> = Vec::new();
        for window in by_node.windows(2) {
            self.nodes.push(self.starts.len() as u32);
            self.greatest_of_all = self.greatest_of_all.max(window[1] - window[0]);
            let (mut start, end) = (window[0] as usize, window[1] as usize);
            while start < end {
                let predicate = columns[self.statements[start] as usize].1;
                let mut stop = start + 1;
                while stop < end && columns[self.statements[stop] as usize].1 == predicate {
                    stop += 1;
                }
                let greatest = &mut self.greatest[usize::from(predicate)];
                *greatest = (*greatest).max((stop - start) as u32);
                self.predicates.push(predicate);
                self.starts.push(start as u32);
                rows.clear();
                let mut is_parallel = false;
                for edge in start..stop {
                    let first = &mut first_named[self.neighbors[edge] as usize];
                    if *first == u32::MAX {
                        *first = edge as u32;
                    } else {
                        is_parallel = true;
                    }
                    rows.push((*first, self.statements[edge]));
                }
                for edge in start..stop {
                    first_named[self.neighbors[edge] as usize] = u32::MAX;
                }
                if is_parallel {
                    self.parallel[usize::from(predicate)] = true;
                    rows.sort(); // by the neighbor's first mention, then by statement
                    for (edge, (_, statement)) in (start..).zip(&rows) {
                        self.statements[edge] = *statement;
                        self.neighbors[edge] = columns[*statement as usize].2;
                    }
                }
                start = stop;
            }
        }
        self.nodes.push(self.starts.len() as u32);
        self.starts.push(self.statements.len() as u32);
        self.starts.shrink_to_fit();
        self.predicates.shrink_to_fit();
    }

    /// All edges of `node`. Cost: constant.
    pub fn edges(&self, node: u32) -> Edges {
        let groups = self.groups(node);
        self.starts[groups.start]..self.starts[groups.end]
    }

    /// The edges of `node` with `predicate`. Cost: logarithmic in the predicates the node uses.
    pub fn edges_of(&self, node: u32, predicate: u16) -> Edges {
        let groups = self.groups(node);
        match self.predicates[groups.clone()].binary_search(&predicate) {
            Ok(found) => {
                let group = groups.start + found;
                self.starts[group]..self.starts[group + 1]
            }
            Err(_) => 0..0,
        }
    }

    fn groups(&self, node: u32) -> Range<usize> {
        let node = node as usize;
        self.nodes[node] as usize..self.nodes[node + 1] as usize
    }

    /// The node at the other end of an edge.
    pub fn neighbor(&self, edge: u32) -> u32 {
        self.neighbors[edge as usize]
    }

    /// The statement an edge stands for.
    pub fn statement(&self, edge: u32) -> u32 {
        self.statements[edge as usize]
    }

    /// The neighbors along a range of edges.
    pub fn neighbors(&self, edges: Edges) -> &[u32] {
        &self.neighbors[edges.start as usize..edges.end as usize]
    }

    /// Whether any node has two edges of `predicate` to one neighbor.
    pub fn is_parallel(&self, predicate: u16) -> bool {
        self.parallel[usize::from(predicate)]
    }

    /// The most edges that any node has, of one predicate or of all.
    pub fn greatest_degree(&self, predicate: Option<u16>) -> usize {
        predicate.map_or(self.greatest_of_all, |p| self.greatest[usize::from(p)]) as usize
    }

    /// The bytes the arrays take.
    pub fn bytes(&self) -> usize {
        4 * (self.nodes.len() + self.starts.len() + self.neighbors.len() + self.statements.len())
            + 2 * self.predicates.len()
    }
}

/// Turns counts, shifted by one, into where each bucket begins.
fn running_sum(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn edges_to_one_neighbor_stand_together() {
        let edges = [(0, 1, 2), (0, 0, 1), (0, 1, 1), (0, 1, 2), (1, 0, 0)];
        let adjacency = Adjacency::build(3, 2, edges.into_iter());
        let row =
            |edges: Edges| -> Vec<u32> { edges.map(|edge| adjacency.statement(edge)).collect() };
        assert_eq!(row(adjacency.edges(0)), [1, 0, 3, 2]);
        assert_eq!(row(adjacency.edges_of(0, 1)), [0, 3, 2]);
        assert_eq!(row(adjacency.edges_of(2, 1)), [0; 0]);
        assert!(adjacency.is_parallel(1) && !adjacency.is_parallel(0));
    }

    proptest! {
        #[test]
        fn it_holds_the_same_edges_as_a_plain_list(
            edges in prop::collection::vec((0u32..12, 0u16..4, 0u32..12), 0..80)
        ) {
            let adjacency = Adjacency::build(12, 4, edges.clone().into_iter());
            for node in 0..12 {
                for predicate in 0..4 {
                    let mut expected: Vec<(u32, u32)> = (0u32..)
                        .zip(&edges)
                        .filter(|(_, edge)| edge.0 == node && edge.1 == predicate)
                        .map(|(statement, edge)| {
                            let first = (0u32..).zip(&edges).find(|(_, other)| *other == edge);
                            (first.map_or(0, |(index, _)| index), statement)
                        })
                        .collect();
                    expected.sort_unstable();
                    let expected: Vec<u32> = expected.into_iter().map(|(_, s)| s).collect();
                    let range = adjacency.edges_of(node, predicate);
                    let found: Vec<u32> = range.clone().map(|e| adjacency.statement(e)).collect();
                    prop_assert_eq!(found, expected);
                    for edge in range {
                        let statement = adjacency.statement(edge) as usize;
                        prop_assert_eq!(adjacency.neighbor(edge), edges[statement].2);
                    }
                }
            }
        }
    }
}
