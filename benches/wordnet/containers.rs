//! petgraph's own containers against the snapshot: memory for each statement, and a walk of three
//! hops over 20 neighbors each, along every predicate and along one.

use std::{hint::black_box, sync::Arc, time::Duration};

use petgraph::{
    Direction,
    csr::Csr,
    graph::DiGraph,
    stable_graph::StableDiGraph,
    visit::{EdgeRef, IntoEdgesDirected},
};
use westlake::{
    graph::{EntityId, Snapshot, StatementId},
    query::World,
};

use super::{
    MEMORY,
    measure::{Random, take_turns},
};

const WALKS: usize = 2000;
const ROUNDS: usize = 15;
const NEIGHBORS: usize = 20;

/// Sums the ids met in three hops; `step` calls its argument with the neighbors of a node.
fn walk(starts: &[u32], step: impl Fn(u32, &mut dyn FnMut(u32))) -> u64 {
    let mut sum = 0;
    for start in starts {
        step(*start, &mut |first| {
            sum += u64::from(first);
            step(first, &mut |second| {
                sum += u64::from(second);
                step(second, &mut |third| sum += u64::from(third));
            });
        });
    }
    sum
}

/// What a container took, in bytes, and the container.
fn measured<T>(make: impl FnOnce() -> T) -> (usize, T) {
    let before = MEMORY.current_usage();
    let made = make();
    (MEMORY.current_usage() - before, made)
}

fn edges(snapshot: &Snapshot) -> impl Iterator<Item = (u32, u32, u32)> {
    (0..snapshot.statement_count() as u32).map(|id| {
        let statement = snapshot.statement(StatementId(id));
        (statement.subject.0, statement.object.0, id)
    })
}

/// petgraph's graph of entities (weight: kind) and statements (weight: id).
fn filled<G>(
    snapshot: &Snapshot,
    mut graph: G,
    node: impl Fn(&mut G, u16),
    edge: impl Fn(&mut G, u32, u32, u32),
) -> G {
    for id in 0..snapshot.entity_count() as u32 {
        node(&mut graph, snapshot.kind(EntityId(id)));
    }
    for (subject, object, id) in edges(snapshot) {
        edge(&mut graph, subject, object, id);
    }
    graph
}

