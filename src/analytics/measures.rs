//! Measures of every entity: what its place in the graph as a whole is.
//!
//! Measures are made on a [`Projection`]. Those that petgraph and rustworkx-core have too are written
//! here as theirs cannot be stopped, see `docs/decisions/0005-measures.md`; all are checked against
//! networkx and igraph.

use std::sync::atomic::{AtomicBool, Ordering};

use petgraph::unionfind::UnionFind;

use super::Projection;

/// The measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is described in `ALL`")]
pub enum Measure {
    Degree,
    PageRank,
    Betweenness,
    Closeness,
    CoreNumber,
    Component,
    Community,
    Triangles,
    Clustering,
}

impl Measure {
    /// Every measure: its name as an order, its name as a field, whether it is a whole number, and
    /// what it says.
    pub const ALL: [(Self, &'static str, &'static str, bool, &'static str); 9] = [
        (Self::Degree, "NEIGHBORS", "neighbors", true, "How many other entities it is linked to."),
        (
            Self::PageRank,
            "PAGERANK",
            "pageRank",
            false,
            "PageRank (Page et al. 1999) with a damping of 0.85, statements read either way and counted each: the share of time that somebody spends here who follows statements at random. All shares add up to 1.",
        ),
        (
            Self::Betweenness,
            "BETWEENNESS",
            "betweenness",
            false,
            "On which share of the shortest ways between two others it lies (Freeman 1977), from 0 to 1. In graphs where counting all would take more than two billion steps, estimated from evenly spaced starts (Brandes and Pich 2007).",
        ),
        (
            Self::Closeness,
            "CLOSENESS",
            "closeness",
            false,
            "How near all others are: the entities that can be reached over the sum of their distances, times their share of all (Wasserman and Faust 1994), from 0 to 1. Estimated as betweenness is.",
        ),
        (
            Self::CoreNumber,
            "CORE_NUMBER",
            "coreNumber",
            true,
            "The greatest k for which it is in a group in which everybody is linked to k others of the group (Seidman 1983).",
        ),
        (
            Self::Component,
            "COMPONENT",
            "component",
            true,
            "The connected component it is in: 1 for the largest.",
        ),
        (
            Self::Community,
            "COMMUNITY",
            "community",
            true,
            "The community it is in, by the method of Louvain (Blondel et al. 2008), statements counted each: 1 for the largest.",
        ),
        (
            Self::Triangles,
            "TRIANGLES",
            "triangles",
            true,
            "How many pairs of its neighbors are linked to each other.",
        ),
        (
            Self::Clustering,
            "CLUSTERING",
            "clustering",
            false,
            "Which share of the pairs of its neighbors are linked to each other (Watts and Strogatz 1998).",
        ),
    ];

    /// The measure's name as an order.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(measure, ..)| *measure == self).map_or("", |(_, name, ..)| name)
    }

    /// The measure's name as a field.
    pub fn field(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(measure, ..)| *measure == self)
            .map_or("", |(_, _, field, ..)| field)
    }

    /// Whether its values are whole numbers.
    pub fn is_whole(self) -> bool {
        Self::ALL.iter().any(|(measure, _, _, is_whole, _)| *measure == self && *is_whole)
    }

    /// The measure of every entity, by id; 0 for ids that are none. `None` if `stop` was set before the
    /// end.
    ///
    /// Cost, with n entities and m linked pairs: degree, components, cores n + m; PageRank up to 100
    /// times m; communities some ten times m; triangles m times the square root of m; betweenness and
    /// closeness n times m, up to two billion.
    pub fn of(self, graph: &Projection, stop: &AtomicBool) -> Option<Vec<f64>> {
        Some(match self {
            Self::Degree => each(graph, |entity| graph.neighbors(entity).len() as f64),
            Self::PageRank => page_rank(graph, None, 100, 1e-12, stop)?,
            Self::Betweenness => betweenness(graph, stop)?,
            Self::Closeness => closeness(graph, stop)?,
            Self::CoreNumber => core_numbers(graph),
            Self::Component => components(graph),
            Self::Community => communities(graph, stop)?,
            Self::Triangles => triangles(graph, stop)?,
            Self::Clustering => {
                let triangles = triangles(graph, stop)?;
                each(graph, |entity| {
                    let degree = graph.neighbors(entity).len() as f64;
                    let pairs = degree * (degree - 1.0) / 2.0;
                    if pairs > 0.0 { triangles[entity as usize] / pairs } else { 0.0 }
                })
            }
        })
    }
}

