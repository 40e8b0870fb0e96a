//! Makes a [`Snapshot`] from checked records.

use std::sync::Arc;

use hashbrown::HashTable;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{
    Adjacency, Column, EntityId, Observation, ObservationId, PropertyValue, Reference, Snapshot,
    Source, SourceId, Statement, StatementId, StringId, TimeIndex,
    snapshot::{Dataset, Rows, Table, key_hash},
    strings::Interner,
};
use crate::{
    model::{Approximation, Confidence, PartialDate, Period, Rank, Status},
    ontology::{KindIndex, MetricIndex, Ontology, PredicateIndex},
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
    /// What is remarkable.
    pub note: &'a str,
    /// The sources that say so, each with the place in it.
    pub references: Vec<(SourceId, &'a str)>,
}

/// A source to add. Texts that are empty count as not given.
#[derive(Debug, Clone, Default)]
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
    /// The language it is written in.
    pub language: &'a str,
    /// What it is.
    pub genre: &'a str,
}

/// The texts of one graph pass what 32-bit offsets reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the texts of this graph pass 4 GiB, the most that one graph holds")]
pub struct TooLarge;

/// Collects records and makes a snapshot of them. What is given must have been checked against the
/// ontology: kinds, predicates and ids in range, keys distinct within their table.
pub struct Builder {
    ontology: Arc<Ontology>,
    interner: Interner,
    full: bool,
    keys: [HashTable<u32>; 4],
    entity_keys: Vec<StringId>,
    entity_kinds: Vec<KindIndex>,
    ordinals: Vec<u32>,
    kind_counts: Vec<u32>,
    labels: Vec<Vec<StringId>>,
    descriptions: Vec<Vec<StringId>>,
    alias_starts: Vec<u32>,
    aliases: Vec<StringId>,
    columns: Vec<Vec<Column>>,
    statements: Vec<Statement>,
    observations: Vec<Observation>,
    sources: Vec<Source>,
    statement_references: Vec<(u32, Reference)>,
    observation_references: Vec<(u32, Reference)>,
}

impl Builder {
    /// An empty graph that follows `ontology`.
    pub fn new(ontology: Arc<Ontology>) -> Self {
        let languages = ontology.languages.len();
        Self {
            interner: Interner::default(),
            full: false,
            keys: Default::default(),
            entity_keys: Vec::new(),
            entity_kinds: Vec::new(),
            ordinals: Vec::new(),
            kind_counts: vec![0; ontology.kinds.len()],
            labels: vec![Vec::new(); languages],
            descriptions: vec![Vec::new(); languages],
            alias_starts: vec![0],
            aliases: Vec::new(),
            columns: ontology
                .kinds
                .iter()
                .map(|kind| kind.properties.iter().map(|p| Column::new(p.ty)).collect())
                .collect(),
            statements: Vec::new(),
            observations: Vec::new(),
            sources: Vec::new(),
            statement_references: Vec::new(),
            observation_references: Vec::new(),
            ontology,
        }
    }

    /// The id of `text`; `StringId::NONE` for an empty one.
    pub fn intern(&mut self, text: &str) -> StringId {
        if text.is_empty() {
            return StringId::NONE;
        }
        self.interner.intern(text).unwrap_or_else(|| {
            self.full = true;
            StringId::NONE
        })
    }

    fn enter(&mut self, table: Table, key: &str, id: u32) -> StringId {
        let name = self.intern(key);
        let interner = &self.interner;
        let (entities, statements) = (&self.entity_keys, &self.statements);
        let (observations, sources) = (&self.observations, &self.sources);
        self.keys[table as usize].insert_unique(key_hash(key), id, |other| {
            let other = *other as usize;
            let name = match table {
                Table::Entities => entities[other],
                Table::Statements => statements[other].key,
                Table::Observations => observations[other].key,
                Table::Sources => sources[other].key,
            };
            key_hash(interner.strings().get(name))
        });
        name
    }

    fn find(&self, table: Table, key: &str) -> Option<u32> {
        let name_of = |id: u32| match table {
            Table::Entities => self.entity_keys[id as usize],
            Table::Statements => self.statements[id as usize].key,
            Table::Observations => self.observations[id as usize].key,
            Table::Sources => self.sources[id as usize].key,
        };
        let strings = self.interner.strings();
        self.keys[table as usize]
            .find(key_hash(key), |id| {
                name_of(*id).some().is_some_and(|name| strings.get(name) == key)
            })
            .copied()
    }

