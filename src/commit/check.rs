//! Checks a change against the ontology and the graph, and carries it out on an editor: the one place
//! that says what a right record is, for tables and for commits.

use std::{collections::HashSet, fmt, sync::Arc};

use super::{
    limits,
    record::{
        Change, EntityRecord, ObservationRecord, ReferenceRecord, SourceRecord, StatementRecord,
    },
};
use crate::{
    graph::{
        Editor, EntityId, NewEntity, NewObservation, NewStatement, PropertyValue, SourceId, Table,
    },
    model::{Decimal, Period, Rank, days, hint, nearest},
    ontology::{Direction, KindIndex, Ontology, PredicateIndex, Property, PropertyType},
};

/// What sort of mistake it is: stable, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// A value is missing.
    Missing,
    /// A key cannot be one.
    BadKey,
    /// A value has the wrong form.
    BadValue,
    /// A kind, predicate, metric, property, language or unit is not in the ontology.
    NotInOntology,
    /// No such object is in the graph.
    NotFound,
    /// A predicate does not take entities of the kind.
    WrongKind,
    /// An end lies before a start.
    WrongOrder,
    /// Something is still said of what is to go.
    StillReferredTo,
    /// A predicate would link an entity with more others at one time than it allows.
    TooMany,
}

impl Mistake {
    /// The mistake's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "MISSING",
            Self::BadKey => "BAD_KEY",
            Self::BadValue => "BAD_VALUE",
            Self::NotInOntology => "NOT_IN_ONTOLOGY",
            Self::NotFound => "NOT_FOUND",
            Self::WrongKind => "WRONG_KIND",
            Self::WrongOrder => "WRONG_ORDER",
            Self::StillReferredTo => "STILL_REFERRED_TO",
            Self::TooMany => "TOO_MANY",
        }
    }
}

/// One thing that is wrong with a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What sort of mistake it is.
    pub mistake: Mistake,
    /// The column it is about, by its name in the tables; empty for the change as a whole.
    pub column: String,
    /// What is wrong, with the value.
    pub message: String,
    /// What was expected.
    pub expected: Option<String>,
    /// The nearest right name.
    pub nearest: Option<String>,
}

impl Problem {
    fn new(mistake: Mistake, column: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { mistake, column: column.to_owned(), message, expected: None, nearest: None }
    }

    fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    fn nearest<'n>(mut self, wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Self {
        self.nearest = nearest(wanted, names).map(ToOwned::to_owned);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        f.write_str(&hint(self.nearest.as_deref()))
    }
}

/// How a change is checked.
#[derive(Debug, Clone, Copy)]
pub struct Mode<'a> {
    /// Keys of rows that have mistakes of their own: to name one of them is no further mistake.
    pub broken: Option<&'a HashSet<String>>,
    /// Whether to look for the nearest right key: that means looking at every key.
    pub finds_nearest: bool,
    /// Whether the change is carried out if nothing is wrong with it.
    pub applies: bool,
}

impl Mode<'_> {
    /// What a commit gets.
    pub const COMMIT: Mode<'static> = Mode { broken: None, finds_nearest: true, applies: true };
}

/// Checks a change and carries it out.
///
/// # Errors
/// Everything that is wrong with it; then the editor is as it was before.
pub fn apply(editor: &mut Editor, change: &Change<'_>, mode: Mode<'_>) -> Result<(), Vec<Problem>> {
    let ontology = Arc::clone(editor.so_far().ontology());
    let mut check = Check { editor, ontology: &ontology, mode, problems: Vec::new() };
    match change {
        Change::PutSource(record) => check.source(record),
        Change::PutEntity(record) => check.entity(record),
        Change::PutStatement(record) => check.statement(record),
        Change::PutObservation(record) => check.observation(record),
        Change::Retract { table, key } => check.retract(*table, key),
        Change::Merge { from, into } => check.merge(from, into),
    }
    if check.problems.is_empty() { Ok(()) } else { Err(check.problems) }
}

/// Carries out a change that was right once.
///
/// # Errors
/// The first thing that does not fit the graph.
pub(super) fn replay(editor: &mut Editor, change: &Change<'_>) -> Result<(), String> {
    let mode = Mode { finds_nearest: false, ..Mode::COMMIT };
    apply(editor, change, mode).map_err(|problems| {
        problems.into_iter().next().map_or_else(String::new, |problem| problem.message)
    })
}

