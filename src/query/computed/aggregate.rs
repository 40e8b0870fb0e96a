//! Groups of rows, with counts and measures.

use std::{collections::BTreeMap, time::Instant};

use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::{
    Arena, Code, Item, QueryError, Resolved, View, World,
    args::{AggregateArgs, By, Measured, RowArgs},
    catalog::{Draft, DraftBody, DraftInput, Read, field, input},
    cell::{Cell, RecordType},
    measured,
    page::Page,
    related::for_each_related,
    row::RowKind,
    rows,
};
use crate::{
    analytics::Measure,
    graph::{EntityId, PropertyValue, SourceId, StringId},
    model::Closed,
    query::{catalog::DraftField, catalog::RelationRead},
};

const GROUP: RecordType = RecordType {
    name: "Group",
    description: "Rows that share their values of what they are grouped by.",
    fields: &[
        ("key", "[GroupKey!]!", "The values they share, in the order of `groupBy`."),
        ("count", "Int!", "How many rows there are."),
        (
            "distinct",
            "Int!",
            "How many entities they are about: entities themselves, subjects of statements and observations; for sources, the sources.",
        ),
        (
            "measures",
            "[MeasureResult!]!",
            "The measures asked for, in their order; figures in several units have one for each unit.",
        ),
    ],
};

const KEY: RecordType = RecordType {
    name: "GroupKey",
    description: "A value that the rows of a group share.",
    fields: &[
        ("field", "GroupField!", "What they are grouped by."),
        (
            "value",
            "String",
            "The value as text: a name of an enum, a year, a property's value, the key of an entity or source; null for rows that have none.",
        ),
        ("entity", "Entity", "The entity, for SUBJECT, OBJECT and RELATED."),
        ("source", "Source", "The source, for SOURCE."),
    ],
};

const MEASURE: RecordType = RecordType {
    name: "MeasureResult",
    description: "What the numbers of a group's rows come to. Rows without a number do not count.",
    fields: &[
        ("of", "MeasureField!", "What was measured."),
        ("property", "String", "The property, for PROPERTY."),
        ("unit", "String", "The unit, for VALUE."),
        ("count", "Int!", "How many numbers there are."),
        ("distinct", "Int!", "How many different numbers there are."),
        (
            "sum",
            "Decimal",
            "Their sum; null if there are none, or it has more digits than a decimal holds.",
        ),
        ("min", "Decimal", "The least."),
        ("max", "Decimal", "The greatest."),
        ("mean", "Decimal", "Their arithmetic mean."),
        ("median", "Decimal", "The one in the middle, or the mean of the two in the middle."),
    ],
};

/// The values of `GroupField`, in the order of [`By`].
pub(crate) const GROUP_FIELDS: &[(&str, &str)] = &[
    ("KIND", "The kind of entities."),
    ("PREDICATE", "The predicate of statements."),
    ("METRIC", "The metric of observations."),
    ("UNIT", "The unit of observations."),
    ("STATUS", "The status of observations."),
    ("CONFIDENCE", "The confidence of statements and observations."),
    ("RANK", "The rank of statements and observations."),
    ("SUBJECT", "The entity that statements and observations are about."),
    ("OBJECT", "The entity that statements lead to."),
    (
        "SOURCE",
        "The sources that statements and observations refer to: a row counts in the group of each.",
    ),
    (
        "YEAR",
        "The year in which the period of observations and entities begins, in which statements began to hold, in which sources were published.",
    ),
    ("PROPERTY", "A property of entities: `property` names it."),
    (
        "RELATED",
        "Entities at the other end of `predicate`, followed in `direction`: a row counts in the group of each.",
    ),
    ("GENRE", "The genre of sources."),
    ("PUBLISHER", "The publisher of sources."),
    ("COMPONENT", "The connected component of entities, by number: 1 for the largest."),
    ("COMMUNITY", "The community of entities, by number: 1 for the largest."),
];

