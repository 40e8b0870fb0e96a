//! The graph as measures see it: entities and who is linked to whom, without direction.

use super::Lens;
use crate::graph::Table;

/// An undirected graph in compressed rows: each pair of linked entities once from either side, with
/// the number of statements that link them; no entity is linked to itself.
#[derive(Debug, Default)]
pub struct Projection {
    /// Where the row of each entity begins; one more at the end.
    offsets: Vec<u32>,
    /// The neighbors of each entity, sorted.
    targets: Vec<u32>,
    /// For each neighbor, how many statements link the two.
    weights: Vec<u32>,
    /// Which ids are entities; the others were retracted.
    entities: Vec<u32>,
}

impl Projection {
    /// The projection of what a lens sees. Cost: its statements, and the logarithm of each row.
    pub fn new(lens: &Lens<'_>) -> Self {
        let snapshot = lens.snapshot;
        let bound = snapshot.bound(Table::Entities);
        let mut projection = Self {
            offsets: Vec::with_capacity(bound + 1),
            entities: snapshot.ids(Table::Entities).filter(|id| lens.may_pass(*id)).collect(),
            ..Self::default()
        };
        let mut row: Vec<u32> = Vec::new();
        let mut next = projection.entities.iter().copied().peekable();
        for id in 0..bound as u32 {
            projection.offsets.push(projection.targets.len() as u32);
            if next.next_if_eq(&id).is_none() {
                continue;
            }
            row.clear();
            lens.for_each_step(id, false, |neighbor, _| {
                if neighbor != id && lens.may_pass(neighbor) {
                    row.push(neighbor);
                }
            });
            row.sort_unstable();
            for same in row.chunk_by(|a, b| a == b) {
                projection.targets.push(same[0]);
                projection.weights.push(same.len() as u32);
            }
        }
        projection.offsets.push(projection.targets.len() as u32);
        projection
    }

    /// The ids of the entities, sorted.
    pub fn entities(&self) -> &[u32] {
        &self.entities
    }

    /// The ids of entities are below this.
    pub fn bound(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// How many pairs of entities are linked.
    pub fn pairs(&self) -> usize {
        self.targets.len() / 2
    }

    fn range(&self, entity: u32) -> std::ops::Range<usize> {
        self.offsets[entity as usize] as usize..self.offsets[entity as usize + 1] as usize
    }

    /// The neighbors of an entity, sorted.
    pub fn neighbors(&self, entity: u32) -> &[u32] {
        &self.targets[self.range(entity)]
    }

    /// The neighbors of an entity, each with the number of statements that link the two.
    pub fn weighted(&self, entity: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let range = self.range(entity);
        self.targets[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }

    /// How many statements link an entity to others.
    pub fn weight(&self, entity: u32) -> u64 {
        self.weights[self.range(entity)].iter().map(|weight| u64::from(*weight)).sum()
    }
}
