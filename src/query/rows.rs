//! Rows of connections: which statements, entities, observations or sources, in which order.

use std::{cmp::Ordering, sync::Arc};

use rustc_hash::FxHashSet;

use super::{
    Arena, Item, View, World,
    args::{Order, OrderBy, RowArgs},
    catalog::RelationRead,
    measured::values,
    related::{for_each_reference, for_each_related},
    row::{INCOMING, Row, RowKind, Rows, links},
};
use crate::{
    graph::{EntityId, Links, ObservationId, PropertyValue, StatementId},
    model::Closed,
    ontology::{Direction, KindIndex, PredicateIndex},
};

/// Rows and how many there are.
pub(super) type Found = (Rows, u32);

/// Every row of a table, or those that meet the view and the filter, in order.
fn table(world: &World, view: &View, arena: &mut Arena, args: &RowArgs, kind: RowKind) -> Found {
    let snapshot = &world.snapshot;
    if args.is_plain() && view.is_whole() {
        return (Rows::Table(kind), snapshot.count(kind.table()) as u32);
    }
    listed(world, view, arena, args, kind, snapshot.ids(kind.table()))
}

/// Whether a row meets the view and the filter.
fn keeps(world: &World, view: &View, args: &RowArgs, row: Row) -> bool {
    let node = row.node();
    view.has(world, node)
        && args.filter.as_ref().is_none_or(|filter| filter.holds(world, view, node))
}

/// The rows from `start` on, put in order.
fn kept(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    kind: RowKind,
    start: usize,
) -> Found {
    if !args.order.is_empty() {
        let mut orders = Vec::with_capacity(args.order.len());
        for order in &args.order {
            let values = match order.by {
                OrderBy::Measure(measure) => match values(world, view, arena, measure) {
                    Ok(values) => Some(values),
                    Err(error) => {
                        arena.failure = Some(error);
                        return (Rows::Kept(kind, start as u32), 0);
                    }
                },
                _ => None,
            };
            orders.push((*order, values));
        }
        arena.ids[start..].sort_by(|a, b| {
            let (a, b) = (Row::kept(world, kind, *a), Row::kept(world, kind, *b));
            compare(world, &orders, a.node(), b.node())
        });
    }
    (Rows::Kept(kind, start as u32), (arena.ids.len() - start) as u32)
}

/// The entities of a kind, or of every kind.
pub(super) fn entities(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    kind: Option<KindIndex>,
) -> Found {
    let Some(kind) = kind else { return table(world, view, arena, args, RowKind::Entity) };
    let ids = world.snapshot.of_kind(kind);
    if args.is_plain() && view.is_whole() {
        return (Rows::OfKind(kind), ids.len() as u32);
    }
    listed(world, view, arena, args, RowKind::Entity, ids.iter())
}

/// All statements.
pub(super) fn statements(world: &World, view: &View, arena: &mut Arena, args: &RowArgs) -> Found {
    table(world, view, arena, args, RowKind::Statement)
}

/// All observations.
pub(super) fn observations(world: &World, view: &View, arena: &mut Arena, args: &RowArgs) -> Found {
    table(world, view, arena, args, RowKind::Observation)
}

/// All sources.
pub(super) fn sources(world: &World, view: &View, arena: &mut Arena, args: &RowArgs) -> Found {
    table(world, view, arena, args, RowKind::Source)
}

/// The ids in `ids`, less those that the view or the filter leaves out.
pub(super) fn listed(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    kind: RowKind,
    ids: impl Iterator<Item = u32>,
) -> Found {
    let start = arena.ids.len();
    if args.filter.is_none() && view.is_whole() {
        arena.ids.extend(ids);
    } else {
        arena.ids.extend(ids.filter(|id| keeps(world, view, args, Row::of(kind, *id))));
    }
    kept(world, view, arena, args, kind, start)
}

/// The observations about an entity, of the metrics and for the time asked for.
pub(super) fn observations_of(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    entity: EntityId,
) -> Found {
    let ids = world.snapshot.observations_of(entity).iter().copied().filter(|id| {
        let observation = world.snapshot.observation(ObservationId(*id));
        let metric = usize::from(observation.metric);
        args.metrics.as_ref().is_none_or(|metrics| metrics.contains(metric))
            && args.period.as_ref().is_none_or(|test| test.holds(Some(observation.period.days())))
    });
    listed(world, view, arena, args, RowKind::Observation, ids)
}

