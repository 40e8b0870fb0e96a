//! Makes the next [`Snapshot`]: the only thing that changes a graph.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Adjacency, Column, EntityId, IdList, NewEntity, NewObservation, NewSource, NewStatement,
    Observation, ObservationId, Pages, Reference, Snapshot, Source, SourceId, Statement,
    StatementId, StringId, Strings, Table, TimeIndex,
    adjacency::Change,
    net::Net,
    rows::Rows,
    snapshot::{Dataset, Entity},
    strings::Interner,
    time::Interval,
};
use crate::ontology::{Direction, KindIndex, Ontology, PredicateIndex};

/// The texts of one graph pass what 32-bit offsets reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the texts of this graph pass 4 GiB in 4,096 of them, the most that one graph holds")]
pub struct TooLarge;

/// An entity, a predicate, and whether the entity is the predicate's subject (`Out`) or its object.
type LimitedEnd = (u32, PredicateIndex, Direction);

/// A row of a list of ids, and an id.
type InRow = (u32, u32);

/// Changes a clone of a snapshot; the snapshot stays as it is. What is given must have been checked
/// against the ontology: kinds, predicates and ids in range, nothing retracted that is referred to.
///
/// Records are there at once; adjacency and indexes follow in [`Self::finish`], each block of them
/// once for the whole edit, so that a load of millions and a commit of one go the same way.
pub struct Editor {
    snapshot: Snapshot,
    interner: Interner,
    is_full: bool,
    revision: u32,
    /// Rows that this edit put or retracted, by table.
    touched: [FxHashSet<u32>; 4],
    /// Whether the snapshot was empty, so that every entity is touched and none need be remembered.
    is_load: bool,
    edges: Net<(u32, PredicateIndex, u32, u32)>,
    kinds: Net<InRow>,
    subject_observations: Net<InRow>,
    source_statements: Net<InRow>,
    source_observations: Net<InRow>,
    statement_times: Net<Interval>,
    observation_times: Net<Interval>,
    retracted: [Vec<u32>; 4],
    /// Of predicates with a limit: the statements of each end that this edit looked at or changed.
    limited: FxHashMap<LimitedEnd, Vec<u32>>,
    /// How many ids each table had given out before.
    bounds_before: [u32; 4],
    predicates: Net<InRow>,
    metric_counts: Vec<u32>,
}

