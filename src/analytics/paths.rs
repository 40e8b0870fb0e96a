//! Paths between two entities: the shortest, all that are as short, the cheapest in order of cost, and
//! all simple ones up to a length.
//!
//! A path is a sequence of entities; statements that link two of them the same way are the evidence of
//! one step. **The order of paths** is by cost, then by length, then by their entities, one after the
//! other, in the order of the entity tables: it is the same for each run over one revision.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap},
};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Budget, Lens,
    marks::{Marks, Side, with_marks},
};
use crate::graph::{EntityId, StatementId, Table};

/// Which paths are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One path with the fewest steps: of several, that of the entity where a search from both ends
    /// meets first.
    Shortest,
    /// Every path with the fewest steps.
    AllShortest,
    /// Paths that pass no entity twice, in order of cost.
    KShortest,
    /// Paths that pass no entity twice, up to a length, in order of length.
    Simple,
}

/// What a step costs that goes by a statement and enters an entity; `None` if it cannot be taken.
pub type Cost<'a> = &'a dyn Fn(StatementId, EntityId) -> Option<f64>;

/// A path.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    /// The entities, from one end to the other.
    pub nodes: Vec<EntityId>,
    /// What its steps cost together.
    pub cost: f64,
}

/// A search for paths.
pub struct Search<'a> {
    /// What it sees.
    pub lens: &'a Lens<'a>,
    /// Where paths begin.
    pub from: EntityId,
    /// Where they end.
    pub to: EntityId,
    /// Which paths.
    pub mode: Mode,
    /// Every path passes these.
    pub via: &'a [EntityId],
    /// The most steps a path may have.
    pub max_length: usize,
    /// At most so many paths.
    pub first: usize,
    /// What steps cost; `None` if each costs 1.
    pub cost: Option<Cost<'a>>,
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search").field("mode", &self.mode).finish_non_exhaustive()
    }
}