fn is_stopped(stop: &AtomicBool) -> bool {
    stop.load(Ordering::Relaxed)
}

fn each(graph: &Projection, of: impl Fn(u32) -> f64) -> Vec<f64> {
    let mut values = vec![0.0; graph.bound()];
    for entity in graph.entities() {
        values[*entity as usize] = of(*entity);
    }
    values
}

/// PageRank by iteration until the values change by less than `tolerance` each on the average, or
/// `iterations` times. Who stops following statements begins anew at one of `seeds`, or anywhere.
pub fn page_rank(
    graph: &Projection,
    seeds: Option<&[u32]>,
    iterations: usize,
    tolerance: f64,
    stop: &AtomicBool,
) -> Option<Vec<f64>> {
    const DAMPING: f64 = 0.85;
    let count = graph.entities().len();
    let mut start = vec![0.0; graph.bound()];
    let begins = seeds.unwrap_or(graph.entities());
    for entity in begins {
        start[*entity as usize] += 1.0 / begins.len() as f64;
    }
    let weights: Vec<f64> = (0..graph.bound() as u32).map(|id| graph.weight(id) as f64).collect();
    let mut rank = start.clone();
    // What each entity passes on along one statement.
    let mut passed = vec![0.0; graph.bound()];
    for _ in 0..iterations {
        if is_stopped(stop) {
            return None;
        }
        let mut lost = 0.0;
        for entity in graph.entities().iter().map(|entity| *entity as usize) {
            if weights[entity] > 0.0 {
                passed[entity] = rank[entity] / weights[entity];
            } else {
                lost += rank[entity];
            }
        }
        let mut change = 0.0;
        for entity in graph.entities() {
            let got: f64 = graph
                .weighted(*entity)
                .map(|(neighbor, weight)| f64::from(weight) * passed[neighbor as usize])
                .sum();
            let at = *entity as usize;
            let next = (1.0 - DAMPING) * start[at] + DAMPING * (got + lost * start[at]);
            change += (next - rank[at]).abs();
            rank[at] = next;
        }
        if change < tolerance * count as f64 {
            break;
        }
    }
    Some(rank)
}

/// How many steps betweenness and closeness take at most, in linked pairs looked at.
const STEPS: u64 = 2_000_000_000;

/// The entities that ways are counted from: all, or evenly spaced ones.
fn starts(graph: &Projection) -> Vec<u32> {
    let each = 2 * graph.pairs() as u64 + graph.entities().len() as u64;
    let most = (STEPS / each.max(1)).max(64) as usize;
    let all = graph.entities();
    if all.len() <= most {
        return all.to_vec();
    }
    (0..most).map(|place| all[place * all.len() / most]).collect()
}

/// Breadth first from one entity.
struct Walk {
    /// Entities in the order in which they were met.
    order: Vec<u32>,
    /// Steps from the start; `u32::MAX` for entities that were not met.
    distance: Vec<u32>,
}

impl Walk {
    fn new(graph: &Projection) -> Self {
        Self { order: Vec::new(), distance: vec![u32::MAX; graph.bound()] }
    }

    fn from(&mut self, graph: &Projection, start: u32, mut meet: impl FnMut(u32, u32)) {
        for entity in self.order.drain(..) {
            self.distance[entity as usize] = u32::MAX;
        }
        self.distance[start as usize] = 0;
        self.order.push(start);
        let mut place = 0;
        while let Some(entity) = self.order.get(place).copied() {
            place += 1;
            let next = self.distance[entity as usize] + 1;
            for neighbor in graph.neighbors(entity) {
                let distance = &mut self.distance[*neighbor as usize];
                if *distance == u32::MAX {
                    *distance = next;
                    self.order.push(*neighbor);
                }
                if *distance == next {
                    meet(entity, *neighbor);
                }
            }
        }
    }
}