/// The values of `MeasureField`.
pub(crate) const MEASURE_FIELDS: &[(&str, &str)] = &[
    ("VALUE", "The figure of observations."),
    ("PROPERTY", "A numeric property of entities: `property` names it."),
    ("DEGREE", "How many statements link entities."),
];

pub(super) fn add(draft: &mut Draft) {
    GROUP.add(draft, Vec::new());
    KEY.add(draft, Vec::new());
    MEASURE.add(draft, Vec::new());
    draft.add(
        "GroupBy",
        "What rows are grouped by.",
        DraftBody::Input(vec![
            input("field", "GroupField!", "Which of their values."),
            input("property", "String", "The name of the property, for PROPERTY."),
            input("predicate", "Predicate", "The predicate to follow, for RELATED."),
            input("direction", "Direction", "Which way to follow it: from the row's entity as its subject, its object, or either; OUT if nothing is given."),
        ]),
    );
    draft.add(
        "Measure",
        "What is measured.",
        DraftBody::Input(vec![
            input("of", "MeasureField!", "Which numbers."),
            input("property", "String", "The name of the property, for PROPERTY."),
        ]),
    );
    draft.add("GroupField", "What rows can be grouped by.", DraftBody::values(GROUP_FIELDS));
    draft.add("MeasureField", "What can be measured.", DraftBody::values(MEASURE_FIELDS));
}

/// The arguments of `aggregate`.
pub(crate) fn arguments() -> Vec<DraftInput> {
    vec![
        input(
            "groupBy",
            "[GroupBy!]",
            "What to group rows by; without it, all rows are one group. A row without a value counts in a group of its own.",
        ),
        input("measures", "[Measure!]", "What to measure beside the count."),
        input("first", "Int", "At most so many groups, the largest; at most 10,000.").default(1000),
    ]
}

/// The field of every connection.
pub(crate) fn on_connection() -> DraftField {
    field(
        "aggregate",
        "[Group!]!",
        Read::Aggregate,
        "All rows of the connection, on whatever page, in groups: the largest first, ties by their values.",
    )
    .with(arguments())
}

/// A value that rows share, so that equal ones meet and groups have an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Value {
    Number(Decimal),
    Text(String),
    Entity(String, EntityId),
    Source(String, SourceId),
    None,
}

#[derive(Default)]
struct Collected {
    count: u64,
    about: FxHashSet<u32>,
    /// By measure, then unit.
    numbers: Vec<BTreeMap<String, Vec<Decimal>>>,
}

