//! petgraph's own algorithms run over the snapshot as it is, and agree with petgraph's own graph.

use std::collections::BTreeSet;

use petgraph::{
    Direction,
    algo::{
        astar, connected_components, dijkstra, has_path_connecting, is_cyclic_directed,
        kosaraju_scc, page_rank, tarjan_scc, toposort,
    },
    graph::{DiGraph, NodeIndex},
    visit::{
        Bfs, Dfs, EdgeCount, EdgeRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
        IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences, NodeCompactIndexable,
        NodeCount, NodeFiltered, NodeIndexable, Reversed, Visitable,
    },
};
use westlake::graph::{EntityId, Snapshot, StatementId};

use crate::support::WORLD;

/// The same nodes and edges in petgraph's own container.
fn copy(snapshot: &Snapshot) -> DiGraph<u16, u32> {
    let mut graph = DiGraph::new();
    for (_, kind) in snapshot.node_references() {
        graph.add_node(*kind);
    }
    for id in 0..snapshot.statement_count() as u32 {
        let statement = snapshot.statement(StatementId(id));
        graph.add_edge(statement.subject.0.into(), statement.object.0.into(), id);
    }
    graph
}

fn index(node: NodeIndex) -> EntityId {
    EntityId(node.index() as u32)
}

/// Asks for every trait that algorithms build on.
fn takes_all<'a, G>(graph: G) -> (usize, usize)
where
    G: IntoNodeReferences
        + IntoEdgeReferences
        + IntoEdgesDirected
        + IntoNeighborsDirected
        + NodeCompactIndexable
        + Visitable
        + NodeCount
        + EdgeCount
        + 'a,
{
    (graph.node_references().count(), graph.edge_references().count())
}

#[test]
fn the_snapshot_is_a_petgraph_graph() {
    let snapshot = &WORLD.snapshot;
    assert_eq!(takes_all(snapshot), (177, 369));
    let bound = snapshot.node_bound();
    for node in snapshot.node_identifiers() {
        assert_eq!(snapshot.from_index(NodeIndexable::to_index(snapshot, node)), node);
        assert!(NodeIndexable::to_index(snapshot, node) < bound);
    }
}

#[test]
fn edges_and_neighbors_agree_with_petgraphs_graph() {
    let snapshot = &WORLD.snapshot;
    let graph = copy(snapshot);
    for node in graph.node_indices() {
        for direction in [Direction::Outgoing, Direction::Incoming] {
            let own: BTreeSet<_> = snapshot
                .edges_directed(index(node), direction)
                .map(|edge| (edge.source(), edge.target(), edge.id()))
                .collect();
            let theirs: BTreeSet<_> = graph
                .edges_directed(node, direction)
                .map(|edge| {
                    (index(edge.source()), index(edge.target()), StatementId(*edge.weight()))
                })
                .collect();
            assert_eq!(own, theirs);
            let mut own: Vec<_> = snapshot.neighbors_directed(index(node), direction).collect();
            let mut theirs: Vec<_> = graph.neighbors_directed(node, direction).map(index).collect();
            own.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(own, theirs);
        }
    }
}

#[test]
fn petgraphs_algorithms_agree_on_the_snapshot_and_on_their_own_graph() {
    let snapshot = &WORLD.snapshot;
    let graph = copy(snapshot);
    let hangzhou = snapshot.entity("hangzhou").unwrap();
    let start = NodeIndex::new(hangzhou.index());

    assert_eq!(connected_components(snapshot), connected_components(&graph));
    assert_eq!(is_cyclic_directed(snapshot), is_cyclic_directed(&graph));
    assert_eq!(toposort(snapshot, None).is_ok(), toposort(&graph, None).is_ok());

    let sets = |components: Vec<Vec<EntityId>>| -> BTreeSet<BTreeSet<EntityId>> {
        components.into_iter().map(|component| component.into_iter().collect()).collect()
    };
    let theirs = |components: Vec<Vec<NodeIndex>>| {
        sets(components.into_iter().map(|c| c.into_iter().map(index).collect()).collect())
    };
    assert_eq!(sets(tarjan_scc(snapshot)), theirs(tarjan_scc(&graph)));
    assert_eq!(sets(kosaraju_scc(snapshot)), theirs(kosaraju_scc(&graph)));

    let own = dijkstra(snapshot, hangzhou, None, |_| 1u32);
    let other = dijkstra(&graph, start, None, |_| 1u32);
    assert_eq!(own.len(), other.len());
    assert!(other.iter().all(|(node, cost)| own[&index(*node)] == *cost));
    let incoming = dijkstra(Reversed(snapshot), hangzhou, None, |_| 1u32);
    assert!(incoming.len() > 1 && incoming.len() != own.len());

    let ranks = page_rank(snapshot, 0.85_f64, 5);
    for (own, theirs) in ranks.iter().zip(page_rank(&graph, 0.85_f64, 5)) {
        assert!((own - theirs).abs() < 1e-9);
    }
}

#[test]
fn searches_walk_the_snapshot_and_parts_of_it() {
    let snapshot = &WORLD.snapshot;
    let key = |key: &str| snapshot.entity(key).unwrap();
    let (cost, path) =
        astar(snapshot, key("deepseek"), |node| node == key("china"), |_| 1, |_| 0).unwrap();
    assert_eq!(cost as usize, path.len() - 1);
    assert_eq!((path[0], *path.last().unwrap()), (key("deepseek"), key("china")));
    assert!(!has_path_connecting(snapshot, key("china"), key("deepseek"), None));

    let mut bfs = Bfs::new(snapshot, key("hangzhou"));
    let mut dfs = Dfs::new(snapshot, key("hangzhou"));
    let mut by_breadth: Vec<_> = std::iter::from_fn(|| bfs.next(snapshot)).collect();
    let mut by_depth: Vec<_> = std::iter::from_fn(|| dfs.next(snapshot)).collect();
    by_breadth.sort_unstable();
    by_depth.sort_unstable();
    assert_eq!(by_breadth, by_depth);

    // Adaptors of petgraph hold too: without China, no path to it is left.
    let without = NodeFiltered::from_fn(snapshot, |node| node != key("china"));
    assert!(!has_path_connecting(&without, key("deepseek"), key("china"), None));
    assert!(snapshot.edges(key("hangzhou")).all(|edge| edge.source() == key("hangzhou")));
}
