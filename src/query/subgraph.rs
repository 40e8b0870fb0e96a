//! The graph around entities.

use fixedbitset::FixedBitSet;

use super::{Arena, View, World, args::NeighborhoodArgs};
use crate::{
    analytics::{Cut, Sums, with_sums},
    graph::{EntityId, Links, StatementId, Table},
    ontology::Direction,
};

/// Entities and statements in the arena: where they begin, and how many.
#[derive(Debug, Clone, Copy)]
pub struct Subgraph {
    /// Where the entities begin, and how many there are.
    pub nodes: (u32, u32),
    /// Its statements.
    pub edges: Edges,
    /// Why entities were left out, if some were.
    pub cut: Option<Cut>,
}

/// The statements of a part of the graph.
#[derive(Debug, Clone, Copy)]
pub enum Edges {
    /// Statements in the arena: where they begin, and how many.
    Listed(u32, u32),
    /// All between its entities with the predicates at a place of the arena: looked for when asked for.
    Between(u32),
}

/// The statements of a part of the graph, in the order of the tables: where they begin in the arena, and
/// how many. Cost: the statements of its entities, if they have to be looked for.
pub(super) fn edges(world: &World, view: &View, arena: &mut Arena, part: &Subgraph) -> (u32, u32) {
    let predicates = match part.edges {
        Edges::Listed(start, count) => return (start, count),
        Edges::Between(place) => arena.predicates[place as usize].clone(),
    };
    let snapshot = &world.snapshot;
    let nodes = part.nodes.0 as usize..(part.nodes.0 + part.nodes.1) as usize;
    let mut is_in = FixedBitSet::with_capacity(snapshot.bound(Table::Entities));
    is_in.extend(arena.ids[nodes.clone()].iter().map(|entity| *entity as usize));
    let start = arena.ids.len();
    for place in nodes {
        for (neighbor, statement) in snapshot.outgoing().links(arena.ids[place]).iter() {
            let id = StatementId(statement);
            let is_wanted = is_in.contains(neighbor as usize)
                && predicates.as_ref().is_none_or(|predicates| {
                    predicates.contains(snapshot.statement(id).predicate.into())
                })
                && view.has_statement(world, id);
            if is_wanted {
                arena.ids.push(statement);
            }
        }
    }
    arena.ids[start..].sort_unstable();
    (start as u32, (arena.ids.len() - start) as u32)
}

/// Walks breadth first from `args.of`; the statements between the entities it met are looked for when
/// they are asked for.
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
    let bound = world.snapshot.bound(Table::Entities);
    with_sums(bound, |got| around(world, view, arena, args, got))
}

/// `got` sums up what each entity gets.
fn around(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &NeighborhoodArgs,
    got: &mut Sums,
) -> Subgraph {
    let snapshot = &world.snapshot;
    let mut met = FixedBitSet::with_capacity(snapshot.bound(Table::Entities));
    let start = arena.ids.len();
    let mut cut = None;
    for entity in view.known(&args.of) {
        if arena.ids.len() - start < args.limit && !met.put(entity.index()) {
            arena.ids.push(entity.0);
            got.add(entity.0, 1.0);
        }
    }
    let all = args.predicates.is_none() && args.kinds.is_none() && view.is_whole();
    let follows = |statement: u32| {
        let id = StatementId(statement);
        args.predicates
            .as_ref()
            .is_none_or(|predicates| predicates.contains(snapshot.statement(id).predicate.into()))
            && view.has_statement(world, id)
    };
    let mut frontier = start;
    let mut ring: Vec<u64> = Vec::new();
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
            let part = got.of(entity) / degree.max(1) as f32;
            let mut meet = |neighbor: u32| {
                if !met.contains(neighbor as usize) && got.add(neighbor, part) {
                    ring.push(neighbor.into());
                }
            };
            for links in sides.iter().flatten() {
                if all {
                    links.neighbors.iter().for_each(|neighbor| meet(*neighbor));
                    continue;
                }
                for (neighbor, statement) in links.iter() {
                    let is_kind = args.kinds.as_ref().is_none_or(|kinds| {
                        kinds.contains(snapshot.kind(EntityId(neighbor)).into())
                    });
                    if is_kind && follows(statement) {
                        meet(neighbor);
                    }
                }
            }
        }
        // The greatest score first, then the first in the tables: as one number, for speed. Scores are
        // not negative, so that their bits are in their order.
        for entity in &mut ring {
            *entity |= u64::from(!got.of(*entity as u32).to_bits()) << 32;
        }
        ring.sort_unstable();
        let room = args.limit - (end - start);
        if ring.len() > room {
            cut = Some(Cut::Limit);
            ring.truncate(room);
        }
        for entity in &ring {
            met.insert(*entity as u32 as usize);
        }
        arena.ids.extend(ring.iter().map(|entity| *entity as u32));
        frontier = end;
    }
    let count = arena.ids.len() - start;
    arena.predicates.push(args.predicates.clone());
    let edges = Edges::Between(arena.predicates.len() as u32 - 1);
    Subgraph { nodes: (start as u32, count as u32), edges, cut }
}