impl std::fmt::Debug for Editor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Editor").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl Editor {
    /// An editor of an empty graph that follows `ontology`.
    pub fn new(ontology: Arc<Ontology>) -> Self {
        let columns = ontology
            .kinds
            .iter()
            .map(|kind| kind.properties.iter().map(|p| Column::new(p.ty)).collect())
            .collect();
        let (kinds, predicates) = (ontology.kinds.len(), ontology.predicates.len());
        let metrics = ontology.metrics.len();
        Self::on(&Snapshot {
            ontology,
            dataset: Arc::default(),
            commits: Pages::default(),
            strings: Strings::default(),
            entities: Pages::default(),
            labels: Pages::default(),
            descriptions: Pages::default(),
            aliases: Pages::default(),
            columns: Arc::new(columns),
            statements: Pages::default(),
            observations: Pages::default(),
            sources: Pages::default(),
            references: Pages::default(),
            outgoing: Adjacency::new(predicates),
            incoming: Adjacency::new(predicates),
            kinds: vec![IdList::default(); kinds].into(),
            ordinals: vec![0; kinds].into(),
            subject_observations: Rows::default(),
            source_statements: Pages::default(),
            source_observations: Pages::default(),
            predicates: vec![IdList::default(); predicates].into(),
            metric_counts: vec![0; metrics].into(),
            keys: Default::default(),
            gone: Default::default(),
            left: Default::default(),
            redirects: Arc::default(),
            statement_times: TimeIndex::default(),
            observation_times: TimeIndex::default(),
        })
    }

    /// An editor that starts from a snapshot. Cost: some fifty counters.
    pub fn on(snapshot: &Snapshot) -> Self {
        Self {
            interner: Interner::default(),
            is_full: false,
            revision: snapshot.revision() + 1,
            touched: Default::default(),
            is_load: snapshot.entities.is_empty() && snapshot.sources.is_empty(),
            edges: Net::default(),
            kinds: Net::default(),
            subject_observations: Net::default(),
            source_statements: Net::default(),
            source_observations: Net::default(),
            statement_times: Net::default(),
            observation_times: Net::default(),
            retracted: Default::default(),
            limited: FxHashMap::default(),
            bounds_before: TABLES.map(|table| snapshot.bound(table) as u32),
            predicates: Net::default(),
            metric_counts: snapshot.metric_counts.to_vec(),
            snapshot: snapshot.clone(),
        }
    }

    /// The graph as it is so far: records and keys; adjacency and indexes as they were before.
    pub fn so_far(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The revision that what is put now is recorded in.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Ends a commit, recorded at a moment: what is put from now on belongs to the next revision.
    /// Several commits may make one edit.
    pub fn record(&mut self, recorded_at: Timestamp) {
        self.snapshot.commits.push(recorded_at);
        self.revision += 1;
    }

    /// Goes on from commits that were recorded elsewhere, as a checkpoint holds them: `times` of all
    /// of them, in order.
    pub fn resume(&mut self, times: impl IntoIterator<Item = Timestamp>) {
        times.into_iter().for_each(|time| self.record(time));
    }

    /// Says that what is put now was recorded in an earlier revision; `None` for the next one.
    pub fn back_date(&mut self, revision: Option<u32>) {
        self.revision = revision.unwrap_or(self.snapshot.revision() + 1);
    }

    /// Says that a key leads to an entity, as after a merge.
    pub fn redirect(&mut self, from: &str, into: EntityId) {
        Arc::make_mut(&mut self.snapshot.redirects).insert(from.to_owned(), into);
    }

    /// The id of `text`; `StringId::NONE` for an empty one.
    pub fn intern(&mut self, text: &str) -> StringId {
        if text.is_empty() {
            return StringId::NONE;
        }
        self.interner.intern(&mut self.snapshot.strings, text).unwrap_or_else(|| {
            self.is_full = true;
            StringId::NONE
        })
    }

    fn enter(&mut self, table: Table, key: StringId, id: u32) {
        let Some(name) = key.some() else { return };
        let mut keys = std::mem::take(&mut self.snapshot.keys[table as usize]);
        let name = self.snapshot.strings.get(name);
        keys.insert(name, id, |id| self.snapshot.key_in(table, id));
        self.snapshot.keys[table as usize] = keys;
    }

    /// The entity with this key, if it is there.
    pub fn entity_with_key(&self, key: &str) -> Option<EntityId> {
        self.snapshot.entity(key)
    }

    /// The source with this key, if it is there.
    pub fn source_with_key(&self, key: &str) -> Option<SourceId> {
        self.snapshot.source_with_key(key)
    }

    /// The statement with this key, if it is there.
    pub fn statement_with_key(&self, key: &str) -> Option<StatementId> {
        self.snapshot.statement_with_key(key)
    }

    /// The observation with this key, if it is there.
    pub fn observation_with_key(&self, key: &str) -> Option<ObservationId> {
        self.snapshot.observation_with_key(key)
    }

    /// The kind of an entity.
    pub fn kind(&self, entity: EntityId) -> KindIndex {
        self.snapshot.kind(entity)
    }

    /// The keys of the rows of a table.
    pub fn keys(&self, table: Table) -> impl Iterator<Item = &str> {
        self.snapshot.keys_of(table)
    }

    /// Puts an entity: a new one, or new values for the one with its key.
    pub fn entity(&mut self, new: &NewEntity<'_>) -> EntityId {
        let known = self.snapshot.look_up(Table::Entities, new.key).map(EntityId);
        let id = known.map_or(self.snapshot.entities.len() as u32, |known| known.0);
        let key = match known {
            Some(known) => self.snapshot.key(known),
            None => self.intern(new.key),
        };
        if !self.is_load {
            self.touched[Table::Entities as usize].insert(id);
        }
        let old = known.map(|known| *self.snapshot.entities.get(known.index()));
        let ordinal = match old {
            Some(old) if old.kind == new.kind => old.ordinal,
            _ => {
                if let Some(old) = old {
                    self.kinds.remove((old.kind.into(), id));
                }
                self.kinds.add((new.kind.into(), id));
                let ordinals = Arc::make_mut(&mut self.snapshot.ordinals);
                let next = &mut ordinals[usize::from(new.kind)];
                *next += 1;
                *next - 1
            }
        };
        let first_alias = self.snapshot.aliases.len() as u32;
        for alias in &new.aliases {
            let alias = self.intern(alias);
            self.snapshot.aliases.push(alias);
        }
        let entity = Entity {
            key,
            first_alias,
            ordinal,
            revision: self.revision,
            aliases: new.aliases.len() as u16,
            kind: new.kind,
        };
        let languages = self.snapshot.ontology.languages.len();
        for language in 0..languages {
            let label = self.intern(new.labels.get(language).copied().unwrap_or_default());
            let text = new.descriptions.get(language).copied().unwrap_or_default();
            let description = self.intern(text);
            let place = id as usize * languages + language;
            put(&mut self.snapshot.labels, place, label);
            put(&mut self.snapshot.descriptions, place, description);
        }
        if !self.snapshot.columns[usize::from(new.kind)].is_empty() {
            let columns = &mut Arc::make_mut(&mut self.snapshot.columns)[usize::from(new.kind)];
            for (property, column) in columns.iter_mut().enumerate() {
                column.put(ordinal, new.properties.get(property).copied().flatten());
            }
        }
        put(&mut self.snapshot.entities, id as usize, entity);
        if known.is_none() {
            self.enter(Table::Entities, key, id);
        }
        EntityId(id)
    }

    /// Puts a source: a new one, or new values for the one with its key.
    pub fn source(&mut self, new: &NewSource<'_>) -> SourceId {
        let known = self.snapshot.source_with_key(new.key);
        let id = known.map_or(self.snapshot.sources.len() as u32, |known| known.0);
        let key = match known {
            Some(known) => self.snapshot.source(known).key,
            None => self.intern(new.key),
        };
        let source = Source {
            key,
            title: self.intern(new.title),
            publisher: self.intern(new.publisher),
            url: self.intern(new.url),
            language: self.intern(new.language),
            genre: self.intern(new.genre),
            published: new.published,
            revision: self.revision,
        };
        put(&mut self.snapshot.sources, id as usize, source);
        self.touch(Table::Sources, id);
        if known.is_none() {
            self.snapshot.source_statements.push(IdList::default());
            self.snapshot.source_observations.push(IdList::default());
            self.enter(Table::Sources, key, id);
        }
        SourceId(id)
    }

    /// Appends references; where they begin, and how many they are.
    fn refer(&mut self, references: &[(SourceId, &str)]) -> (u32, u16) {
        let first = self.snapshot.references.len() as u32;
        for (source, locator) in references {
            let locator = self.intern(locator);
            self.snapshot.references.push(Reference { source: *source, locator });
        }
        (first, references.len() as u16)
    }

    /// The sources of references, each once.
    fn sources_at(&self, first: u32, count: u16) -> Vec<u32> {
        let mut sources: Vec<u32> = (first..first + u32::from(count))
            .map(|place| self.snapshot.reference(place).source.0)
            .collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }

    /// Puts a statement: a new one, or new values for the one with its key.
    pub fn statement(&mut self, new: &NewStatement<'_>) -> StatementId {
        let known = self.snapshot.statement_with_key(new.key);
        let id = known.map_or(self.snapshot.statements.len() as u32, |known| known.0);
        let key = match known {
            Some(known) => {
                self.unlink_statement(known);
                self.snapshot.statement(known).key
            }
            None => self.intern(new.key),
        };
        let (first_reference, references) = self.refer(&new.references);
        let note = self.intern(new.note);
        let statement = Statement {
            subject: new.subject,
            object: new.object,
            key,
            note,
            predicate: new.predicate,
            confidence: new.confidence,
            rank: new.rank,
            valid_from: new.valid_from,
            valid_until: new.valid_until,
            revision: self.revision,
            first_reference,
            references,
        };
        put(&mut self.snapshot.statements, id as usize, statement);
        self.touch(Table::Statements, id);
        if known.is_none() {
            self.enter(Table::Statements, key, id);
        }
        self.link_statement(StatementId(id));
        StatementId(id)
    }

    /// Enters a statement into the indexes.
    fn link_statement(&mut self, id: StatementId) {
        let statement = *self.snapshot.statement(id);
        self.keep_limited(&statement, id, true);
        self.edges.add((statement.subject.0, statement.predicate, statement.object.0, id.0));
        self.predicates.add((statement.predicate.into(), id.0));
        if statement.valid_from.is_some() || statement.valid_until.is_some() {
            let (first, last) = statement.days();
            self.statement_times.add((first, last, id.0));
        }
        for source in self.sources_at(statement.first_reference, statement.references) {
            self.source_statements.add((source, id.0));
        }
    }

    /// Enters a statement into [`Self::limited`], or takes it out.
    fn keep_limited(&mut self, statement: &Statement, id: StatementId, is_added: bool) {
        let ontology = Arc::clone(&self.snapshot.ontology);
        let predicate = &ontology.predicates[usize::from(statement.predicate)];
        for (entity, end) in
            [(statement.subject, Direction::Out), (statement.object, Direction::In)]
        {
            if predicate.limit(end).is_none() {
                continue;
            }
            let claims = self.look_at_limited(entity, statement.predicate, end);
            if is_added { claims.push(id.0) } else { claims.retain(|claim| *claim != id.0) }
        }
    }

    /// Enters what the graph had before, when an end of a predicate with a limit is first looked at.
    fn look_at_limited(
        &mut self,
        entity: EntityId,
        predicate: PredicateIndex,
        end: Direction,
    ) -> &mut Vec<u32> {
        let Self { limited, snapshot, .. } = self;
        limited.entry((entity.0, predicate, end)).or_insert_with(|| {
            let adjacency =
                if end == Direction::Out { &snapshot.outgoing } else { &snapshot.incoming };
            if entity.index() < adjacency.nodes() {
                adjacency.links_of(entity.0, predicate).statements.to_vec()
            } else {
                Vec::new()
            }
        })
    }

    /// The statements with a predicate that has a limit, whose subject (`Out`) or object an entity is,
    /// as they are so far. Cost: theirs alone.
    pub fn claims_of(
        &mut self,
        entity: EntityId,
        predicate: PredicateIndex,
        end: Direction,
    ) -> impl Iterator<Item = StatementId> {
        self.look_at_limited(entity, predicate, end).iter().map(|id| StatementId(*id))
    }

    /// Takes a statement out of the indexes.
    fn unlink_statement(&mut self, id: StatementId) {
        let statement = *self.snapshot.statement(id);
        self.keep_limited(&statement, id, false);
        let edge = (statement.subject.0, statement.predicate, statement.object.0, id.0);
        self.edges.remove(edge);
        self.predicates.remove((statement.predicate.into(), id.0));
        if statement.valid_from.is_some() || statement.valid_until.is_some() {
            let (first, last) = statement.days();
            self.statement_times.remove((first, last, id.0));
        }
        for source in self.sources_at(statement.first_reference, statement.references) {
            self.source_statements.remove((source, id.0));
        }
    }

    /// Puts an observation: a new one, or new values for the one with its key.
    pub fn observation(&mut self, new: &NewObservation<'_>) -> ObservationId {
        let known = self.snapshot.observation_with_key(new.key);
        let id = known.map_or(self.snapshot.observations.len() as u32, |known| known.0);
        let key = match known {
            Some(known) => {
                self.unlink_observation(known);
                self.snapshot.observation(known).key
            }
            None => self.intern(new.key),
        };
        let (first_reference, references) = self.refer(&new.references);
        let (unit, note) = (self.intern(new.unit), self.intern(new.note));
        let observation = Observation {
            value: new.value,
            subject: new.subject,
            key,
            note,
            unit,
            period: new.period,
            metric: new.metric,
            approximation: new.approximation,
            status: new.status,
            confidence: new.confidence,
            rank: new.rank,
            revision: self.revision,
            first_reference,
            references,
        };
        put(&mut self.snapshot.observations, id as usize, observation);
        self.touch(Table::Observations, id);
        if known.is_none() {
            self.enter(Table::Observations, key, id);
        }
        self.link_observation(ObservationId(id));
        ObservationId(id)
    }

    /// Enters an observation into the indexes.
    fn link_observation(&mut self, id: ObservationId) {
        let observation = *self.snapshot.observation(id);
        let (first, last) = observation.period.days();
        self.subject_observations.add((observation.subject.0, id.0));
        self.metric_counts[usize::from(observation.metric)] += 1;
        self.observation_times.add((first, last, id.0));
        for source in self.sources_at(observation.first_reference, observation.references) {
            self.source_observations.add((source, id.0));
        }
    }

    /// Takes an observation out of the indexes.
    fn unlink_observation(&mut self, id: ObservationId) {
        let observation = *self.snapshot.observation(id);
        let (first, last) = observation.period.days();
        self.subject_observations.remove((observation.subject.0, id.0));
        self.metric_counts[usize::from(observation.metric)] -= 1;
        self.observation_times.remove((first, last, id.0));
        for source in self.sources_at(observation.first_reference, observation.references) {
            self.source_observations.remove((source, id.0));
        }
    }

    /// Retracts the row of a table. Nothing may refer to it any more. Its id is not given again.
    pub fn retract(&mut self, table: Table, id: u32) {
        self.touched[table as usize].insert(id);
        let key = match table {
            Table::Entities => {
                let entity = self.snapshot.entities.get(id as usize);
                let (kind, key) = (entity.kind, entity.key);
                self.kinds.remove((kind.into(), id));
                key
            }
            Table::Statements => {
                self.unlink_statement(StatementId(id));
                self.snapshot.statements.get(id as usize).key
            }
            Table::Observations => {
                self.unlink_observation(ObservationId(id));
                self.snapshot.observations.get(id as usize).key
            }
            Table::Sources => self.snapshot.sources.get(id as usize).key,
        };
        let name = self.snapshot.strings.get(key).to_owned();
        let earlier =
            self.snapshot.gone[table as usize].find(&name, |id| self.snapshot.key_in(table, id));
        let mut gone = std::mem::take(&mut self.snapshot.gone[table as usize]);
        if let Some(earlier) = earlier {
            gone.remove(&name, earlier);
        }
        gone.insert(&name, id, |id| self.snapshot.key_in(table, id));
        self.snapshot.gone[table as usize] = gone;
        self.snapshot.keys[table as usize].remove(&name, id);
        self.retracted[table as usize].push(id);
    }

    /// The statements that link an entity, as they are so far. Cost: its edges, and the edges that
    /// this edit changed.
    pub fn statements_of(&self, entity: EntityId) -> Vec<StatementId> {
        let mut ids = BTreeSet::new();
        if entity.index() < self.snapshot.outgoing.nodes() {
            for adjacency in [&self.snapshot.outgoing, &self.snapshot.incoming] {
                ids.extend(adjacency.links(entity.0).statements);
            }
        }
        self.edges.replay(&mut ids, |(subject, _, object, id)| {
            (*subject == entity.0 || *object == entity.0).then_some(*id)
        });
        ids.into_iter().map(StatementId).collect()
    }

    /// The observations about an entity, as they are so far.
    pub fn observations_of(&self, entity: EntityId) -> Vec<ObservationId> {
        let known = self.snapshot.subject_observations.get(entity.index());
        let mut ids = known.iter().copied().collect();
        self.subject_observations.replay(&mut ids, |(row, id)| (*row == entity.0).then_some(*id));
        ids.into_iter().map(ObservationId).collect()
    }

    /// How many statements and observations refer to a source, as they are so far.
    pub fn references_to(&self, source: SourceId) -> usize {
        let count = |lists: &Pages<IdList>, net: &Net<InRow>| {
            let known = lists.get(source.index()).len() as isize;
            let own = net.0.iter().filter(|((row, _), _)| *row == source.0);
            let change: isize = own.map(|(_, is_added)| if *is_added { 1 } else { -1 }).sum();
            (known + change) as usize
        };
        count(&self.snapshot.source_statements, &self.source_statements)
            + count(&self.snapshot.source_observations, &self.source_observations)
    }

    /// Merges an entity into another: what is said of the one is said of the other, its names become
    /// aliases, its key leads to the other. Both must be there and of one kind.
    pub fn merge(&mut self, from: EntityId, into: EntityId) {
        for id in self.statements_of(from) {
            self.unlink_statement(id);
            let mut statement = *self.snapshot.statement(id);
            for end in [&mut statement.subject, &mut statement.object] {
                if *end == from {
                    *end = into;
                }
            }
            statement.revision = self.revision;
            self.snapshot.statements.set(id.index(), statement);
            self.link_statement(id);
        }
        for id in self.observations_of(from) {
            self.unlink_observation(id);
            let mut observation = *self.snapshot.observation(id);
            observation.subject = into;
            observation.revision = self.revision;
            self.snapshot.observations.set(id.index(), observation);
            self.link_observation(id);
        }
        self.add_aliases(from, into);
        let key = self.snapshot.text(self.snapshot.key(from)).to_owned();
        self.retract(Table::Entities, from.0);
        let redirects = Arc::make_mut(&mut self.snapshot.redirects);
        for target in redirects.values_mut().filter(|target| **target == from) {
            *target = into;
        }
        redirects.insert(key, into);
    }

    /// Adds the names of one entity to the aliases of another.
    fn add_aliases(&mut self, from: EntityId, into: EntityId) {
        let snapshot = &self.snapshot;
        let names = |entity: EntityId| {
            let labels = snapshot.texts(&snapshot.labels, entity);
            labels.chain(snapshot.alias_range(entity).map(|place| snapshot.alias(place)))
        };
        let known: FxHashSet<&str> = names(into).map(|name| snapshot.text(name)).collect();
        let mut aliases: Vec<StringId> =
            snapshot.alias_range(into).map(|place| snapshot.alias(place)).collect();
        for name in names(from) {
            let is_new = name.some().is_some() && !known.contains(snapshot.text(name));
            if is_new && !aliases.contains(&name) {
                aliases.push(name);
            }
        }
        let mut entity = *snapshot.entities.get(into.index());
        entity.first_alias = snapshot.aliases.len() as u32;
        entity.aliases = aliases.len() as u16;
        entity.revision = self.revision;
        aliases.into_iter().for_each(|alias| self.snapshot.aliases.push(alias));
        self.touched[Table::Entities as usize].insert(into.0);
        self.snapshot.entities.set(into.index(), entity);
    }

    fn touch(&mut self, table: Table, id: u32) {
        if !self.is_load {
            self.touched[table as usize].insert(id);
        }
    }

    /// The rows whose texts this edit may have changed, by table; `None` if that is all of them.
    pub fn touched(&self) -> Option<[Vec<u32>; 4]> {
        let ids = |touched: &FxHashSet<u32>| touched.iter().copied().collect();
        (!self.is_load).then(|| self.touched.each_ref().map(ids))
    }

    /// Says what data set the graph is of.
    pub fn describe(&mut self, dataset: Dataset) {
        self.snapshot.dataset = Arc::new(dataset);
    }

    /// Makes the snapshot of the commits that were recorded. Cost: the blocks of the indexes that are touched,
    /// and their lists; for a load, O(n log n) of all rows.
    ///
    /// # Errors
    /// [`TooLarge`] if the texts pass the limits.
    pub fn finish(self) -> Result<Snapshot, TooLarge> {
        let Self { mut snapshot, is_full, .. } = self;
        if is_full {
            return Err(TooLarge);
        }
        let entities = snapshot.entities.len();
        let (added, removed) = self.edges.sum();
        let changes = |is_outgoing: bool| -> Vec<Change> {
            let change = |edge: &(u32, PredicateIndex, u32, u32), is_added| {
                let (subject, predicate, object, statement) = *edge;
                let (node, neighbor) =
                    if is_outgoing { (subject, object) } else { (object, subject) };
                Change { node, neighbor, statement, predicate, is_added }
            };
            let removed = removed.iter().map(|edge| change(edge, false));
            removed.chain(added.iter().map(|edge| change(edge, true))).collect()
        };
        snapshot.outgoing.edit(entities, changes(true));
        snapshot.incoming.edit(entities, changes(false));
        let (added, removed) = self.subject_observations.sum();
        let removed = removed.into_iter().map(|(row, id)| (row, id, false));
        let added = added.into_iter().map(|(row, id)| (row, id, true));
        snapshot.subject_observations.edit(entities, removed.chain(added).collect());
        for (row, added, removed) in by_row(self.kinds) {
            Arc::make_mut(&mut snapshot.kinds)[row as usize].edit(added, &removed);
        }
        for (row, added, removed) in by_row(self.predicates) {
            Arc::make_mut(&mut snapshot.predicates)[row as usize].edit(added, &removed);
        }
        for (lists, net) in [
            (&mut snapshot.source_statements, self.source_statements),
            (&mut snapshot.source_observations, self.source_observations),
        ] {
            for (row, added, removed) in by_row(net) {
                let mut list = lists.get(row as usize).clone();
                list.edit(added, &removed);
                lists.set(row as usize, list);
            }
        }
        snapshot.metric_counts = self.metric_counts.into();
        let (added, removed) = self.statement_times.sum();
        snapshot.statement_times.edit(added, &removed);
        let (added, removed) = self.observation_times.sum();
        snapshot.observation_times.edit(added, &removed);
        for (table, mut retracted) in TABLES.into_iter().zip(self.retracted) {
            let bound = snapshot.bound(table) as u32;
            let left = &mut snapshot.left[table as usize];
            retracted.sort_unstable();
            match left {
                None if retracted.is_empty() => {}
                None => {
                    let mut list = IdList::of_range(0..bound);
                    list.edit(Vec::new(), &retracted);
                    *left = Some(list);
                }
                Some(list) => {
                    // Ids are given in order, so that new ones are above all that were there.
                    let new = self.bounds_before[table as usize]..bound;
                    let (gone, new): (Vec<u32>, Vec<u32>) =
                        new.partition(|id| retracted.binary_search(id).is_ok());
                    retracted.retain(|id| gone.binary_search(id).is_err());
                    list.edit(new, &retracted);
                }
            }
        }
        Ok(snapshot)
    }
}

const TABLES: [Table; 4] =
    [Table::Entities, Table::Statements, Table::Observations, Table::Sources];

/// Puts an item at an index, the next one or one before.
fn put<T: Clone>(pages: &mut Pages<T>, index: usize, item: T) {
    if index == pages.len() { pages.push(item) } else { pages.set(index, item) }
}

/// What is added to each row and taken out of it, sorted.
fn by_row(net: Net<InRow>) -> Vec<(u32, Vec<u32>, Vec<u32>)> {
    let (mut added, mut removed) = net.sum();
    added.sort_unstable();
    removed.sort_unstable();
    let mut rows: Vec<u32> = added.iter().chain(&removed).map(|(row, _)| *row).collect();
    rows.sort_unstable();
    rows.dedup();
    let of = |pairs: &[InRow], row: u32| -> Vec<u32> {
        let start = pairs.partition_point(|(other, _)| *other < row);
        let end = pairs.partition_point(|(other, _)| *other <= row);
        pairs[start..end].iter().map(|(_, id)| *id).collect()
    };
    rows.into_iter().map(|row| (row, of(&added, row), of(&removed, row))).collect()
}
