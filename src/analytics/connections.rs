//! The small subgraph that ties several entities together.

use std::{cmp::Reverse, collections::BinaryHeap};

use petgraph::unionfind::UnionFind;
use rustc_hash::FxHashMap;

use super::{Budget, Lens};
use crate::graph::EntityId;

/// How an entity was met: from which of the terminals, over which entity, how many steps away.
#[derive(Clone, Copy)]
struct Met {
    terminal: usize,
    steps: usize,
    before: u32,
}

/// Entities that tie `terminals` together, the terminals first, and the pairs of them that are linked.
///
/// The heuristic is Mehlhorn's for the Steiner tree problem (Information Processing Letters 27, 1988):
/// every entity belongs to its nearest terminal, terminals whose regions touch are linked by the
/// shortest way over the border, and of these ways a spanning tree is kept. The tree has at most twice
/// the fewest steps. Of ways of one length the one over entities of fewer statements is taken, as they
/// say more. Ways of more than `max_length` steps between two terminals are not taken, so that the
/// terminals may stay in several parts.
///
/// Cost: the statements within half of `max_length` steps of the terminals, times the logarithm of
/// their number.
pub fn connect(
    lens: &Lens<'_>,
    terminals: &[EntityId],
    max_length: usize,
    budget: &mut Budget,
) -> (Vec<EntityId>, Vec<(EntityId, EntityId)>) {
    let reach = max_length.div_ceil(2);
    let mut met: FxHashMap<u32, Met> = FxHashMap::default();
    let mut queue = BinaryHeap::new();
    for (terminal, entity) in terminals.iter().enumerate() {
        // Steps, then how common the entities on the way are, then the order of the tables.
        queue.push(Reverse((0usize, 0u64, entity.0, terminal, entity.0)));
    }
    let snapshot = lens.snapshot;
    let degree = |entity: u32| {
        (snapshot.outgoing().links(entity).len() + snapshot.incoming().links(entity).len()) as u64
    };
    while let Some(Reverse((steps, common, entity, terminal, before))) = queue.pop() {
        if met.contains_key(&entity) {
            continue;
        }
        met.insert(entity, Met { terminal, steps, before });
        if steps == reach || (steps > 0 && !lens.may_pass(entity)) {
            continue;
        }
        let looked_at = lens.for_each_step(entity, false, |neighbor, _| {
            if !met.contains_key(&neighbor) && lens.may_pass(neighbor) {
                let common = common + degree(neighbor);
                queue.push(Reverse((steps + 1, common, neighbor, terminal, entity)));
            }
        });
        if !budget.spend(looked_at) {
            break;
        }
    }
    let mut borders: Vec<(usize, u64, u32, u32)> = Vec::new();
    let mut entities: Vec<u32> = met.keys().copied().collect();
    entities.sort_unstable();
    for entity in entities {
        let own = met[&entity];
        lens.for_each_step(entity, false, |neighbor, _| {
            if let Some(other) = met.get(&neighbor)
                && other.terminal != own.terminal
            {
                let steps = own.steps + 1 + other.steps;
                if steps <= max_length {
                    borders.push((steps, degree(entity) + degree(neighbor), entity, neighbor));
                }
            }
        });
    }
    borders.sort_unstable();
    let mut parts = UnionFind::<usize>::new(terminals.len());
    let mut nodes: Vec<EntityId> = Vec::new();
    let add = |entity: u32, nodes: &mut Vec<EntityId>| {
        if !nodes.contains(&EntityId(entity)) {
            nodes.push(EntityId(entity));
        }
    };
    for terminal in terminals {
        add(terminal.0, &mut nodes);
    }
    let mut pairs: Vec<(EntityId, EntityId)> = Vec::new();
    for (_, _, one, other) in borders {
        if !parts.union(met[&one].terminal, met[&other].terminal) {
            continue;
        }
        let mut link = |a: u32, b: u32| {
            let pair = (EntityId(a.min(b)), EntityId(a.max(b)));
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        };
        link(one, other);
        for end in [one, other] {
            let mut at = end;
            add(at, &mut nodes);
            while met[&at].before != at {
                let before = met[&at].before;
                link(at, before);
                add(before, &mut nodes);
                at = before;
            }
        }
    }
    (nodes, pairs)
}