/// The rows of a connection in groups.
///
/// # Errors
/// If the time is over.
pub(crate) fn of_page<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    page: &Page,
    args: &AggregateArgs,
) -> Result<Resolved<'w>, QueryError> {
    let mut groups: FxHashMap<Vec<Value>, Collected> = FxHashMap::default();
    let mut numbered = Vec::new();
    for by in &args.by {
        let measure = match GROUP_FIELDS[by.field].0 {
            "COMPONENT" => Some(Measure::Component),
            "COMMUNITY" => Some(Measure::Community),
            _ => None,
        };
        let values = measure.map(|measure| measured::values(world, view, arena, measure));
        numbered.push(values.transpose()?);
    }
    for index in 0..page.total {
        if index % 4096 == 4095 && arena.deadline.is_some_and(|end| Instant::now() >= end) {
            let message = "there are more rows than can be grouped in the time for an answer: narrow them with `where`";
            return Err(QueryError::new(Code::Timeout, message));
        }
        let row = page.row_of_all(world, arena, index);
        let item = row.node();
        let statement = matches!(row.kind, RowKind::Relation | RowKind::Mutual)
            .then(|| Item::Statement(row.statement()));
        let mut keys: Vec<Vec<Value>> = vec![Vec::with_capacity(args.by.len())];
        for (by, numbers) in args.by.iter().zip(&numbered) {
            // What entities have no value of, the statement that leads to them may have.
            let is_of_statement =
                ["PREDICATE", "CONFIDENCE", "RANK", "SUBJECT", "OBJECT", "SOURCE"]
                    .contains(&GROUP_FIELDS[by.field].0);
            let item = statement.filter(|_| is_of_statement).unwrap_or(item);
            let values = match (numbers, item) {
                (Some(numbers), Item::Entity(id)) => {
                    let number = numbers.get(id.index()).copied().unwrap_or_default();
                    vec![Value::Number(Decimal::from(number as u64))]
                }
                _ => values(world, view, by, item),
            };
            keys = keys
                .into_iter()
                .flat_map(|key| {
                    values.iter().map(move |value| {
                        let mut longer = key.clone();
                        longer.push(value.clone());
                        longer
                    })
                })
                .collect();
        }
        for key in keys {
            let group = groups.entry(key).or_default();
            group.count += 1;
            group.about.insert(about(world, item));
            group.numbers.resize(args.measures.len(), BTreeMap::new());
            for (measure, numbers) in args.measures.iter().zip(&mut group.numbers) {
                if let Some((unit, number)) = number(world, view, measure, item) {
                    numbers.entry(unit).or_default().push(number);
                }
            }
        }
    }
    if args.by.is_empty() && groups.is_empty() {
        groups.insert(Vec::new(), Collected::default());
    }
    let mut groups: Vec<(Vec<Value>, Collected)> = groups.into_iter().collect();
    groups.sort_by(|(a, one), (b, other)| other.count.cmp(&one.count).then_with(|| a.cmp(b)));
    if groups.len() > args.first {
        arena.cut = Some(crate::analytics::Cut::Limit);
        groups.truncate(args.first);
    }
    let mut records = Vec::with_capacity(groups.len());
    for (key, group) in groups {
        let mut cells = Vec::new();
        for (by, value) in args.by.iter().zip(key) {
            cells.push(key_record(arena, by, value));
        }
        let key = arena.list(cells);
        let mut measures = Vec::new();
        for (measure, by_unit) in args.measures.iter().zip(group.numbers) {
            for (unit, numbers) in by_unit {
                measures.push(measured_numbers(arena, measure, &unit, numbers));
            }
        }
        let measures = arena.list(measures);
        let cells =
            [key, Cell::Int(group.count as i64), Cell::Int(group.about.len() as i64), measures];
        records.push(GROUP.record(arena, cells));
    }
    Ok(arena.list(records).resolved(world))
}

/// All entities that a filter selects in groups.
///
/// # Errors
/// As [`of_page`].
pub(crate) fn of_entities<'w>(
    world: &'w World,
    view: &View,
    arena: &mut Arena,
    args: &AggregateArgs,
    which: &RowArgs,
) -> Result<Resolved<'w>, QueryError> {
    let found = rows::entities(world, view, arena, which, None);
    let page = Page::new(world, arena, found, &which.page)?;
    of_page(world, view, arena, &page, args)
}

/// The entity (or source) that a row is about.
fn about(world: &World, item: Item) -> u32 {
    match item {
        Item::Entity(id) => id.0,
        Item::Statement(id) => world.snapshot.statement(id).subject.0,
        Item::Observation(id) => world.snapshot.observation(id).subject.0,
        Item::Source(id) => id.0,
        _ => u32::MAX,
    }
}