/// Brandes' algorithm (Journal of Mathematical Sociology 25, 2001).
fn betweenness(graph: &Projection, stop: &AtomicBool) -> Option<Vec<f64>> {
    let count = graph.entities().len() as f64;
    let mut values = vec![0.0; graph.bound()];
    let mut walk = Walk::new(graph);
    let mut ways = vec![0.0f64; graph.bound()];
    let mut share = vec![0.0f64; graph.bound()];
    let starts = starts(graph);
    for start in &starts {
        if is_stopped(stop) {
            return None;
        }
        for entity in &walk.order {
            (ways[*entity as usize], share[*entity as usize]) = (0.0, 0.0);
        }
        ways[*start as usize] = 1.0;
        walk.from(graph, *start, |entity, neighbor| {
            ways[neighbor as usize] += ways[entity as usize];
        });
        for entity in walk.order.iter().skip(1).rev() {
            let at = *entity as usize;
            let each = (1.0 + share[at]) / ways[at];
            for neighbor in graph.neighbors(*entity) {
                if walk.distance[*neighbor as usize] + 1 == walk.distance[at] {
                    share[*neighbor as usize] += ways[*neighbor as usize] * each;
                }
            }
            values[at] += share[at];
        }
    }
    if count > 2.0 {
        let all = count / starts.len() as f64;
        values.iter_mut().for_each(|value| *value *= all / ((count - 1.0) * (count - 2.0)));
    }
    Some(values)
}

fn closeness(graph: &Projection, stop: &AtomicBool) -> Option<Vec<f64>> {
    let count = graph.entities().len();
    let starts = starts(graph);
    let mut walk = Walk::new(graph);
    // How many of the starts each entity is reached from, and how far they are together.
    let mut reached = vec![0u64; graph.bound()];
    let mut distances = vec![0u64; graph.bound()];
    for start in &starts {
        if is_stopped(stop) {
            return None;
        }
        walk.from(graph, *start, |_, _| {});
        for entity in walk.order.iter().skip(1) {
            reached[*entity as usize] += 1;
            distances[*entity as usize] += u64::from(walk.distance[*entity as usize]);
        }
    }
    let share = (count - 1).max(1) as f64 * starts.len() as f64 / count.max(1) as f64;
    Some(each(graph, |entity| {
        let at = entity as usize;
        if distances[at] == 0 {
            return 0.0;
        }
        let reached = reached[at] as f64;
        let all = if starts.len() == count { (count - 1) as f64 } else { share };
        reached / distances[at] as f64 * (reached / all)
    }))
}

/// The algorithm of Batagelj and Zaveršnik (2003): entities in order of degree, the least taken off
/// first.
fn core_numbers(graph: &Projection) -> Vec<f64> {
    let entities = graph.entities();
    let mut degree = vec![0usize; graph.bound()];
    let greatest = entities.iter().map(|e| graph.neighbors(*e).len()).max().unwrap_or_default();
    let mut starts = vec![0usize; greatest + 2];
    for entity in entities {
        degree[*entity as usize] = graph.neighbors(*entity).len();
        starts[degree[*entity as usize] + 1] += 1;
    }
    for place in 1..starts.len() {
        starts[place] += starts[place - 1];
    }
    let mut order = vec![0u32; entities.len()];
    let mut place_of = vec![0usize; graph.bound()];
    let mut next = starts.clone();
    for entity in entities {
        let place = &mut next[degree[*entity as usize]];
        order[*place] = *entity;
        place_of[*entity as usize] = *place;
        *place += 1;
    }
    for place in 0..order.len() {
        let entity = order[place];
        let own = degree[entity as usize];
        for neighbor in graph.neighbors(entity) {
            let at = *neighbor as usize;
            if degree[at] > own {
                // It goes to the front of its degree, and its degree begins one later.
                let front = starts[degree[at]];
                let other = order[front];
                order.swap(front, place_of[at]);
                place_of[other as usize] = place_of[at];
                place_of[at] = front;
                starts[degree[at]] += 1;
                degree[at] -= 1;
            }
        }
    }
    each(graph, |entity| degree[entity as usize] as f64)
}

