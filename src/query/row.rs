//! One row of a connection, and where rows stand. Where nothing is left out and nothing reordered,
//! they are a range of the snapshot's own arrays.

use super::{Arena, Item, View, World};
use crate::{
    graph::{Adjacency, EntityId, Links, ObservationId, SourceId, StatementId, Table},
    ontology::{KindIndex, PredicateIndex},
};

/// What the rows of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// Entities.
    Entity,
    /// Statements.
    Statement,
    /// Observations.
    Observation,
    /// Sources.
    Source,
    /// Edges of an entity.
    Relation,
    /// Edges of an entity along a relation that reads the same both ways.
    Mutual,
}

/// A row: its kind, and its id; for an edge the statement, the way it is met, and the other end.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it is.
    pub kind: RowKind,
    value: u32,
    neighbor: u32,
}

/// The bit of an edge that says that it is met from its object.
pub(super) const INCOMING: u32 = 1 << 31;

/// Where rows stand.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rows {
    /// All rows of a table.
    Table(RowKind),
    /// The entities of a kind.
    OfKind(KindIndex),
    /// The edges of an entity, of one predicate or of all, the outgoing ones first.
    Links { kind: RowKind, entity: EntityId, predicate: Option<PredicateIndex>, outgoing: u32 },
    /// Values in the arena, from a place.
    Kept(RowKind, u32),
}

impl Rows {
    /// The `index`-th row.
    pub(super) fn get(self, world: &World, arena: &Arena, index: u32) -> Row {
        let snapshot = &world.snapshot;
        match self {
            Self::Table(kind) => Row::of(kind, snapshot.id_at(kind.table(), index)),
            Self::OfKind(kind) => Row::of(RowKind::Entity, snapshot.of_kind(kind).get(index)),
            Self::Links { kind, entity, predicate, outgoing } => {
                let (adjacency, mark, place) = if index < outgoing {
                    (snapshot.outgoing(), 0, index as usize)
                } else {
                    (snapshot.incoming(), INCOMING, (index - outgoing) as usize)
                };
                let links = links(adjacency, entity, predicate);
                let (neighbor, statement) = (links.neighbors[place], links.statements[place]);
                Row { kind, value: statement | mark, neighbor }
            }
            Self::Kept(kind, start) => Row::kept(world, kind, arena.ids[(start + index) as usize]),
        }
    }

    pub(super) fn kind(self) -> RowKind {
        match self {
            Self::OfKind(_) => RowKind::Entity,
            Self::Table(kind) | Self::Kept(kind, _) | Self::Links { kind, .. } => kind,
        }
    }
}

/// The edges of an entity, of one predicate or of all.
pub(super) fn links(
    adjacency: &Adjacency,
    entity: EntityId,
    predicate: Option<PredicateIndex>,
) -> Links<'_> {
    match predicate {
        Some(predicate) => adjacency.links_of(entity.0, predicate),
        None => adjacency.links(entity.0),
    }
}

impl RowKind {
    /// The table that the rows' identities stand in.
    pub(super) fn table(self) -> Table {
        match self {
            Self::Entity => Table::Entities,
            Self::Statement | Self::Relation | Self::Mutual => Table::Statements,
            Self::Observation => Table::Observations,
            Self::Source => Table::Sources,
        }
    }
}

impl Row {
    /// A row that is no edge.
    pub(super) fn of(kind: RowKind, id: u32) -> Self {
        Self { kind, value: id, neighbor: 0 }
    }

    /// A row as the arena keeps it.
    pub(super) fn kept(world: &World, kind: RowKind, value: u32) -> Self {
        let neighbor = match kind {
            RowKind::Relation | RowKind::Mutual => {
                let statement = world.snapshot.statement(StatementId(value & !INCOMING));
                if value & INCOMING == 0 { statement.object.0 } else { statement.subject.0 }
            }
            _ => 0,
        };
        Self { kind, value, neighbor }
    }

    /// The object at the row: for an edge, the entity at its other end.
    pub fn node(self) -> Item {
        match self.kind {
            RowKind::Entity => Item::Entity(EntityId(self.value)),
            RowKind::Statement => Item::Statement(StatementId(self.value)),
            RowKind::Observation => Item::Observation(ObservationId(self.value)),
            RowKind::Source => Item::Source(SourceId(self.value)),
            RowKind::Relation | RowKind::Mutual => Item::Entity(EntityId(self.neighbor)),
        }
    }

    /// The object that names the row: for an edge, its statement.
    pub fn identity(self) -> Item {
        match self.kind {
            RowKind::Relation | RowKind::Mutual => Item::Statement(self.statement()),
            _ => self.node(),
        }
    }

    /// The statement of an edge.
    pub fn statement(self) -> StatementId {
        StatementId(self.value & !INCOMING)
    }

    /// Appends the statements that link the same two entities by the same predicate in the same
    /// way; returns how many.
    pub fn statements(self, world: &World, view: &View, arena: &mut Arena) -> u32 {
        let snapshot = &world.snapshot;
        let first = snapshot.statement(self.statement());
        let is_incoming = self.value & INCOMING != 0;
        let (own, far) =
            if is_incoming { (first.object, first.subject) } else { (first.subject, first.object) };
        let before = arena.ids.len();
        for (adjacency, follow) in [
            (snapshot.outgoing(), !is_incoming || self.kind == RowKind::Mutual),
            (snapshot.incoming(), is_incoming || self.kind == RowKind::Mutual),
        ] {
            if follow {
                let links = adjacency.links_of(own.0, first.predicate);
                let same = links.iter().filter(|(neighbor, _)| *neighbor == far.0);
                arena.ids.extend(
                    same.map(|(_, statement)| statement)
                        .filter(|statement| view.has_statement(world, StatementId(*statement))),
                );
            }
        }
        (arena.ids.len() - before) as u32
    }
}
