//! What an [`Editor`](super::Editor) is given to add: rows whose kinds, predicates and other rows are
//! numbers of the graph.

use rust_decimal::Decimal;

use super::{EntityId, PropertyValue, SourceId};
use crate::{
    model::{Approximation, Confidence, PartialDate, Period, Rank, Status},
    ontology::{KindIndex, MetricIndex, PredicateIndex},
};

/// An entity to add. Texts that are empty count as not given.
#[derive(Debug, Clone, Default)]
pub struct NewEntity<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// Its kind.
    pub kind: KindIndex,
    /// A label for each language of the ontology, in its order.
    pub labels: Vec<&'a str>,
    /// A description for each language of the ontology, in its order.
    pub descriptions: Vec<&'a str>,
    /// Other names.
    pub aliases: Vec<&'a str>,
    /// A value for each property of the kind, in its order.
    pub properties: Vec<Option<PropertyValue>>,
}

/// A statement to add.
#[derive(Debug, Clone)]
pub struct NewStatement<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// The entity it is about.
    pub subject: EntityId,
    /// The kind of relation.
    pub predicate: PredicateIndex,
    /// The entity it leads to.
    pub object: EntityId,
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
    /// The sources that say so, each with the place in it.
    pub references: Vec<(SourceId, &'a str)>,
}

/// An observation to add.
#[derive(Debug, Clone)]
pub struct NewObservation<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// The entity it is about.
    pub subject: EntityId,
    /// The kind of figure.
    pub metric: MetricIndex,
    /// The figure.
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
    /// The sources that say so, each with the place in it.
    pub references: Vec<(SourceId, &'a str)>,
}

/// A source to add, also as tables and commits have it: it names no other row. Texts that are empty
/// count as not given.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct NewSource<'a> {
    /// Its stable name.
    pub key: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Who published it.
    pub publisher: &'a str,
    /// Where it was seen.
    pub url: &'a str,
    /// When it was published.
    pub published: Option<Period>,
    /// The language it is written in, a BCP 47 tag.
    pub language: &'a str,
    /// What it is.
    pub genre: &'a str,
}
