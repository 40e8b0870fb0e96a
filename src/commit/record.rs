//! What a commit says: changes of records, in words. Kinds, predicates, metrics and other objects are
//! named, not numbered, so that a log can be read by people and by a program whose ontology has grown.

use serde::{Deserialize, Serialize};

pub use crate::graph::NewSource as SourceRecord;
use crate::{
    graph::{
        EntityId, ObservationId, PropertyValue, ReferenceRange, Snapshot, SourceId, StatementId,
        Table,
    },
    log::LogError,
    model::{Approximation, Closed, Confidence, Decimal, PartialDate, Period, Rank, Status},
};

/// An entity. Empty texts count as not given.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EntityRecord<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// The name of its kind.
    pub kind: &'a str,
    /// Its labels, each with the tag of its language.
    #[serde(borrow)]
    pub labels: Vec<(&'a str, &'a str)>,
    /// Its descriptions, each with the tag of its language.
    pub descriptions: Vec<(&'a str, &'a str)>,
    /// Other names.
    pub aliases: Vec<&'a str>,
    /// Its properties by name, each value as the tables write it.
    pub properties: Vec<(&'a str, std::borrow::Cow<'a, str>)>,
}

/// A source that is pointed to, and the place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferenceRecord<'a> {
    /// The key of the source.
    pub source: &'a str,
    /// The place in it; empty if not said.
    pub locator: &'a str,
}

/// A statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatementRecord<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// The key of the entity it is about.
    pub subject: &'a str,
    /// The name of the kind of relation.
    pub predicate: &'a str,
    /// The key of the entity it leads to.
    pub object: &'a str,
    /// When it began to hold.
    pub valid_from: Option<PartialDate>,
    /// When it ceased to hold.
    pub valid_until: Option<PartialDate>,
    /// How sure the data set is.
    pub confidence: Confidence,
    /// Which of several claims is preferred.
    pub rank: Rank,
    /// What is remarkable.
    pub note: &'a str,
    /// The sources that say so.
    #[serde(borrow)]
    pub references: Vec<ReferenceRecord<'a>>,
}

/// An observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservationRecord<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// The key of the entity it is about.
    pub subject: &'a str,
    /// The name of the kind of figure.
    pub metric: &'a str,
    /// The figure.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
    /// Its unit.
    pub unit: &'a str,
    /// The time it is for.
    pub period: Period,
    /// How the source words it.
    pub approximation: Approximation,
    /// A result, a target or a forecast.
    pub status: Status,
    /// How sure the data set is.
    pub confidence: Confidence,
    /// Which of several claims is preferred.
    pub rank: Rank,
    /// What is remarkable.
    pub note: &'a str,
    /// The sources that say so.
    #[serde(borrow)]
    pub references: Vec<ReferenceRecord<'a>>,
}

/// One change of a commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change<'a> {
    /// Adds a source, or gives the one with its key new values.
    #[serde(borrow)]
    PutSource(SourceRecord<'a>),
    /// Adds an entity, or gives the one with its key new values.
    PutEntity(EntityRecord<'a>),
    /// Adds a statement, or gives the one with its key new values.
    PutStatement(StatementRecord<'a>),
    /// Adds an observation, or gives the one with its key new values.
    PutObservation(ObservationRecord<'a>),
    /// Takes a row out of its table.
    Retract {
        /// The table.
        table: Table,
        /// The row's key.
        key: &'a str,
    },
    /// Says of one entity what was said of another, whose key leads there from then on.
    Merge {
        /// The key of the entity that goes.
        from: &'a str,
        /// The key of the entity that stays.
        into: &'a str,
    },
}

/// Changes that take effect together or not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commit<'a> {
    /// Who made them.
    pub author: &'a str,
    /// Why.
    pub message: &'a str,
    /// A name that the client chose, so that sending the commit again does nothing again.
    pub id: Option<&'a str>,
    /// What changes, in order.
    #[serde(borrow)]
    pub changes: Vec<Change<'a>>,
}

impl Change<'_> {
    /// The table and the key of the row that changes; of a merge, the row that goes.
    pub fn row(&self) -> (Table, &str) {
        match self {
            Self::PutSource(record) => (Table::Sources, record.key),
            Self::PutEntity(record) => (Table::Entities, record.key),
            Self::PutStatement(record) => (Table::Statements, record.key),
            Self::PutObservation(record) => (Table::Observations, record.key),
            Self::Retract { table, key } => (*table, key),
            Self::Merge { from, .. } => (Table::Entities, from),
        }
    }
}

/// A source of the graph as a record.
pub fn source(snapshot: &Snapshot, id: SourceId) -> SourceRecord<'_> {
    let source = snapshot.source(id);
    SourceRecord {
        key: snapshot.text(source.key),
        title: snapshot.text(source.title),
        publisher: snapshot.text(source.publisher),
        url: snapshot.text(source.url),
        published: source.published,
        language: snapshot.text(source.language),
        genre: snapshot.text(source.genre),
    }
}

