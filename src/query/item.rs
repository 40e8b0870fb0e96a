//! What fields are read from and what they give. Both are small and copied freely: an item names a
//! place in the snapshot or in the [`Arena`] of one execution, so that reading allocates nothing.

use std::{sync::Arc, time::Instant};

use fixedbitset::FixedBitSet;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{QueryError, View, World, cell::Cell, page::Page, row::Row, subgraph::Subgraph};
use crate::{
    analytics::Cut,
    graph::{EntityId, ObservationId, SourceId, StatementId, StringId, Table},
    model::Period,
    ontology::{KindIndex, LanguageIndex, MetricIndex, PredicateIndex},
    query::catalog::TypeId,
    search::Hit,
};

/// An object of the API.
#[derive(Debug, Clone, Copy)]
pub enum Item {
    /// Nothing.
    Null,
    /// The root.
    Query,
    /// The graph as a whole.
    Graph,
    /// An entity.
    Entity(EntityId),
    /// A statement.
    Statement(StatementId),
    /// An observation.
    Observation(ObservationId),
    /// A source.
    Source(SourceId),
    /// A reference, by its place in the snapshot.
    Reference(u32),
    /// A text in a language.
    Text(LanguageIndex, StringId),
    /// A connection.
    Page(Page),
    /// How a page lies in the whole.
    PageInfo(Page),
    /// An edge of a connection.
    Edge(Row),
    /// A search hit, by its place in the arena.
    Hit(u32),
    /// A subgraph.
    Subgraph(Subgraph),
    /// A kind.
    Kind(KindIndex),
    /// A predicate.
    Predicate(PredicateIndex),
    /// A metric.
    Metric(MetricIndex),
    /// A language.
    Language(LanguageIndex),
    /// An example query.
    Example(u16),
    /// The measures of an entity.
    Measures(EntityId),
    /// An object that was computed: where its cells begin in the arena.
    Record(u32),
}

impl Item {
    /// The item of a row of a table.
    pub fn of_row(table: Table, id: u32) -> Self {
        match table {
            Table::Entities => Self::Entity(EntityId(id)),
            Table::Statements => Self::Statement(StatementId(id)),
            Table::Observations => Self::Observation(ObservationId(id)),
            Table::Sources => Self::Source(SourceId(id)),
        }
    }

    /// The object type of an item that may stand behind an interface.
    pub fn type_id(self, world: &World) -> TypeId {
        let others = &world.catalog.others;
        match self {
            Self::Entity(id) => world.catalog.kind_types[usize::from(world.snapshot.kind(id))],
            Self::Statement(_) => others.statement,
            Self::Observation(_) => others.observation,
            Self::Source(_) => others.source,
            _ => others.query,
        }
    }
}