    /// The entity with this key, if it was added.
    pub fn entity_with_key(&self, key: &str) -> Option<EntityId> {
        self.find(Table::Entities, key).map(EntityId)
    }

    /// The source with this key, if it was added.
    pub fn source_with_key(&self, key: &str) -> Option<SourceId> {
        self.find(Table::Sources, key).map(SourceId)
    }

    /// The statement with this key, if it was added.
    pub fn statement_with_key(&self, key: &str) -> Option<StatementId> {
        self.find(Table::Statements, key).map(StatementId)
    }

    /// The observation with this key, if it was added.
    pub fn observation_with_key(&self, key: &str) -> Option<ObservationId> {
        self.find(Table::Observations, key).map(ObservationId)
    }

    /// The kind of an entity that was added.
    pub fn kind(&self, entity: EntityId) -> KindIndex {
        self.entity_kinds[entity.index()]
    }

    /// The keys of the entities added so far.
    pub fn entity_keys(&self) -> impl Iterator<Item = &str> {
        self.entity_keys
            .iter()
            .filter_map(|key| key.some())
            .map(|key| self.interner.strings().get(key))
    }

    /// The keys of the sources added so far.
    pub fn source_keys(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().filter_map(|s| s.key.some()).map(|key| self.interner.strings().get(key))
    }

    /// Adds an entity.
    pub fn entity(&mut self, new: &NewEntity<'_>) -> EntityId {
        let id = self.entity_keys.len() as u32;
        let key = self.enter(Table::Entities, new.key, id);
        self.entity_keys.push(key);
        self.entity_kinds.push(new.kind);
        let count = &mut self.kind_counts[usize::from(new.kind)];
        self.ordinals.push(*count);
        *count += 1;
        for language in 0..self.labels.len() {
            let label = self.intern(new.labels.get(language).copied().unwrap_or_default());
            self.labels[language].push(label);
            let text = new.descriptions.get(language).copied().unwrap_or_default();
            let description = self.intern(text);
            self.descriptions[language].push(description);
        }
        for alias in &new.aliases {
            let alias = self.intern(alias);
            self.aliases.push(alias);
        }
        self.alias_starts.push(self.aliases.len() as u32);
        for (property, column) in self.columns[usize::from(new.kind)].iter_mut().enumerate() {
            column.push(new.properties.get(property).copied().flatten());
        }
        EntityId(id)
    }

    /// Adds a source.
    pub fn source(&mut self, new: &NewSource<'_>) -> SourceId {
        let id = self.sources.len() as u32;
        let key = self.enter(Table::Sources, new.key, id);
        let source = Source {
            key,
            title: self.intern(new.title),
            publisher: self.intern(new.publisher),
            url: self.intern(new.url),
            language: self.intern(new.language),
            genre: self.intern(new.genre),
            published: new.published,
        };
        self.sources.push(source);
        SourceId(id)
    }

    /// Adds a statement.
    pub fn statement(&mut self, new: &NewStatement<'_>) -> StatementId {
        let id = self.statements.len() as u32;
        let key = self.enter(Table::Statements, new.key, id);
        for (source, locator) in &new.references {
            let locator = self.intern(locator);
            self.statement_references.push((id, Reference { source: *source, locator }));
        }
        let note = self.intern(new.note);
        self.statements.push(Statement {
            subject: new.subject,
            object: new.object,
            key,
            note,
            predicate: new.predicate,
            confidence: new.confidence,
            rank: new.rank,
            valid_from: new.valid_from,
            valid_until: new.valid_until,
        });
        StatementId(id)
    }

    /// Adds an observation.
    pub fn observation(&mut self, new: &NewObservation<'_>) -> ObservationId {
        let id = self.observations.len() as u32;
        let key = self.enter(Table::Observations, new.key, id);
        for (source, locator) in &new.references {
            let locator = self.intern(locator);
            self.observation_references.push((id, Reference { source: *source, locator }));
        }
        let (unit, note) = (self.intern(new.unit), self.intern(new.note));
        self.observations.push(Observation {
            value: new.value,
            subject: new.subject,
            key,
            note,
            unit,
            period: new.period,
            metric: new.metric,
            approximation: new.approximation,
            status: new.status,
        });
        ObservationId(id)
    }