/// The sources that statements and observations about an entity refer to, in the tables' order.
pub(super) fn sources_of(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    entity: EntityId,
) -> Found {
    let mut ids = Vec::new();
    for_each_reference(world, view, entity, |source| ids.push(source.0));
    ids.sort_unstable();
    ids.dedup();
    listed(world, view, arena, args, RowKind::Source, ids.into_iter())
}

/// The statements that link an entity, as edges.
pub(super) fn relations(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    entity: EntityId,
) -> Found {
    let snapshot = &world.snapshot;
    let only = args.predicates.as_ref().and_then(|predicates| {
        let mut ones = predicates.ones();
        ones.next().filter(|_| ones.next().is_none())
    });
    let predicate = only.map(|predicate| predicate as PredicateIndex);
    let links = |adjacency, is_followed| {
        if is_followed { links(adjacency, entity, predicate) } else { Links::default() }
    };
    let out = links(snapshot.outgoing(), args.direction != Direction::In);
    let incoming = links(snapshot.incoming(), args.direction != Direction::Out);
    let is_plain = args.is_plain()
        && view.is_whole()
        && args.kinds.is_none()
        && (args.predicates.is_none() || only.is_some());
    if is_plain {
        let outgoing = out.len() as u32;
        let rows = Rows::Links { kind: RowKind::Relation, entity, predicate, outgoing };
        return (rows, outgoing + incoming.len() as u32);
    }
    let start = arena.ids.len();
    let out = out.iter().map(|(neighbor, statement)| (neighbor, statement, 0));
    let incoming = incoming.iter().map(|(neighbor, statement)| (neighbor, statement, INCOMING));
    for (neighbor, id, mark) in out.chain(incoming) {
        let statement = snapshot.statement(StatementId(id));
        let is_kept =
            args.predicates
                .as_ref()
                .is_none_or(|predicates| predicates.contains(statement.predicate.into()))
                && args
                    .kinds
                    .as_ref()
                    .is_none_or(|kinds| kinds.contains(snapshot.kind(EntityId(neighbor)).into()))
                && view.has_statement(world, StatementId(id))
                && args.filter.as_ref().is_none_or(|filter| {
                    filter.holds(world, view, Item::Statement(StatementId(id)))
                });
        if is_kept {
            arena.ids.push(id | mark);
        }
    }
    kept(world, view, arena, args, RowKind::Relation, start)
}

/// The entities along a relation, each once, as edges.
pub(super) fn related(
    world: &World,
    view: &View,
    arena: &mut Arena,
    args: &RowArgs,
    relation: &RelationRead,
    entity: EntityId,
) -> Found {
    let snapshot = &world.snapshot;
    let is_mutual = relation.direction == Direction::Both;
    let kind = if is_mutual { RowKind::Mutual } else { RowKind::Relation };
    let adjacency = match relation.direction {
        Direction::In => snapshot.incoming(),
        Direction::Out | Direction::Both => snapshot.outgoing(),
    };
    let is_range = args.is_plain()
        && view.is_whole()
        && relation.kinds.is_none()
        && !is_mutual
        && !adjacency.is_parallel(relation.predicate);
    if is_range {
        let count = adjacency.links_of(entity.0, relation.predicate).len() as u32;
        let outgoing = if relation.direction == Direction::In { 0 } else { count };
        let predicate = Some(relation.predicate);
        return (Rows::Links { kind, entity, predicate, outgoing }, count);
    }
    let start = arena.ids.len();
    let mut previous = None;
    let mut seen = FxHashSet::default();
    for_each_related(world, view, relation, entity, |value, neighbor, _| {
        let is_new = previous != Some(neighbor) && (!is_mutual || seen.insert(neighbor));
        previous = Some(neighbor);
        if is_new
            && args
                .filter
                .as_ref()
                .is_none_or(|filter| filter.holds(world, view, Item::Entity(neighbor)))
        {
            arena.ids.push(value);
        }
        true
    });
    kept(world, view, arena, args, kind, start)
}

/// An order, and the values of its measure, if it is by one.
type Measured = (Order, Option<Arc<[f64]>>);