/// Groups by their number, from 1 for the largest; equal ones in the order of their first entity.
fn by_size(graph: &Projection, group_of: impl Fn(u32) -> usize) -> Vec<f64> {
    let mut sizes: std::collections::HashMap<usize, (usize, u32)> =
        std::collections::HashMap::new();
    for entity in graph.entities() {
        sizes.entry(group_of(*entity)).or_insert((0, *entity)).0 += 1;
    }
    let mut groups: Vec<(usize, u32, usize)> =
        sizes.into_iter().map(|(group, (size, first))| (size, first, group)).collect();
    groups.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let numbers: std::collections::HashMap<usize, usize> =
        groups.iter().zip(1..).map(|((_, _, group), number)| (*group, number)).collect();
    each(graph, |entity| numbers[&group_of(entity)] as f64)
}

fn components(graph: &Projection) -> Vec<f64> {
    let mut sets = UnionFind::<usize>::new(graph.bound());
    for entity in graph.entities() {
        for neighbor in graph.neighbors(*entity) {
            sets.union(*entity as usize, *neighbor as usize);
        }
    }
    let labels = sets.into_labeling();
    by_size(graph, |entity| labels[entity as usize])
}

/// For each entity, the pairs of its neighbors that are linked: each triangle is found once, from its
/// least entity in the order of degrees (Latapy 2008).
fn triangles(graph: &Projection, stop: &AtomicBool) -> Option<Vec<f64>> {
    let before = |a: u32, b: u32| (graph.neighbors(a).len(), a) < (graph.neighbors(b).len(), b);
    let mut later: Vec<Vec<u32>> = vec![Vec::new(); graph.bound()];
    for entity in graph.entities() {
        later[*entity as usize] =
            graph.neighbors(*entity).iter().copied().filter(|n| before(*entity, *n)).collect();
    }
    let mut values = vec![0.0; graph.bound()];
    for entity in graph.entities() {
        if is_stopped(stop) {
            return None;
        }
        let own = &later[*entity as usize];
        for neighbor in own {
            // Both are sorted by id.
            let (mut a, mut b) =
                (own.iter().peekable(), later[*neighbor as usize].iter().peekable());
            while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
                match x.cmp(y) {
                    std::cmp::Ordering::Less => drop(a.next()),
                    std::cmp::Ordering::Greater => drop(b.next()),
                    std::cmp::Ordering::Equal => {
                        for corner in [*entity, *neighbor, **x] {
                            values[corner as usize] += 1.0;
                        }
                        a.next();
                        b.next();
                    }
                }
            }
        }
    }
    Some(values)
}

/// The method of Louvain: each node goes to the neighboring community where modularity gains most,
/// until none moves; then communities become nodes, and it begins anew. Nodes are taken in order, so
/// that each run gives the same communities.
fn communities(graph: &Projection, stop: &AtomicBool) -> Option<Vec<f64>> {
    let entities = graph.entities();
    let mut place_of = vec![0u32; graph.bound()];
    for (place, entity) in (0..).zip(entities) {
        place_of[*entity as usize] = place;
    }
    let mut nodes: Vec<Vec<(u32, f64)>> = entities
        .iter()
        .map(|entity| {
            let row = graph.weighted(*entity);
            row.map(|(n, weight)| (place_of[n as usize], f64::from(weight))).collect()
        })
        .collect();
    let mut loops = vec![0.0f64; nodes.len()];
    let mut community_of: Vec<u32> = (0..nodes.len() as u32).collect();
    let total: f64 = nodes.iter().flatten().map(|(_, weight)| weight).sum();
    if total > 0.0 {
        loop {
            let degree: Vec<f64> = nodes
                .iter()
                .zip(&loops)
                .map(|(row, own)| row.iter().map(|(_, weight)| weight).sum::<f64>() + own)
                .collect();
            let mut own: Vec<u32> = (0..nodes.len() as u32).collect();
            let mut sums = degree.clone();
            let mut to = vec![0.0f64; nodes.len()];
            let mut is_moved = false;
            loop {
                if is_stopped(stop) {
                    return None;
                }
                let mut moves = 0;
                for node in 0..nodes.len() {
                    let mut near: Vec<u32> = vec![own[node]];
                    for (neighbor, weight) in &nodes[node] {
                        let community = own[*neighbor as usize];
                        if to[community as usize] == 0.0 && !near.contains(&community) {
                            near.push(community);
                        }
                        to[community as usize] += weight;
                    }
                    sums[own[node] as usize] -= degree[node];
                    let gain = |community: u32| {
                        let at = community as usize;
                        to[at] - sums[at] * degree[node] / total
                    };
                    let mut best = own[node];
                    for community in &near {
                        if gain(*community) > gain(best) + 1e-12 {
                            best = *community;
                        }
                    }
                    for community in near {
                        to[community as usize] = 0.0;
                    }
                    sums[best as usize] += degree[node];
                    if best != own[node] {
                        own[node] = best;
                        moves += 1;
                    }
                }
                is_moved |= moves > 0;
                if moves == 0 {
                    break;
                }
            }
            if !is_moved {
                break;
            }
            // The communities are the next nodes.
            let mut number = vec![u32::MAX; nodes.len()];
            let mut count = 0u32;
            for community in &own {
                let number = &mut number[*community as usize];
                if *number == u32::MAX {
                    *number = count;
                    count += 1;
                }
            }
            for community in &mut community_of {
                *community = number[own[*community as usize] as usize];
            }
            let mut next: Vec<std::collections::BTreeMap<u32, f64>> =
                vec![std::collections::BTreeMap::new(); count as usize];
            let mut next_loops = vec![0.0; count as usize];
            for (node, row) in nodes.iter().enumerate() {
                let from = number[own[node] as usize];
                next_loops[from as usize] += loops[node];
                for (neighbor, weight) in row {
                    let to = number[own[*neighbor as usize] as usize];
                    if from == to {
                        next_loops[from as usize] += weight;
                    } else {
                        *next[from as usize].entry(to).or_default() += weight;
                    }
                }
            }
            nodes = next.into_iter().map(|row| row.into_iter().collect()).collect();
            loops = next_loops;
        }
    }
    Some(by_size(graph, |entity| community_of[place_of[entity as usize] as usize] as usize))
}