    /// Makes the snapshot: adjacency and indexes are built here, in O(entities + statements).
    ///
    /// # Errors
    /// [`TooLarge`] if the texts pass 4 GiB.
    pub fn finish(
        mut self,
        dataset: Dataset,
        revision: u32,
        recorded_at: Timestamp,
    ) -> Result<Snapshot, TooLarge> {
        if self.full {
            return Err(TooLarge);
        }
        let entities = self.entity_keys.len();
        let predicates = self.ontology.predicates.len();
        let statements = &self.statements;
        let edges = |outgoing: bool| {
            statements.iter().map(move |statement| {
                let (from, to) = if outgoing {
                    (statement.subject, statement.object)
                } else {
                    (statement.object, statement.subject)
                };
                (from.0, statement.predicate, to.0)
            })
        };
        let outgoing = Adjacency::build(entities, predicates, edges(true));
        let incoming = Adjacency::build(entities, predicates, edges(false));
        let mut predicate_counts = vec![0; predicates];
        for statement in statements {
            predicate_counts[usize::from(statement.predicate)] += 1;
        }
        let mut metric_counts = vec![0; self.ontology.metrics.len()];
        for observation in &self.observations {
            metric_counts[usize::from(observation.metric)] += 1;
        }
        let statement_times = (0u32..)
            .zip(statements)
            .filter(|(_, s)| s.valid_from.is_some() || s.valid_until.is_some())
            .map(|(id, statement)| (statement.days().0, statement.days().1, id))
            .collect();
        let observation_times = (0u32..)
            .zip(&self.observations)
            .map(|(id, observation)| (observation.period.days().0, observation.period.days().1, id))
            .collect();
        let sources = self.sources.len();
        let mut references = Vec::new();
        let statement_references =
            lay_out(&self.statement_references, statements.len(), &mut references);
        let observation_references =
            lay_out(&self.observation_references, self.observations.len(), &mut references);
        let kind_rows: Vec<(u32, u32)> =
            self.entity_kinds.iter().map(|kind| u32::from(*kind)).zip(0..).collect();
        let subject_rows: Vec<(u32, u32)> =
            self.observations.iter().map(|observation| observation.subject.0).zip(0..).collect();
        self.statements.shrink_to_fit();
        Ok(Snapshot {
            dataset,
            revision,
            recorded_at,
            kinds: Rows::build(self.ontology.kinds.len(), &kind_rows),
            subject_observations: Rows::build(entities, &subject_rows),
            source_statements: Rows::build(sources, &by_source(&self.statement_references)),
            source_observations: Rows::build(sources, &by_source(&self.observation_references)),
            predicate_counts,
            metric_counts,
            statement_times: TimeIndex::build(statement_times),
            observation_times: TimeIndex::build(observation_times),
            outgoing,
            incoming,
            references,
            statement_references,
            observation_references,
            ontology: self.ontology,
            strings: self.interner.finish(),
            entity_keys: self.entity_keys,
            entity_kinds: self.entity_kinds,
            ordinals: self.ordinals,
            labels: self.labels,
            descriptions: self.descriptions,
            alias_starts: self.alias_starts,
            aliases: self.aliases,
            columns: self.columns,
            statements: self.statements,
            observations: self.observations,
            sources: self.sources,
            keys: self.keys,
        })
    }
}

/// Appends the references, which come in the order of their owners, and returns where each owner's
/// begin, with one more at the end.
fn lay_out(pairs: &[(u32, Reference)], owners: usize, references: &mut Vec<Reference>) -> Vec<u32> {
    let mut starts = Vec::with_capacity(owners + 1);
    let mut pairs = pairs.iter().peekable();
    for owner in 0..owners as u32 {
        starts.push(references.len() as u32);
        while let Some((_, reference)) = pairs.next_if(|(of, _)| *of == owner) {
            references.push(*reference);
        }
    }
    starts.push(references.len() as u32);
    starts
}

/// (source, owner) of each reference, one for each distinct pair.
fn by_source(pairs: &[(u32, Reference)]) -> Vec<(u32, u32)> {
    let mut rows: Vec<(u32, u32)> =
        pairs.iter().map(|(owner, reference)| (reference.source.0, *owner)).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}