/// What a field gives.
#[derive(Debug, Clone)]
pub enum Resolved<'w> {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A double-precision number.
    Float(f64),
    /// A text that is not interned.
    Str(&'w str),
    /// A text that was made for this answer.
    Shared(Arc<str>),
    /// An interned text.
    Text(StringId),
    /// The name of an enum's value.
    Name(&'w str),
    /// The global id of an item.
    Id(Item),
    /// The cursor of a row.
    Cursor(Row),
    /// A date or period.
    Date(Period),
    /// A moment.
    DateTime(Timestamp),
    /// An exact decimal number.
    Decimal(Decimal),
    /// An object.
    Item(Item),
    /// A list.
    Items(Items),
    /// The root again, over a narrower graph.
    Narrowed(Box<View>),
}

/// A list, by where its items stand.
#[derive(Debug, Clone, Copy)]
pub enum Items {
    /// The rows of a page.
    Nodes(Page),
    /// The edges of a page.
    Edges(Page),
    /// References, by their places in the snapshot.
    References(u32, u32),
    /// The labels of an entity.
    Labels(EntityId),
    /// Aliases, by their places in the snapshot.
    Aliases(u32, u32),
    /// Search hits in the arena.
    Hits(u32, u32),
    /// Items in the arena.
    Listed(u32, u32),
    /// Entities in the arena: where they begin, and how many.
    Entities(u32, u32),
    /// Statements in the arena: where they begin, and how many.
    Statements(u32, u32),
    /// Every kind.
    Kinds,
    /// Every predicate.
    Predicates,
    /// Every metric.
    Metrics,
    /// Every language.
    Languages,
    /// Every example query.
    Examples,
    /// The units of a metric.
    Units(MetricIndex),
    /// Kinds in the arena, by name.
    KindNames(u32, u32),
    /// Cells in the arena: where they begin, and how many.
    Cells(u32, u32),
}

/// Scratch space of one execution. Fields that have to collect rows put them here; the executor
/// takes them off again when the field is written.
#[derive(Debug, Default, Clone)]
pub struct Arena {
    pub(super) ids: Vec<u32>,
    pub(super) hits: Vec<Hit>,
    pub(super) items: Vec<Item>,
    pub(super) cells: Vec<Cell>,
    /// The predicates of parts of the graph whose statements were not asked for yet.
    pub(super) predicates: Vec<Option<FixedBitSet>>,
    /// When the time of the request is over.
    pub(super) deadline: Option<Instant>,
    /// Why the field that was read last is not complete.
    pub(super) cut: Option<Cut>,
    /// What kept the field that was read last from being read.
    pub(super) failure: Option<QueryError>,
    /// Whether searches are to tell how they went.
    pub(super) is_traced: bool,
    /// How the search of the field that was read last went.
    pub(super) note: Option<serde_json::Value>,
}

/// How full an arena was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(usize, usize, usize, usize, usize);

impl Mark {
    /// How many cells there were.
    pub(super) fn cells(self) -> usize {
        self.3
    }
}

impl Arena {
    pub(super) fn mark(&self) -> Mark {
        Mark(
            self.ids.len(),
            self.hits.len(),
            self.items.len(),
            self.cells.len(),
            self.predicates.len(),
        )
    }

    pub(super) fn reset(&mut self, mark: Mark) {
        self.ids.truncate(mark.0);
        self.hits.truncate(mark.1);
        self.items.truncate(mark.2);
        self.cells.truncate(mark.3);
        self.predicates.truncate(mark.4);
    }
}

impl Items {
    /// How many items there are.
    pub fn len(&self, world: &World) -> usize {
        let ontology = world.snapshot.ontology();
        match *self {
            Self::Nodes(page) | Self::Edges(page) => (page.end - page.start) as usize,
            Self::References(start, end)
            | Self::Aliases(start, end)
            | Self::Hits(start, end)
            | Self::Listed(start, end) => (end - start) as usize,
            Self::Entities(_, count)
            | Self::Statements(_, count)
            | Self::KindNames(_, count)
            | Self::Cells(_, count) => count as usize,
            Self::Labels(entity) => (0..ontology.languages.len())
                .filter(|l| world.snapshot.label_in(entity, *l as LanguageIndex) != StringId::NONE)
                .count(),
            Self::Kinds => ontology.kinds.len(),
            Self::Predicates => ontology.predicates.len(),
            Self::Metrics => ontology.metrics.len(),
            Self::Languages => ontology.languages.len(),
            Self::Examples => world.snapshot.dataset().examples.len(),
            Self::Units(metric) => ontology.metrics[usize::from(metric)].units.len(),
        }
    }

    /// The `index`-th item.
    pub fn get<'w>(&self, world: &'w World, arena: &Arena, index: usize) -> Resolved<'w> {
        let at = index as u32;
        let snapshot = &world.snapshot;
        let item = match *self {
            Self::Nodes(page) => page.row(world, arena, at).node(),
            Self::Edges(page) => Item::Edge(page.row(world, arena, at)),
            Self::References(start, _) => Item::Reference(start + at),
            Self::Labels(entity) => (0..snapshot.ontology().languages.len() as LanguageIndex)
                .map(|language| (language, snapshot.label_in(entity, language)))
                .filter(|(_, label)| *label != StringId::NONE)
                .nth(index)
                .map_or(Item::Null, |(language, label)| Item::Text(language, label)),
            Self::Aliases(start, _) => return Resolved::Text(snapshot.alias(start + at)),
            Self::Hits(start, _) => Item::Hit(start + at),
            Self::Listed(start, _) => arena.items[start as usize + index],
            Self::Entities(start, _) => Item::Entity(EntityId(arena.ids[start as usize + index])),
            Self::Statements(start, _) => {
                Item::Statement(StatementId(arena.ids[start as usize + index]))
            }
            Self::Kinds => Item::Kind(index as KindIndex),
            Self::Predicates => Item::Predicate(index as PredicateIndex),
            Self::Metrics => Item::Metric(index as MetricIndex),
            Self::Languages => Item::Language(index as LanguageIndex),
            Self::Examples => Item::Example(index as u16),
            Self::Units(metric) => {
                let units = &snapshot.ontology().metrics[usize::from(metric)].units;
                return Resolved::Str(&units[index]);
            }
            Self::Cells(start, _) => {
                return arena.cells[start as usize + index].resolved(world);
            }
            Self::KindNames(start, _) => {
                let kind = arena.ids[start as usize + index] as usize;
                return Resolved::Name(&snapshot.ontology().kinds[kind].constant);
            }
        };
        match item {
            Item::Null => Resolved::Null,
            item => Resolved::Item(item),
        }
    }
}