pub(crate) fn run(world: &Arc<World>) {
    let snapshot = &world.snapshot;
    let (nodes, count) = (snapshot.entity_count(), snapshot.statement_count());
    let (graph_bytes, graph) = measured(|| {
        filled(
            snapshot,
            DiGraph::<u16, u32>::with_capacity(nodes, count),
            |graph, kind| {
                graph.add_node(kind);
            },
            |graph, a, b, id| {
                graph.add_edge(a.into(), b.into(), id);
            },
        )
    });
    let (stable_bytes, stable) = measured(|| {
        filled(
            snapshot,
            StableDiGraph::<u16, u32>::with_capacity(nodes, count),
            |graph, kind| {
                graph.add_node(kind);
            },
            |graph, a, b, id| {
                graph.add_edge(a.into(), b.into(), id);
            },
        )
    });
    // Csr keeps one edge between two nodes and one direction: the other needs a second one.
    let (csr_bytes, (csr, csr_in)) = measured(|| {
        let mut out: Vec<(u32, u32, u32)> = edges(snapshot).collect();
        out.sort_unstable();
        out.dedup_by_key(|(a, b, _)| (*a, *b));
        let mut incoming: Vec<(u32, u32, u32)> =
            out.iter().map(|(a, b, id)| (*b, *a, *id)).collect();
        incoming.sort_unstable();
        let of = |edges: &[(u32, u32, u32)]| {
            Csr::<(), u32>::from_sorted_edges(edges).expect("the edges are sorted")
        };
        (of(&out), of(&incoming))
    });
    let own_bytes = snapshot.outgoing().bytes() + snapshot.incoming().bytes();
    let per_statement = |bytes: usize| bytes as f64 / count as f64;

    let mut random = Random(7);
    let starts: Vec<u32> = (0..WALKS).map(|_| random.below(nodes) as u32).collect();
    let starts = starts.as_slice();
    let hyponym = snapshot.ontology().predicate("hyponym").expect("WordNet has it");
    let is_hyponym = |id: u32| snapshot.statement(StatementId(id)).predicate == hyponym;

    let mut own_all = || {
        let out = snapshot.outgoing();
        black_box(walk(starts, |node, each| {
            out.links(node).neighbors.iter().take(NEIGHBORS).for_each(|next| each(*next));
        }));
    };
    let mut visit_all = || {
        black_box(walk(starts, |node, each| {
            let edges = snapshot.edges_directed(EntityId(node), Direction::Outgoing);
            edges.take(NEIGHBORS).for_each(|edge| each(edge.target().0));
        }));
    };
    let mut graph_all = || {
        black_box(walk(starts, |node, each| {
            graph
                .edges(node.into())
                .take(NEIGHBORS)
                .for_each(|edge| each(edge.target().index() as u32));
        }));
    };
    let mut stable_all = || {
        black_box(walk(starts, |node, each| {
            stable
                .edges(node.into())
                .take(NEIGHBORS)
                .for_each(|edge| each(edge.target().index() as u32));
        }));
    };
    let mut csr_all = || {
        black_box(walk(starts, |node, each| {
            csr.neighbors_slice(node).iter().take(NEIGHBORS).for_each(|next| each(*next));
        }));
    };
    let mut own_one = || {
        let out = snapshot.outgoing();
        black_box(walk(starts, |node, each| {
            out.links_of(node, hyponym)
                .neighbors
                .iter()
                .take(NEIGHBORS)
                .for_each(|next| each(*next));
        }));
    };
    let mut graph_one = || {
        black_box(walk(starts, |node, each| {
            let edges = graph.edges(node.into()).filter(|edge| is_hyponym(*edge.weight()));
            edges.take(NEIGHBORS).for_each(|edge| each(edge.target().index() as u32));
        }));
    };
    let mut stable_one = || {
        black_box(walk(starts, |node, each| {
            let edges = stable.edges(node.into()).filter(|edge| is_hyponym(*edge.weight()));
            edges.take(NEIGHBORS).for_each(|edge| each(edge.target().index() as u32));
        }));
    };
    let mut csr_one = || {
        black_box(walk(starts, |node, each| {
            let edges = csr.edges(node).filter(|edge| is_hyponym(*edge.weight()));
            edges.take(NEIGHBORS).for_each(|edge| each(edge.target()));
        }));
    };
    let all = take_turns(
        ROUNDS,
        &mut [&mut own_all, &mut visit_all, &mut graph_all, &mut stable_all, &mut csr_all],
    );
    let one =
        take_turns(ROUNDS, &mut [&mut own_one, &mut graph_one, &mut stable_one, &mut csr_one]);

    println!("containers  bytes a statement   three hops, 1 = the snapshot's arrays");
    let show = |name: &str,
                bytes: Option<usize>,
                all: Duration,
                one: Option<Duration>,
                (base, base_one): (Duration, Duration)| {
        let bytes = bytes.map_or_else(String::new, |bytes| format!("{:.1}", per_statement(bytes)));
        let ratio = |time: Duration, base: Duration| time.as_secs_f64() / base.as_secs_f64();
        let one = one
            .map_or_else(String::new, |one| format!(", one predicate {:.2}", ratio(one, base_one)));
        println!("  {name:<24} {bytes:>6}   every predicate {:.2}{one}", ratio(all, base));
    };
    let base = (all[0], one[0]);
    show("snapshot", Some(own_bytes), all[0], Some(one[0]), base);
    show("snapshot, petgraph visit", None, all[1], None, base);
    show("petgraph Graph", Some(graph_bytes), all[2], Some(one[1]), base);
    show("petgraph StableGraph", Some(stable_bytes), all[3], Some(one[2]), base);
    show("petgraph Csr, twice", Some(csr_bytes), all[4], Some(one[3]), base);
    println!(
        "  Csr lost {} of {count} statements: those between two entities that another one links",
        count - csr.edge_count().min(csr_in.edge_count()),
    );
}
