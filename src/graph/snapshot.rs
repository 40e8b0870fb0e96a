//! The immutable graph of one revision.

use std::{hash::BuildHasher, ops::Range, sync::Arc};

use hashbrown::HashTable;
use jiff::Timestamp;
use rust_decimal::Decimal;
use rustc_hash::FxBuildHasher;

use super::{Adjacency, Column, PropertyValue, StringId, Strings, TimeIndex};
use crate::{
    model::{Approximation, Confidence, PartialDate, Period, Rank, Status},
    ontology::{Direction, KindIndex, LanguageIndex, MetricIndex, Ontology, PredicateIndex},
};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
        pub struct $name(pub u32);
        impl $name {
            /// The id as an index.
            pub fn index(self) -> usize { self.0 as usize }
        }
    )* };
}

ids! {
    /// An entity: dense, from 0, in the order of the entity tables.
    EntityId;
    /// A statement: dense, from 0, in the order of the statement tables.
    StatementId;
    /// An observation: dense, from 0, in the order of the observation tables.
    ObservationId;
    /// A source: dense, from 0, in the order of the source tables.
    SourceId;
}

/// Where an object's references stand in [`Snapshot::reference`].
pub type ReferenceRange = Range<u32>;

/// A source that is pointed to, and the place in it.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The source.
    pub source: SourceId,
    /// The place in it: a paragraph, a page; `StringId::NONE` if not said.
    pub locator: StringId,
}

/// One edge, as somebody claimed it.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// The entity it is about.
    pub subject: EntityId,
    /// The entity it leads to.
    pub object: EntityId,
    /// Its stable name.
    pub key: StringId,
    /// What is remarkable; `StringId::NONE` if nothing.
    pub note: StringId,
    /// The kind of relation.
    pub predicate: PredicateIndex,
    /// How sure the data set is.
    pub confidence: Confidence,
    /// Which of several claims is preferred.
    pub rank: Rank,
    /// When it began to hold, if said.
    pub valid_from: Option<PartialDate>,
    /// When it ceased to hold, if said.
    pub valid_until: Option<PartialDate>,
}

/// One figure, as somebody stated it.
#[derive(Debug, Clone, Copy)]
pub struct Observation {
    /// The figure.
    pub value: Decimal,
    /// The entity it is about.
    pub subject: EntityId,
    /// Its stable name.
    pub key: StringId,
    /// What is remarkable; `StringId::NONE` if nothing.
    pub note: StringId,
    /// The unit the figure is in.
    pub unit: StringId,
    /// The time it is for.
    pub period: Period,
    /// The kind of figure.
    pub metric: MetricIndex,
    /// How the source words it.
    pub approximation: Approximation,
    /// A result, a target or a forecast.
    pub status: Status,
}

/// Something that says so: a page, a report, a policy text.
#[derive(Debug, Clone, Copy)]
pub struct Source {
    /// Its stable name.
    pub key: StringId,
    /// Its title.
    pub title: StringId,
    /// Who published it; `StringId::NONE` if not known.
    pub publisher: StringId,
    /// Where it was seen; `StringId::NONE` if nowhere on the web.
    pub url: StringId,
    /// The language it is written in, a BCP 47 tag; `StringId::NONE` if not known.
    pub language: StringId,
    /// What it is: article, report, press release; `StringId::NONE` if not known.
    pub genre: StringId,
    /// When it was published.
    pub published: Option<Period>,
}

impl Statement {
    /// The days during which it is said to hold; an end that is not said is open.
    pub fn days(&self) -> (i32, i32) {
        (
            self.valid_from.map_or(i32::MIN, PartialDate::first_day),
            self.valid_until.map_or(i32::MAX, PartialDate::last_day),
        )
    }
}

/// Describes the data set a snapshot was made from.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// Its name: a short word.
    pub name: String,
    /// Its title, for people.
    pub title: String,
    /// Its version.
    pub version: String,
    /// The licence it is under.
    pub licence: String,
    /// What it is about.
    pub description: String,
    /// Queries worth trying.
    pub examples: Vec<Example>,
}

/// A query worth trying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The file it stands in.
    pub file: String,
    /// The question it answers.
    pub title: String,
    /// What to look at in the answer.
    pub description: String,
    /// The document.
    pub query: String,
    /// The values of its variables as JSON; empty for none.
    pub variables: String,
}

