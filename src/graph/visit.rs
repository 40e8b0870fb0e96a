//! petgraph's traits for the snapshot: nodes are entities, edges are statements from subject to
//! object. petgraph's algorithms run on `&Snapshot` as it is.

use fixedbitset::FixedBitSet;
use petgraph::{
    Directed, Direction,
    visit::{
        Data, EdgeCount, EdgeIndexable, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences,
        IntoEdges, IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
        IntoNodeReferences, NodeCompactIndexable, NodeCount, NodeIndexable, VisitMap, Visitable,
    },
};

use super::{Adjacency, EntityId, Snapshot, Statement, StatementId, Table};
use crate::ontology::KindIndex;

/// A reference to an edge of the snapshot.
#[derive(Clone, Copy, Debug)]
pub struct StatementRef<'a> {
    id: StatementId,
    source: EntityId,
    target: EntityId,
    statement: &'a Statement,
}

/// The entities next to one, in the order of [`Adjacency`].
#[derive(Clone, Debug)]
pub struct Neighbors<'a>(std::slice::Iter<'a, u32>);

/// The edges of one entity, in the order of [`Adjacency`].
///
/// As petgraph has it, an edge met against its direction still tells its own source and target.
#[derive(Clone, Debug)]
pub struct EdgesDirected<'a> {
    snapshot: &'a Snapshot,
    statements: std::slice::Iter<'a, u32>,
}

/// Every edge, in the order of statements.
#[derive(Clone, Debug)]
pub struct AllEdges<'a>(&'a Snapshot, std::ops::Range<u32>);

/// Every node with its weight: its kind.
#[derive(Clone, Debug)]
pub struct AllNodes<'a>(&'a Snapshot, std::ops::Range<u32>);

/// Which entities were visited: a bit for each.
#[derive(Clone, Debug)]
pub struct Visited(FixedBitSet);

/// Every node.
#[derive(Clone, Debug)]
pub struct NodeIds<'a>(&'a Snapshot, std::ops::Range<u32>);

impl Snapshot {
    fn adjacency(&self, direction: Direction) -> &Adjacency {
        match direction {
            Direction::Outgoing => &self.outgoing,
            Direction::Incoming => &self.incoming,
        }
    }

    fn edge_ref(&self, id: StatementId) -> StatementRef<'_> {
        let statement = self.statement(id);
        StatementRef { id, source: statement.subject, target: statement.object, statement }
    }
}

impl EdgeRef for StatementRef<'_> {
    type NodeId = EntityId;
    type EdgeId = StatementId;
    type Weight = Statement;
    fn source(&self) -> EntityId {
        self.source
    }
    fn target(&self) -> EntityId {
        self.target
    }
    fn weight(&self) -> &Statement {
        self.statement
    }
    fn id(&self) -> StatementId {
        self.id
    }
}

impl Iterator for Neighbors<'_> {
    type Item = EntityId;
    fn next(&mut self) -> Option<EntityId> {
        self.0.next().copied().map(EntityId)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<'a> Iterator for EdgesDirected<'a> {
    type Item = StatementRef<'a>;
    fn next(&mut self) -> Option<StatementRef<'a>> {
        self.statements.next().map(|id| self.snapshot.edge_ref(StatementId(*id)))
    }
}

impl<'a> Iterator for AllEdges<'a> {
    type Item = StatementRef<'a>;
    fn next(&mut self) -> Option<StatementRef<'a>> {
        let place = self.1.next()?;
        Some(self.0.edge_ref(StatementId(self.0.id_at(Table::Statements, place))))
    }
}

impl<'a> Iterator for AllNodes<'a> {
    type Item = (EntityId, &'a KindIndex);
    fn next(&mut self) -> Option<Self::Item> {
        let id = self.0.id_at(Table::Entities, self.1.next()?);
        Some((EntityId(id), &self.0.entities.get(id as usize).kind))
    }
}

impl Iterator for NodeIds<'_> {
    type Item = EntityId;
    fn next(&mut self) -> Option<EntityId> {
        self.1.next().map(|place| EntityId(self.0.id_at(Table::Entities, place)))
    }
}