/// An entity of the graph as a record.
pub fn entity(snapshot: &Snapshot, id: EntityId) -> EntityRecord<'_> {
    let ontology = snapshot.ontology();
    let kind = &ontology.kinds[usize::from(snapshot.kind(id))];
    let languages = || (0u8..).zip(&ontology.languages);
    let given = |(_, text): &(&str, &str)| !text.is_empty();
    EntityRecord {
        key: snapshot.text(snapshot.key(id)),
        kind: &kind.name,
        labels: languages()
            .map(|(index, l)| (l.tag.as_str(), snapshot.text(snapshot.label_in(id, index))))
            .filter(given)
            .collect(),
        descriptions: languages()
            .map(|(index, l)| {
                (l.tag.as_str(), snapshot.text(snapshot.description(id, Some(index))))
            })
            .filter(given)
            .collect(),
        aliases: snapshot
            .alias_range(id)
            .map(|place| snapshot.text(snapshot.alias(place)))
            .collect(),
        properties: kind
            .properties
            .iter()
            .enumerate()
            .filter_map(|(place, property)| {
                let value = snapshot.property(id, place)?;
                Some((property.name.as_str(), property_text(snapshot, property.ty, value)))
            })
            .collect(),
    }
}

/// A property's value as the tables write it.
pub(crate) fn property_text(
    snapshot: &Snapshot,
    ty: crate::ontology::PropertyType,
    value: PropertyValue,
) -> std::borrow::Cow<'_, str> {
    match value {
        PropertyValue::String(text) => snapshot.text(text).into(),
        PropertyValue::Int(number) => number.to_string().into(),
        PropertyValue::Float(number) => number.to_string().into(),
        PropertyValue::Boolean(value) => value.to_string().into(),
        PropertyValue::Decimal(number) => number.to_string().into(),
        PropertyValue::Date(period) => period.to_string().into(),
        PropertyValue::Enum(value) => match ty {
            crate::ontology::PropertyType::Enum(index) => {
                let values = &snapshot.ontology().enums[index].values;
                values[usize::from(value)].0.as_str().into()
            }
            _ => "".into(),
        },
    }
}

fn references(snapshot: &Snapshot, range: ReferenceRange) -> Vec<ReferenceRecord<'_>> {
    range
        .map(|place| {
            let reference = snapshot.reference(place);
            ReferenceRecord {
                source: snapshot.text(snapshot.source(reference.source).key),
                locator: snapshot.text(reference.locator),
            }
        })
        .collect()
}

/// A statement of the graph as a record.
pub fn statement(snapshot: &Snapshot, id: StatementId) -> StatementRecord<'_> {
    let statement = snapshot.statement(id);
    StatementRecord {
        key: snapshot.text(statement.key),
        subject: snapshot.text(snapshot.key(statement.subject)),
        predicate: &snapshot.ontology().predicates[usize::from(statement.predicate)].name,
        object: snapshot.text(snapshot.key(statement.object)),
        valid_from: statement.valid_from,
        valid_until: statement.valid_until,
        confidence: statement.confidence,
        rank: statement.rank,
        note: snapshot.text(statement.note),
        references: references(snapshot, snapshot.references_of_statement(id)),
    }
}