/// The graph of one revision. Made by [`super::Builder`]; never changes.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) ontology: Arc<Ontology>,
    pub(super) dataset: Dataset,
    pub(super) revision: u32,
    pub(super) recorded_at: Timestamp,
    pub(super) strings: Strings,

    pub(super) entity_keys: Vec<StringId>,
    pub(super) entity_kinds: Vec<KindIndex>,
    /// The entity's place among those of its kind.
    pub(super) ordinals: Vec<u32>,
    /// By language, then entity.
    pub(super) labels: Vec<Vec<StringId>>,
    /// By language, then entity.
    pub(super) descriptions: Vec<Vec<StringId>>,
    pub(super) alias_starts: Vec<u32>,
    pub(super) aliases: Vec<StringId>,
    /// By kind, then property.
    pub(super) columns: Vec<Vec<Column>>,

    pub(super) statements: Vec<Statement>,
    pub(super) observations: Vec<Observation>,
    pub(super) sources: Vec<Source>,
    pub(super) references: Vec<Reference>,
    pub(super) statement_references: Vec<u32>,
    pub(super) observation_references: Vec<u32>,

    pub(super) outgoing: Adjacency,
    pub(super) incoming: Adjacency,
    pub(super) kinds: Rows,
    pub(super) subject_observations: Rows,
    pub(super) source_statements: Rows,
    pub(super) source_observations: Rows,
    pub(super) predicate_counts: Vec<u32>,
    pub(super) metric_counts: Vec<u32>,
    pub(super) keys: [HashTable<u32>; 4],
    pub(super) statement_times: TimeIndex,
    pub(super) observation_times: TimeIndex,
}

/// Lists of ids, one after the other: compressed rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    starts: Vec<u32>,
    ids: Vec<u32>,
}

impl Rows {
    /// Puts each (row, id) into its row, ids in the order given.
    pub(super) fn build(rows: usize, pairs: &[(u32, u32)]) -> Self {
        let mut starts = vec![0u32; rows + 1];
        for (row, _) in pairs {
            starts[*row as usize + 1] += 1;
        }
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut ids = vec![0u32; pairs.len()];
        for (row, id) in pairs {
            ids[next[*row as usize] as usize] = *id;
            next[*row as usize] += 1;
        }
        Self { starts, ids }
    }

    fn range(&self, row: usize) -> Range<u32> {
        self.starts[row]..self.starts[row + 1]
    }

    fn row(&self, row: usize) -> &[u32] {
        &self.ids[self.starts[row] as usize..self.starts[row + 1] as usize]
    }
}

/// Which table a key is looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Entities,
    Statements,
    Observations,
    Sources,
}

pub(super) fn key_hash(key: &str) -> u64 {
    FxBuildHasher.hash_one(key)
}

impl Snapshot {
    /// The ontology the graph follows.
    pub fn ontology(&self) -> &Arc<Ontology> {
        &self.ontology
    }

