//! The immutable graph of one revision.

use std::{collections::HashMap, ops::Range, sync::Arc};

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    Adjacency, Column, IdList, Pages, PropertyValue, StringId, Strings, TimeIndex, keys::KeyIndex,
    rows::Rows,
};
use crate::{
    model::{Approximation, Confidence, PartialDate, Period, Rank, Status, days},
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

/// What the graph keeps of an entity beside its labels and properties.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entity {
    pub(super) key: StringId,
    pub(super) first_alias: u32,
    /// The entity's place in the columns of its kind.
    pub(super) ordinal: u32,
    pub(super) revision: u32,
    pub(super) aliases: u16,
    pub(super) kind: KindIndex,
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
    /// The revision it was recorded in.
    pub revision: u32,
    pub(super) first_reference: u32,
    pub(super) references: u16,
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
    /// How sure the data set is.
    pub confidence: Confidence,
    /// Which of several claims is preferred.
    pub rank: Rank,
    /// The revision it was recorded in.
    pub revision: u32,
    pub(super) first_reference: u32,
    pub(super) references: u16,
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
    /// The revision it was recorded in.
    pub revision: u32,
}

impl Statement {
    /// The days during which it is said to hold; an end that is not said is open.
    pub fn days(&self) -> (i32, i32) {
        days(self.valid_from, self.valid_until)
    }
}

/// Describes the data set a snapshot was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Example {
    /// The file it stands in.
    pub file: String,
    /// What it is about: examples of one topic stand together; empty for none.
    pub topic: String,
    /// The question it answers.
    pub title: String,
    /// What to look at in the answer.
    pub description: String,
    /// The document.
    pub query: String,
    /// The values of its variables as JSON; empty for none.
    pub variables: String,
}

/// The graph of one revision. Made by [`super::Editor`]; never changes. A clone shares everything
/// and costs some fifty counters.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(super) ontology: Arc<Ontology>,
    pub(super) dataset: Arc<Dataset>,
    /// When each revision was recorded, from the first.
    pub(super) commits: Pages<Timestamp>,
    pub(super) strings: Strings,

    pub(super) entities: Pages<Entity>,
    /// By entity, then language.
    pub(super) labels: Pages<StringId>,
    /// By entity, then language.
    pub(super) descriptions: Pages<StringId>,
    pub(super) aliases: Pages<StringId>,
    /// By kind, then property.
    pub(super) columns: Arc<Vec<Vec<Column>>>,

    pub(super) statements: Pages<Statement>,
    pub(super) observations: Pages<Observation>,
    pub(super) sources: Pages<Source>,
    pub(super) references: Pages<Reference>,

    pub(super) outgoing: Adjacency,
    pub(super) incoming: Adjacency,
    /// The entities of each kind.
    pub(super) kinds: Arc<[IdList]>,
    /// How many ordinals each kind has given out.
    pub(super) ordinals: Arc<[u32]>,
    pub(super) subject_observations: Rows,
    pub(super) source_statements: Pages<IdList>,
    pub(super) source_observations: Pages<IdList>,
    /// The statements with each predicate.
    pub(super) predicates: Arc<[IdList]>,
    pub(super) metric_counts: Arc<[u32]>,
    pub(super) keys: [KeyIndex; 4],
    /// The keys of rows that were retracted; their records stay.
    pub(super) gone: [KeyIndex; 4],
    /// The ids of each table that are left, once some were retracted.
    pub(super) left: [Option<IdList>; 4],
    /// Keys of entities that were merged into others.
    pub(super) redirects: Arc<HashMap<String, EntityId>>,
    pub(super) statement_times: TimeIndex,
    pub(super) observation_times: TimeIndex,
}

/// The tables of a graph: which one a key or an id belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Table {
    Entities,
    Statements,
    Observations,
    Sources,
}