/// An observation of the graph as a record.
pub fn observation(snapshot: &Snapshot, id: ObservationId) -> ObservationRecord<'_> {
    let observation = snapshot.observation(id);
    ObservationRecord {
        key: snapshot.text(observation.key),
        subject: snapshot.text(snapshot.key(observation.subject)),
        metric: &snapshot.ontology().metrics[usize::from(observation.metric)].name,
        value: observation.value,
        unit: snapshot.text(observation.unit),
        period: observation.period,
        approximation: observation.approximation,
        status: observation.status,
        confidence: observation.confidence,
        rank: observation.rank,
        note: snapshot.text(observation.note),
        references: references(snapshot, snapshot.references_of_observation(id)),
    }
}

/// Whether the graph is already as a change would leave it: a row it puts has these values, a row it
/// retracts is gone, two entities it merges are one. Cost: that of one row.
pub fn stands(snapshot: &Snapshot, change: &Change<'_>) -> bool {
    match change {
        Change::PutSource(record) => {
            let known = snapshot.source_with_key(record.key);
            known.is_some_and(|id| source(snapshot, id) == *record)
        }
        Change::PutEntity(record) => snapshot
            .entity(record.key)
            .is_some_and(|id| is_same_entity(snapshot, &entity(snapshot, id), record)),
        Change::PutStatement(record) => {
            let known = snapshot.statement_with_key(record.key);
            known.map(|id| statement(snapshot, id)).is_some_and(|known| {
                let known = StatementRecord {
                    subject: same_key(snapshot, known.subject, record.subject),
                    object: same_key(snapshot, known.object, record.object),
                    predicate: same_name(known.predicate, record.predicate),
                    ..known
                };
                known == *record
            })
        }
        Change::PutObservation(record) => {
            let known = snapshot.observation_with_key(record.key);
            known.map(|id| observation(snapshot, id)).is_some_and(|known| {
                let known = ObservationRecord {
                    subject: same_key(snapshot, known.subject, record.subject),
                    metric: same_name(known.metric, record.metric),
                    ..known
                };
                // Equal figures may be written with unequal numbers of digits.
                known == *record && known.value.scale() == record.value.scale()
            })
        }
        Change::Retract { table, key } => {
            snapshot.last_with_key(*table, key).is_some_and(|id| !snapshot.has(*table, id))
        }
        Change::Merge { from, into } => {
            let (one, other) = (snapshot.entity(from), snapshot.entity(into));
            one.is_some() && one == other
        }
    }
}

/// `given` if it names the entity with the key `known`, be it by a key that was merged away.
fn same_key<'k>(snapshot: &Snapshot, known: &'k str, given: &'k str) -> &'k str {
    if snapshot.entity(given) == snapshot.entity(known) { given } else { known }
}

/// `given` if it is `known` in any case.
fn same_name<'k>(known: &'k str, given: &'k str) -> &'k str {
    if known.eq_ignore_ascii_case(given) { given } else { known }
}

fn is_same_entity(snapshot: &Snapshot, known: &EntityRecord<'_>, given: &EntityRecord<'_>) -> bool {
    let ontology = snapshot.ontology();
    let same_texts = |known: &[(&str, &str)], given: &[(&str, &str)]| {
        let given = given.iter().filter(|(_, text)| !text.is_empty());
        known.len() == given.clone().count() && given.clone().all(|text| known.contains(text))
    };
    let properties = given.properties.iter().filter(|(_, value)| !value.is_empty());
    known.key == given.key
        && ontology.kind(known.kind) == ontology.kind(given.kind)
        && same_texts(&known.labels, &given.labels)
        && same_texts(&known.descriptions, &given.descriptions)
        && known.aliases.iter().eq(given.aliases.iter().filter(|alias| !alias.is_empty()))
        && known.properties.len() == properties.clone().count()
        && properties.clone().all(|property| known.properties.contains(property))
}