    /// The data set the graph was made from.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// The number of the last change in the graph, from 1.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// When the last change was recorded.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_at
    }

    /// The interned texts.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The text behind an id; empty for `StringId::NONE`.
    pub fn text(&self, id: StringId) -> &str {
        id.some().map_or("", |id| self.strings.get(id))
    }

    /// How many entities there are; their ids run from 0 to one less.
    pub fn entity_count(&self) -> usize {
        self.entity_keys.len()
    }

    /// How many statements there are.
    pub fn statement_count(&self) -> usize {
        self.statements.len()
    }

    /// How many observations there are.
    pub fn observation_count(&self) -> usize {
        self.observations.len()
    }

    /// How many sources there are.
    pub fn source_count(&self) -> usize {
        self.sources.len()
    }

    fn look_up(&self, table: Table, key: &str) -> Option<u32> {
        let key_of = |id: u32| match table {
            Table::Entities => self.entity_keys[id as usize],
            Table::Statements => self.statements[id as usize].key,
            Table::Observations => self.observations[id as usize].key,
            Table::Sources => self.sources[id as usize].key,
        };
        self.keys[table as usize]
            .find(key_hash(key), |id| self.strings.get(key_of(*id)) == key)
            .copied()
    }

    /// The entity with this key. Cost: constant.
    pub fn entity(&self, key: &str) -> Option<EntityId> {
        self.look_up(Table::Entities, key).map(EntityId)
    }

    /// The statement with this key. Cost: constant.
    pub fn statement_with_key(&self, key: &str) -> Option<StatementId> {
        self.look_up(Table::Statements, key).map(StatementId)
    }

    /// The observation with this key. Cost: constant.
    pub fn observation_with_key(&self, key: &str) -> Option<ObservationId> {
        self.look_up(Table::Observations, key).map(ObservationId)
    }

    /// The source with this key. Cost: constant.
    pub fn source_with_key(&self, key: &str) -> Option<SourceId> {
        self.look_up(Table::Sources, key).map(SourceId)
    }

    /// An entity's key.
    pub fn key(&self, entity: EntityId) -> StringId {
        self.entity_keys[entity.index()]
    }

    /// An entity's kind.
    pub fn kind(&self, entity: EntityId) -> KindIndex {
        self.entity_kinds[entity.index()]
    }

    /// An entity's label in `language`, or `StringId::NONE`.
    pub fn label_in(&self, entity: EntityId, language: LanguageIndex) -> StringId {
        self.labels[usize::from(language)][entity.index()]
    }

    /// An entity's label: in `language` if it has one, else in the first language that has one,
    /// else its key.
    pub fn label(&self, entity: EntityId, language: Option<LanguageIndex>) -> StringId {
        let asked = language.map_or(StringId::NONE, |language| self.label_in(entity, language));
        if asked != StringId::NONE {
            return asked;
        }
        self.labels
            .iter()
            .map(|labels| labels[entity.index()])
            .find(|label| *label != StringId::NONE)
            .unwrap_or_else(|| self.key(entity))
    }

    /// An entity's description in `language`; without one, in the first language that has one.
    pub fn description(&self, entity: EntityId, language: Option<LanguageIndex>) -> StringId {
        match language {
            Some(language) => self.descriptions[usize::from(language)][entity.index()],
            None => self
                .descriptions
                .iter()
                .map(|descriptions| descriptions[entity.index()])
                .find(|description| *description != StringId::NONE)
                .unwrap_or(StringId::NONE),
        }
    }

    /// Where an entity's aliases stand in [`Self::alias`].
    pub fn alias_range(&self, entity: EntityId) -> Range<u32> {
        self.alias_starts[entity.index()]..self.alias_starts[entity.index() + 1]
    }

    /// The alias at a place in [`Self::alias_range`].
    pub fn alias(&self, index: u32) -> StringId {
        self.aliases[index as usize]
    }

    /// The value of the `property`-th property of an entity's kind.
    pub fn property(&self, entity: EntityId, property: usize) -> Option<PropertyValue> {
        let kind = usize::from(self.kind(entity));
        self.columns[kind][property].get(self.ordinals[entity.index()])
    }

    /// Where the entities of a kind stand in [`Self::of_kind`].
    pub fn kind_range(&self, kind: KindIndex) -> Range<u32> {
        self.kinds.range(kind.into())
    }

    /// The entity at a place in [`Self::kind_range`].
    pub fn of_kind(&self, index: u32) -> EntityId {
        EntityId(self.kinds.ids[index as usize])
    }

    /// A statement.
    pub fn statement(&self, id: StatementId) -> &Statement {
        &self.statements[id.index()]
    }

    /// An observation.
    pub fn observation(&self, id: ObservationId) -> &Observation {
        &self.observations[id.index()]
    }

    /// A source.
    pub fn source(&self, id: SourceId) -> &Source {
        &self.sources[id.index()]
    }

    /// The reference at a place in a [`ReferenceRange`].
    pub fn reference(&self, index: u32) -> &Reference {
        &self.references[index as usize]
    }

    /// The references of a statement.
    pub fn references_of_statement(&self, id: StatementId) -> ReferenceRange {
        self.statement_references[id.index()]..self.statement_references[id.index() + 1]
    }

    /// The references of an observation.
    pub fn references_of_observation(&self, id: ObservationId) -> ReferenceRange {
        self.observation_references[id.index()]..self.observation_references[id.index() + 1]
    }

    /// The edges from subjects to objects.
    pub fn outgoing(&self) -> &Adjacency {
        &self.outgoing
    }

    /// The edges from objects to subjects.
    pub fn incoming(&self) -> &Adjacency {
        &self.incoming
    }

    /// The most statements that link any entity in a direction, of one predicate or of all.
    pub fn greatest_degree(
        &self,
        predicate: Option<PredicateIndex>,
        direction: Direction,
    ) -> usize {
        let (out, incoming) =
            (self.outgoing.greatest_degree(predicate), self.incoming.greatest_degree(predicate));
        match direction {
            Direction::Out => out,
            Direction::In => incoming,
            Direction::Both => out + incoming,
        }
    }

    /// The observations about an entity.
    pub fn observations_of(&self, entity: EntityId) -> &[u32] {
        self.subject_observations.row(entity.index())
    }

    /// The statements that refer to a source.
    pub fn statements_from(&self, source: SourceId) -> &[u32] {
        self.source_statements.row(source.index())
    }

    /// The observations that refer to a source.
    pub fn observations_from(&self, source: SourceId) -> &[u32] {
        self.source_observations.row(source.index())
    }

    /// How many statements use a predicate.
    pub fn predicate_count(&self, predicate: PredicateIndex) -> u32 {
        self.predicate_counts[usize::from(predicate)]
    }

    /// How many observations are of a metric.
    pub fn metric_count(&self, metric: MetricIndex) -> u32 {
        self.metric_counts[usize::from(metric)]
    }

    /// The statements with a stated time, by time.
    pub fn statement_times(&self) -> &TimeIndex {
        &self.statement_times
    }

    /// The observations by their period.
    pub fn observation_times(&self) -> &TimeIndex {
        &self.observation_times
    }
}
