//! The small subgraph that ties several entities together.

use std::{cmp::Reverse, collections::BinaryHeap};

use rustc_hash::FxHashMap;

use super::{Budget, Lens};
use crate::graph::EntityId;

/// Entities that tie `terminals` together, the terminals first, and the pairs of them that are linked.
///
/// The heuristic is Takahashi's and Matsuyama's for the Steiner tree problem (Mathematica Japonica 24,
/// 1980): the tree begins with the first terminal, and always grows by a shortest way to the nearest
/// terminal that is not in it. It has at most twice the fewest steps. Of ways of one length the one over
/// entities of fewer statements is taken, as they say more. Ways of more than `max_length` steps are
/// not taken, so that the terminals may stay in several parts.
///
/// Cost: for each terminal, the statements within `max_length` steps of the tree, up to the nearest
/// terminal, times the logarithm of their number.
pub fn connect(
    lens: &Lens<'_>,
    terminals: &[EntityId],
    max_length: usize,
    budget: &mut Budget,
) -> (Vec<EntityId>, Vec<(EntityId, EntityId)>) {
    let mut waiting: Vec<u32> = Vec::new();
    for terminal in terminals {
        if !waiting.contains(&terminal.0) {
            waiting.push(terminal.0);
        }
    }
    let mut nodes: Vec<EntityId> = waiting.iter().map(|entity| EntityId(*entity)).collect();
    let mut pairs: Vec<(EntityId, EntityId)> = Vec::new();
    while !waiting.is_empty() {
        let mut tree = vec![waiting.remove(0)];
        while let Some(way) = nearest(lens, &tree, &waiting, max_length, budget) {
            for step in way.windows(2) {
                pairs.push((EntityId(step[0]), EntityId(step[1])));
            }
            for entity in way {
                if !tree.contains(&entity) {
                    tree.push(entity);
                }
                if !nodes.contains(&EntityId(entity)) {
                    nodes.push(EntityId(entity));
                }
                waiting.retain(|terminal| *terminal != entity);
            }
        }
    }
    (nodes, pairs)
}

/// A shortest way from the nearest of `terminals` to the tree.
fn nearest(
    lens: &Lens<'_>,
    tree: &[u32],
    terminals: &[u32],
    max_length: usize,
    budget: &mut Budget,
) -> Option<Vec<u32>> {
    if terminals.is_empty() {
        return None;
    }
    let degree = |entity: u32| lens.snapshot.degree(EntityId(entity)) as u64;
    let mut before: FxHashMap<u32, u32> = FxHashMap::default();
    let mut queue = BinaryHeap::new();
    for entity in tree {
        // Steps, then how common the entities on the way are, then the order of the tables.
        queue.push(Reverse((0usize, 0u64, *entity, *entity)));
    }
    while let Some(Reverse((steps, common, entity, from))) = queue.pop() {
        if before.contains_key(&entity) {
            continue;
        }
        before.insert(entity, from);
        if terminals.contains(&entity) {
            let mut way = vec![entity];
            let mut at = entity;
            while before[&at] != at {
                at = before[&at];
                way.push(at);
            }
            return Some(way);
        }
        if steps == max_length {
            continue;
        }
        let looked_at = lens.for_each_step(entity, false, |neighbor, _| {
            let may_enter = lens.may_pass(neighbor) || terminals.contains(&neighbor);
            if may_enter && !before.contains_key(&neighbor) {
                queue.push(Reverse((steps + 1, common + degree(neighbor), neighbor, entity)));
            }
        });
        if !budget.spend(looked_at) {
            return None;
        }
    }
    None
}