fn values(world: &World, view: &View, by: &By, item: Item) -> Vec<Value> {
    let snapshot = &world.snapshot;
    let ontology = snapshot.ontology();
    let text = |id: StringId| match id.some() {
        Some(id) => Value::Text(snapshot.text(id).to_owned()),
        None => Value::None,
    };
    let name = |name: &str| Value::Text(name.to_owned());
    let year = |year: i16| Value::Number(Decimal::from(year));
    let entity = |id: EntityId| Value::Entity(snapshot.text(snapshot.key(id)).to_owned(), id);
    let one = match (GROUP_FIELDS[by.field].0, item) {
        ("KIND", Item::Entity(id)) => {
            name(&ontology.kinds[usize::from(snapshot.kind(id))].constant)
        }
        ("PREDICATE", Item::Statement(id)) => {
            name(&ontology.predicates[usize::from(snapshot.statement(id).predicate)].name)
        }
        ("METRIC", Item::Observation(id)) => {
            name(&ontology.metrics[usize::from(snapshot.observation(id).metric)].name)
        }
        ("UNIT", Item::Observation(id)) => text(snapshot.observation(id).unit),
        ("STATUS", Item::Observation(id)) => name(snapshot.observation(id).status.name()),
        ("CONFIDENCE", Item::Statement(id)) => name(snapshot.statement(id).confidence.name()),
        ("CONFIDENCE", Item::Observation(id)) => name(snapshot.observation(id).confidence.name()),
        ("RANK", Item::Statement(id)) => name(snapshot.statement(id).rank.name()),
        ("RANK", Item::Observation(id)) => name(snapshot.observation(id).rank.name()),
        ("SUBJECT", Item::Statement(id)) => entity(snapshot.statement(id).subject),
        ("SUBJECT", Item::Observation(id)) => entity(snapshot.observation(id).subject),
        ("OBJECT", Item::Statement(id)) => entity(snapshot.statement(id).object),
        ("GENRE", Item::Source(id)) => text(snapshot.source(id).genre),
        ("PUBLISHER", Item::Source(id)) => text(snapshot.source(id).publisher),
        ("YEAR", Item::Observation(id)) => year(snapshot.observation(id).period.start.year()),
        ("YEAR", Item::Statement(id)) => {
            snapshot.statement(id).valid_from.map_or(Value::None, |from| year(from.year()))
        }
        ("YEAR", Item::Source(id)) => {
            let published = snapshot.source(id).published;
            published.map_or(Value::None, |period| year(period.start.year()))
        }
        ("YEAR", Item::Entity(id)) => {
            let kind = &ontology.kinds[usize::from(snapshot.kind(id))];
            let place = kind.properties.iter().position(|property| property.is_period);
            match place.and_then(|place| snapshot.property(id, place)) {
                Some(PropertyValue::Date(period)) => year(period.start.year()),
                _ => Value::None,
            }
        }
        ("PROPERTY", Item::Entity(id)) => property(world, id, &by.property),
        ("SOURCE", Item::Statement(_) | Item::Observation(_)) => {
            let range = match item {
                Item::Statement(id) => snapshot.references_of_statement(id),
                Item::Observation(id) => snapshot.references_of_observation(id),
                _ => 0..0,
            };
            let mut sources: Vec<SourceId> =
                range.map(|place| snapshot.reference(place).source).collect();
            sources.sort_unstable();
            sources.dedup();
            let key = |id| snapshot.text(snapshot.source(id).key).to_owned();
            return sources.into_iter().map(|id| Value::Source(key(id), id)).collect();
        }
        ("RELATED", item) => {
            let Some((predicate, direction)) = by.related else { return vec![Value::None] };
            let from = match item {
                Item::Entity(id) => id,
                Item::Statement(id) => snapshot.statement(id).subject,
                Item::Observation(id) => snapshot.observation(id).subject,
                _ => return vec![Value::None],
            };
            let relation = RelationRead { predicate, direction, kinds: None };
            let mut found = Vec::new();
            for_each_related(world, view, &relation, from, |_, neighbor, _| {
                if !found.contains(&neighbor) {
                    found.push(neighbor);
                }
                true
            });
            if found.is_empty() {
                return vec![Value::None];
            }
            return found.into_iter().map(entity).collect();
        }
        _ => Value::None,
    };
    vec![one]
}

