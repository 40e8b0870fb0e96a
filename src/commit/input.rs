//! Changes as clients and JSON Lines files write them: the same words in both. [`ChangeInput::change`]
//! makes a [`Change`] of one, [`ChangeInput::of`] one of a row of the graph.

#![allow(missing_docs, reason = "the fields are those of the API's input types, described there")]

use serde::{Deserialize, Serialize};

use super::record::{
    Change, EntityRecord, ObservationRecord, ReferenceRecord, SourceRecord, StatementRecord,
};
use crate::{
    graph::Table,
    model::{Approximation, Closed, Confidence, Decimal, PartialDate, Period, Rank, Status},
    ontology::Ontology,
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChangeInput {
    PutEntity(EntityInput),
    PutStatement(StatementInput),
    PutObservation(ObservationInput),
    PutSource(SourceInput),
    RetractEntity(String),
    RetractStatement(String),
    RetractObservation(String),
    RetractSource(String),
    MergeEntities(MergeInput),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    lang: String,
    text: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyInput {
    name: String,
    value: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityInput {
    key: String,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    labels: Option<Vec<TextInput>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    descriptions: Option<Vec<TextInput>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aliases: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    properties: Option<Vec<PropertyInput>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceInput {
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locator: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StatementInput {
    key: String,
    subject: String,
    predicate: String,
    object: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rank: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    references: Vec<ReferenceInput>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservationInput {
    key: String,
    subject: String,
    metric: String,
    value: Figure,
    unit: String,
    period: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    approximation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confidence: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rank: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    references: Vec<ReferenceInput>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceInput {
    key: String,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    publisher: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    genre: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeInput {
    from: String,
    into: String,
}

fn text(given: &Option<String>) -> &str {
    given.as_deref().unwrap_or_default()
}

fn closed<T: Closed>(given: &Option<String>, default: T) -> T {
    given.as_deref().and_then(T::parse).unwrap_or(default)
}

/// A date that stands where a point of time is wanted.
fn date(given: &Option<String>) -> Result<Option<PartialDate>, String> {
    given.as_deref().map(str::parse::<PartialDate>).transpose().map_err(|error| error.to_string())
}

fn references(given: &[ReferenceInput]) -> Vec<ReferenceRecord<'_>> {
    given
        .iter()
        .map(|reference| ReferenceRecord {
            source: &reference.source,
            locator: text(&reference.locator),
        })
        .collect()
}

/// Texts with the tags of their languages, as records have them.
fn texts<'t>(given: &'t Option<Vec<TextInput>>, ontology: &'t Ontology) -> Vec<(&'t str, &'t str)> {
    let tag = |lang: &'t str| {
        let known = ontology.languages.iter().find(|language| language.name == lang);
        known.map_or(lang, |language| language.tag.as_str())
    };
    given.iter().flatten().map(|text| (tag(&text.lang), text.text.as_str())).collect()
}

impl ChangeInput {
    /// The name of the input field that gave it.
    pub fn field(&self) -> &'static str {
        match self {
            Self::PutEntity(_) => "putEntity",
            Self::PutStatement(_) => "putStatement",
            Self::PutObservation(_) => "putObservation",
            Self::PutSource(_) => "putSource",
            Self::RetractEntity(_) => "retractEntity",
            Self::RetractStatement(_) => "retractStatement",
            Self::RetractObservation(_) => "retractObservation",
            Self::RetractSource(_) => "retractSource",
            Self::MergeEntities(_) => "mergeEntities",
        }
    }

    /// The change that it asks for.
    ///
    /// # Errors
    /// The column whose value has the wrong form, and what is wrong with it.
    pub fn change<'c>(
        &'c self,
        ontology: &'c Ontology,
    ) -> Result<Change<'c>, (&'static str, String)> {
        Ok(match self {
            Self::PutEntity(input) => Change::PutEntity(EntityRecord {
                key: &input.key,
                kind: ontology
                    .kind(&input.kind)
                    .map_or(&input.kind, |kind| &ontology.kinds[usize::from(kind)].name),
                labels: texts(&input.labels, ontology),
                descriptions: texts(&input.descriptions, ontology),
                aliases: input.aliases.iter().flatten().map(String::as_str).collect(),
                properties: input
                    .properties
                    .iter()
                    .flatten()
                    .map(|property| (property.name.as_str(), property.value.as_str().into()))
                    .collect(),
            }),
            Self::PutStatement(input) => Change::PutStatement(StatementRecord {
                key: &input.key,
                subject: &input.subject,
                predicate: &input.predicate,
                object: &input.object,
                valid_from: date(&input.valid_from).map_err(|error| ("valid_from", error))?,
                valid_until: date(&input.valid_until).map_err(|error| ("valid_until", error))?,
                confidence: closed(&input.confidence, Confidence::Medium),
                rank: closed(&input.rank, Rank::Normal),
                note: text(&input.note),
                references: references(&input.references),
            }),
            Self::PutObservation(input) => Change::PutObservation(ObservationRecord {
                key: &input.key,
                subject: &input.subject,
                metric: &input.metric,
                value: decimal(&input.value.text())?,
                unit: &input.unit,
                period: input.period.parse().map_err(|error| ("period", format!("{error}")))?,
                approximation: closed(&input.approximation, Approximation::Exact),
                status: closed(&input.status, Status::Result),
                confidence: closed(&input.confidence, Confidence::Medium),
                rank: closed(&input.rank, Rank::Normal),
                note: text(&input.note),
                references: references(&input.references),
            }),
            Self::PutSource(input) => Change::PutSource(SourceRecord {
                key: &input.key,
                title: &input.title,
                publisher: text(&input.publisher),
                url: text(&input.url),
                published: input
                    .published
                    .as_deref()
                    .map(str::parse::<Period>)
                    .transpose()
                    .map_err(|error| ("published", error.to_string()))?,
                language: text(&input.language),
                genre: text(&input.genre),
            }),
            Self::RetractEntity(key) => Change::Retract { table: Table::Entities, key },
            Self::RetractStatement(key) => Change::Retract { table: Table::Statements, key },
            Self::RetractObservation(key) => Change::Retract { table: Table::Observations, key },
            Self::RetractSource(key) => Change::Retract { table: Table::Sources, key },
            Self::MergeEntities(input) => Change::Merge { from: &input.from, into: &input.into },
        })
    }
}

/// A decimal, also in the notation of floating-point numbers.
fn decimal(text: &str) -> Result<Decimal, (&'static str, String)> {
    let number = text.parse().or_else(|_| Decimal::from_scientific(text));
    number.map_err(|_| ("value", format!("value \"{text}\" is not a number")))
}

/// A figure, as a text or as a number.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Figure {
    Text(String),
    Number(serde_json::Number),
}

impl Figure {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn list<T, U>(items: &[T], make: impl Fn(&T) -> U) -> Option<Vec<U>> {
    (!items.is_empty()).then(|| items.iter().map(make).collect())
}

fn references_of(references: &[ReferenceRecord<'_>]) -> Vec<ReferenceInput> {
    let make = |r: &ReferenceRecord<'_>| ReferenceInput {
        source: r.source.to_owned(),
        locator: some(r.locator),
    };
    references.iter().map(make).collect()
}

impl ChangeInput {
    /// A change as a client would write it.
    pub fn of(change: &Change<'_>, ontology: &Ontology) -> Self {
        let texts = |texts: &[(&str, &str)]| {
            list(texts, |(tag, text)| {
                let known = ontology.languages.iter().find(|language| language.tag == *tag);
                let lang = known.map_or(*tag, |language| language.name.as_str()).to_owned();
                TextInput { lang, text: (*text).to_owned() }
            })
        };
        match change {
            Change::PutSource(record) => Self::PutSource(SourceInput {
                key: record.key.to_owned(),
                title: record.title.to_owned(),
                publisher: some(record.publisher),
                url: some(record.url),
                published: record.published.map(|period| period.to_string()),
                language: some(record.language),
                genre: some(record.genre),
            }),
            Change::PutEntity(record) => Self::PutEntity(EntityInput {
                key: record.key.to_owned(),
                kind: ontology.kind(record.kind).map_or_else(
                    || record.kind.to_owned(),
                    |kind| ontology.kinds[usize::from(kind)].constant.clone(),
                ),
                labels: texts(&record.labels),
                descriptions: texts(&record.descriptions),
                aliases: list(&record.aliases, |alias| (*alias).to_owned()),
                properties: list(&record.properties, |(name, value)| PropertyInput {
                    name: (*name).to_owned(),
                    value: value.to_string(),
                }),
            }),
            Change::PutStatement(record) => Self::PutStatement(StatementInput {
                key: record.key.to_owned(),
                subject: record.subject.to_owned(),
                predicate: record.predicate.to_owned(),
                object: record.object.to_owned(),
                valid_from: record.valid_from.map(|date| date.to_string()),
                valid_until: record.valid_until.map(|date| date.to_string()),
                confidence: Some(record.confidence.name().to_owned()),
                rank: Some(record.rank.name().to_owned()),
                note: some(record.note),
                references: references_of(&record.references),
            }),
            Change::PutObservation(record) => Self::PutObservation(ObservationInput {
                key: record.key.to_owned(),
                subject: record.subject.to_owned(),
                metric: record.metric.to_owned(),
                value: Figure::Text(record.value.to_string()),
                unit: record.unit.to_owned(),
                period: record.period.to_string(),
                approximation: Some(record.approximation.name().to_owned()),
                status: Some(record.status.name().to_owned()),
                confidence: Some(record.confidence.name().to_owned()),
                rank: Some(record.rank.name().to_owned()),
                note: some(record.note),
                references: references_of(&record.references),
            }),
            Change::Retract { table, key } => {
                let key = (*key).to_owned();
                match table {
                    Table::Entities => Self::RetractEntity(key),
                    Table::Statements => Self::RetractStatement(key),
                    Table::Observations => Self::RetractObservation(key),
                    Table::Sources => Self::RetractSource(key),
                }
            }
            Change::Merge { from, into } => Self::MergeEntities(MergeInput {
                from: (*from).to_owned(),
                into: (*into).to_owned(),
            }),
        }
    }
}