/// A row of the graph as a change that puts it.
pub fn row(snapshot: &Snapshot, table: Table, id: u32) -> Change<'_> {
    match table {
        Table::Sources => Change::PutSource(source(snapshot, SourceId(id))),
        Table::Entities => Change::PutEntity(entity(snapshot, EntityId(id))),
        Table::Statements => Change::PutStatement(statement(snapshot, StatementId(id))),
        Table::Observations => Change::PutObservation(observation(snapshot, ObservationId(id))),
    }
}

/// Every row of the graph as a change that puts it, in an order in which each names only rows that
/// came before.
pub fn all(snapshot: &Snapshot) -> impl Iterator<Item = Change<'_>> {
    [Table::Sources, Table::Entities, Table::Statements, Table::Observations]
        .into_iter()
        .flat_map(move |table| snapshot.ids(table).map(move |id| row(snapshot, table, id)))
}

/// The columns of a change that puts a row, by their names in the tables, each with its value as the
/// tables write it; nothing for columns that are empty, and for other changes.
pub fn columns(change: &Change<'_>) -> Vec<(String, String)> {
    let mut columns: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            columns.push((name.to_owned(), value));
        }
    };
    let date = |date: Option<PartialDate>| date.map_or_else(String::new, |date| date.to_string());
    let lower = |name: &str| name.to_lowercase();
    let joined = |references: &[ReferenceRecord<'_>], of: fn(&ReferenceRecord<'_>) -> String| {
        let parts: Vec<String> = references.iter().map(of).collect();
        if parts.iter().all(String::is_empty) { String::new() } else { parts.join("; ") }
    };
    match change {
        Change::PutSource(record) => {
            add("title", record.title.to_owned());
            add("publisher", record.publisher.to_owned());
            add("url", record.url.to_owned());
            add("published", record.published.map_or_else(String::new, |p| p.to_string()));
            add("language", record.language.to_owned());
            add("genre", record.genre.to_owned());
        }
        Change::PutEntity(record) => {
            add("kind", record.kind.to_owned());
            for (prefix, texts) in
                [("label", &record.labels), ("description", &record.descriptions)]
            {
                for (tag, text) in texts {
                    add(&format!("{prefix}_{tag}"), (*text).to_owned());
                }
            }
            add("aliases", record.aliases.join("; "));
            for (name, value) in &record.properties {
                add(name, value.to_string());
            }
        }
        Change::PutStatement(record) => {
            add("subject", record.subject.to_owned());
            add("predicate", lower(record.predicate));
            add("object", record.object.to_owned());
            add("valid_from", date(record.valid_from));
            add("valid_until", date(record.valid_until));
            add("confidence", lower(record.confidence.name()));
            add("rank", lower(record.rank.name()));
            add("source", joined(&record.references, |r| r.source.to_owned()));
            add("locator", joined(&record.references, |r| r.locator.to_owned()));
            add("note", record.note.to_owned());
        }
        Change::PutObservation(record) => {
            add("subject", record.subject.to_owned());
            add("metric", lower(record.metric));
            add("value", record.value.to_string());
            add("unit", record.unit.to_owned());
            add("period", record.period.to_string());
            add("approximation", lower(record.approximation.name()));
            add("status", lower(record.status.name()));
            add("confidence", lower(record.confidence.name()));
            add("rank", lower(record.rank.name()));
            add("source", joined(&record.references, |r| r.source.to_owned()));
            add("locator", joined(&record.references, |r| r.locator.to_owned()));
            add("note", record.note.to_owned());
        }
        Change::Retract { .. } | Change::Merge { .. } => {}
    }
    columns
}

/// A part of a log as bytes.
pub(super) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, LogError> {
    postcard::to_stdvec(value).map_err(|error| LogError::Backend(error.to_string()))
}
