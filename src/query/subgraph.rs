//! The graph around entities.

use fixedbitset::FixedBitSet;

use super::{Arena, View, World, args::NeighborhoodArgs};
use crate::{
    analytics::Cut,
    graph::{EntityId, Links, StatementId, Table},
    ontology::Direction,
};

/// Entities and statements in the arena: where they begin, and how many.
#[derive(Debug, Clone, Copy)]
pub struct Subgraph {
    /// Where the entities begin, and how many there are.
    pub nodes: (u32, u32),
    /// Where the statements begin, and how many there are.
    pub edges: (u32, u32),
    /// Why entities were left out, if some were.
    pub cut: Option<Cut>,
}

/// Walks breadth first from `args.of`, then collects every statement between the entities it met.
///
/// Entities of one distance come in order of relevance: each entity passes what it got in equal parts
/// along its statements, the first ones begin with 1, and who gets more is more relevant (a personalised
/// PageRank of as many steps as there is depth; Page et al. 1999). So what several statements tie to the
/// start, and what is one of a few things tied to it, comes before what is one of hundreds. Ties stand
/// in the order of the tables. What the limit leaves out is the least relevant of the last ring.
///
/// Cost: the edges of the entities met, and the logarithm of each ring.
pub(super) fn neighborhood(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &NeighborhoodArgs,
) -> Subgraph {
    let snapshot = &world.snapshot;
    let bound = snapshot.bound(Table::Entities);
    let mut met = FixedBitSet::with_capacity(bound);
    // What each entity got; memory that is not touched costs nothing.
    let mut got = vec![0f64; bound];
    let start = arena.ids.len();
    let mut cut = None;
    for entity in &args.of {
        if arena.ids.len() - start < args.limit && !met.put(entity.index()) {
            arena.ids.push(entity.0);
            got[entity.index()] = 1.0;
        }
    }
    let all = args.predicates.is_none() && view.is_whole();
    let follows =
        |statement: u32| {
            let id = StatementId(statement);
            all || args.predicates.as_ref().is_none_or(|predicates| {
                predicates.contains(snapshot.statement(id).predicate.into())
            }) && view.has_statement(world, id)
        };
    let mut frontier = start;
    let mut ring: Vec<u32> = Vec::new();
    for _ in 0..args.depth {
        let end = arena.ids.len();
        ring.clear();
        for place in frontier..end {
            let entity = arena.ids[place];
            let sides = [
                (args.direction != Direction::In).then(|| snapshot.outgoing().links(entity)),
                (args.direction != Direction::Out).then(|| snapshot.incoming().links(entity)),
            ];
            let degree: usize = sides.iter().flatten().map(Links::len).sum();
            let part = got[entity as usize] / degree.max(1) as f64;
            for (neighbor, statement) in sides.iter().flatten().flat_map(Links::iter) {
                let is_kind = args
                    .kinds
                    .as_ref()
                    .is_none_or(|kinds| kinds.contains(snapshot.kind(EntityId(neighbor)).into()));
                if !met.contains(neighbor as usize) && is_kind && follows(statement) {
                    if got[neighbor as usize] == 0.0 {
                        ring.push(neighbor);
                    }
                    got[neighbor as usize] += part;
                }
            }
        }
        let score = |entity: &u32| got[*entity as usize];
        ring.sort_unstable_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
        let room = args.limit - (end - start);
        if ring.len() > room {
            cut = Some(Cut::Limit);
            ring.truncate(room);
        }
        for entity in &ring {
            met.insert(*entity as usize);
        }
        arena.ids.extend(&ring);
        frontier = end;
    }
    let count = arena.ids.len() - start;
    let edges = arena.ids.len();
    for place in start..edges {
        for (neighbor, statement) in snapshot.outgoing().links(arena.ids[place]).iter() {
            if met.contains(neighbor as usize) && follows(statement) {
                arena.ids.push(statement);
            }
        }
    }
    arena.ids[edges..].sort_unstable();
    Subgraph {
        nodes: (start as u32, count as u32),
        edges: (edges as u32, (arena.ids.len() - edges) as u32),
        cut,
    }
}