/// Compares two objects by every order in turn; the rest is left to the stable sort.
fn compare(world: &World, orders: &[Measured], a: Item, b: Item) -> Ordering {
    for (order, values) in orders {
        let key = |item: Item| match (values, item) {
            (Some(values), Item::Entity(id)) => {
                SortKey::Float(values.get(id.index()).copied().unwrap_or_default())
            }
            (_, item) => sort_key(world, order, item),
        };
        let (a, b) = (key(a), key(b));
        let ordering = match (&a, &b) {
            (SortKey::Missing, SortKey::Missing) => Ordering::Equal,
            (SortKey::Missing, _) => Ordering::Greater,
            (_, SortKey::Missing) => Ordering::Less,
            _ if order.is_descending => a.compare(&b).reverse(),
            _ => a.compare(&b),
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}

/// What rows are ordered by. Keys of one order are of one variant.
enum SortKey<'w> {
    Missing,
    Text(&'w str),
    /// Compared as people read it: case makes no difference.
    Label(&'w str),
    Days(i32, i32),
    Whole(i64),
    Float(f64),
    Decimal(rust_decimal::Decimal),
}

impl SortKey<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Label(a), Self::Label(b)) => {
                a.chars().flat_map(char::to_lowercase).cmp(b.chars().flat_map(char::to_lowercase))
            }
            (Self::Days(a, b), Self::Days(c, d)) => (a, b).cmp(&(c, d)),
            (Self::Whole(a), Self::Whole(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Decimal(a), Self::Decimal(b)) => a.cmp(b),
            _ => Ordering::Equal,
        }
    }
}

fn sort_key<'w>(world: &'w World, order: &Order, item: Item) -> SortKey<'w> {
    let snapshot = &world.snapshot;
    match (item, order.by) {
        (Item::Entity(id), by) => match by {
            OrderBy::Key => SortKey::Text(snapshot.text(snapshot.key(id))),
            OrderBy::Kind => SortKey::Whole(snapshot.kind(id).into()),
            OrderBy::Label => SortKey::Label(snapshot.text(snapshot.label(id, order.language))),
            OrderBy::Degree => SortKey::Whole(snapshot.degree(id) as i64),
            OrderBy::Property(slot) => {
                let kind = usize::from(snapshot.kind(id));
                let property = world.catalog.properties[usize::from(slot)].of_kind[kind];
                match property.and_then(|property| snapshot.property(id, property.into())) {
                    None => SortKey::Missing,
                    Some(PropertyValue::String(text)) => SortKey::Label(snapshot.text(text)),
                    Some(PropertyValue::Int(number)) => SortKey::Whole(number.into()),
                    Some(PropertyValue::Float(number)) => SortKey::Float(number),
                    Some(PropertyValue::Boolean(value)) => SortKey::Whole(value.into()),
                    Some(PropertyValue::Decimal(number)) => SortKey::Decimal(number),
                    Some(PropertyValue::Date(period)) => {
                        SortKey::Days(period.days().0, period.days().1)
                    }
                    Some(PropertyValue::Enum(value)) => SortKey::Whole(value.into()),
                }
            }
            _ => SortKey::Missing,
        },
        (Item::Statement(id), by) => {
            let statement = snapshot.statement(id);
            match by {
                OrderBy::Key => SortKey::Text(snapshot.text(statement.key)),
                OrderBy::Kind => SortKey::Whole(statement.predicate.into()),
                OrderBy::Confidence => SortKey::Whole(statement.confidence.index() as i64),
                OrderBy::Time => statement.valid_from.map_or(SortKey::Missing, |from| {
                    SortKey::Days(from.first_day(), from.last_day())
                }),
                _ => SortKey::Missing,
            }
        }
        (Item::Observation(id), by) => {
            let observation = snapshot.observation(id);
            match by {
                OrderBy::Key => SortKey::Text(snapshot.text(observation.key)),
                OrderBy::Kind => SortKey::Whole(observation.metric.into()),
                OrderBy::Value => SortKey::Decimal(observation.value),
                OrderBy::Time => {
                    let (first, last) = observation.period.days();
                    SortKey::Days(first, last)
                }
                _ => SortKey::Missing,
            }
        }
        (Item::Source(id), by) => {
            let source = snapshot.source(id);
            match by {
                OrderBy::Key => SortKey::Text(snapshot.text(source.key)),
                OrderBy::Label => SortKey::Label(snapshot.text(source.title)),
                OrderBy::Time => source.published.map_or(SortKey::Missing, |period| {
                    let (first, last) = period.days();
                    SortKey::Days(first, last)
                }),
                _ => SortKey::Missing,
            }
        }
        _ => SortKey::Missing,
    }
}