impl Search<'_> {
    /// The paths, in order, as many as the budget lets find.
    ///
    /// Cost: [`Mode::Shortest`] and [`Mode::AllShortest`] search breadth first from both ends at once,
    /// and so look at the statements around the two. [`Mode::KShortest`] is Yen's algorithm
    /// (Management Science 17, 1971) over Dijkstra's: a search for each step of each path.
    /// [`Mode::Simple`] goes depth first, and never where the end is too far to be reached (the
    /// distances are found by a search backwards from it).
    pub fn run(&self, budget: &mut Budget) -> Vec<Path> {
        if self.first == 0 {
            return Vec::new();
        }
        match self.mode {
            Mode::Shortest | Mode::AllShortest if self.via.is_empty() => {
                let first = if self.mode == Mode::Shortest { 1 } else { self.first };
                self.fewest_steps(first, budget)
            }
            Mode::Shortest => {
                let mut found = Vec::new();
                self.simple(budget, &mut |path| {
                    found.push(path);
                    false
                });
                found
            }
            Mode::AllShortest => {
                let mut found: Vec<Path> = Vec::new();
                self.simple(budget, &mut |path| {
                    if found.first().is_some_and(|first| first.nodes.len() < path.nodes.len()) {
                        return false;
                    }
                    found.push(path);
                    found.len() < self.first
                });
                found
            }
            Mode::Simple => {
                let mut found = Vec::new();
                self.simple(budget, &mut |path| {
                    found.push(path);
                    found.len() < self.first
                });
                found
            }
            Mode::KShortest => self.cheapest(budget),
        }
    }

    /// Breadth first from both ends, always on from the smaller frontier, until they meet; then the
    /// paths through the layers, in order.
    fn fewest_steps(&self, first: usize, budget: &mut Budget) -> Vec<Path> {
        let (from, to) = (self.from.0, self.to.0);
        if from == to {
            return vec![Path { nodes: vec![self.from], cost: 0.0 }];
        }
        let bound = self.lens.snapshot.bound(Table::Entities);
        with_marks(bound, |marks| self.through_layers(first, marks, budget))
    }

    /// `marks` has entities with their distances from the ends, by one more than they are.
    fn through_layers(&self, first: usize, marks: &mut Marks, budget: &mut Budget) -> Vec<Path> {
        let (from, to) = (self.from.0, self.to.0);
        // What marks can tell.
        let max_length = self.max_length.min(250);
        let (mut ahead_front, mut back_front) = (vec![from], vec![to]);
        marks.set(from, Side::Ahead, 1);
        marks.set(to, Side::Back, 1);
        let (mut ahead_depth, mut back_depth) = (0usize, 0usize);
        let mut next = Vec::new();
        let mut meeting = None;
        loop {
            if ahead_depth + back_depth >= max_length {
                return Vec::new();
            }
            let is_back = back_front.len() < ahead_front.len();
            let (side, front, depth, end) = if is_back {
                (Side::Back, &mut back_front, &mut back_depth, from)
            } else {
                (Side::Ahead, &mut ahead_front, &mut ahead_depth, to)
            };
            *depth += 1;
            let mark = *depth as u8 + 1;
            let mut is_met = false;
            next.clear();
            for entity in front.iter() {
                let looked_at = self.lens.for_each_step(*entity, is_back, |neighbor, _| {
                    let (own, other) = marks.both(neighbor, side);
                    if own == 0 && (neighbor == end || self.lens.may_pass(neighbor)) {
                        marks.set(neighbor, side, mark);
                        if other != 0 {
                            is_met = true;
                            meeting = meeting.or(Some(neighbor));
                        }
                        next.push(neighbor);
                    }
                });
                if !budget.spend(looked_at) {
                    return Vec::new();
                }
                // One path is enough: that of the entity where the two met first.
                if is_met && first == 1 {
                    break;
                }
            }
            std::mem::swap(front, &mut next);
            if is_met {
                break;
            }
            if front.is_empty() {
                return Vec::new();
            }
        }
        let length = ahead_depth + back_depth;
        if let (1, Some(meeting)) = (first, meeting) {
            return self.by_way_of(meeting, marks).into_iter().collect();
        }
        // Of the layers ahead, only what leads to where the two met.
        let mut leads: FxHashSet<u32> = FxHashSet::default();
        let is_meeting = |entity: u32| {
            marks.get(entity, Side::Ahead) == ahead_depth + 1
                && marks.get(entity, Side::Back) == back_depth + 1
        };
        let mut layer: Vec<u32> = ahead_front.iter().copied().filter(|e| is_meeting(*e)).collect();
        if ahead_depth == 0 {
            layer = vec![from];
        }
        leads.extend(&layer);
        for depth in (0..ahead_depth).rev() {
            let mut before = Vec::new();
            for entity in &layer {
                let looked_at = self.lens.for_each_step(*entity, true, |neighbor, _| {
                    if marks.get(neighbor, Side::Ahead) == depth + 1 && leads.insert(neighbor) {
                        before.push(neighbor);
                    }
                });
                if !budget.spend(looked_at) {
                    return Vec::new();
                }
            }
            layer = before;
        }
        let is_on_the_way = |entity: u32, depth: usize| {
            if depth <= ahead_depth {
                marks.get(entity, Side::Ahead) == depth + 1 && leads.contains(&entity)
            } else {
                marks.get(entity, Side::Back) == length - depth + 1
            }
        };
        let mut found = Vec::new();
        let mut trail = vec![from];
        let mut choices: Vec<std::vec::IntoIter<u32>> = Vec::new();
        loop {
            let depth = trail.len() - 1;
            if depth == length {
                let nodes = trail.iter().map(|entity| EntityId(*entity)).collect();
                found.push(Path { nodes, cost: length as f64 });
                if found.len() == first {
                    break;
                }
            } else if choices.len() == depth {
                let mut options = Vec::new();
                let looked_at = self.lens.for_each_step(trail[depth], false, |neighbor, _| {
                    if is_on_the_way(neighbor, depth + 1) {
                        options.push(neighbor);
                    }
                });
                if !budget.spend(looked_at) {
                    break;
                }
                options.sort_unstable();
                options.dedup();
                choices.push(options.into_iter());
            }
            if !advance(&mut trail, &mut choices) {
                break;
            }
        }
        found
    }

    /// A shortest path by way of an entity that both searches marked.
    fn by_way_of(&self, meeting: u32, marks: &Marks) -> Option<Path> {
        let mut nodes = vec![EntityId(meeting)];
        let walk = |side: Side, is_backwards: bool, nodes: &mut Vec<EntityId>| {
            let mut at = meeting;
            while marks.get(at, side) > 1 {
                let wanted = marks.get(at, side) - 1;
                let mut next = None;
                self.lens.for_each_step(at, is_backwards, |neighbor, _| {
                    if marks.get(neighbor, side) == wanted
                        && next.is_none_or(|next| neighbor < next)
                    {
                        next = Some(neighbor);
                    }
                });
                at = next?;
                nodes.push(EntityId(at));
            }
            Some(())
        };
        walk(Side::Ahead, true, &mut nodes)?;
        nodes.reverse();
        walk(Side::Back, false, &mut nodes)?;
        let cost = nodes.len() as f64 - 1.0;
        Some(Path { nodes, cost })
    }

    /// How many steps each entity that can be met within `most` steps is from the one where the search
    /// begins.
    fn distances(
        &self,
        start: EntityId,
        is_backwards: bool,
        most: usize,
        budget: &mut Budget,
    ) -> FxHashMap<u32, usize> {
        let mut known = FxHashMap::default();
        known.insert(start.0, 0);
        let mut front = vec![start.0];
        for depth in 1..=most {
            let mut next = Vec::new();
            for entity in &front {
                // An end is not passed.
                if depth > 1 && (*entity == self.from.0 || *entity == self.to.0) {
                    continue;
                }
                let looked_at = self.lens.for_each_step(*entity, is_backwards, |neighbor, _| {
                    let is_end = neighbor == self.from.0 || neighbor == self.to.0;
                    if (is_end || self.lens.may_pass(neighbor)) && !known.contains_key(&neighbor) {
                        known.insert(neighbor, depth);
                        next.push(neighbor);
                    }
                });
                if !budget.spend(looked_at) {
                    return known;
                }
            }
            front = next;
        }
        known
    }

    /// Calls `take` with simple paths in order of length, until it returns false.
    fn simple(&self, budget: &mut Budget, take: &mut dyn FnMut(Path) -> bool) {
        let most = self.max_length;
        let to_end = self.distances(self.to, true, most, budget);
        let via: Vec<(u32, FxHashMap<u32, usize>)> = self
            .via
            .iter()
            .filter(|entity| **entity != self.from && **entity != self.to)
            .map(|entity| (entity.0, self.distances(*entity, true, most, budget)))
            .collect();
        if budget.cut().is_some() {
            return;
        }
        if self.from == self.to {
            if via.is_empty() {
                take(Path { nodes: vec![self.from], cost: 0.0 });
            }
            return;
        }
        // Whether the end can be reached in so many steps, by way of all that is still to be passed.
        let can_end = |entity: u32, steps: usize, trail: &[u32]| {
            to_end.get(&entity).is_some_and(|distance| *distance <= steps)
                && via.iter().all(|(stop, distances)| {
                    *stop == entity
                        || trail.contains(stop)
                        || distances.get(&entity).is_some_and(|to_stop| {
                            to_end.get(stop).is_some_and(|rest| to_stop + rest <= steps)
                        })
                })
        };
        for length in 1..=most {
            let mut trail = vec![self.from.0];
            let mut choices: Vec<std::vec::IntoIter<u32>> = Vec::new();
            loop {
                let depth = trail.len() - 1;
                let last = trail[depth];
                if last == self.to.0 {
                    if depth == length && via.iter().all(|(stop, _)| trail.contains(stop)) {
                        let nodes: Vec<EntityId> = trail.iter().map(|e| EntityId(*e)).collect();
                        let cost = self.cost_of(&nodes);
                        if let Some(cost) = cost
                            && !take(Path { nodes, cost })
                        {
                            return;
                        }
                    }
                } else if choices.len() == depth && depth < length {
                    let left = length - depth - 1;
                    let mut options = Vec::new();
                    let looked_at = self.lens.for_each_step(last, false, |neighbor, _| {
                        let is_end = neighbor == self.to.0;
                        if is_end == (left == 0)
                            && (is_end || self.lens.may_pass(neighbor))
                            && !trail.contains(&neighbor)
                            && can_end(neighbor, left, &trail)
                        {
                            options.push(neighbor);
                        }
                    });
                    if !budget.spend(looked_at) {
                        return;
                    }
                    options.sort_unstable();
                    options.dedup();
                    choices.push(options.into_iter());
                }
                if !advance(&mut trail, &mut choices) {
                    break;
                }
            }
        }
    }

    /// What the steps of a path cost together, each by its cheapest statement.
    fn cost_of(&self, nodes: &[EntityId]) -> Option<f64> {
        nodes.windows(2).map(|step| self.step_cost(step[0], step[1])).sum()
    }

    fn step_cost(&self, from: EntityId, to: EntityId) -> Option<f64> {
        let Some(cost) = self.cost else { return Some(1.0) };
        let mut least: Option<f64> = None;
        self.lens.for_each_step(from.0, false, |neighbor, statement| {
            if neighbor == to.0
                && let Some(own) = cost(StatementId(statement), to)
            {
                least = Some(least.map_or(own, |least| least.min(own)));
            }
        });
        least
    }

    /// Yen's algorithm.
    fn cheapest(&self, budget: &mut Budget) -> Vec<Path> {
        let mut found: Vec<Path> = Vec::new();
        let mut taken: Vec<Path> = Vec::new();
        let mut candidates: BinaryHeap<Reverse<Ordered>> = BinaryHeap::new();
        let mut known: FxHashSet<Vec<u32>> = FxHashSet::default();
        let blocked = FxHashSet::default();
        let mut next = self.cheapest_from(&[self.from], &blocked, budget);
        while let Some(path) = next {
            if self.via.iter().all(|stop| path.nodes.contains(stop)) {
                found.push(path.clone());
                if found.len() == self.first {
                    break;
                }
            }
            // Leave the path at each of its entities, by a step that no path with the same beginning took.
            for place in 0..path.nodes.len().saturating_sub(1) {
                let beginning = &path.nodes[..=place];
                let blocked: FxHashSet<u32> = taken
                    .iter()
                    .chain([&path])
                    .filter(|other| {
                        other.nodes.len() > place + 1 && other.nodes[..=place] == *beginning
                    })
                    .map(|other| other.nodes[place + 1].0)
                    .collect();
                if let Some(other) = self.cheapest_from(beginning, &blocked, budget)
                    && known.insert(other.nodes.iter().map(|entity| entity.0).collect())
                {
                    candidates.push(Reverse(Ordered(other)));
                }
                if budget.cut().is_some() {
                    return found;
                }
            }
            taken.push(path);
            next = candidates.pop().map(|Reverse(Ordered(path))| path);
        }
        found
    }

    /// The cheapest path that begins so, and does not go on by one of the blocked entities: Dijkstra's
    /// algorithm, over states of an entity and a length, as the length is limited.
    fn cheapest_from(
        &self,
        beginning: &[EntityId],
        blocked: &FxHashSet<u32>,
        budget: &mut Budget,
    ) -> Option<Path> {
        let start = *beginning.last()?;
        let so_far = self.cost_of(beginning)?;
        if start == self.to {
            return Some(Path { nodes: beginning.to_vec(), cost: so_far });
        }
        let passed: FxHashSet<u32> = beginning.iter().map(|entity| entity.0).collect();
        let steps_left = self.max_length.checked_sub(beginning.len() - 1)?;
        // The cheapest way to each entity, and the fewest steps among the ways that were settled.
        let mut settled: FxHashMap<u32, usize> = FxHashMap::default();
        let mut before: HashMap<(u32, usize), (u32, usize)> = HashMap::new();
        let mut best: FxHashMap<(u32, usize), f64> = FxHashMap::default();
        let mut queue = BinaryHeap::new();
        queue.push(Reverse((Total(so_far), 0usize, start.0)));
        while let Some(Reverse((Total(cost), steps, entity))) = queue.pop() {
            // What was settled before was cheaper; it matters again only with fewer steps.
            if settled.get(&entity).is_some_and(|known| *known <= steps) {
                continue;
            }
            settled.insert(entity, steps);
            if entity == self.to.0 {
                let mut rest = vec![EntityId(entity)];
                let mut at = (entity, steps);
                while let Some(previous) = before.get(&at) {
                    at = *previous;
                    rest.push(EntityId(at.0));
                }
                rest.pop();
                rest.reverse();
                let nodes: Vec<EntityId> = beginning.iter().copied().chain(rest).collect();
                let mut sorted = nodes.clone();
                sorted.sort_unstable();
                sorted.dedup();
                // A state with fewer steps may lead over an entity twice; such a way is no simple path.
                if sorted.len() == nodes.len() {
                    return Some(Path { nodes, cost });
                }
                continue;
            }
            if steps == steps_left {
                continue;
            }
            let looked_at = self.lens.for_each_step(entity, false, |neighbor, statement| {
                if passed.contains(&neighbor)
                    || (entity == start.0 && blocked.contains(&neighbor))
                    || (neighbor != self.to.0 && !self.lens.may_pass(neighbor))
                    || settled.get(&neighbor).is_some_and(|known| *known <= steps + 1)
                {
                    return;
                }
                let own = match self.cost {
                    None => Some(1.0),
                    Some(cost) => cost(StatementId(statement), EntityId(neighbor)),
                };
                let Some(own) = own else { return };
                let total = cost + own;
                let state = (neighbor, steps + 1);
                let known = best.get(&state).copied();
                let is_better = known.is_none_or(|known| total < known)
                    || (known == Some(total)
                        && before.get(&state).is_some_and(|(other, _)| entity < *other));
                if is_better {
                    best.insert(state, total);
                    before.insert(state, (entity, steps));
                    queue.push(Reverse((Total(total), steps + 1, neighbor)));
                }
            });
            if !budget.spend(looked_at) {
                return None;
            }
        }
        None
    }
}

/// Goes on to the next trail: the next choice at the deepest place that has one.
fn advance(trail: &mut Vec<u32>, choices: &mut Vec<std::vec::IntoIter<u32>>) -> bool {
    while !choices.is_empty() {
        trail.truncate(choices.len());
        if let Some(next) = choices.last_mut().and_then(Iterator::next) {
            trail.push(next);
            return true;
        }
        choices.pop();
    }
    false
}

/// Costs in order; none is not a number.
#[derive(PartialEq, Clone, Copy)]
struct Total(f64);

impl Eq for Total {}

impl Ord for Total {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Total {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Paths in their order.
struct Ordered(Path);

impl PartialEq for Ordered {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ordered {}

impl Ord for Ordered {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.0, &other.0);
        Total(a.cost)
            .cmp(&Total(b.cost))
            .then(a.nodes.len().cmp(&b.nodes.len()))
            .then_with(|| a.nodes.cmp(&b.nodes))
    }
}

impl PartialOrd for Ordered {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