impl GraphBase for Snapshot {
    type NodeId = EntityId;
    type EdgeId = StatementId;
}

impl Data for Snapshot {
    type NodeWeight = KindIndex;
    type EdgeWeight = Statement;
}

impl GraphProp for Snapshot {
    type EdgeType = Directed;
}

/// Indexes must have no holes, so an entity that was retracted counts as a node without edges; it is
/// not among the node identifiers.
impl NodeCount for Snapshot {
    fn node_count(&self) -> usize {
        self.bound(Table::Entities)
    }
}

impl EdgeCount for Snapshot {
    fn edge_count(&self) -> usize {
        self.statement_count()
    }
}

impl NodeIndexable for Snapshot {
    fn node_bound(&self) -> usize {
        self.bound(Table::Entities)
    }
    fn to_index(&self, node: EntityId) -> usize {
        node.index()
    }
    fn from_index(&self, index: usize) -> EntityId {
        EntityId(index as u32)
    }
}

impl NodeCompactIndexable for Snapshot {}

impl EdgeIndexable for Snapshot {
    fn edge_bound(&self) -> usize {
        self.bound(Table::Statements)
    }
    fn to_index(&self, edge: StatementId) -> usize {
        edge.index()
    }
    fn from_index(&self, index: usize) -> StatementId {
        StatementId(index as u32)
    }
}

impl Visitable for Snapshot {
    type Map = Visited;
    fn visit_map(&self) -> Visited {
        Visited(FixedBitSet::with_capacity(self.bound(Table::Entities)))
    }
    fn reset_map(&self, map: &mut Visited) {
        map.0.clear();
        map.0.grow(self.bound(Table::Entities));
    }
}

impl VisitMap<EntityId> for Visited {
    fn visit(&mut self, entity: EntityId) -> bool {
        !self.0.put(entity.index())
    }
    fn is_visited(&self, entity: &EntityId) -> bool {
        self.0.contains(entity.index())
    }
    fn unvisit(&mut self, entity: EntityId) -> bool {
        let was_visited = self.0.contains(entity.index());
        self.0.set(entity.index(), false);
        was_visited
    }
}

impl<'a> IntoNeighbors for &'a Snapshot {
    type Neighbors = Neighbors<'a>;
    fn neighbors(self, node: EntityId) -> Neighbors<'a> {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for &'a Snapshot {
    type NeighborsDirected = Neighbors<'a>;
    fn neighbors_directed(self, node: EntityId, direction: Direction) -> Neighbors<'a> {
        let adjacency = self.adjacency(direction);
        Neighbors(adjacency.links(node.0).neighbors.iter())
    }
}

impl<'a> IntoEdgeReferences for &'a Snapshot {
    type EdgeRef = StatementRef<'a>;
    type EdgeReferences = AllEdges<'a>;
    fn edge_references(self) -> AllEdges<'a> {
        AllEdges(self, 0..self.statement_count() as u32)
    }
}

impl<'a> IntoEdges for &'a Snapshot {
    type Edges = EdgesDirected<'a>;
    fn edges(self, node: EntityId) -> EdgesDirected<'a> {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoEdgesDirected for &'a Snapshot {
    type EdgesDirected = EdgesDirected<'a>;
    fn edges_directed(self, node: EntityId, direction: Direction) -> EdgesDirected<'a> {
        let adjacency = self.adjacency(direction);
        EdgesDirected { snapshot: self, statements: adjacency.links(node.0).statements.iter() }
    }
}

impl<'a> IntoNodeIdentifiers for &'a Snapshot {
    type NodeIdentifiers = NodeIds<'a>;
    fn node_identifiers(self) -> NodeIds<'a> {
        NodeIds(self, 0..self.entity_count() as u32)
    }
}

impl<'a> IntoNodeReferences for &'a Snapshot {
    type NodeRef = (EntityId, &'a KindIndex);
    type NodeReferences = AllNodes<'a>;
    fn node_references(self) -> AllNodes<'a> {
        AllNodes(self, 0..self.entity_count() as u32)
    }
}