struct Check<'e> {
    editor: &'e mut Editor,
    ontology: &'e Ontology,
    mode: Mode<'e>,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn is_broken(&self, key: &str) -> bool {
        self.mode.broken.is_some_and(|broken| broken.contains(key))
    }

    fn applies(&self) -> bool {
        self.mode.applies && self.problems.is_empty()
    }

    fn key(&mut self, key: &str) {
        let problem = if key.is_empty() {
            "key is empty".to_owned()
        } else if key.chars().any(char::is_control) {
            format!("key {key:?} has a control character")
        } else {
            return;
        };
        self.report(Problem::new(Mistake::BadKey, "key", problem).expected("a short, stable name"));
    }

    fn source(&mut self, record: &SourceRecord<'_>) {
        self.key(record.key);
        if record.title.is_empty() {
            self.report(
                Problem::new(Mistake::Missing, "title", "title is empty").expected("a title"),
            );
        }
        if self.applies() {
            self.editor.source(record);
        }
    }

    fn entity(&mut self, record: &EntityRecord<'_>) {
        self.key(record.key);
        let ontology = self.ontology;
        let Some(kind) = ontology.kind(record.kind) else {
            let known = ontology.kinds.iter().map(|kind| kind.name.as_str());
            let message = format!("kind \"{}\" is not in the ontology", record.kind);
            let problem = Problem::new(Mistake::NotInOntology, "kind", message);
            self.report(problem.expected("a type with @kind").nearest(record.kind, known));
            return;
        };
        self.kind_may_become(record.key, kind);
        let labels = self.texts("label", &record.labels);
        let descriptions = self.texts("description", &record.descriptions);
        if record.aliases.len() > usize::from(u16::MAX) {
            let message = format!("aliases has {} names", record.aliases.len());
            self.report(
                Problem::new(Mistake::BadValue, "aliases", message).expected("at most 65,535"),
            );
        }
        let properties = self.properties(kind, record);
        if self.applies() {
            self.editor.entity(&NewEntity {
                key: record.key,
                kind,
                labels,
                descriptions,
                aliases: record.aliases.clone(),
                properties,
            });
        }
    }

    /// An entity that is linked keeps its kind, so that every statement stays one its predicate takes.
    fn kind_may_become(&mut self, key: &str, kind: KindIndex) {
        let Some(id) = self.editor.entity_with_key(key) else { return };
        let old = self.editor.kind(id);
        if old == kind || self.editor.statements_of(id).is_empty() {
            return;
        }
        let message = format!(
            "\"{key}\" is a {}, and statements link it",
            self.ontology.kinds[usize::from(old)].name
        );
        let problem = Problem::new(Mistake::StillReferredTo, "kind", message);
        self.report(problem.expected("the same kind, or its statements retracted before"));
    }

    /// Texts by language, in the ontology's order.
    fn texts<'t>(&mut self, prefix: &str, texts: &[(&'t str, &'t str)]) -> Vec<&'t str> {
        let ontology = self.ontology;
        let mut ordered = vec![""; ontology.languages.len()];
        for (tag, text) in texts {
            match ontology.languages.iter().position(|language| language.tag == *tag) {
                Some(place) => ordered[place] = text,
                None => {
                    let tags = || ontology.languages.iter().map(|language| language.tag.as_str());
                    let message = format!("\"{tag}\" is not a language of this graph");
                    let column = format!("{prefix}_{tag}");
                    let problem = Problem::new(Mistake::NotInOntology, &column, message);
                    let tags_text = tags().collect::<Vec<_>>().join(", ");
                    self.report(problem.expected(tags_text).nearest(tag, tags()));
                }
            }
        }
        ordered
    }

    /// The values of the kind's properties, in its order.
    fn properties(
        &mut self,
        kind: KindIndex,
        record: &EntityRecord<'_>,
    ) -> Vec<Option<PropertyValue>> {
        let kind = &self.ontology.kinds[usize::from(kind)];
        for (name, value) in &record.properties {
            if !value.is_empty() && !kind.properties.iter().any(|property| property.name == *name) {
                let message = format!("a {} has no property \"{name}\"", kind.name);
                let known = kind.properties.iter().map(|property| property.name.as_str());
                let problem = Problem::new(Mistake::NotInOntology, name, message);
                self.report(problem.expected("an empty cell").nearest(name, known));
            }
        }
        kind.properties
            .iter()
            .map(|property| {
                let given = record.properties.iter().find(|(name, _)| *name == property.name);
                match given.map_or("", |(_, value)| value.as_ref()) {
                    "" if property.required => {
                        let message = format!("property \"{}\" is empty", property.name);
                        let problem = Problem::new(Mistake::Missing, &property.name, message);
                        self.report(problem.expected("a value"));
                        None
                    }
                    "" => None,
                    text => self.property(property, text),
                }
            })
            .collect()
    }

    fn property(&mut self, property: &Property, text: &str) -> Option<PropertyValue> {
        let (value, expected) = match property.ty {
            PropertyType::String => (Some(PropertyValue::String(self.editor.intern(text))), ""),
            PropertyType::Int => {
                (text.parse().ok().map(PropertyValue::Int), "a whole number of 32 bits, such as 42")
            }
            PropertyType::Float => (
                text.parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
                    .map(PropertyValue::Float),
                "a number such as 4.2",
            ),
            PropertyType::Boolean => {
                (text.parse().ok().map(PropertyValue::Boolean), "true or false")
            }
            PropertyType::Decimal => {
                (text.parse::<Decimal>().ok().map(PropertyValue::Decimal), "a decimal number")
            }
            PropertyType::Date => (
                text.parse::<Period>().ok().map(PropertyValue::Date),
                "a date such as 2024, 2021-H1, 2017-Q1, 2024-07, 2024-07-15 or 2021-01/2021-08",
            ),
            PropertyType::Enum(index) => {
                let values = &self.ontology.enums[index].values;
                let found = values.iter().position(|(name, _)| name.eq_ignore_ascii_case(text));
                let value =
                    found.and_then(|place| u16::try_from(place).ok()).map(PropertyValue::Enum);
                if value.is_none() {
                    let names = || values.iter().map(|(name, _)| name.as_str());
                    let message = format!("property \"{}\" is \"{text}\"", property.name);
                    let problem = Problem::new(Mistake::BadValue, &property.name, message);
                    let expected = names().collect::<Vec<_>>().join(", ");
                    self.report(problem.expected(expected).nearest(text, names()));
                    return None;
                }
                (value, "")
            }
        };
        if value.is_none() {
            let message = format!("property \"{}\" is \"{text}\"", property.name);
            self.report(
                Problem::new(Mistake::BadValue, &property.name, message).expected(expected),
            );
        }
        value
    }

    fn entity_named(&mut self, column: &str, key: &str) -> Option<EntityId> {
        let found = self.editor.entity_with_key(key);
        if found.is_none() && !self.is_broken(key) {
            let message = format!("{column} \"{key}\" is not an entity");
            let mut problem = Problem::new(Mistake::NotFound, column, message)
                .expected("the key of an entity table's row");
            if self.mode.finds_nearest {
                problem = problem.nearest(key, self.editor.keys(Table::Entities));
            }
            self.report(problem);
        }
        found
    }

    fn references<'r>(&mut self, references: &[ReferenceRecord<'r>]) -> Vec<(SourceId, &'r str)> {
        if references.is_empty() {
            let message = "nobody is named who says so: source is empty";
            let problem = Problem::new(Mistake::Missing, "source", message);
            self.report(problem.expected("the key of a source table's row"));
        }
        if references.len() > usize::from(u16::MAX) {
            let message = format!("source names {} sources", references.len());
            self.report(
                Problem::new(Mistake::BadValue, "source", message).expected("at most 65,535"),
            );
        }
        let mut found = Vec::with_capacity(references.len());
        for reference in references {
            match self.editor.source_with_key(reference.source) {
                Some(id) => found.push((id, reference.locator)),
                None if self.is_broken(reference.source) => {}
                None => {
                    let message = format!("source \"{}\" is not a source", reference.source);
                    let mut problem = Problem::new(Mistake::NotFound, "source", message)
                        .expected("the key of a source table's row");
                    if self.mode.finds_nearest {
                        problem =
                            problem.nearest(reference.source, self.editor.keys(Table::Sources));
                    }
                    self.report(problem);
                }
            }
        }
        found
    }

    fn statement(&mut self, record: &StatementRecord<'_>) {
        self.key(record.key);
        let subject = self.entity_named("subject", record.subject);
        let predicate = self.ontology.predicate(record.predicate);
        if predicate.is_none() {
            let names: Vec<String> =
                self.ontology.predicates.iter().map(|known| known.name.to_lowercase()).collect();
            let message = format!("predicate \"{}\" is not in the ontology", record.predicate);
            let problem = Problem::new(Mistake::NotInOntology, "predicate", message);
            self.report(
                problem
                    .expected("a value of enum Predicate")
                    .nearest(record.predicate, names.iter().map(String::as_str)),
            );
        }
        let object = self.entity_named("object", record.object);
        if let (Some(subject), Some(predicate), Some(object)) = (subject, predicate, object) {
            let stated = &self.ontology.predicates[usize::from(predicate)];
            for (role, key, id, allowed) in [
                ("subject", record.subject, subject, &stated.subjects),
                ("object", record.object, object, &stated.objects),
            ] {
                let kind = usize::from(self.editor.kind(id));
                if !allowed.contains(kind) {
                    let name = &self.ontology.kinds[kind].name;
                    let message = format!(
                        "{role} \"{key}\" is a {name}, which {} does not take",
                        record.predicate
                    );
                    let expected = self.ontology.names_of(allowed);
                    self.report(Problem::new(Mistake::WrongKind, role, message).expected(expected));
                }
            }
        }
        let references = self.references(&record.references);
        if let (Some(from), Some(until)) = (record.valid_from, record.valid_until)
            && until.last_day() < from.first_day()
        {
            let message = format!("valid_until {until} lies before valid_from {from}");
            let problem = Problem::new(Mistake::WrongOrder, "valid_until", message);
            self.report(problem.expected("an end after the start"));
        }
        let (Some(subject), Some(predicate), Some(object)) = (subject, predicate, object) else {
            return;
        };
        let new = NewStatement {
            key: record.key,
            subject,
            predicate,
            object,
            valid_from: record.valid_from,
            valid_until: record.valid_until,
            confidence: record.confidence,
            rank: record.rank,
            note: record.note,
            references,
        };
        self.within_limits(&new);
        if self.applies() {
            self.editor.statement(&new);
        }
    }

    /// A statement does not bring an end of its predicate over the predicate's limit.
    fn within_limits(&mut self, new: &NewStatement<'_>) {
        if new.rank == Rank::Deprecated {
            return;
        }
        for (entity, end, neighbor) in
            [(new.subject, Direction::Out, new.object), (new.object, Direction::In, new.subject)]
        {
            let Some(limit) = self.ontology.predicates[usize::from(new.predicate)].limit(end)
            else {
                continue;
            };
            let own = self.editor.statement_with_key(new.key);
            let mut claims = limits::claims_at(self.editor, &[entity], new.predicate, end, own);
            let days = days(new.valid_from, new.valid_until);
            claims.retain(|claim| claim.shares_a_day(days));
            claims.push(limits::Claim { neighbor, days });
            let most = limits::most_at_once(&claims);
            if most > limit as usize {
                self.over_the_limit(entity, new.predicate, end, most);
            }
        }
    }

    fn over_the_limit(
        &mut self,
        entity: EntityId,
        predicate: PredicateIndex,
        end: Direction,
        most: usize,
    ) {
        let (column, what) = match end {
            Direction::Out => ("object", "objects"),
            _ => ("subject", "subjects"),
        };
        let snapshot = self.editor.so_far();
        let stated = &self.ontology.predicates[usize::from(predicate)];
        let message = format!(
            "\"{}\" would have {most} {what} of {} at one time",
            snapshot.text(snapshot.key(entity)),
            stated.name
        );
        let expected = format!(
            "at most {}: end the time of the others, give them rank DEPRECATED, or retract them",
            stated.limit(end).unwrap_or_default()
        );
        self.report(Problem::new(Mistake::TooMany, column, message).expected(expected));
    }

    fn observation(&mut self, record: &ObservationRecord<'_>) {
        self.key(record.key);
        let subject = self.entity_named("subject", record.subject);
        let metric = self.ontology.metric(record.metric);
        match metric {
            None => {
                let names: Vec<String> =
                    self.ontology.metrics.iter().map(|known| known.name.to_lowercase()).collect();
                let message = format!("metric \"{}\" is not in the ontology", record.metric);
                let problem = Problem::new(Mistake::NotInOntology, "metric", message);
                self.report(
                    problem
                        .expected("a value of enum Metric")
                        .nearest(record.metric, names.iter().map(String::as_str)),
                );
            }
            Some(metric) => {
                let units = &self.ontology.metrics[usize::from(metric)].units;
                if !units.iter().any(|known| known == record.unit) {
                    let message = format!(
                        "unit \"{}\" is not one that {} is given in",
                        record.unit, record.metric
                    );
                    let problem = Problem::new(Mistake::NotInOntology, "unit", message);
                    self.report(
                        problem
                            .expected(units.join(" or "))
                            .nearest(record.unit, units.iter().map(String::as_str)),
                    );
                }
            }
        }
        let references = self.references(&record.references);
        if let (Some(subject), Some(metric), true) = (subject, metric, self.applies()) {
            self.editor.observation(&NewObservation {
                key: record.key,
                subject,
                metric,
                value: record.value,
                unit: record.unit,
                period: record.period,
                approximation: record.approximation,
                status: record.status,
                confidence: record.confidence,
                rank: record.rank,
                note: record.note,
                references,
            });
        }
    }

    fn retract(&mut self, table: Table, key: &str) {
        let id = match table {
            // A key that was merged away names no row of its own.
            Table::Entities => self.own_entity(key).map(|id| id.0),
            Table::Statements => self.editor.statement_with_key(key).map(|id| id.0),
            Table::Observations => self.editor.observation_with_key(key).map(|id| id.0),
            Table::Sources => self.editor.source_with_key(key).map(|id| id.0),
        };
        let Some(id) = id else {
            let message = format!("no {} has the key \"{key}\"", table.singular());
            let problem = Problem::new(Mistake::NotFound, "key", message);
            self.report(
                problem
                    .expected("the key of a row that is there")
                    .nearest(key, self.editor.keys(table)),
            );
            return;
        };
        let uses = match table {
            Table::Entities => {
                let entity = EntityId(id);
                self.editor.statements_of(entity).len() + self.editor.observations_of(entity).len()
            }
            Table::Sources => self.editor.references_to(SourceId(id)),
            Table::Statements | Table::Observations => 0,
        };
        if uses > 0 {
            let message = format!(
                "{uses} statements or observations still speak of {} \"{key}\"",
                table.singular()
            );
            let problem = Problem::new(Mistake::StillReferredTo, "key", message);
            self.report(problem.expected("them retracted earlier in the same commit, or before"));
            return;
        }
        self.editor.retract(table, id);
    }

    /// The entity whose own key this is.
    fn own_entity(&self, key: &str) -> Option<EntityId> {
        let snapshot = self.editor.so_far();
        self.editor.entity_with_key(key).filter(|id| snapshot.text(snapshot.key(*id)) == key)
    }

    /// Two entities that become one stay within the limits of predicates.
    fn merge_within_limits(&mut self, one: EntityId, other: EntityId) {
        let ontology = self.ontology;
        for (predicate, stated) in (0..).zip(&ontology.predicates) {
            for end in [Direction::Out, Direction::In] {
                let Some(limit) = stated.limit(end) else { continue };
                let claims = limits::claims_at(self.editor, &[one, other], predicate, end, None);
                let most = limits::most_at_once(&claims);
                if most > limit as usize {
                    self.over_the_limit(other, predicate, end, most);
                }
            }
        }
    }

    fn merge(&mut self, from: &str, into: &str) {
        let (one, other) = (self.entity_named("from", from), self.entity_named("into", into));
        let (Some(one), Some(other)) = (one, other) else { return };
        if one == other {
            let message = format!("\"{from}\" and \"{into}\" are one entity already");
            let problem = Problem::new(Mistake::BadValue, "into", message);
            self.report(problem.expected("the key of another entity"));
            return;
        }
        let (kind, other_kind) = (self.editor.kind(one), self.editor.kind(other));
        if kind != other_kind {
            let name = |kind: KindIndex| &self.ontology.kinds[usize::from(kind)].name;
            let message =
                format!("\"{from}\" is a {} and \"{into}\" a {}", name(kind), name(other_kind));
            let problem = Problem::new(Mistake::WrongKind, "into", message);
            self.report(problem.expected("two entities of one kind"));
            return;
        }
        self.merge_within_limits(one, other);
        if !self.applies() {
            return;
        }
        self.editor.merge(one, other);
    }
}