impl Table {
    /// What one of its rows is called.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Entities => "entity",
            Self::Statements => "statement",
            Self::Observations => "observation",
            Self::Sources => "source",
        }
    }
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

    /// The number of the last commit, from 1; 0 before the first.
    pub fn revision(&self) -> u32 {
        self.commits.len() as u32
    }

    /// When the last commit was recorded.
    pub fn recorded_at(&self) -> Timestamp {
        self.recorded_in(self.revision())
    }

    /// When a revision was recorded; the beginning of 1970 for one that is not of this graph.
    pub fn recorded_in(&self, revision: u32) -> Timestamp {
        let place = (revision as usize).wrapping_sub(1);
        if place < self.commits.len() { *self.commits.get(place) } else { Timestamp::UNIX_EPOCH }
    }

    /// The last revision recorded by a moment; 0 if there is none.
    pub fn revision_at(&self, moment: Timestamp) -> u32 {
        // Commits are recorded in order of time.
        let (mut low, mut high) = (0, self.commits.len());
        while low < high {
            let middle = (low + high) / 2;
            if *self.commits.get(middle) <= moment { low = middle + 1 } else { high = middle }
        }
        low as u32
    }

    /// The interned texts.
    pub fn strings(&self) -> &Strings {
        &self.strings
    }

    /// The text behind an id; empty for `StringId::NONE`.
    pub fn text(&self, id: StringId) -> &str {
        id.some().map_or("", |id| self.strings.get(id))
    }

    /// How many entities there are.
    pub fn entity_count(&self) -> usize {
        self.count(Table::Entities)
    }

    /// How many statements there are.
    pub fn statement_count(&self) -> usize {
        self.count(Table::Statements)
    }

    /// How many observations there are.
    pub fn observation_count(&self) -> usize {
        self.count(Table::Observations)
    }

    /// How many sources there are.
    pub fn source_count(&self) -> usize {
        self.count(Table::Sources)
    }

    /// How many rows a table has, those that were retracted left out.
    pub fn count(&self, table: Table) -> usize {
        match &self.left[table as usize] {
            Some(left) => left.len(),
            None => self.bound(table),
        }
    }

    /// The ids of a table are below this; those of retracted rows are not given again.
    pub fn bound(&self, table: Table) -> usize {
        match table {
            Table::Entities => self.entities.len(),
            Table::Statements => self.statements.len(),
            Table::Observations => self.observations.len(),
            Table::Sources => self.sources.len(),
        }
    }

    /// The id at a place among the rows of a table that are left, from 0 to [`Self::count`].
    pub fn id_at(&self, table: Table, place: u32) -> u32 {
        self.left[table as usize].as_ref().map_or(place, |left| left.get(place))
    }

    /// The ids of a table that are left, in order.
    pub fn ids(&self, table: Table) -> impl Iterator<Item = u32> + Clone {
        let left = self.left[table as usize].as_ref();
        let all = if left.is_none() { self.bound(table) as u32 } else { 0 };
        left.into_iter().flat_map(IdList::iter).chain(0..all)
    }

    /// Whether a row is in its table: its id was given, and it was not retracted.
    pub fn has(&self, table: Table, id: u32) -> bool {
        (id as usize) < self.bound(table)
            && self.left[table as usize].as_ref().is_none_or(|left| left.contains(id))
    }

    pub(super) fn key_in(&self, table: Table, id: u32) -> &str {
        self.strings.get(match table {
            Table::Entities => self.entities.get(id as usize).key,
            Table::Statements => self.statements.get(id as usize).key,
            Table::Observations => self.observations.get(id as usize).key,
            Table::Sources => self.sources.get(id as usize).key,
        })
    }

    pub(super) fn look_up(&self, table: Table, key: &str) -> Option<u32> {
        self.keys[table as usize].find(key, |id| self.key_in(table, id))
    }

    /// The row that has a key, or had it last before it was retracted.
    pub fn last_with_key(&self, table: Table, key: &str) -> Option<u32> {
        let gone = || self.gone[table as usize].find(key, |id| self.key_in(table, id));
        self.look_up(table, key).or_else(gone)
    }

    /// The keys of a table's rows.
    pub fn keys_of(&self, table: Table) -> impl Iterator<Item = &str> {
        self.ids(table).map(move |id| self.key_in(table, id))
    }

    /// The entity with this key, or the one that an entity with this key was merged into. Cost:
    /// constant.
    pub fn entity(&self, key: &str) -> Option<EntityId> {
        let own = self.look_up(Table::Entities, key).map(EntityId);
        own.or_else(|| self.redirects.get(key).copied())
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

    /// The keys that lead to other entities since they were merged, each with the entity.
    pub fn redirects(&self) -> impl Iterator<Item = (&str, EntityId)> {
        self.redirects.iter().map(|(key, entity)| (key.as_str(), *entity))
    }

    /// An entity's key.
    pub fn key(&self, entity: EntityId) -> StringId {
        self.entities.get(entity.index()).key
    }

    /// An entity's kind.
    pub fn kind(&self, entity: EntityId) -> KindIndex {
        self.entities.get(entity.index()).kind
    }

    /// The revision an entity was recorded in, as it is now.
    pub fn entity_revision(&self, entity: EntityId) -> u32 {
        self.entities.get(entity.index()).revision
    }

    pub(super) fn texts(
        &self,
        texts: &Pages<StringId>,
        entity: EntityId,
    ) -> impl Iterator<Item = StringId> {
        let languages = self.ontology.languages.len();
        let start = entity.index() * languages;
        (start..start + languages).map(|place| *texts.get(place))
    }

    /// An entity's label in `language`, or `StringId::NONE`.
    pub fn label_in(&self, entity: EntityId, language: LanguageIndex) -> StringId {
        *self.labels.get(entity.index() * self.ontology.languages.len() + usize::from(language))
    }

    /// An entity's label: in `language` if it has one, else in the first language that has one,
    /// else its key.
    pub fn label(&self, entity: EntityId, language: Option<LanguageIndex>) -> StringId {
        let asked = language.map_or(StringId::NONE, |language| self.label_in(entity, language));
        if asked != StringId::NONE {
            return asked;
        }
        self.texts(&self.labels, entity)
            .find(|label| *label != StringId::NONE)
            .unwrap_or_else(|| self.key(entity))
    }

    /// An entity's description in `language`; without one, in the first language that has one.
    pub fn description(&self, entity: EntityId, language: Option<LanguageIndex>) -> StringId {
        match language {
            Some(language) => {
                let languages = self.ontology.languages.len();
                *self.descriptions.get(entity.index() * languages + usize::from(language))
            }
            None => self
                .texts(&self.descriptions, entity)
                .find(|description| *description != StringId::NONE)
                .unwrap_or(StringId::NONE),
        }
    }

    /// Where an entity's aliases stand in [`Self::alias`].
    pub fn alias_range(&self, entity: EntityId) -> Range<u32> {
        {
            let entity = self.entities.get(entity.index());
            entity.first_alias..entity.first_alias + u32::from(entity.aliases)
        }
    }

    /// The alias at a place in [`Self::alias_range`].
    pub fn alias(&self, index: u32) -> StringId {
        *self.aliases.get(index as usize)
    }

    /// The value of the `property`-th property of an entity's kind.
    pub fn property(&self, entity: EntityId, property: usize) -> Option<PropertyValue> {
        let entity = self.entities.get(entity.index());
        self.columns[usize::from(entity.kind)][property].get(entity.ordinal)
    }

    /// The entities of a kind, in the order of their ids.
    pub fn of_kind(&self, kind: KindIndex) -> &IdList {
        &self.kinds[usize::from(kind)]
    }

    /// How many statements link an entity. Cost: constant.
    pub fn degree(&self, entity: EntityId) -> usize {
        self.outgoing.links(entity.0).len() + self.incoming.links(entity.0).len()
    }

    /// The statements with a predicate, in order.
    pub fn with_predicate(&self, predicate: PredicateIndex) -> &IdList {
        &self.predicates[usize::from(predicate)]
    }

    /// A statement.
    pub fn statement(&self, id: StatementId) -> &Statement {
        self.statements.get(id.index())
    }

    /// An observation.
    pub fn observation(&self, id: ObservationId) -> &Observation {
        self.observations.get(id.index())
    }

    /// A source.
    pub fn source(&self, id: SourceId) -> &Source {
        self.sources.get(id.index())
    }

    /// The reference at a place in a [`ReferenceRange`].
    pub fn reference(&self, index: u32) -> &Reference {
        self.references.get(index as usize)
    }

    /// The references of a statement.
    pub fn references_of_statement(&self, id: StatementId) -> ReferenceRange {
        {
            let statement = self.statement(id);
            statement.first_reference..statement.first_reference + u32::from(statement.references)
        }
    }

    /// The references of an observation.
    pub fn references_of_observation(&self, id: ObservationId) -> ReferenceRange {
        {
            let observation = self.observation(id);
            observation.first_reference
                ..observation.first_reference + u32::from(observation.references)
        }
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
        self.subject_observations.get(entity.index())
    }

    /// The statements that refer to a source.
    pub fn statements_from(&self, source: SourceId) -> &IdList {
        self.source_statements.get(source.index())
    }

    /// The observations that refer to a source.
    pub fn observations_from(&self, source: SourceId) -> &IdList {
        self.source_observations.get(source.index())
    }

    /// How many statements use a predicate.
    pub fn predicate_count(&self, predicate: PredicateIndex) -> u32 {
        self.predicates[usize::from(predicate)].len() as u32
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