/// The modularity of a partition (Newman and Girvan 2004): how much more of the statements lie within
/// its groups than if they were laid at random, from -0.5 to 1.
pub fn modularity(graph: &Projection, group_of: &[f64]) -> f64 {
    let total: f64 = graph.entities().iter().map(|entity| graph.weight(*entity) as f64).sum();
    if total == 0.0 {
        return 0.0;
    }
    let mut within = 0.0;
    let mut sums: std::collections::HashMap<u64, f64> = std::collections::HashMap::new();
    for entity in graph.entities() {
        let own = group_of[*entity as usize];
        *sums.entry(own.to_bits()).or_default() += graph.weight(*entity) as f64;
        for (neighbor, weight) in graph.weighted(*entity) {
            if group_of[neighbor as usize] == own {
                within += f64::from(weight);
            }
        }
    }
    within / total - sums.values().map(|sum| (sum / total).powi(2)).sum::<f64>()
}

/// How alike the neighbors of two entities are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Similarity {
    /// The neighbors they share, over all that either has (Jaccard 1901).
    Jaccard,
    /// The neighbors they share, each the more the fewer neighbors of its own it has: the sum of one
    /// over the logarithm of their number (Adamic and Adar 2003).
    AdamicAdar,
}

/// The entities that share neighbors with one, the most alike first, ties in the order of the tables:
/// entity, score, and how many neighbors they share. Cost: the neighbors of its neighbors.
pub fn similar(graph: &Projection, entity: u32, by: Similarity) -> Vec<(u32, f64, usize)> {
    let mut shared: std::collections::HashMap<u32, (f64, usize)> = std::collections::HashMap::new();
    for neighbor in graph.neighbors(entity) {
        let row = graph.neighbors(*neighbor);
        let weight = match by {
            Similarity::Jaccard => 1.0,
            Similarity::AdamicAdar => 1.0 / (row.len() as f64).ln(),
        };
        for other in row.iter().filter(|other| **other != entity) {
            let known = shared.entry(*other).or_default();
            known.0 += weight;
            known.1 += 1;
        }
    }
    let own = graph.neighbors(entity).len();
    let mut found: Vec<(u32, f64, usize)> = shared
        .into_iter()
        .map(|(other, (weight, common))| match by {
            Similarity::Jaccard => {
                let all = own + graph.neighbors(other).len() - common;
                (other, weight / all as f64, common)
            }
            Similarity::AdamicAdar => (other, weight, common),
        })
        .collect();
    found.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found
}