/// The value of a property, whatever the kind keeps it as.
fn property(world: &World, id: EntityId, name: &str) -> Value {
    let snapshot = &world.snapshot;
    let ontology = snapshot.ontology();
    let kind = &ontology.kinds[usize::from(snapshot.kind(id))];
    let Some(place) = kind.properties.iter().position(|property| property.name == name) else {
        return Value::None;
    };
    match snapshot.property(id, place) {
        None => Value::None,
        Some(PropertyValue::String(text)) => Value::Text(snapshot.text(text).to_owned()),
        Some(PropertyValue::Int(number)) => Value::Number(number.into()),
        Some(PropertyValue::Float(number)) => {
            Decimal::from_f64_retain(number).map_or(Value::None, Value::Number)
        }
        Some(PropertyValue::Boolean(value)) => Value::Text(value.to_string()),
        Some(PropertyValue::Decimal(number)) => Value::Number(number.normalize()),
        Some(PropertyValue::Date(period)) => Value::Text(period.to_string()),
        Some(PropertyValue::Enum(value)) => match kind.properties[place].ty {
            crate::ontology::PropertyType::Enum(index) => {
                Value::Text(ontology.enums[index].values[usize::from(value)].0.clone())
            }
            _ => Value::None,
        },
    }
}

/// A row's number and its unit.
fn number(world: &World, view: &View, measure: &Measured, item: Item) -> Option<(String, Decimal)> {
    let snapshot = &world.snapshot;
    match (MEASURE_FIELDS[measure.field].0, item) {
        ("VALUE", Item::Observation(id)) => {
            let observation = snapshot.observation(id);
            Some((snapshot.text(observation.unit).to_owned(), observation.value))
        }
        ("PROPERTY", Item::Entity(id)) => match property(world, id, &measure.property) {
            Value::Number(number) => Some((String::new(), number)),
            _ => None,
        },
        ("DEGREE", Item::Entity(id)) => {
            let degree: usize = [snapshot.outgoing(), snapshot.incoming()]
                .iter()
                .map(|adjacency| {
                    let links = adjacency.links(id.0);
                    if view.is_whole() {
                        return links.len();
                    }
                    let seen = |s: &&u32| view.has_statement(world, crate::graph::StatementId(**s));
                    links.statements.iter().filter(seen).count()
                })
                .sum();
            Some((String::new(), Decimal::from(degree)))
        }
        _ => None,
    }
}

fn key_record(arena: &mut Arena, by: &By, value: Value) -> Cell {
    let (text, entity, source) = match value {
        Value::None => (Cell::Null, Cell::Null, Cell::Null),
        Value::Number(number) => (Cell::text(number.to_string()), Cell::Null, Cell::Null),
        Value::Text(text) => (Cell::text(text), Cell::Null, Cell::Null),
        Value::Entity(key, id) => (Cell::text(key), Cell::Item(Item::Entity(id)), Cell::Null),
        Value::Source(key, id) => (Cell::text(key), Cell::Null, Cell::Item(Item::Source(id))),
    };
    KEY.record(arena, [Cell::Name(GROUP_FIELDS[by.field].0), text, entity, source])
}

fn measured_numbers(
    arena: &mut Arena,
    measure: &Measured,
    unit: &str,
    mut numbers: Vec<Decimal>,
) -> Cell {
    numbers.sort_unstable();
    let count = numbers.len();
    let sum = numbers.iter().try_fold(Decimal::ZERO, |sum, number| sum.checked_add(*number));
    let mean = sum.and_then(|sum| sum.checked_div(Decimal::from(count)));
    let (low, high) = (numbers[(count - 1) / 2], numbers[count / 2]);
    let median = low.checked_add(high).map(|sum| sum / Decimal::TWO);
    let mut distinct = numbers.clone();
    distinct.dedup();
    let given = |text: &str| if text.is_empty() { Cell::Null } else { Cell::text(text) };
    let exact = |number: Decimal| Cell::Decimal(number.normalize());
    let cells = [
        Cell::Name(MEASURE_FIELDS[measure.field].0),
        given(&measure.property),
        given(unit),
        Cell::Int(count as i64),
        Cell::Int(distinct.len() as i64),
        Cell::some(sum, exact),
        exact(numbers[0]),
        exact(numbers[count - 1]),
        Cell::some(mean, |mean| exact(mean.round_dp(10))),
        Cell::some(median, exact),
    ];
    MEASURE.record(arena, cells)
}
