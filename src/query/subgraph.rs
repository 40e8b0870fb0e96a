//! The graph around entities.

use fixedbitset::FixedBitSet;

use super::{Arena, View, World, args::NeighborhoodArgs};
use crate::{
    graph::{EntityId, StatementId, Table},
    ontology::Direction,
};

/// Entities and statements in the arena: where they begin, and how many.
#[derive(Debug, Clone, Copy)]
pub struct Subgraph {
    /// Where the entities begin, and how many there are.
    pub nodes: (u32, u32),
    /// Where the statements begin, and how many there are.
    pub edges: (u32, u32),
    /// Whether the limit left entities out.
    pub is_truncated: bool,
}

/// Walks breadth first from `args.of`, then collects every statement between the entities it met.
///
/// Cost: the edges of the entities met.
pub(super) fn neighborhood(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &NeighborhoodArgs,
) -> Subgraph {
    let snapshot = &world.snapshot;
    let mut met = FixedBitSet::with_capacity(snapshot.bound(Table::Entities));
    let start = arena.ids.len();
    let mut is_truncated = false;
    let mut meet = |arena: &mut Arena, entity: EntityId| {
        if met.contains(entity.index()) {
            return;
        }
        if arena.ids.len() - start >= args.limit {
            is_truncated = true;
            return;
        }
        met.insert(entity.index());
        arena.ids.push(entity.0);
    };
    for entity in &args.of {
        meet(arena, *entity);
    }
    let follows = |statement: u32| {
        let id = StatementId(statement);
        let predicate = usize::from(snapshot.statement(id).predicate);
        args.predicates.as_ref().is_none_or(|predicates| predicates.contains(predicate))
            && view.has_statement(world, id)
    };
    let mut frontier = start;
    for _ in 0..args.depth {
        let end = arena.ids.len();
        for place in frontier..end {
            let entity = arena.ids[place];
            for (adjacency, skipped) in
                [(snapshot.outgoing(), Direction::In), (snapshot.incoming(), Direction::Out)]
            {
                if args.direction == skipped {
                    continue;
                }
                for (neighbor, statement) in adjacency.links(entity).iter() {
                    let neighbor = EntityId(neighbor);
                    let kind = usize::from(snapshot.kind(neighbor));
                    if args.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))
                        && follows(statement)
                    {
                        meet(arena, neighbor);
                    }
                }
            }
        }
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
        is_truncated,
    }
}
