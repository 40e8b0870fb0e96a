//! Objects that are computed for one answer: a path, a point of a series, a group. Each is a record of
//! cells in the [`Arena`]; what its fields are is stated once, as a [`RecordType`], beside the code
//! that fills it.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{
    Arena, Item, Items, Resolved, World,
    catalog::{Draft, DraftBody, DraftField, Read, field},
};
use crate::{
    graph::StringId,
    model::Period,
    ontology::{KindIndex, MetricIndex, PredicateIndex},
};

/// A value of a record's field.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// Nothing.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A double-precision number.
    Float(f64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// A date or period.
    Date(Period),
    /// A text.
    Text(Arc<str>),
    /// A text of the graph.
    Interned(StringId),
    /// The name of an enum's value.
    Name(&'static str),
    /// A kind.
    Kind(KindIndex),
    /// A predicate.
    Predicate(PredicateIndex),
    /// A metric.
    Metric(MetricIndex),
    /// An object.
    Item(Item),
    /// Cells in the arena: where they begin, and how many.
    List(u32, u32),
}

impl Cell {
    /// A text, or nothing if there is none.
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Arc::from(text.as_ref()))
    }

    /// Nothing, or what `cell` makes of a value.
    pub(super) fn some<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }

    /// What a field with this value gives.
    pub(super) fn resolved<'w>(&self, world: &'w World) -> Resolved<'w> {
        let ontology = world.snapshot.ontology();
        match self {
            Self::Null => Resolved::Null,
            Self::Boolean(value) => Resolved::Boolean(*value),
            Self::Int(number) => Resolved::Int(*number),
            Self::Float(number) => Resolved::Float(*number),
            Self::Decimal(number) => Resolved::Decimal(*number),
            Self::Date(period) => Resolved::Date(*period),
            Self::Text(text) => Resolved::Shared(Arc::clone(text)),
            Self::Interned(id) => id.some().map_or(Resolved::Null, Resolved::Text),
            Self::Name(name) => Resolved::Name(name),
            Self::Kind(kind) => Resolved::Name(&ontology.kinds[usize::from(*kind)].constant),
            Self::Predicate(index) => {
                Resolved::Name(&ontology.predicates[usize::from(*index)].name)
            }
            Self::Metric(index) => Resolved::Name(&ontology.metrics[usize::from(*index)].name),
            Self::Item(item) => Resolved::Item(*item),
            Self::List(start, count) => Resolved::Items(Items::Cells(*start, *count)),
        }
    }
}

/// The fields of a type of records: name, type and description of each, in the order of its cells.
pub(super) struct RecordType {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) fields: &'static [(&'static str, &'static str, &'static str)],
}

impl RecordType {
    /// Adds the type to the API; `more` are fields that are not cells.
    pub(super) fn add(&self, draft: &mut Draft, more: Vec<DraftField>) {
        let cells = (0..).zip(self.fields);
        let mut fields: Vec<DraftField> = cells
            .map(|(index, (name, ty, description))| field(name, ty, Read::Cell(index), description))
            .collect();
        fields.extend(more);
        draft.add(self.name, self.description, DraftBody::Object(Vec::new(), fields));
    }

    /// Puts a record of this type into the arena.
    pub(super) fn record<const N: usize>(&self, arena: &mut Arena, cells: [Cell; N]) -> Cell {
        debug_assert_eq!(N, self.fields.len(), "{} has a cell for each field", self.name);
        let start = arena.cells.len() as u32;
        arena.cells.extend(cells);
        Cell::Item(Item::Record(start))
    }
}

impl Arena {
    /// Puts a list into the arena.
    pub(super) fn list(&mut self, cells: impl IntoIterator<Item = Cell>) -> Cell {
        let start = self.cells.len();
        self.cells.extend(cells);
        Cell::List(start as u32, (self.cells.len() - start) as u32)
    }

    /// Puts a `PageInfo` into the arena: its fields in their order.
    pub(super) fn page_info(&mut self, next: bool, previous: bool, start: Cell, end: Cell) -> Cell {
        let record = self.cells.len() as u32;
        self.cells.extend([Cell::Boolean(next), Cell::Boolean(previous), start, end]);
        Cell::Item(Item::Record(record))
    }

    /// The `index`-th cell of a record.
    pub(super) fn cell(&self, record: u32, index: u8) -> &Cell {
        &self.cells[record as usize + usize::from(index)]
    }

    /// The items of a list.
    pub(super) fn items_of(&self, cell: &Cell) -> Vec<Item> {
        let Cell::List(start, count) = cell else { return Vec::new() };
        let cells = &self.cells[*start as usize..(start + count) as usize];
        let item = |cell: &Cell| match cell {
            Cell::Item(item) => Some(*item),
            _ => None,
        };
        cells.iter().filter_map(item).collect()
    }
}
